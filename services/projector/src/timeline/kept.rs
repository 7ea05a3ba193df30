//! Past situations, as many as make every moment near.

use std::sync::Arc;

use proto::block::{ChainHash, NOTHING};
use proto::snapshot::{self, Projection, read_boards, write_boards};
use situation::fold::Situation;

use super::Place;

/// A situation as it was after the fact at its place, with nobody in it who had left.
#[derive(Clone, Default)]
pub(crate) struct Kept {
    pub situation: Situation,
    /// The newest fact in it.
    pub newest: u64,
}

/// What was known when one was folded: the newest fact, and the first eight bytes of the chain's head there. With the same place and
/// the same of these it is the same, whoever folded it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Known {
    pub sequence: u64,
    pub mark: u64,
}

impl Known {
    pub fn at(sequence: u64, head: &ChainHash) -> Self {
        let mark = head.first_chunk().copied().map_or(0, u64::from_le_bytes);
        Self { sequence, mark }
    }
}

/// Where one is kept: as a file of so many bytes, which takes a few milliseconds to read; in memory, as a file would hold it, where
/// there are no files.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Stored {
    Filed { known: Known, bytes: u64 },
    Packed(Arc<[u8]>),
}

impl Stored {
    /// Bytes in memory.
    pub fn packed(&self) -> u64 {
        match self {
            Self::Filed { .. } => 0,
            Self::Packed(bytes) => bytes.len() as u64,
        }
    }

    /// Bytes on the disk.
    pub const fn filed(&self) -> u64 {
        match self {
            Self::Filed { bytes, .. } => *bytes,
            Self::Packed(_) => 0,
        }
    }

    /// Whether both are one file.
    pub fn is_file_of(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Filed { known, .. }, Self::Filed { known: other, .. }) => known == other,
            _ => false,
        }
    }
}

/// As a file of its own holds it; `None` of one that is too big to be kept. Work for a thread that may take its time.
pub(super) fn pack(place: Place, kept: Kept) -> Option<Vec<u8>> {
    let Kept { situation, newest } = kept;
    let alone = snapshot::Kept { place, newest, situation };
    let projection = Projection { kept: vec![alone], ..Projection::default() };
    write_boards(&projection, &NOTHING).ok()
}

/// What a file of its own holds. Work for a thread that may take its time.
///
/// # Errors
/// A sentence, if it is damaged, or of another place.
pub(super) fn unpack(place: Place, bytes: &[u8]) -> Result<Kept, String> {
    let (_, projection) = read_boards(bytes).map_err(|error| error.to_string())?;
    let alone = projection.kept.into_iter().next().filter(|alone| alone.place == place);
    let alone = alone.ok_or("it is of another moment than its name says")?;
    Ok(Kept { situation: alone.situation, newest: alone.newest })
}
