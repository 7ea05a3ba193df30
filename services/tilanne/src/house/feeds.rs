//! Feeds that this process polls.

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use proto::receipt::{Receipt, Status};
use runtime::metrics::Metrics;
use sources::intake::Intake;
use sources::poll::{self, Counters, Poller};
use sources::tabular::{Event, Spec};

use super::House;
use crate::Error;

/// Starts a poller for each feed file.
pub(super) fn start(
    house: &mut House,
    files: &[PathBuf],
    intake: &Intake,
    metrics: &Metrics,
) -> Result<(), Error> {
    if files.is_empty() {
        return Ok(());
    }
    let meters = Meters::new(metrics)?;
    for file in files {
        let spec = Spec::from_toml(&crate::config::read(file)?, &file.display().to_string())?;
        let counters = Arc::new(Counters::default());
        let feed = spec.source.clone();
        let poller = Poller::new(spec, Door(intake.clone()), Arc::clone(&counters))?;
        let stop = house.front.clone();
        house.outside("poller", async move {
            poller.run(stop).await;
            Ok(())
        });
        let (stop, meters) = (house.front.clone(), meters.clone());
        house.outside("poller's meters", async move {
            meters.follow(&feed, &counters, stop).await;
            Ok(())
        });
    }
    Ok(())
}

/// The intake, as a poller sees it.
struct Door(Intake);

impl poll::Door for Door {
    async fn submit(&self, events: &[Event]) -> Result<Vec<poll::Receipt>, String> {
        let documents = events.iter().map(|event| serde_json::to_vec(event).map(Bytes::from));
        let documents: Vec<Bytes> = documents.collect::<Result<_, _>>().map_err(|error| error.to_string())?;
        let receipts = self.0.submit(documents).await.map_err(|error| error.to_string())?;
        receipts
            .iter()
            .map(|receipt| {
                let receipt: Receipt = serde_json::from_slice(receipt).map_err(|error| error.to_string())?;
                Ok(match receipt.status {
                    Status::Recorded => poll::Receipt::Recorded,
                    Status::Duplicate => poll::Receipt::Duplicate,
                    Status::Rejected => poll::Receipt::Rejected(receipt.reason.unwrap_or_default()),
                })
            })
            .collect()
    }
}

/// What the pollers count, as metrics.
#[derive(Clone)]
struct Meters(prometheus::IntGaugeVec);

/// How often the pollers' counters are copied into the metrics: a scrape's own pace.
const COPY_EVERY: std::time::Duration = std::time::Duration::from_secs(5);

impl Meters {
    fn new(metrics: &Metrics) -> Result<Self, Error> {
        Ok(Self(metrics.gauge_vec(
            "poll_counts",
            "What each poller has counted since it started",
            &["feed", "what"],
        )?))
    }

    async fn follow(&self, feed: &str, counters: &Counters, stop: tokio_util::sync::CancellationToken) {
        let mut ticks = tokio::time::interval(COPY_EVERY);
        loop {
            tokio::select! {
                _ = ticks.tick() => {}
                () = stop.cancelled() => return,
            }
            for (what, count) in counters.each() {
                self.0.with_label_values(&[feed, what]).set(i64::try_from(count).unwrap_or(i64::MAX));
            }
        }
    }
}
