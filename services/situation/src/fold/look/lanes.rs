//! The queues of a station.

use std::collections::BTreeMap;

use super::heard::Heard;
use super::{Look, waits};
use crate::area::{Area, Authority, Lane, Station};
use crate::board::{ForecastsFigures, LaneFigures, OverdueFigures};
use crate::fold::station::{LaneState, StationState};
use crate::fold::ticket::Visit;
use crate::fold::words::{Symbol, Words};
use crate::name::{LaneId, UrgencyCode};
use crate::time::{Instant, earlier};

pub(super) fn look(
    found: &mut Look,
    area: &Area,
    station: &Station,
    state: &StationState,
    words: &Words,
    clock: Instant,
) {
    let nothing = LaneState::default();
    let unlisted = Lane::unlisted();
    let mut queues: Vec<Queue<'_>> =
        station.lanes.iter().map(|(id, lane)| Queue::of(area, id.clone(), lane, words)).collect();
    for visit in state.present.values() {
        // A lane that the area no longer has may still have people in it: they do not vanish.
        if !queues.iter().any(|queue| queue.symbol == Some(visit.lane)) {
            queues.push(Queue::of(area, LaneId::new(words.text(visit.lane)), &unlisted, words));
        }
        if let Some(queue) = queues.iter_mut().find(|queue| queue.symbol == Some(visit.lane)) {
            queue.tally.take(visit, queue.lane, &queue.targets, clock);
            if !visit.in_care {
                queue.waiting_since.push(visit.came);
            }
        }
    }
    for queue in queues {
        let told = state.lanes.get(&queue.id).unwrap_or(&nothing);
        let figures = match queue.lane.authority {
            Authority::Counts => count(found, told, clock),
            Authority::Tickets => {
                let figures = tallied(found, area, &queue, told, words);
                waits::expected(found, area, &queue, state, words, clock, figures)
            }
        };
        found.figures.lanes.insert(queue.id, figures);
    }
}

/// A lane while its people are being counted.
pub(super) struct Queue<'a> {
    pub id: LaneId,
    symbol: Option<Symbol>,
    pub lane: &'a Lane,
    targets: Targets,
    tally: Tally,
    /// When each came into the lane who is waiting, also of those who are unresolved.
    pub waiting_since: Vec<Instant>,
}

impl<'a> Queue<'a> {
    fn of(area: &Area, id: LaneId, lane: &'a Lane, words: &Words) -> Self {
        let targets = Targets::of(area, lane, words);
        Self {
            symbol: words.find(id.as_str()),
            id,
            lane,
            targets,
            tally: Tally::default(),
            waiting_since: Vec::new(),
        }
    }
}

/// A counts lane shows what it was told and derives nothing.
fn count(found: &mut Look, told: &LaneState, clock: Instant) -> LaneFigures {
    let mut heard = Heard::at(clock);
    let waiting = heard.value(&told.waiting);
    let waiting_by_urgency = heard.value(&told.waiting_by_urgency);
    let in_care = heard.value(&told.in_care);
    let present = heard.value(&told.present);
    let oldest_since = heard
        .stamped(&told.longest_wait_s)
        .map(|(seconds, stamp)| stamp.time.minus(std::time::Duration::from_secs((*seconds).into())));
    found.due(heard.lapses);
    LaneFigures {
        feed: heard.feed(),
        waiting,
        waiting_by_urgency,
        overdue: None,
        overdue_by_urgency: BTreeMap::new(),
        oldest_since,
        in_care,
        present,
        unresolved: None,
        expected: None,
        expected_by_urgency: BTreeMap::new(),
        waits_within: None,
        arrivals: None,
        usual_waiting: None,
        forecast: ForecastsFigures::default(),
        observed_by: heard.by(),
        observed_at: heard.said_at(),
        valid_until: heard.valid_until(),
    }
}

