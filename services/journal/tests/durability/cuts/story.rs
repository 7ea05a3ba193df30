//! What was promised by a moment on the tape.

use std::collections::BTreeSet;

use bytes::Bytes;
use journal::Head;

use super::tape::Event;

/// What a journal must hold, and what it may hold.
#[derive(Debug, Clone, Default)]
pub struct Story {
    /// What was acknowledged or shown, and behind it the group that was being appended.
    pub records: Vec<Bytes>,
    /// The head after each record.
    heads: Vec<Head>,
    /// Where groups end.
    ends: BTreeSet<usize>,
    /// Records that must be there.
    pub acknowledged: usize,
}

impl Story {
    /// A group is being appended.
    pub fn add(&mut self, records: Vec<Bytes>) {
        for record in records {
            self.heads.push(self.head(self.records.len()).then(&record));
            self.records.push(record);
        }
        self.ends.insert(self.records.len());
    }

    /// The head after so many records.
    pub fn head(&self, records: usize) -> Head {
        records.checked_sub(1).map_or(Head::START, |last| self.heads[last])
    }

    /// Whether a journal may end here: behind all that was acknowledged, and not within a group.
    pub fn may_end_at(&self, head: Head) -> bool {
        let sequence = usize::try_from(head.sequence).unwrap_or(usize::MAX);
        let whole = sequence == 0 || self.ends.contains(&sequence);
        sequence >= self.acknowledged && whole && self.head(sequence) == head
    }

    /// # Panics
    /// If the journal says what it must not say even without a loss of power: that is no cut's fault.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::Submitted(records) => self.add(records.clone()),
            Event::Acknowledged(head) => {
                self.acknowledged = self.records.len();
                assert_eq!(*head, self.head(self.acknowledged), "append returned another head");
            }
            Event::Opened(head) => {
                assert!(self.may_end_at(*head), "after a kill the journal is at {head:?}: {}", self.told());
                self.acknowledged = usize::try_from(head.sequence).expect("few");
                self.records.truncate(self.acknowledged);
                self.heads.truncate(self.acknowledged);
                self.ends.retain(|end| *end <= self.acknowledged);
            }
            Event::Changed(_) | Event::Synced(_) | Event::DirectorySynced(_) | Event::Witness(_) => {}
        }
    }

    pub fn told(&self) -> String {
        format!("{} records were acknowledged, {} submitted", self.acknowledged, self.records.len())
    }
}
