//! What the desk looks at beside queues, people and places: shifts, duties, contacts, tasks, units, notices.

use std::collections::BTreeMap;

use crate::calendar::OpenFor;
use crate::event::{NoticeKind, NoticeText, TaskKind, TaskStage, UnitState};
use crate::name::{FeedId, Trilingual, UnitId, UrgencyCode, Word};
use crate::time::Instant;

/// A shift of a weekend.
#[derive(Debug, Clone, PartialEq)]
pub struct ShiftFigures {
    /// Its name.
    pub name: Trilingual,
    /// It ends.
    pub to: Instant,
    /// Whether the station is open in it, by its timetable.
    pub open: Option<OpenFor>,
    /// Open only from then on.
    pub opens: Option<Instant>,
    /// Open only until then.
    pub closes: Option<Instant>,
    /// Why that is not as usual.
    pub reason: Option<Trilingual>,
    /// By role, or `role.lane`.
    pub staff: BTreeMap<String, ShiftStaff>,
}

/// People of a role in a shift, at its worst moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ShiftStaff {
    /// Needed.
    pub required: Option<u32>,
    /// Planned.
    pub planned: Option<u32>,
    /// Required less planned, above 0 only.
    pub gap: Option<u32>,
    /// The fewest that were at work so far, by the last word of each hour.
    pub actual: Option<u32>,
}

/// Who is on call.
#[derive(Debug, Clone, PartialEq)]
pub struct OnCallFigures {
    /// Whose word it is.
    pub feed: FeedId,
    /// What for.
    pub duty: Word,
    /// The role.
    pub role: Word,
    /// From here …
    pub from: Instant,
    /// … to here.
    pub to: Instant,
    /// A role's number.
    pub contact: Option<String>,
    /// Languages in order of preference.
    pub languages: Vec<Word>,
}

/// The traffic of a telephone line, a chat or a form.
#[derive(Debug, Clone, PartialEq)]
pub struct ContactFigures {
    /// Which line.
    pub line: Word,
    /// The language that is answered, where it is counted by language.
    pub language: Option<Word>,
    /// Whose word it is.
    pub feed: Option<FeedId>,
    /// Whose figures they are, where they are not this area's alone: such as `uusimaa`.
    pub coverage: Option<Word>,
    /// Contacts that were offered.
    pub offered: Option<u32>,
    /// Of them, answered.
    pub answered: Option<u32>,
    /// Of them, given up.
    pub abandoned: Option<u32>,
    /// People who wait to be called back.
    pub callbacks_waiting: Option<u32>,
    /// Since when the first of them waits.
    pub oldest_callback: Option<Instant>,
    /// Agents at work.
    pub agents: Option<u32>,
    /// How many waited to be called back at the same time on the last days alike, the newest as 1; those that are known.
    pub callbacks_before: BTreeMap<u32, (Instant, u32)>,
    /// As of a lane: a person's word.
    pub observed_by: Option<Word>,
    /// When they said it.
    pub observed_at: Option<Instant>,
    /// Until when it holds.
    pub valid_until: Option<Instant>,
}

/// A task that is open.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskFigures {
    /// Whose word the newest of it is.
    pub feed: FeedId,
    /// What sort of task.
    pub kind: Option<TaskKind>,
    /// How urgent, by a scheme of the area's.
    pub urgency: Option<UrgencyCode>,
    /// Where.
    pub zone: Option<Word>,
    /// Who goes, or went last.
    pub unit: Option<UnitId>,
    /// How it stands; never closed.
    pub state: TaskStage,
    /// Since when.
    pub since: Instant,
    /// When it was first received.
    pub received_at: Instant,
    /// When it was last assigned.
    pub assigned_at: Option<Instant>,
    /// When that one was on the scene.
    pub on_scene_at: Option<Instant>,
}

/// A unit.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitFigures {
    /// Whose word the newest of it is.
    pub feed: Option<FeedId>,
    /// What it does; `None` once that is not known any more.
    pub state: Option<UnitState>,
    /// Since when, at the latest.
    pub since: Option<Instant>,
    /// Where it is.
    pub zone: Option<Word>,
    /// What it can do.
    pub competence: Option<Word>,
    /// How long its state holds.
    pub until: Option<Instant>,
}

/// A notice that holds.
#[derive(Debug, Clone, PartialEq)]
pub struct NoticeFigures {
    /// Who posted it.
    pub feed: FeedId,
    /// What it is about.
    pub kind: NoticeKind,
    /// Its words, in the languages that were written.
    pub text: NoticeText,
    /// Since when it holds.
    pub from: Instant,
    /// Until when; `None`: until it is withdrawn.
    pub until: Option<Instant>,
}
