//! The journal's directory: who may use it, what lies in it, and that its names are durable.
//!
//! ```text
//! <journal>/format      which layout this is; locked while a process writes the journal
//! <journal>/tail/       what was appended lately: one file after the other, synced at every append
//! <journal>/volumes/    everything older: closed sled stores, each with an index, never written again
//! <journal>/witness     how far the journal is known to go
//! <journal>/aside/      what did not fit; kept for whoever looks into it
//! ```

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};

use crate::{Disk, Error};

/// The layout of the directory. Commits, blocks and indexes have versions of their own.
const FORMAT: u32 = 2;
/// The layout that had one sled store, written in place: see `format1.rs`.
const FIRST_FORMAT: u32 = 1;
const FIRST_LINE: &str = "tilannekeskus journal";
/// A marker is two short lines; more is something else.
const MAX_MARKER_BYTES: u64 = 256;

/// Where things lie in a journal.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub root: PathBuf,
}

impl Layout {
    pub(crate) fn marker(&self) -> PathBuf {
        self.root.join("format")
    }

    pub(crate) fn tail(&self) -> PathBuf {
        self.root.join("tail")
    }

    /// The tail file whose first record has this sequence. Twenty digits sort as numbers do.
    pub(crate) fn tail_file(&self, first: u64) -> PathBuf {
        self.tail().join(format!("{first:020}.tail"))
    }

    pub(crate) fn volumes(&self) -> PathBuf {
        self.root.join("volumes")
    }

    pub(crate) fn volume(&self, first: u64, last: u64) -> PathBuf {
        self.volumes().join(format!("{first:020}-{last:020}"))
    }

    /// Where a volume is built. Worth nothing before it has its name.
    pub(crate) fn building(&self) -> PathBuf {
        self.volumes().join("building")
    }

    pub(crate) fn witness(&self) -> PathBuf {
        self.root.join("witness")
    }

    pub(crate) fn aside(&self) -> PathBuf {
        self.root.join("aside")
    }

    /// The one store of format 1.
    pub(crate) fn first_store(&self) -> PathBuf {
        self.root.join("store")
    }

    /// Bytes allocated to everything in the directory.
    pub(crate) fn disk_bytes(&self) -> Result<u64, Error> {
        allocated(&self.root)
    }

    /// The format that the marker names.
    ///
    /// # Errors
    /// [`Error::NotAJournal`], [`Error::NewerFormat`].
    fn format(&self, marker: &mut File) -> Result<Option<u32>, Error> {
        let mut text = Vec::new();
        let read = Read::by_ref(marker).take(MAX_MARKER_BYTES).read_to_end(&mut text);
        read.map_err(Error::io("reading", &self.marker()))?;
        // A marker that is not text is not a journal's, like any other foreign one.
        let text = String::from_utf8_lossy(&text);
        if text.is_empty() {
            return Ok(None);
        }
        let mut lines = text.lines();
        let format = match (lines.next(), lines.next().and_then(|line| line.strip_prefix("format "))) {
            (Some(FIRST_LINE), Some(number)) => number.parse::<u32>().ok(),
            _ => None,
        };
        match format {
            Some(found @ (FIRST_FORMAT | FORMAT)) => Ok(Some(found)),
            Some(found) if found > FORMAT => {
                Err(Error::NewerFormat { directory: self.root.clone(), found, known: FORMAT })
            }
            Some(_) | None => Err(self.foreign("its file `format` is not a journal's")),
        }
    }

    fn foreign(&self, why: &str) -> Error {
        Error::NotAJournal { directory: self.root.clone(), why: why.to_owned() }
    }

    /// For a reader: that this is a journal of the present format. Nothing is locked or written.
    pub(crate) fn look(root: &Path) -> Result<Self, Error> {
        let layout = Self { root: root.to_owned() };
        let path = layout.marker();
        let mut marker = match File::open(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return Err(layout.foreign("there is no file `format` in it"));
            }
            other => other.map_err(Error::io("opening", &path))?,
        };
        match layout.format(&mut marker)? {
            Some(FORMAT) => Ok(layout),
            Some(_) => Err(layout.foreign("it has the first format: start the program on it once")),
            None => Err(layout.foreign("its file `format` is empty")),
        }
    }
}

/// A directory that this process alone writes, for as long as the value lives.
#[derive(Debug)]
pub(crate) struct Directory {
    pub layout: Layout,
    /// Holds the lock.
    marker: File,
    format: u32,
}

