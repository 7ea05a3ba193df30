//! Levels of strain in an area file.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Names, Span};

table! {
    /// What makes a level from 1 to 4, of stations and of the area.
    StrainFile {
        /// Roles that are doctors, where a measure names no roles of its own.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        doctors: Vec<String>,
        /// The area's own rule; without it the area has no level.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        area: Option<AreaStrainFile>,
        /// What people do at each level, wherever no rule says otherwise.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cards: Option<CardsFile>,
        /// The rules of stations by their kind.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        kinds: BTreeMap<String, StationStrainFile>,
        /// The rules of single stations; they hold in place of their kind's, whose cards stay where they name none.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        stations: BTreeMap<String, StationStrainFile>,
    }
}

table! {
    /// What people do at each level: steps on lines of their own.
    CardsFile {
        /// At level 1.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        level_1: Option<Names>,
        /// At level 2.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        level_2: Option<Names>,
        /// At level 3.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        level_3: Option<Names>,
        /// At level 4.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        level_4: Option<Names>,
    }
}

table! {
    /// The area's rule.
    AreaStrainFile {
        /// So many of the open stations that people come to must reach a level; all of them while fewer are open.
        needs: u32,
        /// Stations that count for more than one.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        weights: BTreeMap<String, u32>,
        /// A level stands at least so long before it goes down; 10 minutes where it is not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        dwell: Option<Span>,
        /// What people do in the area at each level, where that is not what they do at stations.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cards: Option<CardsFile>,
    }
}

table! {
    /// The rule of a station, or of a kind of stations.
    StationStrainFile {
        /// So many measures must reach a level; 1 where it is not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        needs: Option<u32>,
        /// A level stands at least so long before it goes down; 10 minutes where it is not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        dwell: Option<Span>,
        /// The measures: `overdue_share`, `waiting_per_staff`, `staffing_gap`, `boarders`, `edwin`, `nedocs`, and
        /// `occupancy_` with a resource, such as `occupancy_room`.
        measures: BTreeMap<String, MeasureFile>,
        /// What people do there at each level, where that is not what they do everywhere.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cards: Option<CardsFile>,
    }
}

table! {
    /// A measure. Values are whole numbers: per cent (`overdue_share`, `staffing_gap`, `occupancy_…`), hundredths
    /// (`waiting_per_staff` and `edwin`: 150 is 1.5), people (`boarders`), points (`nedocs`).
    MeasureFile {
        /// From these values on it is at level 2, 3 and 4.
        from: [u32; 3],
        /// So far below a threshold the level that stands still counts as reached; nothing where it is not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        margin: Option<u32>,
        /// It is shown beside the others and makes no level.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        shown_only: bool,
        /// `waiting_per_staff`, `edwin`: who sees people; `doctors` where none is named. `staffing_gap`: of these roles; of
        /// all where none is named.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        roles: Vec<String>,
        /// `overdue_share`, `waiting_per_staff`: of these lanes; of all where none is named.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        lanes: Vec<String>,
        /// `boarders`, `edwin`, `nedocs`: the resource that is the department's places; `room` where it is not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        places: Option<String>,
        /// `nedocs`: the resource that is the hospital's beds; `bed` where it is not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        beds: Option<String>,
    }
}
