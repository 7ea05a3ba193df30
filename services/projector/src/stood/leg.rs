//! A stretch of the journal, and what it takes to fold it.

use proto::block::ChainHash;
use proto::snapshot::{Projection, read_boards, read_mark, write_boards, write_marks};
use situation::board::{Boards, BoardsState};
use situation::time::Instant;

use super::Stood;
use crate::timeline::Described;

/// Facts of a leg: about twenty milliseconds of folding.
pub(super) const SHORTEST: u64 = 4_096;

/// Legs of the shortest kind; further on a leg is as long as this part of the journal before it. So a journal of a
/// hundred million facts has not six times as many as one of seventeen million, but less than three, and no file is
/// ever thrown away to make room.
const SHORTEST_LEGS: u64 = 4_096;

/// How many facts the leg that begins after a fact has.
pub(super) fn length(from: u64) -> u64 {
    SHORTEST.max(from / SHORTEST_LEGS)
}

/// Parts of a leg with a mark between them. To look at the boards after each fact takes thirty times as long as to fold it,
/// and is needed only to know what people were told: from a mark on, and not from the leg's beginning.
const PARTS: u64 = 64;

/// Facts between two marks of the leg that begins after a fact.
pub(super) fn spacing(from: u64) -> u64 {
    length(from) / PARTS
}

/// What people had been told at a fact of a leg, without what was going on.
#[derive(Clone)]
pub(crate) struct Mark {
    /// The chain's head after the fact.
    pub head: ChainHash,
    pub told: BoardsState,
}

/// The state after a fact, with all that the facts of the leg need.
#[derive(Clone)]
pub(crate) struct Leg {
    /// The fact after which it stands.
    pub from: u64,
    /// The last fact that may be folded from here on.
    pub until: u64,
    /// The chain's head after the fact at which it begins.
    pub head: ChainHash,
    /// What was going on, without what the leg does not need.
    pub state: BoardsState,
    /// The area's description that was in force, if there was one.
    pub described: Option<Described>,
    /// What people had been told on the way, in the order of the facts. Of a leg that was asked for, the last one before a fact.
    pub marks: Vec<Mark>,
}

impl Leg {
    /// The boards' clock at its beginning.
    pub const fn clock(&self) -> Instant {
        self.state.clock
    }

    /// The bytes of its files: the state, and the marks. Work for a thread that may take its time.
    pub fn encode(self) -> Result<(Vec<u8>, Vec<u8>), String> {
        let marks = write_marks(self.marks.iter().map(|mark| (&mark.told, &mark.head)));
        let projection = Projection {
            boards: self.state,
            areas: self.described.into_iter().collect(),
            ..Projection::default()
        };
        let state = write_boards(&projection, &self.head).map_err(|error| error.to_string())?;
        Ok((state, marks.map_err(|error| error.to_string())?))
    }

    /// The boards at its beginning.
    pub fn begin(self) -> Stood {
        Stood { boards: Boards::of(self.state), head: self.head, until: self.until }
    }

    /// The last mark at a fact or before it, and none of the others any more.
    pub fn take_mark_before(&mut self, sequence: u64) -> Option<Mark> {
        std::mem::take(&mut self.marks).into_iter().rfind(|mark| mark.told.sequence <= sequence)
    }

    /// The last mark at a fact or before it.
    pub fn mark_before(&self, sequence: u64) -> Option<Mark> {
        self.marks.iter().rev().find(|mark| mark.told.sequence <= sequence).cloned()
    }
}

/// A leg that was put away, without its marks. Work for a thread that may take its time.
pub(super) fn decode(file: &[u8], from: u64, until: u64) -> Result<Leg, String> {
    let (stand, projection) = read_boards(file).map_err(|error| error.to_string())?;
    if stand.sequence != from {
        return Err(format!("it stands at fact {}, which is not what its name says", stand.sequence));
    }
    let (head, state) = (stand.head, projection.boards);
    Ok(Leg { from, until, head, state, described: None, marks: Vec::new() })
}

/// The last mark of a leg's file of marks at a fact or before it.
pub(super) fn mark(file: &[u8], sequence: u64) -> Result<Option<Mark>, String> {
    let mark = read_mark(file, sequence).map_err(|error| error.to_string())?;
    Ok(mark.map(|(stand, told)| Mark { head: stand.head, told }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn legs_grow_so_slowly_that_there_are_never_too_many() {
        let legs = |facts: u64| {
            let (mut at, mut count) = (0, 0_u64);
            while at < facts {
                at += length(at);
                count += 1;
            }
            count
        };
        assert_eq!(legs(10_000_000), 2_442);
        assert!((4_000..4_200).contains(&legs(16_777_216)));
        assert!(legs(100_000_000) < 12_000, "{}", legs(100_000_000));
        assert!(legs(320_000_000) < 16_384, "{}", legs(320_000_000));
    }
}
