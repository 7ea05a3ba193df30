//! Where and when somebody waited, as their story tells it.

use super::{Ticket, Visit};
use crate::fold::words::{Symbol, Words};
use crate::time::Instant;

/// Somebody waited in a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stay {
    /// Where.
    pub lane: Symbol,
    /// From here …
    pub from: Instant,
    /// … to here, when they were taken in, went over to another lane or left; `None` while they wait.
    pub until: Option<Instant>,
    /// They came to the station with it, and not from another of its lanes.
    pub came: bool,
    /// It ended with care.
    pub seen: bool,
    /// As judged when it ended.
    pub urgency: Option<Symbol>,
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

impl Stay {
    /// The wait, once it is over.
    pub fn over(&self) -> Option<Wait> {
        let Self { from, until, seen, urgency, .. } = *self;
        until.map(|ended| Wait { ended, came: from, seen, urgency })
    }
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
        self.at_first = false;
    }

    /// Ends the wait, if this is one who waits.
    pub(super) fn stop_waiting(&self, at: Instant, seen: bool, over: &mut impl FnMut(Stay)) {
        if let Some(stay) = self.stay() {
            over(Stay { until: Some(at), seen, urgency: self.urgency, ..stay });
        }
    }

    fn stay(&self) -> Option<Stay> {
        let Self { lane, came: from, at_first: came, in_care, .. } = *self;
        (!in_care).then_some(Stay { lane, from, until: None, came, seen: false, urgency: None })
    }
}

impl Ticket {
    /// All of them, in the order of life.
    pub fn stays(&self, words: &Words) -> Vec<Stay> {
        let mut stays = Vec::new();
        let (visit, _) = self.story(words, |stay| stays.push(stay));
        stays.extend(visit.and_then(|visit| visit.stay()));
        stays
    }
}
