//! A recorder among others: all of them read one stream, decide alike, and hold equal journals.
//!
//! ```text
//!   stream: intake ──► read in order ──► decide ──► append + fdatasync ──► receipts, each to its source
//!      ▲                                   ▲
//!      └── what the recorders say to       └── missing: copied from another recorder's journal
//!          each other: area, clock, votes
//! ```
//!
//! Nobody leads. What one does next to stand where the others stand is a pure function of what it knows
//! (`level`); which stream they go on from is decided by the order of their votes in it (`votes`). A recorder
//! whose journal holds other facts than most of the others' takes nothing more, lends nothing and says so.

mod answering;
mod apart;
mod catch_up;
mod company;
mod comparing;
mod copying;
mod follow;
mod level;
mod loan;
mod looking;
mod opening;
mod own;
mod peers;
mod saying;
#[cfg(test)]
mod story;
mod taking;
mod votes;

use std::sync::Arc;
use std::time::{Duration, Instant as Stopwatch};

use bus::nats::intake::IntakeEnd;
use bus::{Bus, Subscription};
use proto::live::Cause;
use proto::subject::{Filter, Subject};
use runtime::Clock;
use runtime::health::Check;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use self::answering::Answering;
use self::company::Company;
use self::loan::Loan;
use self::opening::OwnVote;
use self::peers::Peers;
use self::votes::Votes;
use crate::desk::Desk;
use crate::metrics::gauge;
use crate::voice::Voice;
use crate::{Books, Config, Error, Founding, Meters, bearing, snapshot, standstill};

/// How often a stream that has a hole is read again.
const READ_AGAIN: Duration = Duration::from_secs(10);

/// A recorder that reads its intake from a stream beside others.
pub struct Replica {
    config: Config,
    founding: Founding,
    desk: Desk,
    keeper: runtime::snapshots::Keeper,
    bus: Bus,
    stream: IntakeEnd,
    answering: Answering,
    clock: Clock,
    meters: Meters,
    checks: Checks,
    voice: Voice,
    words: Subscription,
    peers: Peers,
    company: Company,
    votes: Votes,
    /// The stream as it was last seen, and the last message of it that has been decided.
    identity: String,
    cursor: u64,
    /// The hole that was last met in the stream's middle.
    hole: Option<Hole>,
    own_vote: OwnVote,
    /// When the next group may begin.
    next_group: Instant,
    lends: bool,
    /// Whether this process has had its area's description put into the stream.
    described: bool,
    /// When it began to listen to the others, until it has heard enough of them or long enough.
    listens_since: Option<Instant>,
    /// Why nothing is taken in, if that is so, and the sentence that was said of it.
    stopped: Option<Cause>,
    said: String,
    /// Whether this machine's clock and the stream's were too far apart when they were last compared.
    clock_is_off: bool,
}

/// What a replica says to whoever asks whether it is ready.
pub struct Checks {
    /// Whether the journal is whole and can be written.
    pub journal: Check,
    /// Whether it takes what comes in.
    pub intake: Check,
    /// Whether so many recorders take it that a source gets its receipt.
    pub receipts: Check,
    /// Whether this machine's clock agrees with the stream's.
    pub clock: Check,
}

/// A hole in the middle of a stream.
struct Hole {
    identity: String,
    /// The message with which the stream goes on.
    beyond: u64,
    met: Instant,
}

impl Hole {
    /// The message with which the stream of these votes goes on, as long as it need not be read again: the hole may
    /// have been that of one server.
    fn beyond(&self, votes: &Votes) -> Option<u64> {
        (self.identity == votes.identity() && self.met.elapsed() < READ_AGAIN).then_some(self.beyond)
    }
}

/// Why a replica does not go on where it was.
enum Ended {
    /// It was told to.
    Stopped,
    /// The stream may be another one, or the connection broke: look where it stands.
    LookAgain,
    /// The journal can only be read.
    ReadOnly(journal::ReadOnly),
    /// It holds other facts than the others.
    Disagrees(String),
}

