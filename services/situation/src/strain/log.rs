//! Which level stands, and which stood.

use std::collections::BTreeMap;
use std::time::Duration;

use super::level::{Bounds, Level};
use crate::name::StationId;
use crate::time::Instant;
use crate::trail::Trail;

/// Levels that are over and still remembered, for boards of past moments: those of some weeks, at forty changes a station
/// and day.
pub const MAX_ENDED: usize = 16_384;

/// What stands at a station or in an area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The level; `None` while it is not known.
    pub level: Option<Level>,
    /// Since when that is told.
    pub since: Instant,
    /// The level that stands or stood last, and since when: a flicker of a feed does not make it young again.
    pub stood: Option<(Level, Instant)>,
}

/// A level that stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stood {
    /// The level.
    pub level: Level,
    /// From then on …
    pub from: Instant,
    /// … until then.
    pub to: Instant,
}

/// The levels of an area and its stations.
#[derive(Debug, Clone, Default)]
pub struct StrainLog {
    /// Of stations.
    pub stations: BTreeMap<StationId, Standing>,
    /// Of the area.
    pub area: Option<Standing>,
    /// Those that are over, in the order in which they ended; the newest [`MAX_ENDED`]. Without a station: the area's.
    pub ended: Trail<(Option<StationId>, Stood)>,
}

impl Standing {
    /// The level that a lower one has to outwait and get below by a margin. What has not been known for so long as a level
    /// would be kept up is forgotten.
    #[must_use]
    pub fn holds(&self, dwell: Duration, clock: Instant) -> Option<Level> {
        let is_remembered = self.level.is_some() || clock < self.since.plus(dwell);
        self.stood.filter(|_| is_remembered).map(|(level, _)| level)
    }

    /// What stands after this was found, and when it goes down if nothing else is found until then. Up at once; down when
    /// it has stood for long enough; not known at once.
    #[must_use]
    pub fn next(
        before: Option<&Self>,
        found: Bounds,
        dwell: Duration,
        clock: Instant,
    ) -> (Self, Option<Instant>) {
        let stood = before.and_then(|it| it.stood.filter(|_| it.holds(dwell, clock).is_some()));
        let told_since = |level: Option<Level>| before.filter(|it| it.level == level).map(|it| it.since);
        let Some(level) = found.known() else {
            let since = told_since(None).unwrap_or(clock);
            return (Self { level: None, since, stood: before.and_then(|it| it.stood) }, None);
        };
        let (level, from, due) = match stood {
            Some((held, from)) if level < held && clock < from.plus(dwell) => {
                (held, from, Some(from.plus(dwell)))
            }
            Some((held, from)) if level == held => (held, from, None),
            Some(_) | None => (level, clock, None),
        };
        let since = told_since(Some(level)).unwrap_or(clock);
        (Self { level: Some(level), since, stood: Some((level, from)) }, due)
    }

    fn over(&self, next: Option<&Self>, clock: Instant) -> Option<Stood> {
        let goes_on = next.is_some_and(|next| (next.level, next.since) == (self.level, self.since));
        self.level.filter(|_| !goes_on).map(|level| Stood { level, from: self.since, to: clock })
    }
}

impl StrainLog {
    /// What stands at a station, or in the area.
    #[must_use]
    pub fn standing(&self, place: Option<&StationId>) -> Option<&Standing> {
        place.map_or(self.area.as_ref(), |id| self.stations.get(id))
    }

    /// Something else stands there from now on, or nothing.
    pub fn stand(&mut self, place: Option<&StationId>, next: Option<Standing>, clock: Instant) {
        let over = self.standing(place).and_then(|before| before.over(next.as_ref(), clock));
        if let Some(over) = over {
            self.ended.push((place.cloned(), over));
            if self.ended.len() > MAX_ENDED {
                self.ended.pop();
            }
        }
        match (place, next) {
            (None, next) => self.area = next,
            (Some(id), Some(next)) => {
                self.stations.insert(id.clone(), next);
            }
            (Some(id), None) => {
                self.stations.remove(id);
            }
        }
    }

    /// The levels that stood at a moment, with since when; the area's without a station.
    #[must_use]
    pub fn told_at(&self, clock: Instant) -> BTreeMap<Option<StationId>, (Level, Instant)> {
        let over = self.ended.iter().filter(|(_, it)| it.from <= clock && clock < it.to);
        let over = over.map(|(place, it)| (place.clone(), (it.level, it.from)));
        let of_stations = self.stations.iter().map(|(id, it)| (Some(id.clone()), it));
        let standing = of_stations.chain(self.area.iter().map(|it| (None, it)));
        let standing = standing.filter(|(_, it)| it.since <= clock);
        over.chain(standing.filter_map(|(place, it)| Some((place, (it.level?, it.since))))).collect()
    }
}
