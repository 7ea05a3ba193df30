//! Notes of people at the desk.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::told::Stamp;
use crate::event::Note;
use crate::name::NoteId;
use crate::time::{Instant, earlier};

/// Notes that are remembered at once. People read a handful: who writes more must remove some.
pub const MAX_NOTES: usize = 128;

/// Notes by their names.
#[derive(Debug, Clone, Default)]
pub struct Notes(pub BTreeMap<NoteId, NoteState>);

/// What was said of a note. It is written once; who means something else writes another.
#[derive(Debug, Clone, Default)]
pub struct NoteState {
    /// The note, and when it was written.
    pub written: Option<(Arc<Stamp>, Note)>,
    /// When somebody removed it.
    pub removed: Option<Arc<Stamp>>,
}

impl Notes {
    /// Whether one more may be said at a moment: known by its name, or one that is over can go.
    #[must_use]
    pub fn has_room_for(&self, id: &NoteId, now: Instant) -> bool {
        self.0.contains_key(id) || self.0.len() < MAX_NOTES || self.longest_over(now).is_some()
    }

    pub(super) fn add(&mut self, id: &NoteId, note: &Note, stamp: &Arc<Stamp>) {
        let known = self.entry(id, stamp.time);
        // Whose the name is who used it first, whichever came in first.
        if known.written.as_ref().is_none_or(|(earlier, _)| stamp < earlier) {
            known.written = Some((Arc::clone(stamp), note.clone()));
        }
    }

    pub(super) fn remove(&mut self, id: &NoteId, stamp: &Arc<Stamp>) {
        let known = self.entry(id, stamp.time);
        if known.removed.as_ref().is_none_or(|earlier| stamp < earlier) {
            known.removed = Some(Arc::clone(stamp));
        }
    }

    fn entry(&mut self, id: &NoteId, now: Instant) -> &mut NoteState {
        if !self.0.contains_key(id) && self.0.len() >= MAX_NOTES {
            let over = self.longest_over(now).cloned();
            over.and_then(|over| self.0.remove(&over));
        }
        self.0.entry(id.clone()).or_default()
    }

    fn longest_over(&self, now: Instant) -> Option<&NoteId> {
        let over = self.0.iter().filter_map(|(id, note)| Some((note.over_from()?, id)));
        over.filter(|(from, _)| *from <= now).min().map(|(_, id)| id)
    }

    /// Those that hold at a moment with when they were written, and when that changes by itself.
    #[must_use]
    pub fn look(&self, clock: Instant) -> (BTreeMap<NoteId, (Instant, Note)>, Option<Instant>) {
        let mut shown = BTreeMap::new();
        let mut due = None;
        for (id, state) in &self.0 {
            let Some((stamp, note)) = state.written.as_ref().filter(|_| state.removed.is_none()) else {
                continue;
            };
            if clock < note.until {
                due = earlier(due, Some(note.until));
                shown.insert(id.clone(), (stamp.time, note.clone()));
            }
        }
        (shown, due)
    }
}

impl NoteState {
    fn over_from(&self) -> Option<Instant> {
        let until = self.written.as_ref().map(|(_, note)| note.until);
        earlier(self.removed.as_ref().map(|stamp| stamp.time), until)
    }
}