impl Replica {
    /// Folds the journal from its newest snapshot on and listens to the other recorders.
    ///
    /// # Errors
    /// The journal is damaged, or of another area or world; the bus refuses.
    pub async fn open(
        config: Config,
        founding: Founding,
        books: Books,
        (bus, stream): (Bus, IntakeEnd),
        clock: Clock,
        meters: Meters,
        checks: Checks,
    ) -> Result<Self, Error> {
        let area = founding.area.id.clone();
        let begun = Stopwatch::now();
        let Books { journal, mut keeper } = books;
        let shelf = keeper.shelf().cloned();
        let (desk, from_snapshot) =
            tokio::task::spawn_blocking(move || Desk::open(journal, shelf.as_ref())).await??;
        if desk.decider.sequence() > 0 {
            founding.fits(&desk)?;
        }
        keeper.began(from_snapshot, desk.decider.sequence() - from_snapshot, begun.elapsed());
        meters.sequence.set(gauge(desk.decider.sequence()));
        let words = bus.subscribe(&Filter::exactly(&Subject::recorded(&area))).await?;
        let epoch = desk.decider.epoch().map_or_else(String::new, ToString::to_string);
        tracing::info!(
            area,
            epoch,
            recorder = config.name,
            facts = desk.decider.sequence(),
            "the journal is open"
        );
        match desk.journal.bearing().read_only {
            None => checks.journal.ok("open, every block since the last stop as it was written"),
            Some(why) => standstill::declare(&checks.journal, &meters, &why),
        }
        let process = crate::founding::sixteen_digits()?;
        checks.intake.starting("looking where the others stand");
        checks.receipts.starting("looking where the others stand");
        checks.clock.ok("not compared with the stream's yet");
        Ok(Self {
            voice: Voice::new(bus.clone(), &area, &config.name, epoch).of_process(&process),
            peers: Peers::new(&config.name, &config.all).of_process(&process),
            company: Company::new(stream.receipts()),
            answering: Answering::begin(stream.clone(), config.name.clone()),
            cursor: desk.journal.cursor(),
            votes: Votes::default(),
            identity: String::new(),
            hole: None,
            own_vote: OwnVote::None,
            next_group: Instant::now(),
            lends: true,
            described: false,
            listens_since: Some(Instant::now()),
            stopped: Some(Cause::IntakeStopped),
            said: String::new(),
            clock_is_off: false,
            config,
            founding,
            desk,
            keeper,
            bus,
            stream,
            clock,
            meters,
            checks,
            words,
        })
    }

    /// Stands where the others stand, takes what comes in, and answers, until told to stop; then puts the state away,
    /// for which it takes its time until `late`.
    ///
    /// # Errors
    /// Any of them means that the process must exit: what is acknowledged is on the disk.
    pub async fn run(mut self, stop: CancellationToken, late: CancellationToken) -> Result<(), Error> {
        let beside = stop.child_token();
        let _ended = beside.clone().drop_guard();
        let watcher =
            tokio::spawn(bearing::watch(Arc::clone(&self.desk.journal), self.meters.clone(), beside.clone()));
        let area = self.founding.area.id.clone();
        let loan =
            Loan::begin(&self.bus, &area, &self.config.name, Arc::clone(&self.desk.journal), &beside).await?;
        if let Some(why) = self.desk.journal.bearing().read_only {
            self.hold_read_only(why, &loan, &stop).await?;
        } else {
            loop {
                match self.look_and_go_on(&loan, &stop).await? {
                    Ended::Stopped => break,
                    Ended::LookAgain => {}
                    Ended::ReadOnly(why) => {
                        self.hold_read_only(why, &loan, &stop).await?;
                        beside.cancel();
                        watcher.await?;
                        // The state may have run ahead of the journal, so it is not put away.
                        return Ok(());
                    }
                    Ended::Disagrees(why) => {
                        self.hold_apart(&why, &loan, &stop).await?;
                        break;
                    }
                }
            }
        }
        beside.cancel();
        watcher.await?;
        self.answering.finish().await;
        let (state, head) = (self.desk.decider.state(), self.desk.journal.head());
        if self.desk.decider.sequence() == head.sequence && head.sequence > 0 {
            self.keeper.put_last(head.sequence, false, snapshot::write(state, head), &late).await;
        }
        Ok(())
    }

    /// Runs work that waits for the disk where waiting is allowed.
    async fn at_desk<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Desk) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        Desk::aside(&mut self.desk, work).await
    }
}
