//! What was recorded. A fact is in the past tense and never changes.

use std::sync::Arc;

use crate::area::Area;
use crate::event::Event;
use crate::time::Instant;

/// One fact of the log.
#[derive(Debug, Clone)]
pub struct Fact {
    /// Its place: 1, 2, 3 … without gaps.
    pub sequence: u64,
    /// When the intake stamped it; never before an earlier fact's.
    pub received: Instant,
    /// What.
    pub body: Body,
}

/// What was recorded.
#[derive(Debug, Clone)]
pub enum Body {
    /// The log of an area began. Sequence 1.
    LogBegun {
        /// Opaque; positions of different epochs cannot be compared.
        epoch: Arc<str>,
        /// Whether everything in this log was invented by the simulator.
        simulated: bool,
    },
    /// The area is described like this from here on.
    AreaConfigured {
        /// The description as it was read, opaque here.
        document: Arc<str>,
        /// What it means.
        area: Arc<Area>,
    },
    /// A moment came at which some board changes by itself.
    ClockReached {
        /// The moment.
        due: Instant,
    },
    /// A source or a person said something.
    Event(Box<Event>),
    /// The log goes on from a copy of itself. Positions of earlier epochs may not hold any more.
    LogRestored {
        /// The epoch from here on.
        epoch: Arc<str>,
        /// Whether everything in this log was invented by the simulator.
        simulated: bool,
        /// What every board says of it.
        restored: Restored,
    },
    /// The intake comes from another stream from here on. Nothing changes on a board.
    StreamChanged {
        /// Which stream, opaque: no two streams ever have the same.
        identity: Arc<str>,
    },
}

/// That a log was restored, and to which moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Restored {
    /// When the last fact before it was received: what came after that is not in this log unless it was
    /// sent again.
    pub to: Instant,
    /// When it was restored.
    pub at: Instant,
}

impl Fact {
    /// When it happened: for facts of our own, when they were recorded.
    #[must_use]
    pub fn event_time(&self) -> Instant {
        match &self.body {
            Body::Event(event) => event.time,
            Body::ClockReached { due } => *due,
            Body::LogBegun { .. }
            | Body::AreaConfigured { .. }
            | Body::LogRestored { .. }
            | Body::StreamChanged { .. } => self.received,
        }
    }
}
