//! The story of one ticket.

mod course;
mod fix;
mod spell;
mod stay;

use std::cmp::Ordering;

pub use course::{Passage, Turn};
pub use fix::Fix;
pub use spell::Spell;
pub use stay::{Stay, Wait};

use super::words::{Symbol, Words};
use crate::event::{Event, Need, Step};
use crate::name::{EventId, UNTRIAGED};
use crate::time::Instant;

/// A ticket's story keeps at most this many steps, the newest: a source that reuses one ticket for
/// ever must not fill the memory.
pub const MAX_STEPS_PER_TICKET: usize = 256;

/// Somebody who is here now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Visit {
    pub(super) lane: Symbol,
    /// `None`: nobody has judged it yet.
    pub(super) urgency: Option<Symbol>,
    /// When they came.
    pub joined: Instant,
    /// When they came into this lane.
    pub(super) came: Instant,
    /// They came to the station with it, and not from another of its lanes.
    pub(super) at_first: bool,
    /// Taken into care.
    pub in_care: bool,
    /// What they wait for, a bit a need.
    pub(super) needs: u16,
    /// The last anyone heard of them.
    pub(super) last_heard: Instant,
}

/// All that was said of one ticket, in the order in which it happened.
#[derive(Debug, Clone, Default)]
pub struct Ticket {
    /// Its steps, in the order of life.
    pub steps: Vec<Entry>,
    /// Its corrections, in the order of their times.
    pub fixes: Vec<Fix>,
    /// The newest fact about it, and so how long it is remembered.
    pub last_sequence: u64,
}

/// One step of a ticket.
#[derive(Debug, Clone)]
pub struct Entry {
    /// When it happened.
    pub time: Instant,
    /// Who told it.
    pub source: Symbol,
    /// The event.
    pub id: EventId,
    /// What happened.
    pub what: What,
}

/// A step with its names as symbols: a year of them is kept. The order is the order of life: see [`Step`].
#[derive(Debug, Clone, Copy)]
pub enum What {
    /// Came.
    Joined {
        /// To this lane.
        lane: Symbol,
        /// As judged at the door.
        urgency: Option<Symbol>,
    },
    /// Was judged.
    Triaged {
        /// The judgement.
        urgency: Symbol,
    },
    /// Went over.
    Moved {
        /// To this lane.
        lane: Symbol,
    },
    /// Began and ceased to wait, a bit a need.
    WaitingFor {
        /// For these it began.
        on: u16,
        /// For these it ended.
        off: u16,
    },
    /// Was taken in.
    CareStarted,
    /// Left.
    Left,
}

impl Ticket {
    /// Adds a step where it belongs.
    pub fn add_step(&mut self, event: &Event, step: &Step, sequence: u64, words: &mut Words) {
        let entry = Entry {
            time: event.time,
            source: words.symbol(event.source.as_str()),
            id: event.id.clone(),
            what: What::of(step, words),
        };
        let at = self.steps.partition_point(|known| known.cmp(&entry, words) == Ordering::Less);
        // A fold of one moment may meet the same step again (see `Ticket::correct`): once is enough.
        if self.steps.get(at).is_some_and(|known| known.cmp(&entry, words) == Ordering::Equal) {
            return;
        }
        self.steps.insert(at, entry);
        if self.steps.len() > MAX_STEPS_PER_TICKET {
            // The oldest step goes, but never a joining: without it nobody would know that somebody is here.
            let oldest = self.steps.iter().position(|step| !matches!(step.what, What::Joined { .. }));
            self.steps.remove(oldest.unwrap_or(0));
        }
        self.last_sequence = self.last_sequence.max(sequence);
    }

    /// Whether nothing that happens later can hang on what is known: nobody is here, nothing waits for
    /// a `joined`, and no correction for the step that it names.
    pub fn has_ended(&self, words: &Words) -> bool {
        let (visit, early_urgency) = self.story(words, |_| {});
        visit.is_none()
            && early_urgency.is_none()
            && self.fixes.iter().all(|fix| self.time_of(&fix.corrects, fix.source).is_some())
    }

    /// Until which fact it has been heard of.
    pub const fn last_sequence(&self) -> u64 {
        self.last_sequence
    }

    /// Where the story stands: somebody who is here, or nobody (not come yet, or gone).
    ///
    /// A ticket counts once its `joined` is known. What was said before that (a triage that a second
    /// system stamped a moment early) is kept for it. After `left` the ticket is nobody's, until it
    /// joins again.
    pub fn visit(&self, words: &Words) -> Option<Visit> {
        self.story(words, |_| {}).0
    }

