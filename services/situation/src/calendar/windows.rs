//! Windows: office hours, evenings, nights, weekends, holidays, as an area's configuration has them.

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;

use super::{Days, days_after, local_date, moment};
use crate::name::Trilingual;
use crate::time::Instant;

/// The kinds of window that the house knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the contract's own words")]
pub enum WindowKind {
    Office,
    Evening,
    Night,
    Weekend,
    Holiday,
}

impl WindowKind {
    /// The word used on boards and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Office => "office",
            Self::Evening => "evening",
            Self::Night => "night",
            Self::Weekend => "weekend",
            Self::Holiday => "holiday",
        }
    }
}

/// A window that returns every week.
#[derive(Debug, Clone, PartialEq)]
pub struct WindowRule {
    /// Its kind.
    pub kind: WindowKind,
    /// Its name.
    pub name: Trilingual,
    /// The days on which it begins.
    pub days: Days,
    /// It begins.
    pub from: Time,
    /// It ends: on `to_day` if that is set; else on the same day, or on the next when at or before `from`.
    pub to: Time,
    /// The day of the week on which it ends, if that is not the same or the next.
    pub to_day: Option<Weekday>,
}

/// One window in time.
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    /// Its kind.
    pub kind: WindowKind,
    /// Its name.
    pub name: Trilingual,
    /// It begins.
    pub from: Instant,
    /// It ends; the next one may begin.
    pub to: Instant,
}

/// A window may reach this many days from its beginning: a week and a clock change.
const REACH_DAYS: i32 = 8;

impl WindowRule {
    /// The window that begins on a local date, if one does.
    fn beginning_on(&self, zone: &TimeZone, date: Date) -> Option<Window> {
        if !self.days.contains(date.weekday()) {
            return None;
        }
        let end = match self.to_day {
            Some(day) => {
                let ahead = i32::from(date.weekday().until(day));
                let same_day_is_over = ahead == 0 && self.to <= self.from;
                days_after(date, if same_day_is_over { 7 } else { ahead })?
            }
            None if self.to <= self.from => days_after(date, 1)?,
            None => date,
        };
        Some(Window {
            kind: self.kind,
            name: self.name.clone(),
            from: moment(zone, date, self.from)?,
            to: moment(zone, end, self.to)?,
        })
    }
}

/// The windows that overlap `[from, to)`, by their beginning, then in the order of the rules.
#[must_use]
pub fn windows_between(rules: &[WindowRule], zone: &TimeZone, from: Instant, to: Instant) -> Vec<Window> {
    let (Some(first), Some(last)) = (local_date(zone, from), local_date(zone, to)) else { return Vec::new() };
    let mut found = Vec::new();
    let mut date = days_after(first, -REACH_DAYS);
    while let Some(day) = date.filter(|day| *day <= last) {
        found.extend(
            rules
                .iter()
                .filter_map(|rule| rule.beginning_on(zone, day))
                .filter(|window| window.from < to && from < window.to),
        );
        date = days_after(day, 1);
    }
    found.sort_by_key(|window| window.from);
    found
}

/// The window that names a moment: of those that hold, the one whose rule stands first.
#[must_use]
pub fn window_at(rules: &[WindowRule], zone: &TimeZone, at: Instant) -> Option<Window> {
    let today = local_date(zone, at)?;
    rules.iter().find_map(|rule| {
        (0..=REACH_DAYS)
            .filter_map(|back| rule.beginning_on(zone, days_after(today, -back)?))
            .find(|window| window.from <= at && at < window.to)
    })
}

/// The window of a kind that holds at a moment, or else the next one.
#[must_use]
pub fn window_of_kind(
    rules: &[WindowRule],
    zone: &TimeZone,
    kind: WindowKind,
    at: Instant,
) -> Option<Window> {
    let today = local_date(zone, at)?;
    rules
        .iter()
        .filter(|rule| rule.kind == kind)
        .flat_map(|rule| {
            (-REACH_DAYS..=REACH_DAYS)
                .filter_map(move |offset| rule.beginning_on(zone, days_after(today, offset)?))
        })
        .filter(|window| at < window.to)
        .min_by_key(|window| window.from)
}
