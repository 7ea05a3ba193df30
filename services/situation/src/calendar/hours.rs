//! When a station is open, by its timetable.

use jiff::civil::{Date, Time};

use super::{Calendar, Days, FAR_AHEAD, days_after, local_date, moment};
use crate::area::{Service, Station};
use crate::name::Trilingual;
use crate::time::{Instant, earlier};

/// Opening hours on some days. A time at or before `opens` belongs to the next day. A day of a kind takes
/// the rows that name its kind, alone; on a day off without such rows those of Monday to Friday do not
/// hold, and those of every day, Saturday or Sunday do.
#[derive(Debug, Clone, PartialEq)]
pub struct Hours {
    /// On these days.
    pub days: Days,
    /// The doors open.
    pub opens: Time,
    /// Nobody is taken in after this.
    pub intake_until: Time,
    /// The last care ends.
    pub last_care_until: Option<Time>,
    /// The doors close.
    pub doors_until: Time,
}

/// Other hours than the usual ones, or none, for openings that begin on some dates.
#[derive(Debug, Clone, PartialEq)]
pub struct Exception {
    /// The first date.
    pub from: Date,
    /// The last date.
    pub to: Date,
    /// The hours in place of the usual ones; empty: closed.
    pub hours: Vec<Hours>,
    /// Why.
    pub reason: Option<Trilingual>,
}

/// What the timetable says of a moment, and until when it says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Opening {
    /// Open or not; `None` where there is no timetable.
    pub open: Option<bool>,
    /// When the present opening began.
    pub since: Option<Instant>,
    /// Of the present opening.
    pub intake_until: Option<Instant>,
    /// Of the present opening.
    pub last_care_until: Option<Instant>,
    /// Of the present opening.
    pub doors_until: Option<Instant>,
    /// While closed: when the next opening begins, if one ever does.
    pub opens_next: Option<Instant>,
    /// Which of the exceptions covers the local date, if one does.
    pub exception: Option<usize>,
    /// Nothing above changes before this moment; `None`: it never does.
    pub holds_until: Option<Instant>,
}

/// One opening in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpeningSpan {
    /// The doors open.
    pub opens: Instant,
    /// Nobody is taken in after this.
    pub intake_until: Instant,
    /// The last care ends.
    pub last_care_until: Option<Instant>,
    /// The doors close.
    pub doors_until: Instant,
    /// The exception whose hours these are, if they are one's.
    pub exception: Option<usize>,
}

/// Reads the timetable of a station at a moment.
#[must_use]
pub fn opening(station: &Station, calendar: &Calendar, at: Instant) -> Opening {
    if station.always_open {
        return Opening { open: Some(true), ..Opening::default() };
    }
    Table::of(station).opening(calendar, at)
}

/// The openings of a station that overlap `[from, to)`, by their beginning. None where it never closes or
/// has no timetable.
#[must_use]
pub fn openings_between(
    station: &Station,
    calendar: &Calendar,
    from: Instant,
    to: Instant,
) -> Vec<OpeningSpan> {
    Table::of(station).between(calendar, from, to)
}

/// The times in `[from, to)` at which a service of a station is given that has hours of its own.
#[must_use]
pub fn service_openings_between(
    station: &Station,
    service: &Service,
    calendar: &Calendar,
    from: Instant,
    to: Instant,
) -> Vec<OpeningSpan> {
    Table::of_service(station, service).between(calendar, from, to)
}

/// Whether the timetable has the station open at any moment of `[from, to)`.
#[must_use]
pub fn serves_between(station: &Station, calendar: &Calendar, from: Instant, to: Instant) -> bool {
    station.always_open || Table::of(station).spans(calendar, from, to).next().is_some()
}

/// The hours and exceptions of a station or a service.
#[derive(Clone, Copy)]
pub(super) struct Table<'a> {
    hours: &'a [Hours],
    exceptions: &'a [Exception],
    /// For a service: nothing is given outside the hours of its station.
    within: Option<&'a Station>,
}

impl<'a> Table<'a> {
    pub fn of(station: &'a Station) -> Self {
        Self { hours: &station.hours, exceptions: &station.exceptions, within: None }
    }

    pub fn of_service(station: &'a Station, service: &'a Service) -> Self {
        let within = Some(station).filter(|station| !station.always_open && !station.hours.is_empty());
        Self { hours: &service.hours, exceptions: &service.exceptions, within }
    }

