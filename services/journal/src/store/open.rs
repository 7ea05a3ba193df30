//! Opening a journal: what lies in its directory, and what an earlier process left unfinished there.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use super::binder::Binder;
use super::shelves::{Held, Shelves};
use super::{Desk, Options, Store, ToRead};
use crate::directory::{Directory, Layout, entries};
use crate::ledger::Ledger;
use crate::run::Source;
use crate::shelf::LooseEnds;
use crate::tail::{Found, Segment, Writer, is_full, overwrite, recover, rewrite};
use crate::volume::{Volume, shelve};
use crate::witness::{self, Witness};
use crate::{Disk, Error, Head, Journal, ReadOnly, SystemDisk, format1};

/// How often a reader begins anew because files were bound away under its hands: each time takes a
/// volume's building, so that many are not met in a row.
const READER_TRIES: u32 = 20;
/// A disk with less room than this is full: it would take some groups more, and whoever watches would only
/// learn from a refused one how it stands.
const LEAST_ROOM: usize = 256 * 1024;

/// Opens the journal in `directory` to write it, creating it if there is none. One process at a time.
///
/// Reads the volumes' indexes and the tail; see [`Journal::verify`] for the rest.
///
/// # Errors
/// [`Error::InUse`], [`Error::NewerFormat`], [`Error::NotAJournal`], [`Error::Damaged`]: nothing was
/// removed or changed. [`Error::Io`] and the like: what was acknowledged is there.
pub fn open(directory: &Path, options: &Options) -> Result<Arc<dyn Journal>, Error> {
    open_on(directory, options, Arc::new(SystemDisk))
}

/// As [`open`], on a disk of one's own: how a harness counts, records or fails the calls that durability
/// rests on, and how it shows that it would notice if one were left out.
///
/// # Errors
/// As [`open`].
pub fn open_on(directory: &Path, options: &Options, disk: Arc<dyn Disk>) -> Result<Arc<dyn Journal>, Error> {
    let mut directory = Directory::claim(directory, &*disk)?;
    if directory.has_first_format() {
        format1::upgrade(&mut directory, &*disk)?;
    }
    let layout = directory.layout.clone();
    clear_unfinished(&layout)?;
    let witness = Witness::open(&layout.witness())?;
    let lying = Lying::read(&layout, witness.noted())?;
    format1::put_away(&directory, &*disk)?;
    for sentence in lying.loose_ends.remains.iter().chain(&lying.loose_ends.unwitnessed) {
        tracing::warn!("{sentence}");
    }
    // A killed process may have named a volume without syncing the name: first make sure of it, then
    // remove what it replaces.
    let volumes = layout.volumes();
    disk.sync_directory(&volumes).map_err(Error::io("syncing", &volumes))?;
    for path in lying.superseded.iter().chain(&lying.found.covered) {
        disk.remove(path).map_err(Error::io("removing", path))?;
    }
    for path in &lying.found.torn {
        // Kept, for whoever wonders what was cut off; in the way of the file that begins there next.
        directory.set_aside(path, &*disk)?;
    }
    let Lying { head, cursor, volumes, found: Found { mut segments, .. }, loose_ends, .. } = lying;
    let read_only = secure(&mut segments, &layout, &*disk)?;
    let shelves = Shelves { volumes: volumes.into_iter().map(Arc::new).collect(), segments };
    let unbound: u64 = shelves.segments.iter().map(|segment| segment.size().1).sum();
    let desk = Desk { directory, disk, options: *options, writer: Mutex::new(Writer::default()), witness };
    // After a loss of power the note may be older than what was found: a reader goes by it.
    if let Err(error) = desk.witness.note(head.sequence) {
        tracing::warn!(%error, "noting how far the journal goes failed");
    }
    let held = Arc::new((desk, Held::new(shelves)));
    let binder = Binder::start(held.clone())?;
    if read_only.is_some() {
        binder.stop("there was no room at the start, and nothing is changed after that");
    } else if unbound > 0 {
        binder.wake(unbound);
    }
    Ok(Arc::new(Ledger::standing_at(Store { binder, held, loose_ends, read_only }, head, cursor)))
}

/// Opens the journal in `directory` to read it as it stands, beside whoever writes it. Nothing is locked
/// or written; an append refuses. What is appended later is not seen.
///
/// # Errors
/// As [`open`].
pub fn open_to_read(directory: &Path) -> Result<Arc<dyn Journal>, Error> {
    let layout = Layout::look(directory)?;
    let mut tries = 0;
    loop {
        // Noted first: the writer notes what it has synced, so the files read next hold at least that.
        let noted = File::open(layout.witness()).ok().and_then(|file| Witness::of(file).noted());
        let before = names(&layout)?;
        match Lying::read(&layout, noted) {
            // What came or went meanwhile may hold more than was read.
            Ok(_) if tries < READER_TRIES && names(&layout)? != before => tries += 1,
            Ok(Lying { head, cursor, volumes, found, loose_ends, .. }) => {
                if let Some(last) = found.segments.last() {
                    // Its last commit may be written and not synced yet: nothing is shown before it is.
                    let (file, path) = last.file();
                    file.sync_data().map_err(Error::io("syncing", path))?;
                }
                let volumes = volumes.into_iter().map(Arc::new).collect();
                let shelves = Arc::new(Shelves { volumes, segments: found.segments });
                let shelf = ToRead { layout, shelves, loose_ends };
                return Ok(Arc::new(Ledger::standing_at(shelf, head, cursor)));
            }
            // Files that came or went meanwhile make any other answer worthless.
            Err(error) if names(&layout)? == before || tries == READER_TRIES => return Err(error),
            Err(_) => tries += 1,
        }
    }
}

