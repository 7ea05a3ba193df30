//! What the waits of a lane tell: of one who comes now, and of those who came lately.

use std::sync::Arc;

use super::forecast::{Forecast, Known, Table, forecast};
use super::kept::{Past, Waits, start_of_day};
use super::{JUDGED, LONGEST, MEMORY};
use crate::fold::words::Symbol;
use crate::time::Instant;

/// A lane that knows fewer waits than this learns of each at once. Of one that knows more each tells little, and what was known
/// when the day began is asked all day.
pub(super) const YOUNG: usize = 500;

/// How many stayed within what was to be expected when they came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Within {
    /// Within the half.
    pub p50: u32,
    /// Within nine of ten.
    pub p90: u32,
    /// Of so many.
    pub of: u32,
}

impl Waits {
    /// What is known now. `waiting`: when each came who is waiting in the lane.
    pub fn known(&self, waiting: &[Instant]) -> Arc<Table> {
        let until = self.known_until(Instant::MAX);
        let table = self.table.get_or_init(|| Arc::new(Table::of(until, self.known_before(until, waiting))));
        Arc::clone(table)
    }

    /// How the newest waits went.
    pub fn within(&self, waiting: &[Instant]) -> Within {
        *self.within.get_or_init(|| {
            let mut tables = vec![self.known(waiting)];
            let mut within = Within::default();
            for past in newest(self.ended_before(Instant::MAX), JUDGED) {
                let told = past.forecast.get_or_init(|| self.told_then(past, waiting, &mut tables));
                let Some(then) = told else { continue };
                within.of += 1;
                within.p50 += u32::from(past.wait.seconds() <= then.p50);
                within.p90 += u32::from(past.wait.seconds() <= then.p90);
            }
            within
        })
    }

    /// What was to be expected when somebody came. `tables` are those that were made for others.
    fn told_then(&self, past: &Past, waiting: &[Instant], tables: &mut Vec<Arc<Table>>) -> Option<Forecast> {
        let (urgency, queue) = (past.wait.urgency, self.queue_of(past, waiting));
        let until = self.known_until(past.wait.came);
        if let Some(table) = tables.iter().find(|table| table.until == until) {
            return table.of_urgency(urgency, queue).0;
        }
        if until == past.wait.came {
            let known = self.known_before(until, waiting).filter(|(code, _)| *code == urgency);
            return forecast(known.map(|(_, known)| known).collect(), queue);
        }
        // Many came on that day.
        let table = Arc::new(Table::of(until, self.known_before(until, waiting)));
        tables.push(Arc::clone(&table));
        table.of_urgency(urgency, queue).0
    }

    /// Which waits are known at a moment: those that ended before this one.
    fn known_until(&self, at: Instant) -> Instant {
        let newest = self.ended_before(at).next();
        match newest.filter(|_| self.is_count_before(at, YOUNG)) {
            Some(newest) => start_of_day(newest.wait.ended),
            None => at,
        }
    }

    fn known_before<'a>(
        &'a self,
        until: Instant,
        waiting: &'a [Instant],
    ) -> impl Iterator<Item = (Option<Symbol>, Known)> {
        newest(self.ended_before(until), MEMORY).map(|past| {
            let known = Known { queue: self.queue_of(past, waiting), seconds: past.wait.seconds() };
            (past.wait.urgency, known)
        })
    }

    /// How many were waiting when somebody came.
    fn queue_of(&self, past: &Past, waiting: &[Instant]) -> u32 {
        *past.queue.get_or_init(|| {
            let at = past.wait.came;
            let had_come = |came: Instant| came < at && came.plus(LONGEST) > at;
            let since = self.around(at, at.plus(LONGEST)).map(|past| past.wait);
            let over = since.filter(|wait| had_come(wait.came) && wait.ended >= at).count();
            let still = waiting.iter().filter(|came| had_come(**came)).count();
            u32::try_from(over + still).unwrap_or(u32::MAX)
        })
    }
}

/// How many of those who wait count as waiting.
pub fn queue_now(waiting: &[Instant], clock: Instant) -> u32 {
    let count = waiting.iter().filter(|came| came.plus(LONGEST) > clock).count();
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// So many of the newest waits for care, and those that ended together with the last of them.
fn newest<'a>(past: impl Iterator<Item = &'a Past>, count: usize) -> impl Iterator<Item = &'a Past> {
    let mut taken = 0;
    let mut last = Instant::MAX;
    past.filter(|past| past.wait.is_told_of()).take_while(move |past| {
        let goes_on = taken < count || past.wait.ended == last;
        taken += 1;
        last = past.wait.ended;
        goes_on
    })
}
