//! What is left to do when the journal's disk is full: say so to whoever asks, until told to stop.

use std::time::Duration;

use bus::{Bus, Delivery, Subscription};
use bytes::Bytes;
use proto::live::Recorded;
use proto::receipt::Unavailable;
use proto::subject::Subject;
use runtime::health::Check;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::{Error, Meters};

/// What a sender is told.
const NOTHING_IS_RECORDED: &str = "the disk is full: nothing is recorded";

/// How often it is announced: a projector that comes later, or lost the word, learns of it within this time.
const SAY_AGAIN: Duration = Duration::from_secs(1);

/// Events answered in one go: none costs more than a sentence.
const ANSWERED_AT_ONCE: usize = 1_024;

/// A recorder that records nothing any more.
///
/// It decides nothing either: the state that decisions rest on ran ahead of the disk by the group that
/// found no room, so that a "duplicate" could be a receipt for something that is not there. A restart folds
/// the journal anew and goes on, which is why nothing here waits for room.
pub(crate) struct Standstill {
    pub bus: Bus,
    pub meters: Meters,
    pub check: Check,
    pub area: String,
    /// What stays announced: the log's epoch and its newest durable fact.
    pub recorded: Recorded,
}

impl Standstill {
    /// Says so everywhere, and answers everything that comes in, until told to stop.
    pub async fn hold(
        self,
        why: &str,
        mut intake: Subscription,
        stop: CancellationToken,
    ) -> Result<(), Error> {
        tracing::error!(why, "{NOTHING_IS_RECORDED}; boards stay as they are: make room, then restart");
        self.check.failed(format!("read-only: {why}; make room on the journal's disk, then restart"));
        self.meters.read_only.set(1);
        let mut again = interval(SAY_AGAIN);
        again.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut deliveries = Vec::with_capacity(ANSWERED_AT_ONCE);
        loop {
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                _ = again.tick() => self.announce().await?,
                count = intake.next_many(ANSWERED_AT_ONCE, &mut deliveries) => {
                    if count == 0 {
                        return Ok(());
                    }
                    for delivery in deliveries.drain(..) {
                        self.refuse(delivery);
                    }
                }
            }
        }
    }

    fn refuse(&self, delivery: Delivery) {
        let Delivery::Message(message) = delivery else { return };
        self.meters.intakes.with_label_values(&["unavailable"]).inc();
        if let Some(reply) = message.reply {
            reply.send(unavailable());
        }
    }

    async fn announce(&self) -> Result<(), Error> {
        let payload = Bytes::from(serde_json::to_vec(&self.recorded).unwrap_or_default());
        Ok(self.bus.publish(&Subject::recorded(&self.area), payload).await?)
    }
}

/// The answer to an event while nothing is recorded.
pub(crate) fn unavailable() -> Bytes {
    let answer = Unavailable { unavailable: NOTHING_IS_RECORDED.to_owned() };
    Bytes::from(serde_json::to_vec(&answer).unwrap_or_default())
}
