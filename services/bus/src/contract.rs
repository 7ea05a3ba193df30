//! The bus's promise as tests: one suite, run against every transport.
//!
//! A transport's test module calls [`contract_tests!`](crate::contract_tests) with the name of an async
//! function that builds an empty [`Bus`] with given [`Limits`], and [`hand_in_tests!`](crate::hand_in_tests) with
//! one that builds a bus and an area's intake; each check becomes a test of its own. Checks use areas of their
//! own, so they may share a server.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a suite of tests, which another crate may ask for by a feature"
)]

mod hand_ins;
mod requests;
mod server;
mod streams;

use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use proto::subject::{Family, Subject};
use tokio::time::timeout;

pub use hand_ins::*;
pub use requests::*;
pub use server::NatsServer;
pub use streams::*;

use crate::{Bus, Delivery, Limits, Message, Subscription};

/// Longest wait for something that must happen, so that a broken transport fails instead of hanging.
const PATIENCE: Duration = Duration::from_secs(20);

/// A deadline that is meant to pass.
const SHORT: Duration = Duration::from_millis(100);

/// A subject in an area that no other check uses.
fn subject(check: &str) -> Subject {
    Subject::intake(check, Family::Queue)
}

async fn soon<T>(what: impl Future<Output = T>) -> T {
    timeout(PATIENCE, what).await.unwrap_or_else(|_elapsed| panic!("still waiting after {PATIENCE:?}"))
}

async fn message(from: &mut Subscription) -> Message {
    match soon(from.next()).await {
        Some(Delivery::Message(message)) => message,
        other => panic!("expected a message, got {other:?}"),
    }
}

fn numbered(number: u32) -> Bytes {
    Bytes::copy_from_slice(&number.to_be_bytes())
}

fn number(message: &Message) -> u32 {
    u32::from_be_bytes(message.payload.as_ref().try_into().unwrap())
}

/// Answers every request with its own payload until the bus closes.
async fn echo(mut requests: Subscription) {
    while let Some(delivery) = requests.next().await {
        if let Delivery::Message(Message { payload, reply: Some(reply), .. }) = delivery {
            reply.send(payload);
        }
    }
}

/// Makes one test of each check, for a bus made by `$make`: `async fn(Limits) -> Bus`.
#[macro_export]
macro_rules! contract_tests {
    ($make:path) => {
        $crate::contract_tests!(@each $make:
            order_is_kept_for_each_publisher_and_subject
            every_subscriber_gets_every_message
            a_subscriber_hears_its_filter_only
            publishing_to_nobody_is_no_error
            a_slow_subscriber_loses_and_is_told_where
            a_slow_subscriber_harms_nobody_else
            many_are_taken_at_once
            a_dropped_subscription_hears_no_more
            a_request_is_answered_by_the_first_responder_only
            the_next_responder_takes_over
            requests_in_flight_together_each_get_their_own_answer
            a_request_without_a_responder_fails
            a_request_without_an_answer_meets_its_deadline
            a_late_answer_harms_nobody
            a_dropped_reply_is_told
            requests_held_by_an_ended_responder_are_told
            a_request_to_a_full_responder_fails
            a_busy_responder_slows_its_askers_and_loses_nothing
            requests_keep_their_order_under_a_full_queue
            who_gives_up_waiting_holds_up_nobody
            too_large_is_refused_both_ways
            closing_wakes_subscribers_after_what_they_hold
            closing_wakes_who_waits_for_room
            a_closed_bus_refuses
            closing_leaves_held_requests_their_answers
        );
    };
    (@each $make:path: $($check:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $check() {
                $crate::contract::$check($make).await;
            }
        )*
    };
}

/// Makes one test of each check of handing in, for an intake made by `$make`: `async fn(area: &str) -> (Bus, Desk)`.
#[macro_export]
macro_rules! hand_in_tests {
    ($make:path) => {
        $crate::contract_tests!(@each $make:
            an_event_gets_its_receipt
            events_come_in_the_order_of_handing_in
            each_event_gets_its_own_receipt
            an_event_without_a_receipt_meets_its_deadline
            a_late_receipt_harms_nobody
            a_recorder_that_records_nothing_is_heard
            an_event_that_nobody_takes_is_refused
            what_cannot_be_sent_is_refused
            closing_leaves_events_under_way_their_receipts
        );
    };
}
