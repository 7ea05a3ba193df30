//! What was said of telephone lines, chats and forms.

use std::sync::Arc;

use super::hourly::{Hourly, LastWord};
use super::station::StationState;
use super::told::{Register, Stamp};
use crate::event::{ContactObserved, Told};
use crate::name::Word;
use crate::time::{Hour, Instant};

/// A line, and the language that is answered if it is counted by language.
pub type Line = (Word, Option<Word>);

/// What was said of one line.
#[derive(Debug, Clone, Default)]
pub struct ContactState {
    /// Contacts that were offered.
    pub offered: Register<u32>,
    /// Of them, answered.
    pub answered: Register<u32>,
    /// Of them, given up.
    pub abandoned: Register<u32>,
    /// People who wait to be called back.
    pub callbacks_waiting: Register<u32>,
    /// Since when the first of them waits.
    pub oldest_callback: Register<Instant>,
    /// Agents at work.
    pub agents: Register<u32>,
    /// Whose figures they are.
    pub coverage: Register<Word>,
    /// The last word of each hour on how many waited to be called back.
    pub callbacks_by_hour: Hourly<LastWord>,
}

impl StationState {
    pub(super) fn observe_contact(&mut self, observed: &ContactObserved, stamp: &Arc<Stamp>) {
        let line = self.contacts.entry((observed.line.clone(), observed.language.clone())).or_default();
        line.offered.hear(stamp, &observed.offered);
        line.answered.hear(stamp, &observed.answered);
        line.abandoned.hear(stamp, &observed.abandoned);
        line.callbacks_waiting.hear(stamp, &observed.callbacks_waiting);
        line.oldest_callback.hear(stamp, &observed.oldest_callback);
        line.agents.hear(stamp, &observed.agents);
        line.coverage.hear(stamp, &observed.coverage);
        if observed.by.is_none() && observed.callbacks_waiting != Told::Unsaid {
            let hour = Hour::of(stamp.time);
            line.callbacks_by_hour.change(hour, |last| last.hear(stamp.time, &observed.callbacks_waiting));
        }
    }
}
