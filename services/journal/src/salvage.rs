//! Recovers what is intact from a store that nothing opens any more.
//!
//! A block says by itself where it begins and ends, which records it holds, and whether it is as it was
//! written. So every file is searched for blocks, whatever the store's own structures say, and the chain
//! tells which of them belong together:
//!
//! * blocks of the same records (a tail and the volume made of it, old copies in sled's log) agree on the
//!   chain, however they are cut;
//! * where two intact blocks disagree on a sequence, the one that the chain leads to and on from is kept,
//!   and the dispute is told; where the chain can't tell, the recovery ends before it;
//! * where no block is left, there is a gap. What comes after it is recovered too, but its chain can't be
//!   followed across the gap.
//!
//! The directory is only read. Memory is bounded by the number of different blocks, 72 bytes each.

mod recover;
mod scan;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::ops::ControlFlow;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use proto::block::{Block, ChainHash};

use crate::Error;

/// How far a search is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Searched {
    /// Bytes looked through.
    pub bytes: u64,
    /// Bytes of all files.
    pub of: u64,
}

/// Where a block or something that could not be read lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// The file.
    pub file: PathBuf,
    /// Its first byte there.
    pub at: u64,
}

/// Sequences for which no block was found, or none that can be believed. Both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// The first one.
    pub first: u64,
    /// The last one.
    pub last: u64,
}

/// Intact blocks that say different things of the same sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    /// The first sequence in question.
    pub sequence: u64,
    /// The block that the chain speaks for; none if it speaks for none, and the recovery ended.
    pub kept: Option<Spot>,
    /// The others.
    pub others: Vec<Spot>,
}

/// What a recovery came to. Sequences are those that the records had.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// Records recovered.
    pub records: u64,
    /// The last one's sequence; 0 if there is none.
    pub last_sequence: u64,
    /// What is known to be lost. What the store lost after its last block leaves no trace here.
    pub gaps: Vec<Gap>,
    /// What was disputed.
    pub disputes: Vec<Dispute>,
}

/// The intact blocks of a store.
#[derive(Debug)]
pub struct Salvage {
    files: Vec<PathBuf>,
    /// Every different block once, in the order of first sequence.
    found: Vec<Found>,
    copies: u64,
    unreadable: Vec<Spot>,
}

/// A block where it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Found {
    first: u64,
    last: u64,
    head: ChainHash,
    at: u64,
    file: u32,
    stored: u32,
}

impl Salvage {
    /// Searches every file below a directory for blocks. `progress` is called now and then.
    ///
    /// # Errors
    /// [`Error::Io`] if a directory can't be listed. A file or a part of one that can't be read is noted
    /// and passed over.
    pub fn search(directory: &Path, progress: &mut dyn FnMut(Searched)) -> Result<Self, Error> {
        scan::search(directory, progress)
    }

    /// How many different intact blocks there are.
    #[must_use]
    pub const fn blocks(&self) -> usize {
        self.found.len()
    }

    /// How many further copies of them were found.
    #[must_use]
    pub const fn copies(&self) -> u64 {
        self.copies
    }

    /// What could not be read, in pieces of the size that a read asks for.
    #[must_use]
    pub fn unreadable(&self) -> &[Spot] {
        &self.unreadable
    }

    /// Hands out the records in order, each with the sequence that it had, until there are no more or
    /// `take` has enough.
    ///
    /// # Errors
    /// [`Error::Io`] or [`Error::Damaged`] if a block that was found can't be read again.
    pub fn recover(&self, take: &mut dyn FnMut(u64, &[u8]) -> ControlFlow<()>) -> Result<Findings, Error> {
        recover::recover(self, take)
    }

    fn spot(&self, found: &Found) -> Spot {
        let file = self.files.get(found.file as usize).cloned().unwrap_or_default();
        Spot { file, at: found.at }
    }

    fn read(&self, found: &Found) -> Result<Block, Error> {
        let Spot { file: path, at } = self.spot(found);
        let mut bytes = vec![0; found.stored as usize];
        let read = File::open(&path).and_then(|file| file.read_exact_at(&mut bytes, at));
        read.map_err(Error::io("reading again", &path))?;
        Block::decode(&bytes).map_err(|error| Error::damaged(found.first, error))
    }
}
