//! The Decider: what is recorded of what comes in.
//!
//! `decide(state, intake) → decision` and `evolve(state, fact) → state`. Only the order of the intake
//! and what it carries (its receiving time among it) influence a decision, so every replica decides
//! alike.

mod check;
mod memory;
mod state;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

pub use check::{Refusal, Unsignable};
use memory::{Memory, Recall};
pub use memory::{MemoryState, Remembered};
pub use state::{DeciderState, Stream};

use crate::area::Area;
use crate::board::{Boards, Changed};
use crate::event::Event;
use crate::fact::{Body, Fact};
use crate::name::StationId;
use crate::time::Instant;

/// An event may be this far ahead of the intake's clock: source systems' clocks drift by minutes.
pub const MAX_AHEAD: Duration = Duration::from_secs(5 * 60);

/// Events ahead of the clock that are held back until their time, at the most: minutes of a large area's
/// events, should every source's clock be wrong at once.
pub const MAX_HELD: usize = 65_536;

/// What comes in.
#[derive(Debug, Clone)]
pub enum Intake {
    /// A log is to begin.
    Begin {
        /// Drawn by the recorder.
        epoch: Arc<str>,
        /// Whether the simulator feeds it.
        simulated: bool,
    },
    /// The area is to be described like this.
    Area {
        /// As it was read.
        document: Arc<str>,
        /// What it means.
        area: Arc<Area>,
    },
    /// A moment was reached. What names a moment after the time at which it comes in is let go: whoever said it
    /// has a clock that is ahead.
    Clock {
        /// Which.
        due: Instant,
    },
    /// The intake comes from another stream from here on.
    Stream {
        /// Which.
        identity: Arc<str>,
    },
    /// Somebody says something.
    Event(Box<Event>),
    /// Somebody says something that is to be recorded only while the station's stream, all facts with that
    /// subject, stands at this version: the sequence of the last of them, 0 while there is none.
    Expecting(Box<Event>, u64),
}

/// What becomes of it.
#[derive(Debug, Clone)]
pub enum Decision {
    /// It is recorded.
    Record(Body),
    /// It was, as this fact.
    Known(u64),
    /// Nothing changed, and there was nothing to say: a moment that had passed, a description that
    /// was in force.
    Nothing,
    /// It is not recorded, and why.
    Refuse(Refusal),
}

/// The state that decisions rest on.
#[derive(Debug, Clone, Default)]
pub struct Decider {
    boards: Boards,
    document: Option<Arc<str>>,
    memory: Memory,
    /// The version of each station's stream. A recorded event is of a station that the area had, so there
    /// are no more than the area's files have named.
    versions: BTreeMap<StationId, u64>,
    received: Instant,
    stream: Option<Stream>,
}

impl Decider {
    /// Decides. Changes nothing: see [`Decider::evolve`].
    #[must_use]
    pub fn decide(&self, intake: Intake, received: Instant) -> Decision {
        match intake {
            Intake::Begin { epoch, simulated } => match self.boards.epoch() {
                Some(_) => Decision::Nothing,
                None => Decision::Record(Body::LogBegun { epoch, simulated }),
            },
            Intake::Area { document, area } => {
                if self.document.as_ref() == Some(&document) {
                    Decision::Nothing
                } else {
                    Decision::Record(Body::AreaConfigured { document, area })
                }
            }
            Intake::Clock { due } => {
                if due <= self.boards.clock() || due > received {
                    Decision::Nothing
                } else {
                    Decision::Record(Body::ClockReached { due })
                }
            }
            Intake::Stream { identity } => Decision::Record(Body::StreamChanged { identity }),
            Intake::Event(event) => self.decide_event(event, None, received),
            Intake::Expecting(event, version) => self.decide_event(event, Some(version), received),
        }
    }

