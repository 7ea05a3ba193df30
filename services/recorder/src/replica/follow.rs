//! At work: what comes in is decided in the stream's order, group after group.

use std::time::Duration;

use bus::nats;
use bus::nats::intake::{Entry, StreamState};
use bytes::Bytes;
use proto::fact::StoredBody;
use proto::intake::{Own as Said, Vote};
use proto::receipt::Receipt;
use proto::subject::Subject;
use situation::decide::Intake;
use situation::time::Instant as Moment;
use std::sync::Arc;
use std::time::Instant as Stopwatch;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};
use tokio_util::sync::CancellationToken;

use super::loan::Loan;
use super::{Ended, Replica};
use crate::desk::{Incoming, Outcome, Own, What};
use crate::metrics::gauge;
use crate::standstill::SAY_AGAIN;
use crate::{Error, snapshot};

/// How often it is looked whether the stream is still the same, and what all have decided is trimmed.
const LOOK: Duration = Duration::from_secs(5);

/// A moment that is due is put into the stream once more if it did not come out of it within this time. Recorders
/// wait a share of it the longer, the later they come among all, so that mostly one of them says it.
const RING_AGAIN: Duration = Duration::from_secs(1);

/// So much may a clock differ from the stream's: above it moments come late, or are said too early and let go.
const SKEW: Duration = Duration::from_secs(30);

/// What was asked of the stream beside the work.
enum Aside {
    /// Beside it the last message that had been decided when it was asked for: meanwhile more may have come.
    State(u64, Result<Option<StreamState>, nats::Error>),
    Put(Result<u64, nats::Error>),
    Trimmed(Result<(), nats::Error>),
}

