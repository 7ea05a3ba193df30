//! People, places, appointments and duties of a station.

use std::sync::Arc;
use std::time::Duration;

use super::Look;
use crate::area::{Area, Station};
use crate::board::{AheadFigures, CapacityFigures, OnCallFigures, StaffFigures};
use crate::fold::station::{Post, StationState};
use crate::fold::told::{Register, Stamp};
use crate::time::{Instant, earlier};

fn name(post: &Post) -> String {
    match &post.1 {
        Some(lane) => format!("{}.{lane}", post.0),
        None => post.0.as_str().to_owned(),
    }
}

/// The newest of several registers' stamps, of those that still hold.
struct Newest<'a>(Instant, Option<&'a Arc<Stamp>>);

/// How far ahead a board looks into the plan: the weekend's desk wants to know of a gap a day before.
const PLAN_AHEAD: Duration = Duration::from_secs(24 * 3600);

impl<'a> Newest<'a> {
    fn value(&mut self, register: &'a Register<u32>) -> Option<u32> {
        let (value, stamp) = register.at(self.0)?;
        self.1 = self.1.max(Some(stamp));
        Some(*value)
    }
}

pub(super) fn staff(found: &mut Look, area: &Area, station: &Station, state: &StationState, clock: Instant) {
    let entries = &mut found.figures.staff;
    for (post, staff) in &state.staff {
        let mut newest = Newest(clock, None);
        // Whoever copies the plan does not know who is there.
        let is_copied = |register: &Register<u32>| {
            let told_by = register.stamp.as_ref().and_then(|stamp| area.feeds.get(&stamp.source));
            told_by.is_some_and(|feed| feed.copies_plan)
        };
        let mut figures = StaffFigures {
            on_duty: newest.value(&staff.on_duty).filter(|_| !is_copied(&staff.on_duty)),
            called: newest.value(&staff.called),
            arriving: newest.value(&staff.arriving),
            absent: newest.value(&staff.absent),
            ..StaffFigures::default()
        };
        figures.feed = newest.1.map(|stamp| stamp.source.clone());
        entries.insert(name(post), figures);
    }
    for (role, required) in &station.required {
        entries.entry(role.as_str().to_owned()).or_default().required = Some(*required);
    }
    // Of several plans that cover the moment the one made last holds.
    let mut covering: Vec<_> = Vec::new();
    let mut due = None;
    for (stamp, plan) in state.plans.values() {
        for edge in [plan.from, plan.to] {
            due = earlier(due, Some(edge).filter(|edge| *edge > clock));
        }
        if plan.from <= clock && clock < plan.to {
            covering.push((stamp, plan));
        } else if clock < plan.from && plan.from <= clock.plus(PLAN_AHEAD) {
            let figures = entries.entry(name(&(plan.role.clone(), plan.lane.clone()))).or_default();
            let required = plan.required.or_else(|| station.required.get(&plan.role).copied());
            let gap = missing(required, plan.planned);
            figures
                .ahead
                .insert(plan.from, AheadFigures { to: plan.to, required, planned: plan.planned, gap });
        } else if clock < plan.from {
            due = earlier(due, Some(plan.from.minus(PLAN_AHEAD)));
        }
    }
    covering.sort_by(|a, b| a.0.cmp(b.0));
    for (stamp, plan) in covering {
        let figures = entries.entry(name(&(plan.role.clone(), plan.lane.clone()))).or_default();
        figures.required = plan.required.or(figures.required);
        figures.planned = plan.planned.or(figures.planned);
        if figures.feed.is_none() {
            figures.feed = Some(stamp.source.clone());
        }
    }
    for figures in entries.values_mut() {
        figures.gap = missing(figures.required, figures.on_duty);
    }
    found.due(due);
}

/// How many are missing of those who are needed; `None` where nobody is, or where it is not known.
fn missing(required: Option<u32>, there: Option<u32>) -> Option<u32> {
    required.zip(there).map(|(required, there)| required.saturating_sub(there)).filter(|gap| *gap > 0)
}

pub(super) fn capacity(found: &mut Look, state: &StationState, clock: Instant) {
    for (resource, places) in &state.capacity {
        let mut newest = Newest(clock, None);
        let mut figures = CapacityFigures {
            feed: None,
            total: newest.value(&places.total),
            staffed: newest.value(&places.staffed),
            occupied: newest.value(&places.occupied),
            reserved: newest.value(&places.reserved),
            boarding: newest.value(&places.boarding),
            planned_discharges: newest.value(&places.planned_discharges),
            free: None,
        };
        figures.feed = newest.1.map(|stamp| stamp.source.clone());
        figures.free = figures.staffed.or(figures.total).zip(figures.occupied).map(|(places, occupied)| {
            i64::from(places) - i64::from(occupied) - i64::from(figures.reserved.unwrap_or(0))
        });
        found.figures.capacity.insert(resource.clone(), figures);
    }
}

pub(super) fn slots(found: &mut Look, state: &StationState, clock: Instant) {
    for ((profession, urgency), told) in &state.slots {
        if let Some((slots, _)) = told.at(clock) {
            found.figures.slots.insert(format!("{profession}.{urgency}"), slots.clone());
        }
    }
}

pub(super) fn on_call(found: &mut Look, state: &StationState, clock: Instant) {
    let mut due = None;
    let mut newest: std::collections::BTreeMap<String, &Arc<Stamp>> = std::collections::BTreeMap::new();
    for (stamp, duty) in state.on_call.values() {
        for edge in [duty.from, duty.to] {
            due = earlier(due, Some(edge).filter(|edge| *edge > clock));
        }
        let key = format!("{}.{}", duty.duty, duty.role);
        let holds = duty.from <= clock && clock < duty.to;
        if !holds || newest.get(&key).is_some_and(|known| *known > stamp) {
            continue;
        }
        newest.insert(key.clone(), stamp);
        let figures = OnCallFigures {
            feed: stamp.source.clone(),
            duty: duty.duty.clone(),
            role: duty.role.clone(),
            from: duty.from,
            to: duty.to,
            contact: duty.contact.clone(),
            languages: duty.languages.clone(),
        };
        found.figures.on_call.insert(key, figures);
    }
    found.due(due);
}
