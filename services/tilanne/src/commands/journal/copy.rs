//! Copying a journal's files, also while its process writes them.
//!
//! What is appended goes to a tail file; full tails are bound into volumes, which never change, and small
//! volumes into bigger ones. A file is only removed when what it holds is durable in another. So whoever
//! copies the tail first and lists the volumes afterwards misses nothing that was there at the beginning:
//! what is bound meanwhile is in a volume by then. The witness is copied before all else: it says how far
//! the acknowledged facts went at the beginning, and a copy that lacks one of them is refused as damaged.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::directory::{failed, sync_directory};
use crate::Error;

/// Volumes are listed again at the most so often, when one was bound into another while it was copied.
const LISTINGS: usize = 100;
/// The pause before they are: a removal takes some milliseconds.
const PAUSE: Duration = Duration::from_millis(20);

/// Copies a directory with everything in it, durably. Nobody may be writing it.
pub fn copy_tree(from: &Path, to: &Path) -> Result<(), Error> {
    for Entry { path, directory } in list(from)? {
        let there = to.join(path.file_name().unwrap_or_default());
        if directory {
            fs::create_dir(&there).map_err(failed("creating", &there))?;
            copy_tree(&path, &there)?;
        } else {
            let source = File::open(&path).map_err(failed("opening", &path))?;
            copy_file(source, &path, &there)?;
        }
    }
    sync_directory(to)
}

/// Copies a journal that may be written meanwhile.
pub fn copy_live(from: &Path, to: &Path) -> Result<(), Error> {
    for name in ["format", "witness"] {
        if let Some(source) = open_if_there(&from.join(name))? {
            copy_file(source, &from.join(name), &to.join(name))?;
        }
    }
    copy_tail(&from.join("tail"), &to.join("tail"))?;
    copy_volumes(&from.join("volumes"), &to.join("volumes"))?;
    sync_directory(to)
}

fn copy_tail(from: &Path, to: &Path) -> Result<(), Error> {
    fs::create_dir(to).map_err(failed("creating", to))?;
    for Entry { path, .. } in list_if_there(from)? {
        // One that is gone has been bound into a volume, which is listed later.
        if let Some(source) = open_if_there(&path)? {
            // A commit that is written and not synced yet must not be in a copy and then not in the journal.
            source.sync_data().map_err(failed("syncing", &path))?;
            copy_file(source, &path, &to.join(path.file_name().unwrap_or_default()))?;
        }
    }
    sync_directory(to)
}

fn copy_volumes(from: &Path, to: &Path) -> Result<(), Error> {
    fs::create_dir(to).map_err(failed("creating", to))?;
    let mut copied: BTreeSet<Volume> = BTreeSet::new();
    for _ in 0..LISTINGS {
        let wanted = volumes(from)?;
        let mut vanished = false;
        for volume in &wanted {
            if copied.contains(volume) {
                continue;
            }
            let files = open_volume(&from.join(volume.name()))?;
            // Only one that was bound into another is ever removed, and the other is there before that.
            // So if none is there, everything in this one was open before any of it went.
            match files {
                Some(files) if volumes(from)?.contains(volume) => {
                    copy_volume(files, &to.join(volume.name()))?;
                    copied.insert(*volume);
                }
                Some(_) | None => vanished = true,
            }
        }
        if !vanished {
            for volume in copied.iter().filter(|volume| !wanted.contains(volume)) {
                let old = to.join(volume.name());
                fs::remove_dir_all(&old).map_err(failed("removing", &old))?;
            }
            return sync_directory(to);
        }
        std::thread::sleep(PAUSE);
    }
    Err(Error::Failed(format!(
        "{}: volumes were bound together faster than they could be copied, {LISTINGS} times: try again",
        from.display()
    )))
}

/// A volume, by the first and last sequence in its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Volume {
    first: u64,
    last: u64,
}

impl Volume {
    /// `None` for what is no volume, such as one that is being built.
    fn named(path: &Path) -> Option<Self> {
        let (first, last) = path.file_name()?.to_str()?.split_once('-')?;
        Some(Self { first: first.parse().ok()?, last: last.parse().ok()? })
    }

    fn name(self) -> String {
        format!("{:020}-{:020}", self.first, self.last)
    }

    const fn covers(self, other: Self) -> bool {
        self.first <= other.first && other.last <= self.last
    }
}

/// The volumes in force: without those that have been bound into another and are on their way out.
fn volumes(directory: &Path) -> Result<BTreeSet<Volume>, Error> {
    let all: BTreeSet<Volume> =
        list_if_there(directory)?.iter().filter_map(|entry| Volume::named(&entry.path)).collect();
    let covered = |volume: &Volume| all.iter().any(|other| other != volume && other.covers(*volume));
    Ok(all.iter().filter(|volume| !covered(volume)).copied().collect())
}

/// Everything in a volume, opened, so that it can be read to its end whatever becomes of its names.
struct Opened {
    directories: Vec<PathBuf>,
    files: Vec<(PathBuf, File)>,
}

/// Opens a volume's files; `None` if it is being removed.
fn open_volume(volume: &Path) -> Result<Option<Opened>, Error> {
    let mut opened = Opened { directories: Vec::new(), files: Vec::new() };
    let mut waiting = vec![PathBuf::new()];
    while let Some(directory) = waiting.pop() {
        for entry in list_if_there(&volume.join(&directory))? {
            let below = directory.join(entry.path.file_name().unwrap_or_default());
            if entry.directory {
                waiting.push(below.clone());
                opened.directories.push(below);
            } else {
                let Some(file) = open_if_there(&entry.path)? else { return Ok(None) };
                opened.files.push((below, file));
            }
        }
    }
    Ok((!opened.files.is_empty()).then_some(opened))
}

fn copy_volume(opened: Opened, to: &Path) -> Result<(), Error> {
    fs::create_dir(to).map_err(failed("creating", to))?;
    // A directory comes after the one that it is in.
    for directory in &opened.directories {
        let there = to.join(directory);
        fs::create_dir(&there).map_err(failed("creating", &there))?;
    }
    for (below, file) in opened.files {
        copy_file(file, &below, &to.join(&below))?;
    }
    opened.directories.iter().try_for_each(|directory| sync_directory(&to.join(directory)))?;
    sync_directory(to)
}

fn copy_file(mut source: File, path: &Path, to: &Path) -> Result<(), Error> {
    let mut target = File::create_new(to).map_err(failed("creating", to))?;
    std::io::copy(&mut source, &mut target).map_err(failed("copying", path))?;
    target.sync_all().map_err(failed("syncing", to))
}

struct Entry {
    path: PathBuf,
    directory: bool,
}

fn list(directory: &Path) -> Result<Vec<Entry>, Error> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(directory).map_err(failed("listing", directory))? {
        let entry = entry.map_err(failed("listing", directory))?;
        let kind = match entry.file_type() {
            // Bound into a volume, or into another one, since it was listed.
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            other => other.map_err(failed("looking at", &entry.path()))?,
        };
        entries.push(Entry { path: entry.path(), directory: kind.is_dir() });
    }
    Ok(entries)
}

/// As [`list`]; nothing if the directory is not there (any more).
fn list_if_there(directory: &Path) -> Result<Vec<Entry>, Error> {
    match list(directory) {
        Err(Error::Path { source, .. }) if source.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        other => other,
    }
}

/// `None` if the file is not there (any more).
fn open_if_there(path: &Path) -> Result<Option<File>, Error> {
    match File::open(path) {
        Ok(file) => Ok(Some(file)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed("opening", path)(error)),
    }
}
