//! From a station's figures to what a measure says.

use std::collections::{BTreeMap, BTreeSet};

use super::edwin::edwin;
use super::inputs::{Inputs, Partial, role_of};
use super::nedocs::{NOT_TOLD, nedocs};
use super::reading::{Lack, Reading, Undefined, UndefinedFor};
use super::rule::{Measure, StationRule};
use crate::area::{Area, Lane, Station};
use crate::fold::Look;
use crate::name::{LaneId, UrgencyCode, Word};

/// What the measures of a rule say of a station that looks like this.
#[must_use]
pub fn read(rule: &StationRule, area: &Area, station: &Station, look: &Look) -> BTreeMap<Word, Reading> {
    let each = rule.measures.iter().map(|(name, rule)| {
        let mut inputs = Inputs::of(area, station, look);
        let reading = inputs.read(&rule.measure);
        (name.clone(), Reading { missing: inputs.missing, ..reading })
    });
    each.collect()
}

impl Inputs<'_> {
    fn read(&mut self, measure: &Measure) -> Reading {
        match measure {
            Measure::OverdueShare { lanes } => self.overdue_share(lanes),
            Measure::WaitingPerStaff { lanes, roles } => self.waiting_per_staff(lanes, roles),
            Measure::Occupancy { places } => self.occupancy(places),
            Measure::StaffingGap { roles } => self.staffing_gap(roles),
            Measure::Boarders { places } => {
                let boarding = self.of_places(places, "boarding", |figures| figures.boarding);
                Reading { value: boarding.map(i64::from), ..Reading::default() }
            }
            Measure::Edwin { roles, places } => self.edwin(roles, places),
            Measure::Nedocs { places, beds } => self.nedocs(places, beds),
        }
    }

    fn overdue_share(&mut self, named: &BTreeSet<LaneId>) -> Reading {
        let has_targets =
            |id: &LaneId| self.station.lanes.get(id).is_some_and(|lane| self.area.has_targets(lane));
        let with_targets: BTreeSet<LaneId> =
            self.figures().lanes.keys().filter(|id| has_targets(id)).cloned().collect();
        let (mut overdue, mut waiting) = (Partial::default(), Partial::default());
        let lanes = self.lanes(named);
        let meant: Vec<_> = lanes.into_iter().filter(|(id, _)| with_targets.contains(*id)).collect();
        if meant.is_empty() {
            self.lack("lanes", Lack::Absent);
            return Reading::default();
        }
        for (id, lane) in meant {
            overdue.add(self.of_lane(id, lane, "overdue", lane.overdue));
            waiting.add(self.of_lane(id, lane, "waiting", lane.waiting));
        }
        // Nobody waits: nobody waits too long.
        let share = |(overdue, waiting): (u32, u32)| {
            (i64::from(overdue) * 100).checked_div(waiting.into()).unwrap_or(0)
        };
        Reading { value: overdue.whole().zip(waiting.whole()).map(share), ..Reading::default() }
    }

    fn waiting_per_staff(&mut self, lanes: &BTreeSet<LaneId>, roles: &BTreeSet<Word>) -> Reading {
        let mut waiting = Partial::default();
        for (id, lane) in self.lanes(lanes) {
            waiting.add(self.of_lane(id, lane, "waiting", lane.waiting));
        }
        let staff = self.at_work(roles).whole();
        let each = |waiting: u32, staff: u32| (i64::from(waiting) * 100).checked_div(staff.into());
        ratio(waiting, staff.filter(|_| !self.has_no_lanes()), UndefinedFor::NoStaff, each)
    }

    fn occupancy(&mut self, places: &Word) -> Reading {
        let staffed = self.staffed(places);
        let mut occupied = Partial::default();
        occupied.add(self.of_places(places, "occupied", |figures| figures.occupied));
        let share = |occupied: u32, staffed: u32| (i64::from(occupied) * 100).checked_div(staffed.into());
        ratio(occupied, staffed, UndefinedFor::NoPlaces, share)
    }

    /// In the role that lacks most: one of two physicians weighs more than one of seven nurses.
    fn staffing_gap(&mut self, roles: &BTreeSet<Word>) -> Reading {
        let is_meant = |post: &str| roles.is_empty() || roles.contains(role_of(post));
        let (mut worst, mut is_part, mut is_told) = (None, false, false);
        for (post, staff) in self.figures().staff.iter().filter(|(post, _)| is_meant(post)) {
            let Some(required) = staff.required else { continue };
            is_told = true;
            match self.told(format!("staff.{post}.on_duty"), staff.on_duty, staff.feed.as_ref()) {
                Some(there) => {
                    let missing = i64::from(required.saturating_sub(there)) * 100;
                    worst = worst.max(Some(missing.checked_div(required.into()).unwrap_or(0)));
                }
                None => is_part = true,
            }
        }
        if !is_told {
            self.lack("staff", Lack::Absent);
        }
        let value = worst.filter(|_| !is_part);
        Reading { value, at_least: worst.filter(|worst| is_part && *worst > 0), ..Reading::default() }
    }

    fn edwin(&mut self, roles: &BTreeSet<Word>, places: &Word) -> Reading {
        let work = self.work();
        let physicians = self.at_work(roles).whole();
        let bays = self.staffed(places);
        let boarders = self.of_places(places, "boarding", |figures| figures.boarding);
        let by = if physicians == Some(0) { UndefinedFor::NoStaff } else { UndefinedFor::NoPlaces };
        let known = physicians.zip(bays.zip(boarders)).filter(|_| !self.has_no_lanes());
        ratio(work, known, by, |work, (physicians, (bays, boarders))| edwin(work, physicians, bays, boarders))
    }

    /// The sum of the people present, each with the weight of their urgency: of five codes the most urgent weighs 5, the
    /// last 1; who is not triaged yet, or of a code that the lane does not have, as the middle one.
    fn work(&mut self) -> Partial {
        let mut work = Partial::default();
        for (id, lane) in self.lanes(&BTreeSet::new()) {
            let present = lane.present.or_else(|| lane.waiting?.checked_add(lane.in_care?));
            let is_known = self.of_lane(id, lane, "present", present).is_some();
            // Counts say of nobody in care how urgent they are.
            let are_all = |people: &&BTreeMap<UrgencyCode, u32>| Some(people.values().sum()) == present;
            let counted = || lane.waiting_by_urgency.as_ref().filter(are_all);
            match self.look.acuity.get(id).or_else(counted) {
                _ if is_known && present == Some(0) => {}
                Some(people) if is_known => {
                    work.add(Some(weigh(self.area, self.station.lanes.get(id), people)))
                }
                Some(_) => work.add(None),
                None => {
                    if is_known {
                        self.lack(format!("lanes.{id}.in_care_by_urgency"), Lack::NotCarried);
                    }
                    work.add(None);
                }
            }
        }
        work
    }

    /// Without [`NOT_TOLD`] it is a score that the department has at the least.
    fn nedocs(&mut self, places: &Word, beds: &Word) -> Reading {
        let mut patients = Partial::default();
        for (id, lane) in self.lanes(&BTreeSet::new()) {
            patients.add(self.of_lane(id, lane, "present", lane.present));
        }
        let (bays, beds) = (self.staffed(places), self.staffed(beds));
        let boarders = self.of_places(places, "boarding", |figures| figures.boarding);
        let divisors = bays.zip(beds).filter(|_| !self.has_no_lanes());
        for input in NOT_TOLD {
            self.lack(input, Lack::NotCarried);
        }
        let reading = ratio(patients, divisors, UndefinedFor::NoPlaces, |patients, (places, beds)| {
            nedocs(patients, places, boarders.unwrap_or(0), beds)
        });
        Reading { at_least: reading.value.or(reading.at_least), value: None, ..reading }
    }

    fn has_no_lanes(&self) -> bool {
        self.missing.contains_key("lanes")
    }
}

