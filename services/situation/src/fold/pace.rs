//! How fast a station becomes empty: when people left it lately.

use std::collections::BTreeSet;
use std::time::Duration;

use super::station::StationState;
use super::words::Words;
use crate::name::TicketId;
use crate::time::Instant;

/// Departures are remembered for this long before the newest: beyond what the pace looks at, so that what is put
/// right later still finds its neighbours.
const REMEMBERED: Duration = Duration::from_secs(3 * 3600);
/// The pace is that of the last hour: an evening's pace is not an afternoon's.
const WINDOW: Duration = Duration::from_secs(3600);
/// Of so many departures at the most, the newest.
const MOST: usize = 8;
/// And of so many at least: two say nothing of a pace.
const LEAST: usize = 3;
/// What is said of the end is said in steps of this length, rounded up: no one can know the minute.
const STEP: Duration = Duration::from_secs(5 * 60);

/// Departures of people who were in care, by time: who goes elsewhere from the queue says nothing of a pace.
pub type Departures = BTreeSet<(Instant, TicketId)>;

/// When a station would be empty, and when that changes although nobody says anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Done {
    pub by: Option<Instant>,
    /// If they leave as slowly as the slowest quarter did.
    pub latest: Option<Instant>,
    /// Of how many departures the pace is.
    pub of: Option<u32>,
    pub due: Option<Instant>,
}

impl StationState {
    /// Somebody's story was told anew: they left `before`, and now it is `now`.
    pub(super) fn note_departure(&mut self, id: &TicketId, before: Option<Instant>, now: Option<Instant>) {
        if before == now {
            return;
        }
        if let Some(before) = before {
            self.departures.remove(&(before, id.clone()));
        }
        if let Some(now) = now {
            self.departures.insert((now, id.clone()));
        }
        self.forget_departures();
    }

    /// Works out the departures of the tickets that are remembered.
    pub(super) fn find_departures(&mut self, words: &Words) {
        let left =
            self.tickets.iter().filter_map(|(id, ticket)| Some((ticket.left_care_at(words)?, id.clone())));
        let left: Vec<_> = left.collect();
        self.departures.extend(left);
        self.forget_departures();
    }

    fn forget_departures(&mut self) {
        let Some((newest, _)) = self.departures.last() else { return };
        let since = newest.minus(REMEMBERED);
        while self.departures.first().is_some_and(|(left, _)| *left < since) {
            self.departures.pop_first();
        }
    }
}

/// When `inside` people will have left, if as many go on leaving as did lately. While nobody leaves for longer than
/// they used to, it moves on.
pub(super) fn done(departures: &Departures, inside: u32, clock: Instant) -> Done {
    let since = clock.minus(WINDOW);
    let lately = departures.iter().rev().map(|(left, _)| *left);
    let lately: Vec<_> =
        lately.skip_while(|left| *left > clock).take_while(|left| *left > since).take(MOST).collect();
    let (Some(last), Some(first)) = (lately.first(), lately.last()) else { return Done::default() };
    let (interval, slow) = usual_gaps(&lately);
    if lately.len() < LEAST || interval == 0 || inside == 0 {
        return Done::default();
    }
    let step = i64::try_from(STEP.as_micros()).unwrap_or(i64::MAX);
    // Nobody will have been done before now.
    let now = clock.as_micros().div_euclid(step).saturating_add(1).saturating_mul(step);
    // When all have left at this pace, and when one more has missed their turn.
    let end = |interval: i64| {
        // Nobody leaves to the minute: who is half an interval late is late.
        let late = (clock.as_micros() - last.as_micros()).saturating_sub(interval / 2);
        let missed = late.div_euclid(interval).max(0);
        let left = interval.saturating_mul(i64::from(inside).saturating_add(missed));
        let end = last.as_micros().saturating_add(left);
        let whole = end.div_euclid(step).saturating_add(i64::from(end.rem_euclid(step) > 0));
        let next_miss = last.as_micros().saturating_add(interval.saturating_mul(missed + 1) + interval / 2);
        (whole.saturating_mul(step).max(now), next_miss)
    };
    let ((by, miss), (latest, slow_miss)) = (end(interval), end(slow));
    let out_of_sight = first.plus(WINDOW).as_micros();
    let due = [miss, slow_miss, out_of_sight, by, latest].into_iter().map(Instant::from_micros);
    Done {
        by: Some(Instant::from_micros(by)),
        latest: Some(Instant::from_micros(latest.max(by))),
        of: u32::try_from(lately.len()).ok(),
        due: due.filter(|due| *due > clock).min(),
    }
}

/// The median time between departures, the newest first, and what the slowest quarter of them exceeds, in microseconds; 0 where
/// most left together. One long pause does not make a slow evening.
fn usual_gaps(lately: &[Instant]) -> (i64, i64) {
    let later = lately.iter().map(|left| left.as_micros());
    let earlier = later.clone().skip(1);
    let mut gaps: Vec<i64> = later.zip(earlier).map(|(later, earlier)| later - earlier).collect();
    gaps.sort_unstable();
    let at = |place: usize| gaps.get(place).copied().unwrap_or(0);
    (at(gaps.len() / 2), at(gaps.len() * 3 / 4))
}
