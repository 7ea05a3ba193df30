//! Kept situations as files: one takes some hundred kilobytes, and a long journal has thousands.
//!
//! Which of the files are true is known by a list that is written with each snapshot, and by what was folded since. What no
//! list names is of a process that ended before it wrote one, and goes at the next start. Files are not synced: one that
//! did not come to the disk is seen to be missing or damaged, and its stretch is folded again when somebody asks.

use std::collections::{BTreeMap, HashSet};
use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;

use proto::snapshot::{KeptEntry, KeptList, Stand, read_kept, write_kept};
use runtime::snapshots::Shelf;

use super::kept::{pack, unpack};
use super::{Kept, Place, Stored};

/// The directory of the files, beside the snapshots.
const DIRECTORY: &str = "moments";
const FILE: &str = "situation";
const LIST: &str = "list";
/// What names end with while their files are written.
const ASIDE: &str = "writing";
/// The most bytes of one file that are read: fifty times what a county's takes.
const MAX_FILE: usize = 16 * 1024 * 1024;

/// The files' directory; none where nothing is put away.
#[derive(Clone)]
pub(crate) struct Files {
    directory: Option<Arc<Path>>,
    /// So many were begun.
    writes: Arc<AtomicU64>,
}

impl Files {
    /// The files beside a service's snapshots. Calls block on the disk.
    pub fn beside(shelf: Option<&Shelf>) -> Self {
        Self {
            directory: shelf.map(|shelf| shelf.directory().join(DIRECTORY).into()),
            writes: Arc::default(),
        }
    }

    /// Keeps a situation of when `known` was the newest fact known: in memory if it cannot be a file, and not at all if it is
    /// too big for either.
    pub fn keep(&self, place: Place, known: u64, kept: Kept) -> Option<Stored> {
        let packed = pack(place, kept)?;
        let written =
            self.directory.as_deref().map(|directory| self.write(directory, &file(place, known), &packed));
        match written {
            Some(Ok(())) => return Some(Stored::Filed { known, bytes: packed.len() as u64 }),
            Some(Err(error)) => {
                tracing::warn!(%error, "a situation of the past could not be put away, and stays in memory");
            }
            None => {}
        }
        Some(Stored::Packed(packed.into()))
    }

    /// The situation that is kept at a place.
    ///
    /// # Errors
    /// A sentence, if it cannot be read: then it is [`Files::remove`]d, and folded again.
    pub fn open(&self, place: Place, stored: &Stored) -> Result<Kept, String> {
        match (stored, self.directory.as_deref()) {
            (Stored::Packed(bytes), _) => unpack(place, bytes),
            (Stored::Filed { known, .. }, Some(directory)) => {
                let bytes = Shelf::read(&directory.join(file(place, *known)), MAX_FILE);
                unpack(place, &bytes.map_err(|error| error.to_string())?)
            }
            (Stored::Filed { .. }, None) => Err("there is no directory for it".to_owned()),
        }
    }

    /// Removes those that are not kept any more. What stays is removed at the next start.
    pub fn remove(&self, gone: &[(Place, Stored)]) {
        let Some(directory) = self.directory.as_deref() else { return };
        for (place, stored) in gone {
            if let Stored::Filed { known, .. } = stored {
                drop(fs::remove_file(directory.join(file(*place, *known))));
            }
        }
    }

