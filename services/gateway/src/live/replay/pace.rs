//! When a moment of the past is shown.

use std::time::Duration;

use proto::time::Moment;
use tokio::time::Instant;

/// An evening in ten seconds, and a week in three minutes: beyond that nobody sees anything, and the projector would do
/// nothing else.
pub(crate) const FASTEST: f64 = 3_600.0;
/// Slower than a tenth nothing seems to happen at all.
const SLOWEST: f64 = 0.1;

/// A replay that could not show a moment until so long after it was due goes on from there instead of hurrying after: a
/// client that is slow sees everything, later.
const SLIP: Duration = Duration::from_secs(1);

/// How many times faster than it was.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Speed(f64);

impl Speed {
    /// # Errors
    /// A sentence for the client.
    pub(crate) fn of(value: f64) -> Result<Self, String> {
        // What is no number lies in no range either.
        if (SLOWEST..=FASTEST).contains(&value) {
            return Ok(Self(value));
        }
        Err(format!("a replay's speed is {SLOWEST} to {FASTEST}: {value} is not"))
    }

    pub(crate) const fn value(self) -> f64 {
        self.0
    }

    /// How long ago the beginning of this time was that now passes in a replay, and of past time in microseconds.
    pub(super) fn past_us(self, real: Duration) -> i64 {
        i64::try_from(real.mul_f64(self.0).as_micros()).unwrap_or(i64::MAX)
    }

    fn real(self, past_us: i64) -> Duration {
        Duration::from_micros(u64::try_from(past_us).unwrap_or(0)).div_f64(self.0)
    }
}

/// The clock of a replay.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    speed: Speed,
    /// Which moment was shown when.
    anchor: (Instant, Moment),
    paused: bool,
}

impl Pace {
    /// Begins at a moment, now.
    pub(super) fn new(speed: Speed, at: Moment) -> Self {
        Self { speed, anchor: (Instant::now(), at), paused: false }
    }

    pub(super) const fn speed(&self) -> Speed {
        self.speed
    }

    pub(super) const fn is_paused(&self) -> bool {
        self.paused
    }

    /// The moment that is shown now.
    pub(super) fn now(&self) -> Moment {
        let (since, from) = self.anchor;
        if self.paused {
            return from;
        }
        Moment(from.0.saturating_add(self.speed.past_us(since.elapsed())))
    }

    /// When a moment is shown, if nobody halts the replay before.
    pub(super) fn due(&self, moment: Moment) -> Instant {
        let (since, from) = self.anchor;
        since + self.speed.real(moment.0.saturating_sub(from.0))
    }

    /// A moment is shown now. Where that is long after it was due, the clock has stood meanwhile.
    pub(super) fn show(&mut self, moment: Moment) {
        if self.due(moment).elapsed() > SLIP {
            self.anchor = (Instant::now(), moment);
        }
    }

    /// Goes to another moment.
    pub(super) fn seek(&mut self, moment: Moment) {
        self.anchor = (Instant::now(), moment);
    }

    pub(super) fn pause(&mut self) {
        self.seek(self.now());
        self.paused = true;
    }

    pub(super) fn resume(&mut self, speed: Option<Speed>) {
        self.seek(self.now());
        self.paused = false;
        self.speed = speed.unwrap_or(self.speed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;

    #[tokio::test(start_paused = true)]
    async fn a_minute_of_the_past_takes_a_tenth_of_a_second_at_600_times() {
        let mut pace = Pace::new(Speed::of(600.0).unwrap(), Moment(0));
        assert_eq!(pace.due(Moment(60 * SECOND)) - Instant::now(), Duration::from_millis(100));
        tokio::time::advance(Duration::from_millis(50)).await;
        assert_eq!(pace.now(), Moment(30 * SECOND));
        pace.pause();
        tokio::time::advance(Duration::from_secs(9)).await;
        assert_eq!(pace.now(), Moment(30 * SECOND));
        pace.resume(Some(Speed::of(1.0).unwrap()));
        tokio::time::advance(Duration::from_secs(2)).await;
        assert_eq!(pace.now(), Moment(32 * SECOND));
        assert_eq!(pace.due(Moment(0)), pace.anchor.0, "what is past is due");
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_late_sees_everything_later() {
        let mut pace = Pace::new(Speed::of(10.0).unwrap(), Moment(0));
        tokio::time::advance(Duration::from_millis(1_500)).await;
        pace.show(Moment(10 * SECOND));
        assert_eq!(pace.now(), Moment(15 * SECOND), "half a second is made good");
        tokio::time::advance(Duration::from_secs(5)).await;
        pace.show(Moment(20 * SECOND));
        assert_eq!(pace.now(), Moment(20 * SECOND));
    }

    #[test]
    fn a_speed_that_is_none_is_refused() {
        for value in [0.0, -1.0, 0.09, 3_601.0, f64::NAN, f64::INFINITY] {
            assert!(Speed::of(value).is_err(), "{value}");
        }
    }
}
