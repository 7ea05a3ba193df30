//! What happened hour by hour, for as long as it tells what is usual.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use crate::event::Told;
use crate::time::{Hour, Instant};

/// So many days are remembered: thirteen of each day of the week, so that a quarter of a year stands behind what is called usual.
pub const DAYS: i64 = 13 * 7;
const HOURS_A_DAY: i64 = 24;

/// A value for each hour of the last thirteen weeks. Copies share the days in which nothing has changed since.
#[derive(Debug, Clone)]
pub struct Hourly<T>(BTreeMap<i64, Arc<BTreeMap<u8, T>>>);

impl<T> Default for Hourly<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T> Hourly<T> {
    /// What is known of an hour.
    pub fn get(&self, hour: Hour) -> Option<&T> {
        let (day, hour) = split(hour);
        self.0.get(&day)?.get(&hour)
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The days of which anything is known, by their number since the epoch, with their hours from 0 to 23 UTC.
    pub fn days(&self) -> impl Iterator<Item = (i64, &Arc<BTreeMap<u8, T>>)> {
        self.0.iter().map(|(day, hours)| (*day, hours))
    }

    /// The same of days from one to before another.
    pub fn days_within(&self, days: Range<i64>) -> impl Iterator<Item = (i64, &Arc<BTreeMap<u8, T>>)> {
        self.0.range(days).map(|(day, hours)| (*day, hours))
    }

    /// The first hour of which anything is known, from a day on.
    pub fn first_since(&self, day: i64) -> Option<Hour> {
        let (day, hours) = self.0.range(day..).next()?;
        Some(Hour::on(*day, *hours.first_key_value()?.0))
    }

    /// Of these days.
    pub const fn of_days(days: BTreeMap<i64, Arc<BTreeMap<u8, T>>>) -> Self {
        Self(days)
    }
}

impl<T: Clone + Default + PartialEq> Hourly<T> {
    /// Changes what is known of an hour; what is nothing is not kept.
    pub fn change(&mut self, hour: Hour, change: impl FnOnce(&mut T)) {
        let (day, of_day) = split(hour);
        if self.0.last_key_value().is_some_and(|(newest, _)| day <= newest.saturating_sub(DAYS)) {
            return;
        }
        let hours = Arc::make_mut(self.0.entry(day).or_default());
        let value = hours.entry(of_day).or_default();
        change(value);
        if *value == T::default() {
            hours.remove(&of_day);
            if hours.is_empty() {
                self.0.remove(&day);
            }
        }
        let Some((newest, _)) = self.0.last_key_value() else { return };
        let oldest = newest.saturating_sub(DAYS - 1);
        while self.0.first_key_value().is_some_and(|(day, _)| *day < oldest) {
            self.0.pop_first();
        }
    }
}

fn split(hour: Hour) -> (i64, u8) {
    (hour.0.div_euclid(HOURS_A_DAY), u8::try_from(hour.0.rem_euclid(HOURS_A_DAY)).unwrap_or_default())
}

/// How a queue was in an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LaneHour {
    /// People who came to the station in it, by their tickets.
    pub arrived: i32,
    /// People who waited when it began, by their tickets.
    pub waiting: i32,
    /// The last word in it on how many waited, of a lane that is told in counts.
    pub told: LastWord,
}

/// How many were present in a queue in an hour. Apart from [`LaneHour`], whose stored form is older.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PresentHour {
    /// People who were there when it began, waiting or in care, by their tickets, once they have gone on.
    pub counted: i32,
    /// The last word in it, of a lane that is told in counts.
    pub told: LastWord,
}

/// The last word on a figure in an hour, and when it was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct LastWord(pub Option<(Instant, Option<u32>)>);

impl LastWord {
    /// Takes in what was said at a moment. Of two words of one moment the higher figure stands, whichever came in first.
    pub fn hear(&mut self, at: Instant, told: &Told<u32>) {
        let value = match told {
            Told::Unsaid => return,
            Told::Withdrawn => None,
            Told::Value(value) => Some(*value),
        };
        self.0 = self.0.max(Some((at, value)));
    }

    /// When it was said.
    pub fn at(self) -> Option<Instant> {
        self.0.map(|(at, _)| at)
    }

    /// The figure, if there was one.
    pub fn value(self) -> Option<u32> {
        self.0?.1
    }
}
