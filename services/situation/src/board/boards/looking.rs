//! Looking at the stations that were touched: each by itself, so that many can be looked at at once. What is found does not hang on
//! who looked, or when.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::resume_unwind;
use std::thread;

use super::Shown;
use crate::area::Area;
use crate::calendar;
use crate::fold::{Look, Situation, expect, look};
use crate::name::StationId;
use crate::time::Instant;

/// From so many stations on that were never looked at others help: that is as of a past moment, when everything is yet to be worked
/// out. To look again costs less than to ask for help.
const MANY: usize = 4;

/// So many look at once, on the smallest machine that all this is for: more help no more, since the rest of what it takes to show
/// boards is one's own work.
const AT_ONCE: usize = 2;

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
    ) -> BTreeMap<StationId, Look> {
        let is_new = |id: &&StationId| stations.get(*id).is_some_and(|shown| shown.timetable_from.is_none());
        let mut found = match touched.iter().filter(is_new).count() {
            MANY.. => self.with_help(touched, stations),
            _ => BTreeMap::new(),
        };
        for id in touched {
            if !found.contains_key(id)
                && let Some(now) = stations.get_mut(id).and_then(|shown| self.of(id, shown))
            {
                found.insert(id.clone(), now);
            }
        }
        found
    }

    /// What others find, and meanwhile oneself; where no help can be had, nothing.
    fn with_help(
        self,
        touched: &BTreeSet<StationId>,
        stations: &mut BTreeMap<StationId, Shown>,
    ) -> BTreeMap<StationId, Look> {
        let mut each: Vec<_> = stations.iter_mut().filter(|(id, _)| touched.contains(*id)).collect();
        let share = each.len().div_ceil(AT_ONCE).max(1);
        let look = move |some: &mut [(&StationId, &mut Shown)]| -> Vec<(StationId, Look)> {
            let each = some.iter_mut().filter_map(|(id, shown)| Some(((*id).clone(), self.of(id, shown)?)));
            each.collect()
        };
        thread::scope(|scope| {
            let mut shares = each.chunks_mut(share);
            let own = shares.next();
            let ask = |some| thread::Builder::new().spawn_scoped(scope, move || look(some)).ok();
            let helpers: Vec<_> = shares.filter_map(ask).collect();
            let mut found: BTreeMap<_, _> = own.map(look).unwrap_or_default().into_iter().collect();
            for helper in helpers {
                found.extend(helper.join().unwrap_or_else(|panic| resume_unwind(panic)));
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
