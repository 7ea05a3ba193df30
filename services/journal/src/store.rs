//! The journal on a disk: the tail, the volumes, and the thread that binds the one into the other.
//!
//! ```text
//!  append ──► tail file ──► fdatasync ──► receipt
//!                │ later, in bulk, beside the appends
//!                ▼
//!             volume (sled), compared, synced, named ──► the tail file is removed
//! ```

mod backlog;
mod binder;
mod open;
mod shelves;
#[cfg(test)]
mod tests;

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

pub use self::open::{open, open_on, open_to_read};

use self::binder::Binder;
use self::shelves::{Held, Shelves};
use crate::directory::{Directory, Layout};
use crate::shelf::{Keyed, LooseEnds, Shelf, Stock, Visit};
use crate::tail::Writer;
use crate::witness::Witness;
use crate::{Bearing, Disk, Error, ReadOnly, run};

/// When the tail is bound into a volume: as soon as one of these is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Bytes in a tail file. A start after a kill reads all there are, and writes the last anew.
    pub bind_bytes: u64,
    /// Blocks in a tail file: single events make one each, and the index of the tail lies in memory.
    pub bind_blocks: usize,
    /// The age of a tail file's first commit, so that a quiet area's facts move too.
    pub bind_after: Duration,
    /// How long binding gives way, at the most, to appends that follow each other closely: what is in the tail
    /// is read at a start after a kill.
    pub give_way: Duration,
}

impl Default for Options {
    /// 16 MiB, 65,536 blocks, 10 minutes, 10 seconds.
    fn default() -> Self {
        Self {
            bind_bytes: 16 * 1024 * 1024,
            bind_blocks: 65_536,
            bind_after: Duration::from_secs(600),
            give_way: Duration::from_secs(10),
        }
    }
}

/// What a writer has open beside the shelves.
struct Desk {
    /// Holds the lock on the directory.
    directory: Directory,
    disk: Arc<dyn Disk>,
    options: Options,
    writer: Mutex<Writer>,
    witness: Witness,
}

/// The shelf on a disk that a process writes.
struct Store {
    binder: Binder,
    held: Arc<(Desk, Held)>,
    loose_ends: LooseEnds,
    /// There was no room when it was opened.
    read_only: Option<ReadOnly>,
}

impl Shelf for Store {
    fn put(&self, blocks: &[Keyed], last: u64) -> Result<(), Error> {
        let (desk, held) = &*self.held;
        if let Some(why) = &self.read_only {
            return Err(Error::ReadOnly(why.clone()));
        }
        self.binder.await_room()?;
        let mut writer = desk.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let appended = writer.append(blocks, &desk.directory.layout, &*desk.disk);
        let begun = appended
            .inspect_err(|_| self.binder.stop("an append failed, and nothing is changed after that"))?;
        if let Some(segment) = begun {
            held.change(|shelves| shelves.segments.push(segment));
        }
        // The facts are safe without the note: a disk that refuses it must not cost a receipt.
        if let Err(error) = desk.witness.note(last) {
            tracing::error!(%error, "noting how far the journal goes failed");
        }
        let full = writer.active().map(|(segment, _)| segment.size()).filter(|&(blocks, bytes)| {
            blocks >= desk.options.bind_blocks || bytes >= desk.options.bind_bytes
        });
        if let Some((_, bytes)) = full {
            writer.seal();
            drop(writer);
            self.binder.wake(bytes);
        }
        Ok(())
    }

    fn now(&self) -> Arc<dyn Stock> {
        self.held.1.now()
    }

    fn settle(&self) -> Result<(), Error> {
        self.binder.settle()
    }

    fn bearing(&self) -> Bearing {
        let bearing = self.binder.bearing();
        Bearing { read_only: self.read_only.clone().or(bearing.read_only), ..bearing }
    }

    fn complaint(&self) -> Result<Option<String>, Error> {
        self.held.1.now().complaint()
    }

    fn loose_ends(&self) -> LooseEnds {
        self.loose_ends.clone()
    }

    fn disk_bytes(&self) -> Result<u64, Error> {
        self.held.0.directory.layout.disk_bytes()
    }
}

/// The shelf on a disk that is only read, beside whoever writes it: as it stood when it was opened.
struct ToRead {
    layout: Layout,
    shelves: Arc<Shelves>,
    loose_ends: LooseEnds,
}

impl Shelf for ToRead {
    fn put(&self, _blocks: &[Keyed], _last: u64) -> Result<(), Error> {
        Err(Error::ReadOnly(ReadOnly::OpenedToRead))
    }

    fn now(&self) -> Arc<dyn Stock> {
        self.shelves.clone()
    }

    fn settle(&self) -> Result<(), Error> {
        Err(Error::ReadOnly(ReadOnly::OpenedToRead))
    }

    fn bearing(&self) -> Bearing {
        Bearing { read_only: Some(ReadOnly::OpenedToRead), ..Bearing::default() }
    }

    fn complaint(&self) -> Result<Option<String>, Error> {
        self.shelves.complaint()
    }

    fn loose_ends(&self) -> LooseEnds {
        self.loose_ends.clone()
    }

    fn disk_bytes(&self) -> Result<u64, Error> {
        self.layout.disk_bytes()
    }
}

impl Stock for Shelves {
    fn at_or_before(&self, sequence: u64) -> Result<Option<Keyed>, Error> {
        for source in self.sources().rev() {
            if source.first() <= sequence
                && let Some(placed) = source.at_or_before(sequence)
            {
                return run::one(source, placed).map(Some);
            }
        }
        Ok(None)
    }

    fn walk(&self, from: u64, visit: &mut Visit<'_>) -> Result<(), Error> {
        for source in self.sources() {
            if let ControlFlow::Break(()) = run::show(source, from, visit)? {
                break;
            }
        }
        Ok(())
    }
}
