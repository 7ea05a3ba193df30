//! What the timetables of a station and of its services say of a moment.

use std::collections::BTreeMap;

use super::hours::Table;
use super::{Ladder, LikeHours, Opening, ladder, like_hours, opening};
use crate::area::{Area, Station};
use crate::name::Word;
use crate::time::{Instant, earlier};

/// A station's timetable and those of its services at a moment.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Timetable {
    /// Of the station.
    pub station: Opening,
    /// Of the services that have hours of their own.
    pub services: BTreeMap<Word, Opening>,
    /// The shifts of the weekend.
    pub ladder: Ladder,
    /// The hours that the present one is like.
    pub like: Option<LikeHours>,
}

/// Reads the timetables of a station and of its services at a moment.
#[must_use]
pub fn timetable(area: &Area, station: &Station, at: Instant) -> Timetable {
    let calendar = &area.calendar;
    let own = station.services.iter().filter(|(_, service)| !service.hours.is_empty());
    Timetable {
        station: opening(station, calendar, at),
        services: own
            .map(|(id, service)| (id.clone(), Table::of_service(station, service).opening(calendar, at)))
            .collect(),
        ladder: ladder(area, station, at),
        like: like_hours(calendar, at),
    }
}

impl Timetable {
    /// Nothing in it changes before this moment; `None`: it never does.
    #[must_use]
    pub fn holds_until(&self) -> Option<Instant> {
        let first = earlier(self.ladder.holds_until, self.hour_ends());
        self.openings().fold(first, |first, opening| earlier(first, opening.holds_until))
    }

    /// The next moment after `clock` at which something begins or ends by these timetables: doors, the
    /// intake, the last care, an exception, a service.
    #[must_use]
    pub fn next_boundary(&self, clock: Instant) -> Option<Instant> {
        self.openings()
            .flat_map(|it| [it.intake_until, it.last_care_until, it.holds_until])
            .flatten()
            .chain(self.ladder.holds_until)
            .filter(|boundary| *boundary > clock)
            .min()
    }

    fn hour_ends(&self) -> Option<Instant> {
        self.like.as_ref().map(|like| like.this.next().start())
    }

    fn openings(&self) -> impl Iterator<Item = &Opening> {
        std::iter::once(&self.station).chain(self.services.values())
    }
}
