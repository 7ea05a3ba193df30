//! How many will be in a queue in an hour and in three, told only where telling it has been better than two guesses that
//! anybody can make: that it stays as it is, and that it will be as it was at that hour on average.
//!
//! The forecast stands between the two. People come and go by the hour of the day, so what is here now changes as it did on the
//! days before; and a queue that is longer than usual stays so for a while, and not for ever. Whether that says more than the two
//! guesses differs from queue to queue. So every forecast that could have been made is held against what came of it, each made of
//! nothing but the days before its own, and a queue of which they were not clearly better has none.
//!
//! All counts are whole thousandths of people, so that every machine works out the same.

mod profile;
mod trial;

use std::collections::BTreeMap;
use std::ops::Range;

pub use profile::{Place, Profile};
use trial::Trial;

/// How many hours ahead is told.
pub const AHEAD: [u32; 2] = [1, 3];

/// At least so many days are learned from: each day of the week four times, and not another season.
pub const DAYS: i64 = 28;

/// What one person is in the sums.
pub(crate) const ONE: i64 = 1_000;

/// How many were in a queue, an hour apart, where that is known, by local hours: days of 24 since some day, so that equal hours
/// of the day are equal modulo 24. The hour that a clock change leaves out is not known.
pub type Series = BTreeMap<i64, u32>;

/// What was learned of a queue.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lesson {
    profile: Profile,
    trials: [Trial; AHEAD.len()],
}

/// What is to be expected of a queue, and how well that was told before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expectation {
    /// So many hours from now.
    pub ahead: u32,
    /// How many will be in it, in thousandths.
    pub thousandths: i64,
    /// How far the forecasts before were off, in hundredths of people: the mean of the absolute differences.
    pub error: u32,
    /// How far it was off to say that it stays as it is.
    pub error_of_staying: u32,
    /// How far the mean of the same hour of the days before was off.
    pub error_of_same_hour: u32,
    /// So many forecasts were held against what came of them.
    pub of: u32,
    /// They were clearly better than both guesses.
    pub is_better: bool,
}

impl Lesson {
    /// Goes on by a day: its hours are first foretold from the days before, and then learned from. `series` has them and those
    /// of the day before.
    pub fn go_on(&mut self, series: &Series, hours: &Range<i64>) {
        for (trial, ahead) in self.trials.iter_mut().zip(AHEAD) {
            trial.judge(&self.profile, series, hours, ahead);
        }
        self.profile.learn(series, hours);
    }

    /// Whether any forecast could have been made and held against what came of it.
    #[must_use]
    pub fn is_begun(&self) -> bool {
        self.trials.iter().any(|trial| trial.of() > 0)
    }

    /// What to expect of a queue that has `now` people at a place among the hours. What too few days tell of is left out.
    pub fn expect(&self, place: Place, now: u32) -> impl Iterator<Item = Expectation> {
        self.trials.iter().zip(AHEAD).filter_map(move |(trial, ahead)| {
            let outlook = self.profile.outlook(place, ahead)?;
            let [error, error_of_staying, error_of_same_hour] = trial.errors();
            Some(Expectation {
                ahead,
                thousandths: outlook.expect(now, trial.share_that_stays(ahead)),
                error,
                error_of_staying,
                error_of_same_hour,
                of: trial.of(),
                is_better: trial.is_better(),
            })
        })
    }
}
