//! What a journal can refuse, and what to do about it.

use std::io;
use std::path::PathBuf;

use proto::block;

/// Why a journal did not do as asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another process writes this journal.
    #[error("{} is in use by another process: stop that one first, a journal has one writer", .0.display())]
    InUse(PathBuf),
    /// The directory was written by a newer program.
    #[error(
        "{} has journal format {found}, this program knows formats up to {known}: start a newer program",
        directory.display()
    )]
    NewerFormat {
        /// The journal's directory.
        directory: PathBuf,
        /// The format that its marker names.
        found: u32,
        /// The newest format that this program reads.
        known: u32,
    },
    /// The directory holds something that is not a journal of this program.
    #[error("{} is not a journal: {why}; name an empty directory or a journal, and salvage it if it was one", directory.display())]
    NotAJournal {
        /// The directory.
        directory: PathBuf,
        /// What was found there.
        why: String,
    },
    /// The store of the first format refuses to open.
    #[error("{} does not open: {why}; leave it as it is, and restore a backup or salvage it", directory.display())]
    Unopenable {
        /// The journal's directory.
        directory: PathBuf,
        /// What the store says.
        why: String,
    },
    /// A block is not what was written. Nothing was changed or removed.
    #[error("the journal is damaged at sequence {sequence}: {why}; run verify, then restore or salvage")]
    Damaged {
        /// The first sequence that can't be trusted.
        sequence: u64,
        /// What does not fit.
        why: String,
    },
    /// The store failed while reading.
    #[error("reading the journal's store failed: {0}; run verify")]
    Read(String),
    /// sled did not keep what it was given. What was acknowledged lies in the tail still.
    #[error("sled did not build a sound volume: {0}")]
    Store(String),
    /// The tail was not bound: what was acknowledged lies in it, and the next start binds it.
    #[error("the journal's tail is not bound: {0}; it is kept, and bound later")]
    NotBound(String),
    /// Nothing can be written. Nothing of this group was acknowledged; reading goes on.
    #[error(
        "the journal can only be read: {0}; nothing is recorded until that is mended and it is opened again"
    )]
    ReadOnly(ReadOnly),
    /// A system call on the journal's directory failed.
    #[error("{doing} {} failed: {source}", path.display())]
    Io {
        /// What was being done, as in "syncing".
        doing: &'static str,
        /// To which file or directory.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// One decision is too big to be stored as one. Nothing was written.
    #[error("decision {index} of the group can't be stored: {source}")]
    DecisionTooBig {
        /// Its place in the group, from 0.
        index: usize,
        /// By how much it is too big.
        source: block::Error,
    },
    /// A group is beyond what one batch may hold. Nothing was written.
    #[error("a group of {bytes} bytes is more than the {limit} that are appended at once: split it")]
    GroupTooBig {
        /// Bytes of all its records.
        bytes: usize,
        /// The limit.
        limit: usize,
    },
    /// This append could not be made durable. What it wrote may or may not be there after a restart.
    #[error("the append is not durable: {0}; exit and start again, the journal says then where it stands")]
    NotDurable(String),
    /// An earlier append could not be made durable, so this one was not tried.
    #[error("an earlier append failed to reach the disk: nothing more is written; exit and start again")]
    Poisoned,
}

/// Why a journal can only be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadOnly {
    /// There is no room, in the system's words.
    #[error("its disk takes nothing more: {0}")]
    Full(String),
    /// Binding fails, and so much waits for it that a start would take too long to read it.
    #[error("{bytes} bytes wait to be bound, and binding them fails: {why}")]
    Unbound {
        /// Bytes of tail files.
        bytes: u64,
        /// What binding fails for.
        why: String,
    },
    /// Another process may be writing it.
    #[error("it was opened to be read")]
    OpenedToRead,
}

impl Error {
    /// For `map_err`: a system call that failed.
    pub(crate) fn io(doing: &'static str, path: &std::path::Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { doing, path, source }
    }

    pub(crate) fn damaged(sequence: u64, why: impl ToString) -> Self {
        Self::Damaged { sequence, why: why.to_string() }
    }
}
