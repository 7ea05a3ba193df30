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

/// What the recorder says to an event that it neither records nor judges, because it can record nothing at
/// the moment. Not a receipt: the event has to be sent again later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Unavailable {
    /// Why, as a sentence for the sender.
    pub unavailable: String,
}

impl Unavailable {
    /// What such an answer begins with: a receipt never does, and looking is cheaper than parsing each.
    const OPENING: &'static [u8] = b"{\"unavailable\":";

    /// Reads the recorder's answer; `None` if it is a receipt.
    #[must_use]
    pub fn read(answer: &[u8]) -> Option<Self> {
        if answer.starts_with(Self::OPENING) { serde_json::from_slice(answer).ok() } else { None }
    }
}

/// The answer to a body of events, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Receipts {
    /// One for each event.
    pub receipts: Vec<Receipt>,
}

/// The answer to a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CommandAnswer {
    /// One.
    pub receipts: Vec<Receipt>,
    /// It was recorded, and changes nothing: by the board that was shown when it came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub without_effect: Option<WithoutEffect>,
}

/// Why a command changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WithoutEffect {
    /// `no_such_alarm`, `another_alarm`, `already_acknowledged` or `no_such_note`.
    pub code: String,
    /// The same as a sentence.
    pub text: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_without_a_receipt_is_told_from_a_receipt() {
        let none = Unavailable { unavailable: "the disk is full".to_owned() };
        assert_eq!(Unavailable::read(&serde_json::to_vec(&none).unwrap()), Some(none));
        let position = Some(Position { epoch: "e".to_owned(), sequence: 7 });
        let status = Status::Recorded;
        let id = Some("unavailable".to_owned());
        let receipt = Receipt { id, source: None, status, position, reason: None };
        assert_eq!(Unavailable::read(&serde_json::to_vec(&receipt).unwrap()), None);
    }
}
