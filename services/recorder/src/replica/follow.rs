//! At work: what comes in is decided in the stream's order, group after group.

use std::time::Duration;

use bus::nats;
use bus::nats::intake::StreamState;
use situation::time::Instant as Moment;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};
use tokio_util::sync::CancellationToken;

use super::comparing::Compared;
use super::loan::Loan;
use super::{Ended, Hole, Replica};
use crate::metrics::gauge;
use crate::standstill::SAY_AGAIN;
use crate::{Error, snapshot};

/// How often it is looked whether the stream is still the same and has a leader. It is a question that the leader answers
/// from memory.
const LOOK: Duration = Duration::from_secs(2);

/// How often journals are compared, and what all have decided is trimmed.
const COMPARE: Duration = Duration::from_secs(5);

/// So often in a row the stream can't be looked at before nothing is said to be taken in.
const UNSEEN: u32 = 2;

/// What was asked for beside the work.
pub(super) enum Aside {
    /// How the stream stands, and the last message that was decided when that was asked.
    State(u64, Result<Option<StreamState>, nats::Error>),
    /// Something was put into the stream that is said again anyway when it matters.
    Put(Result<u64, nats::Error>),
    /// The area's description was.
    Described(Result<u64, nats::Error>),
    Trimmed(Result<(), nats::Error>),
    Compared(Compared),
}

/// How far the work has come since it began here.
pub(super) struct Work {
    pub asides: JoinSet<Aside>,
    /// The stream's last message when the work began: until it is decided, what is read is old.
    pub until: u64,
    /// Whether this recorder has said what it says once that is reached.
    pub greeted: bool,
    /// Whether the area's description is on its way.
    pub describing: bool,
    /// The next moment to be put into the stream, and when.
    pub ring: Option<(Moment, Instant)>,
    /// How often in a row the stream could not be looked at.
    unseen: u32,
    /// Whether it is being looked at.
    looks: bool,
    /// Whether it is time to trim it.
    trims: bool,
    trimmed: u64,
}

impl Replica {
    /// Takes what comes in from a message on, until something makes it necessary to look anew.
    pub(super) async fn follow(
        &mut self,
        from: u64,
        loan: &Loan,
        stop: &CancellationToken,
    ) -> Result<Ended, Error> {
        self.identity = self.desk.decider.stream().map_or_else(String::new, |it| it.identity.to_string());
        self.cursor = from - 1;
        let (read, state) = tokio::join!(self.stream.read(from), self.stream.state());
        let (mut reader, state) = match (read, state) {
            (Ok(reader), Ok(Some(state))) if state.identity == self.identity => (reader, state),
            (Err(error), _) | (_, Err(error)) => {
                self.stands_still(&format!("the intake stream can't be read: {error}"));
                return self.pause(stop).await;
            }
            (Ok(_), Ok(_)) => return self.pause(stop).await,
        };
        self.goes_on(from, loan);
        let mut work = Work {
            asides: JoinSet::new(),
            until: state.last,
            greeted: false,
            describing: false,
            ring: None,
            unseen: 0,
            looks: false,
            trims: false,
            trimmed: state.first,
        };
        let mut entries = Vec::with_capacity(self.config.max_group);
        let (mut say, mut look, mut compare) = (steady(SAY_AGAIN), steady(LOOK), steady(COMPARE));
        loop {
            snapshot::keep(&mut self.desk, &mut self.keeper);
            self.greet(&mut work);
            let ring = self.ring_at(&mut work);
            let (next_group, most) = (self.next_group, self.config.max_group);
            let group = async {
                sleep_until(next_group).await;
                reader.next_many(most, &mut entries).await
            };
            tokio::select! {
                read = group => {
                    if let Err(error) = read {
                        self.remember_hole(&error);
                        tracing::warn!(%error, "the intake stream has to be looked at anew");
                        return self.pause(stop).await;
                    }
                    if let Some(ended) = self.take(&mut entries, work.until).await? {
                        return Ok(ended);
                    }
                }
                due = ring => self.ring(due, &mut work),
                _ = say.tick() => {
                    self.count_company();
                    self.announce(true).await?;
                }
                _ = look.tick() => self.look(&mut work),
                _ = compare.tick() => self.compare_now_and_then(&mut work),
                Some(aside) = work.asides.join_next() => {
                    if let Some(ended) = self.heard_aside(aside?, &mut work) {
                        return Ok(ended);
                    }
                }
                Some(delivery) = self.words.next() => {
                    self.hear(&delivery);
                    if self.peers.intruder(Instant::now()).is_some() {
                        return Ok(Ended::LookAgain);
                    }
                }
                () = stop.cancelled() => return Ok(Ended::Stopped),
            }
        }
    }

