//! The thread that binds full tail files into volumes.
//!
//! Nothing that was acknowledged rests on it: if it fails, the tail grows and is kept. Only when a volume
//! and its name are on the disk are the files removed that it replaces.

mod bind;
#[cfg(test)]
mod tests;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use self::bind::bind;
use super::Desk;
use super::backlog::{Shared, State, UNBOUND_WAITS, lock};
use super::shelves::Held;
use crate::tail::Segment;
use crate::{Bearing, Error};

/// The most bytes of tail files that one volume is made of: sled holds a few times as much in memory.
const BOUND_AT_ONCE: u64 = 32 * 1024 * 1024;
/// How long to wait after a failure: long enough not to fill a log, short beside an operator's errand.
const AGAIN_AFTER: Duration = Duration::from_secs(30);
/// What is said of a thread that is no more.
const PANICKED: &str = "the thread that binds panicked, and does not start again by itself";
/// How often the age of the tail is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Handle on the thread; ends it, with everything bound, when dropped.
pub(super) struct Binder {
    shared: Shared,
    thread: Option<JoinHandle<()>>,
}

impl Binder {
    pub(super) fn start(held: Arc<(Desk, Held)>) -> Result<Self, Error> {
        let shared = Shared::default();
        lock(&shared).give_way = held.0.options.give_way;
        let root = held.0.directory.layout.root.clone();
        let (seen, name) = (shared.clone(), "journal-binder".to_owned());
        let thread = thread::Builder::new().name(name).spawn(move || {
            if catch_unwind(AssertUnwindSafe(|| work(&held, &seen))).is_err() {
                tracing::error!(
                    "the binder of the journal panicked: the tail is kept, and bound at the next start"
                );
                let mut state = lock(&seen);
                state.stopped = Some(PANICKED);
                state.failed(PANICKED.to_owned());
                seen.1.notify_all();
            }
        });
        Ok(Self { shared, thread: Some(thread.map_err(Error::io("starting the binder of", &root))?) })
    }

    /// There is a full tail file, of so many bytes.
    pub(super) fn wake(&self, bytes: u64) {
        let mut state = lock(&self.shared);
        state.wake = true;
        state.unbound += bytes;
        state.waiting_since.get_or_insert_with(Instant::now);
        drop(state);
        self.shared.1.notify_all();
    }

    /// Nothing is bound any more.
    pub(super) fn stop(&self, why: &'static str) {
        lock(&self.shared).stopped = Some(why);
        self.shared.1.notify_all();
    }

    /// An append begins: waits while sled is too far behind.
    pub(super) fn await_room(&self) -> Result<(), Error> {
        let mut state = lock(&self.shared);
        state.last_append = Some(Instant::now());
        while state.unbound > UNBOUND_WAITS && state.failing.is_none() && state.stopped.is_none() {
            state = self.shared.1.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.read_only().map_or(Ok(()), |why| Err(Error::ReadOnly(why)))
    }

    /// How the thread fares.
    pub(super) fn bearing(&self) -> Bearing {
        let state = lock(&self.shared);
        Bearing {
            read_only: state.read_only(),
            unbound_bytes: state.unbound,
            binding_fails: state.failing.clone(),
            binding_failures: state.failures,
        }
    }

    /// Binds everything and waits for it.
    pub(super) fn settle(&self) -> Result<(), Error> {
        let mut state = lock(&self.shared);
        state.asked += 1;
        let mine = state.asked;
        self.shared.1.notify_all();
        while state.settled < mine {
            if let Some(why) = state.stopped {
                return Err(Error::NotBound(why.to_owned()));
            }
            state = self.shared.1.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.failing.as_ref().map_or(Ok(()), |why| Err(Error::NotBound(why.clone())))
    }
}

impl Drop for Binder {
    fn drop(&mut self) {
        lock(&self.shared).closing = true;
        self.shared.1.notify_all();
        if let Some(thread) = self.thread.take() {
            // It has told its own panic.
            let _ = thread.join();
        }
    }
}

fn work(held: &(Desk, Held), shared: &Shared) {
    loop {
        let (asked, closing) = {
            let mut state = lock(shared);
            let retry = state.failing.is_some();
            let idle = if retry { AGAIN_AFTER } else { LOOK_EVERY };
            let waiting = |state: &mut State| {
                let asked = state.asked > state.settled || (state.wake && !retry);
                !(state.closing || (asked && state.stopped.is_none()))
            };
            let waited = shared.1.wait_timeout_while(state, idle, waiting);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            if state.stopped.is_some() {
                if state.closing {
                    return;
                }
                continue;
            }
            state.wake = false;
            (state.asked, state.closing)
        };
        let everything = closing || asked > lock(shared).settled;
        seal(&held.0, everything);
        let result = bind_all(held, shared);
        // Counted first: an append that fails holds the writer while it asks for the state.
        let left = unbound(held).iter().map(|segment| segment.size().1).sum();
        let mut state = lock(shared);
        state.settled = state.settled.max(asked);
        state.failing = None;
        if let Err(error) = result {
            tracing::error!(%error, "binding the journal's tail failed: it is kept, and tried again");
            state.failed(error.to_string());
        }
        if !state.wake {
            // Otherwise another file became full meanwhile, and the next round counts.
            state.unbound = left;
            state.waiting_since = None;
        }
        shared.1.notify_all();
        if closing {
            return;
        }
    }
}

/// Ends the tail file being written, if it is old enough or everything is wanted.
fn seal(desk: &Desk, everything: bool) {
    let mut writer = desk.writer.lock().unwrap_or_else(PoisonError::into_inner);
    if writer.active().is_some_and(|(_, since)| everything || old(since, desk.options.bind_after)) {
        writer.seal();
    }
}

fn old(since: Instant, limit: Duration) -> bool {
    since.elapsed() >= limit
}

/// The tail files that are not written any more.
fn unbound(held: &(Desk, Held)) -> Vec<Arc<Segment>> {
    let writer = held.0.writer.lock().unwrap_or_else(PoisonError::into_inner);
    let active = writer.active().map(|(segment, _)| segment.clone());
    let mut segments = held.1.now().segments.clone();
    segments.retain(|segment| active.as_ref().is_none_or(|active| !Arc::ptr_eq(active, segment)));
    segments
}

fn bind_all(held: &(Desk, Held), shared: &Shared) -> Result<(), Error> {
    loop {
        let unbound = unbound(held);
        let mut bytes = unbound.iter().map(|segment| segment.size().1).sum();
        {
            let mut state = lock(shared);
            state.unbound = bytes;
            if !unbound.is_empty() {
                state.waiting_since.get_or_insert_with(Instant::now);
            }
        }
        shared.1.notify_all();
        if unbound.is_empty() || lock(shared).stopped.is_some() {
            return Ok(());
        }
        let mut taken = Vec::new();
        bytes = 0;
        for segment in unbound {
            bytes += segment.size().1;
            if bytes > BOUND_AT_ONCE && !taken.is_empty() {
                break;
            }
            taken.push(segment);
        }
        bind(held, &taken, shared)?;
    }
}
