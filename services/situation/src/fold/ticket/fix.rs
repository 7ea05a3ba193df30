//! Corrections of a ticket's steps, and of each other.

use std::cmp::Ordering;

use super::{Entry, MAX_STEPS_PER_TICKET, Ticket, What, mask};
use crate::event::{Correction, Event};
use crate::fold::told::Stamp;
use crate::fold::words::{Symbol, Words};
use crate::name::{EventId, FeedId, LaneId};
use crate::time::Instant;

/// A correction; they apply in the order of their own times.
#[derive(Debug, Clone)]
pub struct Fix {
    /// Its own time.
    pub time: Instant,
    /// Who told it, and of whose event.
    pub source: Symbol,
    /// The event.
    pub id: EventId,
    /// The event that was wrong.
    pub corrects: EventId,
    /// Whether that never happened.
    pub void: Option<bool>,
    /// The right lane.
    pub lane: Option<Symbol>,
    /// The right urgency.
    pub urgency: Option<Symbol>,
    /// The right needs that began and that ended.
    pub needs: Option<(u16, u16)>,
}

/// What a correction says once later corrections of it are heeded.
struct Ruling {
    void: Option<bool>,
    lane: Option<Symbol>,
    urgency: Option<Symbol>,
    needs: Option<(u16, u16)>,
}

impl Ticket {
    /// Adds a correction, of a step that may not have come yet.
    pub fn correct(&mut self, event: &Event, correction: &Correction, sequence: u64, words: &mut Words) {
        let set = &correction.set;
        let fix = Fix {
            time: event.time,
            source: words.symbol(event.source.as_str()),
            id: event.id.clone(),
            corrects: correction.corrects.clone(),
            void: correction.void,
            lane: set.lane.as_ref().map(|lane| words.symbol(lane.as_str())),
            urgency: set.urgency.as_ref().map(|code| words.symbol(code.as_str())),
            needs: set.what.as_ref().map(|what| mask(what.iter())),
        };
        let order = |known: &Fix| {
            (known.time, words.text(known.source), &known.id).cmp(&(
                fix.time,
                words.text(fix.source),
                &fix.id,
            ))
        };
        let at = self.fixes.partition_point(|known| order(known) == Ordering::Less);
        if self.fixes.get(at).is_some_and(|known| order(known) == Ordering::Equal) {
            return;
        }
        self.fixes.insert(at, fix);
        if self.fixes.len() > MAX_STEPS_PER_TICKET {
            self.fixes.remove(0);
        }
        self.last_sequence = self.last_sequence.max(sequence);
    }

    /// When the step that a correction names happened, also by way of a correction that it corrects.
    pub fn time_of(&self, corrects: &EventId, source: Symbol) -> Option<Instant> {
        self.step_of(corrects, source).map(|step| step.time)
    }

    fn step_of(&self, corrects: &EventId, source: Symbol) -> Option<&Entry> {
        let mut named = corrects;
        // Every turn goes on to another correction; who corrects himself in a circle corrects nothing.
        for _ in 0..=self.fixes.len() {
            let of_source = |step: &&Entry| step.source == source && step.id == *named;
            if let Some(step) = self.steps.iter().find(of_source) {
                return Some(step);
            }
            named = &self.fixes.iter().find(|fix| fix.source == source && fix.id == *named)?.corrects;
        }
        None
    }

    /// Whether an event of this ticket is known as a source's.
    pub fn is_of(&self, id: &EventId, source: Option<Symbol>) -> bool {
        self.tellers(id).any(|teller| Some(teller) == source)
    }

    /// Whether an event of this ticket is known, and only as another source's.
    pub fn is_of_others(&self, id: &EventId, source: Option<Symbol>) -> bool {
        self.tellers(id).next().is_some() && !self.is_of(id, source)
    }

    /// The sources that told an event of this id about the ticket.
    fn tellers(&self, id: &EventId) -> impl Iterator<Item = Symbol> {
        let steps = self.steps.iter().filter(move |step| step.id == *id).map(|step| step.source);
        steps.chain(self.fixes.iter().filter(move |fix| fix.id == *id).map(|fix| fix.source))
    }

    /// The lanes that corrections of known steps name, each with the stamp of its step. All of them, and not
    /// only those that hold in the end: which one that is may depend on what has come so far.
    pub fn corrected_lanes(&self, words: &Words) -> Vec<(LaneId, Stamp)> {
        let named = |fix: &Fix| {
            let lane = LaneId::new(words.text(fix.lane?));
            let step = self.step_of(&fix.corrects, fix.source)?;
            if !matches!(step.what, What::Joined { .. } | What::Moved { .. }) {
                return None;
            }
            let source = FeedId::new(words.text(step.source));
            Some((lane, Stamp { time: step.time, source, id: step.id.clone(), by: None, valid_until: None }))
        };
        self.fixes.iter().filter_map(named).collect()
    }

    /// A step as its corrections leave it; `None` if it is void.
    pub(super) fn amended(&self, step: &Entry) -> Option<What> {
        let mut what = step.what;
        let mut void = false;
        for (at, fix) in self.fixes.iter().enumerate() {
            if fix.source != step.source || fix.corrects != step.id {
                continue;
            }
            let Some(ruling) = self.ruling(at) else { continue };
            void = ruling.void.unwrap_or(void);
            what = match what {
                What::Joined { lane, urgency } => {
                    What::Joined { lane: ruling.lane.unwrap_or(lane), urgency: ruling.urgency.or(urgency) }
                }
                What::Triaged { urgency } => What::Triaged { urgency: ruling.urgency.unwrap_or(urgency) },
                What::Moved { lane } => What::Moved { lane: ruling.lane.unwrap_or(lane) },
                What::WaitingFor { on, off } => {
                    let (on, off) = ruling.needs.unwrap_or((on, off));
                    What::WaitingFor { on, off }
                }
                What::CareStarted => What::CareStarted,
                What::Left => What::Left,
            };
        }
        (!void).then_some(what)
    }

    /// What the correction at this place says; `None` if a later one says that it never happened. A later one that
    /// sets members puts them in the place of what this one sets.
    fn ruling(&self, place: usize) -> Option<Ruling> {
        let fix = self.fixes.get(place)?;
        let Fix { void, lane, urgency, needs, .. } = *fix;
        let mut ruling = Ruling { void, lane, urgency, needs };
        let mut never_happened = false;
        for (at, later) in self.fixes.iter().enumerate().skip(place + 1) {
            if later.source != fix.source || later.corrects != fix.id {
                continue;
            }
            let Some(change) = self.ruling(at) else { continue };
            never_happened = change.void.unwrap_or(never_happened);
            ruling.lane = change.lane.or(ruling.lane);
            ruling.urgency = change.urgency.or(ruling.urgency);
            ruling.needs = change.needs.or(ruling.needs);
        }
        (!never_happened).then_some(ruling)
    }
}
