//! Local time: days and their kinds, opening hours, windows of the week, shifts.
//!
//! All of it is worked out from rules, a moment and the bundled zone table; clock changes are the
//! zone's, and a local time that a clock change skips means the same time after the gap, an hour later.

mod days;
mod days_off;
mod holidays;
mod hours;
mod ladder;
mod like_hours;
mod shifts;
mod timetable;
mod windows;

pub use days::{Before, Calendar, Day, DayKind, Days, Eve, HoursAs};
pub use days_off::{Begins, Over, Run};
pub use holidays::{Holiday, Holidays};
pub use hours::{
    Exception, Hours, Opening, OpeningSpan, opening, openings_between, serves_between,
    service_openings_between,
};
pub use ladder::{Ladder, OpenFor, Rung, ladder};
pub use like_hours::{LikeHours, like_hours};
pub use shifts::{ShiftRule, ShiftSpan, next_shift_edge, shifts_between};
pub use timetable::{Timetable, timetable};
pub use windows::{
    When, Window, WindowKind, WindowRule, next_window_edge, window_at, window_of_kinds, windows_between,
};

use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use crate::time::Instant;

/// How many days ahead the next of something is looked for. Nothing that ever comes stays away longer: a date
/// that has to be a working day can miss two years, on a Saturday and then on a Sunday.
pub(crate) const FAR_AHEAD: i32 = 1_200;

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
