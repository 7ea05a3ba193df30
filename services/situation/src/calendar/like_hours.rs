//! The hours of the past that an hour is like: what was usual is looked for in them.

use jiff::civil::{Date, Weekday};

use super::{Calendar, DayKind, days_after, moment};
use crate::time::{Hour, Instant};

/// So many days back: as long as the fold remembers.
const DAYS: i32 = 13 * 7 - 1;

/// An hour, and those of the same local time on days like its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LikeHours {
    /// The hour itself.
    pub this: Hour,
    /// The others, the newest first.
    pub past: Vec<Hour>,
}

/// Days on which people come as on each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    /// A day of the week like any other.
    Usual(Weekday),
    /// Sundays, public holidays and customary closed days.
    Closed,
}

/// The hour of a moment and those that it is like. `None` beyond the calendar's years.
#[must_use]
pub fn like_hours(calendar: &Calendar, at: Instant) -> Option<LikeHours> {
    let this = Hour::of(at);
    let local = calendar.zone.to_datetime(this.start().timestamp()?);
    let (date, sort) = (local.date(), sort(calendar, local.date()));
    let days = (1..=DAYS).filter_map(|back| days_after(date, -back));
    let like = days.filter(|day| self::sort(calendar, *day) == sort);
    let past = like.filter_map(|day| Some(Hour::of(moment(&calendar.zone, day, local.time())?)));
    Some(LikeHours { this, past: past.collect() })
}

fn sort(calendar: &Calendar, date: Date) -> Sort {
    match calendar.kind_of(date) {
        Some(DayKind::PublicHoliday | DayKind::CustomaryClosed) => Sort::Closed,
        Some(DayKind::Eve) | None if date.weekday() == Weekday::Sunday => Sort::Closed,
        Some(DayKind::Eve) | None => Sort::Usual(date.weekday()),
    }
}
