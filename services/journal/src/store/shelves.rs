//! What the journal consists of at a moment. Readers keep the moment they began with; files that were
//! bound away meanwhile stay readable for them, because they are open.

use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread;

use crate::Error;
use crate::run::Source;
use crate::tail::Segment;
use crate::volume::Volume;

/// Volumes, then tail files, in the order of their sequences.
#[derive(Debug, Clone, Default)]
pub(super) struct Shelves {
    pub volumes: Vec<Arc<Volume>>,
    pub segments: Vec<Arc<Segment>>,
}

impl Shelves {
    pub(super) fn sources(&self) -> impl DoubleEndedIterator<Item = &dyn Source> {
        let volumes = self.volumes.iter().map(|volume| &**volume as &dyn Source);
        volumes.chain(self.segments.iter().map(|segment| &**segment as &dyn Source))
    }

    /// Compares all volumes' files with what was written, on all cores, and gives the first difference.
    pub(super) fn complaint(&self) -> Result<Option<String>, Error> {
        let workers = thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let next = Mutex::new(self.volumes.iter());
        let first: Mutex<Option<(u64, Result<String, Error>)>> = Mutex::new(None);
        thread::scope(|scope| {
            for _ in 0..workers.min(self.volumes.len()) {
                scope.spawn(|| {
                    loop {
                        let volume = next.lock().unwrap_or_else(PoisonError::into_inner).next();
                        let Some(volume) = volume else { return };
                        let Some(complaint) = volume.complaint().transpose() else { continue };
                        let mut first = first.lock().unwrap_or_else(PoisonError::into_inner);
                        if first.as_ref().is_none_or(|(at, _)| volume.first() < *at) {
                            *first = Some((volume.first(), complaint));
                        }
                    }
                });
            }
        });
        first.into_inner().unwrap_or_else(PoisonError::into_inner).map(|(_, complaint)| complaint).transpose()
    }
}

/// The shelves of now.
#[derive(Debug, Default)]
pub(super) struct Held(RwLock<Arc<Shelves>>);

impl Held {
    pub(super) fn new(shelves: Shelves) -> Self {
        Self(RwLock::new(Arc::new(shelves)))
    }

    pub(super) fn now(&self) -> Arc<Shelves> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes them for whoever asks next.
    pub(super) fn change(&self, change: impl FnOnce(&mut Shelves)) {
        let mut held = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let mut shelves = Shelves::clone(&held);
        change(&mut shelves);
        *held = Arc::new(shelves);
    }
}
