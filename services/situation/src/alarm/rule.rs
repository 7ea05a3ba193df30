//! What raises an alarm: configured by the area.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::name::{AlarmId, StationId, Trilingual, UrgencyCode, Word};
use crate::strain::Level;

/// The id and the rule of the alarm that tells of all that came when there were too many.
pub const SUMMARY: &str = "summary";

/// All rules of an area.
#[derive(Debug, Clone, PartialEq)]
pub struct AlarmRules {
    /// By id.
    pub rules: BTreeMap<Word, Rule>,
    /// So many new alarms are raised one by one within [`AlarmRules::within`]; more come as one summary, for nobody
    /// reads the eleventh.
    pub most_new: u32,
    /// The span in which new alarms are counted.
    pub within: Duration,
}

/// One rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// What it looks at.
    pub watch: Watch,
    /// Of which stations; `None`: of all.
    pub stations: Option<BTreeSet<StationId>>,
    /// Its place on a screen, 1 first.
    pub rank: Option<u32>,
    /// What it says to people.
    pub text: Trilingual,
    /// So long it stands after its cause was last seen: what comes and goes is one alarm.
    pub hold: Duration,
    /// Who else is told when nobody acknowledges it.
    pub escalation: Option<Escalation>,
}

/// Who else is told of an alarm that nobody acknowledges.
#[derive(Debug, Clone, PartialEq)]
pub struct Escalation {
    /// After this time.
    pub after: Duration,
    /// Who, in words.
    pub to: Trilingual,
}

/// What a rule looks at.
#[derive(Debug, Clone, PartialEq)]
pub enum Watch {
    /// Somebody waits longer than the target of their urgency and this span. One alarm a lane and urgency.
    Overdue {
        /// Of these urgencies; of all, if none is named.
        urgencies: BTreeSet<UrgencyCode>,
        /// Beyond the target.
        after: Duration,
    },
    /// Fewer people of a role than are required, now or within this span. One alarm a role.
    StaffingGap {
        /// Of these roles; of all, if none is named.
        roles: BTreeSet<Word>,
        /// How far ahead.
        ahead: Duration,
    },
    /// A feed of an open station is lost. One alarm a feed.
    FeedLost {
        /// Of these families; of all, if none is named.
        families: BTreeSet<Word>,
    },
    /// A station is closed and somebody is inside.
    ClosedInside,
    /// At its present pace a station will not be done before its doors close.
    ClosesLate,
    /// In this hour more people have come to a lane of an open station than usually come in a whole hour like it. One alarm a
    /// lane.
    MoreThanUsual {
        /// By so many more than what one such hour in ten has: of small figures one more or less says nothing.
        by: u32,
    },
    /// A station's level of strain is at least this.
    Level {
        /// Which.
        at_least: Level,
    },
}

impl Default for AlarmRules {
    /// No rules; at most 10 new alarms in 10 minutes.
    fn default() -> Self {
        Self { rules: BTreeMap::new(), most_new: 10, within: Duration::from_secs(600) }
    }
}

impl AlarmRules {
    /// Whether an alarm could have this id, in an area that `has_station`.
    #[must_use]
    pub fn could_raise(&self, id: &AlarmId, has_station: impl FnOnce(&str) -> bool) -> bool {
        let mut parts = id.as_str().splitn(3, ':');
        let (rule, station) = (parts.next().unwrap_or_default(), parts.next());
        match station {
            None => rule == SUMMARY,
            Some(station) => self.rules.contains_key(rule) && has_station(station),
        }
    }
}

impl Rule {
    /// Whether it is about a station.
    #[must_use]
    pub fn is_about(&self, station: &StationId) -> bool {
        self.stations.as_ref().is_none_or(|stations| stations.contains(station))
    }
}
