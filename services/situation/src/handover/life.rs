//! What became of somebody: a visit as their ticket's story tells it.

use std::time::Duration;

use crate::event::Outcome;
use crate::fold::{Passage, Turn};
use crate::name::{LaneId, UrgencyCode};
use crate::time::Instant;

/// One visit, from coming to leaving.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Life {
    /// They came.
    pub joined: Instant,
    /// Where they were, one after the other.
    pub stays: Vec<Stay>,
    /// When care began, in which lane, with which urgency.
    pub care: Option<(Instant, LaneId, UrgencyCode)>,
    /// When they left, and how; `None` while they are there.
    pub left: Option<(Instant, Option<Outcome>)>,
    /// In which lane they are, or were last, and as how urgent they are judged.
    pub last: (LaneId, UrgencyCode),
}

/// A time in a lane, waiting or in care, in which they counted as being there.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Stay {
    pub lane: LaneId,
    pub from: Instant,
    pub to: Instant,
    pub in_care: bool,
}

impl Life {
    /// Whether they counted as being there at a moment.
    pub fn is_there_at(&self, at: Instant) -> bool {
        self.stays.iter().any(|stay| stay.from <= at && at < stay.to)
    }
}

/// Who is here, while the story is read.
struct Here {
    life: Life,
    lane: LaneId,
    urgency: Option<UrgencyCode>,
    since: Instant,
    in_care: bool,
}

/// The visits of a story. `silent`: after how long nobody counts any more of whom nothing is heard in a lane. `how` tells
/// how somebody left.
pub(super) fn lives(
    course: &[Passage],
    silent: impl Fn(&LaneId) -> Duration,
    how: impl Fn(&Passage) -> Option<Outcome>,
) -> Vec<Life> {
    let mut told = Vec::new();
    let mut here: Option<Here> = None;
    let mut early = None;
    for passage in course {
        let at = passage.at;
        if let Some(here) = &mut here {
            here.stay_until(at, silent(&here.lane));
        }
        match (&passage.turn, &mut here) {
            (Turn::Joined { lane, urgency }, Some(here)) => {
                here.lane.clone_from(lane);
                here.urgency = urgency.clone().or(here.urgency.take());
            }
            (Turn::Joined { lane, urgency }, None) => {
                here = Some(Here::come(at, lane.clone(), urgency.clone().or(early.take())));
            }
            (Turn::Judged(urgency), Some(here)) => here.urgency.clone_from(urgency),
            (Turn::Judged(urgency), None) => early.clone_from(urgency),
            (Turn::Moved(lane), Some(here)) => here.lane.clone_from(lane),
            (Turn::CareStarted, Some(here)) => here.take_in(at),
            (Turn::Left, _) => {
                told.extend(here.take().map(|here| Life { left: Some((at, how(passage))), ..here.end() }));
                early = None;
            }
            (Turn::Heard, _) | (Turn::Moved(_) | Turn::CareStarted, None) => {}
        }
    }
    if let Some(mut here) = here {
        here.stay_until(Instant::MAX, silent(&here.lane));
        told.push(here.end());
    }
    told
}

impl Here {
    fn come(at: Instant, lane: LaneId, urgency: Option<UrgencyCode>) -> Self {
        let last = (lane.clone(), UrgencyCode::untriaged());
        let life = Life { joined: at, stays: Vec::new(), care: None, left: None, last };
        Self { life, lane, urgency, since: at, in_care: false }
    }

    /// They were where they are until then, or as long as they counted.
    fn stay_until(&mut self, heard: Instant, silent: Duration) {
        let (from, to) = (self.since, heard.min(self.since.plus(silent)));
        if to > from {
            self.life.stays.push(Stay { lane: self.lane.clone(), from, to, in_care: self.in_care });
        }
        self.since = heard;
    }

    fn take_in(&mut self, at: Instant) {
        if !self.in_care {
            let urgency = self.urgency.clone().unwrap_or_else(UrgencyCode::untriaged);
            self.life.care = Some((at, self.lane.clone(), urgency));
        }
        self.in_care = true;
    }

    fn end(self) -> Life {
        let urgency = self.urgency.unwrap_or_else(UrgencyCode::untriaged);
        Life { last: (self.lane, urgency), ..self.life }
    }
}
