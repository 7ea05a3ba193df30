//! What a report says.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::Span;
use crate::alarm::Alarm;
use crate::area::Area;
use crate::board::{Freshness, NoticeFigures};
use crate::event::{Note, Outcome};
use crate::name::{AlarmId, FeedId, LaneId, NoteId, NoticeId, StationId, UrgencyCode, Word};
use crate::strain::Level;
use crate::time::Instant;

/// What a shift leaves to the next one.
#[derive(Debug, Clone)]
pub struct Report {
    /// Of when.
    pub span: Span,
    /// The area as it was described at the end.
    pub area: Arc<Area>,
    /// Whether the span is over by the facts that are in it.
    pub ended: bool,
    /// Up to here it tells: the span's end, or the newest fact's receiving time before it.
    pub until: Instant,
    /// The log began within the span, then: nothing is known of before.
    pub begun: Option<Instant>,
    /// The last fact in it.
    pub sequence: u64,
    /// Whether the simulator invented all of this.
    pub simulated: bool,
    /// Every station of the area.
    pub stations: BTreeMap<StationId, StationReport>,
    /// Feeds that fell silent while a station that they speak of was open.
    pub silences: BTreeMap<FeedId, Vec<SilenceReport>>,
    /// The area's levels.
    pub levels: Vec<LevelReport>,
    /// Alarms that stood at some time of the span, by when they were raised, as they stood at its end.
    pub alarms: BTreeMap<(Instant, AlarmId), Arc<Alarm>>,
    /// Notes that were open at the end, with when they were written.
    pub notes: BTreeMap<NoteId, (Instant, Note)>,
    /// Notices to everybody that held at the end.
    pub notices: BTreeMap<NoticeId, NoticeFigures>,
}

/// What became of a station.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StationReport {
    /// How it stood when the span began, as far as anything was known.
    pub at_start: Hours,
    /// How it stood at the end.
    pub at_end: Hours,
    /// People waiting when the span began and at its end.
    pub waiting: (Option<u32>, Option<u32>),
    /// The most who waited at once.
    pub most_waiting: Option<Peak>,
    /// The most who were there at once.
    pub most_present: Option<Peak>,
    /// Who came; of lanes of tickets only.
    pub arrived: Option<u32>,
    /// Who left, by how; of lanes of tickets only.
    pub left: BTreeMap<Option<Outcome>, u32>,
    /// Waits by lane and urgency; of lanes of tickets only.
    pub waits: BTreeMap<(LaneId, UrgencyCode), WaitsReport>,
    /// When it closed, and who was inside.
    pub closings: BTreeMap<Instant, ClosingReport>,
    /// When fewer were at work than required, by role or `role.lane`.
    pub gaps: BTreeMap<String, Vec<GapReport>>,
    /// Places, by kind.
    pub places: BTreeMap<Word, PlacesReport>,
    /// The most who waited to be called back at once, by line or `line.language`.
    pub callbacks: BTreeMap<String, Peak>,
    /// Its levels.
    pub levels: Vec<LevelReport>,
    /// Notices that held at the end.
    pub notices: BTreeMap<NoticeId, NoticeFigures>,
}

/// What a station said of its doors.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Hours {
    /// Whether it was open.
    pub open: Option<bool>,
    /// Until when it took people in.
    pub intake_until: Option<Instant>,
    /// When its doors were to close.
    pub doors_until: Option<Instant>,
}

/// The most of something, and when that was first so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peak {
    /// How many.
    pub count: u32,
    /// When.
    pub at: Instant,
}

/// Waits of one urgency in a lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WaitsReport {
    /// How soon they should have been seen, where that is set.
    pub target: Option<Duration>,
    /// Whose care began within the span.
    pub seen: u32,
    /// Of these, those who waited no longer than the target.
    pub within: u32,
    /// The longest wait of these.
    pub longest: Option<Duration>,
    /// Who still waited at the end.
    pub waiting: u32,
    /// How long the one of these had waited who had waited longest.
    pub waiting_longest: Option<Duration>,
    /// Of these, those who had waited beyond the target.
    pub overdue: u32,
}

/// Who was inside when a station closed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ClosingReport {
    /// By the figures that people saw; `None` where a lane was not known.
    pub inside: Option<u32>,
    /// When nobody was inside any more, by the same figures.
    pub empty: Option<Instant>,
    /// What became of those whose tickets are known.
    pub went: BTreeMap<Option<Outcome>, u32>,
    /// Of these, those who were still there at the end of the report.
    pub still: u32,
}

/// Fewer at work than required.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GapReport {
    /// From here …
    pub from: Instant,
    /// … to here; `None`: at the end it was still so.
    pub to: Option<Instant>,
    /// How many were missing at the worst.
    pub missing: u32,
    /// How many were required then.
    pub required: Option<u32>,
    /// How many were at work then.
    pub on_duty: Option<u32>,
}

/// A feed said nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SilenceReport {
    /// Since the last that it told; `None` if it never told anything.
    pub from: Option<Instant>,
    /// Since when people were told.
    pub told: Instant,
    /// It was heard again, or the last of its stations closed; `None`: at the end it was still silent.
    pub to: Option<Instant>,
    /// How far it came: stale or lost.
    pub worst: Freshness,
    /// The open stations that it should have spoken of.
    pub stations: Vec<StationId>,
}

/// A level stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LevelReport {
    /// Which.
    pub level: Level,
    /// From here, or the beginning of the span …
    pub from: Instant,
    /// … to here; `None`: it stood at the end.
    pub to: Option<Instant>,
}

/// Places of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PlacesReport {
    /// The fewest that were free; below zero when over-full.
    pub least_free: Option<(i64, Instant)>,
    /// The most that were used by people who waited for a place elsewhere.
    pub most_boarding: Option<Peak>,
}

impl Peak {
    /// The greater of both; of equals the earlier.
    pub(super) fn raise(known: &mut Option<Self>, count: u32, at: Instant) {
        if known.is_none_or(|known| count > known.count) {
            *known = Some(Self { count, at });
        }
    }
}
