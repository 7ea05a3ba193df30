//! What a source gets back for each event, once what it says is durable.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A place in an area's log. Sequences of different epochs cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Position {
    /// Opaque; begun by a fact.
    pub epoch: String,
    /// 1, 2, 3 … within the epoch's log.
    pub sequence: u64,
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It is in the log, flushed.
    Recorded,
    /// It was in the log already; the position is the first one's.
    Duplicate,
    /// It is not in the log, and sending it again will not help: see `reason`.
    Rejected,
}

/// The answer to one event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Receipt {
    /// The event's id, as far as it could be read.
    pub id: Option<String>,
    /// The event's source, as far as it could be read.
    pub source: Option<String>,
    /// What became of it.
    pub status: Status,
    /// Where it is, if it is anywhere.
    pub position: Option<Position>,
    /// Why it was rejected and what to do.
    pub reason: Option<String>,
}

/// The answer to a body of events, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Receipts {
    /// One for each event.
    pub receipts: Vec<Receipt>,
}