    fn decide_event(&self, event: Box<Event>, expected: Option<u64>, received: Instant) -> Decision {
        match self.memory.recall(&event) {
            Recall::Same(sequence) => return Decision::Known(sequence),
            Recall::Different(sequence) => return Decision::Refuse(Refusal::DifferentContent { sequence }),
            Recall::TooOld(mark) => return Decision::Refuse(Refusal::TooOld { mark }),
            Recall::New => {}
        }
        let Some(area) = self.boards.area() else { return Decision::Refuse(Refusal::NoArea) };
        if event.time > self.received.max(received).plus(MAX_AHEAD) {
            return Decision::Refuse(Refusal::Future { time: event.time });
        }
        if event.time > self.boards.clock().max(received) && self.boards.held() >= MAX_HELD {
            return Decision::Refuse(Refusal::TooManyAhead);
        }
        let allowed = check::check(area, self.boards.situation(), &event, self.corrects_known(&event))
            .and_then(|()| expected.map_or(Ok(()), |expected| self.check_version(&event, expected)));
        match allowed {
            Ok(()) => Decision::Record(Body::Event(event)),
            Err(refusal) => Decision::Refuse(refusal),
        }
    }

    /// Whether an event corrects one that has been recorded and is not held back until its time.
    fn corrects_known(&self, event: &Event) -> bool {
        let named = event.corrects.and_then(|key| self.memory.sequence_of(&key));
        named.is_some_and(|sequence| !self.boards.holds(sequence))
    }

    fn check_version(&self, event: &Event, expected: u64) -> Result<(), Refusal> {
        let Some(station) = &event.station else { return Err(Refusal::VersionOfNothing) };
        match self.version(station) {
            stands if stands == expected => Ok(()),
            stands => Err(Refusal::OtherVersion { station: station.clone(), expected, stands }),
        }
    }

    /// Where a station's stream stands: the sequence of its last fact, 0 while there is none.
    #[must_use]
    pub fn version(&self, station: &StationId) -> u64 {
        self.versions.get(station).copied().unwrap_or(0)
    }

    /// Folds a recorded fact in.
    pub fn evolve(&mut self, fact: &Fact) {
        self.received = self.received.max(fact.received);
        match &fact.body {
            Body::AreaConfigured { document, area: _ } => self.document = Some(Arc::clone(document)),
            Body::Event(event) => {
                self.memory.remember(event, fact.sequence);
                if let Some(station) = &event.station {
                    self.versions.insert(station.clone(), fact.sequence);
                }
            }
            Body::StreamChanged { identity } => {
                self.stream = Some(Stream { identity: Arc::clone(identity), since: fact.sequence });
            }
            Body::LogBegun { .. } | Body::ClockReached { .. } | Body::LogRestored { .. } => {}
        }
        self.boards.fold(fact);
    }

    /// The receiving time for what comes in at `now`: never before an earlier fact's.
    #[must_use]
    pub fn stamp(&self, now: Instant) -> Instant {
        self.received.max(now)
    }

    /// The sequence of the newest fact.
    #[must_use]
    pub const fn sequence(&self) -> u64 {
        self.boards.sequence()
    }

    /// The log's epoch, once it has begun.
    #[must_use]
    pub fn epoch(&self) -> Option<&Arc<str>> {
        self.boards.epoch()
    }

    /// Whether the log is the simulator's.
    #[must_use]
    pub const fn simulated(&self) -> bool {
        self.boards.simulated()
    }

    /// The area in force.
    #[must_use]
    pub fn area(&self) -> Option<&Arc<Area>> {
        self.boards.area()
    }

    /// The receiving time of the newest fact.
    #[must_use]
    pub const fn received(&self) -> Instant {
        self.received
    }

    /// The area's description in force, as it was recorded.
    #[must_use]
    pub const fn document(&self) -> Option<&Arc<str>> {
        self.document.as_ref()
    }

    /// The stream that the intake comes from; `None` where it never came from one.
    #[must_use]
    pub const fn stream(&self) -> Option<&Stream> {
        self.stream.as_ref()
    }

    /// The next moment that should come in as [`Intake::Clock`]. Looks at what changed since it was
    /// last asked, so ask when there is time.
    pub fn next_due(&mut self) -> Option<Instant> {
        self.boards.refresh(Changed::default());
        self.boards.next_due()
    }
}