    /// When somebody left who was in care and has not come back.
    pub fn left_care_at(&self, words: &Words) -> Option<Instant> {
        // Nearly all have not left yet.
        if !self.steps.iter().any(|step| matches!(step.what, What::Left)) || self.visit(words).is_some() {
            return None;
        }
        let told = || self.steps.iter().rev().filter_map(|step| Some((step.time, self.amended(step)?)));
        let (left, _) = told().find(|(_, what)| matches!(what, What::Left))?;
        let in_care = |(at, what): &(Instant, What)| *at <= left && matches!(what, What::CareStarted);
        told().any(|step| in_care(&step)).then_some(left)
    }

    /// The visit, and the urgency that somebody has who is yet to come. Each wait in a lane is told when it is over.
    fn story(&self, words: &Words, mut over: impl FnMut(Stay)) -> (Option<Visit>, Option<Symbol>) {
        let untriaged = words.find(UNTRIAGED);
        let mut early_urgency = None;
        let mut visit: Option<Visit> = None;
        let mut last_heard = Instant::MIN;
        for step in &self.steps {
            let Some(what) = self.amended(step) else { continue };
            last_heard = step.time;
            match (what, &mut visit) {
                (What::Joined { lane, urgency }, Some(here)) => {
                    here.go_to(lane, step.time, &mut over);
                    here.urgency = urgency.filter(|code| Some(*code) != untriaged).or(here.urgency);
                }
                (What::Joined { lane, urgency }, None) => {
                    visit = Some(Visit {
                        lane,
                        urgency: urgency.filter(|code| Some(*code) != untriaged).or(early_urgency.take()),
                        joined: step.time,
                        came: step.time,
                        at_first: true,
                        in_care: false,
                        needs: 0,
                        last_heard,
                    });
                }
                (What::Triaged { urgency }, Some(here)) => {
                    here.urgency = Some(urgency).filter(|code| Some(*code) != untriaged);
                }
                (What::Triaged { urgency }, None) => {
                    early_urgency = Some(urgency).filter(|code| Some(*code) != untriaged);
                }
                (What::Moved { lane }, Some(here)) => here.go_to(lane, step.time, &mut over),
                (What::WaitingFor { on, off }, Some(here)) => here.needs = (here.needs | on) & !off,
                (What::CareStarted, Some(here)) => {
                    here.stop_waiting(step.time, true, &mut over);
                    here.in_care = true;
                }
                (What::Left, here) => {
                    if let Some(here) = here {
                        here.stop_waiting(step.time, false, &mut over);
                    }
                    visit = None;
                    early_urgency = None;
                }
                (What::Moved { .. } | What::WaitingFor { .. } | What::CareStarted, None) => {}
            }
        }
        (visit.map(|visit| Visit { last_heard, ..visit }), early_urgency)
    }
}

impl Entry {
    fn cmp(&self, other: &Self, words: &Words) -> Ordering {
        (self.time, self.what.rank())
            .cmp(&(other.time, other.what.rank()))
            .then_with(|| (words.text(self.source), &self.id).cmp(&(words.text(other.source), &other.id)))
    }
}

impl What {
    /// The place in the order of life, as [`Step::rank`] has it.
    const fn rank(self) -> u8 {
        match self {
            Self::Joined { .. } => 0,
            Self::Triaged { .. } => 1,
            Self::Moved { .. } => 2,
            Self::WaitingFor { .. } => 3,
            Self::CareStarted => 4,
            Self::Left => 5,
        }
    }

    fn of(step: &Step, words: &mut Words) -> Self {
        match step {
            Step::Joined { lane, urgency, channel: _ } => Self::Joined {
                lane: words.symbol(lane.as_str()),
                urgency: urgency.as_ref().map(|code| words.symbol(code.as_str())),
            },
            Step::Triaged { urgency } => Self::Triaged { urgency: words.symbol(urgency.as_str()) },
            Step::Moved { lane } => Self::Moved { lane: words.symbol(lane.as_str()) },
            Step::WaitingFor { what } => {
                let (on, off) = mask(what.iter());
                Self::WaitingFor { on, off }
            }
            Step::CareStarted => Self::CareStarted,
            Step::Left { outcome: _ } => Self::Left,
        }
    }
}

fn mask<'a>(what: impl Iterator<Item = (&'a Need, &'a bool)>) -> (u16, u16) {
    what.fold((0, 0), |(on, off), (need, begins)| {
        let bit = 1_u16 << (*need as u8);
        if *begins { (on | bit, off) } else { (on, off | bit) }
    })
}
