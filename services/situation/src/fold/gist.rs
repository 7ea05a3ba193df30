//! A situation without the stories that are over.
//!
//! Most of a situation is stories of people who have left: they are remembered for what may still be said of them. To
//! go on from a past situation for a while they are not needed, but for the few that are spoken of in that while.

use std::sync::Arc;

use super::dispatch::Task;
use super::station::StationState;
use super::ticket::Ticket;
use super::{MEMORY_FACTS, Situation};
use crate::event::{Event, Said};
use crate::name::{StationId, TaskId, TicketId};
use crate::trail::Trail;

/// Whom or what an event tells a story of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Hero {
    /// Somebody at a station.
    Ticket(StationId, TicketId),
    /// A task of one.
    Task(StationId, TaskId),
}

/// A story as it stood.
#[derive(Debug, Clone)]
pub struct Story(Telling);

#[derive(Debug, Clone)]
enum Telling {
    Ticket(StationId, TicketId, Arc<Ticket>),
    Task(StationId, TaskId, Arc<Task>),
}

impl Hero {
    /// Of whom an event tells, if it tells a story.
    #[must_use]
    pub fn of(event: &Event) -> Option<Self> {
        let station = event.station.clone()?;
        match &event.said {
            Said::Ticket(ticket, _) => Some(Self::Ticket(station, ticket.clone())),
            Said::Corrected(correction) => Some(Self::Ticket(station, correction.ticket.clone())),
            Said::Task(task, _) => Some(Self::Task(station, task.clone())),
            Said::QueueObserved(_)
            | Said::StaffingObserved(_)
            | Said::StaffingPlanned(_)
            | Said::OnCall(_)
            | Said::CapacityObserved(_)
            | Said::Slots(_)
            | Said::StationStatus(_)
            | Said::ContactObserved(_)
            | Said::UnitStatus(_)
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
}

impl Situation {
    /// The situation without the stories that are over. Facts up to `until` make of it what they make of the whole, if
    /// every story that they go on is put back with [`Situation::recall`], as it stood.
    #[must_use]
    pub fn gist(&self, until: u64) -> Self {
        // Only these can be forgotten in the meantime.
        let horizon = until.saturating_sub(MEMORY_FACTS);
        let Self { stations, beats, words, remembered, remembered_tasks, notices, notes, signed } = self;
        Self {
            stations: stations.iter().map(|(id, station)| (id.clone(), Arc::new(station.gist()))).collect(),
            beats: beats.clone(),
            words: words.clone(),
            remembered: before(remembered, horizon),
            remembered_tasks: before(remembered_tasks, horizon),
            notices: notices.clone(),
            notes: notes.clone(),
            signed: signed.newest(),
        }
    }

    /// The story of somebody or something, as it stands, if there is one.
    #[must_use]
    pub fn story(&self, hero: &Hero) -> Option<Story> {
        let (Hero::Ticket(station, _) | Hero::Task(station, _)) = hero;
        let state = self.stations.get(station)?;
        Some(Story(match hero {
            Hero::Ticket(station, id) => {
                Telling::Ticket(station.clone(), id.clone(), Arc::clone(state.tickets.get(id)?))
            }
            Hero::Task(station, id) => {
                Telling::Task(station.clone(), id.clone(), Arc::clone(state.tasks.get(id)?))
            }
        }))
    }

    /// Puts a story back that [`Situation::gist`] left out.
    pub fn recall(&mut self, Story(telling): Story) {
        let (Telling::Ticket(station, ..) | Telling::Task(station, ..)) = &telling;
        let Some(state) = self.stations.get_mut(station).map(Arc::make_mut) else { return };
        match telling {
            Telling::Ticket(_, id, ticket) => {
                state.tickets.entry(id).or_insert(ticket);
            }
            Telling::Task(_, id, task) => {
                state.tasks.entry(id).or_insert(task);
            }
        }
    }
}

impl StationState {
    fn gist(&self) -> Self {
        // Every member is named, so that a new one stops the build until somebody knows whether it may be left out.
        let Self {
            lanes,
            tickets,
            present,
            departures,
            waits,
            staff,
            plans,
            on_call,
            capacity,
            slots,
            status,
            contacts,
            tasks,
            open_tasks,
            units,
            notices,
            feeds,
        } = self;
        let here = |id: &TicketId| Some((id.clone(), Arc::clone(tickets.get(id)?)));
        let open = |id: &TaskId| Some((id.clone(), Arc::clone(tasks.get(id)?)));
        Self {
            lanes: lanes.clone(),
            tickets: present.keys().filter_map(here).collect(),
            present: present.clone(),
            departures: departures.clone(),
            waits: waits.clone(),
            staff: staff.clone(),
            plans: plans.clone(),
            on_call: on_call.clone(),
            capacity: capacity.clone(),
            slots: slots.clone(),
            status: status.clone(),
            contacts: contacts.clone(),
            tasks: open_tasks.keys().filter_map(open).collect(),
            open_tasks: open_tasks.clone(),
            units: units.clone(),
            notices: notices.clone(),
            feeds: feeds.clone(),
        }
    }
}

/// The entries of earlier facts, which come first.
fn before<T: Clone>(trail: &Trail<(u64, StationId, T)>, horizon: u64) -> Trail<(u64, StationId, T)> {
    trail.iter().take_while(|(sequence, ..)| *sequence < horizon).cloned().collect()
}
