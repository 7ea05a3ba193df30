//! The journal itself, over any shelf: the one writer, the head, and what an open must check.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use proto::block::{Block, NOTHING};
use tokio::sync::watch;

use crate::pack::{Packed, pack};
use crate::shelf::{Keyed, Shelf};
use crate::{Blocks, Decision, Error, Head, Journal, Page, Progress, Report, Stat, read, verify};

/// A shelf with its writer and its head.
pub(crate) struct Ledger<S> {
    shelf: S,
    /// Whether the shelf may still be written. Held for the whole of an append: one writer.
    sound: Mutex<bool>,
    head: watch::Sender<Head>,
    cursor: AtomicU64,
}

impl<S: Shelf> Ledger<S> {
    /// A journal on a shelf that holds nothing.
    pub(crate) fn empty(shelf: S) -> Self {
        Self::standing_at(shelf, Head::START, 0)
    }

    /// A journal on a shelf that may hold blocks. Reads the first and the last two only, so that opening
    /// costs the same at any length; damage between them is found by reading or by verify.
    pub(crate) fn open(shelf: S) -> Result<Self, Error> {
        let Some(last) = shelf.at_or_before(u64::MAX)? else { return Ok(Self::empty(shelf)) };
        match shelf.at_or_before(1)? {
            Some(first) => drop(read::checked(&first)?),
            None => return Err(Error::damaged(1, "the first block is missing")),
        }
        let block = read::checked(&last)?;
        if let Some(before) = head_before(&shelf, &last)?
            && !block.follow(&before)
        {
            return Err(Error::damaged(last.key, "the last block does not continue the chain"));
        }
        let head = Head { sequence: block.last_sequence(), hash: *block.head() };
        Ok(Self::standing_at(shelf, head, block.cursor()))
    }

    #[cfg(test)]
    pub(crate) const fn shelf(&self) -> &S {
        &self.shelf
    }

    fn standing_at(shelf: S, head: Head, cursor: u64) -> Self {
        Self {
            shelf,
            sound: Mutex::new(true),
            head: watch::Sender::new(head),
            cursor: AtomicU64::new(cursor),
        }
    }
}

/// The head that the last block must continue, unless the block before it is damaged: that is a damaged
/// middle, which does not keep the journal from opening.
fn head_before(shelf: &impl Shelf, last: &Keyed) -> Result<Option<[u8; 32]>, Error> {
    if last.key <= 1 {
        return Ok(Some(NOTHING));
    }
    let before = shelf.at_or_before(last.key - 1)?;
    let block: Option<Block> = before.and_then(|keyed| read::checked(&keyed).ok());
    match block {
        Some(block) if block.last_sequence() + 1 == last.key => Ok(Some(*block.head())),
        Some(_) | None => {
            tracing::error!(sequence = last.key, "the journal is damaged before its last block: run verify");
            Ok(None)
        }
    }
}

impl<S: Shelf> Journal for Ledger<S> {
    fn append(&self, group: &[Decision]) -> Result<Head, Error> {
        let mut sound = self.sound.lock().unwrap_or_else(PoisonError::into_inner);
        if !*sound {
            return Err(Error::Poisoned);
        }
        let Packed { blocks, head, cursor } = pack(self.head(), group)?;
        if blocks.is_empty() {
            return Ok(head);
        }
        // Unsound until proven otherwise, so that a panic on the way poisons too.
        *sound = false;
        self.shelf.put(&blocks, head.sequence)?;
        *sound = true;
        self.cursor.store(cursor, Ordering::Release);
        self.head.send_replace(head);
        Ok(head)
    }

    fn read_from(&self, after: u64, max_records: usize) -> Result<Page, Error> {
        read::page(&self.shelf, self.head(), after, max_records)
    }

    fn read_blocks(&self, after: u64, max_bytes: usize) -> Result<Blocks, Error> {
        read::blocks(&self.shelf, self.head(), after, max_bytes)
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

    fn stat(&self) -> Result<Stat, Error> {
        verify::stat(&self.shelf, self.head(), self.cursor())
    }
}
