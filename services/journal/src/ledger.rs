//! The journal itself, over any shelf: the one writer and the head.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use tokio::sync::watch;

use crate::pack::{Packed, pack};
use crate::shelf::{Shelf, Visit};
use crate::{
    Bearing, Blocks, Decision, Error, Head, Journal, Page, Progress, ReadOnly, Report, Stat, read, verify,
};

/// A shelf with its writer and its head.
pub(crate) struct Ledger<S> {
    shelf: S,
    /// Held for the whole of an append: one writer.
    standing: Mutex<Standing>,
    /// Why nothing can be written, for those who ask beside an append.
    read_only: OnceLock<ReadOnly>,
    head: watch::Sender<Head>,
    cursor: AtomicU64,
}

/// Whether the shelf may still be written.
enum Standing {
    Sound,
    /// Nothing can be written. What was acknowledged is there.
    ReadOnly(ReadOnly),
    /// A sync failed: nobody knows what is there.
    Poisoned,
}

impl<S: Shelf> Ledger<S> {
    /// A journal on a shelf that holds nothing.
    pub(crate) fn empty(shelf: S) -> Self {
        Self::standing_at(shelf, Head::START, 0)
    }

    #[cfg(test)]
    pub(crate) const fn shelf(&self) -> &S {
        &self.shelf
    }

    /// A journal on a shelf that holds everything up to `head`.
    pub(crate) fn standing_at(shelf: S, head: Head, cursor: u64) -> Self {
        Self {
            shelf,
            standing: Mutex::new(Standing::Sound),
            read_only: OnceLock::new(),
            head: watch::Sender::new(head),
            cursor: AtomicU64::new(cursor),
        }
    }
}

impl<S: Shelf> Journal for Ledger<S> {
    fn append(&self, group: &[Decision]) -> Result<Head, Error> {
        let mut standing = self.standing.lock().unwrap_or_else(PoisonError::into_inner);
        match &*standing {
            Standing::Sound => {}
            Standing::ReadOnly(why) => return Err(Error::ReadOnly(why.clone())),
            Standing::Poisoned => return Err(Error::Poisoned),
        }
        let Packed { blocks, head, cursor } = pack(self.head(), group)?;
        if blocks.is_empty() {
            return Ok(head);
        }
        // Poisoned until proven otherwise, so that a panic on the way poisons too.
        *standing = Standing::Poisoned;
        if let Err(error) = self.shelf.put(&blocks, head.sequence) {
            if let Error::ReadOnly(why) = &error {
                *standing = Standing::ReadOnly(why.clone());
                self.read_only.get_or_init(|| why.clone());
            }
            return Err(error);
        }
        *standing = Standing::Sound;
        self.cursor.store(cursor, Ordering::Release);
        self.head.send_replace(head);
        Ok(head)
    }

    fn read_from(&self, after: u64, max_records: usize) -> Result<Page, Error> {
        let head = self.head();
        read::page(&*self.shelf.now(), head, after, max_records)
    }

    fn read_blocks(&self, after: u64, max_bytes: usize) -> Result<Blocks, Error> {
        let head = self.head();
        read::blocks(&*self.shelf.now(), head, after, max_bytes)
    }

    fn walk(&self, after: u64, visit: &mut Visit<'_>) -> Result<(), Error> {
        let head = self.head();
        read::walk(&*self.shelf.now(), head, after, visit)
    }

    fn head(&self) -> Head {
        *self.head.borrow()
    }

    fn cursor(&self) -> u64 {
        self.cursor.load(Ordering::Acquire)
    }

    fn tail(&self) -> watch::Receiver<Head> {
        self.head.subscribe()
    }

    fn verify(&self, progress: &mut dyn FnMut(Progress)) -> Result<Report, Error> {
        verify::verify(&self.shelf, self.head(), progress)
    }

    fn settle(&self) -> Result<(), Error> {
        self.shelf.settle()
    }

    fn bearing(&self) -> Bearing {
        let bearing = self.shelf.bearing();
        Bearing { read_only: self.read_only.get().cloned().or(bearing.read_only), ..bearing }
    }

    fn stat(&self) -> Result<Stat, Error> {
        verify::stat(&self.shelf, self.head(), self.cursor())
    }
}