/// A value that divides `people`; where only a part of them is known, what it is at the least.
fn ratio<D: Copy>(
    people: Partial,
    divisor: Option<D>,
    by: UndefinedFor,
    divide: impl Fn(u32, D) -> Option<i64>,
) -> Reading {
    let Some(divisor) = divisor else { return Reading::default() };
    match divide(people.known, divisor) {
        Some(value) if people.is_part => {
            Reading { at_least: Some(value).filter(|value| *value > 0), ..Reading::default() }
        }
        Some(value) => Reading { value: Some(value), ..Reading::default() },
        // Whoever else is there: nobody serves them.
        None if !people.is_part || people.known > 0 => {
            let undefined = Undefined { by, is_anybody_there: people.known > 0 };
            Reading { undefined: Some(undefined), ..Reading::default() }
        }
        None => Reading::default(),
    }
}

fn weigh(area: &Area, lane: Option<&Lane>, people: &BTreeMap<UrgencyCode, u32>) -> u32 {
    let urgencies = lane.map_or(&[][..], |lane| area.urgencies(lane));
    let codes = u32::try_from(urgencies.len()).unwrap_or(u32::MAX);
    // Without a scheme all weigh as the middle of five.
    let middle = if codes == 0 { 3 } else { codes.div_ceil(2) };
    let weight = |code: &UrgencyCode| {
        let mut weights = urgencies.iter().zip((1..=codes).rev());
        weights.find(|(urgency, _)| urgency.code == *code).map_or(middle, |(_, weight)| weight)
    };
    people.iter().fold(0, |sum, (code, count)| sum.saturating_add(count.saturating_mul(weight(code))))
}
