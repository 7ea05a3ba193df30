//! When a station is open, by its timetable.

use jiff::civil::Time;
use jiff::tz::TimeZone;

use super::{Days, days_after, local_date, moment};
use crate::area::Station;
use crate::time::Instant;

/// Opening hours on some days of the week. A time at or before `opens` belongs to the next day.
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
    /// Nothing above changes before this moment; `None`: it never does.
    pub holds_until: Option<Instant>,
}

/// How far ahead the next opening is looked for: a week finds every weekly timetable's.
const DAYS_AHEAD: i32 = 8;

/// Reads the timetable of a station at a moment.
#[must_use]
pub fn opening(station: &Station, zone: &TimeZone, at: Instant) -> Opening {
    if station.always_open {
        return Opening { open: Some(true), ..Opening::default() };
    }
    if station.hours.is_empty() {
        return Opening::default();
    }
    let mut next_opening: Option<Instant> = None;
    for span in spans(station, zone, at) {
        if span.opens <= at && at < span.doors_until {
            return Opening {
                open: Some(true),
                since: Some(span.opens),
                intake_until: Some(span.intake_until),
                last_care_until: span.last_care_until,
                doors_until: Some(span.doors_until),
                holds_until: Some(span.doors_until),
            };
        }
        if span.opens > at {
            next_opening = Some(next_opening.map_or(span.opens, |earlier| earlier.min(span.opens)));
        }
    }
    Opening { open: Some(false), holds_until: next_opening, ..Opening::default() }
}

/// Whether the timetable has the station open at any moment of `[from, to)`.
#[must_use]
pub fn serves_between(station: &Station, zone: &TimeZone, from: Instant, to: Instant) -> bool {
    if station.always_open {
        return true;
    }
    let mut at = from;
    while at < to {
        let found = opening(station, zone, at);
        if found.open == Some(true) {
            return true;
        }
        match found.holds_until {
            Some(next) if next > at => at = next,
            Some(_) | None => return false,
        }
    }
    false
}

struct Span {
    opens: Instant,
    intake_until: Instant,
    last_care_until: Option<Instant>,
    doors_until: Instant,
}

fn spans<'a>(station: &'a Station, zone: &'a TimeZone, at: Instant) -> impl Iterator<Item = Span> + 'a {
    let today = local_date(zone, at);
    (-1..=DAYS_AHEAD).filter_map(move |offset| days_after(today?, offset)).flat_map(move |date| {
        station.hours.iter().filter(move |hours| hours.days.contains(date.weekday())).filter_map(
            move |hours| {
                let end = |time: Time| {
                    let date = if time <= hours.opens { days_after(date, 1)? } else { date };
                    moment(zone, date, time)
                };
                Some(Span {
                    opens: moment(zone, date, hours.opens)?,
                    intake_until: end(hours.intake_until)?,
                    last_care_until: hours.last_care_until.and_then(end),
                    doors_until: end(hours.doors_until)?,
                })
            },
        )
    })
}