    fn remember_hole(&mut self, error: &nats::Error) {
        if let nats::Error::Gap { got, .. } = error {
            self.hole = Some(Hole { identity: self.identity.clone(), beyond: *got, met: Instant::now() });
        }
    }

    fn goes_on(&mut self, from: u64, loan: &Loan) {
        (self.stopped, self.lends) = (None, true);
        self.said.clear();
        loan.lend(true);
        self.meters.follows.set(1);
        self.hear_all();
        self.count_company();
        self.checks.intake.ok(format!("takes what comes in, since message {from}"));
        tracing::info!(from, stream = self.identity, "taking what comes in");
    }

    fn look(&self, work: &mut Work) {
        if !std::mem::replace(&mut work.looks, true) {
            let (stream, cursor) = (self.stream.clone(), self.cursor);
            work.asides.spawn(async move { Aside::State(cursor, stream.state().await) });
        }
    }

    fn compare_now_and_then(&self, work: &mut Work) {
        if self.clock_is_off {
            // Whoever sets it waits for the word, and there may be no events to compare by.
            self.ask_the_time(work);
        }
        self.compare(work);
        work.trims = true;
        // What did not reach the stream is tried again.
        work.describing &= self.described;
    }

    /// Says if what was asked for beside the work makes it necessary to look anew.
    fn heard_aside(&mut self, aside: Aside, work: &mut Work) -> Option<Ended> {
        match aside {
            Aside::State(cursor, Ok(Some(state))) => {
                (work.looks, work.unseen) = (false, 0);
                if state.identity != self.identity || state.last < cursor {
                    tracing::error!(
                        was = self.identity,
                        is = state.identity,
                        "the stream is new or lost its end"
                    );
                    return Some(Ended::LookAgain);
                }
                self.meters.waiting.set(gauge(state.last.saturating_sub(self.cursor)));
                // Only now is it certain that it is the stream which the cursors are of.
                if std::mem::take(&mut work.trims) {
                    self.trim(work);
                }
            }
            Aside::State(_, Ok(None)) => return Some(Ended::LookAgain),
            Aside::State(_, Err(error)) => {
                (work.looks, work.unseen) = (false, work.unseen + 1);
                if work.unseen >= UNSEEN {
                    self.stands_still(&format!("the intake stream can't be looked at: {error}"));
                    return Some(Ended::LookAgain);
                }
                // A leader is often chosen within a moment, which nobody needs to be told.
            }
            Aside::Described(Ok(_)) => self.described = true,
            Aside::Described(Err(error)) | Aside::Put(Err(error)) => {
                tracing::warn!(%error, "what this recorder says did not reach the stream: it is said again");
            }
            Aside::Trimmed(Err(error)) => {
                tracing::warn!(%error, "the stream could not be trimmed: it is tried again");
            }
            Aside::Compared(compared) => return self.judge(compared),
            Aside::Put(Ok(_)) | Aside::Trimmed(Ok(())) => {}
        }
        None
    }

    /// What every recorder that follows the stream has facts of on its disk is not needed any more.
    fn trim(&self, work: &mut Work) {
        let kept = self.desk.journal.cursor();
        let Some(kept) = self.peers.to_trim(&self.identity, kept, Instant::now()) else { return };
        if kept > work.trimmed {
            work.trimmed = kept;
            let stream = self.stream.clone();
            // The last of these stays, so that the stream always shows where it stands.
            work.asides.spawn(async move { Aside::Trimmed(stream.trim(kept).await) });
        }
    }
}

fn steady(every: Duration) -> tokio::time::Interval {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
