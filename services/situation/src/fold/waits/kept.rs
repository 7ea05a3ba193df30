//! The waits that are remembered of a lane.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::forecast::{Forecast, Table};
use super::told::{Within, YOUNG};
use super::{JUDGED, LONGEST, MEMORY};
use crate::fold::ticket::Wait;
use crate::time::Instant;

/// Waits beyond those that are looked at: what is put right later must not bring back what was forgotten.
const SLACK: usize = 100;
/// Waits at which the oldest are looked for that nothing hangs on any more.
const FULL: usize = 2 * (MEMORY + JUDGED + 2 * SLACK);
/// Microseconds of a day.
const DAY: i64 = 24 * 3600 * 1_000_000;
/// Who ended to wait on a day came at most so many days before it: see [`LONGEST`].
const DAYS_OF_A_WAIT: i64 = 1;

/// A wait that is over, and what was worked out of it: that follows from the others, and is no part of what is stored.
#[derive(Debug, Clone)]
pub struct Past {
    /// The wait.
    pub wait: Wait,
    /// People who were waiting in the lane when this one came.
    pub(super) queue: OnceLock<u32>,
    /// What was to be expected then.
    pub(super) forecast: OnceLock<Option<Forecast>>,
}

impl Past {
    const fn of(wait: Wait) -> Self {
        Self { wait, queue: OnceLock::new(), forecast: OnceLock::new() }
    }
}

/// The newest waits of a lane. Copies share all days but those that change.
#[derive(Debug, Clone, Default)]
pub struct Waits {
    /// By the day on which they ended, then by when they ended.
    days: BTreeMap<i64, Arc<Vec<Past>>>,
    count: usize,
    /// When the last of them came: of who comes later nothing is worked out yet.
    last_came: Option<Instant>,
    /// What is known now: follows from the waits.
    pub(super) table: OnceLock<Arc<Table>>,
    /// How the newest went: follows from the waits.
    pub(super) within: OnceLock<Within>,
}

impl Waits {
    /// The waits of these days, each sorted.
    pub fn of(days: impl IntoIterator<Item = Arc<Vec<Past>>>) -> Self {
        let days = days.into_iter().filter_map(|day| Some((day_of(day.first()?.wait.ended), day)));
        let days: BTreeMap<_, _> = days.collect();
        let count = days.values().map(|day| day.len()).sum();
        let last_came = days.values().flat_map(|day| day.iter()).map(|past| past.wait.came).max();
        Self { days, count, last_came, ..Self::default() }
    }

    /// A day's waits, to be given to [`Waits::of`].
    #[must_use]
    pub fn day(waits: impl IntoIterator<Item = Wait>) -> Arc<Vec<Past>> {
        Arc::new(waits.into_iter().map(Past::of).collect())
    }

    /// The days, the oldest first.
    pub fn days(&self) -> impl ExactSizeIterator<Item = &Arc<Vec<Past>>> {
        self.days.values()
    }

    /// The waits that ended within these moments and the days around them, the oldest first.
    pub(super) fn around(&self, from: Instant, to: Instant) -> impl Iterator<Item = &Past> {
        self.days.range(day_of(from)..=day_of(to)).flat_map(|(_, day)| day.iter())
    }

    /// The waits that ended before a moment, the newest first: who comes at it comes before who is taken in at it.
    pub(super) fn ended_before(&self, at: Instant) -> impl Iterator<Item = &Past> {
        let before = move |day: &Vec<Past>| day.partition_point(|past| past.wait.ended < at);
        let days = self.days.range(..=day_of(at)).rev();
        days.flat_map(move |(_, day)| day.get(..before(day)).unwrap_or_default().iter().rev())
    }

    /// Whether at least so many ended before a moment.
    pub(super) fn is_count_before(&self, at: Instant, count: usize) -> bool {
        self.count >= count && (at == Instant::MAX || self.ended_before(at).nth(count - 1).is_some())
    }

