//! A volume on its way: small blocks are packed together, all of them go into a new store, and the store
//! gets its index and its name.

use std::fs::{self, File};
use std::io::Write;
use std::sync::Arc;

use proto::block::{Block, Draft, Effort, encode};
use proto::volume::{FileSum, Index};

use super::sled_store::Filling;
use super::{Volume, shut};
use crate::directory::{Layout, create_durably, entries};
use crate::shelf::Keyed;
use crate::{Disk, Error, Head, read};

/// What packed blocks have at most when stored: sled's smallest segments are enough for it, and one record
/// can be read without decompressing much more.
const PACKED: usize = 14 * 1024;
/// What they should have.
const WANTED: usize = 12 * 1024;
/// Compressed blocks of this size are taken over as they are: packing them again would gain little.
const BIG_ENOUGH: usize = 8 * 1024;
/// The most bytes before compression that are tried as one block.
const MOST_RAW: usize = 120 * 1024;
/// Enough records that a block's own cost is shared by many.
const MOST_RECORDS: usize = 1_024;

/// Builds one volume from blocks that come in order.
pub(crate) struct Builder<'a> {
    layout: &'a Layout,
    disk: &'a dyn Disk,
    /// The biggest block that will be stored.
    biggest: usize,
    head: Head,
    cursor: u64,
    packing: Vec<Block>,
    /// How many bytes before compression to pack into one block.
    raw_limit: usize,
    before: Head,
    bytes: u64,
    filling: Option<Filling>,
}

impl<'a> Builder<'a> {
    /// Begins behind `head`.
    pub(crate) fn new(layout: &'a Layout, disk: &'a dyn Disk, head: Head, biggest: usize) -> Self {
        Self {
            layout,
            disk,
            biggest: biggest.max(PACKED),
            head,
            cursor: 0,
            packing: Vec::new(),
            raw_limit: MOST_RAW,
            before: head,
            bytes: 0,
            filling: None,
        }
    }

    /// Bytes of the blocks that are in the store so far.
    pub(crate) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Takes the next block.
    ///
    /// # Errors
    /// [`Error::Damaged`] if it is not sound or not the next one, [`Error::Store`] and [`Error::Io`] if the
    /// volume can't be built. Nothing that existed before was changed.
    pub(crate) fn take(&mut self, keyed: &Keyed) -> Result<(), Error> {
        let block = read::checked(keyed)?;
        let expected = self.packing.last().map_or(self.head.sequence, Block::last_sequence) + 1;
        if block.first_sequence() != expected {
            return Err(Error::damaged(expected, format!("a block for {} follows", block.first_sequence())));
        }
        let compressed = keyed.block.len() < block.raw_bytes();
        if compressed && keyed.block.len() >= BIG_ENOUGH {
            self.pack()?;
            return self.put(keyed, &block);
        }
        let records: usize = self.packing.iter().map(Block::count).sum();
        let raw: usize = self.packing.iter().map(Block::raw_bytes).sum();
        if records + block.count() > MOST_RECORDS || raw + block.raw_bytes() > self.raw_limit {
            self.pack()?;
        }
        self.packing.push(block);
        Ok(())
    }

    /// Ends the volume and gives it its name, durably; none if no block came.
    ///
    /// # Errors
    /// As [`take`](Self::take).
    pub(crate) fn finish(mut self) -> Result<Option<Arc<Volume>>, Error> {
        self.pack()?;
        match self.filling.take() {
            Some(filling) => self.close(filling).map(Some),
            None => Ok(None),
        }
    }

    /// Makes one block of those that wait.
    fn pack(&mut self) -> Result<(), Error> {
        let packing = std::mem::take(&mut self.packing);
        self.pack_all(&packing)
    }

