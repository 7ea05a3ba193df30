//! Whether what an event names fits into the memory: a source that invents names must not fill it.

use super::Situation;
use super::dispatch::MAX_OPEN_TASKS_PER_STATION;
use super::notice::Notices;
use super::station::{MAX_NAMES_PER_STATION, StationState};
use crate::event::{Event, Said, TaskStage};
use crate::name::NoticeId;

/// Names that tickets' stories may use together: sources, lanes, urgencies. A county has some hundred; a
/// source that invents others must not fill the memory.
const MAX_WORDS: usize = 65_536;

/// What there is no room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// One more name of its kind.
    Names,
    /// One more open task.
    Tasks,
    /// One more notice.
    Notices,
    /// One more note.
    Notes,
}

impl Situation {
    /// What an event would need room for that there is not; `None` if it fits.
    #[must_use]
    pub fn lacks_room_for(&self, event: &Event) -> Option<Lack> {
        if self.words.find(event.source.as_str()).is_none() && self.words.len() >= MAX_WORDS {
            return Some(Lack::Names);
        }
        match &event.station {
            Some(id) => self.stations.get(id)?.lacks_room_for(event),
            None => self.lacks_room_for_words_to_all(event),
        }
    }

    fn lacks_room_for_words_to_all(&self, event: &Event) -> Option<Lack> {
        match &event.said {
            Said::NoticePosted(id, _) | Said::NoticeWithdrawn(id) => lacks_notice(&self.notices, id, event),
            Said::NoteAdded(id, _) | Said::NoteRemoved(id, _) => {
                (!self.notes.has_room_for(id, event.time)).then_some(Lack::Notes)
            }
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
            | Said::UnitStatus(_)
            | Said::AlarmAcknowledged(..)
            | Said::AlarmShelved(..)
            | Said::HandoverSigned(_)
            | Said::Heartbeat { .. } => None,
        }
    }
}

impl StationState {
    fn lacks_room_for(&self, event: &Event) -> Option<Lack> {
        let names =
            |known: bool, count: usize| (!known && count >= MAX_NAMES_PER_STATION).then_some(Lack::Names);
        let lack = match &event.said {
            Said::StaffingObserved(observed) => {
                let post = (observed.role.clone(), observed.lane.clone());
                names(self.staff.contains_key(&post), self.staff.len())
            }
            Said::CapacityObserved(observed) => {
                names(self.capacity.contains_key(&observed.resource), self.capacity.len())
            }
            Said::Slots(slots) => {
                let key = (slots.profession.clone(), slots.urgency.clone());
                names(self.slots.contains_key(&key), self.slots.len())
            }
            Said::StationStatus(status) => {
                let known = &self.status.services;
                let new = status.services.keys().filter(|name| !known.contains_key(*name)).count();
                (known.len() + new > MAX_NAMES_PER_STATION).then_some(Lack::Names)
            }
            Said::ContactObserved(observed) => {
                let line = (observed.line.clone(), observed.language.clone());
                names(self.contacts.contains_key(&line), self.contacts.len())
            }
            Said::UnitStatus(status) => names(self.units.contains_key(&status.unit), self.units.len()),
            Said::Task(task, step) => {
                let full = self.open_tasks.len() >= MAX_OPEN_TASKS_PER_STATION;
                let opens = step.stage != TaskStage::Closed && !self.open_tasks.contains_key(task);
                (full && opens).then_some(Lack::Tasks)
            }
            Said::NoticePosted(notice, _) | Said::NoticeWithdrawn(notice) => {
                lacks_notice(&self.notices, notice, event)
            }
            Said::QueueObserved(_)
            | Said::Ticket(..)
            | Said::Corrected(_)
            | Said::StaffingPlanned(_)
            | Said::OnCall(_)
            | Said::AlarmAcknowledged(..)
            | Said::AlarmShelved(..)
            | Said::NoteAdded(..)
            | Said::NoteRemoved(..)
            | Said::HandoverSigned(_)
            | Said::Heartbeat { .. } => None,
        };
        lack.or_else(|| names(self.feeds.contains_key(&event.source), self.feeds.len()))
    }
}

fn lacks_notice(notices: &Notices, id: &NoticeId, event: &Event) -> Option<Lack> {
    (!notices.has_room_for(id, event.time)).then_some(Lack::Notices)
}
