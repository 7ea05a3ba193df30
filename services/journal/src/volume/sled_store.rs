//! sled, as far as a volume needs it: opened empty, filled, closed, opened once more to be compared.

use std::fs::{self, File};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use proto::block::check;

use crate::Error;
use crate::shelf::Keyed;

/// The tree that holds blocks: key = first sequence, big endian, so that keys sort as sequences do.
pub(crate) const TREE: &str = "blocks";
/// Leaves of up to this many values are merged into one log item.
const LEAF: usize = 17;
/// What sled keeps of a value beside it, rounded up.
const ENTRY: usize = 256;
/// The biggest segment: enough for the biggest block.
pub(crate) const BIG_SEGMENT: usize = 8 * 1024 * 1024;
/// The smallest: a smaller one wastes less at a volume's end and where blocks were superseded.
const SMALL_SEGMENT: usize = 1024 * 1024;
const _: () = assert!(fits(proto::block::MAX_STORED, BIG_SEGMENT));

/// Whether sled keeps blocks of this size in its log: items above a quarter of a segment it moves into files
/// under `blobs/`, which it never syncs.
const fn fits(biggest_block: usize, segment_bytes: usize) -> bool {
    LEAF * (biggest_block + ENTRY) < segment_bytes / 4
}

/// The smallest segment for a store whose biggest block has so many bytes.
fn segment_for(biggest_block: usize) -> usize {
    let sizes = std::iter::successors(Some(SMALL_SEGMENT), |size| Some(size * 2));
    sizes
        .take_while(|size| *size < BIG_SEGMENT)
        .find(|size| fits(biggest_block, *size))
        .unwrap_or(BIG_SEGMENT)
}

/// sled's cache while a volume is built. Nothing is read twice.
const CACHE_BYTES: u64 = 8 * 1024 * 1024;
/// Blocks in one batch. sled writes a whole leaf anew each time it splits one, about every eighth insert: so
/// each batch first makes room with empty values, which splits leaves for nearly nothing, and then puts the
/// blocks in their places. Only the leaf where two batches meet is split with blocks in it.
const BATCH: usize = 256;
/// sled's own threads may keep its files for a moment after it was closed. Longer is a defect.
const CLOSED_WITHIN: Duration = Duration::from_secs(10);

/// How sled is opened, always.
pub(crate) fn config(store: &Path, segment_bytes: usize) -> sled::Config {
    sled::Config::new()
        .path(store)
        .segment_size(segment_bytes)
        .cache_capacity(CACHE_BYTES)
        // No flusher thread: what is not flushed here is worthless anyway.
        .flush_every_ms(None)
}

/// Runs a piece of sled, which on some failures panics where it should return.
pub(crate) fn attempt<T>(run: impl FnOnce() -> sled::Result<T>) -> Result<T, Error> {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(Error::Store(error.to_string())),
        Err(panic) => {
            let said = panic.downcast_ref::<String>().map(String::as_str);
            let said = said.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("without a word");
            Err(Error::Store(format!("sled panicked: {said}")))
        }
    }
}

/// A store that is being filled.
pub(super) struct Filling {
    store: PathBuf,
    segment_bytes: usize,
    /// Closed in this order: the tree before the store.
    tree: sled::Tree,
    db: sled::Db,
    waiting: Vec<Keyed>,
    /// First sequence, bytes and checksum of each block, in order.
    pub written: Vec<Written>,
}

/// A block that was put into the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Written {
    pub first: u64,
    pub stored: usize,
    pub checksum: u32,
}

impl Filling {
    /// An empty store in an empty directory, for blocks of at most this many bytes.
    pub(super) fn begin(store: &Path, biggest_block: usize) -> Result<Self, Error> {
        let segment_bytes = segment_for(biggest_block);
        let db = attempt(|| config(store, segment_bytes).open())?;
        let tree = attempt(|| db.open_tree(TREE))?;
        let (store, waiting) = (store.to_owned(), Vec::with_capacity(BATCH));
        Ok(Self { store, segment_bytes, tree, db, waiting, written: Vec::new() })
    }

    /// Puts a block in.
    pub(super) fn put(&mut self, keyed: &Keyed) -> Result<(), Error> {
        let outline = check(&keyed.block).map_err(|error| Error::damaged(keyed.key, error))?;
        let (first, stored, checksum) = (keyed.key, outline.stored, outline.checksum);
        self.written.push(Written { first, stored, checksum });
        self.waiting.push(Keyed { key: keyed.key, block: keyed.block.clone() });
        if self.waiting.len() == BATCH { self.apply() } else { Ok(()) }
    }

    fn apply(&mut self) -> Result<(), Error> {
        let (mut room, mut blocks) = (sled::Batch::default(), sled::Batch::default());
        for Keyed { key, block } in self.waiting.drain(..) {
            room.insert(&key.to_be_bytes(), &[]);
            blocks.insert(&key.to_be_bytes(), block.as_ref());
        }
        attempt(|| self.tree.apply_batch(room))?;
        attempt(|| self.tree.apply_batch(blocks))
    }

    /// Closes the store, opens it again as anyone would, and compares what it gives with what was put in.
    /// When this returns, no thread of sled's holds a file of it.
    pub(super) fn finish(mut self) -> Result<Vec<Written>, Error> {
        self.apply()?;
        attempt(|| self.tree.flush())?;
        let Self { store, segment_bytes, tree, db, written, .. } = self;
        attempt(move || {
            drop(tree);
            drop(db);
            Ok(())
        })?;
        let data = store.join("db");
        await_closed(&data)?;
        attempt(|| {
            let db = config(&store, segment_bytes).open()?;
            let tree = db.open_tree(TREE)?;
            let mut expected = written.iter();
            for entry in &tree {
                let (key, block) = entry?;
                let fits = expected.next().is_some_and(|written| {
                    let (stored, checksum) = (written.stored, written.checksum);
                    let outline = check(&block);
                    key == written.first.to_be_bytes()
                        && outline
                            .is_ok_and(|outline| outline.stored == stored && outline.checksum == checksum)
                });
                if !fits {
                    return Err(sled::Error::Unsupported(
                        "it gives back other blocks than it got".to_owned(),
                    ));
                }
            }
            match expected.next() {
                None => Ok(()),
                Some(_) => Err(sled::Error::Unsupported("it gives back fewer blocks than it got".to_owned())),
            }
        })?;
        await_closed(&data)?;
        if let Some(blob) = fs::read_dir(store.join("blobs")).ok().and_then(|mut blobs| blobs.next()) {
            return Err(Error::Store(format!("sled wrote {blob:?}, which it never syncs")));
        }
        Ok(written)
    }
}

/// Waits until sled has let go of its file, which it locks while it has it open.
fn await_closed(data: &Path) -> Result<(), Error> {
    let file = File::open(data).map_err(Error::io("opening", data))?;
    let begun = Instant::now();
    while file.try_lock().is_err() {
        if begun.elapsed() > CLOSED_WITHIN {
            return Err(Error::Store("sled does not let go of its file".to_owned()));
        }
        thread::sleep(Duration::from_millis(1));
    }
    file.unlock().map_err(Error::io("unlocking", data))
}
