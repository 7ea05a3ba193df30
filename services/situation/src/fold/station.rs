//! All that was said of one station.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::contact::{ContactState, Line};
use super::dispatch::{Task, UnitTold};
use super::feed::FeedState;
use super::hourly::{Hourly, LaneHour, PresentHour};
use super::notice::Notices;
use super::pace::Departures;
use super::staffing::{Post, StaffState};
use super::ticket::{Ticket, Visit};
use super::told::{Register, Stamp};
use super::waits::Waits;
use super::words::Words;
use crate::board::TaskFigures;
use crate::event::{
    CapacityObserved, Correction, Event, OnCall, QueueObserved, Said, ServiceState, Slots, StaffingPlanned,
    StationStatus, Step, Told,
};
use crate::name::{FeedId, LaneId, TaskId, TicketId, UnitId, UrgencyCode, Word};
use crate::time::Instant;

/// Roles, resources, services, feeds and the like that one station may have of each kind. Real ones
/// have a dozen; a source that invents names must not fill the memory.
pub const MAX_NAMES_PER_STATION: usize = 256;

/// The state of one station.
#[derive(Debug, Clone, Default)]
pub struct StationState {
    /// What was said of its lanes.
    pub lanes: BTreeMap<LaneId, LaneState>,
    /// The stories that are remembered, each shared with copies of the state until it goes on.
    pub tickets: BTreeMap<TicketId, Arc<Ticket>>,
    /// Who is here: follows from the tickets.
    pub present: BTreeMap<TicketId, Visit>,
    /// When people left lately.
    pub departures: Departures,
    /// How long people waited lately.
    pub waits: BTreeMap<LaneId, Waits>,
    /// People by role and lane.
    pub staff: BTreeMap<Post, StaffState>,
    /// Plans by their beginning.
    pub plans: BTreeMap<(Instant, Post), (Arc<Stamp>, StaffingPlanned)>,
    /// Duties by their beginning.
    pub on_call: BTreeMap<(Instant, Word, Word), (Arc<Stamp>, OnCall)>,
    /// Places by kind.
    pub capacity: BTreeMap<Word, CapacityState>,
    /// Appointments by profession and urgency.
    pub slots: BTreeMap<(Word, Word), Register<BTreeMap<u32, Instant>>>,
    /// What it says of itself.
    pub status: StatusState,
    /// Telephone lines, chats, forms.
    pub contacts: BTreeMap<Line, ContactState>,
    /// The tasks that are remembered, each shared as tickets are.
    pub tasks: BTreeMap<TaskId, Arc<Task>>,
    /// Those that are open: follows from the tasks.
    pub open_tasks: BTreeMap<TaskId, TaskFigures>,
    /// Units by name.
    pub units: BTreeMap<UnitId, UnitTold>,
    /// What everybody here should know.
    pub notices: Notices,
    /// Feeds as it hears them.
    pub feeds: BTreeMap<FeedId, FeedState>,
}

/// What was said of a lane.
#[derive(Debug, Clone, Default)]
pub struct LaneState {
    /// People waiting.
    pub waiting: Register<u32>,
    /// The same by urgency.
    pub waiting_by_urgency: Register<BTreeMap<UrgencyCode, u32>>,
    /// People in care.
    pub in_care: Register<u32>,
    /// People present.
    pub present: Register<u32>,
    /// The longest wait, in seconds.
    pub longest_wait_s: Register<u32>,
    /// The newest ticket event that named the lane: since then its emptiness is known. Counts do not
    /// name it: a lane of tickets has no other authority.
    pub named: Option<Arc<Stamp>>,
    /// How it was, hour by hour.
    pub by_hour: Hourly<LaneHour>,
    /// How many were present, hour by hour.
    pub present_by_hour: Hourly<PresentHour>,
}

/// What was said of places of a kind.
#[derive(Debug, Clone, Default)]
pub struct CapacityState {
    /// That exist.
    pub total: Register<u32>,
    /// That have staff.
    pub staffed: Register<u32>,
    /// In use.
    pub occupied: Register<u32>,
    /// Kept for somebody.
    pub reserved: Register<u32>,
    /// Used by people who wait for a place elsewhere.
    pub boarding: Register<u32>,
    /// Discharges planned.
    pub planned_discharges: Register<u32>,
}

