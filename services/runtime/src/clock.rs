//! The one seam to time. Everything else is told what time it is.
//!
//! Instants are microseconds since the Unix epoch, UTC (`i64`).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::watch;
use tokio::time::{self, Instant};

use crate::Error;

/// The fastest demo clock: an evening in a few seconds. Beyond it timers, which tick in milliseconds, would
/// step over a whole minute of the area's time at once.
pub const MAX_SPEED: f64 = 10_000.0;

/// The wall clock may be set while somebody sleeps, so a sleeper looks at it again this often.
const LONGEST_NAP: Duration = Duration::from_secs(5);

/// Timers tick in milliseconds; a shorter nap would only spin.
const SHORTEST_NAP: Duration = Duration::from_millis(1);

/// The area's time. Cheap to clone; clones agree.
#[derive(Debug, Clone)]
pub struct Clock(Kind);

#[derive(Debug, Clone)]
enum Kind {
    System,
    Demo { begin_us: i64, speed: f64, anchor: Instant },
    Manual(watch::Receiver<i64>),
}

/// Moves a [`Clock::manual`].
#[derive(Debug)]
pub struct Hand(watch::Sender<i64>);

impl Clock {
    /// The wall clock.
    #[must_use]
    pub const fn system() -> Self {
        Self(Kind::System)
    }

    /// A clock that shows `begin_us` at this moment and runs `speed` times as fast as the monotonic clock,
    /// so that nobody who sets the machine's time disturbs it.
    ///
    /// # Errors
    /// [`Error::Speed`] unless `0 < speed <= MAX_SPEED`.
    pub fn demo(begin_us: i64, speed: f64) -> Result<Self, Error> {
        if speed > 0.0 && speed <= MAX_SPEED {
            Ok(Self(Kind::Demo { begin_us, speed, anchor: Instant::now() }))
        } else {
            Err(Error::Speed { speed })
        }
    }

    /// A clock that stands still until its hand is moved: for tests.
    #[must_use]
    pub fn manual(begin_us: i64) -> (Self, Hand) {
        let (hand, face) = watch::channel(begin_us);
        (Self(Kind::Manual(face)), Hand(hand))
    }

    /// Whether this is not the real time, so that boards can say so.
    #[must_use]
    pub const fn is_simulated(&self) -> bool {
        match self.0 {
            Kind::System => false,
            Kind::Demo { .. } | Kind::Manual(_) => true,
        }
    }

    /// The area's time, in microseconds since the Unix epoch.
    #[must_use]
    pub fn now_us(&self) -> i64 {
        match &self.0 {
            Kind::System => wall_us(),
            Kind::Demo { begin_us, speed, anchor } => {
                begin_us.saturating_add(to_us(anchor.elapsed().mul_f64(*speed)))
            }
            Kind::Manual(face) => *face.borrow(),
        }
    }

    /// Sleeps until [`Clock::now_us`] is at least `due_us`; returns at once if it is. Safe to cancel.
    pub async fn sleep_until_us(&self, due_us: i64) {
        match &self.0 {
            Kind::System => self.nap_until(due_us, 1.0).await,
            Kind::Demo { speed, .. } => self.nap_until(due_us, *speed).await,
            Kind::Manual(face) => {
                let mut face = face.clone();
                if face.wait_for(|now| *now >= due_us).await.is_err() {
                    // The hand is gone, so that moment never comes.
                    std::future::pending::<()>().await;
                }
            }
        }
    }

    async fn nap_until(&self, due_us: i64, speed: f64) {
        loop {
            let left = u64::try_from(due_us.saturating_sub(self.now_us())).unwrap_or(0);
            if left == 0 {
                return;
            }
            let nap = Duration::try_from_secs_f64(Duration::from_micros(left).as_secs_f64() / speed);
            time::sleep(nap.unwrap_or(LONGEST_NAP).clamp(SHORTEST_NAP, LONGEST_NAP)).await;
        }
    }
}

impl Hand {
    /// Moves the clock to `now_us`, or leaves it where it is if that lies behind.
    pub fn set_us(&self, now_us: i64) {
        self.0.send_modify(|now| *now = now_us.max(*now));
    }

    /// Moves the clock on by `by`.
    pub fn advance(&self, by: Duration) {
        self.0.send_modify(|now| *now = now.saturating_add(to_us(by)));
    }
}

/// A machine whose clock stands before 1970 shows 0.
#[expect(clippy::disallowed_methods, reason = "this is the seam that everybody else must ask")]
fn wall_us() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, to_us)
}

fn to_us(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEGIN: i64 = 1_760_000_000_000_000;
    const HOUR: i64 = 3_600_000_000;

    #[tokio::test(start_paused = true)]
    async fn a_demo_clock_runs_at_its_speed_from_its_beginning() {
        let clock = Clock::demo(BEGIN, 60.0).unwrap();
        assert_eq!(clock.now_us(), BEGIN);
        time::advance(Duration::from_secs(60)).await;
        assert_eq!((clock.now_us(), clock.clone().now_us()), (BEGIN + HOUR, BEGIN + HOUR));
    }

    #[tokio::test(start_paused = true)]
    async fn a_sleeper_wakes_in_area_time_and_never_early() {
        for speed in [0.5, 1.0, 7.0, 3_600.0] {
            let (clock, begun) = (Clock::demo(BEGIN, speed).unwrap(), Instant::now());
            clock.sleep_until_us(BEGIN + HOUR).await;
            let late = clock.now_us() - (BEGIN + HOUR);
            assert!((0..=8_000_000).contains(&late), "{late} us late at speed {speed}");
            let real = begun.elapsed().as_secs_f64() * speed;
            assert!((3_600.0..3_610.0).contains(&real), "{real} s at speed {speed}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_due_already_is_not_waited_for() {
        let begun = Instant::now();
        for clock in [Clock::demo(BEGIN, 1.0).unwrap(), Clock::system(), Clock::manual(BEGIN).0] {
            clock.sleep_until_us(clock.now_us()).await;
            clock.sleep_until_us(0).await;
        }
        assert_eq!(begun.elapsed(), Duration::ZERO);
    }

    #[tokio::test]
    async fn a_manual_clock_moves_only_by_its_hand_and_only_forward() {
        let (clock, hand) = Clock::manual(BEGIN);
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move { clock.sleep_until_us(BEGIN + HOUR).await }
        });
        hand.advance(Duration::from_secs(3_599));
        tokio::task::yield_now().await;
        assert!(!sleeper.is_finished());
        hand.set_us(BEGIN);
        assert_eq!(clock.now_us(), BEGIN + HOUR - 1_000_000);
        hand.advance(Duration::from_secs(1));
        sleeper.await.unwrap();
    }

    #[test]
    fn the_system_clock_shows_this_century() {
        assert!(Clock::system().now_us() > BEGIN && !Clock::system().is_simulated());
    }

    #[tokio::test]
    async fn a_speed_that_is_no_rate_is_refused() {
        for speed in [0.0, -1.0, f64::NAN, f64::INFINITY, MAX_SPEED * 2.0] {
            assert!(matches!(Clock::demo(BEGIN, speed), Err(Error::Speed { .. })), "{speed}");
        }
    }
}
