//! A shelf in sled 0.34, made durable.
//!
//! sled's own `flush` is not enough on Linux: it calls `sync_file_range`, which promises nothing after a
//! loss of power. So every append is: one atomic batch, `flush`, a look at `blobs/`, then `fdatasync` of
//! sled's data file through a descriptor of our own. Only then is anything announced.
//!
//! Two more habits of sled are kept away from: nodes above a quarter of a segment go to files under
//! `blobs/` that are never synced (so segments are big and blocks small, and `blobs/` must stay empty),
//! and a half-written snapshot can keep a store from opening (so it is removed, and one that does not
//! fit is set aside).

mod directory;
mod disk;
#[cfg(test)]
mod tests;
mod witness;

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;

use self::directory::Directory;
use self::disk::{DataFile, Disk};
use self::witness::Witness;
use crate::ledger::Ledger;
use crate::shelf::{Keyed, Shelf};
use crate::{Error, Journal};

/// sled's segment, fixed when a store is created. Leaves of up to 17 values are merged into one log
/// item, and items above a quarter of a segment become unsynced files: 17 blocks of 64 KiB are half of
/// that quarter.
const SEGMENT_BYTES: usize = 8 * 1024 * 1024;
const _: () = assert!(17 * proto::block::MAX_STORED < SEGMENT_BYTES / 4);

/// The tree that holds blocks: key = first sequence, big endian, so that keys sort as sequences do.
const TREE: &str = "blocks";

/// How a journal on disk is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Bytes that sled aims to keep of what it has read. An aim, not a cap: long scans go above it.
    pub cache_bytes: u64,
}

impl Default for Options {
    /// 16 MiB: appends touch the last leaf only and readers go forward once, so that a bigger cache
    /// would hold what nobody asks for again.
    fn default() -> Self {
        Self { cache_bytes: 16 * 1024 * 1024 }
    }
}

/// Opens the journal in `directory`, creating it if there is none. One process at a time.
///
/// Reads the first and the last blocks only; see [`Journal::verify`] for the rest.
///
/// # Errors
/// [`Error::InUse`], [`Error::NewerFormat`], [`Error::NotAJournal`]: nothing was touched.
/// [`Error::Unopenable`], [`Error::Damaged`]: nothing was removed but half-written snapshots of sled's own.
pub fn open(directory: &Path, options: &Options) -> Result<Arc<dyn Journal>, Error> {
    open_on(directory, options, |file| Box::new(file))
}

/// As [`open`], with the disk that the data file is synced to swapped for another: how tests let a sync
/// fail, and how a harness shows that it would notice if there were none.
fn open_on(
    directory: &Path,
    options: &Options,
    disk: impl FnOnce(DataFile) -> Box<dyn Disk>,
) -> Result<Arc<dyn Journal>, Error> {
    let directory = Directory::claim(directory)?;
    // Before sled's first write, so that no write-back error can pass unseen by this descriptor.
    let disk = disk(DataFile::open(&directory.data_file())?);
    directory.remove_unfinished_snapshots()?;
    let db = open_sled(&directory, options)?;
    let tree = db.open_tree(TREE).map_err(|error| unopenable(&directory, error.to_string()))?;
    tree.flush().map_err(|error| unopenable(&directory, error.to_string()))?;
    directory.sync()?;
    let witness = Witness::open(&directory.witness_file())?;
    let noted = witness.noted();
    let store = SledStore { tree, _db: db, disk, witness, directory };
    // What a killed process had written but not synced is shown from here on: make it durable first.
    store.disk.sync().map_err(Error::io("syncing", &store.directory.data_file()))?;
    if let Some(complaint) = store.complaint()? {
        return Err(unopenable(&store.directory, complaint));
    }
    let journal = Ledger::open(store)?;
    let found = journal.head().sequence;
    if found < noted {
        let why = format!("the store ends at sequence {found}, but {noted} had been acknowledged");
        return Err(Error::Damaged { sequence: found + 1, why });
    }
    Ok(Arc::new(journal))
}

fn unopenable(directory: &Directory, why: String) -> Error {
    Error::Unopenable { directory: directory.root().to_owned(), why }
}

