//! Who came, waited and left, by the time at which it happened.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::super::life::{Life, lives};
use super::super::queue::{Tellings, Together, of_lives};
use super::super::report::{ClosingReport, Peak, StationReport, WaitsReport};
use crate::area::{Area, Authority, DEFAULT_UNRESOLVED_AFTER, Station};
use crate::board::Boards;
use crate::event::{Correction, Event, Outcome, Said, Step};
use crate::fact::{Body, Fact};
use crate::fold::Passage;
use crate::name::{EventId, FeedId, LaneId, StationId, TicketId, UrgencyCode};
use crate::time::Instant;

/// An event by its source and id, at a station.
type Named = (StationId, FeedId, EventId);

/// Everybody who was there in a span or before it, as far as stories are known.
#[derive(Debug, Clone, Default)]
pub(super) struct People {
    stories: BTreeMap<(StationId, TicketId), Vec<Passage>>,
    tellings: BTreeMap<(StationId, LaneId), Tellings>,
    /// How those left whose leaving was told within the walk.
    outcomes: BTreeMap<Named, Option<Outcome>>,
    /// What corrections say of that, by when they were made: the boards keep no outcomes.
    corrected: BTreeMap<Named, (Instant, Outcome)>,
    /// Which event a correction corrects: it may be corrected itself.
    corrections: BTreeMap<Named, EventId>,
    /// Told ahead of their time, and so not in any story until then.
    held: BTreeSet<(Instant, StationId, TicketId)>,
    closed: BTreeMap<StationId, BTreeSet<Instant>>,
}

/// What was counted at a station.
#[derive(Debug, Clone, Default)]
pub(super) struct Counted {
    waiting: (Option<u32>, Option<u32>),
    most_waiting: Option<Peak>,
    most_present: Option<Peak>,
    arrived: Option<u32>,
    left: BTreeMap<Option<Outcome>, u32>,
    waits: BTreeMap<(LaneId, UrgencyCode), WaitsReport>,
    closings: BTreeMap<Instant, ClosingReport>,
}

impl People {
    /// Whoever is there already, and what lanes of counts were told.
    pub fn begin(from: Instant, boards: &Boards) -> Self {
        let mut people = Self::default();
        let situation = boards.situation();
        for (station, ticket) in situation.people() {
            people.tell((station.clone(), ticket.clone()), boards);
        }
        for event in boards.held_back() {
            people.hear_event(event, 0, boards);
        }
        for id in boards.area().into_iter().flat_map(|area| area.stations.keys()) {
            let Some((look, _)) = boards.look(id) else { continue };
            for (lane, figures) in &look.figures.lanes {
                let tellings = people.tellings.entry((id.clone(), lane.clone())).or_default();
                tellings.begin(from, figures.waiting, figures.in_care, figures.present);
            }
        }
        people
    }

    /// A fact, and the boards with it.
    pub fn hear(&mut self, fact: &Fact, boards: &Boards) {
        while self.held.first().is_some_and(|(at, ..)| *at <= boards.clock()) {
            let Some((_, station, ticket)) = self.held.pop_first() else { return };
            self.tell((station, ticket), boards);
        }
        if let Body::Event(event) = &fact.body {
            self.hear_event(event, fact.sequence, boards);
        }
    }

    /// The doors of a station closed.
    pub fn close(&mut self, station: &StationId, at: Instant) {
        self.closed.entry(station.clone()).or_default().insert(at);
    }

