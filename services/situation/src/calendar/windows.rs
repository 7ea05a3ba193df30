//! Windows: office hours, evenings, nights, weekends, holidays, as an area's configuration has them.

use jiff::civil::{Date, Time, Weekday};

use super::days::Reading;
use super::days_off::LONGEST_RUN;
use super::{Calendar, Days, FAR_AHEAD, Over, days_after, local_date, moment};
use crate::name::Trilingual;
use crate::time::{Instant, earlier};

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

/// A window that returns.
#[derive(Debug, Clone, PartialEq)]
pub struct WindowRule {
    /// Its kind.
    pub kind: WindowKind,
    /// Its name.
    pub name: Trilingual,
    /// On which days.
    pub when: When,
    /// It begins.
    pub from: Time,
    /// It ends.
    pub to: Time,
}

/// The days of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// It begins on these days. A day of a kind takes the windows of this sort that name its kind, alone;
    /// office hours of Monday to Friday are not on days off.
    On {
        /// The days on which it begins.
        days: Days,
        /// The day of the week on which it ends; `None`: the same, or the next where `to` is at or before
        /// `from`.
        to_day: Option<Weekday>,
    },
    /// Over days off that follow each other; it ends on the working day after them.
    Over(Over),
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

/// A window may reach this many days from its beginning: from the day before the longest run of days off to
/// the day after it, and a clock change.
const REACH_DAYS: i32 = LONGEST_RUN + 2;

/// The windows that overlap `[from, to)`, by their beginning, then in the order of the rules.
#[must_use]
pub fn windows_between(rules: &[WindowRule], calendar: &Calendar, from: Instant, to: Instant) -> Vec<Window> {
    let (Some(first), Some(last)) = (local_date(&calendar.zone, from), local_date(&calendar.zone, to)) else {
        return Vec::new();
    };
    let mut found: Vec<_> =
        std::iter::successors(days_after(first, -REACH_DAYS), |date| days_after(*date, 1))
            .take_while(|date| *date <= last)
            .flat_map(|date| beginning_on(rules, calendar, date))
            .filter(|span| span.from < to && from < span.to)
            .map(Span::window)
            .collect();
    found.sort_by_key(|window| window.from);
    found
}

/// The window that names a moment: of those that hold, the one whose rule stands first.
#[must_use]
pub fn window_at(rules: &[WindowRule], calendar: &Calendar, at: Instant) -> Option<Window> {
    let today = local_date(&calendar.zone, at)?;
    (0..=REACH_DAYS)
        .filter_map(|back| days_after(today, -back))
        .flat_map(|date| beginning_on(rules, calendar, date))
        .filter(|span| span.from <= at && at < span.to)
        .min_by_key(|span| span.place)
        .map(Span::window)
}

/// The window of one of these kinds that holds at a moment, or else the next one.
#[must_use]
pub fn window_of_kinds(
    rules: &[WindowRule],
    calendar: &Calendar,
    kinds: &[WindowKind],
    at: Instant,
) -> Option<Window> {
    if !rules.iter().any(|rule| kinds.contains(&rule.kind)) {
        return None;
    }
    let mut found: Option<Span<'_>> = None;
    for date in dates_around(calendar, at)? {
        if found.as_ref().is_some_and(|found| found.date < date) {
            break;
        }
        found = found
            .into_iter()
            .chain(beginning_on(rules, calendar, date).filter(|it| kinds.contains(&it.rule.kind)))
            .filter(|span| at < span.to)
            .min_by_key(|span| (span.from, span.place));
    }
    found.map(Span::window)
}

/// The next moment after `at` at which a window begins or ends.
#[must_use]
pub fn next_window_edge(rules: &[WindowRule], calendar: &Calendar, at: Instant) -> Option<Instant> {
    let mut next: Option<Instant> = None;
    for date in dates_around(calendar, at)? {
        // What begins on a later date lies behind it.
        if next.and_then(|next| local_date(&calendar.zone, next)).is_some_and(|found| found < date) {
            break;
        }
        let edges = beginning_on(rules, calendar, date).flat_map(|span| [span.from, span.to]);
        next = earlier(next, edges.filter(|edge| *edge > at).min());
    }
    next
}

/// The dates on which a window may begin that holds at a moment or comes after it.
fn dates_around(calendar: &Calendar, at: Instant) -> Option<impl Iterator<Item = Date> + use<>> {
    let today = local_date(&calendar.zone, at)?;
    Some((-REACH_DAYS..=FAR_AHEAD).filter_map(move |ahead| days_after(today, ahead)))
}

struct Span<'a> {
    rule: &'a WindowRule,
    /// Of its rule among the rules.
    place: usize,
    date: Date,
    from: Instant,
    to: Instant,
}

impl Span<'_> {
    fn window(self) -> Window {
        Window { kind: self.rule.kind, name: self.rule.name.clone(), from: self.from, to: self.to }
    }
}

/// The windows that begin on a local date.
fn beginning_on<'a>(
    rules: &'a [WindowRule],
    calendar: &'a Calendar,
    date: Date,
) -> impl Iterator<Item = Span<'a>> + 'a {
    let reading = calendar.reading(date);
    rules.iter().enumerate().filter_map(move |(place, rule)| {
        let end = rule.ends_on(rules, calendar, reading, date)?;
        let (from, to) = (moment(&calendar.zone, date, rule.from)?, moment(&calendar.zone, end, rule.to)?);
        (from < to).then_some(Span { rule, place, date, from, to })
    })
}

impl WindowRule {
    /// The date on which a window ends that begins on `date`, if one does.
    fn ends_on(&self, rules: &[Self], calendar: &Calendar, reading: Reading, date: Date) -> Option<Date> {
        let (days, to_day) = match self.when {
            When::Over(over) => return over.ends_on(calendar, date),
            When::On { days, to_day } => (days, to_day),
        };
        let reading = if self.kind == WindowKind::Office { reading.of_work() } else { reading };
        let of_this_kind = rules.iter().filter(|rule| rule.kind == self.kind);
        let named = reading.named(of_this_kind.filter_map(|rule| match rule.when {
            When::On { days, to_day: _ } => Some(days),
            When::Over(_) => None,
        }));
        if !reading.takes(named, days) {
            return None;
        }
        let over_midnight = self.to <= self.from;
        let ahead = match to_day.map(|day| i32::from(date.weekday().until(day))) {
            Some(0) if over_midnight => 7,
            Some(ahead) => ahead,
            None => i32::from(over_midnight),
        };
        days_after(date, ahead)
    }
}
