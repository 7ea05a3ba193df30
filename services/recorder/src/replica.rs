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
//! ([`level`]); which stream they go on from is decided by the order of their votes in it ([`votes`]). A recorder
//! whose journal holds other facts than most of the others' takes nothing more, lends nothing and says so.

mod catch_up;
mod follow;
mod level;
mod loan;
mod peers;
#[cfg(test)]
mod story;
mod votes;

use std::sync::Arc;
use std::time::{Duration, Instant as Stopwatch};

use bus::nats;
use bus::nats::intake::{IntakeEnd, StreamState};
use bus::{Bus, Delivery, Subscription};
use bytes::Bytes;
use proto::fact::{StoredBody, hex};
use proto::intake::Vote;
use proto::live::{Cause, Recorded, StreamStand};
use proto::subject::{Filter, Subject};
use runtime::Clock;
use runtime::health::Check;
use situation::fact::Body;
use situation::time::Instant as Moment;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use self::catch_up::catch_up;
use self::level::{Mine, Step};
use self::loan::Loan;
use self::peers::Peers;
use self::votes::{Opening, Votes};
use crate::desk::Desk;
use crate::metrics::gauge;
use crate::voice::{Voice, Word};
use crate::{Books, Config, Error, Founding, Meters, bearing, new_epoch, snapshot, standstill};

/// How often it is looked again whether what is waited for has come.
const LOOK_AGAIN: Duration = Duration::from_millis(300);

/// How long a vote may take to reach the stream: who waits for longer would fall silent to the others.
const VOTE: Duration = Duration::from_secs(1);

