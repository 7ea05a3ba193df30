//! What the projector says of its boards as a whole: that they live, where they stand, or why not.

use std::time::Duration;

use bytes::Bytes;
use proto::live::{Cause, Heartbeat, Withheld};
use proto::subject::Subject;
use situation::time::Instant;
use tokio::time::Instant as Moment;

use super::Projector;
use crate::rooms::lock;
use crate::{Error, roster};

/// A moment that is due by this much and was not recorded, a fact that was announced so long ago and is not drawn,
/// a word that has been missed for so long: each means that nobody knows how fresh the boards are.
const OVERDUE: Duration = Duration::from_secs(5);

/// Why boards are not live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Doubt {
    /// All recorders hold other facts.
    AllDiffer,
    /// The journal could not be read when it was last asked.
    Unread,
    /// No recorder speaks. After a standstill of this very process the first beat finds this.
    Unheard,
    /// What was announced is not drawn.
    Behind,
    /// A moment that is long due was not recorded.
    Overdue,
}

impl Doubt {
    fn sentence(self) -> String {
        match self {
            Self::AllDiffer => Error::AllDiffer.to_string(),
            Self::Unread | Self::Overdue => "the recorder does not answer: the boards stand still".to_owned(),
            Self::Unheard => "no recorder is heard: the boards stand still".to_owned(),
            Self::Behind => "the boards are behind what is recorded".to_owned(),
        }
    }
}

impl Projector {
    /// Says that the boards live and where they stand. Only the loop that folds may say so, and only while
    /// it knows.
    pub(super) async fn beat(&mut self) -> Result<(), Error> {
        self.consider();
        if let Some(doubt) = self.doubt {
            return self.withhold(doubt).await;
        }
        let heartbeat = {
            let rooms = lock(&self.rooms);
            Heartbeat {
                projector: self.config.name.clone(),
                server_time: proto::time::format(Instant::from_micros(self.clock.now_us())),
                epoch: rooms.gallery.boards().epoch().map_or_else(String::new, ToString::to_string),
                sequence: rooms.gallery.collected(),
                boards: rooms.gallery.stands(),
                degraded: self.degraded,
            }
        };
        let payload = Bytes::from(serde_json::to_vec(&heartbeat).unwrap_or_default());
        Ok(self.bus.publish(&Subject::heartbeat(&self.area), payload).await?)
    }

    /// Says why there is no heartbeat. It makes nothing live: gateways wait for the next beat as before.
    async fn withhold(&self, doubt: Doubt) -> Result<(), Error> {
        let (heard, degraded) = {
            let (mut roster, now) = (roster::lock(&self.roster), Moment::now());
            (roster.last_heard(), roster.degraded(now))
        };
        let heard = heard.is_some_and(|heard| heard.elapsed() < OVERDUE);
        let cause = if heard { degraded } else { Some(Cause::IntakeStopped) };
        let withheld = Withheld { projector: self.config.name.clone(), why: doubt.sentence(), cause };
        let payload = Bytes::from(serde_json::to_vec(&withheld).unwrap_or_default());
        Ok(self.bus.publish(&Subject::heartbeat(&self.area), payload).await?)
    }

    /// Looks at the boards between two beats. What ceases to be live is told by the beat that does not come, and why at
    /// once; what is live again, or for other reasons than before not all that it should be, is told at once.
    pub(super) async fn look(&mut self) -> Result<(), Error> {
        let before = self.doubt;
        self.consider();
        if before != self.doubt {
            return self.beat().await;
        }
        self.tell_degraded().await
    }

    /// Passes a change on at once: until then people would believe that what they see is all there is.
    pub(super) async fn tell_degraded(&mut self) -> Result<(), Error> {
        let degraded = roster::lock(&self.roster).degraded(Moment::now());
        if std::mem::replace(&mut self.degraded, degraded) == degraded {
            return Ok(());
        }
        tracing::warn!(?degraded, "whether anything is recorded has changed");
        self.beat().await
    }

    /// Finds whether the boards are live, and tells the readiness check.
    fn consider(&mut self) {
        let doubt = self.doubted();
        // The first time it says that the boards are folded.
        let changed = std::mem::replace(&mut self.doubt, doubt) != doubt;
        match doubt {
            None => self.check.ok(format!("folded up to fact {}", self.sequence())),
            Some(doubt) if changed => {
                tracing::warn!("{}", doubt.sentence());
                self.check.failed(doubt.sentence());
            }
            Some(_) => {}
        }
    }

    /// A recorder that says that it records nothing tells of no moments; the beat then says why.
    fn doubted(&mut self) -> Option<Doubt> {
        let now = Moment::now();
        let (differ, newest, heard, degraded) = {
            let mut roster = roster::lock(&self.roster);
            (roster.all_differ(now), roster.newest(now), roster.last_heard(), roster.degraded(now))
        };
        let (sequence, due) = {
            let rooms = lock(&self.rooms);
            (rooms.trail.sequence(), rooms.gallery.boards().next_due_of_figures())
        };
        let newest = newest.unwrap_or(sequence);
        let behind = self.lag.measure(sequence, newest, now);
        let clock = Instant::from_micros(self.clock.now_us());
        let overdue = degraded.is_none() && due.is_some_and(|due| due.plus(OVERDUE) < clock);
        let heard = heard.is_some_and(|heard| now.saturating_duration_since(heard) < OVERDUE);
        let found = [
            (differ, Doubt::AllDiffer),
            (!heard, Doubt::Unheard),
            (!self.reachable, Doubt::Unread),
            (behind > OVERDUE, Doubt::Behind),
            (overdue, Doubt::Overdue),
        ]
        .into_iter()
        .find_map(|(holds, doubt)| holds.then_some(doubt));
        self.until_caught_up(found, sequence, newest)
    }

    /// Boards that were not live are so again when all is drawn that was announced by then: what came during a
    /// standstill is not a moment's lag.
    fn until_caught_up(&mut self, found: Option<Doubt>, sequence: u64, newest: u64) -> Option<Doubt> {
        if found.is_some() || self.doubt.is_none() {
            self.catch_up_to = None;
            return found;
        }
        let mark = *self.catch_up_to.get_or_insert(newest);
        (sequence < mark.min(newest)).then_some(Doubt::Behind)
    }
}
