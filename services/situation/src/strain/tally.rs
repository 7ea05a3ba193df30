//! What the stations of an area are together.

use super::level::{Bounds, Level};

/// The levels of the stations that count for the area.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Stations at levels 1 to 4.
    pub stations: [u32; 4],
    /// Stations of which it is not known.
    pub unknown: u32,
    /// What they count for together.
    weight: u32,
    /// What those count for that reach levels 2 to 4, surely …
    surely: [u32; 3],
    /// … and perhaps.
    perhaps: [u32; 3],
}

impl Tally {
    /// What one station adds.
    #[must_use]
    pub fn of(found: Bounds, weight: u32) -> Self {
        let mut one = Self { weight, ..Self::default() };
        match found.known() {
            Some(level) => one.stations = Level::ALL.map(|it| u32::from(it == level)),
            None => one.unknown = 1,
        }
        let reached = |by: Level| Level::ABOVE_NORMAL.map(|level| if by >= level { weight } else { 0 });
        (one.surely, one.perhaps) = (reached(found.low), reached(found.high));
        one
    }

    /// With another.
    pub fn add(&mut self, other: &Self) {
        self.each(other, u32::wrapping_add);
    }

    /// Without one that was added.
    pub fn take_away(&mut self, other: &Self) {
        self.each(other, u32::wrapping_sub);
    }

    fn each(&mut self, other: &Self, count: fn(u32, u32) -> u32) {
        let Self { stations, unknown, weight, surely, perhaps } = self;
        *unknown = count(*unknown, other.unknown);
        *weight = count(*weight, other.weight);
        stations.iter_mut().zip(other.stations).for_each(|(own, other)| *own = count(*own, other));
        surely.iter_mut().zip(other.surely).for_each(|(own, other)| *own = count(*own, other));
        perhaps.iter_mut().zip(other.perhaps).for_each(|(own, other)| *own = count(*own, other));
    }

    /// The highest level that stations of this weight together reach, or all where they weigh less. `None` where no
    /// station counts.
    #[must_use]
    pub fn weigh(&self, needs: u32) -> Option<Bounds> {
        let needs = needs.min(self.weight);
        let highest = |reach: [u32; 3]| {
            let reached = Level::ABOVE_NORMAL.into_iter().zip(reach).filter(|(_, weight)| *weight >= needs);
            reached.map(|(level, _)| level).max().unwrap_or(Level::Normal)
        };
        (needs > 0).then(|| Bounds { low: highest(self.surely), high: highest(self.perhaps) })
    }
}