    /// Writes down which files are true for whoever starts from the snapshot that stands there. Lists of snapshots that are gone
    /// go.
    ///
    /// # Errors
    /// What the system says.
    pub fn write_list(
        &self,
        stand: &Stand,
        spacing: usize,
        kept: &BTreeMap<Place, Stored>,
    ) -> std::io::Result<()> {
        let Some(directory) = self.directory.as_deref() else { return Ok(()) };
        let entry = |(place, stored): (&Place, &Stored)| match stored {
            Stored::Filed { known, bytes } => Some(KeptEntry { place: *place, known: *known, bytes: *bytes }),
            Stored::Packed(_) => None,
        };
        let list = KeptList { spacing: spacing as u64, entries: kept.iter().filter_map(entry).collect() };
        let bytes = write_kept(&list, stand).map_err(std::io::Error::other)?;
        self.write(directory, &list_of(stand.sequence), &bytes)?;
        let mut others = lists(directory);
        others.sort_unstable();
        let before = others.iter().filter(|(sequence, _)| *sequence < stand.sequence).count();
        for (at, (sequence, path)) in others.iter().enumerate() {
            // Two snapshots stay, and this list's own is not written yet. One beyond it is of another journal.
            if *sequence > stand.sequence || at + 2 < before {
                drop(fs::remove_file(path));
            }
        }
        Ok(())
    }

    /// What the list says that was written with a snapshot, as far as the files are there: the spacing, and which are kept.
    /// `None` without such a list.
    pub fn listed(&self, stand: &Stand) -> Option<(usize, BTreeMap<Place, Stored>)> {
        let directory = self.directory.as_deref()?;
        let path = directory.join(list_of(stand.sequence));
        let read = match Shelf::read(&path, MAX_FILE) {
            Ok(file) => read_kept(&file).map_err(|error| error.to_string()),
            Err(error) if error.kind() == ErrorKind::NotFound => return None,
            Err(error) => Err(error.to_string()),
        };
        let list = match read {
            Ok((of, list)) if of == *stand => list,
            Ok(_) => return None,
            Err(why) => {
                tracing::warn!(list = %path.display(), why, "this list of past situations is left out: they are folded again");
                return None;
            }
        };
        let there = names(directory);
        let kept = list.entries.into_iter().filter_map(|KeptEntry { place, known, bytes }| {
            let is_there = there.contains(&OsString::from(file(place, known)));
            is_there.then_some((place, Stored::Filed { known, bytes }))
        });
        Some((usize::try_from(list.spacing).ok()?, kept.collect()))
    }

    /// Writes a file aside and renames it, so that what has the name is whole while the system lives.
    fn write(&self, directory: &Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
        if !directory.is_dir() {
            fs::create_dir_all(directory)?;
        }
        // Two who were asked for the same stretch write the same at the same time.
        let number = self.writes.fetch_add(1, Relaxed);
        let aside = directory.join(format!("{name}.{number}.{ASIDE}"));
        fs::write(&aside, bytes)?;
        fs::rename(aside, directory.join(name))
    }

    /// Removes every file but those that are kept: what ended processes left, and what is of another journal.
    pub fn sweep(&self, kept: &BTreeMap<Place, Stored>) {
        let Some(directory) = self.directory.as_deref() else { return };
        let name = |(place, stored): (&Place, &Stored)| match stored {
            Stored::Filed { known, .. } => Some(OsString::from(file(*place, *known))),
            Stored::Packed(_) => None,
        };
        let stays: HashSet<OsString> = kept.iter().filter_map(name).collect();
        for name in names(directory) {
            let is_list = Path::new(&name).extension().is_some_and(|ending| ending == LIST);
            if !is_list && !stays.contains(&name) {
                drop(fs::remove_file(directory.join(name)));
            }
        }
    }
}

/// Two of one place and one newest fact are the same.
fn file((at, sequence): Place, known: u64) -> String {
    format!("{}-{sequence}-{known}.{FILE}", at.as_micros())
}

fn list_of(sequence: u64) -> String {
    format!("{sequence:020}.{LIST}")
}

/// The lists that are there, each with its snapshot's sequence.
fn lists(directory: &Path) -> Vec<(u64, PathBuf)> {
    let sequence = |name: &OsString| name.to_str()?.strip_suffix(LIST)?.strip_suffix('.')?.parse().ok();
    names(directory).into_iter().filter_map(|name| Some((sequence(&name)?, directory.join(name)))).collect()
}

fn names(directory: &Path) -> HashSet<OsString> {
    let Ok(entries) = fs::read_dir(directory) else { return HashSet::new() };
    entries.flatten().map(|entry| entry.file_name()).collect()
}