/// What a station said of itself.
#[derive(Debug, Clone, Default)]
pub struct StatusState {
    /// Open or not.
    pub open: Register<bool>,
    /// Takes people in until.
    pub intake_until: Register<Instant>,
    /// The last care ends.
    pub last_care_until: Register<Instant>,
    /// The doors close.
    pub doors_until: Register<Instant>,
    /// Services by name.
    pub services: BTreeMap<Word, Register<ServiceState>>,
    /// Why, in its own words.
    pub reason: Register<String>,
}

/// Whose the event is that a correction names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Corrected {
    /// Its own source's.
    Own,
    /// Only another source's.
    Others,
    /// Nothing of that name is known of the ticket.
    Unknown,
}

/// What an event named for the first time: to be forgotten one day.
pub(super) enum Named {
    Ticket(TicketId),
    Task(TaskId),
}

impl StationState {
    /// Takes in one event. Returns the ticket or task that it named for the first time, if it did.
    pub(super) fn absorb(
        &mut self,
        event: &Event,
        sequence: u64,
        received: Instant,
        words: &mut Words,
    ) -> Option<Named> {
        let stamp = Arc::new(Stamp::of(event));
        let mut first_named = None;
        match &event.said {
            Said::QueueObserved(observed) => self.observe_queue(observed, &stamp),
            Said::Ticket(ticket, step) => {
                first_named = self.step(event, ticket, step, sequence, &stamp, words).map(Named::Ticket);
            }
            Said::Corrected(correction) => {
                first_named = self.correct(event, correction, sequence, words).map(Named::Ticket);
            }
            Said::StaffingObserved(observed) => self.observe_staff(observed, &stamp),
            Said::StaffingPlanned(plan) => self.plan(plan, &stamp),
            Said::OnCall(duty) => self.call(duty, &stamp),
            Said::CapacityObserved(observed) => self.observe_capacity(observed, &stamp),
            Said::Slots(slots) => {
                let key = (slots.profession.clone(), slots.urgency.clone());
                self.slots.entry(key).or_default().hear(&stamp, &told_slots(slots));
            }
            Said::StationStatus(status) => self.observe_status(status, &stamp),
            Said::ContactObserved(observed) => self.observe_contact(observed, &stamp),
            Said::Task(task, step) => {
                let first = self.step_of_task(task, step, sequence, &stamp);
                first_named = first.then(|| Named::Task(task.clone()));
            }
            Said::UnitStatus(status) => self.observe_unit(status, &stamp),
            Said::NoticePosted(id, notice) => self.notices.post(id, notice, &stamp),
            Said::NoticeWithdrawn(id) => self.notices.withdraw(id, &stamp),
            // Said of no station's stream.
            Said::AlarmAcknowledged(..)
            | Said::AlarmShelved(..)
            | Said::NoteAdded(..)
            | Said::NoteRemoved(..)
            | Said::HandoverSigned(_) => {}
            Said::Heartbeat { interval } => {
                self.feeds.entry(event.source.clone()).or_default().beat(&stamp, *interval, received);
            }
        }
        // A correction's own time only orders corrections: it is no news of the station. A notice is written for its
        // people and not about what they do. What a person says until a moment is no sign of life of a feed; without
        // an end it ages as a feed's word does.
        let is_of_feed = stamp.by.is_none() || stamp.valid_until.is_none();
        if let Some(family) = family_of(&event.said).filter(|_| is_of_feed) {
            self.feeds.entry(event.source.clone()).or_default().hear(&stamp, family, received);
        }
        first_named
    }

    /// Whether this feed has spoken of the station.
    pub(super) fn hears(&self, feed: &FeedId) -> bool {
        self.feeds.contains_key(feed)
    }

