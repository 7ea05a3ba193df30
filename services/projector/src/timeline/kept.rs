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

/// How one is kept: a few hundred that a snapshot held as they are, the thousands of a long journal as they would be
/// written, which takes a tenth of the memory and a few milliseconds to undo.
#[derive(Clone)]
pub(crate) enum Stored {
    /// As it is.
    Whole(Arc<Kept>),
    /// As a file of its own would hold it.
    Packed(Arc<[u8]>),
}

impl Stored {
    /// Work for a thread that may take its time.
    pub fn pack(place: Place, kept: Kept) -> Self {
        let Kept { situation, newest } = kept;
        let alone = snapshot::Kept { place, newest, situation };
        let projection = Projection { kept: vec![alone], ..Projection::default() };
        match (write_boards(&projection, &NOTHING), projection.kept.into_iter().next()) {
            (Ok(bytes), _) => Self::Packed(bytes.into()),
            (Err(_), alone) => {
                let alone = alone.map(|it| Kept { situation: it.situation, newest: it.newest });
                Self::Whole(Arc::new(alone.unwrap_or_default()))
            }
        }
    }

    /// The situation. Work for a thread that may take its time.
    ///
    /// # Errors
    /// A sentence, if memory does not hold what was put there.
    pub fn open(&self) -> Result<Kept, String> {
        match self {
            Self::Whole(kept) => Ok(Kept::clone(kept)),
            Self::Packed(bytes) => {
                let (_, projection) = read_boards(bytes).map_err(|error| error.to_string())?;
                let alone = projection.kept.into_iter().next().ok_or("nothing was packed")?;
                Ok(Kept { situation: alone.situation, newest: alone.newest })
            }
        }
    }

    /// Bytes of what is packed.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Whole(_) => 0,
            Self::Packed(bytes) => bytes.len(),
        }
    }
}
