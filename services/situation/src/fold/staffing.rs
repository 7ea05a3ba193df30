//! What was said of people at work: now, planned, on call.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::station::StationState;
use super::told::{Register, Stamp};
use crate::area::Area;
use crate::event::{OnCall, StaffingObserved, StaffingPlanned, Told};
use crate::name::{LaneId, Word};
use crate::time::Instant;

/// Plans and duties remembered for a station, the latest: half a year of three shifts and eight roles.
const MAX_PLANS: usize = 4_096;

/// For so many hours it is remembered how many were at work: a weekend with days off about it. Of a longer run the first
/// days' shifts do not tell it any more.
const HOURS: i64 = 6 * 24;
const HOUR_US: i64 = 3_600_000_000;

/// Shifts hand over in this time; what is told in it is the first word of the new one.
const HANDING_OVER: Duration = Duration::from_secs(3600);

/// Who was told of longer ago than this before a shift is not taken to be in it.
const LAST_WORD: Duration = Duration::from_secs(12 * 3600);

/// A role, and the lane it serves if it serves one.
pub type Post = (Word, Option<LaneId>);

/// The last word of each hour on how many were at work, by the hour since the epoch.
pub type ByHour = BTreeMap<i64, (Arc<Stamp>, Option<u32>)>;

/// What was said of the people of a role.
#[derive(Debug, Clone, Default)]
pub struct StaffState {
    /// At work.
    pub on_duty: Register<u32>,
    /// Called in.
    pub called: Register<u32>,
    /// On their way.
    pub arriving: Register<u32>,
    /// Absent.
    pub absent: Register<u32>,
    /// How many were at work, hour by hour.
    pub by_hour: ByHour,
}

impl StationState {
    pub(super) fn observe_staff(&mut self, observed: &StaffingObserved, stamp: &Arc<Stamp>) {
        let staff = self.staff.entry((observed.role.clone(), observed.lane.clone())).or_default();
        staff.on_duty.hear(stamp, &observed.on_duty);
        staff.called.hear(stamp, &observed.called);
        staff.arriving.hear(stamp, &observed.arriving);
        staff.absent.hear(stamp, &observed.absent);
        staff.remember(stamp, &observed.on_duty);
    }

    pub(super) fn plan(&mut self, plan: &StaffingPlanned, stamp: &Arc<Stamp>) {
        let key = (plan.from, (plan.role.clone(), plan.lane.clone()));
        if self.plans.get(&key).is_none_or(|(known, _)| known < stamp) {
            self.plans.insert(key, (Arc::clone(stamp), plan.clone()));
        }
        if self.plans.len() > MAX_PLANS {
            self.plans.pop_first();
        }
    }

    pub(super) fn call(&mut self, duty: &OnCall, stamp: &Arc<Stamp>) {
        let key = (duty.from, duty.duty.clone(), duty.role.clone());
        if self.on_call.get(&key).is_none_or(|(known, _)| known < stamp) {
            self.on_call.insert(key, (Arc::clone(stamp), duty.clone()));
        }
        if self.on_call.len() > MAX_PLANS {
            self.on_call.pop_first();
        }
    }
}

impl StaffState {
    fn remember(&mut self, stamp: &Arc<Stamp>, told: &Told<u32>) {
        let value = match told {
            Told::Unsaid => return,
            Told::Withdrawn => None,
            Told::Value(value) => Some(*value),
        };
        let hour = stamp.time.as_micros().div_euclid(HOUR_US);
        if self.by_hour.get(&hour).is_none_or(|(known, _)| known < stamp) {
            self.by_hour.insert(hour, (Arc::clone(stamp), value));
        }
        let Some((newest, _)) = self.by_hour.last_key_value() else { return };
        let oldest = newest.saturating_sub(HOURS);
        while self.by_hour.first_key_value().is_some_and(|(hour, _)| *hour < oldest) {
            self.by_hour.pop_first();
        }
    }

    /// The fewest that were at work in a shift from `from` on until `to`, by the last word of each hour. At a shift's
    /// beginning those before it may still be told of: they count only if nobody tells of others soon. Of who copies the
    /// plan nobody knows who was there.
    pub(super) fn fewest_between(&self, area: &Area, from: Instant, to: Instant) -> Option<u32> {
        let is_real = |stamp: &Stamp| area.feeds.get(&stamp.source).is_none_or(|feed| !feed.copies_plan);
        let within = || self.by_hour.values().filter(|(stamp, _)| from <= stamp.time && stamp.time < to);
        let is_taken_over = within().next().is_some_and(|(stamp, _)| stamp.time <= from.plus(HANDING_OVER));
        let holds = |stamp: &Stamp| {
            stamp.valid_until.is_none_or(|until| until > from) && stamp.time >= from.minus(LAST_WORD)
        };
        let before = self.by_hour.values().rev().find(|(stamp, _)| stamp.time < from);
        let before = before.filter(|(stamp, _)| holds(stamp));
        let known = before.filter(|_| !is_taken_over).into_iter().chain(within());
        known.filter(|(stamp, _)| is_real(stamp)).filter_map(|(_, value)| *value).min()
    }
}
