//! Tasks that somebody is sent to, and the units that are sent.

use super::Told;
use crate::name::{UnitId, UrgencyCode, Word};
use crate::time::Instant;

/// Something in the life of a task.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskStep {
    /// What happened to it.
    pub stage: TaskStage,
    /// What sort of task it is. This and the rest: what is not told stays as it was.
    pub kind: Option<TaskKind>,
    /// A code of one of the area's schemes.
    pub urgency: Option<UrgencyCode>,
    /// Where.
    pub zone: Option<Word>,
    /// Who goes.
    pub unit: Option<UnitId>,
    /// How it ended.
    pub outcome: Option<Word>,
}

/// The stages of a task. Their order is the order of life, and it breaks ties between steps of one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the contract's own words")]
pub enum TaskStage {
    Received,
    Assigned,
    OnScene,
    Closed,
}

/// What sort of task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the contract's own words")]
pub enum TaskKind {
    Dispatch,
    HomeVisit,
    SafetyPhone,
    Transport,
    Interpreter,
}

/// What a unit does. Absent members leave earlier values.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitStatus {
    /// Which.
    pub unit: UnitId,
    /// What it does.
    pub state: Told<UnitState>,
    /// Where it is.
    pub zone: Told<Word>,
    /// What it can do; this holds whatever becomes of the rest.
    pub competence: Told<Word>,
    /// How long its state and place hold; after that they are not known.
    pub until: Option<Instant>,
}

/// What a unit does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the contract's own words")]
pub enum UnitState {
    Free,
    Assigned,
    Travelling,
    OnScene,
    Off,
}

impl TaskStage {
    /// The contract's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Assigned => "assigned",
            Self::OnScene => "on_scene",
            Self::Closed => "closed",
        }
    }
}

impl TaskKind {
    /// The contract's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dispatch => "dispatch",
            Self::HomeVisit => "home_visit",
            Self::SafetyPhone => "safety_phone",
            Self::Transport => "transport",
            Self::Interpreter => "interpreter",
        }
    }
}

impl UnitState {
    /// The contract's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Assigned => "assigned",
            Self::Travelling => "travelling",
            Self::OnScene => "on_scene",
            Self::Off => "off",
        }
    }
}