    fn hear_event(&mut self, event: &Event, sequence: u64, boards: &Boards) {
        let Some(station) = &event.station else { return };
        let named = |id: &EventId| (station.clone(), event.source.clone(), id.clone());
        match &event.said {
            Said::QueueObserved(said) => {
                let Some(lane) = &said.lane else { return };
                let tellings = self.tellings.entry((station.clone(), lane.clone())).or_default();
                tellings.hear(event.time, sequence, said);
            }
            Said::Ticket(ticket, step) => {
                if let Step::Left { outcome } = step {
                    self.outcomes.insert(named(&event.id), *outcome);
                }
                if event.time > boards.clock() {
                    self.held.insert((event.time, station.clone(), ticket.clone()));
                }
                self.tell((station.clone(), ticket.clone()), boards);
            }
            Said::Corrected(correction) => {
                self.correct(event, station, correction);
                self.tell((station.clone(), correction.ticket.clone()), boards);
            }
            Said::StaffingObserved(_)
            | Said::StaffingPlanned(_)
            | Said::OnCall(_)
            | Said::CapacityObserved(_)
            | Said::Slots(_)
            | Said::StationStatus(_)
            | Said::ContactObserved(_)
            | Said::Task(..)
            | Said::UnitStatus(_)
            | Said::NoticePosted(..)
            | Said::NoticeWithdrawn(_)
            | Said::AlarmAcknowledged(..)
            | Said::AlarmShelved(..)
            | Said::NoteAdded(..)
            | Said::NoteRemoved(..)
            | Said::HandoverSigned(_)
            | Said::Heartbeat { .. } => {}
        }
    }

    /// A story goes on. Each is read again when it does, so that it need not be remembered elsewhere.
    fn tell(&mut self, hero: (StationId, TicketId), boards: &Boards) {
        if let Some(course) = boards.situation().course(&hero.0, &hero.1) {
            self.stories.insert(hero, course);
        }
    }

    fn correct(&mut self, event: &Event, station: &StationId, correction: &Correction) {
        let named = |id: &EventId| (station.clone(), event.source.clone(), id.clone());
        self.corrections.insert(named(&event.id), correction.corrects.clone());
        let mut corrects = correction.corrects.clone();
        // Who corrects himself in a circle corrects nothing.
        for _ in 0..self.corrections.len() {
            let Some(further) = self.corrections.get(&named(&corrects)) else { break };
            corrects = further.clone();
        }
        let Some(outcome) = correction.set.outcome else { return };
        let known = self.corrected.get(&named(&corrects));
        if known.is_none_or(|(at, _)| *at <= event.time) {
            self.corrected.insert(named(&corrects), (event.time, outcome));
        }
    }

    /// Counts each station of an area from one moment to before another.
    pub fn count(&self, area: &Area, from: Instant, until: Instant) -> BTreeMap<StationId, Counted> {
        let mut visits: BTreeMap<&StationId, Vec<Life>> = BTreeMap::new();
        for ((id, _), course) in &self.stories {
            let station = area.stations.get(id);
            let silent = |lane: &LaneId| silent_after(station, lane);
            let how = |passage: &Passage| self.how(id, passage);
            visits.entry(id).or_default().extend(lives(course, silent, how));
        }
        let count = |(id, station): (&StationId, &Station)| {
            let lives = visits.remove(id).unwrap_or_default();
            (id.clone(), self.count_station(area, id, station, &lives, (from, until)))
        };
        area.stations.iter().map(count).collect()
    }

    fn how(&self, station: &StationId, passage: &Passage) -> Option<Outcome> {
        let named = (station.clone(), passage.source.clone(), passage.event.clone());
        let corrected = self.corrected.get(&named).map(|(_, outcome)| *outcome);
        corrected.or_else(|| self.outcomes.get(&named).copied().flatten())
    }

