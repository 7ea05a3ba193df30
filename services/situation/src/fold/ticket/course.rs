//! A ticket's story step by step, for whoever counts what became of people.

use super::{Ticket, What};
use crate::fold::Situation;
use crate::fold::words::Words;
use crate::name::{EventId, FeedId, LaneId, StationId, TicketId, UNTRIAGED, UrgencyCode};
use crate::time::Instant;

/// A step of somebody's story, as corrections leave it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// When it happened.
    pub at: Instant,
    /// Who told it.
    pub source: FeedId,
    /// The event that told it.
    pub event: EventId,
    /// What happened.
    pub turn: Turn,
}

/// What happened in a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Turn {
    /// Came, or was said to have come.
    Joined {
        /// To this lane.
        lane: LaneId,
        /// As judged at the door, if it was.
        urgency: Option<UrgencyCode>,
    },
    /// Was judged; `None`: is not judged any more.
    Judged(Option<UrgencyCode>),
    /// Went over to a lane.
    Moved(LaneId),
    /// Something that changes neither place nor care: they are still here.
    Heard,
    /// Was taken in.
    CareStarted,
    /// Left.
    Left,
}

impl Ticket {
    fn course(&self, words: &Words) -> Vec<Passage> {
        let judged = |code: &str| {
            Some(code).filter(|code| *code != UNTRIAGED && !code.is_empty()).map(UrgencyCode::new)
        };
        let turn = |what| match what {
            What::Joined { lane, urgency } => Turn::Joined {
                lane: LaneId::new(words.text(lane)),
                urgency: urgency.and_then(|code| judged(words.text(code))),
            },
            What::Triaged { urgency } => Turn::Judged(judged(words.text(urgency))),
            What::Moved { lane } => Turn::Moved(LaneId::new(words.text(lane))),
            What::WaitingFor { .. } => Turn::Heard,
            What::CareStarted => Turn::CareStarted,
            What::Left => Turn::Left,
        };
        let passage = |step: &super::Entry| {
            Some(Passage {
                at: step.time,
                source: FeedId::new(words.text(step.source)),
                event: step.id.clone(),
                turn: turn(self.amended(step)?),
            })
        };
        self.steps.iter().filter_map(passage).collect()
    }
}

impl Situation {
    /// The story of a ticket; `None` where nothing is remembered of it.
    #[must_use]
    pub fn course(&self, station: &StationId, ticket: &TicketId) -> Option<Vec<Passage>> {
        Some(self.station(station)?.tickets.get(ticket)?.course(&self.words))
    }

    /// Everybody who is somewhere: not come to leave yet.
    pub fn people(&self) -> impl Iterator<Item = (&StationId, &TicketId)> {
        self.stations.iter().flat_map(|(id, state)| state.present.keys().map(move |ticket| (id, ticket)))
    }
}
