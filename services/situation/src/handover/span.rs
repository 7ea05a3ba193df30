//! Which span a report is of.

use std::time::Duration;

use crate::area::Area;
use crate::calendar::{ShiftSpan, shifts_between};
use crate::name::Trilingual;
use crate::time::Instant;

/// A report is of no longer span than this: a weekend's desk. What is longer no page holds.
pub const LONGEST: Duration = Duration::from_secs(72 * 3600);

/// Shifts are over within a day, so that the last one that ended has begun within two.
const LOOK_BACK: Duration = Duration::from_secs(48 * 3600);

/// From a moment on, up to another that is not in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Span {
    /// It begins.
    pub from: Instant,
    /// It ends.
    pub to: Instant,
    /// The shift's name, where it is one of the area's shifts.
    pub name: Option<Trilingual>,
}

impl From<ShiftSpan> for Span {
    fn from(ShiftSpan { name, from, to }: ShiftSpan) -> Self {
        Self { from, to, name: Some(name) }
    }
}

impl Span {
    /// The span between two moments, with the shift's name where it is one. `None` if it is empty or longer than
    /// [`LONGEST`].
    #[must_use]
    pub fn between(area: &Area, from: Instant, to: Instant) -> Option<Self> {
        if to <= from || to > from.plus(LONGEST) {
            return None;
        }
        let shifts = shifts_between(&area.shifts, &area.calendar, from, to);
        let same = shifts.into_iter().find(|shift| (shift.from, shift.to) == (from, to));
        Some(Self { from, to, name: same.map(|shift| shift.name) })
    }

    /// Whether a moment lies in it.
    #[must_use]
    pub fn holds(&self, at: Instant) -> bool {
        self.from <= at && at < self.to
    }
}

/// The shift that a moment lies in; of several the one that began last.
#[must_use]
pub fn shift_around(area: &Area, at: Instant) -> Option<Span> {
    let next = at.plus(Duration::from_micros(1));
    shifts_between(&area.shifts, &area.calendar, at, next).pop().map(Span::from)
}

/// The shift that ended last before a moment or at it.
#[must_use]
pub fn last_ended(area: &Area, clock: Instant) -> Option<Span> {
    let shifts = shifts_between(&area.shifts, &area.calendar, clock.minus(LOOK_BACK), clock);
    shifts
        .into_iter()
        .filter(|shift| shift.to <= clock)
        .max_by_key(|shift| (shift.to, shift.from))
        .map(Span::from)
}
