//! The journal's directory: who may use it, what lies in it, and that its names are durable.
//!
//! ```text
//! <journal>/format    which layout this is; locked while a process has the journal open
//! <journal>/store/    sled's files: db, conf, snap.*, blobs/ (always empty)
//! <journal>/witness   how far the store is known to go
//! <journal>/aside/    snapshots of sled's that did not fit; kept for whoever looks into it
//! ```

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::Error;

/// The layout of the directory and its tree. Blocks have versions of their own.
const FORMAT: u32 = 1;
const FIRST_LINE: &str = "tilannekeskus journal";
/// A marker is two short lines; more is something else.
const MAX_MARKER_BYTES: u64 = 256;

/// A directory that this process alone uses, for as long as the value lives.
#[derive(Debug)]
pub(super) struct Directory {
    root: PathBuf,
    /// Holds the lock.
    _marker: File,
}

impl Directory {
    /// Takes the directory, creating it if there is none. Refuses before touching anything.
    pub(super) fn claim(root: &Path) -> Result<Self, Error> {
        create_durably(root)?;
        let path = root.join("format");
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
        let mut text = Vec::new();
        let read = Read::by_ref(&mut marker).take(MAX_MARKER_BYTES).read_to_end(&mut text);
        read.map_err(Error::io("reading", &path))?;
        // A marker that is not text is not a journal's, like any other foreign one.
        let text = String::from_utf8_lossy(&text);
        let directory = Self { root: root.to_owned(), _marker: marker };
        if text.is_empty() {
            directory.mark(&path)?;
        } else {
            directory.check(&text)?;
        }
        let store = directory.store();
        // sled makes `blobs` itself if it is missing; made here, its name can be synced before sled starts.
        fs::create_dir_all(store.join("blobs")).map_err(Error::io("creating", &store))?;
        Ok(directory)
    }

    /// Writes the marker of a new journal, durably, before there is anything that it marks.
    fn mark(&self, path: &Path) -> Result<(), Error> {
        if self.data_file().exists() {
            let why = "its format marker is empty, but there is a store".to_owned();
            return Err(Error::NotAJournal { directory: self.root.clone(), why });
        }
        let mut marker = &self._marker;
        let written = write!(marker, "{FIRST_LINE}\nformat {FORMAT}\n").and_then(|()| marker.sync_all());
        written.map_err(Error::io("writing", path))?;
        sync_directory(&self.root)
    }

