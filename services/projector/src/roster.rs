//! The recorders that are heard, and whom of them to read from. Knows no bus: it is told what was heard, and when.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use proto::live::{Cause, Recorded};
use runtime::Lag;
use tokio::time::Instant;

/// A recorder says where it stands every second: one that is not heard for three times that is left.
pub(crate) const SILENT: Duration = Duration::from_secs(3);

/// A chosen recorder that still lacks after this time what another had is left. Less than the time after which the
/// boards themselves would count as behind.
const TRAILS: Duration = Duration::from_secs(2);

/// So long after one turned out to hold other facts it may be tried again, if that goes for all of them: a journal
/// may be mended while its recorder is ahead of what is drawn, where its word tells nothing.
const TRY_AGAIN: Duration = Duration::from_secs(10);

/// Recorders remembered: more than an area has. Beyond it the one heard longest ago goes.
const MOST: usize = 16;

/// The longest name, in bytes: longer ones are nobody's.
const LONGEST_NAME: usize = 64;

/// Whom to ask for facts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Whom {
    /// Whoever answers: no recorder that could be chosen has been heard.
    Anybody,
    /// The recorder of this name.
    One(Arc<str>),
    /// Nobody for now: all that are heard hold other facts than the ones drawn.
    Nobody,
}

/// What has been heard of each recorder, and which one facts are read from.
#[derive(Debug, Default)]
pub(crate) struct Roster {
    heard: BTreeMap<Arc<str>, Standing>,
    /// Stays until there is a reason to leave it; also while it cannot be asked and nobody else can.
    chosen: Option<Arc<str>>,
    lag: Lag,
}

/// As those who read and the loop that hears share it.
pub(crate) type SharedRoster = Arc<Mutex<Roster>>;

/// The roster, which nobody can leave half changed.
pub(crate) fn lock(roster: &Mutex<Roster>) -> MutexGuard<'_, Roster> {
    roster.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Debug)]
struct Standing {
    sequence: u64,
    lends: bool,
    degraded: Option<Cause>,
    heard: Instant,
    /// It did not answer, and has said nothing since.
    failed: bool,
    /// It holds other facts than the ones drawn, as was last found then.
    struck: Option<Instant>,
}

impl Standing {
    fn is_heard(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.heard) < SILENT
    }

    /// Whether it says that it could be read.
    fn lends(&self, now: Instant) -> bool {
        self.lends && self.is_heard(now)
    }

    fn is_fit(&self, now: Instant) -> bool {
        self.lends(now) && !self.failed && self.struck.is_none()
    }

    /// The greater, the better to read from.
    const fn worth(&self) -> (bool, u64) {
        (self.degraded.is_none(), self.sequence)
    }
}

impl Roster {
    /// A recorder says where it stands. `agrees` tells whether that fits what is drawn, where that can be told.
    /// Answers whether it has just turned out to hold other facts.
    pub fn hear(&mut self, word: &Recorded, agrees: Option<bool>, now: Instant) -> bool {
        let name: Arc<str> = Arc::from(word.recorder.as_str());
        let before = self.heard.get(&name).map(|before| before.struck);
        if before.is_none() && !self.has_room(&name, now) {
            return false;
        }
        let before = before.flatten();
        let struck = match agrees {
            None => before,
            Some(true) => {
                say_if_mended(&name, before);
                None
            }
            Some(false) => Some(now),
        };
        let (sequence, lends, degraded) = (word.sequence, word.lends, word.degraded);
        self.heard.insert(name, Standing { sequence, lends, degraded, heard: now, failed: false, struck });
        struck.is_some() && before.is_none()
    }

    fn has_room(&mut self, name: &str, now: Instant) -> bool {
        if name.len() > LONGEST_NAME {
            return false;
        }
        if self.heard.len() >= MOST
            && let Some((oldest, standing)) = self.heard.iter().min_by_key(|(_, standing)| standing.heard)
            && !standing.is_heard(now)
        {
            let oldest = Arc::clone(oldest);
            self.heard.remove(&oldest);
        }
        self.heard.len() < MOST
    }

    /// A recorder that was asked gave no answer. It is passed over until it is heard again.
    pub fn unanswered(&mut self, name: &str) {
        if let Some(standing) = self.heard.get_mut(name) {
            standing.failed = true;
        }
    }

