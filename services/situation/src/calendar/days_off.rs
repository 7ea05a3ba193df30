//! Days off that follow each other: a weekend, a holiday in the week, Easter, Christmas.

use jiff::civil::Date;

use super::days::is_weekend;
use super::{Calendar, days_after};

/// Over which days off a window reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Over {
    /// Which runs of days off.
    pub run: Run,
    /// On which day it begins.
    pub begins: Begins,
    /// Whether a single working day between two days off counts as one of them.
    pub bridges: bool,
}

/// Runs of days off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Run {
    /// Those with a Saturday or Sunday in them: a weekend and whatever adjoins it.
    Weekend,
    /// The others: public holidays and closed days in the week.
    Holiday,
}

/// The day on which a window over days off begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begins {
    /// The last working day before.
    DayBefore,
    /// The first day off.
    FirstDay,
}

/// No run is longer: around Christmas twelve days can follow each other where bridges count and New Year's
/// Eve is closed.
pub(super) const LONGEST_RUN: i32 = 16;

impl Over {
    /// The working day after the run of days off over which a window begins on `date`; `None` where none
    /// begins.
    pub(super) fn ends_on(self, calendar: &Calendar, date: Date) -> Option<Date> {
        let first = match self.begins {
            Begins::DayBefore => days_after(date, 1)?,
            Begins::FirstDay => date,
        };
        if !self.has(calendar, first) || self.has(calendar, days_after(first, -1)?) {
            return None;
        }
        let mut run = Run::Holiday;
        let mut end = first;
        for _ in 0..LONGEST_RUN {
            if !self.has(calendar, end) {
                break;
            }
            if is_weekend(end) {
                run = Run::Weekend;
            }
            end = days_after(end, 1)?;
        }
        (run == self.run).then_some(end)
    }

    fn has(self, calendar: &Calendar, date: Date) -> bool {
        let off = |days| days_after(date, days).is_some_and(|date| calendar.is_day_off(date));
        off(0) || (self.bridges && off(-1) && off(1))
    }
}
