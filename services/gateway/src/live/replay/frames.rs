//! What is said of a replay. Every frame says that it is not live, and of which moment it is.

use axum::extract::ws::Utf8Bytes;
use proto::live::BoardChange;
use proto::time::Moment;
use serde::Serialize;
use serde_json::value::RawValue;

/// What every frame says.
#[derive(Debug, Serialize)]
pub(super) struct Scene<'a> {
    area: &'a str,
    view: &'a str,
    live: bool,
    /// The moment that is shown, by receiving time.
    moment: Moment,
    #[serde(flatten)]
    said: Said<'a>,
}

#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(super) enum Said<'a> {
    /// How it goes: at its beginning, when that changes, and every second while it plays.
    Replaying { from: Moment, to: Moment, speed: f64, paused: bool },
    /// The board as it stood.
    Snapshot { board: &'a RawValue },
    /// What changed on it.
    Delta {
        epoch: &'a str,
        prev: u64,
        revision: u64,
        sequence: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        event_time: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        received_time: Option<&'a str>,
        hash: &'a str,
        patch: &'a RawValue,
    },
    /// The span is over. It may be sought back into.
    ReplayEnded {},
    /// It cannot go on, and why.
    Error { error: &'a str },
}

impl<'a> Said<'a> {
    pub(super) fn delta(change: &'a BoardChange) -> Self {
        Self::Delta {
            epoch: &change.epoch,
            prev: change.prev,
            revision: change.revision,
            sequence: change.sequence,
            event_time: change.event_time.as_deref(),
            received_time: change.received_time.as_deref(),
            hash: &change.hash,
            patch: &change.patch,
        }
    }

    pub(super) fn text(self, area: &'a str, view: &'a str, moment: Moment) -> Option<Utf8Bytes> {
        match serde_json::to_string(&Scene { area, view, live: false, moment, said: self }) {
            Ok(text) => Some(text.into()),
            Err(error) => {
                tracing::error!(%error, "a frame of a replay could not be written and was left out");
                None
            }
        }
    }
}
