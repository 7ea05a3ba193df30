//! When the feeds of a station's queues were heard.

use std::collections::BTreeMap;

use super::feed::FeedState;
use super::hourly::Hourly;
use super::station::StationState;
use crate::area::Area;
use crate::name::{FeedId, Word};
use crate::time::Hour;

/// Whether a family of feeds is the one that tells of queues.
pub(super) fn is_of_queues(family: &Word) -> bool {
    family.as_str() == "queue"
}

/// The hours in which a feed that tells of the queues gave a sign of life.
pub(super) struct HeardIn<'a>(pub Vec<&'a Hourly<bool>>);

impl<'a> HeardIn<'a> {
    pub fn of(area: &Area, state: &'a StationState, beats: &'a BTreeMap<FeedId, FeedState>) -> Self {
        let tells = |id: &FeedId, feed: &FeedState| {
            let family = area.feeds.get(id).map(|feed| &feed.family).or_else(|| feed.family.told());
            family.is_some_and(is_of_queues)
        };
        let feeds = state.feeds.iter().filter(|(id, feed)| tells(id, feed));
        let both = feeds.flat_map(|(id, own)| [Some(own), beats.get(id)]);
        Self(both.flatten().map(|feed| &feed.spoke).collect())
    }

    pub fn anything_in(&self, hour: Hour) -> bool {
        self.0.iter().any(|spoke| spoke.get(hour).is_some())
    }
}
