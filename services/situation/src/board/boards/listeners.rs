//! Which stations a whole feed's word may touch, so that nobody has to ask all of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::area::Area;
use crate::fold::Situation;
use crate::name::{FeedId, StationId};

/// By feed, the stations that expect it or have heard it.
#[derive(Debug, Clone, Default)]
pub(super) struct Listeners(BTreeMap<FeedId, BTreeSet<StationId>>);

impl Listeners {
    /// Of an area's stations, in a situation.
    pub fn of(area: &Area, situation: &Situation) -> Self {
        let mut listeners = Self::default();
        for (id, station) in &area.stations {
            station.feeds.iter().chain(situation.heard_at(id)).for_each(|feed| listeners.add(feed, id));
        }
        listeners
    }

    /// A station has heard a feed.
    pub fn add(&mut self, feed: &FeedId, station: &StationId) {
        if !self.0.get(feed).is_some_and(|stations| stations.contains(station)) {
            self.0.entry(feed.clone()).or_default().insert(station.clone());
        }
    }

    /// Those of a feed.
    pub fn of_feed(&self, feed: &FeedId) -> impl Iterator<Item = &StationId> {
        self.0.get(feed).into_iter().flatten()
    }
}
