//! What a poller counts. Plain numbers: whoever runs the process registers them where it shows metrics.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts since the process began, of one feed.
#[derive(Debug, Default)]
pub struct Counters {
    /// Looks at the publisher.
    pub polls: AtomicU64,
    /// Looks that found what was known already.
    pub unchanged: AtomicU64,
    /// Looks that found an empty body.
    pub empty: AtomicU64,
    /// New bodies that were accepted.
    pub bodies: AtomicU64,
    /// Bodies that were not the feed.
    pub refused: AtomicU64,
    /// Fetches and submissions that failed.
    pub failures: AtomicU64,
    /// Rows left out aloud.
    pub refused_rows: AtomicU64,
    /// Events with the receipt "recorded".
    pub recorded: AtomicU64,
    /// Events with the receipt "duplicate".
    pub duplicates: AtomicU64,
    /// Events with the receipt "rejected".
    pub rejected: AtomicU64,
    /// Troubles said in the log: one each time that the reason changed.
    pub said: AtomicU64,
}

impl Counters {
    /// The value of one counter.
    pub fn read(counter: &AtomicU64) -> u64 {
        counter.load(Ordering::Relaxed)
    }

    /// Every counter by its name.
    pub fn each(&self) -> impl Iterator<Item = (&'static str, u64)> {
        [
            ("polls", &self.polls),
            ("unchanged", &self.unchanged),
            ("empty", &self.empty),
            ("bodies", &self.bodies),
            ("refused", &self.refused),
            ("failures", &self.failures),
            ("refused_rows", &self.refused_rows),
            ("recorded", &self.recorded),
            ("duplicates", &self.duplicates),
            ("rejected", &self.rejected),
            ("said", &self.said),
        ]
        .into_iter()
        .map(|(name, counter)| (name, Self::read(counter)))
    }

    pub(super) fn add(counter: &AtomicU64, more: usize) {
        counter.fetch_add(u64::try_from(more).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}
