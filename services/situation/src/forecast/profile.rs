//! What each hour of the day was like.

use std::ops::Range;

use super::{AHEAD, ONE, Series};

/// An hour of fewer days tells nothing: one day is not what is usual.
const FEWEST_DAYS: i64 = 2;

/// The change that was usual counts for n of n + 1, n the days that it was seen on: of a few days much of it is chance. On Québec's
/// first days more doubt than this cost as much as it gained.
const DOUBT: i64 = 1;

/// An hour's own changes count double beside those of the hours around it, which are much like it and of other chance.
const OWN: i64 = 2;

/// A mean that grows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Mean {
    sum: i64,
    count: i64,
}

/// What each hour of the day was like, on the days that were learned.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Profile {
    /// How many there were.
    level: [Mean; 24],
    /// How many more there were so many hours later.
    change: [[Mean; 24]; AHEAD.len()],
}

/// A place among the hours of a series: so many quarters of the way from the hour before to this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The hour.
    pub hour: i64,
    /// From 0 to 4.
    pub quarters: u8,
}

/// What the days before tell of a place, in thousandths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Outlook {
    /// How many there usually are.
    usual: i64,
    /// How many more there are later.
    change: i64,
    /// How many there usually are then.
    pub usual_then: i64,
}

impl Mean {
    fn add(&mut self, value: i64) {
        self.sum += value;
        self.count += 1;
    }

    fn thousandths(self) -> Option<i64> {
        (self.count >= FEWEST_DAYS).then(|| self.sum * ONE / self.count)
    }
}

impl Profile {
    /// Takes in what is known of a day's hours, and the changes that ended in them.
    pub(super) fn learn(&mut self, series: &Series, hours: &Range<i64>) {
        for (hour, count) in series.range(hours.clone()) {
            if let Some(mean) = self.level.get_mut(of_day(*hour)) {
                mean.add(i64::from(*count));
            }
            for (change, ahead) in self.change.iter_mut().zip(AHEAD) {
                let from = hour - i64::from(ahead);
                let Some(before) = series.get(&from) else { continue };
                if let Some(mean) = change.get_mut(of_day(from)) {
                    mean.add(i64::from(*count) - i64::from(*before));
                }
            }
        }
    }

    /// What is known of a place and of the hours after it; `None`: too little.
    pub(super) fn outlook(&self, place: Place, ahead: u32) -> Option<Outlook> {
        let then = Place { hour: place.hour + i64::from(ahead), ..place };
        let (_, change) = AHEAD.into_iter().zip(&self.change).find(|(known, _)| *known == ahead)?;
        Some(Outlook {
            usual: place.between(|hour| at(&self.level, hour).thousandths())?,
            change: place.between(|hour| usual_change(change, hour))?,
            usual_then: then.between(|hour| at(&self.level, hour).thousandths())?,
        })
    }
}

impl Place {
    /// A value of this place, from those of its hour and of the one before.
    fn between(self, of: impl Fn(i64) -> Option<i64>) -> Option<i64> {
        match i64::from(self.quarters.min(4)) {
            4 => of(self.hour),
            0 => of(self.hour - 1),
            some => Some((of(self.hour - 1)? * (4 - some) + of(self.hour)? * some) / 4),
        }
    }
}

impl Outlook {
    /// How many will be there, of `now`, in thousandths. `stays`: how much of the difference from what is usual will be left.
    pub fn expect(&self, now: u32, stays: i64) -> i64 {
        let now = i64::from(now) * ONE;
        (now + self.change + (self.usual - now) * (ONE - stays) / ONE).max(0)
    }
}

fn usual_change(changes: &[Mean; 24], hour: i64) -> Option<i64> {
    let own = at(changes, hour);
    if own.count < FEWEST_DAYS {
        return None;
    }
    let around = [at(changes, hour - 1), at(changes, hour + 1)];
    let sum = own.sum * OWN + around.iter().map(|mean| mean.sum).sum::<i64>();
    let count = own.count * OWN + around.iter().map(|mean| mean.count).sum::<i64>();
    Some(sum * ONE * own.count / (count * (own.count + DOUBT)))
}

fn at(means: &[Mean; 24], hour: i64) -> Mean {
    means.get(of_day(hour)).copied().unwrap_or_default()
}

fn of_day(hour: i64) -> usize {
    usize::try_from(hour.rem_euclid(24)).unwrap_or_default()
}
