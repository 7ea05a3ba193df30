//! What happened, in order: the disk's calls, and what was promised between them.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use journal::Head;

/// One entry. Paths are relative to the journal's directory.
#[derive(Debug, Clone)]
pub enum Event {
    /// Files changed. A cut behind this entry may find it undone, half done or done.
    Changed(Change),
    /// The file's bytes so far are durable; its name may not be.
    Synced(PathBuf),
    /// Everything that was done to this directory's names is durable.
    DirectorySynced(PathBuf),
    /// The witness says this from here on. It is never synced.
    Witness(Bytes),
    /// This group is being appended.
    Submitted(Vec<Bytes>),
    /// `append` returned this head.
    Acknowledged(Head),
    /// `open` returned a journal with this head: from here on it is shown to everybody.
    Opened(Head),
}

/// A change of files.
#[derive(Debug, Clone)]
pub enum Change {
    /// A new, empty file.
    Create(PathBuf),
    /// A commit, or as much of it as a killed process had written.
    Append { path: PathBuf, bytes: Bytes, whole: bool },
    /// A directory that was not made through the port.
    Directory(PathBuf),
    /// A file that was not written through the port, and all its bytes. It replaces an earlier one.
    File { path: PathBuf, bytes: Bytes },
    /// A file or a directory with all that is in it.
    Rename(PathBuf, PathBuf),
    /// A file or a directory with all that is in it.
    Remove(PathBuf),
}

/// Everything below `root`: paths relative to it, a file's bytes, none for a directory. A directory comes
/// before what is in it.
pub fn below(root: &Path) -> Vec<(PathBuf, Option<Bytes>)> {
    let (mut found, mut open) = (Vec::new(), vec![PathBuf::new()]);
    while let Some(directory) = open.pop() {
        let Ok(entries) = std::fs::read_dir(root.join(&directory)) else { continue };
        for entry in entries.flatten() {
            let path = directory.join(entry.file_name());
            if entry.path().is_dir() {
                found.push((path.clone(), None));
                open.push(path);
            } else if let Ok(bytes) = std::fs::read(entry.path()) {
                found.push((path, Some(bytes.into())));
            }
        }
    }
    found
}
