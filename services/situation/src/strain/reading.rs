//! What a measure says at a moment.

use std::collections::BTreeMap;

use super::level::{Bounds, Level};
use super::rule::MeasureRule;

/// What a measure says: its value, or that it has none, or what is missing to tell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reading {
    /// In the measure's unit, rounded down: a threshold of 100 per cent is reached by all, not by nearly all.
    pub value: Option<i64>,
    /// The value is at least this, where a part of it is known.
    pub at_least: Option<i64>,
    /// It has no value, and why.
    pub undefined: Option<Undefined>,
    /// What it lacks: the path of the member in the station's JSON, or an input's own name, and why.
    pub missing: BTreeMap<String, Lack>,
}

/// A measure that divides by nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undefined {
    /// By what.
    pub by: UndefinedFor,
    /// Whether anybody is there whom it is about: with nobody to serve the measure is at the top, with nobody there at the
    /// bottom.
    pub is_anybody_there: bool,
}

/// Why a measure has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UndefinedFor {
    /// Nobody is at work who could see anybody.
    NoStaff,
    /// There are no places, or none that is not taken by those who wait for a bed elsewhere.
    NoPlaces,
}

impl UndefinedFor {
    /// The word on boards.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoStaff => "no_staff",
            Self::NoPlaces => "no_places",
        }
    }
}

/// Why an input is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// Nobody has told it, or it was withdrawn.
    Absent,
    /// Whoever told it is silent for too long.
    Stale,
    /// No event can carry it.
    NotCarried,
}

impl Lack {
    /// The word on boards.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Stale => "stale",
            Self::NotCarried => "not_carried",
        }
    }
}

impl Reading {
    /// What it says of the level, while `stands` stands: down to that level a threshold is left only by more than the
    /// margin.
    #[must_use]
    pub fn bounds(&self, rule: &MeasureRule, stands: Option<Level>) -> Bounds {
        let level = |value: i64| {
            let reached = rule.from.iter().zip(Level::ABOVE_NORMAL).filter(|(from, level)| {
                let is_left_late = stands.is_some_and(|stands| *level <= stands);
                value >= **from - if is_left_late { rule.margin } else { 0 }
            });
            reached.map(|(_, level)| level).max().unwrap_or(Level::Normal)
        };
        match (self.undefined, self.value) {
            (Some(Undefined { is_anybody_there: true, .. }), _) => Bounds::exactly(Level::Overloaded),
            (Some(_), _) => Bounds::exactly(Level::Normal),
            (None, Some(value)) => Bounds::exactly(level(value)),
            (None, None) => Bounds::at_least(self.at_least.map_or(Level::Normal, level)),
        }
    }
}
