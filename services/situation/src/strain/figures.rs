//! What a board shows of strain.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::level::{Bounds, Level};
use super::reading::Reading;
use super::rule::StationRule;
use super::tally::Tally;
use crate::name::Word;
use crate::time::Instant;

/// The strain of a station that is not closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StrainFigures {
    /// By which rule.
    pub rule: Arc<StationRule>,
    /// What was told, if it was known.
    pub level: Option<Level>,
    /// Since when that, or that it is not known.
    pub since: Option<Instant>,
    /// What the measures say by themselves: where no level is known, at least the lower bound.
    pub found: Bounds,
    /// The measures by their names.
    pub readings: BTreeMap<Word, Reading>,
}

/// The strain of an area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaStrain {
    /// What was told, if it was known.
    pub level: Option<Level>,
    /// Since when that, or that it is not known.
    pub since: Option<Instant>,
    /// What its stations make by themselves.
    pub found: Bounds,
    /// Its stations.
    pub tally: Tally,
}

/// Where no level is known: what it is at least, if that says anything.
fn at_least(level: Option<Level>, found: Bounds) -> Option<Level> {
    Some(found.low).filter(|low| level.is_none() && *low > Level::Normal)
}

impl StrainFigures {
    /// Where no level is known: what it is at least.
    #[must_use]
    pub fn at_least(&self) -> Option<Level> {
        at_least(self.level, self.found)
    }

    /// Whether the measures have come down, margins and all, and only the time for which a level stands at least keeps it up.
    #[must_use]
    pub fn is_kept_up(&self) -> bool {
        let measured = |level| self.rule.weigh(&self.readings, Some(level)).known();
        self.level.is_some_and(|level| measured(level).is_some_and(|found| found < level))
    }

    /// What it counts for in its area.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        self.level.map_or(self.found, Bounds::exactly)
    }
}

impl AreaStrain {
    /// Where no level is known: what it is at least.
    #[must_use]
    pub fn at_least(&self) -> Option<Level> {
        at_least(self.level, self.found)
    }

    /// Whether its stations have come down, and only the time for which a level stands at least keeps it up.
    #[must_use]
    pub fn is_kept_up(&self) -> bool {
        self.level.is_some_and(|level| self.found.known().is_some_and(|found| found < level))
    }
}
