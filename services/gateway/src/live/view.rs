//! A view that several connections share: the track behind a lock, and a bell for each follower.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::Notify;

use super::track::Track;

/// One view and who follows it. The hub writes, connections read.
#[derive(Debug)]
pub(crate) struct View {
    track: Mutex<Track>,
    bells: Mutex<Vec<Weak<Notify>>>,
    gone: AtomicBool,
}

impl View {
    pub(crate) fn new(track: Track) -> Self {
        Self { track: Mutex::new(track), bells: Mutex::default(), gone: AtomicBool::new(false) }
    }

    /// The track. Held only for a read or a write in memory, never across an await.
    pub(crate) fn track(&self) -> MutexGuard<'_, Track> {
        // Nothing that holds the lock can panic half-way through a change.
        self.track.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on the bell rings at every change. A bell that was dropped is forgotten.
    pub(crate) fn follow(&self, bell: &Arc<Notify>) {
        let mut bells = self.bells.lock().unwrap_or_else(PoisonError::into_inner);
        let known = bells.iter().any(|other| std::ptr::eq(other.as_ptr(), Arc::as_ptr(bell)));
        if !known {
            bells.push(Arc::downgrade(bell));
        }
    }

    /// The bell rings no more.
    pub(crate) fn unfollow(&self, bell: &Arc<Notify>) {
        let mut bells = self.bells.lock().unwrap_or_else(PoisonError::into_inner);
        bells.retain(|other| !std::ptr::eq(other.as_ptr(), Arc::as_ptr(bell)));
    }

    /// Rings every follower's bell.
    pub(crate) fn ring(&self) {
        let mut bells = self.bells.lock().unwrap_or_else(PoisonError::into_inner);
        bells.retain(|bell| match bell.upgrade() {
            Some(bell) => {
                bell.notify_one();
                true
            }
            None => false,
        });
    }

    /// The view exists no longer; followers are told.
    pub(crate) fn leave(&self) {
        self.gone.store(true, Ordering::Release);
        self.ring();
    }

    pub(crate) fn is_gone(&self) -> bool {
        self.gone.load(Ordering::Acquire)
    }
}
