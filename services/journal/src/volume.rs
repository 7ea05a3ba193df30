//! Volumes: closed sled stores that hold everything but the tail.
//!
//! sled 0.34 keeps records well and promises little: its `flush` does not reach the disk, its recovery
//! after a stop reads its whole log, its cache has no cap, and on some damage it panics or opens as an
//! empty store. So sled gets no chance for any of that here. A volume is built from the tail in one go, in
//! a directory that is worthless until it is finished; it is closed, opened again and compared, synced,
//! and named; and it is never opened by sled after that. Reading needs only its index, which says where in
//! sled's file each block lies. What every file must be is in the index too, so that no change in any of
//! them, sled's own structures included, passes a verification.

mod build;
mod shut;
mod sled_store;

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use proto::volume::{FileSum, Index, MAX_INDEX, Placed};

pub(crate) use build::Builder;
pub(crate) use sled_store::{BIG_SEGMENT, TREE, attempt, config};

use crate::directory::entries;
use crate::run::{self, Source};
use crate::{Error, Head};

/// A last volume with less in it is bound again together with what follows, so that volumes do not
/// become many and small.
pub(crate) const MERGE_BELOW: u64 = 8 * 1024 * 1024;
/// The file of a store that holds its blocks.
const LOG: &str = "db";

/// A volume in its place.
#[derive(Debug)]
pub(crate) struct Volume {
    directory: PathBuf,
    index: Index,
    /// sled's log, read past sled. The one file of nearly all volumes that is held open: a journal of years has
    /// thousands of them, and a process as many files as its limit allows.
    path: PathBuf,
    file: File,
    /// The other files, in the index's order, of a volume that may be bound into another: whoever checks it goes
    /// on with them when their names are gone. Only the last volume is such a one.
    others: Option<Vec<File>>,
}

impl Volume {
    /// Opens the volume in `directory`. Reads the index only; what the files hold is checked when it is
    /// read, and all of it by [`complaint`](Self::complaint).
    ///
    /// # Errors
    /// [`Error::Damaged`] at its first sequence, which `first` announces.
    pub(crate) fn open(directory: &Path, first: u64, last: u64) -> Result<Self, Error> {
        let name = directory.file_name().unwrap_or_default().to_string_lossy();
        let damaged = |why: String| Error::damaged(first, format!("volumes/{name}: {why}"));
        let path = directory.join("index");
        let length = fs::metadata(&path).map_err(|error| damaged(format!("its index: {error}")))?.len();
        if length > MAX_INDEX as u64 {
            return Err(damaged(format!("its index has {length} bytes, the limit is {MAX_INDEX}")));
        }
        let bytes = fs::read(&path).map_err(|error| damaged(format!("its index: {error}")))?;
        let index = Index::decode(&bytes).map_err(|error| damaged(error.to_string()))?;
        if (index.first, index.last) != (first, last) {
            return Err(damaged(format!("its index is that of {} to {}", index.first, index.last)));
        }
        let store = directory.join("store");
        let mut others = content_bytes(&index).lt(&MERGE_BELOW).then(Vec::new);
        for expected in &index.files {
            let path = store.join(&expected.name);
            let length = match fs::metadata(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    return Err(damaged(format!("store/{} is not there", expected.name)));
                }
                other => other.map_err(Error::io("measuring", &path))?.len(),
            };
            if let Some(others) = others.as_mut().filter(|_| expected.name != LOG) {
                others.push(File::open(&path).map_err(Error::io("opening", &path))?);
            }
            if length != expected.length {
                let lengths = format!("{length} bytes, {} were written", expected.length);
                return Err(damaged(format!("store/{} has {lengths}", expected.name)));
            }
        }
        let path = store.join(LOG);
        let file = File::open(&path).map_err(|error| damaged(format!("store/{LOG}: {error}")))?;
        Ok(Self { directory: directory.to_owned(), index, path, file, others })
    }

    /// The head before its first record.
    pub(crate) const fn before(&self) -> Head {
        Head { sequence: self.index.first - 1, hash: self.index.before }
    }

    /// The head after its last record.
    pub(crate) const fn head(&self) -> Head {
        Head { sequence: self.index.last, hash: self.index.head }
    }

    /// The stream cursor after its last record.
    pub(crate) const fn cursor(&self) -> u64 {
        self.index.cursor
    }

    /// Bytes of its blocks.
    pub(crate) fn content_bytes(&self) -> u64 {
        content_bytes(&self.index)
    }

    /// Its directory.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// Compares every file of the store with what was written, byte by byte, and says what differs first.
    ///
    /// # Errors
    /// Only where the directory can't be listed.
    pub(crate) fn complaint(&self) -> Result<Option<String>, Error> {
        let store = self.directory.join("store");
        let place = |name: &str| {
            let volume = self.directory.file_name().unwrap_or_default().to_string_lossy();
            format!("volumes/{volume}/store/{name}")
        };
        for path in entries(&store)? {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name == "blobs" {
                if let Some(blob) = entries(&path)?.first() {
                    let blob = blob.file_name().unwrap_or_default().to_string_lossy();
                    return Ok(Some(format!("{}/{blob} exists, and nothing writes there", place(&name))));
                }
            } else if !self.index.files.iter().any(|file| file.name == name) {
                return Ok(Some(format!("{} was not there when the volume was closed", place(&name))));
            }
        }
        let mut others = self.others.iter().flatten();
        for expected in &self.index.files {
            let held = if expected.name == LOG { Some(&self.file) } else { others.next() };
            let summed = match held {
                Some(file) => FileSum::of(&expected.name, FromStart { file, at: 0 }),
                None => {
                    File::open(store.join(&expected.name)).and_then(|file| FileSum::of(&expected.name, file))
                }
            };
            match summed {
                Ok(found) if found == *expected => {}
                Ok(found) if found.length != expected.length => {
                    let lengths = format!("{} bytes, {} were written", found.length, expected.length);
                    return Ok(Some(format!("{} has {lengths}", place(&expected.name))));
                }
                Ok(_) => return Ok(Some(format!("{} is not what was written", place(&expected.name)))),
                Err(error) => return Ok(Some(format!("{}: {error}", place(&expected.name)))),
            }
        }
        Ok(None)
    }
}

