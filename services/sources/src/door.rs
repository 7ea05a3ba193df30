//! `POST /v1/events`: the one door for events over HTTP.
//!
//! A body is read whole, cut into events, handed over, and answered once every event in it is durable. While
//! bodies are read they share a budget of bytes; places to be worked on are taken by whole bodies only, so a
//! client that sends slowly keeps nobody else out.

mod body;
mod config;
mod metrics;
mod receive;
mod room;
#[cfg(test)]
mod tests;

pub use config::Config;
pub use metrics::Meters;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use tokio::sync::Semaphore;
use tokio::time::Instant;

use crate::intake::{Intake, Unanswered};
use body::Unreadable;
use receive::{Unreceived, discard, receive};
use room::Room;

#[derive(Clone)]
struct Door {
    config: Config,
    intake: Intake,
    room: Arc<Room>,
    bodies: Arc<Semaphore>,
    meters: Meters,
}

/// The door's route.
pub fn router(config: Config, intake: Intake, meters: Meters) -> Router {
    let bodies = Arc::new(Semaphore::new(config.bodies_at_once.max(1)));
    let room = Arc::new(Room::new(config.bytes_at_once));
    Router::new().route("/v1/events", post(take)).with_state(Door { config, intake, room, bodies, meters })
}

async fn take(State(door): State<Door>, request: Request) -> Response {
    let answer = door.take(request).await;
    door.meters.bodies.with_label_values(&[answer.status().as_str()]).inc();
    answer
}

impl Door {
    async fn take(&self, request: Request) -> Response {
        let timeout: Duration = self.config.body_timeout.into();
        let (limit, deadline) = (self.config.body_bytes, Instant::now() + timeout);
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let Some(form) = body::Form::of(kind.unwrap_or_default()) else {
            // However its body ends, the answer is the same.
            let _ended = discard(request.into_body(), limit, deadline).await;
            return refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, body::FORMS);
        };
        let mut share = self.room.share();
        let bytes = match receive(request.into_body(), limit, deadline, &mut share).await {
            Ok(bytes) => bytes,
            Err(unreceived) => return not_received(unreceived, limit),
        };
        let Ok(_place) = self.bodies.try_acquire() else {
            return refuse(
                StatusCode::TOO_MANY_REQUESTS,
                "too many bodies at once: send this one again in a second",
            );
        };
        let events = match body::cut(form, &bytes, self.config.events_a_body) {
            Ok(events) => events,
            Err(Unreadable::TooMany) => {
                let limit = self.config.events_a_body;
                return refuse(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    &format!("more than {limit} events in one body: send smaller bodies"),
                );
            }
            Err(Unreadable::Wrong(sentence)) => return refuse(StatusCode::BAD_REQUEST, &sentence),
        };
        self.meters.events.inc_by(events.len() as u64);
        match self.intake.submit(events).await {
            Ok(receipts) => answer(&receipts),
            Err(
                unanswered @ (Unanswered::Closed
                | Unanswered::NoStream
                | Unanswered::NoLeader
                | Unanswered::Unconnected
                | Unanswered::Full
                | Unanswered::Unknown),
            ) => refuse(StatusCode::SERVICE_UNAVAILABLE, &unanswered.to_string()),
            Err(unanswered @ Unanswered::NotRecording(_)) => {
                let mut response = refuse(StatusCode::SERVICE_UNAVAILABLE, &unanswered.to_string());
                let later = HeaderValue::from_static(RETRY_NOT_RECORDING_S);
                response.headers_mut().insert(header::RETRY_AFTER, later);
                response
            }
        }
    }
}

fn not_received(unreceived: Unreceived, limit: usize) -> Response {
    match unreceived {
        Unreceived::TooLong => refuse(
            StatusCode::PAYLOAD_TOO_LARGE,
            &format!("the body is longer than {limit} bytes: send smaller bodies"),
        ),
        Unreceived::BrokeOff => refuse(StatusCode::BAD_REQUEST, "the body broke off: send it again"),
        Unreceived::TooSlow => refuse(StatusCode::REQUEST_TIMEOUT, "the body came too slowly: send it again"),
        Unreceived::NoRoom => refuse(
            StatusCode::SERVICE_UNAVAILABLE,
            "other bodies fill the memory for bodies: send this one again in a second",
        ),
    }
}

/// Receipts are JSON already.
fn answer(receipts: &[bytes::Bytes]) -> Response {
    let mut body = Vec::with_capacity(16 + receipts.iter().map(|receipt| receipt.len() + 1).sum::<usize>());
    body.extend_from_slice(b"{\"receipts\":[");
    for (at, receipt) in receipts.iter().enumerate() {
        if at > 0 {
            body.push(b',');
        }
        body.extend_from_slice(receipt);
    }
    body.extend_from_slice(b"]}");
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], body).into_response()
}

/// Seconds after which a client should try again: the recorder's queue empties within one.
const RETRY_AFTER_S: &str = "1";

/// Seconds until the next try while nothing is recorded: that ends by a person's hand.
const RETRY_NOT_RECORDING_S: &str = "30";

fn refuse(status: StatusCode, sentence: &str) -> Response {
    let body = serde_json::json!({ "error": sentence }).to_string();
    let mut response = (status, [(header::CONTENT_TYPE, "application/json")], body).into_response();
    if status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_S));
    }
    response
}
