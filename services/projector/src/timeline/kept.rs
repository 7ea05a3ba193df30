//! Past situations, as many as make every moment near.

use std::sync::Arc;

use proto::block::NOTHING;
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

/// Where one is kept: as a file, which takes a few milliseconds to read; in memory, where there are no files.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Stored {
    /// A file of so many bytes, of when `known` was the newest fact known.
    Filed { known: u64, bytes: u64 },
    /// What a file would hold.
    Packed(Arc<[u8]>),
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