/// A ticket lane is counted. Until its authority has named it, nothing is known of it, not even that
/// it is empty.
fn tallied(found: &mut Look, area: &Area, queue: &Queue<'_>, told: &LaneState, words: &Words) -> LaneFigures {
    let Queue { lane, targets, tally, .. } = queue;
    if told.named.is_none() && tally.is_empty() {
        return LaneFigures::default();
    }
    found.due(tally.next_due);
    let mut by_urgency: BTreeMap<UrgencyCode, u32> =
        area.urgencies(lane).iter().map(|urgency| (urgency.code.clone(), 0)).collect();
    by_urgency.insert(UrgencyCode::untriaged(), 0);
    for (code, count) in &tally.by_urgency {
        *by_urgency.entry(code_of(*code, words)).or_default() += count;
    }
    let present = tally.present_by_urgency.iter().map(|(code, count)| (code_of(*code, words), *count));
    found.acuity.insert(queue.id.clone(), present.collect());
    LaneFigures {
        feed: told.named.as_ref().map(|stamp| stamp.source.clone()),
        waiting: Some(tally.waiting),
        waiting_by_urgency: Some(by_urgency),
        overdue: targets.any.then_some(tally.overdue.iter().map(|(_, overdue)| overdue.count).sum()),
        overdue_by_urgency: tally
            .overdue
            .iter()
            .map(|(code, overdue)| (code_of(*code, words), *overdue))
            .collect(),
        oldest_since: tally.oldest,
        in_care: Some(tally.in_care),
        present: Some(tally.waiting.saturating_add(tally.in_care)),
        unresolved: Some(tally.unresolved).filter(|count| *count > 0),
        expected: None,
        expected_by_urgency: BTreeMap::new(),
        waits_within: None,
        arrivals: None,
        usual_waiting: None,
        forecast: ForecastsFigures::default(),
        observed_by: None,
        observed_at: None,
        valid_until: None,
    }
}

pub(super) fn code_of(code: Option<Symbol>, words: &Words) -> UrgencyCode {
    code.map_or_else(UrgencyCode::untriaged, |symbol| UrgencyCode::new(words.text(symbol)))
}

/// How soon each urgency of a lane should be seen, by symbol.
struct Targets {
    by_urgency: Vec<(Option<Symbol>, std::time::Duration)>,
    any: bool,
}

impl Targets {
    fn of(area: &Area, lane: &Lane, words: &Words) -> Self {
        let untriaged = area.target(lane, &UrgencyCode::untriaged()).map(|target| (None, target));
        let triaged = area
            .urgencies(lane)
            .iter()
            .filter_map(|urgency| Some((Some(words.find(urgency.code.as_str())?), urgency.target?)));
        Self { by_urgency: untriaged.into_iter().chain(triaged).collect(), any: area.has_targets(lane) }
    }

    fn deadline(&self, visit: &Visit) -> Option<Instant> {
        let (_, target) = self.by_urgency.iter().find(|(code, _)| *code == visit.urgency)?;
        Some(visit.joined.plus(*target))
    }
}

#[derive(Default)]
struct Tally {
    waiting: u32,
    in_care: u32,
    overdue: Vec<(Option<Symbol>, OverdueFigures)>,
    unresolved: u32,
    oldest: Option<Instant>,
    by_urgency: Vec<(Option<Symbol>, u32)>,
    present_by_urgency: Vec<(Option<Symbol>, u32)>,
    next_due: Option<Instant>,
}

impl Tally {
    fn is_overdue(&mut self, code: Option<Symbol>, since: Instant) {
        match self.overdue.iter_mut().find(|(known, _)| *known == code) {
            Some((_, overdue)) => {
                overdue.count += 1;
                overdue.since = overdue.since.min(since);
            }
            None => self.overdue.push((code, OverdueFigures { count: 1, since })),
        }
    }

    const fn is_empty(&self) -> bool {
        self.waiting == 0 && self.in_care == 0 && self.unresolved == 0
    }

    fn take(&mut self, visit: &Visit, lane: &Lane, targets: &Targets, clock: Instant) {
        let silent_from = visit.last_heard.plus(lane.unresolved_after);
        if silent_from <= clock {
            self.unresolved += 1;
            return;
        }
        self.next_due = earlier(self.next_due, Some(silent_from));
        count_one(&mut self.present_by_urgency, visit.urgency);
        if visit.in_care {
            self.in_care += 1;
            return;
        }
        self.waiting += 1;
        self.oldest = earlier(self.oldest, Some(visit.joined));
        match targets.deadline(visit) {
            Some(deadline) if deadline <= clock => self.is_overdue(visit.urgency, deadline),
            due => self.next_due = earlier(self.next_due, due),
        }
        count_one(&mut self.by_urgency, visit.urgency);
    }
}

fn count_one(by_urgency: &mut Vec<(Option<Symbol>, u32)>, urgency: Option<Symbol>) {
    match by_urgency.iter_mut().find(|(code, _)| *code == urgency) {
        Some((_, count)) => *count += 1,
        None => by_urgency.push((urgency, 1)),
    }
}
