//! People, places, appointments and duties of a station.

use std::sync::Arc;
use std::time::Duration;

use super::Look;
use super::heard::Heard;
use crate::area::{Area, Station};
use crate::board::{AheadFigures, CapacityFigures, OnCallFigures, StaffFigures};
use crate::fold::staffing::Post;
use crate::fold::station::StationState;
use crate::fold::told::{Register, Stamp};
use crate::time::{Instant, earlier};

pub(super) fn name(post: &Post) -> String {
    match &post.1 {
        Some(lane) => format!("{}.{lane}", post.0),
        None => post.0.as_str().to_owned(),
    }
}

/// How far ahead a board looks into the plan: the weekend's desk wants to know of a gap a day before.
const PLAN_AHEAD: Duration = Duration::from_secs(24 * 3600);

pub(super) fn staff(found: &mut Look, area: &Area, station: &Station, state: &StationState, clock: Instant) {
    // That nobody was at work before the doors opened says nothing of who is now.
    let opened = found.open_since;
    let is_of_before = |register: &Register<u32>| {
        let told = register.stamp.as_ref().map(|stamp| stamp.time);
        register.told() == Some(&0) && told.zip(opened).is_some_and(|(told, opened)| told < opened)
    };
    let entries = &mut found.figures.staff;
    let mut due = None;
    for (post, staff) in &state.staff {
        let mut heard = Heard::at(clock);
        // Whoever copies the plan does not know who is there.
        let is_copied = |register: &Register<u32>| {
            let told_by = register.stamp.as_ref().and_then(|stamp| area.feeds.get(&stamp.source));
            told_by.is_some_and(|feed| feed.copies_plan)
        };
        let mut figures = StaffFigures {
            on_duty: heard
                .value(&staff.on_duty)
                .filter(|_| !is_copied(&staff.on_duty) && !is_of_before(&staff.on_duty)),
            called: heard.value(&staff.called),
            arriving: heard.value(&staff.arriving),
            absent: heard.value(&staff.absent),
            ..StaffFigures::default()
        };
        figures.feed = heard.feed();
        figures.told_at = heard.told_at();
        figures.observed_by = heard.by();
        figures.observed_at = heard.said_at();
        figures.valid_until = heard.valid_until();
        due = earlier(due, heard.lapses);
        entries.insert(name(post), figures);
    }
    for (role, required) in &station.required {
        entries.entry(role.as_str().to_owned()).or_default().required = Some(*required);
    }
    // Of several plans that cover the moment the one made last holds.
    let mut covering: Vec<_> = Vec::new();
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
pub(super) fn missing(required: Option<u32>, there: Option<u32>) -> Option<u32> {
    required.zip(there).map(|(required, there)| required.saturating_sub(there)).filter(|gap| *gap > 0)
}

pub(super) fn capacity(found: &mut Look, state: &StationState, clock: Instant) {
    for (resource, places) in &state.capacity {
        let mut heard = Heard::at(clock);
        let mut figures = CapacityFigures {
            total: heard.value(&places.total),
            staffed: heard.value(&places.staffed),
            occupied: heard.value(&places.occupied),
            reserved: heard.value(&places.reserved),
            boarding: heard.value(&places.boarding),
            planned_discharges: heard.value(&places.planned_discharges),
            ..CapacityFigures::default()
        };
        figures.feed = heard.feed();
        figures.told_at = heard.told_at();
        figures.observed_by = heard.by();
        figures.observed_at = heard.said_at();
        figures.valid_until = heard.valid_until();
        found.due(heard.lapses);
        figures.free = figures.staffed.or(figures.total).zip(figures.occupied).map(|(places, occupied)| {
            i64::from(places) - i64::from(occupied) - i64::from(figures.reserved.unwrap_or(0))
        });
        found.figures.capacity.insert(resource.clone(), figures);
    }
}

/// The urgency of appointments that are for whoever calls today.
const URGENT: &str = "urgent";

pub(super) fn slots(found: &mut Look, state: &StationState, clock: Instant) {
    for ((profession, urgency), told) in &state.slots {
        let Some((slots, _)) = told.at(clock) else { continue };
        let next = slots.values().filter(|slot| urgency.as_str() == URGENT && **slot > clock).min().copied();
        found.has_urgent_slots |= next.is_some();
        found.due(next);
        found.figures.slots.insert(format!("{profession}.{urgency}"), slots.clone());
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
