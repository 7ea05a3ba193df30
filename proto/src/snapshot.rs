//! The folded state on disk, so that a start need not fold the whole journal.
//!
//! A snapshot is worth nothing by itself: whatever is in it can be folded again from the journal. So one
//! that does not verify is left aside, aloud, and never repaired. It is an envelope around a body:
//!
//! | bytes | what |
//! |---|---|
//! | 4 | magic `9F 54 4B 53` |
//! | 1 | version: how all the rest is laid out |
//! | 1 | what it is: 1 decisions (the recorder's), 2 boards (the projector's), 3 a list of past situations beside it (`kept.rs`) |
//! | 8 | sequence of the last fact in it, little endian |
//! | 32 | the chain's head after that fact |
//! | 2 | length of the epoch's name, little endian |
//! | … | the epoch |
//! | 8 | length of the body once decompressed, little endian |
//! | … | the body: bincode, in zstd |
//! | 32 | BLAKE3 of everything above |
//!
//! The bodies of version 1 are in `v1.rs`; version 2 of decisions, which adds the stream, in `v2.rs`; version 3 of
//! both, which adds contacts, tasks, units and notices, in `v3.rs`; version 4 of both, which adds departures, hours at work,
//! notes and alarms, in `v4.rs`; version 5 of both, which adds what each hour was like and, to
//! boards, levels of strain, in `v5.rs`; version 6 of both, which adds waits, in `v6.rs`; version 7 of both, which adds how many
//! were present in each hour, when the log began and who signed shifts' reports, in `v7.rs`. Boards of an earlier version are left
//! aside: what they lack is shown, and only the
//! journal's facts can tell it. Nothing of a file is believed before its BLAKE3
//! fits, so a damaged one costs no memory beyond its own size.

mod alarms;
mod boards;
mod decisions;
mod desk;
mod envelope;
mod held;
mod history;
mod kept;
mod marks;
mod people;
mod places;
mod present;
mod signed;
mod situation;
mod stamps;
mod station;
mod strain;
mod v1;
mod v2;
mod v3;
mod v4;
mod v5;
mod v6;
mod v7;
mod valvomo;
mod waits;

use std::sync::Arc;

use ::situation::area::Area;
use ::situation::board::BoardsState;
use ::situation::event::Event;
use ::situation::fold::Situation;
use ::situation::time::Instant;

use crate::block::ChainHash;

pub use boards::{boards_hash, read_boards, write_boards};
pub use decisions::{decisions_hash, read_decisions, write_decisions};
pub use kept::{KeptEntry, KeptList, read_kept, write_kept};
pub use marks::{read_mark, write_marks};

/// The most bytes of a snapshot's file that are read: ten times what five million facts take.
pub const MAX_FILE: usize = 512 * 1024 * 1024;

/// The most bytes of a body once decompressed. A state beyond it is not written, and its start folds the
/// journal: some two hundred million facts.
pub const MAX_BODY: usize = 1024 * 1024 * 1024;

/// Where in which log a snapshot was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stand {
    /// The log's epoch then.
    pub epoch: String,
    /// The last fact in it.
    pub sequence: u64,
    /// The chain's head after that fact: a journal that has another there is another journal.
    pub head: ChainHash,
}

/// What the projector holds besides what it has drawn.
#[derive(Debug, Clone, Default)]
pub struct Projection {
    /// The boards of now.
    pub boards: BoardsState,
    /// Every description of the area, with its receiving time and its document. The last is the boards'.
    pub areas: Vec<(Instant, Arc<str>, Arc<Area>)>,
    /// The facts in event order: time and sequence.
    pub places: Vec<(Instant, u64)>,
    /// Corrections in the order of their sequences, with their receiving times.
    pub corrections: Vec<(u64, Instant, Arc<Event>)>,
    /// Situations as they were after the fact at a place.
    pub kept: Vec<Kept>,
}

/// A past situation.
#[derive(Debug, Clone)]
pub struct Kept {
    /// After which fact, by event time and sequence.
    pub place: (Instant, u64),
    /// The newest fact in it.
    pub newest: u64,
    /// What was going on.
    pub situation: Situation,
}

/// Why bytes are no snapshot, or a state cannot become one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The first bytes are not a snapshot's.
    #[error("it is not a snapshot")]
    NotASnapshot,
    /// Written by another program.
    #[error("its version {0} is not known to this program")]
    Version(u8),
    /// Of before something that only the journal's facts can tell.
    #[error("its version {0} does not hold all that is shown now: the journal is folded instead, this once")]
    Older(u8),
    /// Not the bytes that were written.
    #[error("its checksum does not fit: it was damaged, or not written to the end")]
    Checksum,
    /// The recorder's where the projector's was asked for, or the other way round.
    #[error("it holds state of kind {0}, not what was asked for")]
    Kind(u8),
    /// The body is beyond the limits, here or there.
    #[error("the state takes {0} bytes, and {MAX_BODY} are the most that are kept")]
    TooBig(usize),
    /// The checksum fits and the body does not: a programming error, now or then.
    #[error("its body cannot be understood: {0}")]
    Body(String),
}

fn body_error(why: impl std::fmt::Display) -> Error {
    Error::Body(why.to_string())
}
