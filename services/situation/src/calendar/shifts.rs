//! Shifts: the spans in which a county's people take turns.

use jiff::civil::{Date, Time};

use super::{Calendar, Days, FAR_AHEAD, days_after, local_date, moment};
use crate::name::Trilingual;
use crate::time::{Instant, earlier};

/// A shift that returns. A day of a kind takes the shifts that name its kind, alone.
#[derive(Debug, Clone, PartialEq)]
pub struct ShiftRule {
    /// Its name.
    pub name: Trilingual,
    /// The days on which it begins.
    pub days: Days,
    /// It begins.
    pub from: Time,
    /// It ends: the next day when at or before `from`.
    pub to: Time,
}

/// One shift in time.
#[derive(Debug, Clone, PartialEq)]
pub struct ShiftSpan {
    /// Its name.
    pub name: Trilingual,
    /// It begins.
    pub from: Instant,
    /// It ends.
    pub to: Instant,
}

/// The shifts that overlap `[from, to)`, by their beginning, then in the order of the rules.
#[must_use]
pub fn shifts_between(
    rules: &[ShiftRule],
    calendar: &Calendar,
    from: Instant,
    to: Instant,
) -> Vec<ShiftSpan> {
    let (Some(first), Some(last)) = (local_date(&calendar.zone, from), local_date(&calendar.zone, to)) else {
        return Vec::new();
    };
    // A shift is over within a day of its beginning.
    let mut found: Vec<_> = std::iter::successors(days_after(first, -1), |date| days_after(*date, 1))
        .take_while(|date| *date <= last)
        .flat_map(|date| beginning_on(rules, calendar, date))
        .filter(|(_, begins, ends)| *begins < to && from < *ends)
        .map(|(rule, from, to)| ShiftSpan { name: rule.name.clone(), from, to })
        .collect();
    found.sort_by_key(|shift| shift.from);
    found
}

/// The next moment after `at` at which a shift begins or ends.
#[must_use]
pub fn next_shift_edge(rules: &[ShiftRule], calendar: &Calendar, at: Instant) -> Option<Instant> {
    let today = local_date(&calendar.zone, at)?;
    let mut next: Option<Instant> = None;
    for date in (-1..=FAR_AHEAD).filter_map(|ahead| days_after(today, ahead)) {
        // What begins on a later date lies behind it.
        if next.and_then(|next| local_date(&calendar.zone, next)).is_some_and(|found| found < date) {
            break;
        }
        let edges = beginning_on(rules, calendar, date).flat_map(|(_, from, to)| [from, to]);
        next = earlier(next, edges.filter(|edge| *edge > at).min());
    }
    next
}

fn beginning_on<'a>(
    rules: &'a [ShiftRule],
    calendar: &'a Calendar,
    date: Date,
) -> impl Iterator<Item = (&'a ShiftRule, Instant, Instant)> + 'a {
    let reading = calendar.reading(date);
    let named = reading.named(rules.iter().map(|rule| rule.days));
    rules.iter().filter(move |rule| reading.takes(named, rule.days)).filter_map(move |rule| {
        let end = if rule.to <= rule.from { days_after(date, 1)? } else { date };
        let (from, to) = (moment(&calendar.zone, date, rule.from)?, moment(&calendar.zone, end, rule.to)?);
        (from < to).then_some((rule, from, to))
    })
}
