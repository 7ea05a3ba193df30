//! What can go wrong at the door, in sentences that say what to do.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::json;

use crate::config::RETRY_AFTER_S;

/// Why the gateway cannot start, go on or answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A setting that would switch the gateway off.
    #[error("gateway.{0} is 0: set it to at least 1")]
    Setting(&'static str),
    /// A metric of this name is registered already.
    #[error("cannot register the gateway's metrics: {0}; give each gateway its own registry")]
    Metrics(#[from] prometheus::Error),
    /// The bus could not be listened to.
    #[error("cannot listen on the bus: {0}; start the gateway again when the bus is back")]
    Listen(#[source] bus::Error),
    /// The bus went away while the gateway ran.
    #[error("the bus has closed: start the gateway again when the bus is back")]
    BusClosed,
    /// The client's question is wrong.
    #[error("{0}")]
    BadQuestion(String),
    /// The client's words have another form than is read here.
    #[error("{0}")]
    WrongForm(String),
    /// There is no such thing here.
    #[error("{0}")]
    NotFound(String),
    /// Not now.
    #[error("{0}")]
    Busy(String),
    /// The page that asks is not one of ours.
    #[error("origin {0} may not open live boards here: add it to gateway.origins if it should")]
    Origin(String),
}

impl Error {
    /// The HTTP status that this answer goes out with.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::BadQuestion(_) => StatusCode::BAD_REQUEST,
            Self::WrongForm(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Origin(_) => StatusCode::FORBIDDEN,
            Self::Busy(_) | Self::Listen(_) | Self::BusClosed | Self::Setting(_) | Self::Metrics(_) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let status = self.status();
        let mut response = (status, Json(json!({ "error": self.to_string() }))).into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(RETRY_AFTER_S));
        }
        response
    }
}