    /// Whose the event is that a correction names, as far as the ticket knows.
    pub(super) fn corrected(&self, correction: &Correction, source: &FeedId, words: &Words) -> Corrected {
        let Some(ticket) = self.tickets.get(&correction.ticket) else { return Corrected::Unknown };
        let source = words.find(source.as_str());
        match &correction.corrects {
            own if ticket.is_of(own, source) => Corrected::Own,
            others if ticket.is_of_others(others, source) => Corrected::Others,
            _ => Corrected::Unknown,
        }
    }

    /// The time of the step that a correction names.
    pub(super) fn time_of(&self, correction: &Correction, source: &FeedId, words: &Words) -> Option<Instant> {
        self.tickets.get(&correction.ticket)?.time_of(&correction.corrects, words.find(source.as_str())?)
    }

    /// Forgets a ticket unless a fact since `horizon` spoke of it, or it is of somebody here who was
    /// heard of since `silent_since`. Answers whether it is still remembered.
    pub(super) fn forget(
        &mut self,
        ticket: &TicketId,
        horizon: u64,
        silent_since: Instant,
        words: &Words,
    ) -> bool {
        let spoken_of = self.tickets.get(ticket).is_some_and(|known| known.last_sequence() >= horizon);
        if spoken_of || self.present.get(ticket).is_some_and(|visit| visit.last_heard >= silent_since) {
            return true;
        }
        let before = self.tickets.remove(ticket).map(|ticket| ticket.stays(words)).unwrap_or_default();
        self.present.remove(ticket);
        // Whoever still waited is no more in any queue; what is over stays as it was.
        let over: Vec<_> = before.iter().copied().filter(|stay| stay.until.is_some()).collect();
        self.note_waits(&before, &over, words);
        false
    }

    /// Works out what follows from tickets and tasks: who is here, what is open, and which lanes corrections name.
    pub(super) fn find_present(&mut self, words: &Words) {
        let here = |(id, ticket): (&TicketId, &Arc<Ticket>)| Some((id.clone(), ticket.visit(words)?));
        self.present = self.tickets.iter().filter_map(here).collect();
        let corrected: Vec<_> =
            self.tickets.values().flat_map(|ticket| ticket.corrected_lanes(words)).collect();
        for (lane, stamp) in corrected {
            self.name(&lane, &Arc::new(stamp));
        }
        self.find_departures(words);
        self.find_open_tasks();
    }

    pub(super) fn drop_ended(&mut self, words: &Words) {
        // Who left lately may come back, and has then not departed.
        let departed: BTreeSet<&TicketId> = self.departures.iter().map(|(_, id)| id).collect();
        let stays = |id: &TicketId| self.present.contains_key(id) || departed.contains(id);
        self.tickets.retain(|id, ticket| stays(id) || !ticket.has_ended(words));
        self.drop_ended_tasks();
    }

    fn observe_queue(&mut self, observed: &QueueObserved, stamp: &Arc<Stamp>) {
        let Some(lane) = &observed.lane else { return };
        let lane = self.lanes.entry(lane.clone()).or_default();
        lane.waiting.hear(stamp, &observed.waiting);
        lane.waiting_by_urgency.hear(stamp, &observed.waiting_by_urgency);
        lane.in_care.hear(stamp, &observed.in_care);
        lane.present.hear(stamp, &observed.present);
        lane.longest_wait_s.hear(stamp, &observed.longest_wait_s);
        lane.note_told(observed, stamp.time);
    }

    fn step(
        &mut self,
        event: &Event,
        id: &TicketId,
        step: &Step,
        sequence: u64,
        stamp: &Arc<Stamp>,
        words: &mut Words,
    ) -> Option<TicketId> {
        if let Step::Joined { lane, .. } | Step::Moved { lane } = step {
            self.name(lane, stamp);
        }
        self.retell(id, words, |ticket, words| ticket.add_step(event, step, sequence, words))
    }

    fn correct(
        &mut self,
        event: &Event,
        correction: &Correction,
        sequence: u64,
        words: &mut Words,
    ) -> Option<TicketId> {
        self.retell(&correction.ticket, words, |ticket, words| {
            ticket.correct(event, correction, sequence, words)
        })
    }

