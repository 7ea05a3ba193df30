//! The fact with which a log goes on from a copy of itself.

use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};
use situation::fact::{Body, Restored};

use crate::time::Moment;

/// The log goes on from a backup, or from what could be salvaged. Positions that were announced under the
/// epoch before may not hold any more, so a new one begins. Version 1, in this order of fields for ever.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogRestored {
    /// The epoch from here on.
    pub epoch: String,
    /// Whether the simulator feeds the log; said again, because the log's first fact may be lost.
    pub simulated: bool,
    /// The epoch that ends here; empty where it is not known.
    pub from_epoch: String,
    /// The last fact that the copy held, as it was numbered before; 0 if it held none.
    pub from_sequence: u64,
    /// When that fact was received: the moment to which the log was restored.
    pub to: Moment,
    /// When it was restored.
    pub at: Moment,
    /// From what.
    pub origin: Origin,
    /// Facts known to be lost. Those of a backup's future are not among them: nobody knows how many they were.
    pub lost_facts: u64,
    /// Which ones, as they were numbered before: the first ranges, where there are very many.
    pub lost: Vec<Lost>,
}

/// What a log was restored from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A backup that was sound.
    Backup,
    /// The intact parts of a damaged store.
    Salvage,
}

/// Facts that are lost: a range, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lost {
    /// The first sequence.
    pub first: u64,
    /// The last sequence.
    pub last: u64,
}

impl LogRestored {
    pub(super) fn into_body(self) -> Body {
        Body::LogRestored {
            epoch: self.epoch.into(),
            simulated: self.simulated,
            restored: Restored { to: self.to.into(), at: self.at.into() },
        }
    }
}
