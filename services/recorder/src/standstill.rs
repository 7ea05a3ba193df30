//! What is left to do when the journal can only be read: say so to whoever asks, until told to stop.

use std::time::Duration;

use bus::{Delivery, Subscription};
use bytes::Bytes;
use journal::{Head, ReadOnly};
use proto::live::Cause;
use proto::receipt::Unavailable;
use runtime::health::Check;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::voice::{Voice, Word};
use crate::{Error, Meters};

/// How often it is announced: a projector that comes later, or lost the word, learns of it within this time.
pub(crate) const SAY_AGAIN: Duration = Duration::from_secs(1);

/// Events answered in one go: none costs more than a sentence.
const ANSWERED_AT_ONCE: usize = 1_024;

/// A recorder that records nothing any more.
///
/// It decides nothing either: the state that decisions rest on may have run ahead of the disk by the group
/// that was refused, so that a "duplicate" could be a receipt for something that is not there. A restart folds
/// the journal anew and goes on, which is why nothing here waits for what is wrong to be mended.
pub(crate) struct Standstill {
    pub voice: Voice,
    pub meters: Meters,
    pub check: Check,
    /// Where the journal stands.
    pub head: Head,
    /// Why it can only be read.
    pub why: ReadOnly,
}

/// Says so to whoever reads the log, asks whether the process is ready, or fetches its metrics. Answers with what
/// boards are to be told.
pub(crate) fn said_aloud(why: &ReadOnly, check: &Check, meters: &Meters) -> Cause {
    let Told { sender, mend, boards } = told(why);
    tracing::error!(%why, "{sender}; boards stay as they are: {mend}, then restart");
    declare(check, meters, why);
    boards
}

impl Standstill {
    /// Says so everywhere, and answers everything that comes in, until told to stop.
    pub async fn hold(self, mut intake: Subscription, stop: CancellationToken) -> Result<(), Error> {
        said_aloud(&self.why, &self.check, &self.meters);
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
            reply.send(unavailable(&self.why));
        }
    }

    async fn announce(&self) -> Result<(), Error> {
        let degraded = Some(told(&self.why).boards);
        Ok(self.voice.say(self.head, Word { lends: true, stream: None, degraded }).await?)
    }
}

/// How a reason is told.
struct Told {
    /// To a sender.
    sender: &'static str,
    /// To whoever has to mend it.
    mend: &'static str,
    /// To whoever looks at a board.
    boards: Cause,
}

const fn told(why: &ReadOnly) -> Told {
    match why {
        ReadOnly::Full(_) => Told {
            sender: "the disk is full: nothing is recorded",
            mend: "make room on the journal's disk",
            boards: Cause::JournalReadOnly,
        },
        ReadOnly::Unbound { .. } => Told {
            sender: "the journal can't be put in order: nothing is recorded",
            mend: "mend what binding fails for",
            boards: Cause::JournalUnbound,
        },
        ReadOnly::OpenedToRead => Told {
            sender: "the journal was opened to be read: nothing is recorded",
            mend: "open it to be written",
            boards: Cause::JournalReadOnly,
        },
    }
}

/// Says why nothing is recorded to whoever asks whether the process is ready, or fetches its metrics.
pub(crate) fn declare(check: &Check, meters: &Meters, why: &ReadOnly) {
    meters.read_only.set(1);
    check.failed(format!("read-only: {why}; {}, then restart", told(why).mend));
}

/// The answer to an event while nothing is recorded.
pub(crate) fn unavailable(why: &ReadOnly) -> Bytes {
    let answer = Unavailable { unavailable: told(why).sender.to_owned() };
    Bytes::from(serde_json::to_vec(&answer).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use bus::Bus;
    use proto::live::Recorded;
    use proto::subject::{Filter, Subject};
    use runtime::health::Health;
    use runtime::metrics::Metrics;

    use super::*;

    /// What a recorder that stands still for this announces, and what its check says.
    async fn held(why: ReadOnly) -> (Recorded, String) {
        let (bus, health) = (Bus::in_process(), Health::new());
        let check = health.check("journal");
        let intake = bus.subscribe(&Filter::intake("a")).await.unwrap();
        let mut word = bus.subscribe(&Filter::exactly(&Subject::recorded("a"))).await.unwrap();
        let meters = Meters::new(&Metrics::new("0").unwrap()).unwrap();
        let still = Standstill {
            voice: Voice::new(bus.clone(), "a", "1", "e".to_owned()),
            meters,
            check,
            head: Head { sequence: 7, ..Head::START },
            why,
        };
        let stop = CancellationToken::new();
        let holding = tokio::spawn(still.hold(intake, stop.clone()));
        let Some(Delivery::Message(message)) = word.next().await else { panic!("nothing is announced") };
        stop.cancel();
        holding.await.unwrap().unwrap();
        let readiness = health.readiness();
        assert!(!readiness.ready);
        (serde_json::from_slice(&message.payload).unwrap(), readiness.checks["journal"].detail.clone())
    }

    #[tokio::test]
    async fn the_real_reason_is_told_to_boards_and_to_operators() {
        let (recorded, detail) = held(ReadOnly::Full("no space left".to_owned())).await;
        assert_eq!((recorded.sequence, recorded.degraded), (7, Some(Cause::JournalReadOnly)));
        assert!(detail.contains("no space left") && detail.contains("make room"), "{detail}");
        let why = "naming a volume failed".to_owned();
        let (recorded, detail) = held(ReadOnly::Unbound { bytes: 2_000, why }).await;
        assert_eq!(recorded.degraded, Some(Cause::JournalUnbound));
        assert!(detail.contains("naming a volume failed") && !detail.contains("room"), "{detail}");
    }
}