/// A recorder that reads its intake from a stream beside others.
pub struct Replica {
    config: Config,
    founding: Founding,
    desk: Desk,
    keeper: runtime::snapshots::Keeper,
    bus: Bus,
    stream: IntakeEnd,
    clock: Clock,
    meters: Meters,
    checks: Checks,
    voice: Voice,
    words: Subscription,
    peers: Peers,
    votes: Votes,
    /// The stream as it was last seen, and the last message of it that has been decided.
    identity: String,
    cursor: u64,
    lends: bool,
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
    /// Whether this machine's clock agrees with the stream's.
    pub clock: Check,
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
        checks.intake.starting("looking where the others stand");
        checks.clock.ok("not compared with the stream's yet");
        Ok(Self {
            voice: Voice::new(bus.clone(), &area, &config.name, epoch),
            peers: Peers::new(&config.name, &config.all),
            cursor: desk.journal.cursor(),
            votes: Votes::default(),
            identity: String::new(),
            lends: true,
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
        let (state, head) = (self.desk.decider.state(), self.desk.journal.head());
        if self.desk.decider.sequence() == head.sequence && head.sequence > 0 {
            self.keeper.put_last(head.sequence, false, snapshot::write(state, head), &late).await;
        }
        Ok(())
    }

    /// One look at where everybody stands, and what follows from it.
    async fn look_and_go_on(&mut self, loan: &Loan, stop: &CancellationToken) -> Result<Ended, Error> {
        self.hear_all();
        // Asked for after the words were heard: nobody has read beyond what it says.
        let state = match self.asked_state().await? {
            Ok(state) => state,
            Err(error) => {
                self.stands_still(&format!("the intake stream can't be looked at: {error}"));
                return self.pause(stop).await;
            }
        };
        if let Some(state) = &state
            && let Err(error) = self.count_votes(state).await
        {
            self.stands_still(&format!("the recorders' votes can't be read: {error}"));
            return self.pause(stop).await;
        }
        let known = self.desk.decider.stream();
        let mine = Mine { head: self.desk.journal.head(), stream: known, cursor: self.cursor };
        match level::next(&mine, state.as_ref(), &self.votes, &self.peers, Instant::now()) {
            Step::Follow { from } => self.follow(from, loan, stop).await,
            Step::Adopt(opening) => {
                let first = state.map_or(1, |state| state.first);
                self.adopt(opening, first.saturating_sub(1)).await
            }
            Step::CatchUp { peer } => self.copy_from(&peer, loan, stop).await,
            Step::Vote => {
                self.vote().await?;
                self.pause(stop).await
            }
            Step::Wait(wait) => {
                self.stands_still(&wait.to_string());
                self.pause(stop).await
            }
            Step::Disagree(why) => Ok(Ended::Disagrees(why)),
        }
    }

    /// Asks how the stream stands. A stream without a leader takes its time to say so: meanwhile the others hear of this
    /// one as usual, or they would take it for dead.
    async fn asked_state(&self) -> Result<Result<Option<StreamState>, nats::Error>, Error> {
        let asked = self.stream.state();
        tokio::pin!(asked);
        loop {
            tokio::select! {
                state = &mut asked => return Ok(state),
                () = sleep(standstill::SAY_AGAIN) => self.announce(false).await?,
            }
        }
    }

    /// Says why nothing is taken in; aloud when it is news.
    fn stands_still(&mut self, why: &str) {
        self.checks.intake.failed(why);
        if self.said != why {
            tracing::warn!("nothing is taken in: {why}");
            self.said = why.to_owned();
        }
        self.stopped = Some(Cause::IntakeStopped);
        self.meters.follows.set(0);
    }

    /// Says where it stands, and waits a moment, or until told to stop.
    async fn pause(&mut self, stop: &CancellationToken) -> Result<Ended, Error> {
        self.announce(false).await?;
        tokio::select! {
            () = stop.cancelled() => return Ok(Ended::Stopped),
            () = sleep(LOOK_AGAIN) => {}
        }
        Ok(Ended::LookAgain)
    }

    fn hear_all(&mut self) {
        while let Some(delivery) = self.words.try_next() {
            self.hear(&delivery);
        }
    }

    fn hear(&mut self, delivery: &Delivery) -> bool {
        let Delivery::Message(message) = delivery else { return false };
        let Ok(word) = serde_json::from_slice::<Recorded>(&message.payload) else { return false };
        self.peers.hear(word, Instant::now())
    }

    /// Reads the votes in the stream that have not been counted.
    async fn count_votes(&mut self, state: &StreamState) -> Result<(), nats::Error> {
        self.votes.of(&state.identity);
        let subject = Subject::intake_opening(&self.founding.area.id);
        loop {
            let from = self.votes.next().max(state.first);
            // A server that follows its leader may be a moment behind: what it lacks is read the next time.
            let Some(entry) = self.stream.next_on(&subject, from).await? else { return Ok(()) };
            match serde_json::from_slice::<Vote>(&entry.payload) {
                Ok(vote) => {
                    let received = Moment::from_micros(entry.received_us);
                    self.votes.take(vote, entry.sequence, received, self.peers.all());
                }
                Err(_unreadable) => self.votes.looked_to(entry.sequence),
            }
        }
    }

    /// Says that this recorder would go on from where it stands.
    async fn vote(&mut self) -> Result<(), Error> {
        let head = self.desk.journal.head();
        let Ok(Some(state)) = self.stream.state().await else { return Ok(()) };
        let vote = Vote {
            by: self.config.name.clone(),
            identity: state.identity,
            sequence: head.sequence,
            head: hex(&head.hash),
            epoch: if head.sequence == 0 { Some(new_epoch()?) } else { None },
            simulated: self.founding.simulated,
            of: self.peers.all().iter().cloned().collect(),
        };
        let payload = Bytes::from(serde_json::to_vec(&vote).unwrap_or_default());
        let subject = Subject::intake_opening(&self.founding.area.id);
        match timeout(VOTE, self.stream.put(&subject, payload)).await {
            Ok(Ok(_)) => tracing::info!(sequence = head.sequence, "would go on from the stream as it is"),
            Ok(Err(error)) => tracing::warn!(%error, "the vote did not reach the stream: it is tried again"),
            Err(_) => tracing::warn!("the stream has not taken the vote in time: it is tried again"),
        }
        Ok(())
    }

    /// Goes on from a stream that a majority has opened: recorded, so that it is known after a restart.
    async fn adopt(&mut self, opening: Opening, cursor: u64) -> Result<Ended, Error> {
        let identity = self.votes.identity().to_owned();
        let Opening { sequence, epoch, simulated, received, .. } = opening;
        let mut bodies = Vec::new();
        if sequence == 0 {
            let epoch = epoch.unwrap_or_default();
            if simulated != self.founding.simulated {
                return Err(Error::OtherWorld { simulated });
            }
            self.voice.epoch.clone_from(&epoch);
            let body = Body::LogBegun { epoch: epoch.as_str().into(), simulated };
            bodies.push((body, StoredBody::LogBegun { epoch, simulated }));
        }
        let body = Body::StreamChanged { identity: identity.as_str().into() };
        bodies.push((body, StoredBody::StreamChanged { identity: identity.clone() }));
        let recorded = self.at_desk(move |desk| desk.record_together(bodies, received, cursor)).await;
        match recorded {
            Err(Error::Journal(journal::Error::ReadOnly(why))) => return Ok(Ended::ReadOnly(why)),
            other => other?,
        }
        tracing::info!(stream = identity, sequence, "the intake comes from this stream from here on");
        self.cursor = cursor;
        Ok(Ended::LookAgain)
    }

    /// Copies what is missing from another recorder and folds it.
    async fn copy_from(&mut self, peer: &str, loan: &Loan, stop: &CancellationToken) -> Result<Ended, Error> {
        let from = self.desk.journal.head().sequence;
        self.checks.intake.failed(format!("catching up from recorder {peer}, at fact {from}"));
        (self.stopped, self.lends) = (Some(Cause::IntakeStopped), false);
        self.meters.follows.set(0);
        loan.lend(false);
        let begun = Stopwatch::now();
        let (journal, area) = (Arc::clone(&self.desk.journal), self.founding.area.id.clone());
        let bus = self.bus.clone();
        let copying = catch_up(&bus, &area, peer, &journal);
        tokio::pin!(copying);
        let result = loop {
            tokio::select! {
                result = &mut copying => break result,
                () = sleep(standstill::SAY_AGAIN) => {
                    let at = journal.head().sequence;
                    self.checks.intake.failed(format!("catching up from recorder {peer}, at fact {at}"));
                    self.announce(false).await?;
                }
                () = stop.cancelled() => return Ok(Ended::Stopped),
            }
        };
        let facts = self.desk.journal.head().sequence - from;
        self.meters.copied.inc_by(facts);
        tracing::info!(peer, facts, seconds = begun.elapsed().as_secs_f64(), "copied from another recorder");
        self.at_desk(Desk::fold_up).await?;
        if self.desk.decider.sequence() > 0 {
            self.founding.fits(&self.desk)?;
            self.voice.epoch = self.desk.decider.epoch().map_or_else(String::new, ToString::to_string);
        }
        self.cursor = self.desk.journal.cursor();
        self.meters.sequence.set(gauge(self.desk.decider.sequence()));
        self.lends = true;
        loan.lend(true);
        match result {
            Ok(()) => Ok(Ended::LookAgain),
            Err(catch_up::Error::Peer { peer, why }) => {
                tracing::warn!(peer, why, "copying from another recorder ended early: it is tried again");
                self.pause(stop).await
            }
            Err(differs @ catch_up::Error::Differs { .. }) => Ok(Ended::Disagrees(differs.to_string())),
            Err(catch_up::Error::Journal(journal::Error::ReadOnly(why))) => Ok(Ended::ReadOnly(why)),
            Err(catch_up::Error::Journal(error)) => Err(error.into()),
            Err(catch_up::Error::CutOff(error)) => Err(error.into()),
        }
    }

    /// Says where it stands.
    async fn announce(&self, follows: bool) -> Result<(), Error> {
        let stream = self.desk.decider.stream().map(|stream| StreamStand {
            identity: stream.identity.to_string(),
            cursor: self.cursor,
            follows,
        });
        let head = self.desk.journal.head();
        self.meters.sequence.set(gauge(head.sequence));
        let word = Word { lends: self.lends, stream, degraded: self.stopped };
        Ok(self.voice.say(head, word).await?)
    }

    /// Records nothing more and says why, until told to stop: what is in the journal can be read as before.
    async fn hold_read_only(
        &mut self,
        why: journal::ReadOnly,
        loan: &Loan,
        stop: &CancellationToken,
    ) -> Result<(), Error> {
        let cause = standstill::said_aloud(&why, &self.checks.journal, &self.meters);
        self.checks.intake.failed("nothing is taken in: the journal can only be read");
        self.meters.follows.set(0);
        self.stopped = Some(cause);
        loan.lend(true);
        self.keep_saying(stop).await
    }

    /// Takes nothing, lends nothing and says why, until told to stop.
    async fn hold_apart(&mut self, why: &str, loan: &Loan, stop: &CancellationToken) -> Result<(), Error> {
        tracing::error!(
            "this recorder's journal holds other facts than the others': {why}. Nothing is taken in or shown from it: \
             keep its data directory, and start it on an empty one, which it fills from the others"
        );
        self.checks.journal.failed(format!(
            "holds other facts than the other recorders' ({why}): keep the data directory and start on an empty one"
        ));
        self.checks.intake.failed("nothing is taken in: this recorder disagrees with the others");
        self.meters.disagrees.set(1);
        self.meters.follows.set(0);
        (self.lends, self.stopped) = (false, Some(Cause::IntakeStopped));
        loan.lend(false);
        self.keep_saying(stop).await
    }

    async fn keep_saying(&mut self, stop: &CancellationToken) -> Result<(), Error> {
        loop {
            self.announce(false).await?;
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = sleep(standstill::SAY_AGAIN) => self.hear_all(),
            }
        }
    }

    /// Runs work that waits for the disk where waiting is allowed.
    async fn at_desk<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Desk) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        Desk::aside(&mut self.desk, work).await
    }
}
