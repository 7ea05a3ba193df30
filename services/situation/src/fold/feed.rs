//! What is known of a feed: when it last spoke and how often it means to.

use std::sync::Arc;
use std::time::Duration;

use super::hourly::Hourly;
use super::told::{Register, Stamp};
use crate::area::Pace;
use crate::board::{FeedFigures, Freshness};
use crate::event::Told;
use crate::name::Word;
use crate::time::{Hour, Instant, earlier};

/// A feed as one station hears it, or a whole feed's heartbeats.
#[derive(Debug, Clone, Default)]
pub struct FeedState {
    /// The newest sign of life.
    pub last_event: Option<Arc<Stamp>>,
    /// The service that its events belong to.
    pub family: Register<Word>,
    /// How often it means to speak.
    pub interval: Register<Duration>,
    /// When anything of it was last received.
    pub last_received: Option<Instant>,
    /// The hours in which it gave a sign of life.
    pub spoke: Hourly<bool>,
}

impl FeedState {
    /// Any sign of life. `family` is the service that such events belong to.
    pub fn hear(&mut self, stamp: &Arc<Stamp>, family: &'static str, received: Instant) {
        if self.last_event.as_ref().is_none_or(|known| known < stamp) {
            self.last_event = Some(Arc::clone(stamp));
        }
        self.family.hear(stamp, &Told::Value(Word::new(family)));
        self.spoke_at(stamp.time);
        self.last_received = self.last_received.max(Some(received));
    }

    /// A heartbeat: a sign of life that also says how often to expect one.
    pub fn beat(&mut self, stamp: &Arc<Stamp>, interval: Duration, received: Instant) {
        if self.last_event.as_ref().is_none_or(|known| known < stamp) {
            self.last_event = Some(Arc::clone(stamp));
        }
        self.interval.hear(stamp, &Told::Value(interval));
        self.spoke_at(stamp.time);
        self.last_received = self.last_received.max(Some(received));
    }

    fn spoke_at(&mut self, moment: Instant) {
        let hour = Hour::of(moment);
        if self.spoke.get(hour).is_none() {
            self.spoke.change(hour, |spoke| *spoke = true);
        }
    }

    /// When this feed last received anything, with what `whole` (its heartbeats) received.
    pub fn last_received(&self, whole: Option<&Self>) -> Option<Instant> {
        self.last_received.max(whole.and_then(|whole| whole.last_received))
    }

    /// How fresh it is at a moment, and when that changes if it stays silent. Judged by when things
    /// happened, never by when they came in: a backlog that arrives now is still old news.
    pub fn look(
        &self,
        whole: Option<&Self>,
        configured: Option<Pace>,
        default: Pace,
        family: Option<&Word>,
        clock: Instant,
    ) -> (FeedFigures, Option<Instant>) {
        let own = self.last_event.as_ref();
        let last = own.max(whole.and_then(|whole| whole.last_event.as_ref())).map(|stamp| stamp.time);
        let beat = [Some(self), whole]
            .into_iter()
            .flatten()
            .filter_map(|state| state.interval.at(clock))
            .max_by(|a, b| a.1.cmp(b.1))
            .map(|(interval, _)| *interval);
        let mut pace = configured.unwrap_or(default);
        if let Some(interval) = beat.filter(|interval| *interval != pace.interval) {
            pace = Pace::of_interval(interval);
        }
        let (state, due) = judge(last, pace, clock);
        let family = family.or_else(|| self.family.told()).cloned();
        (FeedFigures { family, state, last_event_time: last }, due)
    }
}

fn judge(last: Option<Instant>, pace: Pace, clock: Instant) -> (Freshness, Option<Instant>) {
    let Some(last) = last else { return (Freshness::Never, None) };
    let mut state = Freshness::Fresh;
    let mut due = None;
    for (after, becomes) in [
        (pace.ageing_after, Freshness::Ageing),
        (pace.stale_after, Freshness::Stale),
        (pace.lost_after, Freshness::Lost),
    ] {
        let at = last.plus(after);
        if at <= clock {
            state = becomes;
        } else {
            due = earlier(due, Some(at));
        }
    }
    (state, due)
}
