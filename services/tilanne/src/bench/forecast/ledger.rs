//! What was told, what came, and how far off it was.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use situation::board::ForecastFigures;
use situation::name::{LaneId, StationId};
use situation::time::Instant;

use super::super::row::Row;

const DAY: Duration = Duration::from_secs(24 * 3_600);
/// Days of which the mean of an hour is taken, as the fold's own trials do, and of how many at least.
const DAYS: usize = 28;
const FEWEST_DAYS: usize = 2;

/// What is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measured {
    Waiting,
    Present,
}

/// A lane's figure.
pub type Key = (StationId, LaneId, Measured);

/// A forecast that was made.
#[derive(Debug, Clone, Copy)]
pub struct Made {
    ahead: u32,
    at: Instant,
    count: u32,
    is_shown: bool,
    now: u32,
}

/// All forecasts.
#[derive(Default)]
pub struct Ledger {
    queues: BTreeMap<Key, Queue>,
    scores: BTreeMap<(Measured, u32), Score>,
}

#[derive(Default)]
struct Queue {
    told: BTreeMap<Instant, u32>,
    open: Vec<(Made, f64)>,
}

/// Of all lanes, at so many hours.
#[derive(Default)]
struct Score {
    all: Tally,
    shown: Tally,
    by_lane: BTreeMap<Key, Tally>,
    lanes: BTreeSet<Key>,
}

/// Sums of absolute differences.
#[derive(Default, Clone, Copy)]
struct Tally {
    count: f64,
    own: f64,
    staying: f64,
    same_hour: f64,
}

impl Made {
    /// From a board that says how many are there `now`.
    pub const fn of(told: &ForecastFigures, is_shown: bool, now: u32) -> Self {
        let ForecastFigures { ahead, at, count, .. } = *told;
        Self { ahead, at, count, is_shown, now }
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Waiting => "waiting",
            Self::Present => "present",
        })
    }
}

impl Ledger {
    /// How many a lane has at a moment: what was told of it is settled, and what is told now is open.
    pub fn note(&mut self, key: &Key, at: Instant, count: u32, made: impl Iterator<Item = Made>) {
        let queue = self.queues.entry(key.clone()).or_default();
        queue.open.retain(|(made, _)| made.at >= at);
        for (made, same_hour) in queue.open.extract_if(.., |(made, _)| made.at == at) {
            let score = self.scores.entry((key.2, made.ahead)).or_default();
            let tally = Tally::of(made, same_hour, count);
            score.lanes.insert(key.clone());
            score.all.add(tally);
            if made.is_shown {
                score.shown.add(tally);
                score.by_lane.entry(key.clone()).or_default().add(tally);
            }
        }
        queue.told.insert(at, count);
        for made in made {
            if let Some(same_hour) = queue.same_hour(made.at) {
                queue.open.push((made, same_hour));
            }
        }
    }

    /// The figures.
    pub fn rows(&self) -> Vec<Row> {
        self.scores
            .iter()
            .flat_map(|((measured, ahead), score)| score.rows(&format!("{measured}_{ahead}h")))
            .collect()
    }
}

impl Queue {
    /// The mean of the same hour of the days before.
    fn same_hour(&self, at: Instant) -> Option<f64> {
        let days = std::iter::successors(Some(at.minus(DAY)), |day| Some(day.minus(DAY))).take(DAYS);
        let known: Vec<f64> =
            days.filter_map(|day| self.told.get(&day)).map(|count| f64::from(*count)).collect();
        #[expect(clippy::cast_precision_loss, reason = "a few weeks of days")]
        let mean = known.iter().sum::<f64>() / known.len() as f64;
        (known.len() >= FEWEST_DAYS).then_some(mean)
    }
}

impl Tally {
    fn of(made: Made, same_hour: f64, count: u32) -> Self {
        let off = |told: f64| (told - f64::from(count)).abs();
        Self {
            count: 1.0,
            own: off(made.count.into()),
            staying: off(made.now.into()),
            same_hour: off(same_hour),
        }
    }

    fn add(&mut self, other: Self) {
        self.count += other.count;
        self.own += other.own;
        self.staying += other.staying;
        self.same_hour += other.same_hour;
    }

    fn is_best(&self) -> bool {
        self.own < self.staying.min(self.same_hour)
    }
}

impl Score {
    fn rows(&self, of: &str) -> Vec<Row> {
        let mut rows = Vec::new();
        for (which, tally) in [("all", self.all), ("shown", self.shown)] {
            if tally.count == 0.0 {
                continue;
            }
            let row = |what: &str, beside, sum: f64| {
                Row::beside("", tally.own / tally.count, "people", beside, sum / tally.count)
                    .named(format!("forecast_{of}_{which}_{what}"))
            };
            rows.push(row("staying", "the count of now", tally.staying));
            rows.push(row("same_hour", "the same hour's mean", tally.same_hour));
            rows.push(Row::alone("", tally.count, "forecasts").named(format!("forecast_{of}_{which}_of")));
        }
        #[expect(clippy::cast_precision_loss, reason = "as many lanes as an area has")]
        let count = |lanes: usize| lanes as f64;
        let (showed, best) =
            (self.by_lane.len(), self.by_lane.values().filter(|tally| tally.is_best()).count());
        let row = |what: &str, value, beside, limit| {
            Row::beside("", count(value), "lanes", beside, count(limit))
                .named(format!("forecast_{of}_{what}"))
        };
        rows.push(row("shown_lanes", showed, "lanes with any to hold against", self.lanes.len()));
        rows.push(row("shown_best", best, "lanes that showed one", showed));
        rows
    }
}