    fn name(&mut self, lane: &LaneId, stamp: &Arc<Stamp>) {
        let lane = self.lanes.entry(lane.clone()).or_default();
        lane.named = newer(lane.named.take(), stamp);
    }

    /// Changes a ticket's story and looks where it stands now.
    fn retell(
        &mut self,
        id: &TicketId,
        words: &mut Words,
        change: impl FnOnce(&mut Ticket, &mut Words),
    ) -> Option<TicketId> {
        let first = !self.tickets.contains_key(id);
        let ticket = self.tickets.entry(id.clone()).or_default();
        let ticket = Arc::make_mut(ticket);
        let (left_before, stays_before) = (ticket.left_care_at(words), ticket.stays(words));
        let spells_before = ticket.spells();
        change(ticket, words);
        let (left, stays, spells) = (ticket.left_care_at(words), ticket.stays(words), ticket.spells());
        // A lane that somebody turns out to have been in is named by the step that took them there.
        let corrected = ticket.corrected_lanes(words);
        match ticket.visit(words) {
            Some(visit) => {
                self.present.insert(id.clone(), visit);
            }
            None => {
                self.present.remove(id);
            }
        }
        self.note_departure(id, left_before, left);
        self.note_stays(&stays_before, &stays, words);
        self.note_spells(&spells_before, &spells, words);
        self.note_waits(&stays_before, &stays, words);
        for (lane, stamp) in corrected {
            self.name(&lane, &Arc::new(stamp));
        }
        first.then(|| id.clone())
    }

    fn observe_capacity(&mut self, observed: &CapacityObserved, stamp: &Arc<Stamp>) {
        let places = self.capacity.entry(observed.resource.clone()).or_default();
        places.total.hear(stamp, &observed.total);
        places.staffed.hear(stamp, &observed.staffed);
        places.occupied.hear(stamp, &observed.occupied);
        places.reserved.hear(stamp, &observed.reserved);
        places.boarding.hear(stamp, &observed.boarding);
        places.planned_discharges.hear(stamp, &observed.planned_discharges);
    }

    fn observe_status(&mut self, status: &StationStatus, stamp: &Arc<Stamp>) {
        self.status.open.hear(stamp, &status.open);
        self.status.intake_until.hear(stamp, &status.intake_until);
        self.status.last_care_until.hear(stamp, &status.last_care_until);
        self.status.doors_until.hear(stamp, &status.doors_until);
        self.status.reason.hear(stamp, &status.reason);
        for (service, state) in &status.services {
            let told = state.map_or(Told::Withdrawn, Told::Value);
            self.status.services.entry(service.clone()).or_default().hear(stamp, &told);
        }
    }
}

fn newer(known: Option<Arc<Stamp>>, stamp: &Arc<Stamp>) -> Option<Arc<Stamp>> {
    match known {
        Some(known) if known >= *stamp => Some(known),
        Some(_) | None => Some(Arc::clone(stamp)),
    }
}

fn told_slots(slots: &Slots) -> Told<BTreeMap<u32, Instant>> {
    Told::Value(slots.next_free.clone())
}

/// The service that an event belongs to; `None` for those that are no news of a station.
const fn family_of(said: &Said) -> Option<&'static str> {
    match said {
        Said::QueueObserved(_) | Said::Ticket(..) | Said::ContactObserved(_) | Said::Task(..) => {
            Some("queue")
        }
        Said::StaffingObserved(_) | Said::StaffingPlanned(_) | Said::OnCall(_) => Some("staffing"),
        Said::CapacityObserved(_) | Said::Slots(_) | Said::StationStatus(_) | Said::UnitStatus(_) => {
            Some("capacity")
        }
        Said::Corrected(_)
        | Said::NoticePosted(..)
        | Said::NoticeWithdrawn(_)
        | Said::AlarmAcknowledged(..)
        | Said::AlarmShelved(..)
        | Said::NoteAdded(..)
        | Said::NoteRemoved(..)
        | Said::HandoverSigned(_)
        | Said::Heartbeat { .. } => None,
    }
}
