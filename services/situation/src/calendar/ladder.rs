//! The shifts of a weekend or of days off, one above the other, and what a station's timetable says of each.

use std::time::Duration;

use super::{ShiftSpan, WindowKind, local_date, openings_between, shifts_between, window_of_kinds};
use crate::area::{Area, Station};
use crate::time::Instant;

/// A weekend is planned and looked at from two days before it on.
const SHOWN_BEFORE: Duration = Duration::from_secs(48 * 3600);

/// The shifts of a weekend, as one station keeps them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Ladder {
    /// In the order of time; none while the weekend is far.
    pub rungs: Vec<Rung>,
    /// Nothing above changes before this moment; `None`: it never does.
    pub holds_until: Option<Instant>,
}

/// One shift.
#[derive(Debug, Clone, PartialEq)]
pub struct Rung {
    /// Which.
    pub shift: ShiftSpan,
    /// Whether the station is open in it; `None` where it has no timetable.
    pub open: Option<OpenFor>,
    /// Open only from then on.
    pub opens: Option<Instant>,
    /// Open only until then.
    pub closes: Option<Instant>,
    /// The exception whose hours these are, if they are one's.
    pub exception: Option<usize>,
}

/// How much of a shift a station is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OpenFor {
    /// All of it.
    Whole,
    /// Some of it.
    Part,
    /// None of it.
    Nothing,
}

impl OpenFor {
    /// The word on boards.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Part => "part",
            Self::Nothing => "nothing",
        }
    }
}

/// The shifts of the weekend or days off that last at a moment or come next.
#[must_use]
pub fn ladder(area: &Area, station: &Station, at: Instant) -> Ladder {
    let kinds = [WindowKind::Weekend, WindowKind::Holiday];
    let calendar = &area.calendar;
    let window = window_of_kinds(&area.windows, calendar, &kinds, at).filter(|_| !area.shifts.is_empty());
    let Some(window) = window else { return Ladder::default() };
    let shown_from = window.from.minus(SHOWN_BEFORE);
    if at < shown_from {
        return Ladder { rungs: Vec::new(), holds_until: Some(shown_from) };
    }
    let shifts = shifts_between(&area.shifts, calendar, window.from, window.to);
    let rungs = shifts.into_iter().map(|shift| rung(area, station, shift)).collect();
    Ladder { rungs, holds_until: Some(window.to) }
}

fn rung(area: &Area, station: &Station, shift: ShiftSpan) -> Rung {
    let plain = |shift, open| Rung { shift, open, opens: None, closes: None, exception: None };
    if station.always_open {
        return plain(shift, Some(OpenFor::Whole));
    }
    if station.hours.is_empty() {
        return plain(shift, None);
    }
    let spans = openings_between(station, &area.calendar, shift.from, shift.to);
    let (Some(first), Some(last)) = (spans.first(), spans.last()) else {
        let date = local_date(&area.calendar.zone, shift.from);
        let covers = |date| station.exceptions.iter().position(|it| it.from <= date && date <= it.to);
        return Rung { exception: date.and_then(covers), ..plain(shift, Some(OpenFor::Nothing)) };
    };
    let opens = Some(first.opens).filter(|opens| *opens > shift.from);
    let closes = Some(last.doors_until).filter(|closes| *closes < shift.to);
    let is_whole = opens.is_none() && closes.is_none() && spans.len() == 1;
    let open = Some(if is_whole { OpenFor::Whole } else { OpenFor::Part });
    Rung { exception: spans.iter().find_map(|span| span.exception), opens, closes, ..plain(shift, open) }
}