/// Opens sled; if it finds its files corrupt, once more without its snapshot, which is only a shortcut
/// through its log.
fn open_sled(directory: &Directory, options: &Options) -> Result<sled::Db, Error> {
    let config = sled::Config::new()
        .path(directory.store())
        .segment_size(SEGMENT_BYTES)
        .cache_capacity(options.cache_bytes)
        // No flusher thread: nothing may be written behind an append's back.
        .flush_every_ms(None);
    let why = match attempt(|| config.open()) {
        Ok(db) => return Ok(db),
        Err(why) => why,
    };
    if !why.may_be_the_snapshot || directory.set_snapshots_aside()? == 0 {
        return Err(unopenable(directory, why.text));
    }
    tracing::warn!(directory = %directory.root().display(), why = why.text, "set sled's snapshot aside");
    attempt(|| config.open()).map_err(|why| unopenable(directory, why.text))
}

/// Why sled did not do something.
struct Refusal {
    text: String,
    may_be_the_snapshot: bool,
}

/// Runs a piece of sled, which on some damage panics where it should return.
fn attempt<T>(run: impl FnOnce() -> sled::Result<T>) -> Result<T, Refusal> {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => {
            let corrupt = match &error {
                sled::Error::Corruption { .. } | sled::Error::ReportableBug(_) => true,
                sled::Error::Io(io) => io.kind() == std::io::ErrorKind::UnexpectedEof,
                sled::Error::CollectionNotFound(_) | sled::Error::Unsupported(_) => false,
            };
            Err(Refusal { text: error.to_string(), may_be_the_snapshot: corrupt })
        }
        Err(panic) => {
            let said = panic.downcast_ref::<String>().map(String::as_str);
            let said = said.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("without a word");
            Err(Refusal { text: format!("sled panicked: {said}"), may_be_the_snapshot: true })
        }
    }
}

/// The shelf. Members are dropped in this order: sled closes its files before the lock is let go.
struct SledStore {
    tree: sled::Tree,
    _db: sled::Db,
    disk: Box<dyn Disk>,
    witness: Witness,
    directory: Directory,
}

impl Shelf for SledStore {
    fn put(&self, blocks: &[Keyed], last: u64) -> Result<(), Error> {
        let mut batch = sled::Batch::default();
        for keyed in blocks {
            batch.insert(&keyed.key.to_be_bytes(), keyed.block.as_ref());
        }
        let written = attempt(|| {
            self.tree.apply_batch(batch)?;
            self.tree.flush()
        });
        written.map_err(|why| Error::NotDurable(why.text))?;
        if let Some(complaint) = self.complaint()? {
            return Err(Error::NotDurable(complaint));
        }
        self.disk.sync().map_err(|error| Error::NotDurable(format!("fdatasync failed: {error}")))?;
        // The facts are safe without the note: a disk that refuses it must not cost a receipt.
        if let Err(error) = self.witness.note(last) {
            tracing::error!(%error, "noting how far the journal goes failed");
        }
        Ok(())
    }

    fn at_or_before(&self, sequence: u64) -> Result<Option<Keyed>, Error> {
        let found = attempt(|| self.tree.range(..=sequence.to_be_bytes()).next_back().transpose());
        match found.map_err(|why| Error::damaged(sequence, why.text))? {
            Some((key, block)) => {
                Ok(Some(Keyed { key: sequence_of(&key)?, block: Bytes::copy_from_slice(&block) }))
            }
            None => Ok(None),
        }
    }

    fn walk(&self, from: u64, visit: &mut dyn FnMut(u64, &[u8]) -> ControlFlow<()>) -> Result<(), Error> {
        let mut blocks = self.tree.range(from.to_be_bytes()..);
        while let Some((key, block)) =
            attempt(|| blocks.next().transpose()).map_err(|why| Error::Read(why.text))?
        {
            if visit(sequence_of(&key)?, &block).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn complaint(&self) -> Result<Option<String>, Error> {
        let found = self.directory.first_blob()?;
        Ok(found.map(|name| format!("blobs/{name} exists: sled never syncs such files, so nothing is safe")))
    }

    fn disk_bytes(&self) -> Result<u64, Error> {
        self.directory.disk_bytes()
    }
}

fn sequence_of(key: &[u8]) -> Result<u64, Error> {
    let bytes = key.try_into().map_err(|_| Error::Read(format!("a key of {} bytes, not 8", key.len())))?;
    Ok(u64::from_be_bytes(bytes))
}
