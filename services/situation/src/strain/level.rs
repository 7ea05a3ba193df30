//! The four levels, and what can be known of one.

/// How strained a station or an area is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// 1.
    Normal,
    /// 2.
    Strained,
    /// 3.
    Loaded,
    /// 4.
    Overloaded,
}

impl Level {
    /// All four, the lowest first.
    pub const ALL: [Self; 4] = [Self::Normal, Self::Strained, Self::Loaded, Self::Overloaded];

    /// Those that have a threshold, the lowest first.
    pub const ABOVE_NORMAL: [Self; 3] = [Self::Strained, Self::Loaded, Self::Overloaded];

    /// 1 to 4.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Normal => 1,
            Self::Strained => 2,
            Self::Loaded => 3,
            Self::Overloaded => 4,
        }
    }

    /// The level of a number; `None` beyond 1 to 4.
    #[must_use]
    pub fn of(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.number() == number)
    }
}

/// What is known of a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// It is at least this, whatever the missing would say.
    pub low: Level,
    /// It is at most this.
    pub high: Level,
}

impl Bounds {
    /// It is this one.
    #[must_use]
    pub const fn exactly(level: Level) -> Self {
        Self { low: level, high: level }
    }

    /// It is this one or any above.
    #[must_use]
    pub const fn at_least(level: Level) -> Self {
        Self { low: level, high: Level::Overloaded }
    }

    /// The level, if only one is possible.
    #[must_use]
    pub fn known(self) -> Option<Level> {
        (self.low == self.high).then_some(self.low)
    }

    /// The highest level that `is_reached`, by the lower and by the upper bounds of what it is made of.
    pub(super) fn highest(is_reached: impl Fn(Level, Side) -> bool) -> Self {
        let highest = |side| {
            let reached = Level::ABOVE_NORMAL.into_iter().filter(|level| is_reached(*level, side));
            reached.max().unwrap_or(Level::Normal)
        };
        Self { low: highest(Side::Low), high: highest(Side::High) }
    }

    pub(super) const fn on(self, side: Side) -> Level {
        match side {
            Side::Low => self.low,
            Side::High => self.high,
        }
    }
}

/// Which of the bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Low,
    High,
}
