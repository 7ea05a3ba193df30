//! All that decisions rest on, laid open for storing.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Decider;
use super::memory::{Memory, MemoryState};
use crate::board::{Boards, BoardsState};
use crate::name::StationId;
use crate::time::Instant;

/// The stream that the intake comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stream {
    /// Opaque: no two streams ever have the same.
    pub identity: Arc<str>,
    /// The fact since which it is the one.
    pub since: u64,
}

/// A decider in pieces.
#[derive(Debug, Clone, Default)]
pub struct DeciderState {
    /// What is going on. Which fact changed what is none of a decider's business.
    pub boards: BoardsState,
    /// The area's description as it was recorded.
    pub document: Option<Arc<str>>,
    /// Which events have been recorded.
    pub memory: MemoryState,
    /// The version of each station's stream.
    pub versions: BTreeMap<StationId, u64>,
    /// The receiving time of the newest fact.
    pub received: Instant,
    /// The stream that the intake comes from.
    pub stream: Option<Stream>,
}

impl Decider {
    /// The pieces. Cheap: most is shared with the decider.
    #[must_use]
    pub fn state(&self) -> DeciderState {
        let Self { boards, document, memory, versions, received, stream } = self;
        DeciderState {
            boards: boards.state(),
            document: document.clone(),
            memory: memory.state(),
            versions: versions.clone(),
            received: *received,
            stream: stream.clone(),
        }
    }

    /// The decider of these pieces.
    #[must_use]
    pub fn of(state: DeciderState) -> Self {
        let DeciderState { boards, document, memory, versions, received, stream } = state;
        Self { boards: Boards::of(boards), document, memory: Memory::of(memory), versions, received, stream }
    }
}
