//! One subscriber's bounded queue, which marks where it lost something.
//!
//! Every transport delivers into this queue, so that bounds and gaps are the same over all of them.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Mutex as FairMutex, Notify, Semaphore};
use tokio::task::coop;

use crate::{Delivery, Error, Limits, Message};

/// Bounded, many writers, one reader.
pub(crate) struct Queue {
    limits: Limits,
    /// Free slots.
    room: Semaphore,
    /// Held while waiting for room and until the message is in. Fair: turns come in order of asking. Room
    /// alone would be given in order too, but who has it could still put its message in after a later one.
    turn: FairMutex<()>,
    /// A std mutex on purpose: it is held for a few moves and never across an await.
    held: Mutex<Held>,
    /// Wakes the one reader; remembers one wake-up that comes before the reader waits.
    changed: Notify,
}

#[derive(Default)]
struct Held {
    entries: VecDeque<Entry>,
    /// How many wait for their turn: nobody may overtake them.
    waiting: usize,
    /// Something was lost after the last entry.
    lost: bool,
    closed: bool,
}

struct Entry {
    message: Message,
    slots: u32,
    /// Something was lost between the entry before and this one.
    after_gap: bool,
}

/// Why a message was not taken.
pub(crate) enum Refused {
    /// No room at the moment.
    Full,
    /// The reader is gone or the bus is closed.
    Closed,
}

/// What a look into the queue found.
pub(crate) enum Taken {
    /// So many deliveries, at least 1.
    Some(usize),
    /// Nothing yet.
    Nothing,
    /// Nothing, and nothing more will come.
    Ended,
}

impl Queue {
    pub(crate) fn new(limits: Limits) -> Self {
        let slots = usize::try_from(limits.capacity()).unwrap_or(Semaphore::MAX_PERMITS);
        Self {
            limits,
            room: Semaphore::new(slots.min(Semaphore::MAX_PERMITS)),
            turn: FairMutex::new(()),
            held: Mutex::default(),
            changed: Notify::new(),
        }
    }

    /// Delivers without waiting. A message without room is lost, and the place is marked.
    ///
    /// Does not look at who waits: a publisher that lost although there is room would be told a lie.
    pub(crate) fn deliver_or_lose(&self, message: Message) {
        let mut held = self.held();
        match self.put(&mut held, message) {
            Ok(()) | Err(Refused::Closed) => {}
            Err(Refused::Full) => {
                held.lost = true;
                drop(held);
                // The reader may have emptied the queue in between: it still has to hear of the gap.
                self.changed.notify_one();
            }
        }
    }

    /// Marks that something was lost, or may have been, after what is held now.
    pub(crate) fn mark_lost(&self) {
        self.held().lost = true;
        self.changed.notify_one();
    }

    /// Delivers if there is room at once and nobody waits for it.
    pub(crate) fn try_deliver(&self, message: Message) -> Result<(), Refused> {
        let mut held = self.held();
        if held.waiting > 0 { Err(Refused::Full) } else { self.put(&mut held, message) }
    }

    /// Delivers as soon as there is room. Messages go in by the order in which their futures were first
    /// polled, however they are polled later; one that is neither polled nor dropped holds up all behind it.
    ///
    /// # Errors
    /// [`Error::Closed`] when the queue closes first.
    pub(crate) async fn deliver(&self, message: Message) -> Result<(), Error> {
        // A task's spent budget would send a first poll away without a place in the line.
        coop::unconstrained(self.deliver_in_turn(message)).await
    }

    async fn deliver_in_turn(&self, message: Message) -> Result<(), Error> {
        let _waiting = Waiting::begin(self);
        let _turn = self.turn.lock().await;
        let slots = self.limits.slots_for(message.payload.len());
        let permit = self.room.acquire_many(slots).await.map_err(|_closed| Error::Closed)?;
        permit.forget();
        self.push(&mut self.held(), message, slots).map_err(|_refused| Error::Closed)
    }

    /// Puts a message in if there is room.
    fn put(&self, held: &mut Held, message: Message) -> Result<(), Refused> {
        let slots = self.limits.slots_for(message.payload.len());
        match self.room.try_acquire_many(slots) {
            Ok(permit) => {
                permit.forget();
                self.push(held, message, slots)
            }
            Err(tokio::sync::TryAcquireError::NoPermits) => Err(Refused::Full),
            Err(tokio::sync::TryAcquireError::Closed) => Err(Refused::Closed),
        }
    }

    fn push(&self, held: &mut Held, message: Message, slots: u32) -> Result<(), Refused> {
        if held.closed {
            return Err(Refused::Closed);
        }
        let after_gap = std::mem::take(&mut held.lost);
        held.entries.push_back(Entry { message, slots, after_gap });
        self.changed.notify_one();
        Ok(())
    }

    /// Moves up to `max` deliveries to the end of `out`.
    pub(crate) fn take(&self, max: usize, out: &mut Vec<Delivery>) -> Taken {
        let before = out.len();
        let mut freed = 0_usize;
        let mut held = self.held();
        while out.len() - before < max {
            let Some(entry) = held.entries.front_mut() else { break };
            if std::mem::take(&mut entry.after_gap) {
                out.push(Delivery::Gap);
                continue;
            }
            if let Some(entry) = held.entries.pop_front() {
                freed = freed.saturating_add(usize::try_from(entry.slots).unwrap_or(0));
                out.push(Delivery::Message(entry.message));
            }
        }
        if held.entries.is_empty() && out.len() - before < max && std::mem::take(&mut held.lost) {
            out.push(Delivery::Gap);
        }
        let ended = held.closed;
        drop(held);
        self.room.add_permits(freed);
        match out.len() - before {
            0 if ended => Taken::Ended,
            0 => Taken::Nothing,
            count => Taken::Some(count),
        }
    }

    /// Waits until something may have changed since the last [`Queue::take`].
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Takes nothing more, wakes the reader and who waits for room. What is held can still be read.
    pub(crate) fn close(&self) {
        self.held().closed = true;
        self.room.close();
        self.changed.notify_one();
    }

    /// Whether the reader is gone or the bus is closed.
    pub(crate) fn is_closed(&self) -> bool {
        self.held().closed
    }

    /// Closes and lets go of what is held, so that its askers learn at once that nobody will answer.
    pub(crate) fn abandon(&self) {
        self.close();
        let entries = std::mem::take(&mut self.held().entries);
        drop(entries);
    }

    /// No code panics while it holds the lock, and a queue is whole between any two of its moves.
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One who waits for its turn, counted until it has gone in or given up.
struct Waiting<'a>(&'a Queue);

impl<'a> Waiting<'a> {
    fn begin(queue: &'a Queue) -> Self {
        let mut held = queue.held();
        held.waiting = held.waiting.saturating_add(1);
        drop(held);
        Self(queue)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        let mut held = self.0.held();
        held.waiting = held.waiting.saturating_sub(1);
    }
}
