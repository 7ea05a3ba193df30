//! What was read of the stream: decided, recorded, answered.

use std::sync::Arc;
use std::time::{Duration, Instant as Stopwatch};

use bus::nats::intake::Entry;
use proto::fact::StoredBody;
use proto::intake::{Own as Said, Vote};
use proto::subject::Subject;
use situation::decide::Intake;
use situation::time::Instant as Moment;

use super::{Ended, Replica};
use crate::Error;
use crate::desk::{Incoming, Outcome, Own, What};
use crate::metrics::gauge;

/// So much may a clock differ from the stream's: above it moments come late, or are said too early and let go.
const SKEW: Duration = Duration::from_secs(30);

/// A group begins no sooner than so many times after the one before as that one took: the server's disk may be the
/// same one, and what it syncs meanwhile comes into one group. After a quiet moment nothing waits.
const SHARE: u32 = 4;

/// Below so many in a group the sources are few, and each waits for its receipt before it says more: nothing would be won.
const MANY: usize = 64;

/// Nor does anything wait longer than this: a third of what a receipt takes anyway.
const LONGEST_REST: Duration = Duration::from_millis(2);

impl Replica {
    /// Decides and records what was read, and answers. Says if that made it necessary to look anew. Until the message
    /// `until` is decided, what is read is old.
    pub(super) async fn take(
        &mut self,
        entries: &mut Vec<Entry>,
        until: u64,
    ) -> Result<Option<Ended>, Error> {
        let Some(last) = entries.last() else { return Ok(None) };
        let (last, received_us) = (last.sequence, last.received_us);
        let own = Subject::intake_own(&self.founding.area.id);
        let opening = Subject::intake_opening(&self.founding.area.id);
        let (mut incoming, mut wants, mut votes) = (Vec::new(), Vec::new(), false);
        for entry in entries.drain(..) {
            let Entry { sequence, received_us, subject, payload, receipt_to, together } = entry;
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
            wants.push(receipt_to.map(|to| (to, together)));
        }
        let (started, count) = (Stopwatch::now(), incoming.len());
        let outcome = match self.at_desk(move |desk| desk.commit(incoming)).await {
            Ok(outcome) => outcome,
            Err(Error::Journal(journal::Error::ReadOnly(why))) => return Ok(Some(Ended::ReadOnly(why))),
            Err(error) => return Err(error),
        };
        let took = started.elapsed();
        self.meters.commit.observe(took.as_secs_f64());
        let rest = if count < MANY { Duration::ZERO } else { took.saturating_mul(SHARE).min(LONGEST_REST) };
        self.next_group = (started + rest).into();
        self.cursor = last;
        self.meters.cursor.set(gauge(last));
        self.answer(outcome, wants).await?;
        if last >= until {
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
                Ok(area) if area.id == self.founding.area.id => {
                    if *document != *self.founding.document {
                        tracing::warn!(
                            "another recorder was started with another area file than this one, and what was told last holds: give \
                             all recorders the same file and start anew whichever has the old one"
                        );
                    }
                    let intake = Intake::Area { document: document.as_str().into(), area: Arc::new(area) };
                    What::Own(Box::new(Own { intake, body: StoredBody::AreaConfigured { document } }))
                }
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

    /// Says that there are new facts, and has their sources answered while the next group is decided.
    async fn answer(&mut self, outcome: Outcome, wants: Vec<Option<(String, bool)>>) -> Result<(), Error> {
        let Outcome { receipts, facts } = outcome;
        if facts > 0 {
            #[expect(clippy::cast_precision_loss, reason = "a group is far below 2^52")]
            self.meters.group.observe(facts as f64);
            self.announce(true).await?;
        }
        let mut answers = Vec::with_capacity(receipts.len());
        for (receipt, wants) in receipts.into_iter().zip(wants) {
            let Some(receipt) = receipt else { continue };
            self.meters.count(receipt.status);
            answers.extend(wants.map(|(to, together)| (to, together, receipt)));
        }
        self.answering.answer(answers).await;
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
}
