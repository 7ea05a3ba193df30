//! The boards of now and the timeline of then, folded together so that they always agree.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::Error;
use crate::gallery::Gallery;
use crate::reader::{Page, Read};
use crate::timeline::Timeline;
use crate::trail::Trail;

/// Both, behind one lock.
#[derive(Default)]
pub(crate) struct Rooms {
    pub gallery: Gallery,
    pub timeline: Timeline,
    /// The journal's heads after the facts that were folded last.
    pub trail: Trail,
}

/// As the loop that folds and those who answer share them.
pub(crate) type SharedRooms = Arc<Mutex<Rooms>>;

/// Facts folded before others get a turn at the lock: about a millisecond's work.
const FACTS_A_TURN: usize = 128;

/// Folds a page into both, if it goes on from what they hold: of one that does not, nothing. Work for a thread that
/// may take its time.
pub(crate) fn fold(rooms: &Mutex<Rooms>, page: &Page) -> Result<u64, Error> {
    let before = lock(rooms).trail.head();
    let Read { facts, heads } = page.read(before)?;
    for (facts, heads) in facts.chunks(FACTS_A_TURN).zip(heads.chunks(FACTS_A_TURN)) {
        let mut rooms = lock(rooms);
        let Rooms { gallery, timeline, trail } = &mut *rooms;
        for fact in facts {
            gallery.apply(fact);
            timeline.insert(fact, gallery.boards());
        }
        trail.extend(heads);
    }
    Ok(facts.len() as u64)
}

/// A panic in a fold would poison the lock; what it left is still the fold of whole facts or will be
/// thrown away with the process.
pub(crate) fn lock(rooms: &Mutex<Rooms>) -> MutexGuard<'_, Rooms> {
    rooms.lock().unwrap_or_else(PoisonError::into_inner)
}
