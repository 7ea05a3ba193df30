//! The figures of one station. `None` is "not known", all the way to the screen: never a zero.

mod desk;

pub use desk::{
    ContactFigures, NoticeFigures, OnCallFigures, ShiftFigures, ShiftStaff, TaskFigures, UnitFigures,
};

use std::collections::BTreeMap;

use super::forecast::ForecastsFigures;
use super::waits::{ExpectedFigures, WithinFigures};
use crate::event::ServiceState;
use crate::name::{FeedId, LaneId, NoticeId, TaskId, Trilingual, UnitId, UrgencyCode, Word};
use crate::strain::StrainFigures;
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
    /// Whether its queues can be trusted to be those of now; said only while it is open.
    pub reporting: Option<bool>,
    /// How it closes, while it does or has with people inside.
    pub closing: Option<ClosingFigures>,
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
    /// The shifts of the weekend or days off that last or come next, by when they begin.
    pub shifts: BTreeMap<Instant, ShiftFigures>,
    /// By resource.
    pub capacity: BTreeMap<Word, CapacityFigures>,
    /// By `profession.urgency`: rank to moment.
    pub slots: BTreeMap<String, BTreeMap<u32, Instant>>,
    /// By `duty.role`.
    pub on_call: BTreeMap<String, OnCallFigures>,
    /// By line, or `line.language`.
    pub contacts: BTreeMap<String, ContactFigures>,
    /// Those that are open.
    pub tasks: BTreeMap<TaskId, TaskFigures>,
    /// Every unit that was spoken of.
    pub units: BTreeMap<UnitId, UnitFigures>,
    /// What everybody here should know now.
    pub notices: BTreeMap<NoticeId, NoticeFigures>,
    /// How strained it is, unless it is closed or the area has no rules for it.
    pub strain: Option<StrainFigures>,
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
    /// The same by urgency, only those of whom there are any.
    pub overdue_by_urgency: BTreeMap<UrgencyCode, OverdueFigures>,
    /// Since when the one who has waited longest has waited.
    pub oldest_since: Option<Instant>,
    /// People in care.
    pub in_care: Option<u32>,
    /// People present.
    pub present: Option<u32>,
    /// Tickets that have been silent beyond the lane's limit and count nowhere else.
    pub unresolved: Option<u32>,
    /// What somebody who comes now may expect, of whatever urgency. Of tickets only, and not of a silent feed.
    pub expected: Option<ExpectedFigures>,
    /// The same by urgency, of those of which any wait is remembered.
    pub expected_by_urgency: BTreeMap<UrgencyCode, ExpectedFigures>,
    /// How many of the newest waits stayed within what was to be expected when they began.
    pub waits_within: Option<WithinFigures>,
    /// Who came in this hour and in the one before it.
    pub arrivals: Option<ArrivalFigures>,
    /// How many waited at the beginning of hours like this one.
    pub usual_waiting: Option<Usual>,
    /// How many there will be in the next hours.
    pub forecast: ForecastsFigures,
    /// The role of the person whose word some of these figures are, while it holds.
    pub observed_by: Option<Word>,
    /// When they said it.
    pub observed_at: Option<Instant>,
    /// Until when it holds; after that those figures are not known until somebody tells them again.
    pub valid_until: Option<Instant>,
}

/// Who came to a lane, and how many do at this time of such days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArrivalFigures {
    /// In the hour that has begun, so far.
    pub this_hour: HourFigures,
    /// In the hour before it.
    pub last_hour: HourFigures,
}

/// Who came in an hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HourFigures {
    /// It begins.
    pub from: Instant,
    /// How many; not known of an hour in which no feed of the queue gave a sign of life.
    pub count: Option<u32>,
    /// How many come in a whole hour like it.
    pub usual: Option<Usual>,
}

/// What was usual in hours of the same local time on days alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usual {
    /// Half of them had no more.
    pub median: u32,
    /// One in ten had less, or the least of fewer than ten.
    pub low: u32,
    /// One in ten had more, or the most of fewer than ten.
    pub high: u32,
    /// So many hours are known.
    pub of: u32,
}

/// People of one urgency who have waited beyond its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OverdueFigures {
    /// How many.
    pub count: u32,
    /// When the target of the first of them passed.
    pub since: Instant,
}

/// How a station closes.
#[derive(Debug, Clone, PartialEq)]
pub struct ClosingFigures {
    /// How far it is.
    pub phase: ClosingPhase,
    /// People waiting and in care, where both are known of every lane.
    pub inside: Option<u32>,
    /// Where that is not known: those who are known of.
    pub inside_at_least: Option<u32>,
    /// When they would be done at the pace at which people left care in the last hour, in steps of five minutes; not
    /// known of fewer than three.
    pub done_by: Option<Instant>,
    /// The same if they left as slowly as the slowest quarter of them did.
    pub done_latest: Option<Instant>,
    /// Of how many people that pace is.
    pub pace_of: Option<u32>,
}

/// How far a station's closing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ClosingPhase {
    /// Intake, care or doors end within an hour and a half.
    Closing,
    /// Nobody is taken in any more.
    IntakeEnded,
    /// It is closed, and somebody is inside.
    Closed,
}

impl ClosingPhase {
    /// The word on boards.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closing => "closing",
            Self::IntakeEnded => "intake_ended",
            Self::Closed => "closed",
        }
    }
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
    /// How many are missing now: required less on duty, above 0 only.
    pub gap: Option<u32>,
    /// When the newest of those at work, called in, on their way and absent was told.
    pub told_at: Option<Instant>,
    /// The plan's next day, by the beginning of each part that is still to come.
    pub ahead: BTreeMap<Instant, AheadFigures>,
    /// As of a lane: a person's word.
    pub observed_by: Option<Word>,
    /// When they said it.
    pub observed_at: Option<Instant>,
    /// Until when it holds.
    pub valid_until: Option<Instant>,
}

/// What is planned for a role from a moment on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AheadFigures {
    /// Until then.
    pub to: Instant,
    /// Needed.
    pub required: Option<u32>,
    /// Planned.
    pub planned: Option<u32>,
    /// Required less planned, above 0 only.
    pub gap: Option<u32>,
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
    /// When the newest of these was told.
    pub told_at: Option<Instant>,
    /// As of a lane: a person's word.
    pub observed_by: Option<Word>,
    /// When they said it.
    pub observed_at: Option<Instant>,
    /// Until when it holds.
    pub valid_until: Option<Instant>,
}
