//! What was folded, put away and taken out again.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use proto::block::ChainHash;
use proto::snapshot::{MAX_FILE, Projection, Stand, read_boards, write_boards};
use runtime::snapshots::Shelf;
use situation::board::{Boards, BoardsState};
use tokio::task::JoinHandle;

use crate::Error;
use crate::gallery::Gallery;
use crate::reader::Reader;
use crate::rooms::{Rooms, SharedRooms, lock};
use crate::stood::{Archive, Growing, Leg};
use crate::timeline::{Files, Kept, Known, Place, SPACING, Share, Timeline};
use crate::trail::Trail;

/// Places copied before others get a turn at the lock: a millisecond's work.
const PLACES_A_TURN: usize = 65_536;

/// What was found, already taken apart, and the files that are left if the journal says that it is not its own.
pub(crate) struct Found {
    path: PathBuf,
    others: Vec<PathBuf>,
    stand: Stand,
    rooms: Rooms,
}

impl Found {
    /// The last fact in it.
    pub const fn sequence(&self) -> u64 {
        self.stand.sequence
    }
}

/// A snapshot on its way into memory, beside whatever else is being opened.
pub(crate) type Loading = JoinHandle<Option<Found>>;

/// Begins to take the newest file out that can be read.
pub(crate) fn load(shelf: &Shelf, past: &Files, files: Vec<PathBuf>) -> Loading {
    let (shelf, past) = (shelf.clone(), past.clone());
    tokio::task::spawn_blocking(move || {
        let mut files = files.into_iter();
        let found = files.find_map(|path| match read(&path, &past) {
            Ok((stand, rooms)) => Some((path, stand, rooms)),
            Err(why) => {
                shelf.ignore(&path, &why);
                None
            }
        });
        found.map(|(path, stand, rooms)| Found { path, others: files.collect(), stand, rooms })
    })
}

fn read(path: &Path, past: &Files) -> Result<(Stand, Rooms), String> {
    let file = Shelf::read(path, MAX_FILE).map_err(|error| error.to_string())?;
    let (stand, projection) = read_boards(&file).map_err(|error| error.to_string())?;
    drop(file);
    let Projection { boards, areas, places, corrections, kept } = projection;
    let kept = past.listed(&stand).unwrap_or_else(|| {
        // Before there were lists, some were in the snapshot itself.
        let known = Known::at(stand.sequence, &stand.head);
        let adopt = |kept: proto::snapshot::Kept| {
            let proto::snapshot::Kept { place, newest, situation } = kept;
            Some((place, past.keep(place, known, Kept { situation, newest })?))
        };
        (SPACING, kept.into_iter().filter_map(adopt).collect())
    });
    let trail = Trail::from(stand.sequence, stand.head);
    let timeline = Timeline::of(places, areas, corrections, kept);
    Ok((
        stand,
        Rooms { gallery: Gallery::of(Boards::of(boards)), timeline, trail, growing: Growing::default() },
    ))
}

/// Puts what was found into the rooms, if the journal agrees that it is of its facts. Answers with how many
/// of them that spares folding.
///
/// # Errors
/// If the journal cannot be asked now; ask again with what is returned along.
pub(crate) async fn settle(
    shelf: &Shelf,
    reader: &Reader,
    (rooms, past): (&SharedRooms, &Files),
    mut found: Option<Found>,
) -> Result<u64, (Error, Option<Found>)> {
    while let Some(this) = found {
        let sequence = this.stand.sequence;
        let why = match reader.head_at(sequence).await {
            // The head covers every fact up to it, the log's beginning and its epoch among them.
            Ok(Some(head)) if head == proto::fact::hex(&this.stand.head) => {
                *lock(rooms) = this.rooms;
                return Ok(sequence);
            }
            Ok(Some(_)) => format!("the journal holds other facts up to {sequence}"),
            Ok(None) => format!("the journal has no fact {sequence}"),
            Err(error) if error.is_passing() => return Err((error, Some(this))),
            Err(error) => error.to_string(),
        };
        shelf.ignore(&this.path, &why);
        found = load(shelf, past, this.others).await.map_err(|error| (error.into(), None))?;
    }
    Ok(0)
}

/// A copy of what was folded, which shares nearly all of it.
pub(crate) struct Copy {
    boards: BoardsState,
    share: Share,
    head: ChainHash,
    /// The way here, as far as it is not put away yet: whoever starts from this copy makes none of it again.
    legs: Vec<Leg>,
}

impl Copy {
    pub fn of(rooms: &Mutex<Rooms>) -> Self {
        let mut rooms = lock(rooms);
        Self {
            legs: rooms.cut(),
            boards: rooms.gallery.boards().state(),
            share: rooms.timeline.share(),
            head: rooms.trail.head(),
        }
    }

    pub const fn sequence(&self) -> u64 {
        self.boards.sequence
    }

    /// The file. The rooms may go on meanwhile: places are only ever added, those of later facts.
    pub async fn write(
        self,
        rooms: SharedRooms,
        archive: Arc<Archive>,
        files: Files,
    ) -> Result<Vec<u8>, String> {
        let encode = move || {
            let Self { boards, share, head, legs } = self;
            legs.into_iter().for_each(|leg| archive.put(leg));
            archive.sync().map_err(|error| error.to_string())?;
            let epoch = boards.epoch.as_deref().unwrap_or_default().to_owned();
            let stand = Stand { epoch, sequence: boards.sequence, head };
            if let Err(error) = files.write_list(&stand, share.spacing, &share.kept) {
                tracing::warn!(%error, "past situations are not listed: the next start folds them again when they are asked for");
            }
            let projection = Projection {
                places: places(&rooms, boards.sequence),
                boards,
                areas: share.areas,
                corrections: {
                    let mut all: Vec<_> = share.corrections.values().flatten().cloned().collect();
                    all.sort_unstable_by_key(|(sequence, ..)| *sequence);
                    all
                },
                kept: Vec::new(),
            };
            write_boards(&projection, &head).map_err(|error| error.to_string())
        };
        tokio::task::spawn_blocking(encode).await.map_err(|error| error.to_string())?
    }
}

fn places(rooms: &Mutex<Rooms>, until: u64) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    let mut after = None;
    loop {
        let more = lock(rooms).timeline.places_after(after, PLACES_A_TURN);
        let Some(last) = more.last() else { return places };
        after = Some(*last);
        places.extend(more.into_iter().filter(|(_, sequence)| *sequence <= until));
    }
}
