//! Files on the disk: how much room they take, and how to make them cold.

use std::fs::File;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{Advice, fadvise};

use crate::Error;

/// Where the system can be told to forget its cache, by root.
const DROP_CACHES: &str = "/proc/sys/vm/drop_caches";
/// A unit of `st_blocks`.
const SECTOR: u64 = 512;

/// Every file below a directory.
pub fn files(directory: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).map_err(Error::file(directory))? {
        let path = entry.map_err(Error::file(directory))?.path();
        if path.is_dir() { found.extend(files(&path)?) } else { found.push(path) }
    }
    Ok(found)
}

/// Bytes that a directory takes on the disk, in whole blocks as the file system gives them out.
pub fn taken(directory: &Path) -> Result<u64, Error> {
    let sizes = files(directory)?;
    sizes
        .iter()
        .try_fold(0, |sum, path| Ok(sum + path.metadata().map_err(Error::file(path))?.blocks() * SECTOR))
}

/// Takes a directory's files out of the page cache. Answers with how.
pub fn cool(directory: &Path) -> Result<&'static str, Error> {
    for path in files(directory)? {
        let file = File::open(&path).map_err(Error::file(&path))?;
        // Only what is on the disk can be forgotten.
        file.sync_all().map_err(Error::file(&path))?;
        fadvise(&file, 0, None, Advice::DontNeed).map_err(|error| Error::file(&path)(error.into()))?;
    }
    let dropped = std::fs::write(DROP_CACHES, "1\n").is_ok();
    Ok(if dropped { "posix_fadvise(DONTNEED) and drop_caches" } else { "posix_fadvise(DONTNEED)" })
}

/// Lets the disk finish what was measured before.
pub fn calm() {
    rustix::fs::sync();
}

/// Copies a directory.
pub fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    std::fs::create_dir_all(to).map_err(Error::file(to))?;
    for entry in std::fs::read_dir(from).map_err(Error::file(from))? {
        let path = entry.map_err(Error::file(from))?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            std::fs::copy(&path, &target).map_err(Error::file(&path))?;
        }
    }
    Ok(())
}

/// A new directory on the disk of a place: a temporary directory may be in memory, which no sync slows.
pub fn place(within: &Path) -> Result<tempfile::TempDir, Error> {
    tempfile::Builder::new().prefix(".tilanne-bench-").tempdir_in(within).map_err(Error::file(within))
}
