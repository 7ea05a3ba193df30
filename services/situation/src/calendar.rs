//! Local time: opening hours, windows of the week, public holidays.
//!
//! All of it is worked out from rules, a moment and the bundled zone table; clock changes are the
//! zone's, and a local time that a clock change skips means the first moment after the gap.

mod holidays;
mod hours;
mod windows;

pub use holidays::{Day, day};
pub use hours::{Hours, Opening, opening, serves_between};
pub use windows::{Window, WindowKind, WindowRule, window_at, window_of_kind, windows_between};

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;

use crate::time::Instant;

/// Days of the week as a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Days(u8);

impl Days {
    /// Every day.
    pub const ALL: Self = Self(0b111_1111);

    /// Adds a day.
    #[must_use]
    pub fn with(self, day: Weekday) -> Self {
        Self(self.0 | 1 << day.to_monday_zero_offset())
    }

    /// Whether the day is in the set.
    #[must_use]
    pub fn contains(self, day: Weekday) -> bool {
        self.0 & (1 << day.to_monday_zero_offset()) != 0
    }
}

/// The moment of a local date and time. `None` only beyond the calendar's years.
pub(crate) fn moment(zone: &TimeZone, date: Date, time: Time) -> Option<Instant> {
    zone.to_ambiguous_timestamp(date.to_datetime(time)).compatible().ok().map(Instant::from)
}

/// The local date of a moment.
pub(crate) fn local_date(zone: &TimeZone, at: Instant) -> Option<Date> {
    Some(zone.to_datetime(at.timestamp()?).date())
}

/// `date` moved by whole days; `None` beyond the calendar's years.
pub(crate) fn days_after(date: Date, days: i32) -> Option<Date> {
    date.checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}
