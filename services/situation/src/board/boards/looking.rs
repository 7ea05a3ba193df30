//! Looking at the stations that were touched: each by itself, so that many can be looked at at once.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::resume_unwind;
use std::thread;

use super::Shown;
use crate::area::Area;
use crate::calendar;
use crate::fold::{Look, Situation, expect, look};
use crate::name::StationId;
use crate::time::Instant;

/// From so many stations on others help: that is when all are looked at, as of a past moment, and takes some milliseconds. A fact
/// touches one or two.
const MANY: usize = 4;

/// More help no more: the rest of what it takes to show boards is one's own work.
const MOST_AT_ONCE: usize = 4;

/// A moment, and what there is to be seen.
#[derive(Clone, Copy)]
pub(super) struct Sight<'a> {
    pub area: &'a Area,
    pub situation: &'a Situation,
    pub clock: Instant,
}

impl Sight<'_> {
    /// What the touched stations look like, whatever was shown of each. Those that the area does not have, or of which nothing
    /// is remembered, are passed over.
    pub fn of_all(
        self,
        touched: &BTreeSet<StationId>,
        stations: &mut BTreeMap<StationId, Shown>,
    ) -> Vec<(StationId, Look)> {
        if touched.len() < MANY {
            let each =
                touched.iter().filter_map(|id| Some((id.clone(), self.of(id, stations.get_mut(id)?)?)));
            return each.collect();
        }
        let mut each: Vec<_> = stations.iter_mut().filter(|(id, _)| touched.contains(*id)).collect();
        let threads = thread::available_parallelism().map_or(1, usize::from).min(MOST_AT_ONCE);
        let count = each.len();
        let share = count.div_ceil(threads).max(1);
        let of_some = |some: &mut [(&StationId, &mut Shown)]| -> Vec<(StationId, Look)> {
            let each = some.iter_mut().filter_map(|(id, shown)| Some(((*id).clone(), self.of(id, shown)?)));
            each.collect()
        };
        let (own, others) = each.split_at_mut(share.min(count));
        thread::scope(|scope| {
            let others: Vec<_> =
                others.chunks_mut(share).map(|some| scope.spawn(move || of_some(some))).collect();
            let mut found = of_some(own);
            for other in others {
                found.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
            }
            found
        })
    }

    fn of(self, id: &StationId, shown: &mut Shown) -> Option<Look> {
        let Self { area, situation, clock } = self;
        let station = area.stations.get(id)?;
        let holds = shown.timetable_from.is_some_and(|from| from <= clock)
            && shown.timetable.holds_until().is_none_or(|until| clock < until);
        if !holds {
            shown.timetable = calendar::timetable(area, station, clock);
            shown.timetable_from = Some(clock);
        }
        let mut now = look(area, id, station, situation, &shown.timetable, clock);
        expect(&mut now, area, id, station, situation, &mut shown.lessons, clock);
        Some(now)
    }
}
