//! Fetches a tabular feed again and again and submits what is new.
//!
//! What a poller promises, and how:
//! * **Nothing read is dropped.** The events of a body are submitted until each has a receipt (a rejection is
//!   one). While any is without, nothing new is fetched, so at most one body waits per feed and order is
//!   kept. What the publisher replaces in the meantime was never read; a door closed that long is the
//!   operator's alarm, not ours to hide.
//! * **Nothing is recorded twice or for nothing.** An unchanged or empty body, and a `304`, submit nothing; a
//!   resent event has the same id.
//! * **A publisher is not hammered.** Failures are followed by growing pauses; validators (`ETag`,
//!   `Last-Modified`) are sent back, but only those of a body that was accepted, so that a bad copy is asked
//!   for again.
//! * **Trouble is said once**, when it begins or changes, and its end is said too; every occurrence is
//!   counted.

mod counters;
mod fetch;
#[cfg(test)]
mod tests;

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

pub use counters::Counters;

use crate::Error;
use crate::tabular::{Adapter, Detail, Event, Outcome, PollSpec, Reading, Refusal, Spec, repeatable};
use fetch::{Fetched, Fetcher};

/// Events submitted in one go: one group commit's worth, so that a large body neither waits for itself nor
/// fills the intake's queue.
pub const EVENTS_A_SUBMISSION: usize = 256;

/// The pause after a first failure; it doubles with each further one.
pub const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// The longest pause after failures: a publisher that returns is heard within this time.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// Bad rows and rejections quoted in the log for one body; the counters have them all.
const QUOTED_A_BODY: usize = 10;

/// Where events go: the intake, as a poller sees it.
pub trait Door: Send + Sync + 'static {
    /// Submits events and waits until their fate is known.
    ///
    /// The receipts are in the order of the events; fewer of them mean that the rest must be submitted again.
    ///
    /// # Errors
    /// A sentence, if the fate of all is unknown (door full, deadline passed): the same events come again.
    fn submit(&self, events: &[Event]) -> impl Future<Output = Result<Vec<Receipt>, String>> + Send;
}

/// What became of one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Receipt {
    /// Durable.
    Recorded,
    /// Durable since earlier.
    Duplicate,
    /// Refused for good, with the reason.
    Rejected(String),
}

/// Follows one feed. Made by [`Poller::new`], driven by [`Poller::run`].
pub struct Poller<D> {
    feed: String,
    poll: PollSpec,
    adapter: Arc<Mutex<Adapter>>,
    fetcher: Fetcher,
    door: D,
    counters: Arc<Counters>,
    /// The events of the last body, and how many of them have a receipt.
    pending: Vec<Event>,
    receipted: usize,
    failures: u32,
    trouble: Option<String>,
}

impl<D: Door> Poller<D> {
    /// A poller for a feed whose description has a `[poll]` table.
    ///
    /// # Errors
    /// [`Error::FeedRule`] without `[poll]`, [`Error::Client`] if no HTTP client can be made.
    pub fn new(spec: Spec, door: D, counters: Arc<Counters>) -> Result<Poller<D>, Error> {
        let Some(poll) = spec.poll.clone() else {
            return Err(Error::FeedRule {
                origin: spec.source,
                detail: "there is no [poll] with a url or a file, so there is nothing to follow".to_owned(),
            });
        };
        let fetcher = Fetcher::new(&poll, spec.limits.body_bytes)
            .map_err(|detail| Error::Client { feed: spec.source.clone(), detail })?;
        Ok(Poller {
            feed: spec.source.clone(),
            poll,
            adapter: Arc::new(Mutex::new(Adapter::new(spec))),
            fetcher,
            door,
            counters,
            pending: Vec::new(),
            receipted: 0,
            failures: 0,
            trouble: None,
        })
    }

    /// Follows the feed until told to stop. A stop during a submission leaves its events without a receipt;
    /// they are read and submitted again, under the same ids, by the next process.
    pub async fn run(mut self, stop: CancellationToken) {
        let follow = async {
            loop {
                let pause = self.turn().await;
                tokio::time::sleep(pause).await;
            }
        };
        stop.run_until_cancelled(follow).await;
    }

    /// One look at the feed, and the pause that is due after it.
    async fn turn(&mut self) -> Duration {
        if let Err(sentence) = self.look_and_submit().await {
            self.failures = self.failures.saturating_add(1);
            Counters::add(&self.counters.failures, 1);
            self.in_trouble(sentence.clone(), &sentence);
            return pause_after(self.failures);
        }
        self.failures = 0;
        self.poll.every
    }

