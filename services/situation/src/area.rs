//! The description of an area: who and what there is to have a situation about.
//!
//! The area enters the log as a fact, so a decision never depends on a file that has changed since.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::alarm::AlarmRules;
use crate::calendar::{Calendar, Exception, Hours, ShiftRule, WindowRule};
use crate::name::{FeedId, LaneId, OrganisationId, StationId, Trilingual, UrgencyCode, Word};
use crate::strain::StrainRules;

/// A wellbeing services county, or any other region that one desk looks after.
#[derive(Debug, Clone)]
pub struct Area {
    /// Its id, as in `/v1/areas/{area}`.
    pub id: String,
    /// Its name.
    pub name: Trilingual,
    /// Local time, and the days that are kept here.
    pub calendar: Calendar,
    /// Languages of service, the first is the screen's first.
    pub languages: Vec<Word>,
    /// Who runs the stations and feeds.
    pub organisations: BTreeMap<OrganisationId, Trilingual>,
    /// Names of roles, where the area gives them.
    pub roles: BTreeMap<Word, Trilingual>,
    /// Names of whatever else stands on boards as an id of the area's own: services, zones, units, duties, lines.
    pub words: BTreeMap<Word, Trilingual>,
    /// Urgency schemes by their id.
    pub schemes: BTreeMap<Word, Scheme>,
    /// Rules for office hours, evenings, nights, weekends, holidays. Where two hold at once, the earlier in
    /// this list names the moment.
    pub windows: Vec<WindowRule>,
    /// The shifts in which people take turns.
    pub shifts: Vec<ShiftRule>,
    /// The stations.
    pub stations: BTreeMap<StationId, Station>,
    /// The feeds that are expected to speak.
    pub feeds: BTreeMap<FeedId, Feed>,
    /// What raises alarms.
    pub alarms: AlarmRules,
    /// What makes levels of strain; without them there are none.
    pub strain: Option<StrainRules>,
    /// For feeds that are not listed, or do not say.
    pub default_pace: Pace,
    /// Credit that a licence of the data asks for, shown wherever the data is.
    pub attribution: Option<String>,
}

/// A set of urgency codes, the most urgent first, and how soon each should be seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Scheme {
    /// The codes in order.
    pub urgencies: Vec<Urgency>,
    /// How soon somebody should be triaged.
    pub untriaged_target: Option<Duration>,
}

/// One urgency of a scheme.
#[derive(Debug, Clone, PartialEq)]
pub struct Urgency {
    /// The code.
    pub code: UrgencyCode,
    /// Its name.
    pub name: Trilingual,
    /// From joining to care.
    pub target: Option<Duration>,
}

/// A place where people are seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Station {
    /// Its name.
    pub name: Trilingual,
    /// Its place on a screen, 1 first; those without come after, by name.
    pub rank: Option<u32>,
    /// Its kind, a key of the house's words.
    pub kind: Word,
    /// Whose it is.
    pub organisation: Option<OrganisationId>,
    /// Whether it is one of the stations that people come to, of which it is said how many are open.
    pub counted: bool,
    /// Never closes.
    pub always_open: bool,
    /// When it is open, if that is known at all.
    pub hours: Vec<Hours>,
    /// When its hours are others. The first that covers a date holds.
    pub exceptions: Vec<Exception>,
    /// Its queues.
    pub lanes: BTreeMap<LaneId, Lane>,
    /// The feeds that are expected to speak about it.
    pub feeds: Vec<FeedId>,
    /// Services and whom they are for.
    pub services: BTreeMap<Word, Service>,
    /// Languages of service.
    pub languages: Vec<Word>,
    /// Minutes by road to other stations.
    pub travel_minutes: BTreeMap<StationId, u32>,
    /// People required by role when no plan says otherwise.
    pub required: BTreeMap<Word, u32>,
}