/// Makes sure that what a killed process had written, and perhaps not synced, is on the disk before anyone
/// sees it, and that there is room for more. Answers with why nothing more can be written, if that is so.
fn secure(
    segments: &mut [Arc<Segment>],
    layout: &Layout,
    disk: &dyn Disk,
) -> Result<Option<ReadOnly>, Error> {
    let tail = layout.tail();
    disk.sync_directory(&tail).map_err(Error::io("syncing", &tail))?;
    if let Some(last) = segments.last_mut() {
        match rewrite(last, layout, disk) {
            Ok(written) => *last = Arc::new(written),
            Err(error) if is_full(&error) => return without_room(last, &error, disk).map(Some),
            Err(error) => return Err(Error::io("writing anew", last.file().1)(error)),
        }
    }
    let probe = tail.join("room.copy");
    match disk.room(&probe, LEAST_ROOM) {
        Ok(()) => Ok(None),
        Err(error) if is_full(&error) => {
            tracing::error!(%error, "no room on the journal's disk: it can only be read");
            Ok(Some(ReadOnly::Full(error.to_string())))
        }
        Err(error) => Err(Error::io("looking for room at", &probe)(error)),
    }
}

/// As [`secure`], for a last tail file of which no copy can be made.
fn without_room(last: &Segment, full: &io::Error, disk: &dyn Disk) -> Result<ReadOnly, Error> {
    let path = last.file().1;
    let copy = path.with_extension("copy");
    if copy.exists() {
        // Half of it is there, and takes what room was left.
        disk.remove(&copy).map_err(Error::io("removing", &copy))?;
    }
    let in_place = overwrite(last, disk);
    let Err(error) = in_place else {
        tracing::error!(
            %full, "no room on the journal's disk: its last tail file is written in place, and it can only be read"
        );
        return Ok(ReadOnly::Full(full.to_string()));
    };
    // What is shown was acknowledged, or was about to be: better seen, and said to be unsure, than hidden.
    let path = path.display();
    let why = format!(
        "{full}; nor can {path} be written in place ({error}), so that the newest facts may not be on the disk: copy \
         that file away first"
    );
    tracing::error!(why, "no room on the journal's disk: it can only be read");
    Ok(ReadOnly::Full(why))
}

fn names(layout: &Layout) -> Result<Vec<PathBuf>, Error> {
    let mut names = entries(&layout.volumes())?;
    names.retain(|path| *path != layout.building());
    names.extend(entries(&layout.tail())?);
    Ok(names)
}

/// What lies in a journal's directory.
struct Lying {
    head: Head,
    cursor: u64,
    volumes: Vec<Volume>,
    superseded: Vec<PathBuf>,
    found: Found,
    loose_ends: LooseEnds,
}

impl Lying {
    fn read(layout: &Layout, noted: Option<u64>) -> Result<Self, Error> {
        let (volumes, superseded) = shelve(&layout.volumes())?;
        let mut head = volumes.last().map_or(Head::START, Volume::head);
        let mut found = recover(layout, &mut head, noted.is_some())?;
        if let Some(noted) = noted.filter(|noted| head.sequence < *noted) {
            let next = head.sequence + 1;
            let end =
                if found.remains.is_empty() { "nothing holds it" } else { "what lies there has changed" };
            let why = format!("{noted} had been acknowledged, and from {next} on {end}");
            return Err(Error::damaged(next, why));
        }
        if head == Head::START && layout.first_store().is_dir() {
            let why = "there is an old store in it, and no volume was made of that".to_owned();
            return Err(Error::Unopenable { directory: layout.root.clone(), why });
        }
        let bound = volumes.last().map_or(0, Volume::cursor);
        let cursor = found.cursor.unwrap_or(bound);
        let remains = std::mem::take(&mut found.remains);
        // A journal that was just made has neither.
        let anything = head != Head::START || !remains.is_empty();
        let unwitnessed = (noted.is_none() && anything).then(|| witness::missing(head.sequence));
        let loose_ends = LooseEnds { remains, unwitnessed };
        Ok(Self { head, cursor, volumes, superseded, found, loose_ends })
    }
}

/// Removes a volume that was not finished and a copy that did not take its place: whatever is in them is
/// elsewhere too.
fn clear_unfinished(layout: &Layout) -> Result<(), Error> {
    let building = layout.building();
    if building.exists() {
        fs::remove_dir_all(&building).map_err(Error::io("removing", &building))?;
    }
    for copy in entries(&layout.tail())?.iter().filter(|path| path.extension().is_some_and(|e| e == "copy")) {
        fs::remove_file(copy).map_err(Error::io("removing", copy))?;
    }
    Ok(())
}
