//! The figures of one station. `None` is "not known", all the way to the screen: never a zero.

use std::collections::BTreeMap;

use crate::event::ServiceState;
use crate::name::{FeedId, LaneId, Trilingual, UrgencyCode, Word};
use crate::time::Instant;

/// How far a feed can be trusted to speak of now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// It speaks as often as it should.
    Fresh,
    /// It is late.
    Ageing,
    /// Its figures may be wrong by now.
    Stale,
    /// It is silent.
    Lost,
    /// It never spoke.
    Never,
}

impl Freshness {
    /// The contract's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Ageing => "ageing",
            Self::Stale => "stale",
            Self::Lost => "lost",
            Self::Never => "never",
        }
    }
}

/// Everything a board shows of one station that may change.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StationFigures {
    /// By its own word, else by the timetable.
    pub open: Option<bool>,
    /// Takes people in until.
    pub intake_until: Option<Instant>,
    /// The last care ends.
    pub last_care_until: Option<Instant>,
    /// The doors close.
    pub doors_until: Option<Instant>,
    /// In the station's own words.
    pub reason: Option<String>,
    /// Why the hours of this date are not the usual ones.
    pub hours_reason: Option<Trilingual>,
    /// Services that were spoken of, and those that have hours of their own, within them.
    pub services: BTreeMap<Word, ServiceState>,
    /// Services with hours of their own of which the station itself says nothing.
    pub service_times: BTreeMap<Word, ServiceTimes>,
    /// Feeds, expected or heard.
    pub feeds: BTreeMap<FeedId, FeedFigures>,
    /// Queues.
    pub lanes: BTreeMap<LaneId, LaneFigures>,
    /// By role, or `role.lane`.
    pub staff: BTreeMap<String, StaffFigures>,
    /// By resource.
    pub capacity: BTreeMap<Word, CapacityFigures>,
    /// By `profession.urgency`: rank to moment.
    pub slots: BTreeMap<String, BTreeMap<u32, Instant>>,
    /// By `duty.role`.
    pub on_call: BTreeMap<String, OnCallFigures>,
}

/// Until when a service is given, or from when on again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ServiceTimes {
    /// It is given, and ends then.
    pub until: Option<Instant>,
    /// It is not given, and begins then.
    pub from: Option<Instant>,
}

/// How a feed stands.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedFigures {
    /// The service that it belongs to.
    pub family: Option<Word>,
    /// How fresh.
    pub state: Freshness,
    /// When the last thing it told happened.
    pub last_event_time: Option<Instant>,
}

/// A queue's figures.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct LaneFigures {
    /// Whose word they are.
    pub feed: Option<FeedId>,
    /// People waiting.
    pub waiting: Option<u32>,
    /// People waiting by urgency, `untriaged` a row of its own.
    pub waiting_by_urgency: Option<BTreeMap<UrgencyCode, u32>>,
    /// People who have waited beyond the target of their urgency.
    pub overdue: Option<u32>,
    /// Since when the one who has waited longest has waited.
    pub oldest_since: Option<Instant>,
    /// People in care.
    pub in_care: Option<u32>,
    /// People present.
    pub present: Option<u32>,
    /// Tickets that have been silent beyond the lane's limit and count nowhere else.
    pub unresolved: Option<u32>,
    /// The role of the person whose word these figures are, while it holds.
    pub observed_by: Option<Word>,
    /// Until when it holds.
    pub valid_until: Option<Instant>,
}

/// People of a role.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StaffFigures {
    /// Whose word it is.
    pub feed: Option<FeedId>,
    /// At work.
    pub on_duty: Option<u32>,
    /// Needed now.
    pub required: Option<u32>,
    /// Planned now.
    pub planned: Option<u32>,
    /// Called in.
    pub called: Option<u32>,
    /// On their way.
    pub arriving: Option<u32>,
    /// Absent.
    pub absent: Option<u32>,
}

/// Places of a kind.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CapacityFigures {
    /// Whose word it is.
    pub feed: Option<FeedId>,
    /// That exist.
    pub total: Option<u32>,
    /// That have staff.
    pub staffed: Option<u32>,
    /// In use.
    pub occupied: Option<u32>,
    /// Kept for somebody.
    pub reserved: Option<u32>,
    /// Used by people who wait for a place elsewhere.
    pub boarding: Option<u32>,
    /// Discharges planned.
    pub planned_discharges: Option<u32>,
    /// Staffed (or, where that is not told, existing) places less those in use and those known to be
    /// reserved. Below zero when over-full; not known unless both are told.
    pub free: Option<i64>,
}

/// Who is on call.
#[derive(Debug, Clone, PartialEq)]
pub struct OnCallFigures {
    /// Whose word it is.
    pub feed: FeedId,
    /// What for.
    pub duty: Word,
    /// The role.
    pub role: Word,
    /// From here …
    pub from: Instant,
    /// … to here.
    pub to: Instant,
    /// A role's number.
    pub contact: Option<String>,
    /// Languages in order of preference.
    pub languages: Vec<Word>,
}
