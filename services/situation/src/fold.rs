//! The fold: from facts to what is going on.
//!
//! Every piece keeps what it was told together with when it happened, so the order in which facts
//! arrive does not matter: a late one finds its place. Two folds of the same facts are equal, whatever
//! way the facts took.

mod contact;
mod dispatch;
mod feed;
mod gist;
mod heard_in;
mod history;
mod hourly;
mod lessons;
mod local_hours;
mod look;
mod note;
mod notice;
mod pace;
mod room;
mod signed;
mod staffing;
pub mod state;
mod station;
mod ticket;
mod told;
mod waits;
mod words;

pub use dispatch::MAX_OPEN_TASKS_PER_STATION;
pub use gist::{Hero, Story};
pub use lessons::Lessons;
pub use look::{Expected, Look, expect, look};
pub use note::MAX_NOTES;
pub use notice::MAX_NOTICES;
pub use room::Lack;
pub use signed::{MAX_SIGNED, Signature, Signatures, SignedShifts};
pub use station::{Corrected, MAX_NAMES_PER_STATION, StationState};
pub use ticket::{MAX_STEPS_PER_TICKET, Passage, Turn, Visit};
pub use waits::{JUDGED, LEAST, LONGEST, MEMORY};

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::board::NoticeFigures;
use crate::event::{Correction, Event, Note, Said};
use crate::name::{FeedId, NoteId, NoticeId, StationId, TaskId, TicketId};
use crate::time::Instant;
use crate::trail::Trail;
use feed::FeedState;
use note::Notes;
use notice::Notices;
use station::Named;
use told::Stamp;
use words::Words;

/// Closed tickets and tasks, like intakes, are remembered for this many facts: a step that comes late still
/// finds the visit that it belongs to.
pub const MEMORY_FACTS: u64 = 1_048_576;

/// Somebody who never left, or a task that was never closed, is remembered for this long after the last word of them, however many facts
/// others cause meanwhile. Far beyond every lane's limit, so that who comes back from *unresolved* does.
const OPEN_MEMORY: Duration = Duration::from_secs(30 * 24 * 3600);

/// What is going on in an area, as far as the facts folded so far tell.
#[derive(Debug, Clone, Default)]
pub struct Situation {
    /// Shared with copies of the situation until something is said of the station.
    stations: BTreeMap<StationId, Arc<StationState>>,
    /// Heartbeats that speak for a whole feed.
    beats: BTreeMap<FeedId, FeedState>,
    words: Words,
    /// Tickets by the fact at which they were first named or last asked for: whom to forget next.
    remembered: Trail<(u64, StationId, TicketId)>,
    /// Tasks likewise.
    remembered_tasks: Trail<(u64, StationId, TaskId)>,
    /// What everybody in the area should know.
    notices: Notices,
    /// What people at the desk wrote to each other.
    notes: Notes,
    /// Who signed which shift's report.
    signed: SignedShifts,
}

/// Which stations' figures an event may have changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Touched {
    /// One station.
    Station(StationId),
    /// Every station that listens to this feed.
    Feed(FeedId),
    /// No station, but what the area's boards show besides them.
    Area,
    /// Nothing.
    Nothing,
}

impl Situation {
    /// Folds one recorded event in. `sequence` and `received` are its fact's.
    pub fn absorb(&mut self, event: &Event, sequence: u64, received: Instant) -> Touched {
        // The door refuses what has no room. What it let in ahead of its time may find the room taken.
        if self.lacks_room_for(event).is_some() {
            return event
                .station
                .clone()
                .map_or_else(|| Touched::Feed(event.source.clone()), Touched::Station);
        }
        let Some(id) = &event.station else { return self.absorb_for_all(event, sequence, received) };
        if !self.stations.contains_key(id) {
            self.stations.insert(id.clone(), Arc::default());
        }
        let station = self.stations.get_mut(id).map(Arc::make_mut);
        match station.and_then(|it| it.absorb(event, sequence, received, &mut self.words)) {
            Some(Named::Ticket(ticket)) => self.remembered.push((sequence, id.clone(), ticket)),
            Some(Named::Task(task)) => self.remembered_tasks.push((sequence, id.clone(), task)),
            None => {}
        }
        self.forget(sequence, event.time);
        Touched::Station(id.clone())
    }

