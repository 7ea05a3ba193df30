//! The shifts of a weekend at a station: who is needed, planned and there.

use std::collections::BTreeSet;
use std::sync::Arc;

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
    let (Some(first), Some(last)) = (ladder.rungs.first(), ladder.rungs.last()) else { return };
    let is_near = |plan: &StaffingPlanned| plan.from < last.shift.to && first.shift.from < plan.to;
    let plans: Plans<'_> = state.plans.values().filter(|(_, plan)| is_near(plan)).collect();
    for rung in &ladder.rungs {
        let Rung { shift, open, opens, closes, exception } = rung;
        let reason = exception.and_then(|at| station.exceptions.get(at)?.reason.clone());
        let of_rung: Plans<'_> = plans.iter().copied().filter(|(_, plan)| overlaps(plan, rung)).collect();
        let staff = posts(&of_rung, station, state)
            .into_iter()
            .map(|post| {
                let told = state.staff.get(&post).filter(|_| shift.from <= clock);
                let actual = told.and_then(|told| told.fewest_between(area, shift.from, shift.to.min(clock)));
                (name(&post), ShiftStaff { actual, ..staff(&post, rung, &of_rung, station) })
            })
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

/// Plans with who made them when.
type Plans<'a> = Vec<&'a (Arc<Stamp>, StaffingPlanned)>;

/// Everybody of whom something is planned, required or told.
fn posts(plans: &Plans<'_>, station: &Station, state: &StationState) -> BTreeSet<Post> {
    let planned = plans.iter().map(|(_, plan)| (plan.role.clone(), plan.lane.clone()));
    let required = station.required.keys().map(|role| (role.clone(), None));
    planned.chain(state.staff.keys().cloned()).chain(required).collect()
}

fn overlaps(plan: &StaffingPlanned, rung: &Rung) -> bool {
    plan.from < rung.shift.to && rung.shift.from < plan.to
}

/// The worst of a shift: a gap of an hour is a gap, and where a part of it is not planned nobody knows of the whole.
fn staff(post: &Post, rung: &Rung, plans: &Plans<'_>, station: &Station) -> ShiftStaff {
    let is_of = |plan: &StaffingPlanned| plan.role == post.0 && plan.lane == post.1;
    let plans: Plans<'_> = plans.iter().copied().filter(|(_, plan)| is_of(plan)).collect();
    let required = post.1.is_none().then(|| station.required.get(&post.0).copied()).flatten();
    let mut worst = ShiftStaff { required, ..ShiftStaff::default() };
    let edges = plans.iter().flat_map(|(_, plan)| [plan.from, plan.to]);
    let inside = edges.filter(|edge| rung.shift.from < *edge && *edge < rung.shift.to);
    let mut is_whole = true;
    for moment in std::iter::once(rung.shift.from).chain(inside) {
        let covers = |plan: &StaffingPlanned| plan.from <= moment && moment < plan.to;
        // Of several plans that cover a moment the one made last holds.
        let covering = plans.iter().filter(|(_, plan)| covers(plan)).max_by(|a, b| a.0.cmp(&b.0));
        let Some((plan, planned)) = covering.and_then(|(_, plan)| Some((plan, plan.planned?))) else {
            is_whole = false;
            continue;
        };
        let required = plan.required.or(required);
        let gap = missing(required, Some(planned));
        if worst.planned.is_none() || gap > worst.gap {
            worst = ShiftStaff { required, planned: Some(planned), gap, actual: None };
        }
    }
    if !is_whole && worst.gap.is_none() {
        worst.planned = None;
    }
    worst
}