    /// Halves what does not fit, so that no block becomes a big one.
    fn pack_all(&mut self, blocks: &[Block]) -> Result<(), Error> {
        let (Some(first), Some(last)) = (blocks.first(), blocks.last()) else { return Ok(()) };
        let records: Vec<&[u8]> = blocks.iter().flat_map(Block::records).collect();
        let (first_sequence, cursor, head) = (first.first_sequence(), last.cursor(), *last.head());
        let draft = Draft { first_sequence, cursor, head, records: &records };
        let raw = blocks.iter().map(Block::raw_bytes).sum();
        match encode(&draft, Effort::Thorough) {
            Ok(bytes) if bytes.len() <= PACKED || blocks.len() == 1 => {
                self.learn(raw, bytes.len());
                self.put(&Keyed { key: first_sequence, block: bytes.into() }, last)
            }
            Ok(_) | Err(_) if blocks.len() > 1 => {
                self.raw_limit = WANTED;
                let (left, right) = blocks.split_at(blocks.len() / 2);
                self.pack_all(left)?;
                self.pack_all(right)
            }
            Ok(_) => Err(Error::Store("one block became two".to_owned())),
            Err(error) => Err(Error::damaged(first_sequence, error)),
        }
    }

    /// A block of `raw` bytes was stored in so many: the next will compress alike, about.
    fn learn(&mut self, raw: usize, stored: usize) {
        self.raw_limit = (raw.saturating_mul(WANTED) / stored.max(1)).clamp(WANTED, MOST_RAW);
    }

    fn put(&mut self, keyed: &Keyed, last: &Block) -> Result<(), Error> {
        // What was appended is removed after this: what takes its place must say the same.
        if !read::checked(keyed)?.follow(&self.head.hash) {
            return Err(Error::damaged(keyed.key, "what was packed does not continue the chain"));
        }
        let filling = match &mut self.filling {
            Some(filling) => filling,
            None => self.filling.insert(begin(self.layout, self.disk, self.biggest)?),
        };
        filling.put(keyed)?;
        self.bytes += keyed.block.len() as u64;
        self.head = Head { sequence: last.last_sequence(), hash: *last.head() };
        self.cursor = last.cursor();
        Ok(())
    }

    /// Closes the store, writes its index, makes all of it durable and gives it its name.
    fn close(&self, filling: Filling) -> Result<Arc<Volume>, Error> {
        let (directory, before) = (self.layout.building(), self.before);
        let store = directory.join("store");
        let written = filling.finish()?;
        let mut index = Index {
            first: before.sequence + 1,
            last: self.head.sequence,
            cursor: self.cursor,
            before: before.hash,
            head: self.head.hash,
            files: Vec::new(),
            blocks: shut::locate(&store.join("db"), &written)?,
        };
        for path in entries(&store)?.into_iter().filter(|path| path.is_file()) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let file = File::open(&path).map_err(Error::io("opening", &path))?;
            index.files.push(FileSum::of(&name, &file).map_err(Error::io("reading", &path))?);
            self.disk.sync(&file, &path).map_err(Error::io("syncing", &path))?;
        }
        let path = directory.join("index");
        let bytes = index.encode().map_err(|error| Error::Store(error.to_string()))?;
        let mut file = File::create_new(&path).map_err(Error::io("creating", &path))?;
        file.write_all(&bytes).map_err(Error::io("writing", &path))?;
        self.disk.sync(&file, &path).map_err(Error::io("syncing", &path))?;
        for inner in [&store.join("blobs"), &store, &directory] {
            self.disk.sync_directory(inner).map_err(Error::io("syncing", inner))?;
        }
        let (first, last) = (index.first, index.last);
        let place = self.layout.volume(first, last);
        if place.exists() {
            // From an attempt that failed after it had its name: it is on no shelf.
            fs::remove_dir_all(&place).map_err(Error::io("removing", &place))?;
        }
        self.disk.rename(&directory, &place).map_err(Error::io("naming", &place))?;
        let volumes = self.layout.volumes();
        self.disk.sync_directory(&volumes).map_err(Error::io("syncing", &volumes))?;
        Ok(Arc::new(Volume::open(&place, first, last)?))
    }
}

/// An empty store where volumes are built; what an earlier attempt left there is worthless.
fn begin(layout: &Layout, disk: &dyn Disk, biggest: usize) -> Result<Filling, Error> {
    let directory = layout.building();
    if directory.exists() {
        fs::remove_dir_all(&directory).map_err(Error::io("removing", &directory))?;
    }
    let store = directory.join("store");
    // sled makes `blobs` itself if it is missing; made here, its name can be synced.
    create_durably(&store.join("blobs"), disk)?;
    Filling::begin(&store, biggest)
}