    /// A recorder's page did not go on from what is drawn. It is not asked again until a word of it fits, or it is
    /// the last resort. Answers whether that is news.
    pub fn strike(&mut self, name: &str, now: Instant) -> bool {
        self.heard.get_mut(name).is_some_and(|standing| standing.struck.replace(now).is_none())
    }

    /// A recorder's page went on from what is drawn.
    pub fn fits(&mut self, name: &str) {
        if let Some(standing) = self.heard.get_mut(name) {
            say_if_mended(name, standing.struck.take());
        }
    }

    /// Whom to read from now.
    pub fn whom(&mut self, now: Instant) -> Whom {
        self.choose(now);
        match &self.chosen {
            Some(name) if self.is_fit(name, now) => one(name),
            _ if self.all_differ(now) => self.last_resort(now),
            Some(_) | None => Whom::Anybody,
        }
    }

    fn last_resort(&self, now: Instant) -> Whom {
        let tried_long_ago = |standing: &Standing| {
            standing.struck.is_some_and(|struck| now.saturating_duration_since(struck) >= TRY_AGAIN)
        };
        let lending =
            self.heard.iter().filter(|(_, standing)| standing.lends(now) && tried_long_ago(standing));
        lending.min_by_key(|(_, standing)| standing.struck).map_or(Whom::Nobody, |(name, _)| one(name))
    }

    /// Another than `not` who says that it has more than fact `after`: the most.
    pub fn beyond(&self, after: u64, not: &Whom, now: Instant) -> Option<Whom> {
        let further =
            self.heard.iter().filter(|(_, standing)| standing.is_fit(now) && standing.sequence > after);
        let further = further.map(|(name, standing)| (standing.worth(), one(name)));
        further.filter(|(_, whom)| whom != not).max_by_key(|(worth, _)| *worth).map(|(_, whom)| whom)
    }

    /// The newest fact that a recorder which can be read says that it has; `None` if none is heard.
    pub fn newest(&self, now: Instant) -> Option<u64> {
        let lending = self.heard.values().filter(|standing| standing.lends(now) && standing.struck.is_none());
        lending.map(|standing| standing.sequence).max()
    }

    /// Why nothing is recorded, as the chosen recorder says. Another that records would have been chosen.
    pub fn degraded(&mut self, now: Instant) -> Option<Cause> {
        self.choose(now);
        self.heard.get(self.chosen.as_ref()?)?.degraded
    }

    /// Whether recorders are heard, and every one that could be read holds other facts than the ones drawn.
    pub fn all_differ(&self, now: Instant) -> bool {
        let mut lending = self.heard.values().filter(|standing| standing.lends(now)).peekable();
        lending.peek().is_some() && lending.all(|standing| standing.struck.is_some())
    }

    /// When a recorder was last heard.
    pub fn last_heard(&self) -> Option<Instant> {
        self.heard.values().map(|standing| standing.heard).max()
    }

    fn is_fit(&self, name: &str, now: Instant) -> bool {
        self.heard.get(name).is_some_and(|standing| standing.is_fit(now))
    }

    /// Chooses anew if there is a reason to, and somebody to choose.
    fn choose(&mut self, now: Instant) {
        // In the reverse order the first name wins among equals, for every projector alike.
        let fit = self.heard.iter().rev().filter(|(_, standing)| standing.is_fit(now));
        let Some((best, standing)) = fit.max_by_key(|(_, standing)| standing.worth()) else { return };
        let chosen = self.chosen.as_ref().and_then(|name| self.heard.get(name));
        let stays = chosen.filter(|chosen| chosen.is_fit(now)).is_some_and(|chosen| {
            let late = self.lag.measure(chosen.sequence, standing.sequence, now);
            (chosen.degraded.is_none() || standing.degraded.is_some()) && late <= TRAILS
        });
        if stays {
            return;
        }
        let best = Arc::clone(best);
        self.lag = Lag::default();
        if self.chosen.as_ref() != Some(&best) {
            tracing::info!(recorder = %best, before = self.chosen.as_deref(), "facts are read from");
            self.chosen = Some(best);
        }
    }
}

fn say_if_mended(recorder: &str, struck: Option<Instant>) {
    if struck.is_some() {
        tracing::info!(recorder, "it holds the facts that are drawn again");
    }
}

/// The way to a recorder. One that tells no name has no address of its own.
fn one(name: &Arc<str>) -> Whom {
    if name.is_empty() { Whom::Anybody } else { Whom::One(Arc::clone(name)) }
}
