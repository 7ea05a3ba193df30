//! Kept situations as files: one takes some hundred kilobytes, and a long journal has thousands.
//!
//! Which of the files are true is known by a list that is written with each snapshot, and by what was folded since. What no
//! list names is of a process that ended before it wrote one, and goes at the next start. Lists are synced, the files are not: one that
//! did not come to the disk is seen to be missing or damaged, and its stretch is folded again when somebody asks.

use std::collections::{BTreeMap, HashSet};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicU64};

use proto::snapshot::{KeptEntry, KeptList, Stand, read_kept, write_kept};
use runtime::snapshots::Shelf;

use super::kept::{pack, unpack};
use super::{Kept, Known, Place, Stored};

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
pub(crate) struct Files(Option<Arc<Directory>>);

struct Directory {
    path: PathBuf,
    /// The snapshots of which there may be lists.
    snapshots: Shelf,
    /// So many files were begun.
    begun: AtomicU64,
    /// It was said that no more can be put away.
    said: AtomicBool,
}

/// Why a situation is not there.
pub(crate) enum Unopened {
    /// Its file is gone.
    Gone,
    /// It is not what was put away.
    Damaged(String),
    /// It cannot be read now.
    Unreadable(String),
}

impl Files {
    /// The files beside a service's snapshots.
    pub fn beside(shelf: Option<&Shelf>) -> Self {
        Self(shelf.map(|shelf| {
            Arc::new(Directory {
                path: shelf.directory().join(DIRECTORY),
                snapshots: shelf.clone(),
                begun: AtomicU64::new(0),
                said: AtomicBool::new(false),
            })
        }))
    }

    /// Keeps a situation of when so much was known: in memory if it cannot be a file, and not at all if it is too big. Blocks on
    /// the disk, as all that follows.
    pub fn keep(&self, place: Place, known: Known, kept: Kept) -> Option<Stored> {
        let packed = pack(place, kept).filter(|packed| packed.len() <= MAX_FILE)?;
        let Some(directory) = &self.0 else { return Some(Stored::Packed(packed.into())) };
        match directory.write(&file(place, known), &packed) {
            Ok(_) => {
                directory.said.store(false, Relaxed);
                Some(Stored::Filed { known, bytes: packed.len() as u64 })
            }
            Err(error) => {
                if !directory.said.swap(true, Relaxed) {
                    tracing::warn!(
                        %error,
                        "situations of the past cannot be put away: nothing is lost, but questions for what was take longer \
                         after a restart"
                    );
                }
                Some(Stored::Packed(packed.into()))
            }
        }
    }

    /// The situation that is kept at a place.
    pub fn open(&self, place: Place, stored: &Stored) -> Result<Kept, Unopened> {
        match (stored, &self.0) {
            (Stored::Packed(bytes), _) => unpack(place, bytes).map_err(Unopened::Damaged),
            (Stored::Filed { known, .. }, Some(directory)) => {
                let bytes = Shelf::read(&directory.path.join(file(place, *known)), MAX_FILE);
                let why = |error: std::io::Error| {
                    let is_gone = error.kind() == ErrorKind::NotFound;
                    if is_gone { Unopened::Gone } else { Unopened::Unreadable(error.to_string()) }
                };
                let bytes = bytes.map_err(why)?;
                unpack(place, &bytes).map_err(Unopened::Damaged)
            }
            (Stored::Filed { .. }, None) => Err(Unopened::Gone),
        }
    }

    /// The names of all files, for [`Files::is_among`].
    pub fn names(&self) -> std::io::Result<HashSet<OsString>> {
        self.0.as_ref().map_or_else(|| Ok(HashSet::new()), |directory| directory.names())
    }

    /// Whether what is kept is in memory, or a file of one of these names.
    pub fn is_among(names: &HashSet<OsString>, place: Place, stored: &Stored) -> bool {
        name(place, stored).is_none_or(|name| names.contains(&name))
    }

    /// Removes those that are not kept any more. What stays is removed at a start.
    pub fn remove(&self, gone: &[(Place, Stored)]) {
        let Some(directory) = &self.0 else { return };
        for (place, stored) in gone {
            if let Some(name) = name(*place, stored) {
                drop(fs::remove_file(directory.path.join(name)));
            }
        }
    }

    /// Writes down which files are true for whoever starts from the snapshot that stands there and is written next. Lists of
    /// snapshots that are gone go.
    ///
    /// # Errors
    /// What the system says.
    pub fn write_list(
        &self,
        stand: &Stand,
        spacing: usize,
        kept: &BTreeMap<Place, Stored>,
    ) -> std::io::Result<()> {
        let Some(directory) = &self.0 else { return Ok(()) };
        let entry = |(place, stored): (&Place, &Stored)| match stored {
            Stored::Filed { known: Known { sequence, mark }, bytes } => {
                Some(KeptEntry { place: *place, known: *sequence, mark: *mark, bytes: *bytes })
            }
            Stored::Packed(_) => None,
        };
        let list = KeptList { spacing: spacing as u64, entries: kept.iter().filter_map(entry).collect() };
        let bytes = write_kept(&list, stand).map_err(std::io::Error::other)?;
        let written = directory.write(&list_of(stand.sequence), &bytes)?;
        File::open(written)?.sync_data()?;
        directory.lists_in_use(Some(stand.sequence))?;
        Ok(())
    }