/// A service of a station.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Service {
    /// From this age in years.
    pub age_from: Option<u32>,
    /// Below this age in years.
    pub age_below: Option<u32>,
    /// When it is given, if it has hours of its own: never outside the station's.
    pub hours: Vec<Hours>,
    /// When its hours are others. The first that covers a date holds.
    pub exceptions: Vec<Exception>,
}

/// A queue.
#[derive(Debug, Clone, PartialEq)]
pub struct Lane {
    /// Its name.
    pub name: Trilingual,
    /// Its place on a screen, 1 first.
    pub rank: Option<u32>,
    /// Its urgency scheme, where it has one.
    pub scheme: Option<Word>,
    /// Whose word counts.
    pub authority: Authority,
    /// How long a ticket may be silent before it leaves the counts and shows as unresolved.
    pub unresolved_after: Duration,
}

/// A lane's numbers come from counts that are told, or from tickets that are counted. Never both:
/// their sum would count people twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authority {
    /// `queue.observed`.
    Counts,
    /// `queue.joined` … `queue.left`.
    Tickets,
}

/// A source system's stream.
#[derive(Debug, Clone, PartialEq)]
pub struct Feed {
    /// Whose it is.
    pub organisation: Option<OrganisationId>,
    /// The service that it belongs to: `queue`, `staffing`, `capacity`.
    pub family: Word,
    /// How often it should speak.
    pub pace: Pace,
    /// Whether what it says of people at work is a copy of the plan: then nobody knows who is there.
    pub copies_plan: bool,
}

/// When silence becomes a reason to doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// The interval at which a healthy feed speaks.
    pub interval: Duration,
    /// From this age on: ageing.
    pub ageing_after: Duration,
    /// From this age on: stale.
    pub stale_after: Duration,
    /// From this age on: lost.
    pub lost_after: Duration,
}

impl Pace {
    /// The house's proportions: ageing at 2 intervals, stale at 5, lost at 15.
    #[must_use]
    pub fn of_interval(interval: Duration) -> Self {
        Self {
            interval,
            ageing_after: interval.saturating_mul(2),
            stale_after: interval.saturating_mul(5),
            lost_after: interval.saturating_mul(15),
        }
    }
}

impl Area {
    /// The urgencies of a lane, most urgent first; none where it has no scheme.
    #[must_use]
    pub fn urgencies(&self, lane: &Lane) -> &[Urgency] {
        lane.scheme.as_ref().and_then(|id| self.schemes.get(id)).map_or(&[], |scheme| &scheme.urgencies)
    }

    /// Whether `code` may be said of `lane`. `untriaged` always may.
    #[must_use]
    pub fn knows_urgency(&self, lane: &Lane, code: &UrgencyCode) -> bool {
        code.is_untriaged() || self.urgencies(lane).iter().any(|urgency| urgency.code == *code)
    }

    /// Whether anybody in `lane` can be overdue.
    #[must_use]
    pub fn has_targets(&self, lane: &Lane) -> bool {
        self.target(lane, &UrgencyCode::untriaged()).is_some()
            || self.urgencies(lane).iter().any(|urgency| urgency.target.is_some())
    }

    /// How soon somebody of `code` should be seen in `lane`, where that is set.
    #[must_use]
    pub fn target(&self, lane: &Lane, code: &UrgencyCode) -> Option<Duration> {
        let scheme = self.schemes.get(lane.scheme.as_ref()?)?;
        if code.is_untriaged() {
            return scheme.untriaged_target;
        }
        scheme.urgencies.iter().find(|urgency| urgency.code == *code)?.target
    }
}

impl Lane {
    /// What is assumed of a lane that people are in although the area does not list it (any more).
    #[must_use]
    pub fn unlisted() -> Self {
        Self {
            name: Trilingual::default(),
            rank: None,
            scheme: None,
            authority: Authority::Tickets,
            unresolved_after: DEFAULT_UNRESOLVED_AFTER,
        }
    }
}

/// How long a ticket may be silent where the area does not say: a day and a night in an emergency
/// department are possible, three are not.
pub const DEFAULT_UNRESOLVED_AFTER: Duration = Duration::from_secs(24 * 3600);
