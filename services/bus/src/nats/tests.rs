//! The contract over a real server, as one process and as two, and what only a network has.

mod apart;
mod breaks;
mod desk;
mod hand_ins;
mod intake;
mod permissions;
mod reading;
mod strangers;

use std::cell::RefCell;
use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use proto::subject::{Family, Filter, Subject};
use tokio::time::timeout;

use super::*;
use crate::contract::NatsServer;
use crate::{Bus, Delivery, Limits, Message, Subscription};

/// Longest wait for something that must happen.
const PATIENCE: Duration = Duration::from_secs(20);

thread_local! {
    /// The servers of the test that runs on this thread: they end with it.
    static SERVERS: RefCell<Vec<NatsServer>> = const { RefCell::new(Vec::new()) };
}

/// A server that lives as long as the test that asks for it.
fn server() -> Option<String> {
    let program = program()?;
    let server = NatsServer::start(&program);
    let url = server.url();
    SERVERS.with(|servers| servers.borrow_mut().push(server));
    Some(url)
}

fn program() -> Option<PathBuf> {
    NatsServer::program("the bus over NATS")
}

fn subject(name: &str) -> Subject {
    Subject::intake(name, Family::Queue)
}

async fn bus(url: &str, name: &str) -> Bus {
    bus_with(url, name, Limits::default()).await
}

async fn bus_with(url: &str, name: &str, limits: Limits) -> Bus {
    Bus::nats(&NatsOptions::new(url, name), limits).await.unwrap()
}

async fn soon<T>(what: impl Future<Output = T>) -> T {
    timeout(PATIENCE, what).await.expect("it takes too long")
}

async fn message(from: &mut Subscription) -> Message {
    match soon(from.next()).await {
        Some(Delivery::Message(message)) => message,
        other => panic!("expected a message, got {other:?}"),
    }
}

/// Answers every request with `word`.
fn answer_with(mut requests: Subscription, word: &'static str) {
    tokio::spawn(async move {
        while let Some(delivery) = requests.next().await {
            if let Delivery::Message(Message { reply: Some(reply), .. }) = delivery {
                reply.send(Bytes::from_static(word.as_bytes()));
            }
        }
    });
}

mod near {
    use super::*;

    async fn make(limits: Limits) -> Bus {
        match server() {
            Some(url) => bus_with(&url, "near", limits).await,
            // Said to be skipped already.
            None => Bus::in_process_with(limits),
        }
    }

    crate::contract_tests!(make);
}
