//! What waits to be bound, and who gives way to whom: binding to a burst of appends, appends to a binder that
//! is too far behind.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::ReadOnly;

/// An append makes the journal busy for so long. While it is busy, binding leaves the disk and the cores to it.
const BUSY: Duration = Duration::from_millis(50);
/// Binding gives way no longer when more than this is full and unbound.
const GIVES_WAY: u64 = 256 * 1024 * 1024;
/// Appends wait while this much is full and unbound, unless binding fails: sled is then behind.
pub(super) const UNBOUND_WAITS: u64 = 512 * 1024 * 1024;
/// With so much unbound no more is taken: a start would have to read all of it.
pub(super) const UNBOUND_LIMIT: u64 = 1024 * 1024 * 1024;

/// What the thread is asked, and how it fares.
#[derive(Debug, Default)]
pub(super) struct State {
    /// How many times someone asked for everything to be bound; answered up to `settled`.
    pub(super) asked: u64,
    pub(super) settled: u64,
    pub(super) wake: bool,
    pub(super) closing: bool,
    /// Why nothing is changed any more.
    pub(super) stopped: Option<&'static str>,
    pub(super) unbound: u64,
    pub(super) failing: Option<String>,
    pub(super) failures: u64,
    pub(super) last_append: Option<Instant>,
    /// Since when there is something to bind, and how long that may wait for a quiet moment.
    pub(super) waiting_since: Option<Instant>,
    pub(super) give_way: Duration,
}

impl State {
    fn gives_way(&self) -> bool {
        let within = |since: Option<Instant>, limit| since.is_some_and(|since| since.elapsed() < limit);
        let pressed = self.closing || self.stopped.is_some() || self.asked > self.settled;
        !pressed
            && self.unbound <= GIVES_WAY
            && within(self.last_append, BUSY)
            && within(self.waiting_since, self.give_way)
    }

    pub(super) fn failed(&mut self, why: String) {
        self.failing = Some(why);
        self.failures += 1;
    }

    /// Why no more is taken, if that is so.
    pub(super) fn read_only(&self) -> Option<ReadOnly> {
        let why = self.failing.as_ref().filter(|_| self.unbound > UNBOUND_LIMIT)?;
        Some(ReadOnly::Unbound { bytes: self.unbound, why: why.clone() })
    }
}

/// Whoever holds the state never asks for the writer; the other way round is done.
pub(super) type Shared = Arc<(Mutex<State>, Condvar)>;

pub(super) fn lock(shared: &Shared) -> MutexGuard<'_, State> {
    shared.0.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Waits while appends are to have the machine for themselves.
pub(super) fn give_way(shared: &Shared) {
    let mut state = lock(shared);
    while state.gives_way() {
        state = shared.1.wait_timeout(state, BUSY).unwrap_or_else(PoisonError::into_inner).0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binding_gives_way_to_a_burst_and_to_nothing_else() {
        let now = Some(Instant::now());
        let give_way = Duration::from_secs(10);
        let burst = || State { last_append: now, waiting_since: now, give_way, ..State::default() };
        assert!(burst().gives_way());
        let ago = Instant::now().checked_sub(give_way);
        assert!(ago.is_some(), "this machine has run for longer than that");
        let others = [
            State { last_append: None, ..burst() },
            State { last_append: ago, ..burst() },
            State { waiting_since: ago, ..burst() },
            State { give_way: Duration::ZERO, ..burst() },
            State { unbound: GIVES_WAY + 1, ..burst() },
            State { asked: 1, ..burst() },
            State { closing: true, ..burst() },
            State { stopped: Some("a failed append"), ..burst() },
        ];
        for state in others {
            assert!(!state.gives_way(), "{state:?}");
        }
    }
}
