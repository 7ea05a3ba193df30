//! What stands at a station that a rule of the area's calls for an alarm.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::rule::{AlarmRules, Rule, Watch};
use crate::board::{ClosingPhase, Freshness, LaneFigures, StaffFigures, StationFigures};
use crate::fold::Look;
use crate::name::{AlarmId, FeedId, LaneId, StationId, UrgencyCode, Word};
use crate::time::{Instant, earlier};

/// Why an alarm stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    /// The rule that calls for it.
    pub rule: Word,
    /// Where. `None` only of a summary.
    pub station: Option<StationId>,
    /// In which lane.
    pub lane: Option<LaneId>,
    /// Of which urgency.
    pub urgency: Option<UrgencyCode>,
    /// Of which role: `role`, or `role.lane`.
    pub role: Option<String>,
    /// Of which feed.
    pub feed: Option<FeedId>,
    /// Since when it is so, or from when on it will be.
    pub since: Option<Instant>,
    /// Until when, or when it would be over.
    pub until: Option<Instant>,
    /// How many people it is about.
    pub count: Option<u32>,
}

/// What a look at a station found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Watched {
    /// What stands.
    pub causes: BTreeMap<AlarmId, Cause>,
    /// Lanes of which it is not known at the moment: what stood there is neither over nor new.
    pub doubtful: BTreeSet<LaneId>,
    /// Feeds that are on their way back: an alarm of one is not over yet, and none is raised.
    pub returning: BTreeSet<FeedId>,
    /// The next moment at which this changes although the figures do not.
    pub due: Option<Instant>,
}

/// A feed from which something old has come within this time is on its way back: it tells what it could not.
const CATCHING_UP: Duration = Duration::from_secs(60);

/// What the rules find at a station that looks like this at a moment.
#[must_use]
pub fn causes(rules: &AlarmRules, station: &StationId, look: &Look, clock: Instant) -> Watched {
    let mut found = Watched::default();
    for (id, rule) in rules.rules.iter().filter(|(_, rule)| rule.is_about(station)) {
        let at = Cause::of(id.clone(), Some(station.clone()));
        found.watch(rule, at, look, clock);
    }
    found
}

impl Watched {
    fn watch(&mut self, rule: &Rule, at: Cause, look: &Look, clock: Instant) {
        let figures = &look.figures;
        match &rule.watch {
            Watch::Overdue { urgencies, after } => {
                for (lane, people) in &figures.lanes {
                    if !is_known(people, figures) {
                        self.doubtful.insert(lane.clone());
                        continue;
                    }
                    for (code, overdue) in &people.overdue_by_urgency {
                        let begins = overdue.since.plus(*after);
                        if !urgencies.is_empty() && !urgencies.contains(code) {
                            continue;
                        }
                        if begins > clock {
                            self.due = earlier(self.due, Some(begins));
                            continue;
                        }
                        let (lane, urgency) = (Some(lane.clone()), Some(code.clone()));
                        let (since, count) = (Some(overdue.since), Some(overdue.count));
                        self.add(Cause { lane, urgency, since, count, ..at.clone() });
                    }
                }
            }
            Watch::StaffingGap { roles, ahead } => {
                let is_meant = |post: &str| {
                    let role = post.split('.').next().unwrap_or(post);
                    roles.is_empty() || roles.contains(role)
                };
                for (post, staff) in figures.staff.iter().filter(|(post, _)| is_meant(post)) {
                    let Gap { since, until, count, due } = Gap::of(staff, clock.plus(*ahead));
                    self.due = earlier(self.due, due.map(|from| from.minus(*ahead)));
                    if count.is_some() {
                        self.add(Cause { role: Some(post.clone()), since, until, count, ..at.clone() });
                    }
                }
            }
            // A closed station may be silent.
            Watch::FeedLost { families } if figures.open == Some(true) => {
                self.watch_feeds(families, &at, look, clock);
            }
            Watch::FeedLost { .. } => {}
            Watch::ClosedInside => {
                let closing = figures.closing.as_ref().filter(|it| it.phase == ClosingPhase::Closed);
                if let Some(closing) = closing {
                    self.add(Cause { count: closing.inside, ..at });
                }
            }
            Watch::ClosesLate => {
                let closing = figures.closing.as_ref().filter(|_| figures.open == Some(true));
                let (done, doors) = (closing.and_then(|it| it.done_by), figures.doors_until);
                if let Some((done, doors)) = done.zip(doors).filter(|(done, doors)| done > doors) {
                    let count = closing.and_then(|it| it.inside);
                    self.add(Cause { since: Some(doors), until: Some(done), count, ..at });
                }
            }
        }
    }