    /// What names no station is a feed's heartbeat, a notice to everybody, or a word from the desk. The door refuses
    /// the rest.
    fn absorb_for_all(&mut self, event: &Event, sequence: u64, received: Instant) -> Touched {
        let stamp = Arc::new(Stamp::of(event));
        match &event.said {
            Said::Heartbeat { interval } => {
                self.beats.entry(event.source.clone()).or_default().beat(&stamp, *interval, received);
                Touched::Feed(event.source.clone())
            }
            Said::NoticePosted(id, notice) => {
                self.notices.post(id, notice, &stamp);
                Touched::Area
            }
            Said::NoticeWithdrawn(id) => {
                self.notices.withdraw(id, &stamp);
                Touched::Area
            }
            Said::NoteAdded(id, note) => {
                self.notes.add(id, note, &stamp);
                Touched::Area
            }
            Said::NoteRemoved(id, _) => {
                self.notes.remove(id, &stamp);
                Touched::Area
            }
            Said::HandoverSigned(signing) => {
                self.signed.sign(signing, event.time, sequence);
                Touched::Area
            }
            // What becomes of alarms is kept with them, in the order in which it came in.
            Said::AlarmAcknowledged(..) | Said::AlarmShelved(..) => Touched::Nothing,
            Said::QueueObserved(_)
            | Said::Ticket(..)
            | Said::Corrected(_)
            | Said::StaffingObserved(_)
            | Said::StaffingPlanned(_)
            | Said::OnCall(_)
            | Said::CapacityObserved(_)
            | Said::Slots(_)
            | Said::StationStatus(_)
            | Said::ContactObserved(_)
            | Said::Task(..)
            | Said::UnitStatus(_) => Touched::Feed(event.source.clone()),
        }
    }

    /// The notices to the whole area that hold at a moment, and when that changes by itself.
    #[must_use]
    pub fn notices(&self, clock: Instant) -> (BTreeMap<NoticeId, NoticeFigures>, Option<Instant>) {
        self.notices.look(clock)
    }

    /// The notes that hold at a moment with when they were written, and when that changes by itself.
    #[must_use]
    pub fn notes(&self, clock: Instant) -> (BTreeMap<NoteId, (Instant, Note)>, Option<Instant>) {
        self.notes.look(clock)
    }

    /// Who signed which shift's report.
    #[must_use]
    pub const fn signed(&self) -> &SignedShifts {
        &self.signed
    }

    /// Whose the event is that a correction names, as far as its ticket knows.
    #[must_use]
    pub fn corrected(&self, event: &Event, correction: &Correction) -> Corrected {
        let station = event.station.as_ref().and_then(|id| self.stations.get(id));
        station.map_or(Corrected::Unknown, |it| it.corrected(correction, &event.source, &self.words))
    }

    /// The state of a station, if anything was ever said of it.
    #[must_use]
    pub fn station(&self, id: &StationId) -> Option<&StationState> {
        self.stations.get(id).map(Arc::as_ref)
    }

    /// Whether a station's figures hang on this feed's heartbeats.
    #[must_use]
    pub fn listens(&self, station: &StationId, feed: &FeedId) -> bool {
        self.stations.get(station).is_some_and(|state| state.hears(feed))
    }

    /// The feeds that have spoken about a station.
    pub fn heard_at(&self, station: &StationId) -> impl Iterator<Item = &FeedId> {
        self.stations.get(station).into_iter().flat_map(|state| state.feeds.keys())
    }

    /// The time of the event that a correction changes: where in the past it takes effect. `None`
    /// while that event is not known.
    #[must_use]
    pub fn takes_effect_at(&self, event: &Event) -> Option<Instant> {
        let Said::Corrected(correction) = &event.said else { return Some(event.time) };
        self.stations.get(event.station.as_ref()?)?.time_of(correction, &event.source, &self.words)
    }

    /// Leaves out every visit and every task that has ended. Only for folds in event order (a correction stands with the
    /// event it corrects), which never need them again: what comes later happened later.
    pub fn drop_ended(&mut self) {
        self.remembered = Trail::default();
        self.remembered_tasks = Trail::default();
        self.signed = self.signed.newest();
        for station in self.stations.values_mut() {
            Arc::make_mut(station).drop_ended(&self.words);
        }
    }

    fn forget(&mut self, sequence: u64, now: Instant) {
        let horizon = sequence.saturating_sub(MEMORY_FACTS);
        let silent_since = now.minus(OPEN_MEMORY);
        while self.remembered.first().is_some_and(|(first, _, _)| *first < horizon) {
            let Some((_, id, ticket)) = self.remembered.pop() else { return };
            let Some(station) = self.stations.get_mut(&id).map(Arc::make_mut) else { continue };
            if station.forget(&ticket, horizon, silent_since, &self.words) {
                self.remembered.push((sequence, id, ticket));
            }
        }
        while self.remembered_tasks.first().is_some_and(|(first, _, _)| *first < horizon) {
            let Some((_, id, task)) = self.remembered_tasks.pop() else { return };
            let Some(station) = self.stations.get_mut(&id).map(Arc::make_mut) else { continue };
            if station.forget_task(&task, horizon, silent_since) {
                self.remembered_tasks.push((sequence, id, task));
            }
        }
    }
}
