//! Conditions that hold for a while, as people were told of them.

use std::collections::BTreeSet;
use std::time::Duration;

use super::report::{GapReport, SilenceReport};
use crate::board::{FeedFigures, Freshness, StaffFigures};
use crate::name::StationId;
use crate::time::Instant;

/// A feed that is back within this time after it was said to be silent was telling what it could not tell before: nobody had
/// to do without it.
const CATCHING_UP: Duration = Duration::from_secs(60);

/// Gaps of a post, one after the other.
#[derive(Debug, Clone, Default)]
pub(super) struct Gaps(Vec<GapReport>);

impl Gaps {
    /// At a station, open or not, a post looks like this from `at` on. Nobody is missing at a closed one; and where
    /// nobody knows who is at work, what was so is neither over nor new.
    pub fn look(&mut self, staff: &StaffFigures, is_closed: bool, at: Instant) {
        if !is_closed && staff.required.is_some() && staff.on_duty.is_none() {
            return;
        }
        let missing = staff.gap.filter(|missing| *missing > 0 && !is_closed);
        match (self.0.last_mut().filter(|gap| gap.to.is_none()), missing) {
            (Some(open), Some(missing)) if missing > open.missing => {
                (open.missing, open.required, open.on_duty) = (missing, staff.required, staff.on_duty);
            }
            (Some(open), None) => open.to = Some(at.max(open.from)),
            (None, Some(missing)) => {
                let (required, on_duty) = (staff.required, staff.on_duty);
                self.0.push(GapReport { from: at, to: None, missing, required, on_duty });
            }
            (Some(_), Some(_)) | (None, None) => {}
        }
    }

    /// Those that lasted: what began and ended in one moment was said in two messages.
    pub fn lasting(&self) -> Vec<GapReport> {
        self.0.iter().filter(|gap| gap.to.is_none_or(|to| to > gap.from)).cloned().collect()
    }
}

/// Silences of a feed, one after the other.
#[derive(Debug, Clone, Default)]
pub(super) struct Silences {
    told: Vec<SilenceReport>,
    /// The open stations at which it is silent now.
    at: BTreeSet<StationId>,
}

impl Silences {
    /// At a station, open or not, the feed looks like this from `clock` on.
    pub fn look(&mut self, station: &StationId, feed: &FeedFigures, is_open: bool, clock: Instant) {
        let is_silent = is_open && matches!(feed.state, Freshness::Stale | Freshness::Lost);
        if !is_silent {
            if self.at.remove(station) && self.at.is_empty() {
                self.end(clock);
            }
            return;
        }
        if self.at.is_empty() {
            let from = feed.last_event_time;
            let (told, stations) = (clock, Vec::new());
            self.told.push(SilenceReport { from, told, to: None, worst: feed.state, stations });
        }
        self.at.insert(station.clone());
        let Some(open) = self.told.last_mut() else { return };
        if feed.state == Freshness::Lost {
            open.worst = Freshness::Lost;
        }
        if !open.stations.contains(station) {
            open.stations.push(station.clone());
        }
    }

    fn end(&mut self, clock: Instant) {
        if let Some(open) = self.told.last_mut() {
            open.to = Some(clock);
        }
    }

    /// Those that people were told of for a while.
    pub fn told(&self) -> Vec<SilenceReport> {
        let lasting = |it: &&SilenceReport| it.to.is_none_or(|to| to > it.told.plus(CATCHING_UP));
        self.told.iter().filter(lasting).cloned().collect()
    }
}
