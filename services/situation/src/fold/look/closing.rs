//! How a station closes: who is inside when nobody is taken in any more.

use std::time::Duration;

use super::Look;
use crate::area::Station;
use crate::board::{ClosingFigures, ClosingPhase, StationFigures};
use crate::fold::pace;
use crate::fold::station::StationState;
use crate::time::{Instant, earlier};

/// A station is closing when something of it ends within this time: long enough to move those who wait.
const AHEAD: Duration = Duration::from_secs(90 * 60);

pub(super) fn look(found: &mut Look, station: &Station, state: &StationState, clock: Instant) {
    // Nobody is inside a telephone line.
    if !station.counted {
        return;
    }
    let figures = &found.figures;
    let ends = [figures.intake_until, figures.last_care_until, figures.doors_until];
    let first_end = ends.into_iter().fold(None, earlier);
    let is_past = |end: Option<Instant>| end.is_some_and(|end| end <= clock);
    let (inside, inside_at_least) = inside(figures);
    let (intake_until, is_open) = (figures.intake_until, figures.open == Some(true));
    let phase = match figures.open {
        Some(true) if is_past(figures.intake_until) => Some(ClosingPhase::IntakeEnded),
        Some(true) if is_past(first_end.map(|end| end.minus(AHEAD))) => Some(ClosingPhase::Closing),
        Some(false) if inside.or(inside_at_least).is_some_and(|people| people > 0) => {
            Some(ClosingPhase::Closed)
        }
        Some(_) | None => None,
    };
    for edge in [first_end.map(|end| end.minus(AHEAD)), intake_until] {
        found.due(edge.filter(|edge| is_open && *edge > clock));
    }
    let Some(phase) = phase else { return };
    let pace::Done { by, latest, of, due } =
        inside.map(|inside| pace::done(&state.departures, inside, clock)).unwrap_or_default();
    found.due(due);
    let (done_by, done_latest, pace_of) = (by, latest, of);
    found.figures.closing =
        Some(ClosingFigures { phase, inside, inside_at_least, done_by, done_latest, pace_of });
}

/// People waiting and in care, or those known of where that is not known. A lane that was never spoken of has nobody known in
/// it; one of which only a part is known makes the sum unknown.
fn inside(figures: &StationFigures) -> (Option<u32>, Option<u32>) {
    let (mut sum, mut is_whole) = (None, true);
    for lane in figures.lanes.values() {
        let parts = lane.waiting.zip(lane.in_care).map(|(waiting, in_care)| waiting.saturating_add(in_care));
        let people = lane.present.or(parts);
        is_whole &= people.is_some() || (lane.waiting.is_none() && lane.in_care.is_none());
        if let Some(people) = people.or(lane.waiting).or(lane.in_care) {
            sum = Some(people.saturating_add(sum.unwrap_or(0)));
        }
    }
    if is_whole { (sum, None) } else { (None, sum.filter(|people| *people > 0)) }
}
