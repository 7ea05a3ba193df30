//! What is known of a station in advance.

use super::hours::Hours;

/// A station.
#[derive(Debug)]
pub(super) struct Plan {
    /// Begins its ids.
    pub name: &'static str,
    pub station: &'static str,
    /// Tells of its queues.
    pub feed: &'static str,
    /// Tells how it stands.
    pub status_feed: &'static str,
    /// Rooms, where they are told and limit care.
    pub rooms: Option<Rooms>,
    /// Empty: always open.
    pub hours: &'static [Hours],
    /// Stays open for the last patients.
    pub extends: bool,
    /// The lane of those who wait for a bed elsewhere.
    pub boards_in: Option<&'static str>,
    pub lanes: &'static [Lane],
}

#[derive(Debug)]
pub(super) struct Rooms {
    pub feed: &'static str,
    pub total: u32,
    pub staffed: u32,
}

#[derive(Debug)]
pub(super) struct Lane {
    pub id: &'static str,
    /// Tells every step of a visit; else counts.
    pub tickets: bool,
    /// The most urgent first.
    pub codes: &'static [Code],
    pub a_day: u32,
    /// The share of each hour, in percent.
    pub by_hour: &'static [u32; 24],
    /// How many can be cared for at a time, by day, evening and night.
    pub places: [u32; 3],
    /// Where somebody goes who turns out to need more.
    pub moves_to: Option<&'static str>,
    /// Who is there at the beginning.
    pub first: &'static [First],
}

/// An urgency; without a text in lanes that have none.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Code {
    pub code: &'static str,
    /// The share of arrivals, in percent.
    pub share: u32,
    /// The mean length of care, in minutes.
    pub care_min: u32,
    /// How many of them need a bed afterwards, in percent.
    pub admitted: u32,
}

/// Somebody who is there at the beginning.
#[derive(Debug)]
pub(super) struct First {
    pub minutes_ago: u32,
    pub code: &'static str,
    pub begun: Begun,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Begun {
    Joined,
    Care,
    Boarding,
}
