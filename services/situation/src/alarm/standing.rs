//! What becomes of one alarm: when it is over, when it is done with, when it comes again.

use std::time::Duration;

use super::cause::{Cause, Watched};
use super::log::Alarm;
use super::rule::{AlarmRules, Watch};
use crate::name::StationId;
use crate::time::Instant;

/// A feed that is back within this time after it was said to be lost was telling what it could not tell before.
const CATCHING_UP: Duration = Duration::from_secs(60);

/// Whatever goes within this time after it was raised was a stretch of a story that was being told late: nobody can have acted on it.
const MOMENTARY: Duration = Duration::from_secs(5);

impl Alarm {
    pub(super) fn is_of(&self, rules: &AlarmRules, has_station: impl Fn(&StationId) -> bool) -> bool {
        rules.rules.contains_key(&self.cause.rule) && self.cause.station.as_ref().is_none_or(has_station)
    }

    pub(super) fn raised(cause: &Cause, clock: Instant, in_summary: bool) -> Self {
        Self {
            cause: cause.clone(),
            told: clock,
            raised: clock,
            gone: None,
            cleared: None,
            acknowledged: None,
            shelved: None,
            superseded: None,
            in_summary,
        }
    }

    /// The one that tells of the same cause, which has come again. It is nothing new: it stands where this one stood, and who
    /// wanted to hear nothing of this one hears nothing of it.
    pub(super) fn again(&self, cause: &Cause, clock: Instant) -> Self {
        Self { shelved: self.shelved.clone(), ..Self::raised(cause, clock, self.in_summary) }
    }

    /// Whether somebody took notice of a gap that lay ahead, and now it is there: the plan was noticed, not that nobody came.
    pub(super) fn has_come_true(&self, rules: &AlarmRules, cause: &Cause) -> bool {
        let rule = rules.rules.get(&self.cause.rule);
        let is_gap = rule.is_some_and(|rule| matches!(rule.watch, Watch::StaffingGap { .. }));
        is_gap && self.acknowledged.is_some() && self.cause.since.is_some() && cause.since.is_none()
    }

    /// When it is over if its cause is not seen again until then.
    pub(super) fn is_over_at(&self, rules: &AlarmRules) -> Option<Instant> {
        let rule = rules.rules.get(&self.cause.rule);
        Some(self.gone?.plus(rule.map_or(Duration::ZERO, |rule| rule.hold)))
    }

    /// Whether what was found leaves it open if it still stands.
    pub(super) fn is_doubtful(&self, rules: &AlarmRules, watched: &Watched) -> bool {
        let rule = rules.rules.get(&self.cause.rule);
        match rule.map(|rule| &rule.watch) {
            Some(Watch::Overdue { .. }) => {
                self.cause.lane.as_ref().is_some_and(|lane| watched.doubtful.contains(lane))
            }
            // A gap that lies ahead is the plan's word; who is there now is the feed's.
            Some(Watch::StaffingGap { .. }) => {
                let post = self.cause.role.as_ref().filter(|_| self.cause.since.is_none());
                post.is_some_and(|post| watched.doubtful_posts.contains(post))
            }
            Some(Watch::ClosedInside) => watched.is_inside_doubtful,
            Some(Watch::ClosesLate) => watched.is_end_doubtful,
            Some(Watch::Level { .. }) => watched.doubtful_levels.contains(&self.cause.rule),
            // Who has come has come, whoever is silent now.
            Some(Watch::FeedLost { .. } | Watch::MoreThanUsual { .. }) | None => false,
        }
    }

    /// Whether it is over and nobody needs to hear of it: somebody took notice, or it went while nobody wanted to. While
    /// they still do not want to, it stays known, for its cause may come again.
    pub(super) fn is_done_with(&self, clock: Instant) -> bool {
        let Some(cleared) = self.cleared else { return false };
        let shelf = self.shelved.as_ref().filter(|shelf| shelf.at <= cleared && cleared < shelf.until);
        self.acknowledged.is_some()
            || self.superseded.is_some()
            || shelf.is_some_and(|shelf| shelf.until <= clock)
    }

    /// Whether somebody was only telling what they could not tell before: who reads of it afterwards has missed nothing.
    pub(super) fn was_catching_up(&self, rules: &AlarmRules) -> bool {
        let rule = rules.rules.get(&self.cause.rule);
        let of_feed = rule.is_some_and(|rule| matches!(rule.watch, Watch::FeedLost { .. }));
        let within = if of_feed { CATCHING_UP } else { MOMENTARY };
        self.acknowledged.is_none() && self.gone.is_some_and(|gone| gone <= self.raised.plus(within))
    }
}
