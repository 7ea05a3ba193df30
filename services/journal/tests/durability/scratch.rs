//! Where journals of the tests lie.

use std::path::{Path, PathBuf};

use bytes::Bytes;

use crate::cuts::shadow::Remains;

/// In memory where there is such a file system: what a sync costs is not what is tested.
pub fn directory() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.expect("a directory for scratch")
}

/// Where something is kept that someone will want to look at.
pub fn kept(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    drop(std::fs::remove_dir_all(&path));
    std::fs::create_dir_all(&path).expect("a directory");
    path
}

impl Remains {
    /// Puts the files onto a real disk.
    pub fn materialise(&self, root: &Path) {
        std::fs::create_dir_all(root).expect("a directory");
        for directory in &self.directories {
            std::fs::create_dir_all(root.join(directory)).expect("a directory");
        }
        for (path, bytes) in &self.files {
            std::fs::write(root.join(path), bytes).expect("a file");
        }
    }
}

/// Puts a listing onto a real disk.
pub fn write(found: &[(PathBuf, Option<Bytes>)], root: &Path) {
    std::fs::create_dir_all(root).expect("a directory");
    for (path, bytes) in found {
        match bytes {
            Some(bytes) => std::fs::write(root.join(path), bytes).expect("a file"),
            None => std::fs::create_dir_all(root.join(path)).expect("a directory"),
        }
    }
}
