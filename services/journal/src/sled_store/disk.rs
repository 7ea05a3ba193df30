//! The one system call that "acknowledged means it survives" rests on, behind a seam.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

use crate::Error;

/// Makes what was written to the data file durable.
pub(super) trait Disk: Send + Sync {
    /// Returns once everything written so far is on the disk. A failure is final: the system may have
    /// dropped the bytes that it could not write, so a second call proves nothing.
    fn sync(&self) -> io::Result<()>;
}

/// A descriptor on sled's data file beside sled's own. A sync covers the file, whichever descriptor it
/// was written through.
pub(super) struct DataFile(File);

impl DataFile {
    /// Opens the file, creating it empty where sled will find it.
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).open(path);
        file.map(Self).map_err(Error::io("opening", path))
    }
}

impl Disk for DataFile {
    fn sync(&self) -> io::Result<()> {
        // fdatasync: the data, and the file's length where it grew.
        self.0.sync_data()
    }
}
