//! Looking at a station: from its state to its figures at a moment, and when they next change by
//! themselves.

mod closing;
mod contacts;
mod dispatch;
mod forecast;
mod heard;
mod ladder;
mod lanes;
mod places;
mod services;
mod usual;
mod waits;

use std::collections::BTreeMap;
use std::time::Duration;

use super::Situation;
use super::feed::FeedState;
use super::heard_in::is_of_queues;
use super::station::StationState;
use super::told::Register;
use crate::area::{Area, Station};
use crate::board::{FeedFigures, Freshness, StationFigures};
use crate::calendar::{self, Opening, OpeningSpan, Timetable};
use crate::name::{FeedId, LaneId, StationId, Trilingual, UrgencyCode};
use crate::time::{Instant, earlier};
pub use forecast::{Expected, expect};

/// Doors that close later than this after an opening began belong to no opening of the timetable.
const LONGEST_PROLONGED: Duration = Duration::from_secs(24 * 3600);

/// What one look at a station shows.
#[derive(Debug, Clone, Default)]
pub struct Look {
    /// What a board shows.
    pub figures: StationFigures,
    /// When each feed was last received. Not part of the figures: it says when we heard, not what is.
    pub last_received: BTreeMap<FeedId, Instant>,
    /// People present in lanes of tickets, by urgency. Not part of the figures either: what is measured with it is.
    pub acuity: BTreeMap<LaneId, BTreeMap<UrgencyCode, u32>>,
    /// What is to be expected of lanes. Not part of the figures: there it stands where it was told well before.
    pub expected: BTreeMap<LaneId, Expected>,
    /// When the present opening began by the timetable, if it did.
    pub open_since: Option<Instant>,
    /// Whether it has urgent appointments to give that are yet to come, open or not.
    pub has_urgent_slots: bool,
    /// The next moment at which the figures change although nobody says anything.
    pub next_due: Option<Instant>,
}

/// Looks at a station at a moment. Total: whatever was told, this answers. `timetable` is what
/// [`crate::calendar::timetable`] says of the moment: the caller keeps it while it holds, because working
/// it out costs more than all the rest. [`expect`] adds what is to be expected of the next hours.
#[must_use]
pub fn look(
    area: &Area,
    id: &StationId,
    station: &Station,
    situation: &Situation,
    timetable: &Timetable,
    clock: Instant,
) -> Look {
    let nothing = StationState::default();
    let state = situation.station(id).unwrap_or(&nothing);
    let mut found = Look::default();
    found.due(timetable.next_boundary(clock));
    found.open_since = timetable.station.since;
    found.open(area, station, timetable.station, state, clock);
    found.figures.hours_reason = hours_reason(station, timetable.station);
    services::look(&mut found, timetable, state, clock);
    found.feeds(area, station, state, &situation.beats, clock);
    lanes::look(&mut found, area, station, state, &situation.words, clock);
    if let Some(like) = &timetable.like {
        usual::look(&mut found, area, station, state, &situation.beats, like);
    }
    places::staff(&mut found, area, station, state, clock);
    ladder::look(&mut found, &timetable.ladder, area, station, state, clock);
    places::capacity(&mut found, state, clock);
    places::slots(&mut found, state, clock);
    places::on_call(&mut found, state, clock);
    contacts::look(&mut found, timetable.like.as_ref(), state, clock);
    dispatch::tasks(&mut found, state);
    dispatch::units(&mut found, state, clock);
    found.notices(state, clock);
    found.figures.reporting = reporting(area, station, &found.figures);
    closing::look(&mut found, station, state, clock);
    found
}

/// Whether the queues of an open station can be trusted to be those of now: all feeds that are to speak of them do, or,
/// where none is expected, all that ever did.
fn reporting(area: &Area, station: &Station, figures: &StationFigures) -> Option<bool> {
    if figures.open != Some(true) {
        return None;
    }
    let of_queues = |id: &FeedId| area.feeds.get(id).is_some_and(|feed| is_of_queues(&feed.family));
    let expected: Vec<_> = station.feeds.iter().filter(|id| of_queues(id)).collect();
    let of_interest = |(id, feed): &(&FeedId, &FeedFigures)| {
        if expected.is_empty() {
            feed.family.as_ref().is_some_and(is_of_queues)
        } else {
            expected.contains(id)
        }
    };
    let mut states = figures.feeds.iter().filter(of_interest).map(|(_, feed)| feed.state).peekable();
    Some(states.peek().is_some() && states.all(|state| matches!(state, Freshness::Fresh | Freshness::Ageing)))
}

impl Look {
    /// Whether the desk can send somebody there now or to an urgent appointment, whatever the timetable says.
    pub(crate) fn is_listed(&self) -> bool {
        self.figures.open == Some(true) || self.has_urgent_slots
    }

    fn due(&mut self, at: Option<Instant>) {
        self.next_due = earlier(self.next_due, at);
    }

    fn notices(&mut self, state: &StationState, clock: Instant) {
        let (shown, due) = state.notices.look(clock);
        self.figures.notices = shown;
        self.due(due);
    }

