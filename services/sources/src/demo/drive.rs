//! Delivers the simulation at the pace of the area's clock.

use std::future::Future;
use std::time::Duration;

use proto::receipt::{Receipt, Status};
use runtime::Clock;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::Item;

/// Events delivered at once at most: catching up after an interruption sends thousands, and each batch should be
/// one group commit without filling the intake's queue.
pub const EVENTS_A_BATCH: usize = 256;

/// The pause after a first failure; it doubles with each further one.
pub const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// The longest pause after failures: the board should move again soon after the intake does.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Attempts at one batch: two minutes of them, longer than any intake in the same process is away and lives.
pub const MOST_ATTEMPTS: u32 = 30;

/// Rejections said aloud; there should be none, and if there is one there are soon thousands.
const MOST_SAID: u64 = 10;

/// Where the simulation's events go.
pub trait Intake: Send + Sync {
    /// Submits CloudEvents and waits until their fate is known. The receipts are in the order of the events;
    /// fewer of them mean that the rest comes again.
    ///
    /// # Errors
    /// A sentence, if the fate of all is unknown: the same events come again.
    fn submit(&self, events: &[Value]) -> impl Future<Output = Result<Vec<Receipt>, String>> + Send;
}

/// What became of all that was delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outcome {
    /// Events recorded.
    pub recorded: u64,
    /// Events that had been recorded by an earlier run.
    pub duplicates: u64,
    /// Events rejected: a mistake in the simulation or in the area file.
    pub rejected: u64,
}

/// The intake did not answer, however often it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the simulation gave up after {MOST_ATTEMPTS} attempts: {last}; look why the intake does not answer")]
pub struct Gone {
    /// What the intake said last.
    pub last: String,
}

/// Delivers `items` (a [`super::Demo`]) from their beginning until told to stop, each event when `clock` reaches
/// its moment. What is due already goes out at once, so a run that was interrupted resumes by being started again:
/// what it had delivered is answered as duplicates. After weeks, when the recorder has forgotten the first of
/// them, leave out what is older than it remembers: `demo.skip_while(|item| item.due_us < from)`.
///
/// # Errors
/// [`Gone`], if a batch got no answer in [`MOST_ATTEMPTS`] attempts.
pub async fn run_demo(
    items: impl Iterator<Item = Item> + Send,
    clock: &Clock,
    intake: &impl Intake,
    stop: &CancellationToken,
) -> Result<Outcome, Gone> {
    let mut outcome = Outcome::default();
    let delivering = deliver(items, clock, intake, &mut outcome);
    match stop.run_until_cancelled(delivering).await {
        Some(Err(gone)) => Err(gone),
        Some(Ok(())) | None => Ok(outcome),
    }
}

async fn deliver(
    items: impl Iterator<Item = Item> + Send,
    clock: &Clock,
    intake: &impl Intake,
    outcome: &mut Outcome,
) -> Result<(), Gone> {
    let mut items = items.peekable();
    let mut batch: Vec<Value> = Vec::with_capacity(EVENTS_A_BATCH);
    while let Some(next) = items.peek() {
        clock.sleep_until_us(next.due_us).await;
        let now = clock.now_us();
        while let Some(item) = items.next_if(|item| item.due_us <= now && batch.len() < EVENTS_A_BATCH) {
            batch.push(item.event);
        }
        send(&batch, intake, outcome).await?;
        batch.clear();
    }
    Ok(())
}

async fn send(batch: &[Value], intake: &impl Intake, outcome: &mut Outcome) -> Result<(), Gone> {
    let mut rest = batch;
    let mut failures = 0;
    while !rest.is_empty() {
        let said = match intake.submit(rest).await {
            Ok(receipts) if receipts.is_empty() => "the intake gave no receipt".to_owned(),
            Ok(receipts) => {
                failures = 0;
                for receipt in receipts.iter().take(rest.len()) {
                    outcome.note(receipt);
                }
                rest = rest.get(receipts.len()..).unwrap_or_default();
                continue;
            }
            Err(sentence) => sentence,
        };
        failures += 1;
        if failures >= MOST_ATTEMPTS {
            return Err(Gone { last: said });
        }
        if failures == 1 {
            tracing::warn!("the simulation tries again: {said}");
        }
        let doubled = FIRST_PAUSE.saturating_mul(1 << (failures - 1).min(16));
        tokio::time::sleep(doubled.min(LONGEST_PAUSE)).await;
    }
    Ok(())
}

impl Outcome {
    fn note(&mut self, receipt: &Receipt) {
        match receipt.status {
            Status::Recorded => self.recorded += 1,
            Status::Duplicate => self.duplicates += 1,
            Status::Rejected => {
                self.rejected += 1;
                if self.rejected <= MOST_SAID {
                    let reason = receipt.reason.as_deref().unwrap_or_default();
                    let id = receipt.id.as_deref().unwrap_or_default();
                    tracing::error!(id, "an event of the simulation was rejected: {reason}");
                }
            }
        }
    }
}
