//! The boards of now and the timeline of then, folded together so that they always agree.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::Error;
use crate::gallery::Gallery;
use crate::reader::{Page, Read};
use crate::stood::{Archive, Growing, Leg};
use crate::timeline::Timeline;
use crate::trail::Trail;

/// Both, behind one lock.
#[derive(Default)]
pub(crate) struct Rooms {
    pub gallery: Gallery,
    pub timeline: Timeline,
    /// The journal's heads after the facts that were folded last.
    pub trail: Trail,
    /// What is put away of the way here.
    pub growing: Growing,
}

/// As the loop that folds and those who answer share them.
pub(crate) type SharedRooms = Arc<Mutex<Rooms>>;

/// Facts folded before others get a turn at the lock: about a millisecond's work.
const FACTS_A_TURN: usize = 128;

/// Folds a page into both, if it goes on from what they hold: of one that does not, nothing. Work for a thread that
/// may take its time.
pub(crate) fn fold(rooms: &Mutex<Rooms>, page: &Page, archive: &Archive) -> Result<u64, Error> {
    let mut before = lock(rooms).trail.head();
    let Read { facts, heads } = page.read(before)?;
    for (facts, heads) in facts.chunks(FACTS_A_TURN).zip(heads.chunks(FACTS_A_TURN)) {
        let done = {
            let mut rooms = lock(rooms);
            let Rooms { gallery, timeline, trail, growing } = &mut *rooms;
            for (fact, head) in facts.iter().zip(heads) {
                if archive.keeps() {
                    growing.pass(fact, gallery.boards(), &before, timeline.described());
                }
                gallery.apply(fact);
                timeline.insert(fact, gallery.boards());
                before = *head;
            }
            trail.extend(heads);
            growing.take_done()
        };
        done.into_iter().for_each(|leg| archive.put(leg));
    }
    Ok(facts.len() as u64)
}

impl Rooms {
    /// Ends the leg that is being walked: a start from what is put away here goes on from here.
    pub fn cut(&mut self) -> Vec<Leg> {
        let Self { gallery, timeline, trail, growing } = self;
        growing.cut(gallery.boards(), &trail.head(), timeline.described());
        growing.take_done()
    }
}

/// A panic in a fold would poison the lock; what it left is still the fold of whole facts or will be
/// thrown away with the process.
pub(crate) fn lock(rooms: &Mutex<Rooms>) -> MutexGuard<'_, Rooms> {
    rooms.lock().unwrap_or_else(PoisonError::into_inner)
}
