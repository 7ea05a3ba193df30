//! The legs that were put away, and the last ones used in memory.

mod files;

use std::collections::{BTreeMap, VecDeque};
use std::fs::{self, File};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use files::{Filed, MARKS, found, name, remove, write};
use runtime::snapshots::Shelf;
use situation::time::Instant;

use super::Stood;
use super::leg::{self, Leg};
use crate::Meters;

/// The directory of the legs, beside the snapshots.
const DIRECTORY: &str = "legs";
/// The most bytes of all files: some 7,000 legs of 300 KiB with their marks, which a county of 25,000 facts a day takes (ten
/// million facts: 0.9 GB), for three years. What would go beyond is not put away, and those who ask for it wait until it is
/// folded.
const MAX_BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// The most bytes of one file that are read: a hundred times what a county's takes.
const MAX_FILE: usize = 16 * 1024 * 1024;

/// States that are kept in memory as they were last used: those who look at the past look at its neighbourhood next.
const IN_MEMORY: usize = 16;

/// Fewer, where the files of so many usual ones have more bytes than this: in memory a state takes some ten times as much.
const MEMORY_BYTES: u64 = 8 * 1024 * 1024;

/// The files of legs, and which there are.
pub(crate) struct Archive {
    /// `None` where nothing is put away.
    directory: Option<PathBuf>,
    inner: Mutex<Inner>,
    /// One leg is put away at a time: two who fold from the first fact come by the same ones.
    putting: Mutex<()>,
    meters: Meters,
}

#[derive(Default)]
struct Inner {
    legs: BTreeMap<u64, Filed>,
    bytes: u64,
    /// Written and not known to be on the disk.
    unsynced: Vec<PathBuf>,
    /// The last used at the end.
    memory: VecDeque<Arc<Stood>>,
    /// It was said that no more can be put away.
    said: bool,
}

impl Archive {
    /// The archive beside a service's snapshots; without them, one that keeps nothing. Calls block on the disk.
    pub fn open(shelf: Option<&Shelf>, meters: Meters) -> Self {
        let directory = shelf.map(|shelf| shelf.directory().join(DIRECTORY));
        let legs: BTreeMap<u64, Filed> = directory.as_deref().map(found).unwrap_or_default();
        let bytes = legs.values().map(|filed| filed.bytes).sum();
        let inner = Mutex::new(Inner { legs, bytes, ..Inner::default() });
        let archive = Self { directory, inner, putting: Mutex::new(()), meters };
        archive.count(&archive.lock());
        archive
    }

    /// Whether anything is put away.
    pub const fn keeps(&self) -> bool {
        self.directory.is_some()
    }

    /// The beginning of the leg on which a fact lies, the nearest of those that were put away, if it reaches to another.
    pub fn beginning(&self, sequence: u64, reach: u64) -> Option<u64> {
        let inner = self.lock();
        let mut before = inner.legs.range(..=sequence).rev();
        before.find(|(_, filed)| filed.until >= reach).map(|(from, _)| *from)
    }

    /// The nearest state before a fact, or at it, that is in memory and may be gone on from to another.
    pub fn remembered(&self, sequence: u64, reach: u64) -> Option<Arc<Stood>> {
        let mut inner = self.lock();
        let reaches = |stood: &Arc<Stood>| stood.sequence() <= sequence && reach <= stood.until;
        let candidates = inner.memory.iter().enumerate().filter(|(_, stood)| reaches(stood));
        let (place, _) = candidates.max_by_key(|(_, stood)| stood.sequence())?;
        let stood = inner.memory.remove(place)?;
        inner.memory.push_back(Arc::clone(&stood));
        Some(stood)
    }

    /// Keeps a state in memory for a while.
    pub fn remember(&self, stood: Stood) -> Arc<Stood> {
        let stood = Arc::new(stood);
        let mut inner = self.lock();
        inner.memory.retain(|other| other.sequence() != stood.sequence());
        inner.memory.push_back(Arc::clone(&stood));
        let usual = inner.bytes / (inner.legs.len() as u64).max(1);
        let room = usize::try_from(MEMORY_BYTES / usual.max(1)).unwrap_or(IN_MEMORY).clamp(1, IN_MEMORY);
        while inner.memory.len() > room {
            inner.memory.pop_front();
        }
        stood
    }