    fn count_station(
        &self,
        area: &Area,
        id: &StationId,
        station: &Station,
        lives: &[Life],
        (from, until): (Instant, Instant),
    ) -> Counted {
        let is_of_tickets =
            |lane: &LaneId| station.lanes.get(lane).is_none_or(|lane| lane.authority == Authority::Tickets);
        let mut courses = of_lives(lives.iter());
        courses.retain(|lane, _| is_of_tickets(lane));
        for ((_, lane), tellings) in
            self.tellings.range((id.clone(), LaneId::new(""))..).take_while(|((at, _), _)| at == id)
        {
            if !is_of_tickets(lane) {
                courses.insert(lane.clone(), tellings.courses());
            }
        }
        let waiting = Together::of(courses.values().map(|(waiting, _)| waiting));
        let present = Together::of(courses.values().map(|(_, present)| present));
        let within = |at: Instant| from <= at && at < until;
        let mut counted = Counted {
            waiting: (waiting.at(from), waiting.at(until)),
            most_waiting: waiting.peak(from, until),
            most_present: present.peak(from, until),
            arrived: None,
            left: BTreeMap::new(),
            waits: waits(area, station, lives, (from, until)),
            closings: BTreeMap::new(),
        };
        if station.lanes.keys().any(is_of_tickets) {
            counted.arrived = u32::try_from(lives.iter().filter(|life| within(life.joined)).count()).ok();
        }
        for (_, outcome) in lives.iter().filter_map(|life| life.left).filter(|(at, _)| within(*at)) {
            *counted.left.entry(outcome).or_default() += 1;
        }
        for closed in self.closed.get(id).into_iter().flatten() {
            let closing = counted.closings.entry(*closed).or_default();
            for life in lives.iter().filter(|life| life.is_there_at(*closed)) {
                match life.left.filter(|(at, _)| *at <= until) {
                    Some((_, outcome)) => *closing.went.entry(outcome).or_default() += 1,
                    None => closing.still += 1,
                }
            }
        }
        counted
    }
}

/// After how long nobody counts any more of whom nothing is heard.
fn silent_after(station: Option<&Station>, lane: &LaneId) -> Duration {
    let lane = station.and_then(|station| station.lanes.get(lane));
    lane.map_or(DEFAULT_UNRESOLVED_AFTER, |lane| lane.unresolved_after)
}

/// Waits for care against their targets.
fn waits(
    area: &Area,
    station: &Station,
    lives: &[Life],
    (from, until): (Instant, Instant),
) -> BTreeMap<(LaneId, UrgencyCode), WaitsReport> {
    let mut waits: BTreeMap<(LaneId, UrgencyCode), WaitsReport> = BTreeMap::new();
    let target = |lane: &LaneId, code: &UrgencyCode| area.target(station.lanes.get(lane)?, code);
    for life in lives {
        let care = life.care.as_ref().filter(|(at, ..)| *at < until);
        if let Some((at, lane, code)) = care {
            if *at >= from {
                let (target, wait) = (target(lane, code), lasted(life.joined, *at));
                let row = waits.entry((lane.clone(), code.clone())).or_default();
                row.target = target;
                row.seen += 1;
                row.within += u32::from(target.is_some_and(|target| wait <= target));
                row.longest = row.longest.max(Some(wait));
            }
        } else if life.is_there_at(until) {
            let (lane, code) = &life.last;
            let target = target(lane, code);
            let row = waits.entry((lane.clone(), code.clone())).or_default();
            row.target = target;
            row.waiting += 1;
            row.waiting_longest = row.waiting_longest.max(Some(lasted(life.joined, until)));
            row.overdue += u32::from(target.is_some_and(|target| life.joined.plus(target) <= until));
        }
    }
    waits
}

fn lasted(from: Instant, to: Instant) -> Duration {
    Duration::from_micros(u64::try_from(to.as_micros().saturating_sub(from.as_micros())).unwrap_or(0))
}

impl Counted {
    pub fn put_into(self, report: &mut StationReport) {
        let Self { waiting, most_waiting, most_present, arrived, left, waits, closings } = self;
        report.waiting = waiting;
        report.most_waiting = most_waiting;
        report.most_present = most_present;
        report.arrived = arrived;
        report.left = left;
        report.waits = waits;
        for (at, ClosingReport { inside: _, empty: _, went, still }) in closings {
            let known = report.closings.entry(at).or_default();
            (known.went, known.still) = (went, still);
        }
    }
}
