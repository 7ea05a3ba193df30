//! What people at the desk say: of alarms, and to each other.

use crate::name::{StationId, Word};
use crate::time::Instant;

/// Who says it. Until there is sign-in nobody has verified it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who, as they name themselves.
    pub actor: Word,
    /// In which role.
    pub role: Word,
}

/// Somebody has taken notice of an alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    /// Who.
    pub by: Person,
    /// Why, or what is being done.
    pub reason: Option<String>,
    /// Only of the one that was raised then.
    pub raised: Option<Instant>,
}

/// Somebody wants to hear nothing of an alarm for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shelving {
    /// Who.
    pub by: Person,
    /// Why.
    pub reason: String,
    /// Until then.
    pub until: Instant,
}

/// Somebody has signed the report of a shift.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signing {
    /// Who.
    pub by: Person,
    /// Whether they hand over or receive.
    pub part: Part,
    /// The shift began.
    pub from: Instant,
    /// It ended.
    pub to: Instant,
    /// The last fact in the report.
    pub sequence: u64,
    /// The report's hash, in lower-case hex.
    pub hash: Word,
}

/// What somebody does with a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Hands over by it.
    Given,
    /// Takes over by it.
    Received,
}

/// A note to whoever is at the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Of which station, if of one.
    pub station: Option<StationId>,
    /// What it says, in the language of its writer.
    pub text: String,
    /// Shown until.
    pub until: Instant,
    /// Whose it is.
    pub by: Person,
}
