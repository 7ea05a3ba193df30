//! What makes a level: configured by the area.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::level::{Bounds, Level};
use super::reading::Reading;
use crate::area::Station;
use crate::name::{LaneId, StationId, Trilingual, Word};

/// All rules of an area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StrainRules {
    /// Of stations that have their own.
    pub stations: BTreeMap<StationId, Arc<StationRule>>,
    /// Of stations of a kind that have none of their own.
    pub kinds: BTreeMap<Word, Arc<StationRule>>,
    /// Of the area itself; without one it has no level.
    pub area: Option<AreaRule>,
    /// What people do at each level of the area.
    pub cards: BTreeMap<u8, Trilingual>,
}

/// The rule of a station.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StationRule {
    /// Its measures by their names.
    pub measures: BTreeMap<Word, MeasureRule>,
    /// So many measures must reach a level for the station to have it.
    pub needs: usize,
    /// A level stands at least so long before it goes down.
    pub dwell: Duration,
    /// What people do there at each level.
    pub cards: BTreeMap<u8, Trilingual>,
}

/// How a measure makes a level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeasureRule {
    /// What is measured.
    pub measure: Measure,
    /// From these values on it is at levels 2, 3 and 4: each at least the one before, all above 0.
    pub from: [i64; 3],
    /// So far below a threshold it still counts as reached while that level stands.
    pub margin: i64,
    /// It is shown and makes no level.
    pub shown_only: bool,
}

/// The rule of the area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaRule {
    /// So many of the open stations that people come to must reach a level for the area to have it; all of them while
    /// fewer are open.
    pub needs: u32,
    /// Stations that count for more than one.
    pub weights: BTreeMap<StationId, u32>,
    /// A level stands at least so long before it goes down.
    pub dwell: Duration,
}

/// What is measured at a station.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measure {
    /// People waiting beyond the target of their urgency, of all who wait in lanes with targets.
    OverdueShare {
        /// Of these lanes; of all, if none is named.
        lanes: BTreeSet<LaneId>,
    },
    /// People waiting for each of those at work who see them.
    WaitingPerStaff {
        /// In these lanes; in all, if none is named.
        lanes: BTreeSet<LaneId>,
        /// The roles that see them.
        roles: BTreeSet<Word>,
    },
    /// Places in use, of the staffed ones.
    Occupancy {
        /// Which places.
        places: Word,
    },
    /// People missing of those required in a role, in the role that lacks most.
    StaffingGap {
        /// Of these roles; of all that anybody is required of, if none is named.
        roles: BTreeSet<Word>,
    },
    /// People who take a place and wait for one elsewhere.
    Boarders {
        /// Which places they take.
        places: Word,
    },
    /// The Emergency Department Work Index.
    Edwin {
        /// Roles that are physicians.
        roles: BTreeSet<Word>,
        /// The treatment bays.
        places: Word,
    },
    /// The National Emergency Department Overcrowding Scale.
    Nedocs {
        /// The department's places.
        places: Word,
        /// The hospital's.
        beds: Word,
    },
}

/// In what a measure's values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Hundredths of a whole.
    Percent,
    /// Hundredths of one: 150 is 1.5.
    Hundredths,
    /// People.
    People,
    /// Points of a scale.
    Points,
}

impl Unit {
    /// The word on boards.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Percent => "percent",
            Self::Hundredths => "hundredths",
            Self::People => "people",
            Self::Points => "points",
        }
    }
}

impl Measure {
    /// In what its values are.
    #[must_use]
    pub const fn unit(&self) -> Unit {
        match self {
            Self::OverdueShare { .. } | Self::Occupancy { .. } | Self::StaffingGap { .. } => Unit::Percent,
            Self::WaitingPerStaff { .. } | Self::Edwin { .. } => Unit::Hundredths,
            Self::Boarders { .. } => Unit::People,
            Self::Nedocs { .. } => Unit::Points,
        }
    }
}

impl StrainRules {
    /// The rule of a station, if it has one.
    #[must_use]
    pub fn of(&self, id: &StationId, station: &Station) -> Option<&Arc<StationRule>> {
        self.stations.get(id).or_else(|| self.kinds.get(&station.kind))
    }
}

impl StationRule {
    /// What its measures' readings make together while `stands` stands: the highest level that enough of them reach.
    #[must_use]
    pub fn weigh(&self, readings: &BTreeMap<Word, Reading>, stands: Option<Level>) -> Bounds {
        let counting = self.measures.iter().filter(|(_, rule)| !rule.shown_only);
        let bounds: Vec<Bounds> = counting
            .map(|(name, rule)| {
                readings
                    .get(name)
                    .map_or(Bounds::at_least(Level::Normal), |reading| reading.bounds(rule, stands))
            })
            .collect();
        Bounds::highest(|level, side| {
            bounds.iter().filter(|bounds| bounds.on(side) >= level).count() >= self.needs
        })
    }
}
