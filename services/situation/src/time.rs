//! Moments and spans.

use std::fmt;
use std::time::Duration;

/// A moment: microseconds since the Unix epoch, UTC. Finer digits of an event's time are dropped on
/// reading, for comparison and for storage alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Instant(i64);

impl Instant {
    /// Before every moment that can be written.
    pub const MIN: Self = Self(i64::MIN);
    /// After every moment that can be written.
    pub const MAX: Self = Self(i64::MAX);

    /// From microseconds since the Unix epoch.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since the Unix epoch.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// This moment and a span after it; the last moment there is where it would overflow.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(span.as_micros()).unwrap_or(i64::MAX)))
    }

    /// This moment and a span before it; the first moment there is where it would overflow.
    #[must_use]
    pub fn minus(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(span.as_micros()).unwrap_or(i64::MAX)))
    }

    /// The same moment for the calendar. `None` outside the years −9999 to 9999.
    #[must_use]
    pub fn timestamp(self) -> Option<jiff::Timestamp> {
        jiff::Timestamp::from_microsecond(self.0).ok()
    }
}

impl From<jiff::Timestamp> for Instant {
    fn from(timestamp: jiff::Timestamp) -> Self {
        Self(timestamp.as_microsecond())
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.timestamp() {
            Some(timestamp) => write!(f, "{timestamp}"),
            None => write!(f, "{} µs", self.0),
        }
    }
}

/// An hour of sixty minutes, counted from the Unix epoch. Local hours begin with these wherever local time differs from UTC by
/// whole hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hour(pub i64);

impl Hour {
    const MICROS: i64 = 3_600_000_000;

    /// The hour that a moment lies in.
    #[must_use]
    pub const fn of(moment: Instant) -> Self {
        Self(moment.0.div_euclid(Self::MICROS))
    }

    /// The hour of a day since the epoch, UTC.
    #[must_use]
    pub const fn on(day: i64, hour: u8) -> Self {
        Self(day.saturating_mul(24).saturating_add(hour as i64))
    }

    /// The day that it lies in, UTC, since the epoch.
    #[must_use]
    pub const fn day(self) -> i64 {
        self.0.div_euclid(24)
    }

    /// When it begins.
    #[must_use]
    pub const fn start(self) -> Instant {
        Instant(self.0.saturating_mul(Self::MICROS))
    }

    /// The hour after it.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The hour before it.
    #[must_use]
    pub const fn before(self) -> Self {
        Self(self.0.saturating_sub(1))
    }
}

/// The earlier of two moments of which either may not exist.
#[must_use]
pub fn earlier(a: Option<Instant>, b: Option<Instant>) -> Option<Instant> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    }
}
