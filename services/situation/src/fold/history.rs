//! Who came and how many waited, hour by hour.

use super::hourly::LaneHour;
use super::station::StationState;
use super::ticket::Stay;
use super::words::Words;
use crate::name::LaneId;
use crate::time::Hour;

/// Who is said to have waited for longer than so many hours is a ticket that nobody closed, and tells of no queue beyond them.
const LONGEST_WAIT: usize = 24;

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
        let hours = std::iter::successors(Some(arrival.next()), |hour| Some(hour.next()));
        for hour in hours.take(LONGEST_WAIT).take_while(|hour| hour.start() < until) {
            lane.by_hour.change(hour, |hour| add(&mut hour.waiting));
        }
    }
}
