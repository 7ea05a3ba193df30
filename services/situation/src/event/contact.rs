//! Contacts by telephone, chat and form.

use super::Told;
use crate::name::Word;
use crate::time::Instant;

/// The traffic of one line. Absent members leave earlier values.
#[derive(Debug, Clone, PartialEq)]
pub struct ContactObserved {
    /// `116117`, `chat`, `digital` …
    pub line: Word,
    /// The language that is answered, where a line is counted by language.
    pub language: Option<Word>,
    /// Contacts that were offered.
    pub offered: Told<u32>,
    /// Of them, answered.
    pub answered: Told<u32>,
    /// Of them, given up.
    pub abandoned: Told<u32>,
    /// People who wait to be called back.
    pub callbacks_waiting: Told<u32>,
    /// Since when the one who has waited longest has waited.
    pub oldest_callback: Told<Instant>,
    /// Agents at work.
    pub agents: Told<u32>,
    /// Whose figures they are: often those of more than this area.
    pub coverage: Told<Word>,
    /// The role of the person who said it, where a person did.
    pub by: Option<Word>,
    /// Until when a person's word holds.
    pub valid_until: Option<Instant>,
}
