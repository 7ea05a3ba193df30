//! The memory that bodies may take together: bytes, because a count of bodies says little about them.

use tokio::sync::{Mutex, MutexGuard, Semaphore, SemaphorePermit};

/// A budget of bytes that bodies share while they are read and until they are answered.
pub(super) struct Room {
    bytes: Semaphore,
    /// Whoever holds this may grow beyond the budget, up to the length of one body. Without it, many bodies
    /// that are each half read could fill the budget and all wait for each other.
    beyond: Mutex<()>,
}

/// What one body has taken; given back when dropped.
pub(super) struct Share<'a> {
    room: &'a Room,
    permit: Option<SemaphorePermit<'a>>,
    beyond: Option<MutexGuard<'a, ()>>,
}

impl Room {
    pub(super) fn new(bytes: usize) -> Self {
        Self { bytes: Semaphore::new(bytes.min(Semaphore::MAX_PERMITS)), beyond: Mutex::new(()) }
    }

    /// A share of nothing yet.
    pub(super) fn share(&self) -> Share<'_> {
        Share { room: self, permit: None, beyond: None }
    }
}

impl Share<'_> {
    /// Takes so many bytes more, as soon as they are there; who asked first gets them first.
    pub(super) async fn grow(&mut self, bytes: usize) {
        if self.beyond.is_some() {
            return;
        }
        let wanted = u32::try_from(bytes).unwrap_or(u32::MAX);
        tokio::select! {
            biased;
            // The semaphore is never closed.
            Ok(more) = self.room.bytes.acquire_many(wanted) => match &mut self.permit {
                Some(permit) => permit.merge(more),
                none => *none = Some(more),
            },
            beyond = self.room.beyond.lock() => self.beyond = Some(beyond),
        }
    }
}