impl Directory {
    /// Takes the directory, creating it if there is none. Refuses before touching anything.
    pub(crate) fn claim(root: &Path, disk: &dyn Disk) -> Result<Self, Error> {
        create_durably(root, disk)?;
        let layout = Layout { root: root.to_owned() };
        let path = layout.marker();
        if !path.exists() {
            refuse_foreign(root)?;
        }
        let mut options = OpenOptions::new();
        let options = options.read(true).write(true).create(true).truncate(false);
        let mut marker = options.open(&path).map_err(Error::io("opening", &path))?;
        match marker.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(Error::InUse(root.to_owned())),
            Err(TryLockError::Error(error)) => return Err(Error::io("locking", &path)(error)),
        }
        let format = layout.format(&mut marker)?;
        let mut directory = Self { layout, marker, format: format.unwrap_or(FORMAT) };
        if format.is_none() {
            directory.mark(disk)?;
        }
        let layout = &directory.layout;
        // `aside` too: when it is needed the disk may be full.
        for name in [layout.tail(), layout.volumes(), layout.aside()] {
            create_durably(&name, disk)?;
        }
        // A killed process may have made these names without syncing them.
        let root = root.canonicalize().map_err(Error::io("resolving", root))?;
        for above in [Some(root.as_path()), root.parent()].into_iter().flatten() {
            disk.sync_directory(above).map_err(Error::io("syncing", above))?;
        }
        Ok(directory)
    }

    /// Writes the marker of the present format, durably.
    pub(crate) fn mark(&mut self, disk: &dyn Disk) -> Result<(), Error> {
        let path = self.layout.marker();
        let foreign =
            |directory: &Path| fs::read_dir(directory).is_ok_and(|mut entries| entries.next().is_some());
        let places = [self.layout.tail(), self.layout.volumes(), self.layout.first_store()];
        if self.format == FORMAT && places.iter().any(|place| foreign(place)) {
            return Err(self.layout.foreign("its format marker is empty, but there are records"));
        }
        // In place and within one sector: the old marker or the new one, never neither.
        let text = format!("{FIRST_LINE}\nformat {FORMAT}\n");
        let written = self.marker.write_all_at(text.as_bytes(), 0).and_then(|()| self.marker.sync_all());
        written.map_err(Error::io("writing", &path))?;
        self.format = FORMAT;
        disk.sync_directory(&self.layout.root).map_err(Error::io("syncing", &self.layout.root))
    }

    /// Whether the records still lie in the one store of the first format.
    pub(crate) const fn has_first_format(&self) -> bool {
        self.format == FIRST_FORMAT
    }

    /// Moves a file or directory out of sight. Nothing is overwritten.
    pub(crate) fn set_aside(&self, path: &Path, disk: &dyn Disk) -> Result<PathBuf, Error> {
        let aside = self.layout.aside();
        create_durably(&aside, disk)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let mut names = (1_u32..).map(|n| aside.join(format!("{name}.{n}")));
        let target = names.find(|target| !target.exists()).unwrap_or_else(|| aside.join("full"));
        disk.rename(path, &target).map_err(Error::io("moving aside", path))?;
        // The new name first: on no disk is the file ever without one.
        for directory in [Some(aside.as_path()), path.parent()].into_iter().flatten() {
            disk.sync_directory(directory).map_err(Error::io("syncing", directory))?;
        }
        Ok(target)
    }
}

/// What lies in a directory, sorted by name; nothing if there is no such directory.
pub(crate) fn entries(directory: &Path) -> Result<Vec<PathBuf>, Error> {
    let listed = match fs::read_dir(directory) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(Error::io("listing", directory))?,
    };
    let paths: Result<Vec<PathBuf>, _> = listed.map(|entry| entry.map(|entry| entry.path())).collect();
    let mut paths = paths.map_err(Error::io("listing", directory))?;
    paths.sort();
    Ok(paths)
}

fn allocated(path: &Path) -> Result<u64, Error> {
    let metadata = match fs::symlink_metadata(path) {
        // Bound or merged away meanwhile.
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(0),
        other => other.map_err(Error::io("measuring", path))?,
    };
    // In units of 512 bytes, whatever the file system's block size is.
    let mut bytes = metadata.blocks() * 512;
    if metadata.is_dir() {
        for entry in entries(path)? {
            bytes += allocated(&entry)?;
        }
    }
    Ok(bytes)
}

/// Creates a directory and the parents that it lacks, each with its name durable in the one above.
pub(crate) fn create_durably(path: &Path, disk: &dyn Disk) -> Result<(), Error> {
    if path.is_dir() {
        return Ok(());
    }
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        Some(_) | None => Path::new("."),
    };
    create_durably(parent, disk)?;
    match fs::create_dir(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(Error::io("creating", path)(error)),
        Ok(()) | Err(_) => disk.sync_directory(parent).map_err(Error::io("syncing", parent)),
    }
}

/// A directory without a marker must be empty: it may be someone's.
fn refuse_foreign(root: &Path) -> Result<(), Error> {
    match entries(root)?.first() {
        None => Ok(()),
        Some(entry) => {
            let name = entry.file_name().unwrap_or_default().to_string_lossy();
            let why = format!("there is {name} in it, but no file `format`");
            Err(Error::NotAJournal { directory: root.to_owned(), why })
        }
    }
}