    pub(super) fn add(&mut self, wait: Wait) {
        self.last_came = self.last_came.max(Some(wait.came));
        let day = Arc::make_mut(self.days.entry(day_of(wait.ended)).or_default());
        let at = day.partition_point(|past| past.wait < wait);
        day.insert(at, Past::of(wait));
        self.count += 1;
        self.unsettle(&wait);
        if self.count > FULL {
            self.forget();
        }
    }

    pub(super) fn remove(&mut self, wait: &Wait) {
        let key = day_of(wait.ended);
        let Some(day) = self.days.get_mut(&key) else { return };
        let Ok(at) = day.binary_search_by(|past| past.wait.cmp(wait)) else { return };
        Arc::make_mut(day).remove(at);
        self.count -= 1;
        if day.is_empty() {
            self.days.remove(&key);
        }
        self.unsettle(wait);
    }

    /// A wait came or went: what hangs on it is worked out again. What was known when the day began is still known while it
    /// goes on.
    fn unsettle(&mut self, wait: &Wait) {
        self.within = OnceLock::new();
        let newest = self.days.last_key_value().map(|(day, _)| *day);
        let goes_on = |until: Instant| self.count >= YOUNG && newest == Some(day_of(until));
        if self.table.get().is_some_and(|table| wait.ended < table.until || !goes_on(table.until)) {
            self.table = OnceLock::new();
        }
    }

    /// The queue was another than was known, from a moment on: what was worked out of who came later is worked out again.
    pub(super) fn doubt(&mut self, since: Instant) {
        if self.last_came.is_none_or(|last| last < since) {
            return;
        }
        self.within = OnceLock::new();
        if self.table.get().is_some_and(|table| table.until > since) {
            self.table = OnceLock::new();
        }
        let is_doubtful = |past: &Past| {
            past.wait.came >= since && (past.queue.get().is_some() || past.forecast.get().is_some())
        };
        for (_, day) in self.days.range_mut(day_of(since)..) {
            if day.iter().any(is_doubtful) {
                for past in Arc::make_mut(day).iter_mut().filter(|past| is_doubtful(past)) {
                    *past = Past::of(past.wait);
                }
            }
        }
    }

    /// Forgets the days on which nothing hangs: not the newest waits, not what was known when these people came, and not who
    /// was in the queue when those before them came.
    fn forget(&mut self) {
        let Some(newest_came) = self.day_before(i64::MAX, JUDGED + SLACK) else { return };
        let Some(known_then) = self.day_before(newest_came.saturating_sub(DAYS_OF_A_WAIT), MEMORY + SLACK)
        else {
            return;
        };
        self.days = self.days.split_off(&known_then.saturating_sub(DAYS_OF_A_WAIT));
        self.count = self.days.values().map(|day| day.len()).sum();
    }

    /// The day since which so many waits for care ended before another day.
    fn day_before(&self, end: i64, count: usize) -> Option<i64> {
        let mut found = 0;
        let enough = |(_, day): &(&i64, &Arc<Vec<Past>>)| {
            found += day.iter().filter(|past| past.wait.is_told_of()).count();
            found >= count
        };
        self.days.range(..end).rev().find(enough).map(|(day, _)| *day)
    }
}

impl Wait {
    /// How long it lasted.
    pub(super) fn seconds(&self) -> u32 {
        let micros = self.ended.as_micros().saturating_sub(self.came.as_micros());
        u32::try_from(micros.div_euclid(1_000_000)).unwrap_or(u32::MAX)
    }

    /// Whether it tells how long one waits for care.
    pub(super) fn is_told_of(&self) -> bool {
        self.seen && self.came.plus(LONGEST) >= self.ended
    }
}

/// When the day of a moment began.
pub(super) const fn start_of_day(at: Instant) -> Instant {
    Instant::from_micros(day_of(at).saturating_mul(DAY))
}

const fn day_of(at: Instant) -> i64 {
    at.as_micros().div_euclid(DAY)
}
