//! Which events have been recorded, so that one sent twice counts once. Bounded.

use std::collections::{HashMap, VecDeque};

use crate::event::{Digest, Event};
use crate::fold::MEMORY_FACTS;
use crate::name::FeedId;
use crate::time::Instant;

/// The events of the last [`MEMORY_FACTS`] facts. Counted in sequences, not in time or bytes, so that
/// replicas forget alike.
#[derive(Debug, Clone, Default)]
pub(super) struct Memory {
    known: HashMap<Digest, (Digest, u64)>,
    order: VecDeque<(u64, Digest, Instant, u32)>,
    sources: Vec<FeedId>,
    source_numbers: HashMap<FeedId, u32>,
    /// By source: the newest event time that was forgotten. What is not newer may be a repetition of
    /// something forgotten and cannot be told from it.
    marks: HashMap<u32, Instant>,
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
        if let Some((digest, sequence)) = self.known.get(&event.key) {
            return if *digest == event.digest {
                Recall::Same(*sequence)
            } else {
                Recall::Different(*sequence)
            };
        }
        let mark = self.source_numbers.get(&event.source).and_then(|number| self.marks.get(number));
        match mark {
            Some(mark) if event.time <= *mark => Recall::TooOld(*mark),
            Some(_) | None => Recall::New,
        }
    }

    pub(super) fn remember(&mut self, event: &Event, sequence: u64) {
        let number = self.number(&event.source);
        self.known.insert(event.key, (event.digest, sequence));
        self.order.push_back((sequence, event.key, event.time, number));
        let horizon = sequence.saturating_sub(MEMORY_FACTS);
        while self.order.front().is_some_and(|(oldest, ..)| *oldest <= horizon) {
            let Some((_, key, time, source)) = self.order.pop_front() else { return };
            self.known.remove(&key);
            let mark = self.marks.entry(source).or_insert(time);
            *mark = (*mark).max(time);
        }
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
