//! The shifts of a weekend at a station: who is needed, planned and there.

use std::collections::BTreeSet;

use super::Look;
use super::places::{missing, name};
use crate::area::{Area, Station};
use crate::board::{ShiftFigures, ShiftStaff};
use crate::calendar::{Ladder, Rung};
use crate::event::StaffingPlanned;
use crate::fold::staffing::Post;
use crate::fold::station::StationState;
use crate::fold::told::Stamp;
use crate::time::Instant;

pub(super) fn look(
    found: &mut Look,
    ladder: &Ladder,
    area: &Area,
    station: &Station,
    state: &StationState,
    clock: Instant,
) {
    for rung in &ladder.rungs {
        let Rung { shift, open, opens, closes, exception } = rung;
        let reason = exception.and_then(|at| station.exceptions.get(at)?.reason.clone());
        let staff = posts(rung, station, state)
            .into_iter()
            .map(|post| (name(&post), staff(&post, rung, area, station, state, clock)))
            .filter(|(_, staff)| *staff != ShiftStaff::default());
        let figures = ShiftFigures {
            name: shift.name.clone(),
            to: shift.to,
            open: *open,
            opens: *opens,
            closes: *closes,
            reason,
            staff: staff.collect(),
        };
        // Shifts are told apart by when they begin.
        found.figures.shifts.entry(shift.from).or_insert(figures);
        for edge in [shift.from, shift.to] {
            found.due(Some(edge).filter(|edge| *edge > clock));
        }
    }
}

/// Everybody of whom something is planned, required or told.
fn posts(rung: &Rung, station: &Station, state: &StationState) -> BTreeSet<Post> {
    let planned = state.plans.iter().filter(|(_, (_, plan))| overlaps(plan, rung)).map(|((_, post), _)| post);
    let required = station.required.keys().map(|role| (role.clone(), None));
    planned.chain(state.staff.keys()).cloned().chain(required).collect()
}

fn overlaps(plan: &StaffingPlanned, rung: &Rung) -> bool {
    plan.from < rung.shift.to && rung.shift.from < plan.to
}

/// The worst of a shift: a gap of an hour is a gap.
fn staff(
    post: &Post,
    rung: &Rung,
    area: &Area,
    station: &Station,
    state: &StationState,
    clock: Instant,
) -> ShiftStaff {
    let of_post = state.plans.iter().filter(|((_, of), (_, plan))| of == post && overlaps(plan, rung));
    let plans: Vec<&(std::sync::Arc<Stamp>, StaffingPlanned)> = of_post.map(|(_, plan)| plan).collect();
    let required = post.1.is_none().then(|| station.required.get(&post.0).copied()).flatten();
    let mut worst = ShiftStaff { required, ..ShiftStaff::default() };
    let edges = plans.iter().flat_map(|(_, plan)| [plan.from, plan.to]);
    let inside = edges.filter(|edge| rung.shift.from < *edge && *edge < rung.shift.to);
    for moment in std::iter::once(rung.shift.from).chain(inside) {
        let covers = |plan: &StaffingPlanned| plan.from <= moment && moment < plan.to;
        // Of several plans that cover a moment the one made last holds.
        let covering = plans.iter().filter(|(_, plan)| covers(plan)).max_by(|a, b| a.0.cmp(&b.0));
        let Some((_, plan)) = covering else { continue };
        let required = plan.required.or(required);
        let gap = missing(required, plan.planned);
        if worst.planned.is_none() || gap > worst.gap {
            worst = ShiftStaff { required, planned: plan.planned, gap, actual: None };
        }
    }
    if rung.shift.from <= clock {
        let told = state.staff.get(post);
        worst.actual =
            told.and_then(|told| told.fewest_between(area, rung.shift.from, rung.shift.to.min(clock)));
    }
    worst
}
