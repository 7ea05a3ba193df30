//! The projectors that are heard, and which of them is followed. Knows no bus: it is told what was heard, and when.
//!
//! Each projector draws the same boards and numbers alike, but cuts what changes into pieces of its own. So one is
//! followed at a time, and what the others say only tells whom to turn to next.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use runtime::Lag;
use tokio::time::Instant;

use super::pulse::Beat;

/// A followed projector that still lacks after this time what another had drawn is left.
const TRAILS: Duration = Duration::from_secs(5);

/// A followed projector that says that its boards are not all that they should be is left so much later, if another
/// does not say the same by then: what one says all of them soon say, mostly.
const SURE: Duration = Duration::from_secs(1);

/// Projectors remembered: more than an area has. Beyond it the one heard longest ago goes.
const MOST: usize = 16;

/// The longest name, in bytes: longer ones are nobody's.
const LONGEST_NAME: usize = 64;

/// What has been heard of each projector, and which one is followed.
#[derive(Debug)]
pub(crate) struct Roster {
    heard: BTreeMap<Arc<str>, Standing>,
    /// Stays until there is a reason to leave it and somebody to turn to.
    chosen: Option<Arc<str>>,
    leave_after: Duration,
    /// How long the chosen one has lacked what another had drawn.
    lag: Lag,
}

#[derive(Debug)]
struct Standing {
    beat: Arc<Beat>,
    heard: Instant,
    /// Since when it says that its boards are not all that they should be.
    degraded: Option<Instant>,
    /// It did not answer, and has not beaten since.
    failed: bool,
}

impl Standing {
    fn is_fit(&self, now: Instant, leave_after: Duration) -> bool {
        !self.failed && now.saturating_duration_since(self.heard) < leave_after
    }

    /// The greater, the better to follow.
    fn worth(&self) -> (bool, u64) {
        (self.degraded.is_none(), self.beat.sequence)
    }
}

impl Roster {
    /// A roster of projectors of which one that was not heard for `leave_after` is left.
    pub(crate) fn new(leave_after: Duration) -> Self {
        Self { heard: BTreeMap::new(), chosen: None, leave_after, lag: Lag::default() }
    }

    /// A projector's heart has beaten.
    pub(crate) fn hear(&mut self, name: &str, beat: Arc<Beat>, now: Instant) {
        let before = self.heard.get(name).map(|before| before.degraded);
        if before.is_some() || self.has_room(name, now) {
            let degraded = beat.degraded.map(|_| before.flatten().unwrap_or(now));
            self.heard.insert(Arc::from(name), Standing { beat, heard: now, degraded, failed: false });
        }
    }

    fn has_room(&mut self, name: &str, now: Instant) -> bool {
        if name.len() > LONGEST_NAME {
            return false;
        }
        if self.heard.len() >= MOST
            && let Some((oldest, standing)) = self.heard.iter().min_by_key(|(_, standing)| standing.heard)
            && !standing.is_fit(now, self.leave_after)
        {
            let oldest = Arc::clone(oldest);
            self.heard.remove(&oldest);
        }
        self.heard.len() < MOST
    }

    /// Before anybody's heart was heard, whoever speaks first is followed. Answers whether that is so.
    pub(crate) fn adopt(&mut self, name: &str) -> bool {
        let first = self.chosen.is_none() && name.len() <= LONGEST_NAME;
        if first {
            self.chosen = Some(Arc::from(name));
        }
        first
    }

    /// A projector that was asked gave no answer. It is passed over until its heart is heard again.
    pub(crate) fn unanswered(&mut self, name: &str) {
        if let Some(standing) = self.heard.get_mut(name) {
            standing.failed = true;
        }
    }

    /// Chooses anew if there is a reason to. Answers whom it left, if it left somebody.
    pub(crate) fn choose(&mut self, now: Instant) -> Option<Arc<str>> {
        // In the reverse order the first name wins among equals, for every gateway alike.
        let fit = self.heard.iter().rev().filter(|(_, standing)| standing.is_fit(now, self.leave_after));
        let (best, standing) = fit.max_by_key(|(_, standing)| standing.worth())?;
        let chosen = self.chosen.as_ref().and_then(|name| self.heard.get(name));
        if let Some(chosen) = chosen.filter(|chosen| chosen.is_fit(now, self.leave_after)) {
            let late = self.lag.measure(chosen.beat.sequence, standing.beat.sequence, now);
            let worse = standing.degraded.is_none()
                && chosen.degraded.is_some_and(|since| now.saturating_duration_since(since) >= SURE);
            if !worse && late <= TRAILS {
                return None;
            }
        }
        self.lag = Lag::default();
        let best = Arc::clone(best);
        let left = self.chosen.replace(Arc::clone(&best))?;
        (left != best).then_some(left)
    }

    /// The one that is followed, if anybody is.
    pub(crate) const fn chosen(&self) -> Option<&Arc<str>> {
        self.chosen.as_ref()
    }

    /// What the followed one last said, and when.
    pub(crate) fn last(&self) -> Option<(Arc<Beat>, Instant)> {
        let standing = self.heard.get(self.chosen.as_ref()?)?;
        Some((Arc::clone(&standing.beat), standing.heard))
    }

    /// Whom to turn to if the followed one does not answer.
    pub(crate) fn other(&self, now: Instant) -> Option<Arc<str>> {
        let others = self.heard.iter().rev().filter(|(name, standing)| {
            standing.is_fit(now, self.leave_after) && Some(*name) != self.chosen.as_ref()
        });
        others.max_by_key(|(_, standing)| standing.worth()).map(|(name, _)| Arc::clone(name))
    }
}

#[cfg(test)]
#[path = "roster_tests.rs"]
mod tests;
