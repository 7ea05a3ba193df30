//! Looking at a station: from its state to its figures at a moment, and when they next change by
//! themselves.

mod lanes;
mod places;

use std::collections::BTreeMap;

use super::Situation;
use super::feed::FeedState;
use super::station::StationState;
use crate::area::{Area, Station};
use crate::board::{FeedFigures, StationFigures};
use crate::calendar::Opening;
use crate::name::{FeedId, StationId};
use crate::time::{Instant, earlier};

/// What one look at a station shows.
#[derive(Debug, Clone, Default)]
pub struct Look {
    /// What a board shows.
    pub figures: StationFigures,
    /// When each feed was last received. Not part of the figures: it says when we heard, not what is.
    pub last_received: BTreeMap<FeedId, Instant>,
    /// The next moment at which the figures change although nobody says anything.
    pub next_due: Option<Instant>,
}

/// Looks at a station at a moment. Total: whatever was told, this answers. `timetable` is what
/// [`crate::calendar::opening`] says of the moment: the caller keeps it while it holds, because working it
/// out costs more than all the rest.
#[must_use]
pub fn look(
    area: &Area,
    id: &StationId,
    station: &Station,
    situation: &Situation,
    timetable: Opening,
    clock: Instant,
) -> Look {
    let nothing = StationState::default();
    let state = situation.station(id).unwrap_or(&nothing);
    let mut found = Look::default();
    found.open(timetable, state, clock);
    found.feeds(area, station, state, &situation.beats, clock);
    lanes::look(&mut found, area, station, state, &situation.words, clock);
    places::staff(&mut found, station, state, clock);
    places::capacity(&mut found, state, clock);
    places::slots(&mut found, state, clock);
    places::on_call(&mut found, state, clock);
    found
}

impl Look {
    fn due(&mut self, at: Option<Instant>) {
        self.next_due = earlier(self.next_due, at);
    }

    /// Open by the station's own word while that holds, else by its timetable.
    fn open(&mut self, timetable: Opening, state: &StationState, clock: Instant) {
        let status = &state.status;
        self.due(timetable.holds_until);
        for lapse in [
            status.open.lapses_after(clock),
            status.intake_until.lapses_after(clock),
            status.last_care_until.lapses_after(clock),
            status.doors_until.lapses_after(clock),
            status.reason.lapses_after(clock),
        ] {
            self.due(lapse);
        }
        let told = |register: &super::told::Register<Instant>| register.at(clock).map(|(value, _)| *value);
        // A told time of an earlier day says nothing of this one.
        let current = |told: Option<Instant>, timetable: Option<Instant>| match told {
            Some(told) if told > clock || timetable.is_none() => Some(told),
            Some(_) | None => timetable,
        };
        let told_doors = told(&status.doors_until);
        let figures = &mut self.figures;
        figures.intake_until = current(told(&status.intake_until), timetable.intake_until);
        figures.last_care_until = current(told(&status.last_care_until), timetable.last_care_until);
        figures.doors_until = current(told_doors, timetable.doors_until);
        let told_open = status.open.at(clock);
        figures.open = match (told_open, told_doors) {
            // Doors that were told to stay open until later keep the station open beyond its timetable.
            (None, Some(doors)) if doors > clock && timetable.open == Some(false) => Some(true),
            (None, _) => timetable.open,
            (Some((open, said)), Some(doors)) => Some(*open && !(doors <= clock && said.time <= doors)),
            (Some((open, _)), None) => Some(*open),
        };
        if figures.open != Some(true) {
            figures.intake_until = figures.intake_until.filter(|until| *until > clock);
            figures.last_care_until = figures.last_care_until.filter(|until| *until > clock);
            figures.doors_until = figures.doors_until.filter(|until| *until > clock);
        }
        figures.reason = status.reason.at(clock).map(|(reason, _)| reason.clone());
        for (service, told) in &status.services {
            if let Some((service_state, _)) = told.at(clock) {
                figures.services.insert(service.clone(), *service_state);
            }
        }
        let lapses: Vec<_> = status.services.values().map(|told| told.lapses_after(clock)).collect();
        for lapse in lapses {
            self.due(lapse);
        }
        for told in [told(&status.intake_until), told(&status.last_care_until), told_doors] {
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
