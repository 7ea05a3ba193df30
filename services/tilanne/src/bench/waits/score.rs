//! How well was told what to expect.

use std::collections::VecDeque;

use super::super::row::Row;

/// The waits that stand beside: the last of the same station and urgency.
const LAST: usize = 30;
/// The two quantiles that are told.
const HALF: f64 = 0.5;
const NINE_OF_TEN: f64 = 0.9;

/// What is told of a wait, in seconds.
#[derive(Debug, Clone, Copy)]
pub struct Quantiles {
    pub p50: f64,
    pub p90: f64,
}

/// Of one urgency at one station.
#[derive(Default)]
pub struct Score {
    /// The last waits that are over, the newest last.
    last: VecDeque<i64>,
    visits: usize,
    /// Visits that are looked at, and of how many of them nothing was told.
    asked: usize,
    untold: usize,
    told: Tally,
    beside: Tally,
}

#[derive(Default)]
struct Tally {
    within_p50: usize,
    within_p90: usize,
    loss: f64,
}

impl Tally {
    fn add(&mut self, seconds: f64, told: Quantiles) {
        self.within_p50 += usize::from(seconds <= told.p50);
        self.within_p90 += usize::from(seconds <= told.p90);
        self.loss += pinball(seconds, told.p50, HALF) + pinball(seconds, told.p90, NINE_OF_TEN);
    }
}

fn pinball(seconds: f64, told: f64, quantile: f64) -> f64 {
    let over = seconds - told;
    (quantile * over).max((quantile - 1.0) * over)
}

impl Score {
    /// A wait that is over. `told`: if it is looked at, what was told, and what the last waits would have told.
    pub fn add(&mut self, seconds: i64, told: Option<(Option<Quantiles>, Option<Quantiles>)>) {
        self.visits += 1;
        self.last.push_back(seconds);
        if self.last.len() > LAST {
            self.last.pop_front();
        }
        let Some((told, beside)) = told else { return };
        self.asked += 1;
        // Both of the same visits, or neither.
        let (Some(told), Some(beside)) = (told, beside) else {
            self.untold += 1;
            return;
        };
        #[expect(clippy::cast_precision_loss, reason = "a wait is far below 2^52 seconds")]
        let seconds = seconds as f64;
        self.told.add(seconds, told);
        self.beside.add(seconds, beside);
    }

    /// All visits.
    pub const fn visits(&self) -> usize {
        self.visits
    }

    /// What the last waits tell, once there are so many.
    pub fn last(&self) -> Option<Quantiles> {
        let mut sorted: Vec<i64> = self.last.iter().copied().collect();
        sorted.sort_unstable();
        (sorted.len() == LAST)
            .then(|| Quantiles { p50: between(&sorted, HALF), p90: between(&sorted, NINE_OF_TEN) })
    }

    /// Its figures, under names that begin alike.
    pub fn rows(&self, of: &str) -> Vec<Row> {
        #[expect(clippy::cast_precision_loss, reason = "a year's visits are far below 2^52")]
        let count = |count: usize| count as f64;
        let told = count(self.asked - self.untold);
        let share = |within: usize| 100.0 * count(within) / told;
        let row = |what: &str, value, unit, beside, limit| {
            Row::beside("", value, unit, beside, limit).named(format!("waits_{of}_{what}"))
        };
        vec![
            row("told", told, "visits", "visits since July", count(self.asked)),
            row(
                "cover_p50",
                share(self.told.within_p50),
                "%",
                "the last 30 waits",
                share(self.beside.within_p50),
            ),
            row(
                "cover_p90",
                share(self.told.within_p90),
                "%",
                "the last 30 waits",
                share(self.beside.within_p90),
            ),
            row("pinball_loss", self.told.loss / told, "s", "the last 30 waits", self.beside.loss / told),
        ]
    }
}

/// A quantile between the values on its two sides.
fn between(sorted: &[i64], quantile: f64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "so many values there are not")]
    let place = quantile * (sorted.len().saturating_sub(1)) as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in the list")]
    let at = |place: f64| sorted.get(place as usize).copied().unwrap_or_default();
    #[expect(clippy::cast_precision_loss, reason = "a wait is far below 2^52 seconds")]
    let (low, high) = (at(place.floor()) as f64, at(place.ceil()) as f64);
    (high - low).mul_add(place.fract(), low)
}
