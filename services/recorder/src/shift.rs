//! The recorder at work: group after group, and every moment that falls due.

use std::sync::Arc;
use std::time::Instant as Stopwatch;

use bus::{Bus, Delivery, Reply, Subscription};
use bytes::Bytes;
use journal::ReadOnly;
use proto::fact::StoredBody;
use proto::live::Recorded;
use proto::subject::Subject;
use runtime::Clock;
use runtime::health::Check;
use runtime::snapshots::Keeper;
use situation::decide::Intake;
use situation::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::desk::{Desk, Own};
use crate::metrics::gauge;
use crate::standstill::{Standstill, unavailable};
use crate::{Error, Meters, snapshot};

/// The recorder at work: everything but what it listens to.
pub(crate) struct Shift {
    pub desk: Desk,
    pub keeper: Keeper,
    pub bus: Bus,
    pub clock: Clock,
    pub meters: Meters,
    pub area: String,
    pub epoch: String,
}

impl Shift {
    /// Puts the state away, if it is time. Only copying it happens here, which shares most of it; what is
    /// said of a station while the copy is being written copies that station.
    fn keep(&mut self) {
        let head = self.desk.journal.head();
        if self.keeper.is_due(head.sequence) && self.desk.decider.sequence() == head.sequence {
            self.keeper.put(head.sequence, snapshot::write(self.desk.decider.state(), head));
        }
    }

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
        loop {
            self.keep();
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
                () = stop.cancelled() => return Ok(()),
            }
        }
    }

    /// Gives up the desk, whose state is ahead of the journal: nothing can be decided on it any more.
    pub fn end(self, why: ReadOnly, check: Check) -> Standstill {
        let Self { desk, bus, meters, area, epoch, .. } = self;
        let sequence = desk.journal.head().sequence;
        Standstill { bus, meters, check, area, epoch, sequence, why }
    }

    /// Decides and answers one group.
    async fn commit(&mut self, deliveries: &mut Vec<Delivery>) -> Result<(), Error> {
        let mut payloads: Vec<Bytes> = Vec::with_capacity(deliveries.len());
        let mut replies: Vec<Option<Reply>> = Vec::with_capacity(deliveries.len());
        for delivery in deliveries.drain(..) {
            match delivery {
                Delivery::Message(message) => {
                    payloads.push(message.payload);
                    replies.push(message.reply);
                }
                // Whoever sent what was lost has no receipt and sends again.
                Delivery::Gap => {
                    tracing::warn!("intake came faster than it could be queued; its senders will repeat it")
                }
            }
        }
        let started = Stopwatch::now();
        let now = Instant::from_micros(self.clock.now_us());
        let outcome = match self.at_desk(move |desk| desk.commit(&payloads, now)).await {
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
            let status = match receipt.status {
                proto::receipt::Status::Recorded => "recorded",
                proto::receipt::Status::Duplicate => "duplicate",
                proto::receipt::Status::Rejected => "rejected",
            };
            self.meters.intakes.with_label_values(&[status]).inc();
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
        let sequence = self.desk.decider.sequence();
        self.meters.sequence.set(gauge(sequence));
        let recorded = Recorded { epoch: self.epoch.clone(), sequence, degraded: None };
        let payload = Bytes::from(serde_json::to_vec(&recorded).unwrap_or_default());
        Ok(self.bus.publish(&Subject::recorded(&self.area), payload).await?)
    }

    /// Runs work that waits for the disk where waiting is allowed.
    async fn at_desk<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Desk) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let journal = Arc::clone(&self.desk.journal);
        let mut desk = std::mem::replace(&mut self.desk, Desk { decider: Default::default(), journal });
        let (desk, result) = tokio::task::spawn_blocking(move || {
            let result = work(&mut desk);
            (desk, result)
        })
        .await?;
        self.desk = desk;
        result
    }
}
