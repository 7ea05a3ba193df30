//! `POST /v1/events`: the one door for events over HTTP.
//!
//! A body is read whole, cut into events, handed over, and answered once every event in it is durable.

mod body;
mod config;
mod metrics;

pub use config::Config;
pub use metrics::Meters;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use http_body_util::BodyExt;
use tokio::sync::Semaphore;

use crate::intake::{Intake, Unanswered};
use body::Unreadable;

#[derive(Clone)]
struct Door {
    config: Config,
    intake: Intake,
    bodies: Arc<Semaphore>,
    meters: Meters,
}

/// The door's route.
pub fn router(config: Config, intake: Intake, meters: Meters) -> Router {
    let bodies = Arc::new(Semaphore::new(config.bodies_at_once.max(1)));
    Router::new().route("/v1/events", post(take)).with_state(Door { config, intake, bodies, meters })
}

async fn take(State(door): State<Door>, request: Request) -> Response {
    let answer = door.take(request).await;
    door.meters.bodies.with_label_values(&[answer.status().as_str()]).inc();
    answer
}

impl Door {
    async fn take(&self, request: Request) -> Response {
        let Ok(_place) = self.bodies.try_acquire() else {
            return refuse(
                StatusCode::TOO_MANY_REQUESTS,
                "too many bodies at once: send this one again in a second",
            );
        };
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let Some(form) = body::Form::of(kind.unwrap_or_default()) else {
            drop(self.read(request.into_body()).await);
            return refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, body::FORMS);
        };
        let bytes = match self.read(request.into_body()).await {
            Ok(bytes) => bytes,
            Err(refusal) => return refusal,
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
            Err(unanswered @ (Unanswered::Closed | Unanswered::Full | Unanswered::Unknown)) => {
                refuse(StatusCode::SERVICE_UNAVAILABLE, &unanswered.to_string())
            }
        }
    }

    async fn read(&self, body: Body) -> Result<bytes::Bytes, Response> {
        let limit = self.config.body_bytes;
        let timeout: Duration = self.config.body_timeout.into();
        match tokio::time::timeout(timeout, collect(body, limit)).await {
            Ok(Ok(Some(bytes))) => Ok(bytes),
            Ok(Ok(None)) => Err(refuse(
                StatusCode::PAYLOAD_TOO_LARGE,
                &format!("the body is longer than {limit} bytes: send smaller bodies"),
            )),
            Ok(Err(_)) => Err(refuse(StatusCode::BAD_REQUEST, "the body broke off: send it again")),
            Err(_) => Err(refuse(StatusCode::REQUEST_TIMEOUT, "the body came too slowly: send it again")),
        }
    }
}

/// A body over the limit is read on, and thrown away, up to this many times the limit: most clients look
/// for an answer only after they have sent all, and would see a broken connection instead of it.
const DISCARDED_LIMITS: usize = 8;

/// The whole body; `None` if it is longer than the limit.
async fn collect(mut body: Body, limit: usize) -> Result<Option<bytes::Bytes>, axum::Error> {
    let (mut kept, mut length) = (Vec::new(), 0_usize);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        length = length.saturating_add(data.len());
        if length <= limit {
            kept.extend_from_slice(&data);
        } else if length <= limit.saturating_mul(DISCARDED_LIMITS) {
            kept = Vec::new();
        } else {
            return Ok(None);
        }
    }
    Ok((length <= limit).then(|| kept.into()))
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

fn refuse(status: StatusCode, sentence: &str) -> Response {
    let body = serde_json::json!({ "error": sentence }).to_string();
    let mut response = (status, [(header::CONTENT_TYPE, "application/json")], body).into_response();
    if status == StatusCode::TOO_MANY_REQUESTS || status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_S));
    }
    response
}
