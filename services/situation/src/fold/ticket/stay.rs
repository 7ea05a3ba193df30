//! How long somebody waited in a lane, as their story tells it.

use super::{Ticket, Visit};
use crate::fold::words::{Symbol, Words};
use crate::time::Instant;

/// Somebody's time of waiting in one lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stay {
    /// Where.
    pub lane: Symbol,
    /// When they came into it.
    pub came: Instant,
    /// How it ended, once it has.
    pub over: Option<Wait>,
}

/// A wait in a lane that is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Wait {
    /// When care began, or the person left the lane without it.
    pub ended: Instant,
    /// When the person came into the lane.
    pub came: Instant,
    /// Whether it ended with care. Who leaves, is booked or sent elsewhere stood in the queue and says nothing of how
    /// long one waits for care.
    pub seen: bool,
    /// As judged when it ended.
    pub urgency: Option<Symbol>,
}

impl Visit {
    /// Goes over into a lane. Who waits there begins to.
    pub(super) fn go_to(&mut self, lane: Symbol, at: Instant, over: &mut impl FnMut(Stay)) {
        if self.lane == lane {
            return;
        }
        self.stop_waiting(at, false, over);
        self.lane = lane;
        self.came = at;
    }

    /// Ends the wait, if this is one who waits.
    pub(super) fn stop_waiting(&self, at: Instant, seen: bool, over: &mut impl FnMut(Stay)) {
        if !self.in_care {
            let wait = Wait { ended: at, came: self.came, seen, urgency: self.urgency };
            over(Stay { lane: self.lane, came: self.came, over: Some(wait) });
        }
    }
}

impl Ticket {
    /// The times of waiting, in their order; the last may not be over.
    pub fn stays(&self, words: &Words) -> Vec<Stay> {
        let mut stays = Vec::new();
        let (visit, _) = self.story(words, |stay| stays.push(stay));
        let waits = visit.filter(|visit| !visit.in_care);
        stays.extend(waits.map(|visit| Stay { lane: visit.lane, came: visit.came, over: None }));
        stays
    }
}
