//! Which events have been recorded, so that one sent twice counts once. Bounded.

use std::collections::{BTreeMap, HashMap};

use crate::event::{Digest, Event};
use crate::fold::MEMORY_FACTS;
use crate::name::FeedId;
use crate::time::Instant;
use crate::trail::Trail;

/// The events of the last [`MEMORY_FACTS`] facts. Counted in sequences, not in time or bytes, so that
/// replicas forget alike.
#[derive(Debug, Clone, Default)]
pub(super) struct Memory {
    /// By key: the fact.
    known: HashMap<Digest, u64>,
    order: Trail<Remembered>,
    sources: Vec<FeedId>,
    source_numbers: HashMap<FeedId, u32>,
    /// By source: the newest event time that was forgotten. What is not newer may be a repetition of
    /// something forgotten and cannot be told from it.
    marks: BTreeMap<u32, Instant>,
}

/// One event that is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Remembered {
    /// Its fact.
    pub sequence: u64,
    /// Digest of its source and id.
    pub key: Digest,
    /// Digest of what it says.
    pub digest: Digest,
    /// Its time.
    pub time: Instant,
    /// Its source's place in the list of sources.
    pub source: u32,
}

/// All that a memory holds, as it is stored.
#[derive(Debug, Clone, Default)]
pub struct MemoryState {
    /// The sources, by their numbers.
    pub sources: Vec<FeedId>,
    /// By a source's number: the newest event time of it that was forgotten.
    pub marks: BTreeMap<u32, Instant>,
    /// What is remembered, in the order of the facts.
    pub remembered: Trail<Remembered>,
}

/// What the memory says of an event.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Recall {
    /// Never seen.
    New,
    /// Recorded as this fact.
    Same(u64),
    /// Its name is taken by this fact, which says something else.
    Different(u64),
    /// Not newer than its source's forgotten mark.
    TooOld(Instant),
}

impl Memory {
    pub(super) fn recall(&self, event: &Event) -> Recall {
        if let Some(sequence) = self.known.get(&event.key) {
            let known = self.order.find(|known| known.sequence.cmp(sequence));
            return match known {
                Some(known) if known.digest == event.digest => Recall::Same(*sequence),
                Some(_) | None => Recall::Different(*sequence),
            };
        }
        let mark = self.source_numbers.get(&event.source).and_then(|number| self.marks.get(number));
        match mark {
            Some(mark) if event.time <= *mark => Recall::TooOld(*mark),
            Some(_) | None => Recall::New,
        }
    }

    /// The fact that has this name.
    pub(super) fn sequence_of(&self, key: &Digest) -> Option<u64> {
        self.known.get(key).copied()
    }

    pub(super) fn remember(&mut self, event: &Event, sequence: u64) {
        let source = self.number(&event.source);
        self.known.insert(event.key, sequence);
        let Event { key, digest, time, .. } = *event;
        self.order.push(Remembered { sequence, key, digest, time, source });
        let horizon = sequence.saturating_sub(MEMORY_FACTS);
        while self.order.first().is_some_and(|oldest| oldest.sequence <= horizon) {
            let Some(Remembered { sequence, key, time, source, .. }) = self.order.pop() else { return };
            // A name that was taken again meanwhile belongs to the later fact.
            if self.known.get(&key) == Some(&sequence) {
                self.known.remove(&key);
            }
            let mark = self.marks.entry(source).or_insert(time);
            *mark = (*mark).max(time);
        }
    }

    pub(super) fn state(&self) -> MemoryState {
        let Self { known: _, order, sources, source_numbers: _, marks } = self;
        MemoryState { sources: sources.clone(), marks: marks.clone(), remembered: order.clone() }
    }

    pub(super) fn of(state: MemoryState) -> Self {
        let MemoryState { sources, marks, remembered } = state;
        let mut known = HashMap::with_capacity(remembered.len());
        known.extend(remembered.iter().map(|entry| (entry.key, entry.sequence)));
        let source_numbers = sources.iter().cloned().zip(0..).collect();
        Self { known, order: remembered, sources, source_numbers, marks }
    }

    fn number(&mut self, source: &FeedId) -> u32 {
        if let Some(number) = self.source_numbers.get(source) {
            return *number;
        }
        let number = u32::try_from(self.sources.len()).unwrap_or(u32::MAX);
        self.sources.push(source.clone());
        self.source_numbers.insert(source.clone(), number);
        number
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Said;
    use std::time::Duration;

    fn event(number: u64, time: i64) -> Event {
        let mut key = Digest::default();
        key[..8].copy_from_slice(&number.to_be_bytes());
        Event {
            id: number.to_string().as_str().into(),
            source: "/feeds/x".into(),
            station: None,
            time: Instant::from_micros(time),
            said: Said::Heartbeat { interval: Duration::from_secs(60) },
            key,
            digest: key,
            corrects: None,
        }
    }

    #[test]
    fn forgets_by_sequence_and_then_refuses_what_it_could_not_tell_apart() {
        let mut memory = Memory::default();
        memory.remember(&event(1, 100), 1);
        memory.remember(&event(2, 50), 2);
        assert_eq!(memory.recall(&event(1, 100)), Recall::Same(1));
        memory.remember(&event(3, 200), MEMORY_FACTS);
        assert_eq!(memory.recall(&event(1, 100)), Recall::Same(1), "exactly the last {MEMORY_FACTS} facts");
        memory.remember(&event(4, 300), MEMORY_FACTS + 1);
        assert_eq!(memory.recall(&event(1, 100)), Recall::TooOld(Instant::from_micros(100)));
        assert_eq!(memory.recall(&event(9, 100)), Recall::TooOld(Instant::from_micros(100)));
        assert_eq!(memory.recall(&event(9, 101)), Recall::New);
        assert_eq!(memory.recall(&event(2, 50)), Recall::Same(2));
    }

    #[test]
    fn a_taken_name_with_other_content_is_told_apart() {
        let mut memory = Memory::default();
        memory.remember(&event(1, 100), 7);
        let mut other = event(1, 100);
        other.digest = [9; 16];
        assert_eq!(memory.recall(&other), Recall::Different(7));
    }
}