    /// Open by the station's own word while that holds, else by its timetable.
    fn open(
        &mut self,
        area: &Area,
        station: &Station,
        timetable: Opening,
        state: &StationState,
        clock: Instant,
    ) {
        let status = &state.status;
        for lapse in [
            status.open.lapses_after(clock),
            status.intake_until.lapses_after(clock),
            status.last_care_until.lapses_after(clock),
            status.doors_until.lapses_after(clock),
            status.reason.lapses_after(clock),
        ] {
            self.due(lapse);
        }
        let told = |register: &Register<Instant>| register.at(clock).map(|(value, _)| *value);
        let doors = told(&status.doors_until);
        let word = status.open.at(clock).map(|(open, stamp)| (*open, stamp.time));
        let open = open_now(word, doors, timetable, clock);
        // The station's own times hold for the opening that they lie in, also once they have passed: who
        // said that intake ends early takes nobody in until the timetable's hour. Those of an earlier
        // opening say nothing of this one.
        let prolonged = doors
            .filter(|_| open == Some(true) && timetable.open == Some(false))
            .and_then(|doors| ended_before(area, station, doors, clock))
            .filter(|ended| word.is_none_or(|(_, said)| said < ended.doors_until));
        let since = timetable
            .since
            .or(prolonged.map(|ended| ended.opens))
            .or_else(|| word.filter(|(open, _)| *open).map(|(_, said)| said));
        let intake_until = timetable.intake_until.or(prolonged.map(|ended| ended.intake_until));
        let current = |told: Option<Instant>, timetable: Option<Instant>| {
            let told = told.filter(|told| *told > clock || since.is_some_and(|since| *told >= since));
            told.or(timetable).filter(|until| open == Some(true) || *until > clock)
        };
        let figures = &mut self.figures;
        figures.open = open;
        figures.intake_until = current(told(&status.intake_until), intake_until);
        figures.last_care_until = current(told(&status.last_care_until), timetable.last_care_until);
        figures.doors_until = current(doors, timetable.doors_until);
        figures.reason = status.reason.at(clock).map(|(reason, _)| reason.clone());
        for told in [told(&status.intake_until), told(&status.last_care_until), doors] {
            self.due(told.filter(|at| *at > clock));
        }
    }

    fn feeds(
        &mut self,
        area: &Area,
        station: &Station,
        state: &StationState,
        beats: &BTreeMap<FeedId, FeedState>,
        clock: Instant,
    ) {
        let nothing = FeedState::default();
        let expected = station.feeds.iter();
        let heard = state.feeds.keys().filter(|feed| !station.feeds.contains(feed));
        for id in expected.chain(heard) {
            let own = state.feeds.get(id).unwrap_or(&nothing);
            let whole = beats.get(id);
            let configured = area.feeds.get(id);
            let (figures, due): (FeedFigures, _) = own.look(
                whole,
                configured.map(|feed| feed.pace),
                area.default_pace,
                configured.map(|feed| &feed.family),
                clock,
            );
            if let Some(received) = own.last_received(whole) {
                self.last_received.insert(id.clone(), received);
            }
            self.figures.feeds.insert(id.clone(), figures);
            self.due(due);
        }
    }
}

/// The opening of the timetable that doors told to close later prolong: the last that ended. Who stays for the last
/// patients takes nobody in any more, unless they say so.
fn ended_before(area: &Area, station: &Station, doors: Instant, clock: Instant) -> Option<OpeningSpan> {
    let from = doors.minus(LONGEST_PROLONGED);
    let spans = calendar::openings_between(station, &area.calendar, from, clock);
    spans.into_iter().rfind(|span| span.doors_until <= clock)
}

/// Why the hours of this date are not the usual ones, where they are not.
fn hours_reason(station: &Station, timetable: Opening) -> Option<Trilingual> {
    station.exceptions.get(timetable.exception?)?.reason.clone()
}

/// Whether a station is open: by its own word until the doors that it told of close, else by its
/// timetable. `word` is what it said and when.
fn open_now(
    word: Option<(bool, Instant)>,
    doors: Option<Instant>,
    timetable: Opening,
    clock: Instant,
) -> Option<bool> {
    // An opening that began after those doors closed is not the one that they ended.
    let reopened =
        |doors: Instant| timetable.open == Some(true) && timetable.since.is_none_or(|since| since > doors);
    match (word, doors) {
        (Some((false, _)), _) => Some(false),
        (Some((true, said)), Some(doors)) => Some(clock < doors || doors < said || reopened(doors)),
        (Some((true, _)), None) => Some(true),
        // Doors told to close later than the timetable's keep the station open, but those of an opening
        // that is yet to begin do not begin it.
        (None, Some(doors)) if clock < doors => {
            timetable.open.map(|open| open || timetable.opens_next.is_none_or(|opens| opens > doors))
        }
        (None, Some(doors)) => timetable.open.map(|_| reopened(doors)),
        (None, None) => timetable.open,
    }
}
