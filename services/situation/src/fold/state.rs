//! All that a situation holds, laid open for storing. Nobody else looks inside: boards are drawn by
//! [`look`](super::look).

use std::collections::BTreeMap;
use std::sync::Arc;

pub use super::contact::{ContactState, Line};
pub use super::dispatch::{Task, TaskEntry, UnitTold};
pub use super::feed::FeedState;
pub use super::hourly::{Hourly, LaneHour, LastWord, PresentHour};
pub use super::note::{NoteState, Notes};
pub use super::notice::{NoticeState, Notices};
pub use super::pace::Departures;
pub use super::signed::SignedShifts;
pub use super::staffing::{ByHour, Post, StaffState};
pub use super::station::{CapacityState, LaneState, StationState, StatusState};
pub use super::ticket::{Entry, Fix, Ticket, Wait, What};
pub use super::told::{Register, Stamp};
pub use super::waits::{Past, Waits};
pub use super::words::{Symbol, Words};

use super::Situation;
use crate::name::{FeedId, StationId, TaskId, TicketId};
use crate::trail::Trail;

/// A situation in pieces. A new member here must be stored: `proto::snapshot` names each.
#[derive(Debug, Clone, Default)]
pub struct SituationState {
    /// The stations.
    pub stations: BTreeMap<StationId, Arc<StationState>>,
    /// Heartbeats that speak for a whole feed.
    pub beats: BTreeMap<FeedId, FeedState>,
    /// The names that the tickets' symbols stand for.
    pub words: Words,
    /// Tickets by the fact at which they were first named or last asked for.
    pub remembered: Trail<(u64, StationId, TicketId)>,
    /// Tasks likewise.
    pub remembered_tasks: Trail<(u64, StationId, TaskId)>,
    /// What everybody in the area should know.
    pub notices: Notices,
    /// What people at the desk wrote to each other.
    pub notes: Notes,
    /// Who signed which shift's report.
    pub signed: SignedShifts,
}

impl Situation {
    /// The pieces. Cheap: they are shared with the situation.
    #[must_use]
    pub fn state(&self) -> SituationState {
        let Self { stations, beats, words, remembered, remembered_tasks, notices, notes, signed } =
            self.clone();
        SituationState { stations, beats, words, remembered, remembered_tasks, notices, notes, signed }
    }

    /// The situation of these pieces.
    #[must_use]
    pub fn of(state: SituationState) -> Self {
        let SituationState {
            mut stations,
            beats,
            words,
            remembered,
            remembered_tasks,
            notices,
            notes,
            signed,
        } = state;
        for station in stations.values_mut() {
            Arc::make_mut(station).find_present(&words);
        }
        Self { stations, beats, words, remembered, remembered_tasks, notices, notes, signed }
    }
}
