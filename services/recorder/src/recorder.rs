//! The recorder's life: open, begin, then group after group until told to stop.

use std::sync::Arc;
use std::time::Instant as Stopwatch;

use bus::{Bus, Delivery, Reply, Subscription};
use bytes::Bytes;
use journal::Journal;
use proto::fact::StoredBody;
use proto::live::Recorded;
use proto::subject::{Filter, Subject};
use runtime::Clock;
use runtime::health::Check;
use runtime::snapshots::{Keeper, Shelf};
use situation::area::Area;
use situation::decide::{Intake, MAX_AHEAD};
use situation::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::desk::{Desk, Own};
use crate::standstill::{Standstill, unavailable};
use crate::{Config, Error, Meters, library, snapshot};

/// What a log is founded on.
#[derive(Debug, Clone)]
pub struct Founding {
    /// The area.
    pub area: Arc<Area>,
    /// Its canonical document, which goes into the log.
    pub document: Arc<str>,
    /// Whether the simulator feeds it.
    pub simulated: bool,
}

/// What a recorder writes in.
pub struct Books {
    /// The journal, which it alone writes.
    pub journal: Arc<dyn Journal>,
    /// Where it puts its state away.
    pub keeper: Keeper,
}

/// The only writer of one area's journal.
pub struct Recorder {
    config: Config,
    desk: Desk,
    keeper: Keeper,
    bus: Bus,
    clock: Clock,
    meters: Meters,
    check: Check,
    area: String,
    epoch: String,
    intake: Subscription,
    questions: Subscription,
}

impl Recorder {
    /// Folds the journal from its newest snapshot on, begins a log where there is none, records the area where it changed, and
    /// listens: what is handed in from now on is decided once [`Recorder::run`] runs.
    ///
    /// # Errors
    /// The journal is damaged, or of another area or world.
    pub async fn open(
        config: Config,
        founding: Founding,
        books: Books,
        bus: Bus,
        clock: Clock,
        meters: Meters,
        check: Check,
    ) -> Result<Self, Error> {
        let now = Instant::from_micros(clock.now_us());
        let area = founding.area.id.clone();
        let begun = Stopwatch::now();
        let Books { journal, mut keeper } = books;
        let shelf = keeper.shelf().cloned();
        let (desk, from_snapshot) =
            tokio::task::spawn_blocking(move || found(journal, founding, shelf.as_ref(), now)).await??;
        keeper.began(from_snapshot, desk.decider.sequence() - from_snapshot, begun.elapsed());
        let epoch = desk.decider.epoch().map_or_else(String::new, ToString::to_string);
        meters.sequence.set(gauge(desk.decider.sequence()));
        if desk.decider.received() > now.plus(MAX_AHEAD) {
            let received = desk.decider.received();
            tracing::error!(
                %received,
                "the newest fact was received after now: this machine's clock is wrong or was; boards stand at \
                 that time until the clock reaches it"
            );
        }
        tracing::info!(area, epoch, facts = desk.decider.sequence(), "the journal is open");
        let intake = bus.subscribe(&Filter::intake(&area)).await?;
        let questions = bus.subscribe(&Filter::exactly(&Subject::journal_read(&area))).await?;
        check.ok("open, every block since the last stop as it was written");
        Ok(Self { config, desk, keeper, bus, clock, meters, check, area, epoch, intake, questions })
    }

    /// The receiving time of the newest fact: a simulated clock goes on from there.
    #[must_use]
    pub const fn received(&self) -> Instant {
        self.desk.decider.received()
    }

