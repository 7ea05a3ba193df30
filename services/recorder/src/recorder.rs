//! The recorder's life: open, begin, work until told to stop, put away.

use std::sync::Arc;
use std::time::Instant as Stopwatch;

use bus::{Bus, Subscription};
use journal::Journal;
use proto::subject::{Filter, Subject};
use runtime::Clock;
use runtime::health::Check;
use runtime::snapshots::Keeper;
use situation::decide::MAX_AHEAD;
use situation::time::Instant;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::desk::Desk;
use crate::founding::found;
use crate::metrics::gauge;
use crate::shift::Shift;
use crate::voice::Voice;
use crate::{Config, Error, Founding, Meters, bearing, library, snapshot, standstill};

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
    /// At the address that all recorders share, and at this one's own.
    questions: [Subscription; 2],
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
        let questions = [
            bus.subscribe(&Filter::exactly(&Subject::journal_read(&area))).await?,
            bus.subscribe(&Filter::exactly(&Subject::journal_of(&area, &config.name))).await?,
        ];
        match desk.journal.bearing().read_only {
            None => check.ok("open, every block since the last stop as it was written"),
            Some(why) => standstill::declare(&check, &meters, &why),
        }
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
        // They end with the work, however that ends.
        let beside = stop.child_token();
        let _ended = beside.clone().drop_guard();
        let readers = questions.map(|questions| {
            tokio::spawn(library::lend(questions, Arc::clone(&desk.journal), beside.clone()))
        });
        let watcher = tokio::spawn(bearing::watch(Arc::clone(&desk.journal), meters.clone(), beside.clone()));
        let voice = Voice::new(bus, &area, &config.name, epoch);
        let mut shift = Shift { desk, keeper, voice, clock, meters };
        match shift.work(config.max_group, &mut intake, &stop).await {
            Err(Error::Journal(journal::Error::ReadOnly(why))) => {
                shift.end(why, check).hold(intake, stop).await?;
                beside.cancel();
                // The state may have run ahead of the journal, so it is not put away.
                watcher.await?;
                return all(readers).await;
            }
            ended => ended?,
        }
        beside.cancel();
        watcher.await?;
        all(readers).await?;
        let (state, head) = (shift.desk.decider.state(), shift.desk.journal.head());
        shift.keeper.put_last(head.sequence, false, snapshot::write(state, head), &late).await;
        Ok(())
    }
}

/// Waits for tasks that end with the work.
async fn all(tasks: [JoinHandle<()>; 2]) -> Result<(), Error> {
    for task in tasks {
        task.await?;
    }
    Ok(())
}
