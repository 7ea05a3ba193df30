//! The projector's life: catch up, then fold, push, beat and answer until told to stop.

mod heart;

use std::sync::Arc;
use std::time::{Duration, Instant as Stopwatch};

use bus::{Bus, Delivery, Subscription};
use proto::live::Cause;
use proto::subject::{Filter, Subject};
use runtime::Clock;
use runtime::health::Check;
use runtime::snapshots::Keeper;
use tokio::time::{Interval, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::answers::Answers;
use crate::reader::Reader;
use crate::rooms::{self, SharedRooms, lock};
use crate::snapshot::{self, Copy, Loading};
use crate::{Config, Error, Meters};

/// Without a wake-up for this long the journal is asked anyway: a lost one must not stop the boards.
const ASK_ANYWAY: Duration = Duration::from_secs(1);

/// The pause after the recorder did not answer.
const ASK_AGAIN: Duration = Duration::from_millis(100);

/// Keeps one area's boards.
pub struct Projector {
    config: Config,
    area: String,
    bus: Bus,
    clock: Clock,
    meters: Meters,
    check: Check,
    reader: Reader,
    rooms: SharedRooms,
    answers: Answers,
    keeper: Keeper,
    /// A snapshot that is being read, and since when.
    loading: Option<Loading>,
    begun: Stopwatch,
    /// Past situations that were kept when the state was last put away.
    kept: usize,
    last_push: Option<Stopwatch>,
    /// Whether the journal could be read when it was last asked.
    reachable: bool,
    /// Why the recorder records nothing more, if it says so.
    degraded: Option<Cause>,
}

impl Projector {
    /// A projector of an area, not yet reading the journal. It begins to read its newest snapshot, so that this
    /// goes on while the recorder opens.
    #[must_use]
    pub fn new(
        config: Config,
        area: &str,
        bus: Bus,
        clock: Clock,
        meters: Meters,
        check: Check,
        keeper: Keeper,
    ) -> Self {
        check.starting("folding the journal");
        let (reader, rooms) = (Reader::new(bus.clone(), area), SharedRooms::default());
        Self {
            answers: Answers::new(&config, reader.clone(), Arc::clone(&rooms), meters.clone()),
            reader,
            rooms,
            area: area.to_owned(),
            loading: keeper.shelf().map(|shelf| snapshot::load(shelf, shelf.newest_first())),
            keeper,
            begun: Stopwatch::now(),
            kept: 0,
            last_push: None,
            reachable: true,
            degraded: None,
            config,
            bus,
            clock,
            meters,
            check,
        }
    }

    /// Folds the journal from a snapshot on, then follows it until told to stop. Puts the state away then, for
    /// which it takes its time until `late`.
    ///
    /// # Errors
    /// If the journal cannot be read; the boards then stand still, and the missing heartbeat says so.
    pub async fn run(mut self, stop: CancellationToken, late: CancellationToken) -> Result<(), Error> {
        let recorded = self.bus.subscribe(&Filter::exactly(&Subject::recorded(&self.area))).await?;
        let asked = self.bus.subscribe(&Filter::exactly(&Subject::boards_read(&self.area))).await?;
        let from_snapshot = self.take_out(&stop).await?;
        self.meters.sequence.set(i64::try_from(self.sequence()).unwrap_or(i64::MAX));
        while self.follow().await? || !self.reachable {
            if stop.is_cancelled() {
                return Ok(());
            }
        }
        self.keeper.began(from_snapshot, self.sequence() - from_snapshot, self.begun.elapsed());
        self.kept = lock(&self.rooms).timeline.kept();
        self.serve(recorded, asked, stop).await?;
        let copy = Copy::of(&self.rooms);
        let more_kept = lock(&self.rooms).timeline.kept() > self.kept;
        let (sequence, write) = (copy.sequence(), copy.write(Arc::clone(&self.rooms)));
        self.keeper.put_last(sequence, more_kept, write, &late).await;
        Ok(())
    }

    /// Puts the newest snapshot in place that the journal agrees to. Answers with the facts in it.
    async fn take_out(&mut self, stop: &CancellationToken) -> Result<u64, Error> {
        let Some((shelf, loading)) = self.keeper.shelf().cloned().zip(self.loading.take()) else {
            return Ok(0);
        };
        let mut found = loading.await?;
        while !stop.is_cancelled() {
            match snapshot::settle(&shelf, &self.reader, &self.rooms, found).await {
                Ok(spared) => return Ok(spared),
                Err((error, rest)) if error.is_passing() => {
                    found = rest;
                    tokio::time::sleep(ASK_AGAIN).await;
                }
                Err((error, _)) => return Err(error),
            }
        }
        Ok(0)
    }

    /// Follows the journal, pushes, beats and answers until told to stop.
    async fn serve(
        &mut self,
        mut recorded: Subscription,
        mut asked: Subscription,
        stop: CancellationToken,
    ) -> Result<(), Error> {
        self.push().await?;
        let mut beat = steady(self.config.heartbeat.into());
        let mut anyway = steady(ASK_ANYWAY);
        let mut behind = false;
        loop {
            self.keep();
            let push_due = self.push_due();
            tokio::select! {
                biased;
                () = stop.cancelled() => return Ok(()),
                _ = beat.tick() => self.beat().await?,
                () = wait_for(push_due) => self.push().await?,
                delivery = asked.next() => match delivery {
                    Some(delivery) => self.answers.answer(delivery),
                    None => return Ok(()),
                },
                () = std::future::ready(()), if behind => behind = self.follow().await?,
                word = wake_up(&mut recorded) => {
                    let Some(word) = word else { return Ok(()) };
                    behind = true;
                    self.told(&word).await?;
                }
                _ = anyway.tick() => behind = true,
            }
        }
    }

    /// Puts the state away, if it is time. Only copying it happens here, which shares nearly all of it.
    fn keep(&mut self) {
        if self.keeper.is_due(self.sequence()) {
            let copy = Copy::of(&self.rooms);
            self.kept = lock(&self.rooms).timeline.kept();
            self.keeper.put(copy.sequence(), copy.write(Arc::clone(&self.rooms)));
        }
    }

    fn sequence(&self) -> u64 {
        lock(&self.rooms).gallery.boards().sequence()
    }

    /// Folds the next page, bearing with a recorder that is away for a while.
    async fn follow(&mut self) -> Result<bool, Error> {
        match self.fold_page().await {
            Err(error) if error.is_passing() => {
                if std::mem::replace(&mut self.reachable, false) {
                    tracing::warn!(%error, "the boards stand still until the journal can be read again");
                }
                tokio::time::sleep(ASK_AGAIN).await;
                Ok(false)
            }
            other => {
                if !std::mem::replace(&mut self.reachable, true) {
                    tracing::info!("the journal can be read again");
                }
                other
            }
        }
    }

    /// Folds the next page of the journal, if there is one.
    async fn fold_page(&mut self) -> Result<bool, Error> {
        let page = self.reader.page_after(self.sequence()).await?;
        if page.is_empty() {
            self.answers.fold_ahead();
            return Ok(false);
        }
        let rooms = Arc::clone(&self.rooms);
        let folded = tokio::task::spawn_blocking(move || rooms::fold(&rooms, &page)).await??;
        self.meters.facts.inc_by(folded);
        self.meters.sequence.set(i64::try_from(self.sequence()).unwrap_or(i64::MAX));
        Ok(true)
    }

    /// When what was folded should be pushed: at once after a quiet time, else no more often than configured.
    fn push_due(&self) -> Option<Duration> {
        let gap = Duration::from_secs(1) / self.config.pushes_per_second.max(1);
        lock(&self.rooms)
            .gallery
            .is_changed()
            .then(|| self.last_push.map_or(Duration::ZERO, |last| gap.saturating_sub(last.elapsed())))
    }

    async fn push(&mut self) -> Result<(), Error> {
        let rooms = Arc::clone(&self.rooms);
        let (pushes, received) = tokio::task::spawn_blocking(move || {
            let mut rooms = lock(&rooms);
            (rooms.gallery.changes(), rooms.gallery.boards().clock())
        })
        .await?;
        self.last_push = Some(Stopwatch::now());
        if pushes.is_empty() {
            return Ok(());
        }
        self.meters.pushes.inc_by(pushes.len() as u64);
        for push in pushes {
            self.bus.publish(&Subject::board(&self.area, &push.view), push.payload).await?;
        }
        #[expect(clippy::cast_precision_loss, reason = "a lag is far below 2^52 µs")]
        let lag = (self.clock.now_us() - received.as_micros()).max(0) as f64 / 1e6;
        self.meters.lag.observe(lag);
        Ok(())
    }
}

fn steady(every: Duration) -> Interval {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

async fn wait_for(due: Option<Duration>) {
    match due {
        Some(due) => tokio::time::sleep(due).await,
        None => std::future::pending().await,
    }
}

/// Waits for word of new facts, and takes all the words there are: one reading serves them all. Answers with
/// the last one; `None` at the end.
async fn wake_up(recorded: &mut Subscription) -> Option<Delivery> {
    let mut word = recorded.next().await?;
    while let Some(newer) = recorded.try_next() {
        word = newer;
    }
    Some(word)
}
