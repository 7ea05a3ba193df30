//! The stories of tasks, and what was said of units.

use std::cmp::Ordering;
use std::sync::Arc;

use super::station::StationState;
use super::ticket::MAX_STEPS_PER_TICKET;
use super::told::{Register, Stamp};
use crate::board::TaskFigures;
use crate::event::{TaskKind, TaskStage, TaskStep, UnitState, UnitStatus};
use crate::name::{TaskId, UnitId, UrgencyCode, Word};
use crate::time::Instant;

/// Tasks of one station that may be open at once. In a storm a county has some hundred; a feed that never
/// closes any must fill neither the memory nor the board.
pub const MAX_OPEN_TASKS_PER_STATION: usize = 1_024;

/// A task's story keeps at most this many steps, the newest, as a ticket's does.
const MAX_STEPS_PER_TASK: usize = MAX_STEPS_PER_TICKET;

/// All that was said of one task, in the order in which it happened.
#[derive(Debug, Clone, Default)]
pub struct Task {
    /// Its steps, in the order of life.
    pub steps: Vec<TaskEntry>,
    /// The newest fact about it, and so how long it is remembered.
    pub last_sequence: u64,
}

/// One step of a task.
#[derive(Debug, Clone)]
pub struct TaskEntry {
    /// When it happened, and who told it.
    pub stamp: Arc<Stamp>,
    /// What happened.
    pub step: TaskStep,
}

/// What was said of a unit.
#[derive(Debug, Clone, Default)]
pub struct UnitTold {
    /// What it does.
    pub state: Register<UnitState>,
    /// Where it is.
    pub zone: Register<Word>,
    /// What it can do.
    pub competence: Register<Word>,
}

impl Task {
    /// Adds a step where it belongs.
    fn add(&mut self, entry: TaskEntry, sequence: u64) {
        let at = self.steps.partition_point(|known| known.cmp(&entry) == Ordering::Less);
        if self.steps.get(at).is_some_and(|known| known.cmp(&entry) == Ordering::Equal) {
            return;
        }
        self.steps.insert(at, entry);
        if self.steps.len() > MAX_STEPS_PER_TASK {
            // The oldest step goes, but never its receipt: without it nobody would know that there is a task.
            let oldest = self.steps.iter().position(|known| known.step.stage != TaskStage::Received);
            self.steps.remove(oldest.unwrap_or(0));
        }
        self.last_sequence = self.last_sequence.max(sequence);
    }

    /// Where the task stands; `None` while nobody has received it, and once it is closed.
    ///
    /// As with a ticket, what was said of it a moment before it was received is kept for it, and after it is closed
    /// it is nobody's until it is received again.
    pub fn open(&self) -> Option<TaskFigures> {
        let story = self.story();
        let (state, since) = story.state?;
        Some(TaskFigures {
            feed: story.newest?.source.clone(),
            kind: story.kind,
            urgency: story.urgency.cloned(),
            zone: story.zone.cloned(),
            unit: story.unit.cloned(),
            state,
            since,
            received_at: story.received_at?,
            assigned_at: story.assigned_at,
            on_scene_at: story.on_scene_at,
        })
    }

    /// Whether nothing that happens later can hang on what is known.
    pub fn has_ended(&self) -> bool {
        self.story().newest.is_none()
    }

    /// When anybody last spoke of it.
    fn last_heard(&self) -> Option<Instant> {
        self.steps.last().map(|entry| entry.stamp.time)
    }

    fn story(&self) -> Story<'_> {
        let mut story = Story::default();
        for entry in &self.steps {
            story.go_on(entry);
        }
        story
    }
}

impl TaskEntry {
    fn cmp(&self, other: &Self) -> Ordering {
        fn order(entry: &TaskEntry) -> impl Ord {
            let Stamp { time, source, id, .. } = entry.stamp.as_ref();
            (*time, entry.step.stage, source.clone(), id.clone())
        }
        order(self).cmp(&order(other))
    }
}

/// A task since it was last closed.
#[derive(Default)]
struct Story<'a> {
    newest: Option<&'a Stamp>,
    state: Option<(TaskStage, Instant)>,
    received_at: Option<Instant>,
    assigned_at: Option<Instant>,
    on_scene_at: Option<Instant>,
    kind: Option<TaskKind>,
    urgency: Option<&'a UrgencyCode>,
    zone: Option<&'a Word>,
    unit: Option<&'a UnitId>,
}

impl<'a> Story<'a> {
    fn go_on(&mut self, entry: &'a TaskEntry) {
        let TaskStep { stage, kind, urgency, zone, unit, outcome: _ } = &entry.step;
        let at = entry.stamp.time;
        match stage {
            TaskStage::Received => {
                self.received_at = self.received_at.or(Some(at));
                // Told again with more detail, or after a second system has assigned it a moment early: no step back.
                self.state = self.state.or(Some((*stage, at)));
            }
            TaskStage::Assigned => {
                // Whoever was there before is not the one who goes now.
                (self.assigned_at, self.on_scene_at) = (Some(at), None);
                self.state = Some((*stage, at));
            }
            TaskStage::OnScene => {
                self.on_scene_at = Some(at);
                self.state = Some((*stage, at));
            }
            TaskStage::Closed => {
                *self = Self::default();
                return;
            }
        }
        self.newest = Some(&entry.stamp);
        self.kind = kind.or(self.kind);
        self.urgency = urgency.as_ref().or(self.urgency);
        self.zone = zone.as_ref().or(self.zone);
        self.unit = unit.as_ref().or(self.unit);
    }
}

impl StationState {
    /// Takes in a task's step. Answers whether the task was named for the first time.
    pub(super) fn step_of_task(
        &mut self,
        id: &TaskId,
        step: &TaskStep,
        sequence: u64,
        stamp: &Arc<Stamp>,
    ) -> bool {
        let first = !self.tasks.contains_key(id);
        let task = Arc::make_mut(self.tasks.entry(id.clone()).or_default());
        task.add(TaskEntry { stamp: Arc::clone(stamp), step: step.clone() }, sequence);
        match task.open() {
            Some(open) => self.open_tasks.insert(id.clone(), open),
            None => self.open_tasks.remove(id),
        };
        first
    }

    /// Forgets a task unless a fact since `horizon` spoke of it, or it is open and was heard of since
    /// `silent_since`. Answers whether it is still remembered.
    pub(super) fn forget_task(&mut self, id: &TaskId, horizon: u64, silent_since: Instant) -> bool {
        let Some(task) = self.tasks.get(id) else { return false };
        let heard = task.last_heard().is_some_and(|at| at >= silent_since);
        if task.last_sequence >= horizon || (heard && self.open_tasks.contains_key(id)) {
            return true;
        }
        self.tasks.remove(id);
        self.open_tasks.remove(id);
        false
    }

    /// Works out which tasks are open.
    pub(super) fn find_open_tasks(&mut self) {
        let open = |(id, task): (&TaskId, &Arc<Task>)| Some((id.clone(), task.open()?));
        self.open_tasks = self.tasks.iter().filter_map(open).collect();
    }

    pub(super) fn drop_ended_tasks(&mut self) {
        let open = &self.open_tasks;
        self.tasks.retain(|id, task| open.contains_key(id) || !task.has_ended());
    }

    pub(super) fn observe_unit(&mut self, status: &UnitStatus, stamp: &Arc<Stamp>) {
        let unit = self.units.entry(status.unit.clone()).or_default();
        unit.state.hear(stamp, &status.state);
        unit.zone.hear(stamp, &status.zone);
        unit.competence.hear(stamp, &status.competence);
    }
}
