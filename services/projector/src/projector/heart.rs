//! What the projector says of its boards as a whole: that they live, where they stand, or why not.

use std::time::Duration;

use bus::Delivery;
use bytes::Bytes;
use proto::live::{Heartbeat, Recorded};
use proto::subject::Subject;
use situation::time::Instant;

use super::Projector;
use crate::Error;
use crate::rooms::lock;

/// A moment that is due by this much and was not recorded means that the recorder hangs.
const OVERDUE: Duration = Duration::from_secs(5);

impl Projector {
    /// Takes in what the recorder says of itself. A change is passed on at once: until then people would
    /// believe that what they see is all there is.
    pub(super) async fn told(&mut self, word: &Delivery) -> Result<(), Error> {
        let Delivery::Message(message) = word else { return Ok(()) };
        let Ok(Recorded { degraded, .. }) = serde_json::from_slice(&message.payload) else { return Ok(()) };
        if std::mem::replace(&mut self.degraded, degraded) == degraded {
            return Ok(());
        }
        tracing::warn!(?degraded, "whether anything is recorded has changed");
        self.beat().await
    }

    /// Says that the boards live and where they stand. Only the loop that folds may say so, and only while
    /// it knows: if the recorder did not tell of a moment that is long due, nobody knows how fresh anything is.
    /// A recorder that says that it records nothing tells of no moments; the beat then says why.
    pub(super) async fn beat(&mut self) -> Result<(), Error> {
        let now = Instant::from_micros(self.clock.now_us());
        let (heartbeat, due) = {
            let rooms = lock(&self.rooms);
            let boards = rooms.gallery.boards();
            let heartbeat = Heartbeat {
                projector: self.config.name.clone(),
                server_time: proto::time::format(now),
                epoch: boards.epoch().map_or_else(String::new, ToString::to_string),
                sequence: rooms.gallery.collected(),
                boards: rooms.gallery.stands(),
                degraded: self.degraded,
            };
            (heartbeat, boards.next_due())
        };
        let overdue = self.degraded.is_none() && due.is_some_and(|due| due.plus(OVERDUE) < now);
        if !self.reachable || overdue {
            self.check.failed("the recorder does not answer: the boards stand still");
            return Ok(());
        }
        self.check.ok(format!("folded up to fact {} at the last heartbeat", heartbeat.sequence));
        let payload = Bytes::from(serde_json::to_vec(&heartbeat).unwrap_or_default());
        Ok(self.bus.publish(&Subject::heartbeat(&self.area), payload).await?)
    }
}