    fn check(&self, text: &str) -> Result<(), Error> {
        let mut lines = text.lines();
        let format = match (lines.next(), lines.next().and_then(|line| line.strip_prefix("format "))) {
            (Some(FIRST_LINE), Some(number)) => number.parse::<u32>().ok(),
            _ => None,
        };
        match format {
            Some(FORMAT) => Ok(()),
            Some(found) if found > FORMAT => {
                Err(Error::NewerFormat { directory: self.root.clone(), found, known: FORMAT })
            }
            Some(_) | None => {
                let why = "its file `format` is not a journal's".to_owned();
                Err(Error::NotAJournal { directory: self.root.clone(), why })
            }
        }
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// Where sled lives.
    pub(super) fn store(&self) -> PathBuf {
        self.root.join("store")
    }

    /// The file that sled keeps its log in.
    pub(super) fn data_file(&self) -> PathBuf {
        self.store().join("db")
    }

    /// Where it is noted how far the store goes.
    pub(super) fn witness_file(&self) -> PathBuf {
        self.root.join("witness")
    }

    /// Makes names durable: those in the store, the store's own, the journal's own. sled syncs none.
    pub(super) fn sync(&self) -> Result<(), Error> {
        let store = self.store();
        let conf = store.join("conf");
        let synced = File::open(&conf).and_then(|file| file.sync_all());
        synced.map_err(Error::io("syncing", &conf))?;
        for directory in [&store.join("blobs"), &store, &self.root] {
            sync_directory(directory)?;
        }
        match self.root.canonicalize().map_err(Error::io("resolving", &self.root))?.parent() {
            Some(parent) => sync_directory(parent),
            None => Ok(()),
        }
    }

    /// Removes snapshots that sled had not finished writing: they hold nothing that its log does not, and
    /// sled refuses to open beside one.
    pub(super) fn remove_unfinished_snapshots(&self) -> Result<(), Error> {
        for path in self.snapshots()? {
            if path.extension().is_some_and(|extension| extension == "generating") {
                fs::remove_file(&path).map_err(Error::io("removing", &path))?;
            }
        }
        Ok(())
    }

    /// Moves sled's snapshots out of its sight and says how many there were. Nothing is overwritten.
    pub(super) fn set_snapshots_aside(&self) -> Result<usize, Error> {
        let snapshots = self.snapshots()?;
        let aside = self.root.join("aside");
        if !snapshots.is_empty() {
            fs::create_dir_all(&aside).map_err(Error::io("creating", &aside))?;
        }
        for path in &snapshots {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let mut names = (1_u32..).map(|n| aside.join(format!("{name}.{n}")));
            if let Some(target) = names.find(|target| !target.exists()) {
                fs::rename(path, &target).map_err(Error::io("moving aside", path))?;
            }
        }
        if !snapshots.is_empty() {
            sync_directory(&aside)?;
            sync_directory(&self.store())?;
        }
        Ok(snapshots.len())
    }

    fn snapshots(&self) -> Result<Vec<PathBuf>, Error> {
        let store = self.store();
        let mut found = Vec::new();
        for entry in fs::read_dir(&store).map_err(Error::io("listing", &store))? {
            let path = entry.map_err(Error::io("listing", &store))?.path();
            if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("snap.")) {
                found.push(path);
            }
        }
        Ok(found)
    }

    /// The name of a file that sled moved out of its log, if there is one.
    pub(super) fn first_blob(&self) -> Result<Option<String>, Error> {
        let blobs = self.store().join("blobs");
        let mut entries = fs::read_dir(&blobs).map_err(Error::io("listing", &blobs))?;
        let first = entries.next().transpose().map_err(Error::io("listing", &blobs))?;
        Ok(first.map(|entry| entry.file_name().to_string_lossy().into_owned()))
    }

    /// Bytes allocated to sled's files.
    pub(super) fn disk_bytes(&self) -> Result<u64, Error> {
        let store = self.store();
        let mut bytes = 0;
        for entry in fs::read_dir(&store).map_err(Error::io("listing", &store))? {
            let metadata = entry.and_then(|entry| entry.metadata()).map_err(Error::io("listing", &store))?;
            // In units of 512 bytes, whatever the file system's block size is.
            bytes += metadata.blocks() * 512;
        }
        Ok(bytes)
    }
}

/// Creates a directory and the parents that it lacks, each with its name durable in the one above.
fn create_durably(path: &Path) -> Result<(), Error> {
    if path.is_dir() {
        return Ok(());
    }
    let parent = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        Some(_) | None => Path::new("."),
    };
    create_durably(parent)?;
    match fs::create_dir(path) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(Error::io("creating", path)(error)),
        Ok(()) | Err(_) => sync_directory(parent),
    }
}

/// A directory without a marker must be empty: it may be someone's.
fn refuse_foreign(root: &Path) -> Result<(), Error> {
    let mut entries = fs::read_dir(root).map_err(Error::io("listing", root))?;
    match entries.next().transpose().map_err(Error::io("listing", root))? {
        None => Ok(()),
        Some(entry) => {
            let why = format!("there is {} in it, but no file `format`", entry.file_name().to_string_lossy());
            Err(Error::NotAJournal { directory: root.to_owned(), why })
        }
    }
}

fn sync_directory(path: &Path) -> Result<(), Error> {
    match File::open(path).and_then(|directory| directory.sync_all()) {
        // Some file systems have no such call for directories, and then no such promise to keep.
        Err(error) if error.kind() == ErrorKind::InvalidInput => Ok(()),
        other => other.map_err(Error::io("syncing", path)),
    }
}
