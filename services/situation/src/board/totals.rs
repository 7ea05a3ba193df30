//! Sums over an area, and of how many stations they are: a sum that leaves somebody out says so.

use super::StationFigures;
use crate::area::{Area, Station};
use crate::name::LaneId;

/// What is known of the stations that people come to, together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Stations that are counted.
    pub counted: u32,
    /// Of these, those that are open.
    pub open: u32,
    /// Of these, those of which nobody knows whether they are open.
    pub open_unknown: u32,
    /// Of the open ones, those whose queues can be trusted at the moment.
    pub reporting: u32,
    /// People waiting.
    pub waiting: Sum,
    /// People in care.
    pub in_care: Sum,
    /// People present.
    pub present: Sum,
    /// People who have waited beyond their target.
    pub overdue: Sum,
}

/// A sum over the lanes of open stations that report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sum {
    /// The sum of what is known.
    pub value: u64,
    /// Stations of which at least one lane is known. Where there is none there is no sum.
    pub stations: u32,
    /// Lanes of reporting stations that are not known, and so left out.
    pub lanes_missing: u32,
}

impl Totals {
    /// What one station contributes.
    #[must_use]
    pub fn of(area: &Area, station: &Station, figures: &StationFigures) -> Self {
        if !station.counted {
            return Self::default();
        }
        let one_if = |holds: bool| u32::from(holds);
        let reports = figures.reporting == Some(true);
        let lanes = || figures.lanes.values().filter(|_| reports);
        // A lane without targets has nobody overdue, and nobody misses that figure.
        let has_targets = |id: &LaneId| station.lanes.get(id).is_some_and(|lane| area.has_targets(lane));
        let with_targets = || figures.lanes.iter().filter(|(id, _)| reports && has_targets(id));
        Self {
            counted: 1,
            open: one_if(figures.open == Some(true)),
            open_unknown: one_if(figures.open.is_none()),
            reporting: one_if(reports),
            waiting: Sum::of(lanes().map(|lane| lane.waiting)),
            in_care: Sum::of(lanes().map(|lane| lane.in_care)),
            present: Sum::of(lanes().map(|lane| lane.present)),
            overdue: Sum::of(with_targets().map(|(_, lane)| lane.overdue)),
        }
    }

    /// With another station's.
    pub fn add(&mut self, other: &Self) {
        self.each(other, u32::wrapping_add, u64::wrapping_add);
    }

    /// Without a station's that was added.
    pub fn take_away(&mut self, other: &Self) {
        self.each(other, u32::wrapping_sub, u64::wrapping_sub);
    }

    fn each(&mut self, other: &Self, count: fn(u32, u32) -> u32, value: fn(u64, u64) -> u64) {
        let Self { counted, open, open_unknown, reporting, waiting, in_care, present, overdue } = self;
        for (own, other) in [
            (counted, other.counted),
            (open, other.open),
            (open_unknown, other.open_unknown),
            (reporting, other.reporting),
        ] {
            *own = count(*own, other);
        }
        for (own, other) in [
            (waiting, other.waiting),
            (in_care, other.in_care),
            (present, other.present),
            (overdue, other.overdue),
        ] {
            own.value = value(own.value, other.value);
            own.stations = count(own.stations, other.stations);
            own.lanes_missing = count(own.lanes_missing, other.lanes_missing);
        }
    }
}

impl Sum {
    fn of(lanes: impl Iterator<Item = Option<u32>>) -> Self {
        let mut sum = Self::default();
        for lane in lanes {
            match lane {
                Some(count) => {
                    sum.value += u64::from(count);
                    sum.stations = 1;
                }
                None => sum.lanes_missing += 1,
            }
        }
        sum
    }
}
