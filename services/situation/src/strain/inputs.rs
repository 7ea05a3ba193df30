//! What measures are made of, each input with what is missing of it.

use std::collections::{BTreeMap, BTreeSet};

use super::reading::Lack;
use crate::area::{Area, Station};
use crate::board::{CapacityFigures, Freshness, LaneFigures, StaffFigures, StationFigures};
use crate::fold::Look;
use crate::name::{FeedId, LaneId, Word};

/// A station as measures see it, and what they have missed so far.
pub(super) struct Inputs<'a> {
    pub area: &'a Area,
    pub station: &'a Station,
    pub look: &'a Look,
    pub missing: BTreeMap<String, Lack>,
}

/// A sum of which a part may not be known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Partial {
    /// The known part.
    pub known: u32,
    /// Something of it is not known.
    pub is_part: bool,
}

impl Partial {
    /// The sum, where all of it is known.
    pub const fn whole(self) -> Option<u32> {
        if self.is_part { None } else { Some(self.known) }
    }

    /// Adds what is known, or notes that it is not.
    pub const fn add(&mut self, value: Option<u32>) {
        match value {
            Some(value) => self.known = self.known.saturating_add(value),
            None => self.is_part = true,
        }
    }
}

impl<'a> Inputs<'a> {
    pub fn of(area: &'a Area, station: &'a Station, look: &'a Look) -> Self {
        Self { area, station, look, missing: BTreeMap::new() }
    }

    pub const fn figures(&self) -> &'a StationFigures {
        &self.look.figures
    }

    pub fn lack(&mut self, input: impl Into<String>, why: Lack) {
        self.missing.insert(input.into(), why);
    }

    /// A value that a feed told, if the feed can be trusted to speak of now.
    pub fn told(&mut self, input: String, value: Option<u32>, feed: Option<&FeedId>) -> Option<u32> {
        let why = match value {
            None => Lack::Absent,
            Some(_) if !self.is_trusted(feed) => Lack::Stale,
            Some(_) => return value,
        };
        self.lack(input, why);
        None
    }

    fn is_trusted(&self, feed: Option<&FeedId>) -> bool {
        let feed = feed.and_then(|id| self.figures().feeds.get(id));
        feed.is_none_or(|feed| matches!(feed.state, Freshness::Fresh | Freshness::Ageing))
    }

    /// The queues of those named, or all. A station without any lacks them.
    pub fn lanes(&mut self, named: &BTreeSet<LaneId>) -> Vec<(&'a LaneId, &'a LaneFigures)> {
        let is_meant = |id: &LaneId| named.is_empty() || named.contains(id);
        let lanes: Vec<_> = self.figures().lanes.iter().filter(|(id, _)| is_meant(id)).collect();
        if lanes.is_empty() {
            self.lack("lanes", Lack::Absent);
        }
        lanes
    }

    /// A figure of a queue. While the station's queues are not those of now, nobody's word on one of them counts, a
    /// person's by telephone neither: it says how many there were.
    pub fn of_lane(
        &mut self,
        id: &LaneId,
        lane: &LaneFigures,
        name: &str,
        value: Option<u32>,
    ) -> Option<u32> {
        let input = format!("lanes.{id}.{name}");
        if value.is_some() && self.figures().reporting == Some(false) {
            self.lack(input, Lack::Stale);
            return None;
        }
        self.told(input, value, lane.feed.as_ref())
    }

    /// How many of these roles are at work: where a role is told as a whole, that; else the sum over its lanes.
    pub fn at_work(&mut self, roles: &BTreeSet<Word>) -> Partial {
        let mut sum = Partial::default();
        for role in roles {
            let posts: Vec<_> = self.posts_of(role).filter(|(_, staff)| staff.on_duty.is_some()).collect();
            let whole = posts.iter().find(|(post, _)| post.as_str() == role.as_str()).copied();
            let counted = whole.map_or(posts, |whole| vec![whole]);
            if counted.is_empty() {
                self.lack(format!("staff.{role}.on_duty"), Lack::Absent);
                sum.add(None);
            }
            for (post, staff) in counted {
                sum.add(self.told(format!("staff.{post}.on_duty"), staff.on_duty, staff.feed.as_ref()));
            }
        }
        sum
    }

    fn posts_of<'b>(
        &self,
        role: &'b Word,
    ) -> impl Iterator<Item = (&'a String, &'a StaffFigures)> + use<'a, 'b> {
        self.figures().staff.iter().filter(move |(post, _)| role_of(post) == role.as_str())
    }

    /// Places of a kind, and a figure of them.
    pub fn of_places(
        &mut self,
        places: &Word,
        name: &str,
        value: impl FnOnce(&CapacityFigures) -> Option<u32>,
    ) -> Option<u32> {
        let figures = self.figures().capacity.get(places);
        let feed = figures.and_then(|figures| figures.feed.as_ref());
        self.told(format!("capacity.{places}.{name}"), figures.and_then(value), feed)
    }

    /// The staffed places of a kind, or where that is not told those that exist.
    pub fn staffed(&mut self, places: &Word) -> Option<u32> {
        self.of_places(places, "staffed", |figures| figures.staffed.or(figures.total))
    }
}

/// The role of a post, which is `role` or `role.lane`.
pub(super) fn role_of(post: &str) -> &str {
    post.split('.').next().unwrap_or(post)
}
