//! The way in for a live connection: who may, how many, and with which buffers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::{State, WebSocketUpgrade};
use axum::response::Response;
use http::{HeaderMap, header};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use super::SUBPROTOCOL;
use super::connection::{self, Doorstep};
use crate::Error;
use crate::config::{SOCKET_BACKLOG, SOCKET_BUFFER};

/// What the route needs.
#[derive(Clone)]
pub(crate) struct Entrance {
    pub(crate) door: Doorstep,
    pub(crate) seats: Arc<Semaphore>,
    pub(crate) visitors: Arc<AtomicU64>,
    pub(crate) tracker: TaskTracker,
}

/// `GET /v1/live`.
pub(crate) async fn live(
    State(entrance): State<Entrance>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Error> {
    let upgrade = upgrade.map_err(|error| {
        Error::BadQuestion(format!("{}: open this address as a WebSocket", error.body_text()))
    })?;
    let Entrance { door, seats, visitors, tracker } = entrance;
    let refused = |reason: &str| door.metrics.refused.with_label_values(&[reason]).inc();
    check_origin(&headers, &door.config.origins).inspect_err(|_| refused("origin"))?;
    check_subprotocol(&headers).inspect_err(|_| refused("subprotocol"))?;
    if door.drain.is_cancelled() {
        refused("drain");
        return Err(Error::Busy("the gateway is stopping: connect again in a moment".into()));
    }
    let seat = seats.try_acquire_owned().map_err(|_full| {
        refused("full");
        Error::Busy("as many live connections are open as this gateway takes: connect again later".into())
    })?;
    let number = visitors.fetch_add(1, Ordering::Relaxed);
    let token = tracker.token();
    let largest = door.config.message_bytes;
    Ok(upgrade
        .protocols([SUBPROTOCOL])
        .read_buffer_size(SOCKET_BUFFER)
        .write_buffer_size(SOCKET_BUFFER)
        .max_write_buffer_size(SOCKET_BACKLOG)
        .max_message_size(largest)
        .max_frame_size(largest)
        .on_upgrade(move |socket| async move {
            connection::serve(socket, door, number).await;
            drop((seat, token));
        }))
}

/// Browsers send the page's origin with every WebSocket and no page can hide it; other clients send none.
/// CORS does not protect WebSockets: this check does.
fn check_origin(headers: &HeaderMap, allowed: &[String]) -> Result<(), Error> {
    let Some(origin) = headers.get(header::ORIGIN) else { return Ok(()) };
    let origin = origin.to_str().unwrap_or_default();
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    // Whether TLS ends here or before cannot be seen from here, so both schemes may name this host.
    let authority = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    let own = authority.is_some_and(|authority| Some(authority) == host);
    if own || allowed.iter().any(|known| known == origin) {
        return Ok(());
    }
    Err(Error::Origin(origin.to_owned()))
}

/// A client that names subprotocols must name ours; one that names none is taken to speak it.
fn check_subprotocol(headers: &HeaderMap) -> Result<(), Error> {
    let mut named = headers
        .get_all(header::SEC_WEBSOCKET_PROTOCOL)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .peekable();
    if named.peek().is_none() || named.any(|name| name == SUBPROTOCOL) {
        return Ok(());
    }
    Err(Error::BadQuestion(format!("this gateway speaks {SUBPROTOCOL}: ask for that subprotocol")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn only_our_own_page_and_listed_ones_may_connect() {
        let listed = ["https://wall.example.fi".to_owned()];
        let table = [
            (None, true),
            (Some("http://127.0.0.1:8080"), true),
            (Some("https://127.0.0.1:8080"), true),
            (Some("https://wall.example.fi"), true),
            (Some("http://127.0.0.1:8081"), false),
            (Some("http://127.0.0.1:8080.evil.example"), false),
            (Some("https://wall.example.fi.evil.example"), false),
            (Some("null"), false),
            (Some(""), false),
        ];
        for (origin, allowed) in table {
            let mut pairs = vec![("host", "127.0.0.1:8080")];
            pairs.extend(origin.map(|origin| ("origin", origin)));
            assert_eq!(check_origin(&headers(&pairs), &listed).is_ok(), allowed, "{origin:?}");
        }
    }

    #[test]
    fn a_client_of_another_subprotocol_is_told_ours() {
        assert!(check_subprotocol(&headers(&[])).is_ok());
        let both = [("sec-websocket-protocol", "other, tilanne.board.v1")];
        assert!(check_subprotocol(&headers(&both)).is_ok());
        let other = [("sec-websocket-protocol", "other")];
        assert!(check_subprotocol(&headers(&other)).is_err());
    }
}
