//! The demo: its clock, and its way through the same door as everyone's.

use bytes::Bytes;
use journal::Journal;
use proto::receipt::Receipt;
use runtime::Clock;
use serde_json::Value;
use situation::time::Instant;
use sources::demo;
use sources::intake::Intake;

use super::House;
use super::footing::last_received;
use crate::Error;
use crate::config;

/// The demo's own clock. A demo that was stopped goes on where it was, because its log cannot go back.
pub(super) fn clock(settings: &config::Demo, journal: &dyn Journal) -> Result<Clock, Error> {
    let begin = begin(settings)?;
    let now = last_received(journal)?.map_or(begin, |received| received.max(begin));
    Ok(Clock::demo(now.as_micros(), settings.speed)?)
}

/// How far back a demo that goes on sends its events again, to fill what an interruption left open. The
/// recorder remembers a month of them for duplicates.
const RESEND: std::time::Duration = std::time::Duration::from_secs(24 * 3600);

/// Starts the evening and what is simulated after it.
pub(super) fn start(
    house: &mut House,
    settings: &config::Demo,
    intake: &Intake,
    clock: Clock,
) -> Result<(), Error> {
    // Beyond what duplicates are remembered for, a resend would count twice: only the last days are sent again.
    let from = clock.now_us().saturating_sub(RESEND.as_micros().try_into().unwrap_or(i64::MAX));
    let demo = demo::evening_and_after(settings.seed, begin(settings)?.as_micros())
        .map_err(|error| Error::Server(format!("the demo's evening: {error}")))?
        .skip_while(move |item| item.due_us < from);
    let (door, stop) = (Door(intake.clone()), house.front.clone());
    house.outside("demo", async move {
        let outcome = demo::run_demo(demo, &clock, &door, &stop)
            .await
            .map_err(|gone| Error::Server(gone.to_string()))?;
        tracing::info!(outcome.recorded, outcome.duplicates, outcome.rejected, "the simulation stopped");
        Ok(())
    });
    Ok(())
}

fn begin(settings: &config::Demo) -> Result<Instant, Error> {
    proto::time::parse(&settings.begin).map_err(|error| Error::Usage(format!("demo.begin: {error}")))
}

/// The intake, as the simulation sees it.
struct Door(Intake);

impl demo::Intake for Door {
    async fn submit(&self, events: &[Value]) -> Result<Vec<Receipt>, String> {
        let documents = events.iter().map(|event| Bytes::from(event.to_string())).collect();
        let receipts = self.0.submit(documents).await.map_err(|error| error.to_string())?;
        receipts
            .iter()
            .map(|receipt| serde_json::from_slice(receipt).map_err(|error| error.to_string()))
            .collect()
    }
}
