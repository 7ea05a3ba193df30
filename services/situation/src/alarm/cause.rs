//! What stands at a station that a rule of the area's calls for an alarm.

use std::collections::{BTreeMap, BTreeSet};

use super::rule::{Rule, Watch};
use crate::area::Area;
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
    /// Roles of whom it is not known how many are at work.
    pub doubtful_posts: BTreeSet<String>,
    /// How many are inside is not known.
    pub is_inside_doubtful: bool,
    /// When those inside will be gone is not known.
    pub is_end_doubtful: bool,
    /// Rules whose level it may or may not have reached.
    pub doubtful_levels: BTreeSet<Word>,
    /// The next moment at which this changes although the figures do not.
    pub due: Option<Instant>,
}

/// What the rules find at a station that looks like this at a moment.
#[must_use]
pub fn causes(area: &Area, station: &StationId, look: &Look, clock: Instant) -> Watched {
    let mut found = Watched::default();
    for (id, rule) in area.alarms.rules.iter().filter(|(_, rule)| rule.is_about(station)) {
        let at = Cause::of(id.clone(), Some(station.clone()));
        found.watch(area, rule, at, look, clock);
    }
    found
}

impl Watched {
    fn watch(&mut self, area: &Area, rule: &Rule, at: Cause, look: &Look, clock: Instant) {
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
                    let is_known = staff.on_duty.is_some()
                        && is_trusted(staff.feed.as_ref(), staff.observed_at, figures);
                    let staff = &StaffFigures { gap: staff.gap.filter(|_| is_known), ..staff.clone() };
                    if !is_known {
                        self.doubtful_posts.insert(post.clone());
                    }
                    let Gap { since, until, count, due } = Gap::of(staff, clock.plus(*ahead));
                    self.due = earlier(self.due, due.map(|from| from.minus(*ahead)));
                    if count.is_some() {
                        self.add(Cause { role: Some(post.clone()), since, until, count, ..at.clone() });
                    }
                }
            }
            // A closed station may be silent.
            Watch::FeedLost { families } if figures.open == Some(true) => {
                self.watch_feeds(area, families, &at, look, clock);
            }
            Watch::FeedLost { .. } => {}
            Watch::ClosedInside => {
                self.is_inside_doubtful = !is_inside_known(figures);
                let closing = figures.closing.as_ref().filter(|it| it.phase == ClosingPhase::Closed);
                // Of how many more nobody knows: those who are known of are enough.
                let at_least = closing.and_then(|closing| closing.inside_at_least);
                let is_somebody_known = at_least.is_some() && is_inside_trusted(figures);
                if let Some(closing) = closing.filter(|_| !self.is_inside_doubtful || is_somebody_known) {
                    self.add(Cause { count: closing.inside, ..at });
                }
            }
            Watch::MoreThanUsual { by } => {
                for (lane, people) in figures.lanes.iter().filter(|_| figures.open == Some(true)) {
                    let Some(hour) = people.arrivals.map(|arrivals| arrivals.this_hour) else { continue };
                    let usual = hour.usual.map(|usual| usual.high.saturating_add(*by));
                    let (since, count) = (Some(hour.from), hour.count);
                    if count.zip(usual).is_some_and(|(count, usual)| count >= usual) {
                        self.add(Cause { lane: Some(lane.clone()), since, count, ..at.clone() });
                    }
                }
            }
            Watch::Level { at_least } => {
                let Some(strain) = &figures.strain else { return };
                let bounds = strain.bounds();
                if bounds.low >= *at_least {
                    // Since when it is at least this is not known where the level itself is not.
                    self.add(Cause { since: strain.since.filter(|_| strain.level.is_some()), ..at });
                } else if bounds.high >= *at_least {
                    self.doubtful_levels.insert(at.rule);
                }
            }
            Watch::ClosesLate => {
                let closing = figures.closing.as_ref().filter(|_| figures.open == Some(true));
                // Who sees fewer people leave does not know that they will be done in time.
                let is_paceless = closing.is_some_and(|it| it.done_by.is_none() && it.inside != Some(0));
                self.is_end_doubtful = closing.is_some() && (is_paceless || !is_inside_known(figures));
                let (done, doors) = (closing.and_then(|it| it.done_by), figures.doors_until);
                let late = done.zip(doors).filter(|(done, doors)| done > doors && !self.is_end_doubtful);
                if let Some((done, doors)) = late {
                    let count = closing.and_then(|it| it.inside);
                    self.add(Cause { since: Some(doors), until: Some(done), count, ..at });
                }
            }
        }
    }

    fn watch_feeds(
        &mut self,
        area: &Area,
        families: &BTreeSet<Word>,
        at: &Cause,
        look: &Look,
        clock: Instant,
    ) {
        for (id, feed) in &look.figures.feeds {
            let is_of = |family: &Word| families.is_empty() || families.contains(family);
            let is_meant = feed.family.as_ref().map_or(families.is_empty(), is_of);
            if !is_meant || feed.state != Freshness::Lost {
                continue;
            }
            // Overnight it had nothing to tell: its time begins when the doors open.
            let pace = area.feeds.get(id).map_or(area.default_pace, |feed| feed.pace);
            match look.open_since.map(|since| since.plus(pace.lost_after)).filter(|from| *from > clock) {
                Some(from) => self.due = earlier(self.due, Some(from)),
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
    lane.overdue.is_some() && is_trusted(lane.feed.as_ref(), lane.observed_at, figures)
}

/// Whether figures can be trusted to be of now: by their feed, or as the word of a person who spoke after it last did.
fn is_trusted(feed: Option<&FeedId>, said: Option<Instant>, figures: &StationFigures) -> bool {
    let Some(feed) = feed.and_then(|id| figures.feeds.get(id)) else { return true };
    matches!(feed.state, Freshness::Fresh | Freshness::Ageing)
        || said.is_some_and(|said| feed.last_event_time.is_none_or(|last| last <= said))
}

/// Whether it is known how many are inside: every lane that was ever spoken of, by a feed that can be trusted.
fn is_inside_known(figures: &StationFigures) -> bool {
    let is_told =
        |lane: &LaneFigures| lane.present.is_some() || lane.waiting.is_some() && lane.in_care.is_some();
    figures.lanes.values().filter(|lane| lane.feed.is_some()).all(is_told) && is_inside_trusted(figures)
}

/// Whether what is known of who is inside is of now.
fn is_inside_trusted(figures: &StationFigures) -> bool {
    let spoken_of = figures.lanes.values().filter(|lane| lane.feed.is_some());
    spoken_of.into_iter().all(|lane| is_trusted(lane.feed.as_ref(), lane.observed_at, figures))
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
