//! The thread that binds full tail files into volumes.
//!
//! Nothing that was acknowledged rests on it: if it fails, the tail grows and is kept. Only when a volume
//! and its name are on the disk are the files removed that it replaces.

#[cfg(test)]
mod tests;

use std::fs;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Arc, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use bytes::Bytes;

use super::Desk;
use super::backlog::{Shared, State, UNBOUND_WAITS, give_way, lock};
use super::shelves::Held;
use crate::run::{self, Source};
use crate::shelf::Keyed;
use crate::tail::Segment;
use crate::volume::{Builder, MERGE_BELOW, Volume};
use crate::{Bearing, Error, Head};

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

/// Makes a volume of tail files, puts it in their place and removes them.
fn bind(held: &(Desk, Held), segments: &[Arc<Segment>], shared: &Shared) -> Result<(), Error> {
    let (desk, shelves) = held;
    let last = shelves.now().volumes.last().cloned();
    let merged = last.as_ref().filter(|volume| volume.content_bytes() < MERGE_BELOW);
    let head = match (merged, &last) {
        (Some(merged), _) => merged.before(),
        (None, Some(last)) => last.head(),
        (None, None) => Head::START,
    };
    let sources: Vec<&dyn Source> = merged
        .iter()
        .map(|volume| &***volume as &dyn Source)
        .chain(segments.iter().map(|s| &**s as _))
        .collect();
    let volume = build(desk, head, &sources, shared).inspect_err(|_| clear(desk))?;
    // The volume has its name, and the next start finds that it covers these files.
    unless_stopped(shared)?;
    let mut replaced: Vec<PathBuf> = segments.iter().map(|segment| segment.file().1.to_owned()).collect();
    replaced.extend(merged.map(|volume| volume.directory().to_owned()));
    shelves.change(|shelves| {
        if merged.is_some() {
            shelves.volumes.pop();
        }
        shelves.volumes.extend(volume);
        shelves.segments.retain(|kept| !segments.iter().any(|bound| Arc::ptr_eq(bound, kept)));
    });
    for path in replaced {
        desk.disk.remove(&path).map_err(Error::io("removing", &path))?;
    }
    Ok(())
}

/// Takes away what a failed build has left: on a full disk it would be most of what is missing.
fn clear(desk: &Desk) {
    let building = desk.directory.layout.building();
    if building.exists()
        && let Err(error) = fs::remove_dir_all(&building)
    {
        tracing::warn!(%error, "a volume that could not be built is left lying until the next start");
    }
}

fn build(
    desk: &Desk,
    head: Head,
    sources: &[&dyn Source],
    shared: &Shared,
) -> Result<Option<Arc<Volume>>, Error> {
    let mut biggest = 0;
    for source in sources {
        let mut next = source.first();
        loop {
            let placed = source.from(next);
            let Some(last) = placed.last() else { break };
            biggest = biggest.max(placed.iter().map(|placed| placed.stored as usize).max().unwrap_or(0));
            next = last.first + 1;
        }
    }
    let mut builder = Builder::new(&desk.directory.layout, &*desk.disk, head, biggest);
    for source in sources {
        let mut failed = None;
        let shown = run::show(*source, 0, &mut |key, bytes| {
            give_way(shared);
            let taken = builder.take(&Keyed { key, block: Bytes::copy_from_slice(bytes) });
            failed = taken.err();
            if failed.is_some() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        if let (ControlFlow::Break(()), Some(error)) = (shown, failed) {
            return Err(error);
        }
    }
    unless_stopped(shared)?;
    builder.finish()
}

/// After a failed append nothing more is named or removed on that disk.
fn unless_stopped(shared: &Shared) -> Result<(), Error> {
    lock(shared).stopped.map_or(Ok(()), |why| Err(Error::NotBound(why.to_owned())))
}
