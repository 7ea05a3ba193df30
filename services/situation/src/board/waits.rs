//! What boards show of waits.

/// What somebody who comes now may expect, and what that rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ExpectedFigures {
    /// How long; `None` where too few waits are known.
    pub wait: Option<WaitFigures>,
    /// The newest waits for care that are remembered.
    pub known: u32,
    /// People who wait in the lane now.
    pub ahead: u32,
}

/// How long one waits, in whole minutes told as seconds, rounded up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitFigures {
    /// Half of those who met a queue like this one waited at most this long.
    pub p50_s: u32,
    /// Nine of ten.
    pub p90_s: u32,
    /// How many they were.
    pub of: u32,
}

/// How many waits stayed within what was to be expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WithinFigures {
    /// Within the half.
    pub p50: u32,
    /// Within nine of ten.
    pub p90: u32,
    /// Of so many.
    pub of: u32,
}
