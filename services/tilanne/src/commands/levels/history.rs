//! A journal folded once more, and looked at now and then on the way.

use std::sync::Arc;
use std::time::Duration;

use jiff::civil::Date;
use situation::area::Area;
use situation::board::{Boards, Changed};
use situation::fact::{Body, Fact};
use situation::time::Instant;

use super::samples::Samples;

/// Where nothing was told for longer than this there is nothing to look at: every feed is lost by then.
const SILENCE: Duration = Duration::from_secs(24 * 3600);

/// The fold and what was seen of it.
///
/// Its clock is the events' own time: a journal that was filled in a minute from a year of files tells of a year.
pub struct History {
    /// Measured by these rules, whatever the journal says.
    area: Option<Arc<Area>>,
    every: Duration,
    dates: (Option<Date>, Option<Date>),
    boards: Boards,
    clock: Option<Instant>,
    samples: Samples,
}

impl History {
    pub fn new(area: Option<Arc<Area>>, every: Duration, dates: (Option<Date>, Option<Date>)) -> Self {
        Self { area, every, dates, boards: Boards::default(), clock: None, samples: Samples::default() }
    }

    /// Folds the next fact in, after the looks that were due before it.
    pub fn take(&mut self, fact: Fact) {
        let Fact { sequence, received: _, body } = fact;
        let body = match body {
            // When the recorder's clock struck says nothing of when things happened.
            Body::ClockReached { due: _ } => return,
            Body::AreaConfigured { document, area } => {
                Body::AreaConfigured { document, area: self.area.clone().unwrap_or(area) }
            }
            Body::Event(event) => {
                self.go_on_to(event.time);
                Body::Event(event)
            }
            other @ (Body::LogBegun { .. } | Body::LogRestored { .. } | Body::StreamChanged { .. }) => other,
        };
        let received = self.clock.unwrap_or_default();
        self.boards.fold(&Fact { sequence, received, body });
    }

    /// The area as it was last, and all that was seen.
    pub fn end(self) -> (Option<Arc<Area>>, Samples) {
        (self.boards.area().cloned(), self.samples)
    }

    fn go_on_to(&mut self, moment: Instant) {
        let Some(clock) = self.clock else {
            self.clock = Some(moment);
            return;
        };
        if moment <= clock {
            return;
        }
        let silent_from = clock.plus(SILENCE);
        let mut next = self.first_after(clock);
        while next <= moment && next <= silent_from {
            self.look(next);
            next = next.plus(self.every);
        }
        self.clock = Some(moment);
    }

    /// Looks are on the full multiples of their distance.
    fn first_after(&self, clock: Instant) -> Instant {
        let every = i64::try_from(self.every.as_micros()).unwrap_or(i64::MAX).max(1);
        Instant::from_micros(clock.as_micros().div_euclid(every).saturating_add(1).saturating_mul(every))
    }

    fn look(&mut self, at: Instant) {
        let sequence = self.boards.sequence();
        self.boards.fold(&Fact { sequence, received: at, body: Body::ClockReached { due: at } });
        self.boards.refresh(Changed::default());
        let Some(area) = self.boards.area() else { return };
        let date = at.timestamp().map(|at| area.calendar.zone.to_datetime(at).date());
        let is_meant = |date: Date| {
            let (from, to) = self.dates;
            from.is_none_or(|from| from <= date) && to.is_none_or(|to| date <= to)
        };
        if !date.is_some_and(is_meant) {
            return;
        }
        for id in area.stations.keys() {
            let strain = self.boards.look(id).and_then(|(look, _)| look.figures.strain.as_ref());
            if let Some(strain) = strain {
                self.samples.add(id, &strain.readings);
            }
        }
    }
}
