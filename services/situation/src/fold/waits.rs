//! How long people waited in a lane lately, and how many they found waiting there.
//!
//! Everything follows from a bounded set of waits that are over, by the day on which they ended: the order in which facts
//! came in leaves no trace. What is worked out is kept until something changes that it hangs on: figures are looked at after
//! every fact, and may not cost what the memory is long.

mod forecast;
mod kept;
mod told;

pub use forecast::Forecast;
pub use kept::{Past, Waits};
pub(super) use told::queue_now;

use std::time::Duration;

use super::station::StationState;
use super::ticket::{Stay, Wait};
use super::words::{Symbol, Words};
use crate::name::LaneId;
use crate::time::Instant;

/// Whoever waits longer is not waited with: they were booked for later, or forgotten in the source. They count neither
/// among the waits nor among those ahead.
pub const LONGEST: Duration = Duration::from_secs(24 * 3600);
/// The newest waits of a lane, of all urgencies together, from which is told what to expect: three weeks of a large emergency
/// department. With half of them rare urgencies had too few; with twice as many none was told better by more than a hundredth.
pub const MEMORY: usize = 2_000;
/// The newest waits of a lane of which is counted how many stayed within what was to be expected.
pub const JUDGED: usize = 300;
/// Fewer waits than these tell nothing: the ninth of ten would be one of three people.
pub const LEAST: usize = 30;

impl StationState {
    /// Somebody's story was told anew: they waited as `before` says, and now as `now` says.
    pub(super) fn note_waits(&mut self, before: &[Stay], now: &[Stay], words: &Words) {
        // What is told again as it was may have been forgotten since.
        let same = before.iter().zip(now).take_while(|(before, now)| before == now).count();
        let (before, now) = (before.get(same..).unwrap_or_default(), now.get(same..).unwrap_or_default());
        let Some(since) = changed_since(before.first(), now.first()) else { return };
        let mut lanes: Vec<Symbol> = before.iter().chain(now).map(|stay| stay.lane).collect();
        lanes.sort_unstable();
        lanes.dedup();
        for lane in lanes {
            let waits = self.waits.entry(LaneId::new(words.text(lane))).or_default();
            let over = |stays: &'_ [Stay]| -> Vec<Wait> {
                stays.iter().filter(|stay| stay.lane == lane).filter_map(Stay::over).collect()
            };
            over(before).iter().for_each(|wait| waits.remove(wait));
            over(now).into_iter().for_each(|wait| waits.add(wait));
            waits.doubt(since);
        }
    }
}

/// From when on a queue was another than was known, by the first stay that is told otherwise: later ones began later.
fn changed_since(before: Option<&Stay>, now: Option<&Stay>) -> Option<Instant> {
    let end = |stay: &Stay| stay.until.unwrap_or(Instant::MAX);
    match (before, now) {
        (Some(before), Some(now)) if (before.lane, before.from) == (now.lane, now.from) => {
            Some(end(before).min(end(now)))
        }
        (Some(before), Some(now)) => Some(before.from.min(now.from)),
        (before, now) => before.or(now).map(|stay| stay.from),
    }
}
