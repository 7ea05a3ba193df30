//! What goes over a live connection, one JSON object a text frame.

use axum::extract::ws::Utf8Bytes;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use proto::live::{BoardStand, Cause};
use proto::time::Moment;

/// The name under which client and server agree on these frames.
pub const SUBPROTOCOL: &str = "tilanne.board.v1";

/// Where a client stands: what it says when it resumes, and what the gateway notes for each of its
/// subscriptions.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Position {
    /// The log's epoch.
    pub epoch: String,
    /// The board's revision.
    pub revision: u64,
    /// The board's hash at that revision.
    pub hash: String,
}

/// What is to be replayed, by when it was received: what people saw then.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub(crate) struct Span {
    /// Begins with the board as it stood then.
    pub(crate) from: Moment,
    /// Ends there; without, now.
    #[serde(default)]
    pub(crate) to: Option<Moment>,
    /// How many times faster than it was.
    #[serde(default = "as_it_was")]
    pub(crate) speed: f64,
}

const fn as_it_was() -> f64 {
    1.0
}

/// What a client may say.
#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum ClientFrame {
    /// Follow a view; a second one for the same view starts over.
    Subscribe {
        area: String,
        view: String,
        #[serde(default)]
        resume: Option<Position>,
        /// Not the board as it is, but as people saw it in a past span.
        #[serde(default)]
        replay: Option<Span>,
    },
    /// Go to another moment of a replay.
    Seek { area: String, view: String, to: Moment },
    /// Halt a replay.
    Pause { area: String, view: String },
    /// Let a replay go on, at another speed if one is named.
    ResumeReplay {
        area: String,
        view: String,
        #[serde(default)]
        speed: Option<f64>,
    },
    /// Stop following a view.
    Unsubscribe { area: String, view: String },
    /// A newer token; without sign-in it changes nothing.
    Refresh {},
    /// Are you there?
    Ping {},
}

/// Why a client has to start over from a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ResetReason {
    /// It named no position.
    NoPosition,
    /// The log began anew.
    EpochChanged,
    /// Its position is older than what is remembered, or lies between two changes.
    TooOld,
    /// It has seen more than the server has: the server lost something.
    Ahead,
    /// It has another board at that revision.
    HashMismatch,
}

impl ResetReason {
    /// The word in the frame and in metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoPosition => "no_position",
            Self::EpochChanged => "epoch_changed",
            Self::TooOld => "too_old",
            Self::Ahead => "ahead",
            Self::HashMismatch => "hash_mismatch",
        }
    }
}

/// What a new client has to keep to.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Limits {
    pub(crate) subscriptions: usize,
    pub(crate) message_bytes: usize,
    pub(crate) messages_per_minute: u32,
    /// How many times faster than it was a span may be replayed.
    pub(crate) replay_speed: f64,
}

/// What the gateway says.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum ServerFrame<'a> {
    Hello {
        #[serde(skip_serializing_if = "Option::is_none")]
        server_time: Option<&'a str>,
        heartbeat_ms: u64,
        limits: Limits,
    },
    Resumed {
        area: &'a str,
        view: &'a str,
        from: u64,
        to: u64,
    },
    Reset {
        area: &'a str,
        view: &'a str,
        reason: ResetReason,
    },
    Snapshot {
        board: &'a RawValue,
    },
    Delta {
        area: &'a str,
        view: &'a str,
        epoch: &'a str,
        prev: u64,
        revision: u64,
        sequence: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        event_time: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        received_time: Option<&'a str>,
        hash: &'a str,
        patch: &'a serde_json::Value,
    },
    /// With a view: it has caught up. Without: there is no cause any more not to call boards live.
    Live {
        #[serde(skip_serializing_if = "Option::is_none")]
        area: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        view: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        revision: Option<u64>,
    },
    Heartbeat {
        server_time: &'a str,
        epoch: &'a str,
        sequence: u64,
        boards: Vec<&'a BoardStand>,
    },
    Degraded {
        cause: Cause,
    },
    Pong {},
    Error {
        #[serde(skip_serializing_if = "Option::is_none")]
        area: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        view: Option<&'a str>,
        error: &'a str,
    },
    Bye {
        code: &'static str,
        retry_after_ms: u64,
    },
}

impl ServerFrame<'_> {
    /// The frame's text. `None` only if a member could not be written as JSON, which none of these can.
    pub(crate) fn text(&self) -> Option<Utf8Bytes> {
        match serde_json::to_string(self) {
            Ok(text) => Some(text.into()),
            Err(error) => {
                tracing::error!(%error, "a frame could not be written and was left out");
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_read_as_the_contract_writes_them() {
        let delta = ServerFrame::Delta {
            area: "a",
            view: "v",
            epoch: "e",
            prev: 1,
            revision: 3,
            sequence: 4,
            event_time: Some("t"),
            received_time: None,
            hash: "h",
            patch: &serde_json::json!({"x": null}),
        };
        assert_eq!(
            delta.text().unwrap().as_str(),
            r#"{"kind":"delta","area":"a","view":"v","epoch":"e","prev":1,"revision":3,"sequence":4,"event_time":"t","hash":"h","patch":{"x":null}}"#
        );
        let live = ServerFrame::Live { area: None, view: None, revision: None };
        assert_eq!(live.text().unwrap().as_str(), r#"{"kind":"live"}"#);
    }

    #[test]
    fn a_client_may_add_members_but_not_kinds() {
        let read = |text: &str| serde_json::from_str::<ClientFrame>(text);
        assert!(read(r#"{"kind":"ping","n":1}"#).is_ok());
        assert!(read(r#"{"kind":"refresh","token":"x"}"#).is_ok());
        assert!(read(r#"{"kind":"subscribe","area":"a","view":"v","resume":null}"#).is_ok());
        assert!(read(r#"{"kind":"subscribe","area":"a"}"#).is_err());
        let span = r#"{"kind":"subscribe","area":"a","view":"v","replay":{"from":"2026-11-26T17:00:00Z"}}"#;
        assert!(matches!(read(span), Ok(ClientFrame::Subscribe { replay: Some(Span { to: None, .. }), .. })));
        assert!(read(r#"{"kind":"subscribe","area":"a","view":"v","replay":{"from":"yesterday"}}"#).is_err());
        assert!(read(r#"{"kind":"resume_replay","area":"a","view":"v"}"#).is_ok());
        assert!(read(r#"{"kind":"dance"}"#).is_err());
    }
}