fn content_bytes(index: &Index) -> u64 {
    index.blocks.iter().map(|placed| u64::from(placed.stored)).sum()
}

/// Reads a file from its start without moving anyone's place in it.
struct FromStart<'a> {
    file: &'a File,
    at: u64,
}

impl Read for FromStart<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(buffer, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Source for Volume {
    fn first(&self) -> u64 {
        self.index.first
    }

    fn at_or_before(&self, sequence: u64) -> Option<Placed> {
        run::at_or_before(&self.index.blocks, sequence)
    }

    fn from(&self, from: u64) -> Vec<Placed> {
        run::from(&self.index.blocks, from)
    }

    fn file(&self) -> (&File, &Path) {
        (&self.file, &self.path)
    }
}

/// The sequences that a volume's directory name announces.
pub(crate) fn span(directory: &Path) -> Option<(u64, u64)> {
    let name = directory.file_name()?.to_str()?;
    let (first, last) = name.split_once('-')?;
    let (first, last) = (first.parse().ok()?, last.parse().ok()?);
    // A name that only looks alike is somebody else's.
    (name == format!("{first:020}-{last:020}")).then_some((first, last))
}

/// The volumes in their order, and directories whose records all lie in a bigger one: what a merge that
/// was cut off has left.
///
/// # Errors
/// [`Error::Damaged`] at the first sequence that no sound volume holds.
pub(crate) fn shelve(volumes: &Path) -> Result<(Vec<Volume>, Vec<PathBuf>), Error> {
    let mut named: Vec<((u64, u64), PathBuf)> =
        entries(volumes)?.into_iter().filter_map(|path| Some((span(&path)?, path))).collect();
    // The longest of those that begin alike comes first.
    named.sort_by_key(|((first, last), _)| (*first, u64::MAX - last));
    let mut shelved: Vec<Volume> = Vec::new();
    let mut superseded = Vec::new();
    let mut head = Head::START;
    for ((first, last), path) in named {
        if last <= head.sequence {
            superseded.push(path);
            continue;
        }
        if first != head.sequence + 1 {
            let why = format!("no volume holds it; the next one begins with {first}");
            return Err(Error::damaged(head.sequence + 1, why));
        }
        let volume = Volume::open(&path, first, last)?;
        if volume.before() != head {
            return Err(Error::damaged(first, "its volume does not continue the chain"));
        }
        head = volume.head();
        shelved.push(volume);
    }
    Ok((shelved, superseded))
}
