//! The feeds' signs of life.

use super::Actor;
use super::voice::Voice;

/// Every feed of the area means to speak once a minute.
const BEAT_S: u32 = 60;

/// The feeds' heartbeats.
pub(super) struct Beats {
    feeds: &'static [&'static str],
    begins: i64,
    count: usize,
}

impl Beats {
    pub const fn begin(feeds: &'static [&'static str], at: i64) -> Self {
        Self { feeds, begins: at, count: 0 }
    }
}

impl Actor for Beats {
    /// The feeds take turns, evenly over the interval.
    fn due(&self) -> i64 {
        let turns = i64::try_from(self.feeds.len().max(1)).unwrap_or(1);
        let count = i64::try_from(self.count).unwrap_or(i64::MAX);
        self.begins.saturating_add(count.saturating_mul(i64::from(BEAT_S) * 1_000_000) / turns)
    }

    fn act(&mut self, voice: &mut Voice) {
        let feed = self.feeds.get(self.count % self.feeds.len().max(1)).copied();
        if let Some(feed) = feed {
            voice.beat(self.due(), feed, BEAT_S);
        }
        self.count += 1;
    }
}
