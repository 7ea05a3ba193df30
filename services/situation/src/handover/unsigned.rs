//! Shifts that ended and that nobody has taken over.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::area::Area;
use crate::calendar::shifts_between;
use crate::fold::Situation;
use crate::name::Trilingual;
use crate::time::{Instant, earlier};

/// A shift that nobody signed is told of for so long: over a long weekend. Later it is for whoever looks back.
pub const TOLD_FOR: Duration = Duration::from_secs(4 * 24 * 3600);

/// A shift of which not everybody has signed the report.
#[derive(Debug, Clone, PartialEq)]
pub struct Unsigned {
    /// Its name.
    pub name: Trilingual,
    /// It ended.
    pub to: Instant,
    /// Somebody has handed over, and nobody received.
    pub given: bool,
}

/// Those that ended before a moment, after the log began (if that is known), by when they began; and when that changes by
/// itself although no shift ends.
#[must_use]
pub fn unsigned(
    area: &Area,
    situation: &Situation,
    begun: Option<Instant>,
    clock: Instant,
) -> (BTreeMap<Instant, Unsigned>, Option<Instant>) {
    let since = clock.minus(TOLD_FOR);
    let mut told = BTreeMap::new();
    let mut due = None;
    for shift in shifts_between(&area.shifts, &area.calendar, since, clock) {
        let is_told = shift.to <= clock && since < shift.to && begun.is_none_or(|begun| begun < shift.to);
        let signed = situation.signed().of(shift.from, shift.to);
        if !is_told || signed.is_some_and(|signed| signed.received.is_some()) {
            continue;
        }
        due = earlier(due, Some(shift.to.plus(TOLD_FOR)));
        let given = signed.is_some_and(|signed| signed.given.is_some());
        told.insert(shift.from, Unsigned { name: shift.name, to: shift.to, given });
    }
    (told, due)
}
