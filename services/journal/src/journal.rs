//! The port: what a journal promises, whatever it is kept on.

use std::ops::ControlFlow;

use bytes::Bytes;
use proto::block::{ChainHash, NOTHING, chain};
use tokio::sync::watch;

use crate::{Error, Progress, ReadOnly, Report, Stat};

/// How far a journal goes, and what it says up to there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The last record's sequence; 0 before the first record.
    pub sequence: u64,
    /// The chain over all records up to it: two journals with equal heads hold equal records.
    pub hash: ChainHash,
}

impl Head {
    /// The head of a journal without records.
    pub const START: Self = Self { sequence: 0, hash: NOTHING };

    /// The head once `record` is added.
    #[must_use]
    pub fn then(&self, record: &[u8]) -> Self {
        Self { sequence: self.sequence + 1, hash: chain(&self.hash, record) }
    }
}

/// What one intake led to: the records that stand or fall together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decision {
    /// Canonical bytes of each fact, in order. None if the intake was a duplicate or rejected.
    pub records: Vec<Bytes>,
    /// Where in the intake stream the decision came from; 0 where there is no stream.
    pub cursor: u64,
}

/// Records of a journal, one behind the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The head before the page's first record: its sequence is the one asked for, or the journal's
    /// own head where nothing follows.
    pub before: Head,
    /// The records with sequences `before.sequence + 1` and on.
    pub records: Vec<Bytes>,
    /// The journal's head when the page was read.
    pub journal: Head,
}

impl Page {
    /// Each record with the head that the journal had once it was appended.
    pub fn heads(&self) -> impl Iterator<Item = (Head, &Bytes)> {
        self.records.iter().scan(self.before, |head, record| {
            *head = head.then(record);
            Some((*head, record))
        })
    }

    /// The last sequence in the page: what to read after next.
    #[must_use]
    pub const fn last_sequence(&self) -> u64 {
        self.before.sequence + self.records.len() as u64
    }
}

/// Encoded blocks of a journal, one behind the other, as `proto::block` reads them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blocks {
    /// Whole blocks. The first one may begin before the sequence asked for, the last one
    /// begins at or before the journal's head: what was packed meanwhile may go on behind it.
    pub blocks: Vec<Bytes>,
    /// The journal's head when they were read.
    pub journal: Head,
}

/// How a journal fares, for whoever watches it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bearing {
    /// What every append is refused with, where that is known before one is tried.
    pub read_only: Option<ReadOnly>,
    /// Bytes of full tail files that wait to be bound: a start after a kill reads all of them.
    pub unbound_bytes: u64,
    /// What binding fails for, until it succeeds.
    pub binding_fails: Option<String>,
    /// How often binding has failed since the journal was opened.
    pub binding_failures: u64,
}

/// An append-only sequence of records.
///
/// **Order.** Records have sequences 1, 2, 3, … without gaps, in the order of their decisions. The head
/// is a hash over all of them: [`proto::block::chain`].
///
/// **Durability.** When [`append`](Self::append) returns a head, every record up to it survives the end
/// of the process and, on a disk that honours a flush, the loss of power. It is the only moment at
/// which anyone may be told that something was recorded.
///
/// **All or nothing.** A group is appended whole or, if the process dies first, not at all. If it dies
/// after the group was written and before `append` returned, the group may be there after the restart:
/// the writer finds out by [`head`](Self::head) and [`cursor`](Self::cursor). An error that names the
/// group as too big, or the journal as poisoned, wrote nothing.
///
/// **Nothing early.** No read, no tail and no head shows a record before it is durable.
///
/// **One failure is final.** Once an append could not be made durable, every later one is refused as
/// [`Error::Poisoned`], or as [`Error::ReadOnly`] if there was no space; reads go on. A sync that failed is
/// never tried again, because the system may have forgotten the bytes that it could not write. The process
/// must exit and start again. Where a start finds no room, it is read-only from the beginning.
///
/// **Nothing is repaired or removed silently.** Damage is an error with the first sequence that can't be
/// trusted. Records before it can still be read.
///
/// Calls block on the disk: make them where blocking is allowed. Any number of threads may read; appends
/// queue behind each other.
pub trait Journal: Send + Sync {
    /// Appends a group and returns the head after it, once it is durable. A group without records
    /// writes nothing and returns the head as it stands.
    ///
    /// # Errors
    /// [`Error::DecisionTooBig`] and [`Error::GroupTooBig`]: nothing was written, the journal goes on.
    /// [`Error::NotDurable`], then [`Error::Poisoned`], or [`Error::ReadOnly`]: see the promise above.
    fn append(&self, group: &[Decision]) -> Result<Head, Error>;

    /// Reads at most `max_records` records after the sequence `after`: fewer at the end, none beyond it,
    /// and fewer where a page would grow past [`MAX_PAGE_BYTES`](crate::MAX_PAGE_BYTES).
    /// The page's `before` is computed, so that every record's head can be.
    ///
    /// # Errors
    /// [`Error::Damaged`] if the record right after `after` can't be trusted; a page that ends before
    /// the damage comes without error.
    fn read_from(&self, after: u64, max_records: usize) -> Result<Page, Error>;

    /// Reads whole encoded blocks, the first of which holds the record after `after`: as many as fit in
    /// `max_bytes`, and at least one if there is one. The fast way: nothing is decoded or checked here.
    ///
    /// # Errors
    /// [`Error::Damaged`] if the store has no such block, [`Error::Read`] if it fails.
    fn read_blocks(&self, after: u64, max_bytes: usize) -> Result<Blocks, Error>;

    /// Shows whole encoded blocks, the first of which holds the record after `after`, each with the sequence of
    /// its first record, up to the block that holds the head of this moment or until `visit` breaks. What [`scan`](crate::scan)
    /// rests on.
    ///
    /// # Errors
    /// As [`read_blocks`](Self::read_blocks).
    fn walk(&self, after: u64, visit: &mut dyn FnMut(u64, &[u8]) -> ControlFlow<()>) -> Result<(), Error>;

    /// The head of what is durable.
    fn head(&self) -> Head;

    /// The stream cursor of the last decision appended with a record in its group; 0 before that.
    fn cursor(&self) -> u64;

    /// Follows the head. Heads that come fast may be skipped, the last one never is.
    fn tail(&self) -> watch::Receiver<Head>;

    /// Reads everything up to the head and checks checksums, layout, order, gaps and the chain. Damage is
    /// an answer, not an error. `progress` is called after each block.
    ///
    /// # Errors
    /// Only [`Error::Io`] and the like, where no verdict could be reached.
    fn verify(&self, progress: &mut dyn FnMut(Progress)) -> Result<Report, Error>;

    /// Moves what was appended lately to where it will stay, and returns when that is done. It happens by
    /// itself in time; nothing that was acknowledged rests on it.
    ///
    /// # Errors
    /// [`Error::NotBound`]: it stays where it is, durable, and is tried again, or bound at the next start.
    fn settle(&self) -> Result<(), Error>;

    /// How it fares. Waits for no disk, so that it can be asked at any time.
    fn bearing(&self) -> Bearing;

    /// Counts. Reads every block's envelope, so it takes as long as reading the disk.
    ///
    /// # Errors
    /// [`Error::Damaged`] where an envelope is not one.
    fn stat(&self) -> Result<Stat, Error>;
}
