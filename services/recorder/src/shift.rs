//! The recorder at work: group after group, and every moment that falls due.

use std::time::Instant as Stopwatch;

use bus::{Delivery, Reply, Subscription};
use bytes::Bytes;
use journal::ReadOnly;
use proto::fact::StoredBody;
use runtime::Clock;
use runtime::health::Check;
use runtime::snapshots::Keeper;
use situation::decide::Intake;
use situation::time::Instant;
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::desk::{Desk, Incoming, Own, What};
use crate::metrics::gauge;
use crate::standstill::{SAY_AGAIN, Standstill, unavailable};
use crate::voice::{Voice, Word};
use crate::{Error, Meters, snapshot};

/// The recorder at work: everything but what it listens to.
pub(crate) struct Shift {
    pub desk: Desk,
    pub keeper: Keeper,
    pub voice: Voice,
    pub clock: Clock,
    pub meters: Meters,
}

impl Shift {
    /// Group after group, and every moment that falls due, until told to stop.
    ///
    /// # Errors
    /// The first failure of the journal; what it refused before anything was tried is one, too.
    pub async fn work(
        &mut self,
        max_group: usize,
        intake: &mut Subscription,
        stop: &CancellationToken,
    ) -> Result<(), Error> {
        if let Some(why) = self.desk.journal.bearing().read_only {
            return Err(journal::Error::ReadOnly(why).into());
        }
        let mut deliveries = Vec::with_capacity(max_group);
        let mut again = interval(SAY_AGAIN);
        again.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            snapshot::keep(&mut self.desk, &mut self.keeper);
            let due = self.desk.decider.next_due();
            let clock = self.clock.clone();
            let ring = async {
                match due {
                    Some(due) => clock.sleep_until_us(due.as_micros()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                count = intake.next_many(max_group, &mut deliveries) => {
                    if count == 0 {
                        return Ok(());
                    }
                    self.commit(&mut deliveries).await?;
                }
                () = ring => self.ring(due).await?,
                _ = again.tick() => self.announce().await?,
                () = stop.cancelled() => return Ok(()),
            }
        }
    }

    /// Gives up the desk, whose state is ahead of the journal: nothing can be decided on it any more.
    pub fn end(self, why: ReadOnly, check: Check) -> Standstill {
        let Self { desk, voice, meters, .. } = self;
        Standstill { voice, meters, check, head: desk.journal.head(), why }
    }

    /// Decides and answers one group.
    async fn commit(&mut self, deliveries: &mut Vec<Delivery>) -> Result<(), Error> {
        let now = Instant::from_micros(self.clock.now_us());
        let mut incoming: Vec<Incoming> = Vec::with_capacity(deliveries.len());
        let mut replies: Vec<Option<Reply>> = Vec::with_capacity(deliveries.len());
        for delivery in deliveries.drain(..) {
            match delivery {
                Delivery::Message(message) => {
                    let what = What::Event { json: message.payload, family: message.subject.intake_family() };
                    incoming.push(Incoming { what, received: now, cursor: 0 });
                    replies.push(message.reply);
                }
                // Whoever sent what was lost has no receipt and sends again.
                Delivery::Gap => {
                    tracing::warn!("intake came faster than it could be queued; its senders will repeat it")
                }
            }
        }
        let started = Stopwatch::now();
        let outcome = match self.at_desk(move |desk| desk.commit(incoming)).await {
            Ok(outcome) => outcome,
            Err(error) => {
                if let Error::Journal(journal::Error::ReadOnly(why)) = &error {
                    // Duplicates too: what they repeat may be of this very group.
                    replies.into_iter().flatten().for_each(|reply| reply.send(unavailable(why)));
                }
                return Err(error);
            }
        };
        self.meters.commit.observe(started.elapsed().as_secs_f64());
        for (receipt, reply) in outcome.receipts.iter().zip(replies) {
            let Some(receipt) = receipt else { continue };
            self.meters.count(receipt.status);
            if let Some(reply) = reply {
                reply.send(Bytes::from(serde_json::to_vec(receipt).unwrap_or_default()));
            }
        }
        if outcome.facts > 0 {
            #[expect(clippy::cast_precision_loss, reason = "a group is far below 2^52")]
            self.meters.group.observe(outcome.facts as f64);
            self.announce().await?;
        }
        Ok(())
    }

    /// Records that a moment came at which boards change by themselves.
    async fn ring(&mut self, due: Option<Instant>) -> Result<(), Error> {
        let Some(due) = due else { return Ok(()) };
        let now = Instant::from_micros(self.clock.now_us());
        let own = Own { intake: Intake::Clock { due }, body: StoredBody::ClockReached { due: due.into() } };
        if self.at_desk(move |desk| desk.record_own(own, now)).await? {
            self.announce().await?;
        }
        Ok(())
    }

    async fn announce(&self) -> Result<(), Error> {
        let head = self.desk.journal.head();
        self.meters.sequence.set(gauge(head.sequence));
        Ok(self.voice.say(head, Word::AT_WORK).await?)
    }

    /// Runs work that waits for the disk where waiting is allowed.
    async fn at_desk<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Desk) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        Desk::aside(&mut self.desk, work).await
    }
}
