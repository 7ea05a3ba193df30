//! Who came, how many waited and how many were there, hour by hour.

use super::hourly::{LaneHour, PresentHour};
use super::station::{LaneState, StationState};
use super::ticket::{Spell, Stay};
use super::words::Words;
use crate::event::{QueueObserved, Told};
use crate::name::LaneId;
use crate::time::{Hour, Instant};

/// Who is said to have waited for longer than so many hours is a ticket that nobody closed, and tells of no queue beyond them.
const LONGEST_WAIT: usize = 24;

/// The same of who is said to have been there: some wait for days until a ward has room.
const LONGEST_SPELL: usize = 72;

impl StationState {
    /// Somebody's story was told anew: they waited as `before`, and now it is as `now`.
    pub(super) fn note_stays(&mut self, before: &[Stay], now: &[Stay], words: &Words) {
        if before == now {
            return;
        }
        before.iter().for_each(|stay| self.count_stay(stay, -1, words));
        now.iter().for_each(|stay| self.count_stay(stay, 1, words));
    }

    fn count_stay(&mut self, stay: &Stay, by: i32, words: &Words) {
        let lane = self.lanes.entry(LaneId::new(words.text(stay.lane))).or_default();
        let arrival = Hour::of(stay.from);
        let add = |count: &mut i32| *count = count.saturating_add(by);
        if stay.came {
            lane.by_hour.change(arrival, |hour: &mut LaneHour| add(&mut hour.arrived));
        }
        let Some(until) = stay.until else { return };
        for hour in begun_within(stay.from, until, LONGEST_WAIT) {
            lane.by_hour.change(hour, |hour| add(&mut hour.waiting));
        }
    }

    /// Somebody was in lanes as `before` says, and as is told anew as `now` says.
    pub(super) fn note_spells(&mut self, before: &[Spell], now: &[Spell], words: &Words) {
        // Of a story that goes on all but the end stays as it was.
        let same = before.iter().zip(now).take_while(|(before, now)| before == now).count();
        let changes = [(before, -1), (now, 1)];
        for (spell, by) in
            changes.iter().flat_map(|(spells, by)| spells.iter().skip(same).map(move |it| (it, *by)))
        {
            let lane = self.lanes.entry(LaneId::new(words.text(spell.lane))).or_default();
            for hour in begun_within(spell.from, spell.until, LONGEST_SPELL) {
                lane.present_by_hour.change(hour, |hour: &mut PresentHour| {
                    hour.counted = hour.counted.saturating_add(by);
                });
            }
        }
    }
}

impl LaneState {
    /// Somebody told how many there are.
    pub(super) fn note_told(&mut self, observed: &QueueObserved, at: Instant) {
        // What is usual is what feeds tell: people tell when something is not.
        if observed.by.is_some() {
            return;
        }
        let hour = Hour::of(at);
        if observed.waiting != Told::Unsaid {
            self.by_hour.change(hour, |hour| hour.told.hear(at, &observed.waiting));
        }
        if observed.present != Told::Unsaid {
            self.present_by_hour.change(hour, |hour| hour.told.hear(at, &observed.present));
        }
    }
}

/// The hours that began after a moment and before another, at most so many.
fn begun_within(from: Instant, until: Instant, most: usize) -> impl Iterator<Item = Hour> {
    let hours = std::iter::successors(Some(Hour::of(from).next()), |hour| Some(hour.next()));
    hours.take(most).take_while(move |hour| hour.start() < until)
}