    /// Reads a leg, with the last of its marks at a fact or before it. Work for a thread that may take its time.
    pub fn read(&self, from: u64, sequence: u64) -> Result<Leg, String> {
        let filed = self.lock().legs.get(&from).copied();
        let (Some(filed), Some(directory)) = (filed, &self.directory) else {
            return Err("it is gone".to_owned());
        };
        let path = directory.join(name(from, &filed));
        let file = Shelf::read(&path, MAX_FILE).map_err(|error| error.to_string())?;
        let mut leg = leg::decode(&file, from, filed.until)?;
        match Shelf::read(&path.with_extension(MARKS), MAX_FILE) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => self.ignore_marks(from, &error.to_string()),
            Ok(marks) => match leg::mark(&marks, sequence) {
                Ok(mark) => leg.marks.extend(mark),
                Err(why) => self.ignore_marks(from, &why),
            },
        }
        Ok(leg)
    }

    /// Says that a leg's marks are no good, and goes on without them: that only takes longer.
    pub fn ignore_marks(&self, from: u64, why: &str) {
        let filed = self.lock().legs.get(&from).copied();
        let (Some(filed), Some(directory)) = (filed, &self.directory) else { return };
        let path = directory.join(name(from, &filed)).with_extension(MARKS);
        tracing::warn!(
            file = %path.display(),
            why,
            "these marks of the past are left out: what people saw there takes longer to find out"
        );
        drop(fs::remove_file(path));
    }

    /// Puts a leg away, unless that was done already. Work for a thread that may take its time.
    pub fn put(&self, leg: Leg) {
        let Some(directory) = &self.directory else { return };
        let _alone = self.putting.lock().unwrap_or_else(PoisonError::into_inner);
        let (from, filed) = (leg.from, Filed { until: leg.until, clock: leg.clock(), bytes: 0 });
        {
            let inner = self.lock();
            let known = inner.legs.get(&from).is_some_and(|known| known.until >= filed.until);
            if known || inner.bytes >= MAX_BYTES {
                if !known {
                    self.say(inner, from, &format!("the files have {MAX_BYTES} bytes, which are the most"));
                }
                return;
            }
        }
        let path = directory.join(name(from, &filed));
        let beside = path.with_extension(MARKS);
        let written = leg.encode().and_then(|(state, marks)| {
            let both = write(directory, &beside, &marks).and_then(|()| write(directory, &path, &state));
            both.map(|()| state.len() + marks.len()).map_err(|error| error.to_string())
        });
        let mut inner = self.lock();
        match written {
            Ok(bytes) => {
                let filed = Filed { bytes: bytes as u64, ..filed };
                inner.bytes += filed.bytes;
                if let Some(before) = inner.legs.insert(from, filed) {
                    inner.bytes = inner.bytes.saturating_sub(before.bytes);
                    remove(&directory.join(name(from, &before)));
                }
                inner.unsynced.extend([beside, path]);
                inner.said = false;
                self.count(&inner);
            }
            Err(why) => self.say(inner, from, &why),
        }
    }

    /// Sees to it that what was put away is on the disk: a snapshot that is written next relies on it.
    pub fn sync(&self) -> std::io::Result<()> {
        let unsynced = std::mem::take(&mut self.lock().unsynced);
        let Some(directory) = self.directory.as_ref().filter(|_| !unsynced.is_empty()) else { return Ok(()) };
        for path in unsynced {
            match File::open(path) {
                Ok(file) => file.sync_data()?,
                // It was left aside meanwhile.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        File::open(directory)?.sync_all()
    }

    /// Says that a leg's file is no good, and goes on without it.
    pub fn ignore(&self, from: u64, why: &str) {
        let mut inner = self.lock();
        inner.memory.clear();
        let (Some(filed), Some(directory)) = (inner.legs.remove(&from), &self.directory) else { return };
        inner.bytes = inner.bytes.saturating_sub(filed.bytes);
        let path = directory.join(name(from, &filed));
        tracing::warn!(
            file = %path.display(),
            why,
            "this state of the past is left out: what it should have held is folded from the journal"
        );
        remove(&path);
        self.count(&inner);
    }

    /// The beginning of the last leg that begins at a moment or before it, by the boards' clock; 0 if there is none.
    pub fn begun_at(&self, moment: Instant) -> u64 {
        let inner = self.lock();
        // Clocks only go forward.
        let begun = inner.legs.iter().take_while(|(_, filed)| filed.clock <= moment);
        begun.last().map_or(0, |(from, _)| *from)
    }

    /// The beginning of the first leg that begins after a fact.
    pub fn next_beginning(&self, after: u64) -> Option<u64> {
        self.lock().legs.range(after + 1..).next().map(|(from, _)| *from)
    }

    /// The first fact up to `end` that lies on no leg, if there is one, and the last before the next that does.
    pub fn gap(&self, end: u64) -> Option<(u64, u64)> {
        let mut covered = leg::SHORTEST;
        for (from, filed) in &self.lock().legs {
            if *from > covered {
                return (covered < end).then_some((covered, end.min(*from)));
            }
            covered = covered.max(filed.until);
        }
        (covered < end).then_some((covered, end))
    }

    fn say(&self, mut inner: MutexGuard<'_, Inner>, from: u64, why: &str) {
        if !std::mem::replace(&mut inner.said, true) {
            tracing::warn!(
                from,
                why,
                "a state of the past could not be put away: nothing is lost, but questions for what people saw then \
                 take longer"
            );
        }
    }

    fn count(&self, inner: &Inner) {
        self.meters.legs.set(i64::try_from(inner.legs.len()).unwrap_or(i64::MAX));
        self.meters.leg_bytes.set(i64::try_from(inner.bytes).unwrap_or(i64::MAX));
    }

    /// Nothing that holds the lock can panic half-way through a change.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
