//! A note beside the records of how far they are known to go.
//!
//! A tail that ends early looks like one that was cut off before it was acknowledged, and the chain can't
//! tell: a shorter journal is a sound one. So each append notes the sequence it reached, after it is
//! durable; a journal that ends before its note has lost acknowledged facts and is refused.
//!
//! The note is not synced: a loss of power may leave an older one, which asks for less and is still
//! true. It is written in two places by turns, each with a checksum, so that a torn write leaves the
//! other.
//!
//! Where there is no legible note, a loss of power soon after the first start may have taken it, or somebody
//! removed it. The journal opens as far as it goes, and says what it can't know.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::Error;

/// Sequence, its checksum, and room up to a sector, so that both places are never in one write.
const PLACE_BYTES: u64 = 512;
const NOTE_BYTES: usize = 12;

#[derive(Debug)]
pub(crate) struct Witness {
    file: File,
    /// How often it was written: even and odd go to different places.
    turn: AtomicU64,
}

impl Witness {
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).open(path);
        Ok(Self { file: file.map_err(Error::io("opening", path))?, turn: AtomicU64::new(0) })
    }

    /// For a reader: a note that is only looked at.
    pub(crate) const fn of(file: File) -> Self {
        Self { file, turn: AtomicU64::new(0) }
    }

    /// The highest sequence noted; none if there is no legible note.
    pub(crate) fn noted(&self) -> Option<u64> {
        [0, PLACE_BYTES].into_iter().filter_map(|at| self.read(at)).max()
    }

    fn read(&self, at: u64) -> Option<u64> {
        let mut note = [0; NOTE_BYTES];
        self.file.read_exact_at(&mut note, at).ok()?;
        let (sequence, sum) = note.split_first_chunk::<8>()?;
        (checksum(sequence) == sum).then(|| u64::from_le_bytes(*sequence))
    }

    /// Notes that everything up to `sequence` is durable.
    pub(crate) fn note(&self, sequence: u64) -> std::io::Result<()> {
        let bytes = sequence.to_le_bytes();
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let mut note = Vec::with_capacity(NOTE_BYTES);
        note.extend_from_slice(&bytes);
        note.extend_from_slice(&checksum(&bytes));
        self.file.write_all_at(&note, (turn % 2) * PLACE_BYTES)
    }
}

/// What can't be known of a journal that ends at `last` and has no note.
pub(crate) fn missing(last: u64) -> String {
    format!(
        "the journal's witness is missing or illegible: whether anything behind sequence {last} was acknowledged is \
         not known; hold it against a head that was kept elsewhere"
    )
}

/// The first four bytes of a hash that no zeroed or foreign file has by chance.
fn checksum(bytes: &[u8; 8]) -> [u8; 4] {
    let [a, b, c, d, ..] = proto::block::chain(&proto::block::NOTHING, bytes);
    [a, b, c, d]
}