    /// What the list says that was written with a snapshot, as far as the files are there: the spacing, and which are kept.
    /// `None` without such a list.
    pub fn listed(&self, stand: &Stand) -> Option<(usize, BTreeMap<Place, Stored>)> {
        let directory = self.0.as_ref()?;
        let path = directory.path.join(list_of(stand.sequence));
        let list = match read_list(&path) {
            Ok((of, list)) if of == *stand => list,
            Ok(_) => return None,
            Err(error) if error.kind() == ErrorKind::NotFound => return None,
            Err(error) => {
                tracing::warn!(
                    list = %path.display(),
                    %error,
                    "this list of past situations is left out: they are folded again"
                );
                return None;
            }
        };
        let names = directory.names().unwrap_or_default();
        let kept = list.entries.iter().map(entry_stored);
        let kept = kept.filter(|(place, stored)| Self::is_among(&names, *place, stored));
        Some((usize::try_from(list.spacing).ok()?, kept.collect()))
    }

    /// Removes every file that is not kept and that no list of a snapshot names: what ended processes left.
    ///
    /// # Errors
    /// What the system says: then what may be in use stays.
    pub fn sweep(&self, kept: &BTreeMap<Place, Stored>) -> std::io::Result<()> {
        let Some(directory) = &self.0 else { return Ok(()) };
        let mut stays: HashSet<OsString> =
            kept.iter().filter_map(|(place, stored)| name(*place, stored)).collect();
        for list in directory.lists_in_use(None)? {
            // One that cannot be read is of no use to anybody.
            let Ok((_, entries)) = read_list(&list) else { continue };
            stays.extend(
                entries.entries.iter().map(entry_stored).filter_map(|(place, stored)| name(place, &stored)),
            );
            stays.extend(list.file_name().map(OsString::from));
        }
        for name in directory.names()?.difference(&stays) {
            drop(fs::remove_file(directory.path.join(name)));
        }
        Ok(())
    }
}

impl Directory {
    fn names(&self) -> std::io::Result<HashSet<OsString>> {
        match fs::read_dir(&self.path) {
            Ok(entries) => entries.map(|entry| Ok(entry?.file_name())).collect(),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(HashSet::new()),
            Err(error) => Err(error),
        }
    }

    /// The lists of snapshots that are there, or are written next; others are removed.
    fn lists_in_use(&self, next: Option<u64>) -> std::io::Result<Vec<PathBuf>> {
        let mut lists = Vec::new();
        for name in self.names()? {
            let sequence =
                name.to_str().and_then(|name| name.strip_suffix(LIST)?.strip_suffix('.')?.parse().ok());
            let Some(sequence) = sequence else { continue };
            let path = self.path.join(name);
            if next == Some(sequence) || self.snapshots.holds(sequence) {
                lists.push(path);
            } else {
                drop(fs::remove_file(path));
            }
        }
        Ok(lists)
    }

    /// Writes a file aside and renames it, so that what has the name is whole while the system lives. Answers with where it is.
    fn write(&self, name: &str, bytes: &[u8]) -> std::io::Result<PathBuf> {
        if !self.path.is_dir() {
            fs::create_dir_all(&self.path)?;
        }
        // Two who were asked for the same stretch write the same at the same time.
        let aside = self.path.join(format!("{name}.{}.{ASIDE}", self.begun.fetch_add(1, Relaxed)));
        let path = self.path.join(name);
        let written = fs::write(&aside, bytes).and_then(|()| fs::rename(&aside, &path));
        if written.is_err() {
            drop(fs::remove_file(aside));
        }
        written.map(|()| path)
    }
}

fn read_list(path: &Path) -> std::io::Result<(Stand, KeptList)> {
    read_kept(&Shelf::read(path, MAX_FILE)?).map_err(std::io::Error::other)
}

const fn entry_stored(entry: &KeptEntry) -> (Place, Stored) {
    let KeptEntry { place, known, mark, bytes } = *entry;
    (place, Stored::Filed { known: Known { sequence: known, mark }, bytes })
}

fn name(place: Place, stored: &Stored) -> Option<OsString> {
    match stored {
        Stored::Filed { known, .. } => Some(OsString::from(file(place, *known))),
        Stored::Packed(_) => None,
    }
}

/// Two of one place of which the same was known are the same.
fn file((at, sequence): Place, known: Known) -> String {
    format!("{}-{sequence}-{}-{:016x}.{FILE}", at.as_micros(), known.sequence, known.mark)
}

fn list_of(sequence: u64) -> String {
    format!("{sequence:020}.{LIST}")
}
