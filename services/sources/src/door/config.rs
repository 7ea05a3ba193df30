//! The door's settings.

use runtime::Span;
use serde::{Deserialize, Serialize};

/// Section `[intake]`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Bytes of one body.
    pub body_bytes: usize,
    /// Events of one body.
    pub events_a_body: usize,
    /// Bytes of all bodies that are held at once, being read or under way. A body that finds no room waits
    /// until `body_timeout` and is then answered 503. One body at a time may go beyond.
    pub bytes_at_once: usize,
    /// Whole bodies under way to the recorder at once; more are answered 429.
    pub bodies_at_once: usize,
    /// How long a client may take to send a body, any wait for room included.
    pub body_timeout: Span,
    /// How long to wait for the receipt of an event before the answer is 503.
    pub receipt_timeout: Span,
}

impl Default for Config {
    /// See `config/default.toml` for the reasons.
    fn default() -> Self {
        Self {
            body_bytes: 8 * 1024 * 1024,
            events_a_body: 20_000,
            bytes_at_once: 48 * 1024 * 1024,
            bodies_at_once: 64,
            body_timeout: Span::from_secs(30),
            receipt_timeout: Span::from_secs(10),
        }
    }
}