    /// Decides, records and answers until told to stop; then finishes the group at hand and puts the state
    /// away, for which it takes its time until `late`.
    ///
    /// # Errors
    /// Any of them means that the process must exit: what is acknowledged is on the disk.
    pub async fn run(self, stop: CancellationToken, late: CancellationToken) -> Result<(), Error> {
        let Self { config, desk, keeper, bus, clock, meters, check, area, epoch, mut intake, questions } =
            self;
        let readers = tokio::spawn(library::lend(questions, Arc::clone(&desk.journal), stop.clone()));
        let mut shift = Shift { desk, keeper, bus, clock, meters, area, epoch };
        match shift.work(config.max_group, &mut intake, &stop).await {
            Err(Error::Journal(journal::Error::ReadOnly(why))) => {
                shift.end(check).hold(&why, intake, stop).await?;
                // The state ran ahead of the journal, so it is not put away.
                return Ok(readers.await?);
            }
            ended => ended?,
        }
        readers.await?;
        let (state, head) = (shift.desk.decider.state(), shift.desk.journal.head());
        shift.keeper.put_last(head.sequence, false, snapshot::write(state, head), &late).await;
        Ok(())
    }
}

/// The recorder at work: everything but what it listens to.
struct Shift {
    desk: Desk,
    keeper: Keeper,
    bus: Bus,
    clock: Clock,
    meters: Meters,
    area: String,
    epoch: String,
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
    async fn work(
        &mut self,
        max_group: usize,
        intake: &mut Subscription,
        stop: &CancellationToken,
    ) -> Result<(), Error> {
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
    fn end(self, check: Check) -> Standstill {
        let Self { desk, bus, meters, area, epoch, .. } = self;
        let recorded = Recorded { epoch, sequence: desk.journal.head().sequence, read_only: true };
        Standstill { bus, meters, check, area, recorded }
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
            Err(full @ Error::Journal(journal::Error::ReadOnly(_))) => {
                // Duplicates too: what they repeat may be of this very group.
                replies.into_iter().flatten().for_each(|reply| reply.send(unavailable()));
                return Err(full);
            }
            Err(error) => return Err(error),
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
        let recorded = Recorded { epoch: self.epoch.clone(), sequence, read_only: false };
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

fn gauge(sequence: u64) -> i64 {
    i64::try_from(sequence).unwrap_or(i64::MAX)
}

/// Opens the desk and makes sure that the log has begun and knows its area.
fn found(
    journal: Arc<dyn Journal>,
    founding: Founding,
    shelf: Option<&Shelf>,
    now: Instant,
) -> Result<(Desk, u64), Error> {
    let (mut desk, from_snapshot) = Desk::open(journal, shelf)?;
    if desk.decider.sequence() == 0 {
        let epoch = new_epoch()?;
        let intake = Intake::Begin { epoch: epoch.as_str().into(), simulated: founding.simulated };
        let body = StoredBody::LogBegun { epoch, simulated: founding.simulated };
        begin(&mut desk, Own { intake, body }, now)?;
    }
    if desk.decider.simulated() != founding.simulated {
        return Err(Error::OtherWorld { simulated: desk.decider.simulated() });
    }
    if let Some(area) = desk.decider.area().filter(|area| area.id != founding.area.id) {
        return Err(Error::OtherArea { recorded: area.id.clone(), configured: founding.area.id.clone() });
    }
    let document = founding.document.to_string();
    let intake = Intake::Area { document: founding.document, area: founding.area };
    begin(&mut desk, Own { intake, body: StoredBody::AreaConfigured { document } }, now)?;
    Ok((desk, from_snapshot))
}

/// Records what must be there before anything else. Nothing is written where it is there already, so that
/// on a full disk a house whose area has not changed still comes up.
fn begin(desk: &mut Desk, own: Own, now: Instant) -> Result<(), Error> {
    match desk.record_own(own, now) {
        Err(Error::Journal(journal::Error::ReadOnly(why))) => Err(Error::NoRoomToBegin(why)),
        recorded => recorded.map(drop),
    }
}

/// 16 hex digits that no other log has.
///
/// # Errors
/// [`Error::Randomness`].
pub fn new_epoch() -> Result<String, Error> {
    let mut bytes = [0; 8];
    #[expect(clippy::disallowed_methods, reason = "an epoch begins here, the one place for randomness")]
    getrandom::fill(&mut bytes).map_err(|error| Error::Randomness(error.to_string()))?;
    Ok(format!("{:016x}", u64::from_be_bytes(bytes)))
}
