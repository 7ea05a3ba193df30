//! The projector's life: catch up, then fold, push, beat and answer until told to stop.

mod follow;
mod heart;
mod start;

use std::sync::Arc;
use std::time::{Duration, Instant as Stopwatch};

use bus::{Bus, Subscription};
use proto::live::Cause;
use proto::subject::{Filter, Subject};
use runtime::health::Check;
use runtime::snapshots::Keeper;
use runtime::{Clock, Lag};
use tokio::time::{Interval, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use self::follow::{Reading, arrived};
use self::heart::Doubt;
use crate::answers::Answers;
use crate::reader::Reader;
use crate::rooms::{SharedRooms, lock};
use crate::roster::SharedRoster;
use crate::snapshot::{self, Copy, Loading};
use crate::stood::{Archive, Past};
use crate::timeline::Files;
use crate::{Config, Error, Meters};

/// Without a wake-up for this long the journal is asked anyway: a lost one must not stop the boards. How the
/// boards stand is looked at as often.
const ASK_ANYWAY: Duration = Duration::from_secs(1);

/// The pause after no recorder answered.
const ASK_AGAIN: Duration = Duration::from_millis(100);

/// Past situations that a kill may cost: some seconds' folding.
const MANY_KEPT: u64 = 256;

/// Keeps one area's boards.
pub struct Projector {
    config: Config,
    area: String,
    bus: Bus,
    clock: Clock,
    meters: Meters,
    check: Check,
    /// The recorders that are heard.
    roster: SharedRoster,
    reader: Reader,
    rooms: SharedRooms,
    answers: Answers,
    past: Past,
    /// What is put away of the way here.
    archive: Arc<Archive>,
    files: Files,
    keeper: Keeper,
    /// A snapshot that is being read, and since when.
    loading: Option<Loading>,
    begun: Stopwatch,
    /// So many past situations had been kept when the state was last put away.
    kept: u64,
    last_push: Option<Stopwatch>,
    /// Whether the journal could be read when it was last asked.
    reachable: bool,
    /// How long the boards have been behind what was announced.
    lag: Lag,
    /// Why the boards are not live, as was found when they were last looked at.
    doubt: Option<Doubt>,
    /// The fact up to which boards that were not live must be drawn to be live again.
    catch_up_to: Option<u64>,
    /// Why nothing is recorded, as was last told.
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
        let (roster, rooms) = (SharedRoster::default(), SharedRooms::default());
        let reader = Reader::new(bus.clone(), area, Arc::clone(&roster));
        let archive = Arc::new(Archive::open(keeper.shelf(), meters.clone()));
        let files = Files::beside(keeper.shelf());
        let past = Past::new(reader.clone(), Arc::clone(&rooms), Arc::clone(&archive));
        let answers = Answers::new(
            &config,
            reader.clone(),
            Arc::clone(&rooms),
            (past.clone(), files.clone()),
            (clock.clone(), meters.clone()),
        );
        Self {
            answers,
            past,
            archive,
            roster,
            reader,
            rooms,
            area: area.to_owned(),
            loading: keeper.shelf().map(|shelf| snapshot::load(shelf, &files, shelf.newest_first())),
            files,
            keeper,
            begun: Stopwatch::now(),
            kept: 0,
            last_push: None,
            reachable: true,
            lag: Lag::default(),
            doubt: None,
            catch_up_to: None,
            degraded: None,
            config,
            bus,
            clock,
            meters,
            check,
        }
    }

    /// Folds the journal from a snapshot on, then follows it until told to stop. Waits for a recorder as long as
    /// there is none. Puts the state away at the end, for which it takes its time until `late`.
    ///
    /// # Errors
    /// If facts cannot be understood or the bus is gone; the missing heartbeat then says so.
    pub async fn run(mut self, stop: CancellationToken, late: CancellationToken) -> Result<(), Error> {
        let mut recorded = self.bus.subscribe(&Filter::exactly(&Subject::recorded(&self.area))).await?;
        let from_snapshot = self.take_out(&mut recorded, &stop).await?;
        if stop.is_cancelled() {
            return Ok(());
        }
        self.sweep().await?;
        self.keeper.begins(from_snapshot);
        if self.catch_up(&mut recorded, &stop).await? {
            self.keeper.began(from_snapshot, self.sequence() - from_snapshot, self.begun.elapsed());
            self.fill(&stop);
            self.serve(recorded, stop).await?;
        }
        self.put_last(&late).await;
        Ok(())
    }

    /// Puts the state away at a stop: also one that comes while the journal is still being folded, which may take
    /// half an hour where it is long.
    async fn put_last(self, late: &CancellationToken) {
        let copy = Copy::of(&self.rooms);
        let more_kept = lock(&self.rooms).timeline.made() > self.kept;
        let sequence = copy.sequence();
        let write = copy.write(Arc::clone(&self.rooms), Arc::clone(&self.archive), self.files.clone());
        self.keeper.put_last(sequence, more_kept, write, late).await;
    }

    /// Follows the journal, pushes, beats and answers until told to stop. Only from here on anybody may ask: while
    /// another projector can answer, a question must not wait for this one to be ready.
    async fn serve(&mut self, mut recorded: Subscription, stop: CancellationToken) -> Result<(), Error> {
        self.push().await?;
        let own = Subject::boards_of(&self.area, &self.config.name);
        let mut asked_itself = self.bus.subscribe(&Filter::exactly(&own)).await?;
        let mut asked = self.bus.subscribe(&Filter::exactly(&Subject::boards_read(&self.area))).await?;
        let mut beat = steady(self.config.heartbeat.into());
        let mut anyway = steady(ASK_ANYWAY);
        let mut reading: Option<Reading> = None;
        // When to read on, if there is anything to read.
        let mut due = None;
        loop {
            self.keep();
            if let (None, Some(pause)) = (&reading, due) {
                (reading, due) = (Some(self.read(pause)), None);
            }
            let push_due = self.push_due();
            tokio::select! {
                biased;
                () = stop.cancelled() => return Ok(()),
                _ = beat.tick() => self.beat().await?,
                () = wait_for(push_due) => self.push().await?,
                delivery = asked_itself.next() => match delivery {
                    Some(delivery) => self.answers.answer(delivery),
                    None => return Ok(()),
                },
                delivery = asked.next() => match delivery {
                    Some(delivery) => self.answers.answer(delivery),
                    None => return Ok(()),
                },
                page = arrived(&mut reading) => {
                    reading = None;
                    due = self.take(page).await?.max(due);
                }
                word = recorded.next() => {
                    let Some(word) = word else { return Ok(()) };
                    if self.hear_all(word, &mut recorded) {
                        due = due.or(Some(Duration::ZERO));
                    }
                    self.tell_degraded().await?;
                }
                _ = anyway.tick() => {
                    due = due.or(Some(Duration::ZERO));
                    self.look().await?;
                }
            }
        }
    }

    /// Puts the state away, if it is time. Only copying it happens here, which shares nearly all of it.
    /// That goes on while a start folds, too: one that is killed on the way goes on from there.
    fn keep(&mut self) {
        let made = lock(&self.rooms).timeline.made();
        let sequence = self.sequence();
        if self.keeper.is_due(sequence) || (made >= self.kept + MANY_KEPT && self.keeper.is_free(sequence)) {
            let copy = Copy::of(&self.rooms);
            self.kept = made;
            let write = copy.write(Arc::clone(&self.rooms), Arc::clone(&self.archive), self.files.clone());
            self.keeper.put(sequence, write);
        }
    }

    /// Makes what is missing of the states of the past, beside everything else: none is, but after they were deleted,
    /// or from before there were any.
    fn fill(&self, stop: &CancellationToken) {
        let (past, stop) = (self.past.clone(), stop.clone());
        tokio::spawn(async move {
            if let Some(Err(error)) = stop.run_until_cancelled(past.fill()).await {
                tracing::warn!(%error, "states of the past are missing: questions for what people saw take longer");
            }
        });
    }

    /// Removes past situations that no start would use.
    async fn sweep(&self) -> Result<(), Error> {
        let (files, rooms) = (self.files.clone(), Arc::clone(&self.rooms));
        let kept = lock(&rooms).timeline.kept().clone();
        if let Err(error) = tokio::task::spawn_blocking(move || files.sweep(&kept)).await? {
            tracing::warn!(%error, "past situations that nobody needs could not be removed");
        }
        Ok(())
    }

    fn sequence(&self) -> u64 {
        lock(&self.rooms).trail.sequence()
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
        let (rooms, name) = (Arc::clone(&self.rooms), self.config.name.clone());
        let (pushes, received) = tokio::task::spawn_blocking(move || {
            let mut rooms = lock(&rooms);
            (rooms.gallery.changes(&name), rooms.gallery.boards().clock())
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
