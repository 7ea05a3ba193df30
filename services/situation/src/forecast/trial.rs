//! How well a queue was foretold.

use std::ops::Range;

use super::profile::{Place, Profile};
use super::{AHEAD, ONE, Series};

/// The forecast's error must be below that of each guess by at least so many thousandths of it: a few hundredths either way come
/// and go from week to week.
const MARGIN: i64 = 50;

/// Of fewer forecasts, two days' hours, nobody can tell whether they are better.
const FEWEST: u32 = 48;

/// How much of a queue's difference from what is usual may be left later, in thousandths. At the first it stays, at the last the
/// usual is back.
const SHARES: [i64; 7] = [1_000, 950, 850, 700, 500, 250, 0];

/// The share until the queue's own is known, after 1 and after 3 hours: a twentieth goes with each hour. On the first days of a
/// week of 115 departments it was the best for all of them together.
const FIRST_SHARE: [(u32, i64); AHEAD.len()] = [(1, 950), (3, 850)];

/// A queue's own share is the one that would have erred least, once it has been foretold for a week: of fewer hours the choice
/// itself cost more than it gained.
const CHOSEN_AFTER: u32 = 7 * 24;

/// Forecasts beside what came of them: sums of absolute differences, in thousandths.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Trial {
    of: u32,
    own: i64,
    staying: i64,
    same_hour: i64,
    by_share: [i64; SHARES.len()],
}

impl Trial {
    /// Foretells a day's hours from that day's and the days before, and holds that against what came.
    pub fn judge(&mut self, profile: &Profile, series: &Series, hours: &Range<i64>, ahead: u32) {
        // Not chosen anew within the day: its own hours are not known before.
        let stays = self.share_that_stays(ahead);
        for (hour, now) in series.range(hours.clone()) {
            let hour_then = hour + i64::from(ahead);
            let Some(then) = series.get(&hour_then).filter(|_| hours.contains(&hour_then)) else { continue };
            let place = Place { hour: *hour, quarters: 4 };
            let Some(outlook) = profile.outlook(place, ahead) else { continue };
            let then = i64::from(*then) * ONE;
            let off = |expected: i64| (expected - then).abs();
            self.of += 1;
            self.own += off(outlook.expect(*now, stays));
            self.staying += off(i64::from(*now) * ONE);
            self.same_hour += off(outlook.usual_then);
            for (sum, share) in self.by_share.iter_mut().zip(SHARES) {
                *sum += off(outlook.expect(*now, share));
            }
        }
    }

    /// How much of the difference from what is usual is left after so many hours, as far as is known.
    pub fn share_that_stays(&self, ahead: u32) -> i64 {
        if self.of < CHOSEN_AFTER {
            let first = FIRST_SHARE.into_iter().find(|(known, _)| *known == ahead);
            return first.map_or(ONE, |(_, share)| share);
        }
        let best = SHARES.into_iter().zip(self.by_share).min_by_key(|(_, off)| *off);
        best.map_or(ONE, |(share, _)| share)
    }

    /// How many forecasts were made.
    pub const fn of(&self) -> u32 {
        self.of
    }

    /// Whether the forecasts were clearly better than both guesses.
    pub fn is_better(&self) -> bool {
        self.of >= FEWEST && self.own * ONE <= self.staying.min(self.same_hour) * (ONE - MARGIN)
    }

    /// The mean errors in hundredths of people: of the forecasts, of staying, of the same hour's mean.
    pub fn errors(&self) -> [u32; 3] {
        let mean = |sum: i64| {
            let hundredths = (sum / (ONE / 100)).checked_div(i64::from(self.of)).unwrap_or_default();
            u32::try_from(hundredths).unwrap_or(u32::MAX)
        };
        [mean(self.own), mean(self.staying), mean(self.same_hour)]
    }
}