    fn watch_feeds(&mut self, families: &BTreeSet<Word>, at: &Cause, look: &Look, clock: Instant) {
        for (id, feed) in &look.figures.feeds {
            let is_of = |family: &Word| families.is_empty() || families.contains(family);
            let is_meant = feed.family.as_ref().map_or(families.is_empty(), is_of);
            if !is_meant || feed.state != Freshness::Lost {
                continue;
            }
            let returns_until = look.last_received.get(id).map(|received| received.plus(CATCHING_UP));
            match returns_until.filter(|until| *until > clock) {
                Some(until) => {
                    self.returning.insert(id.clone());
                    self.due = earlier(self.due, Some(until));
                }
                None => {
                    let (feed, since) = (Some(id.clone()), feed.last_event_time);
                    self.add(Cause { feed, since, ..at.clone() });
                }
            }
        }
    }

    fn add(&mut self, cause: Cause) {
        self.causes.insert(cause.id(), cause);
    }
}

/// Whether who is overdue in a lane can be told at the moment.
fn is_known(lane: &LaneFigures, figures: &StationFigures) -> bool {
    let of_feed = lane.feed.as_ref().and_then(|id| figures.feeds.get(id));
    let is_trusted = of_feed.is_none_or(|feed| matches!(feed.state, Freshness::Fresh | Freshness::Ageing));
    lane.overdue.is_some() && is_trusted
}

/// The first gap of a role, and the largest.
struct Gap {
    since: Option<Instant>,
    until: Option<Instant>,
    count: Option<u32>,
    /// The next that is planned and not near enough yet.
    due: Option<Instant>,
}

impl Gap {
    fn of(staff: &StaffFigures, horizon: Instant) -> Self {
        // Since when there is one now, nobody told.
        let mut gap = Self { since: None, until: None, count: staff.gap, due: None };
        for (from, ahead) in &staff.ahead {
            let Some(missing) = ahead.gap else { continue };
            if *from > horizon {
                gap.due = earlier(gap.due, Some(*from));
                continue;
            }
            if gap.count.is_none() {
                (gap.since, gap.until) = (Some(*from), Some(ahead.to));
            }
            gap.count = gap.count.max(Some(missing));
        }
        gap
    }
}

impl Cause {
    /// One that a rule finds somewhere, of which no more is told.
    #[must_use]
    pub const fn of(rule: Word, station: Option<StationId>) -> Self {
        Self {
            rule,
            station,
            lane: None,
            urgency: None,
            role: None,
            feed: None,
            since: None,
            until: None,
            count: None,
        }
    }

    /// What names it, alike at every moment at which it stands.
    #[must_use]
    pub fn id(&self) -> AlarmId {
        let parts = [
            self.station.as_ref().map(StationId::as_str),
            self.lane.as_ref().map(LaneId::as_str),
            self.urgency.as_ref().map(UrgencyCode::as_str),
            self.role.as_deref(),
            self.feed.as_ref().map(FeedId::as_str),
        ];
        let mut id = self.rule.as_str().to_owned();
        for part in parts.into_iter().flatten() {
            id.push(':');
            id.push_str(part);
        }
        AlarmId::new(id)
    }
}
