//! What boards show of the next hours.

use std::collections::BTreeMap;

use crate::time::Instant;

/// How many will be in a queue, by how many hours ahead, where that was told better before than by either plain guess.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ForecastsFigures {
    /// People waiting.
    pub waiting: BTreeMap<u32, ForecastFigures>,
    /// People present.
    pub present: BTreeMap<u32, ForecastFigures>,
}

/// How many will be in a queue, and how well that was told before. Errors are means of absolute differences, in hundredths of
/// people, over the same forecasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ForecastFigures {
    /// So many hours ahead of what it was worked out from.
    pub ahead: u32,
    /// When that is.
    pub at: Instant,
    /// How many.
    pub count: u32,
    /// How far such forecasts were off.
    pub error: u32,
    /// How far it was off to say that the queue stays as it is.
    pub error_of_staying: u32,
    /// How far the mean of the same hour of the days before was off.
    pub error_of_same_hour: u32,
    /// So many forecasts were held against what came.
    pub of: u32,
}
