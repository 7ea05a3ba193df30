//! The admin listener's routes: `/metrics`, `/livez`, `/readyz`.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use http::header::CONTENT_TYPE;

use crate::health::Health;
use crate::metrics::Metrics;

/// `/metrics`: Prometheus text. `/livez`: 200 as long as the process answers at all. `/readyz`: JSON with an
/// entry a check; 200 when all pass, else 503.
pub fn router(metrics: Metrics, health: Health) -> Router {
    Router::new()
        .route("/metrics", get(write_metrics).with_state(metrics))
        .route("/livez", get(async || "alive\n"))
        .route("/readyz", get(readiness).with_state(health))
}

async fn write_metrics(State(metrics): State<Metrics>) -> Response {
    match metrics.text() {
        Ok(text) => ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

async fn readiness(State(health): State<Health>) -> Response {
    let readiness = health.readiness();
    let status = if readiness.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(readiness)).into_response()
}