/// How far the work has come since it began here.
struct Work {
    asides: JoinSet<Aside>,
    /// The stream's last message when the work began: until it is decided, what is read is old.
    until: u64,
    /// What this recorder has to say once that is reached.
    greeted: bool,
    /// The moment that was last put into the stream, and when.
    rung: Option<(Moment, Instant)>,
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
            rung: None,
            trimmed: state.first,
        };
        let mut entries = Vec::with_capacity(self.config.max_group);
        let (mut say, mut look) = (steady(SAY_AGAIN), steady(LOOK));
        loop {
            snapshot::keep(&mut self.desk, &mut self.keeper);
            self.greet(&mut work);
            let ring = self.ring_at(&work);
            tokio::select! {
                read = reader.next_many(self.config.max_group, &mut entries) => {
                    if let Err(error) = read {
                        tracing::warn!(%error, "the intake stream has to be looked at anew");
                        return Ok(Ended::LookAgain);
                    }
                    if let Some(ended) = self.take(&mut entries, &work).await? {
                        return Ok(ended);
                    }
                }
                due = ring => self.ring(due, &mut work),
                _ = say.tick() => {
                    self.announce(true).await?;
                    if let Some(why) = self.disagreement().await? {
                        return Ok(Ended::Disagrees(why));
                    }
                }
                _ = look.tick() => {
                    if self.clock_is_off {
                        // Whoever sets it waits for the word, and there may be no events to compare by.
                        self.ask_the_time(&mut work);
                    }
                    let (stream, cursor) = (self.stream.clone(), self.cursor);
                    work.asides.spawn(async move { Aside::State(cursor, stream.state().await) });
                }
                Some(aside) = work.asides.join_next() => {
                    if !self.heard_aside(aside?, &mut work) {
                        return Ok(Ended::LookAgain);
                    }
                }
                Some(delivery) = self.words.next() => drop(self.hear(&delivery)),
                () = stop.cancelled() => return Ok(Ended::Stopped),
            }
        }
    }

    fn goes_on(&mut self, from: u64, loan: &Loan) {
        (self.stopped, self.lends) = (None, true);
        self.said.clear();
        loan.lend(true);
        self.meters.follows.set(1);
        self.checks.intake.ok(format!("takes what comes in, since message {from}"));
        tracing::info!(from, stream = self.identity, "taking what comes in");
    }

    /// Decides and records what was read, and answers. Says if that made it necessary to look anew.
    async fn take(&mut self, entries: &mut Vec<Entry>, work: &Work) -> Result<Option<Ended>, Error> {
        let Some(last) = entries.last() else { return Ok(None) };
        let (last, received_us) = (last.sequence, last.received_us);
        let own = Subject::intake_own(&self.founding.area.id);
        let opening = Subject::intake_opening(&self.founding.area.id);
        let (mut incoming, mut wants, mut votes) = (Vec::new(), Vec::new(), false);
        for entry in entries.drain(..) {
            let Entry { sequence, received_us, subject, payload, receipt_to } = entry;
            let received = Moment::from_micros(received_us);
            let what = if subject == own {
                self.understand(&payload)
            } else if subject == opening {
                votes |= self.counts(&payload, sequence, received);
                What::Unknown
            } else {
                What::Event { json: payload, family: subject.intake_family() }
            };
            incoming.push(Incoming { what, received, cursor: sequence });
            wants.push(receipt_to);
        }
        let started = Stopwatch::now();
        let outcome = match self.at_desk(move |desk| desk.commit(incoming)).await {
            Ok(outcome) => outcome,
            Err(Error::Journal(journal::Error::ReadOnly(why))) => return Ok(Some(Ended::ReadOnly(why))),
            Err(error) => return Err(error),
        };
        self.meters.commit.observe(started.elapsed().as_secs_f64());
        self.cursor = last;
        self.meters.cursor.set(gauge(last));
        self.answer(outcome, wants).await?;
        if last >= work.until {
            self.compare_clocks(received_us);
        }
        Ok(votes.then_some(Ended::LookAgain))
    }

    /// What recorders say to each other; what a newer program says is passed over.
    fn understand(&self, payload: &[u8]) -> What {
        match serde_json::from_slice(payload) {
            Ok(Said::Clock { due }) => What::Own(Box::new(Own {
                intake: Intake::Clock { due: due.into() },
                body: StoredBody::ClockReached { due },
            })),
            Ok(Said::Area { document }) => match proto::area::from_document(&document) {
                Ok(area) if area.id == self.founding.area.id => What::Own(Box::new(Own {
                    intake: Intake::Area { document: document.as_str().into(), area: Arc::new(area) },
                    body: StoredBody::AreaConfigured { document },
                })),
                Ok(_) | Err(_) => What::Unknown,
            },
            Err(_) => What::Unknown,
        }
    }

    /// Counts a vote. True if it is about a stream as this journal does not know it yet.
    fn counts(&mut self, payload: &[u8], at: u64, received: Moment) -> bool {
        let Ok(vote) = serde_json::from_slice::<Vote>(payload) else { return false };
        let since = self.desk.decider.stream().map(|stream| stream.since);
        let news = since.is_none_or(|since| vote.sequence >= since);
        if at >= self.votes.next() {
            self.votes.take(vote, at, received, self.peers.all());
        }
        news
    }

    async fn answer(&mut self, outcome: Outcome, wants: Vec<Option<String>>) -> Result<(), Error> {
        for (receipt, wants) in outcome.receipts.iter().zip(wants) {
            let Some(receipt) = receipt else { continue };
            self.meters.count(receipt.status);
            if let Some(to) = wants {
                self.stream.answer(&to, &self.config.name, bytes_of(receipt)).await;
            }
        }
        if outcome.facts > 0 {
            #[expect(clippy::cast_precision_loss, reason = "a group is far below 2^52")]
            self.meters.group.observe(outcome.facts as f64);
            self.announce(true).await?;
        }
        Ok(())
    }

    /// What was read is of this moment, so the stream's clock can be compared with this machine's.
    fn compare_clocks(&mut self, received_us: i64) {
        let ahead_us = self.clock.now_us().saturating_sub(received_us);
        let apart = Duration::from_micros(ahead_us.unsigned_abs());
        let is_off = apart > SKEW;
        let is_news = std::mem::replace(&mut self.clock_is_off, is_off) != is_off;
        if !is_off {
            if is_news {
                tracing::info!("this machine's clock agrees with that of the NATS server again");
            }
            self.checks.clock.ok(format!("within {} s of the stream's", apart.as_secs() + 1));
            return;
        }
        let (seconds, which) = (apart.as_secs(), if ahead_us > 0 { "ahead of" } else { "behind" });
        let sentence =
            format!("this machine's clock is {seconds} s {which} that of the NATS server: set both by NTP");
        if is_news {
            tracing::error!("{sentence}; events are recorded with the server's time");
        }
        self.checks.clock.failed(sentence);
    }

    /// Once everything old is decided: the area's description, where it is another one, and a question for the
    /// time, by which the clocks are compared.
    fn greet(&self, work: &mut Work) {
        if work.greeted || self.cursor < work.until {
            return;
        }
        work.greeted = true;
        let document = self.founding.document.to_string();
        let described = self.desk.decider.document().is_some_and(|known| **known == *document);
        if !described {
            self.put(Said::Area { document }, work);
        }
        self.ask_the_time(work);
    }

    /// Puts a moment that is past already into the stream, which comes back with the stream's time.
    fn ask_the_time(&self, work: &mut Work) {
        self.put(Said::Clock { due: self.desk.decider.received().into() }, work);
    }

    /// When the next moment has to be put into the stream, and which.
    fn ring_at(&mut self, work: &Work) -> impl Future<Output = Moment> + use<> {
        let due = self.desk.decider.next_due();
        let clock = self.clock.clone();
        let share = RING_AGAIN / u32::try_from(self.peers.all().len()).unwrap_or(u32::MAX).max(1);
        let later = share.saturating_mul(self.peers.rank());
        let again = match (due, work.rung) {
            (Some(due), Some((rung, at))) if due == rung => Some(at + RING_AGAIN),
            _ => None,
        };
        let ready = work.greeted;
        async move {
            let Some(due) = due.filter(|_| ready) else { return std::future::pending().await };
            clock.sleep_until_us(due.as_micros()).await;
            match again {
                Some(at) => tokio::time::sleep_until(at).await,
                None => sleep(later).await,
            }
            due
        }
    }

    fn ring(&self, due: Moment, work: &mut Work) {
        work.rung = Some((due, Instant::now()));
        self.put(Said::Clock { due: due.into() }, work);
    }

    fn put(&self, said: Said, work: &mut Work) {
        let (stream, subject) = (self.stream.clone(), Subject::intake_own(&self.founding.area.id));
        let payload = Bytes::from(serde_json::to_vec(&said).unwrap_or_default());
        work.asides.spawn(async move { Aside::Put(stream.put(&subject, payload).await) });
    }

    /// False if the stream has to be looked at anew.
    fn heard_aside(&mut self, aside: Aside, work: &mut Work) -> bool {
        match aside {
            Aside::State(cursor, Ok(Some(state))) => {
                if state.identity != self.identity || state.last < cursor {
                    tracing::error!(
                        was = self.identity,
                        is = state.identity,
                        "the stream is new or lost its end"
                    );
                    return false;
                }
                self.meters.waiting.set(gauge(state.last.saturating_sub(self.cursor)));
                self.trim(work);
                true
            }
            Aside::State(_, Ok(None)) => false,
            Aside::State(_, Err(error)) => {
                tracing::warn!(%error, "the intake stream can't be looked at");
                false
            }
            Aside::Put(Err(error)) => {
                tracing::warn!(%error, "what this recorder says did not reach the stream: it is said again when it matters");
                true
            }
            Aside::Trimmed(Err(error)) => {
                tracing::warn!(%error, "the stream could not be trimmed: it is tried again");
                true
            }
            Aside::Put(Ok(_)) | Aside::Trimmed(Ok(())) => true,
        }
    }

    /// What every recorder that is heard has decided is not needed any more. The first by name trims.
    fn trim(&self, work: &mut Work) {
        let now = Instant::now();
        let first = self.peers.alive(now).all(|peer| peer.recorder.as_str() > self.peers.me());
        let Some(decided) = self.peers.decided(&self.identity, self.cursor, now).filter(|_| first) else {
            return;
        };
        if decided > work.trimmed {
            work.trimmed = decided;
            let stream = self.stream.clone();
            // The last message stays, so that the stream always shows where it stands.
            work.asides.spawn(async move { Aside::Trimmed(stream.trim(decided).await) });
        }
    }

    /// Whether most of the others hold other facts.
    async fn disagreement(&mut self) -> Result<Option<String>, Error> {
        let mine = self.desk.journal.head();
        let theirs: Vec<(String, u64, String)> = self
            .peers
            .alive(Instant::now())
            .filter(|word| (1..=mine.sequence).contains(&word.sequence))
            .map(|word| (word.recorder.clone(), word.sequence, word.head.clone()))
            .collect();
        if theirs.is_empty() {
            return Ok(None);
        }
        let journal = Arc::clone(&self.desk.journal);
        let compared = tokio::task::spawn_blocking(move || {
            let alike = |(_, sequence, head): &(String, u64, String)| {
                Ok::<_, Error>(snapshot::head_at(journal.as_ref(), *sequence)?.is_none_or(|it| it == *head))
            };
            theirs.into_iter().map(|their| Ok((alike(&their)?, their))).collect::<Result<Vec<_>, Error>>()
        });
        let compared = compared.await??;
        let (alike, other): (Vec<_>, Vec<_>) = compared.into_iter().partition(|(alike, _)| *alike);
        if let Some((_, (peer, sequence, _))) = other.first() {
            tracing::error!(peer, sequence, "another recorder holds other facts up to there");
            if other.len() > alike.len() {
                return Ok(Some(format!("recorder {peer} holds others up to fact {sequence}")));
            }
        }
        Ok(None)
    }
}

fn bytes_of(receipt: &Receipt) -> Bytes {
    Bytes::from(serde_json::to_vec(receipt).unwrap_or_default())
}

fn steady(every: Duration) -> tokio::time::Interval {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