    pub fn opening(self, calendar: &'a Calendar, at: Instant) -> Opening {
        let Some(today) = local_date(&calendar.zone, at).filter(|_| !self.hours.is_empty()) else {
            return Opening::default();
        };
        let exception = first_on(self.exceptions, today).map(|(index, _)| index);
        let edge = self.next_exception_edge(calendar, at);
        let mut holding: Option<OpeningSpan> = None;
        let mut next: Option<Instant> = None;
        for date in (-1..=FAR_AHEAD).filter_map(|offset| days_after(today, offset)) {
            // No opening of a later date begins earlier; one of today's may hold beside one of yesterday's.
            if date > today && (next.is_some() || holding.is_some()) {
                break;
            }
            for span in self.spans_on(calendar, date) {
                if span.opens > at {
                    next = earlier(next, Some(span.opens));
                } else if at < span.doors_until
                    && holding
                        .is_none_or(|other| (span.opens, other.doors_until) < (other.opens, span.doors_until))
                {
                    holding = Some(span);
                }
            }
        }
        let Some(span) = holding else {
            // Closed for years: read again then.
            let far = || moment(&calendar.zone, days_after(today, FAR_AHEAD + 1)?, Time::midnight());
            return Opening {
                open: Some(false),
                opens_next: next,
                exception,
                holds_until: earlier(next.or_else(far), edge),
                ..Opening::default()
            };
        };
        Opening {
            open: Some(true),
            since: Some(span.opens),
            intake_until: Some(span.intake_until),
            last_care_until: span.last_care_until,
            doors_until: Some(span.doors_until),
            opens_next: None,
            exception,
            holds_until: earlier(Some(span.doors_until), edge),
        }
    }

    fn between(self, calendar: &'a Calendar, from: Instant, to: Instant) -> Vec<OpeningSpan> {
        let mut found: Vec<_> = self.spans(calendar, from, to).collect();
        found.sort_by_key(|span| (span.opens, span.doors_until));
        found
    }

    fn spans(
        self,
        calendar: &'a Calendar,
        from: Instant,
        to: Instant,
    ) -> impl Iterator<Item = OpeningSpan> + 'a {
        let first = local_date(&calendar.zone, from).and_then(|date| days_after(date, -1));
        let last = local_date(&calendar.zone, to);
        std::iter::successors(first, |date| days_after(*date, 1))
            .take_while(move |date| last.is_some_and(|last| *date <= last))
            .flat_map(move |date| self.spans_on(calendar, date))
            .filter(move |span| span.opens < to && from < span.doors_until)
    }

    /// The openings that begin on a local date, or later where the station of a service opens later.
    fn spans_on(self, calendar: &'a Calendar, date: Date) -> impl Iterator<Item = OpeningSpan> + 'a {
        self.own_spans_on(calendar, date).flat_map(move |span| match self.within {
            None => vec![span],
            Some(station) => (-1..=1)
                .filter_map(|offset| days_after(date, offset))
                .flat_map(|date| Table::of(station).own_spans_on(calendar, date))
                .filter_map(|open| span.within(open))
                .collect(),
        })
    }

    fn own_spans_on(self, calendar: &'a Calendar, date: Date) -> impl Iterator<Item = OpeningSpan> + 'a {
        let (exception, rows) = match first_on(self.exceptions, date) {
            Some((index, exception)) => (Some(index), exception.hours.as_slice()),
            None => (None, self.hours),
        };
        let reading = calendar.reading(date).of_hours();
        let named = reading.named(rows.iter().map(|row| row.days));
        rows.iter()
            .filter(move |row| reading.takes(named, row.days))
            .filter_map(move |row| row.on(calendar, date))
            .map(move |span| OpeningSpan { exception, ..span })
            .filter(|span| span.opens < span.doors_until)
    }

    /// The next midnight at which an exception begins or has ended.
    fn next_exception_edge(self, calendar: &Calendar, at: Instant) -> Option<Instant> {
        let midnight = |date| moment(&calendar.zone, date, Time::midnight());
        let edges = self.exceptions.iter().flat_map(|it| [Some(it.from), days_after(it.to, 1)]);
        edges.filter_map(|date| midnight(date?)).filter(|edge| *edge > at).min()
    }
}

impl OpeningSpan {
    /// The part of it that lies in another.
    fn within(self, other: Self) -> Option<Self> {
        let (opens, doors_until) = (self.opens.max(other.opens), self.doors_until.min(other.doors_until));
        let part = Self {
            opens,
            intake_until: self.intake_until.min(doors_until),
            last_care_until: self.last_care_until.map(|until| until.min(doors_until)),
            doors_until,
            exception: self.exception,
        };
        (opens < doors_until).then_some(part)
    }
}

/// The exception that holds on a date: the first that covers it.
fn first_on(exceptions: &[Exception], date: Date) -> Option<(usize, &Exception)> {
    exceptions.iter().enumerate().find(|(_, it)| it.from <= date && date <= it.to)
}

impl Hours {
    fn on(&self, calendar: &Calendar, date: Date) -> Option<OpeningSpan> {
        let end = |time: Time| {
            let date = if time <= self.opens { days_after(date, 1)? } else { date };
            moment(&calendar.zone, date, time)
        };
        Some(OpeningSpan {
            opens: moment(&calendar.zone, date, self.opens)?,
            intake_until: end(self.intake_until)?,
            last_care_until: self.last_care_until.and_then(end),
            doors_until: end(self.doors_until)?,
            exception: None,
        })
    }
}