    async fn look_and_submit(&mut self) -> Result<(), String> {
        if self.pending.is_empty() {
            Counters::add(&self.counters.polls, 1);
            match self.fetcher.fetch().await? {
                Fetched::NotModified => {
                    Counters::add(&self.counters.unchanged, 1);
                    self.out_of_trouble();
                }
                Fetched::Body(bytes) => match self.read(bytes).await? {
                    Ok((reading, events)) => self.take(&reading, events),
                    Err(refusal) => {
                        Counters::add(&self.counters.refused, 1);
                        self.in_trouble(refusal.reason().to_owned(), &refusal.to_string());
                    }
                },
            }
        }
        self.submit_pending().await
    }

    /// Reads a body off the executor: a large one takes a second of computing.
    async fn read(&self, bytes: Vec<u8>) -> Result<Result<(Reading, Vec<Event>), Refusal>, String> {
        let adapter = Arc::clone(&self.adapter);
        let work = move || {
            let mut adapter = adapter.lock().unwrap_or_else(PoisonError::into_inner);
            let mut reading = adapter.read(&bytes, Detail::Events)?;
            let rows = std::mem::take(&mut reading.rows);
            let events = Reading { rows, ..Reading::default() }.into_events();
            Ok((reading, events))
        };
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| format!("the body could not be read: {error}"))
    }

    /// Takes over what came of a body that is the feed.
    fn take(&mut self, reading: &Reading, events: Vec<Event>) {
        self.fetcher.accept();
        self.out_of_trouble();
        let counter = match reading.outcome {
            Outcome::Unchanged => &self.counters.unchanged,
            Outcome::Empty => &self.counters.empty,
            Outcome::Rows => &self.counters.bodies,
        };
        Counters::add(counter, 1);
        Counters::add(&self.counters.refused_rows, reading.refused_rows);
        for complaint in reading.complaints.iter().take(QUOTED_A_BODY) {
            tracing::warn!(feed = self.feed, line = complaint.line, "row left out: {}", complaint.sentence);
        }
        if reading.refused_rows > QUOTED_A_BODY {
            tracing::warn!(
                feed = self.feed,
                rows = reading.refused_rows,
                "more rows were left out than are quoted"
            );
        }
        self.pending = events;
        self.receipted = 0;
    }

    async fn submit_pending(&mut self) -> Result<(), String> {
        let mut quoted = 0;
        while let Some(events) = self.pending.get(self.receipted..).filter(|rest| !rest.is_empty()) {
            let events = events.get(..EVENTS_A_SUBMISSION).unwrap_or(events);
            let receipts = self.door.submit(events).await?;
            if receipts.is_empty() {
                return Err("the intake gave no receipt".to_owned());
            }
            for (event, receipt) in events.iter().zip(&receipts) {
                match receipt {
                    Receipt::Recorded => Counters::add(&self.counters.recorded, 1),
                    Receipt::Duplicate => Counters::add(&self.counters.duplicates, 1),
                    Receipt::Rejected(reason) => {
                        Counters::add(&self.counters.rejected, 1);
                        quoted += 1;
                        if quoted <= QUOTED_A_BODY {
                            let (id, reason) = (repeatable(&event.id), repeatable(reason));
                            tracing::warn!(feed = self.feed, id, "event rejected: {reason}");
                        }
                    }
                }
            }
            self.receipted += receipts.len().min(events.len());
        }
        if self.receipted > 0 {
            self.out_of_trouble();
        }
        self.pending = Vec::new();
        self.receipted = 0;
        Ok(())
    }

    /// Notes trouble; says it only if it is not the trouble already said.
    fn in_trouble(&mut self, reason: String, sentence: &str) {
        if self.trouble.as_deref() != Some(reason.as_str()) {
            tracing::warn!(feed = self.feed, "{sentence}");
            Counters::add(&self.counters.said, 1);
            self.trouble = Some(reason);
        }
    }

    fn out_of_trouble(&mut self) {
        if self.trouble.take().is_some() {
            tracing::info!(feed = self.feed, "the feed is read again");
        }
    }
}

/// The pause after so many failures in a row.
fn pause_after(failures: u32) -> Duration {
    let doubled = 2_u32.checked_pow(failures.saturating_sub(1)).unwrap_or(u32::MAX);
    FIRST_PAUSE.saturating_mul(doubled).min(LONGEST_PAUSE)
}
