//! The calls that durability rests on, behind a seam.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;

/// What the journal asks of its disk where an answer decides about a promise. [`SystemDisk`] is the real
/// one; a harness wraps it to count, record, fail or leave out any call, or to die at one.
///
/// Reads are not here: they promise nothing. Nor are sled's own writes: nothing rests on them before
/// [`sync`](Self::sync) was called on the file they made.
pub trait Disk: Send + Sync {
    /// Creates a tail file, which must not exist.
    ///
    /// # Errors
    /// The system's.
    fn create(&self, path: &Path) -> io::Result<File>;

    /// Writes one commit at the end of a tail file.
    ///
    /// # Errors
    /// The system's. Part of the bytes may have been written.
    fn append(&self, file: &File, path: &Path, bytes: &[u8]) -> io::Result<()>;

    /// Returns once all that was written to the file is on the disk, and its length with it.
    ///
    /// # Errors
    /// The system's. A failure is final: the system may have dropped the bytes that it could not write, so
    /// a second call proves nothing.
    fn sync(&self, file: &File, path: &Path) -> io::Result<()>;

    /// Returns once the names in a directory are on the disk.
    ///
    /// # Errors
    /// The system's.
    fn sync_directory(&self, path: &Path) -> io::Result<()>;

    /// Writes the bytes that a file begins with once more, in their places, and gives the file for the sync
    /// that follows. They are the same bytes, so that cut off anywhere it leaves them; and on most file systems
    /// it takes no new space.
    ///
    /// # Errors
    /// The system's.
    fn overwrite(&self, path: &Path, bytes: &[u8]) -> io::Result<File> {
        let file = OpenOptions::new().read(true).write(true).open(path)?;
        file.write_all_at(bytes, 0)?;
        Ok(file)
    }

    /// Finds out whether there is room for so many bytes more, with a file of this name that is gone
    /// afterwards.
    ///
    /// # Errors
    /// The system's, such as that there is none.
    fn room(&self, path: &Path, bytes: usize) -> io::Result<()> {
        let written = File::create(path).and_then(|mut file| file.write_all(&vec![0; bytes]));
        if path.exists() {
            fs::remove_file(path)?;
        }
        written
    }

    /// Gives a built volume its name.
    ///
    /// # Errors
    /// The system's.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a tail file, or a volume's directory, whose records lie durably elsewhere.
    ///
    /// # Errors
    /// The system's.
    fn remove(&self, path: &Path) -> io::Result<()>;
}

/// The machine's own disk.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemDisk;

impl Disk for SystemDisk {
    fn create(&self, path: &Path) -> io::Result<File> {
        OpenOptions::new().read(true).append(true).create_new(true).open(path)
    }

    fn append(&self, mut file: &File, _path: &Path, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes)
    }

    fn sync(&self, file: &File, _path: &Path) -> io::Result<()> {
        // fdatasync: the data, and the file's length where it grew.
        file.sync_data()
    }

    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        match File::open(path).and_then(|directory| directory.sync_all()) {
            // Some file systems have no such call for directories, and then no such promise to keep.
            Err(error) if error.kind() == ErrorKind::InvalidInput => Ok(()),
            other => other,
        }
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
    }
}
