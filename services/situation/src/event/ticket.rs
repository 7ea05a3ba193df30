//! The life of one ticket, and what was wrongly said of it.

use std::collections::BTreeMap;

use crate::name::{EventId, LaneId, TicketId, UrgencyCode};

/// How somebody came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the contract's own words")]
pub enum Channel {
    WalkIn,
    Ambulance,
    Police,
    Phone,
    Chat,
    Referral,
}

/// How a visit ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the contract's own words")]
pub enum Outcome {
    Treated,
    Unseen,
    Booked,
    Advised,
    Redirected,
    Remote,
    Admitted,
    Transferred,
    NoShow,
    Emergency,
    Died,
}

/// What somebody is waiting for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the contract's own words")]
pub enum Need {
    Triage,
    Doctor,
    Nurse,
    Laboratory,
    Imaging,
    Consultation,
    Bed,
    Transport,
    Interpreter,
    Guard,
}

/// A step in the life of a ticket. The order of the variants is the order of life, and it breaks
/// ties between steps of one moment.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// Came to a lane.
    Joined {
        /// Which.
        lane: LaneId,
        /// As judged at the door, if it was.
        urgency: Option<UrgencyCode>,
        /// How.
        channel: Option<Channel>,
    },
    /// Was judged.
    Triaged {
        /// The judgement.
        urgency: UrgencyCode,
    },
    /// Went over to another lane of the station.
    Moved {
        /// Which.
        lane: LaneId,
    },
    /// Began (`true`) or ceased (`false`) to wait for things.
    WaitingFor {
        /// Only what is mentioned changes.
        what: BTreeMap<Need, bool>,
    },
    /// Was taken in.
    CareStarted,
    /// Left.
    Left {
        /// How it ended.
        outcome: Option<Outcome>,
    },
}

impl Step {
    /// The place in the order of life.
    #[must_use]
    pub const fn rank(&self) -> u8 {
        match self {
            Self::Joined { .. } => 0,
            Self::Triaged { .. } => 1,
            Self::Moved { .. } => 2,
            Self::WaitingFor { .. } => 3,
            Self::CareStarted => 4,
            Self::Left { .. } => 5,
        }
    }
}

/// Says that an earlier event about a ticket was wrong, which may be a correction itself. It takes effect at the
/// time of the step that is corrected in the end.
#[derive(Debug, Clone, PartialEq)]
pub struct Correction {
    /// The ticket.
    pub ticket: TicketId,
    /// The id of the wrong event, of the same source.
    pub corrects: EventId,
    /// `Some(true)`: it never happened. `Some(false)`: it did after all.
    pub void: Option<bool>,
    /// Members to put in the wrong ones' place.
    pub set: Amendment,
}

/// The members that a correction puts in place; those that the corrected step lacks do nothing. Of a corrected
/// correction they take the place of what that one put.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Amendment {
    /// The right lane.
    pub lane: Option<LaneId>,
    /// The right urgency.
    pub urgency: Option<UrgencyCode>,
    /// The right channel.
    pub channel: Option<Channel>,
    /// The right outcome.
    pub outcome: Option<Outcome>,
    /// The right needs.
    pub what: Option<BTreeMap<Need, bool>>,
}
