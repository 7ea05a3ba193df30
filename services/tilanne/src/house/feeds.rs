//! Feeds that this process polls.

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use proto::receipt::{Receipt, Status};
use runtime::metrics::Metrics;
use sources::intake::Intake;
use sources::poll::{self, Counters, Poller};
use sources::tabular::{Event, Spec};

use tokio_util::sync::CancellationToken;

use crate::Error;

/// A poller for each feed file, read and not begun.
pub(super) struct Pollers {
    specs: Vec<Spec>,
    meters: Option<Meters>,
}

impl Pollers {
    /// Reads the files.
    ///
    /// # Errors
    /// The first file that is wrong.
    pub fn read(files: &[PathBuf], metrics: &Metrics) -> Result<Self, Error> {
        let read =
            |file: &PathBuf| Ok(Spec::from_toml(&crate::config::read(file)?, &file.display().to_string())?);
        let specs = files.iter().map(read).collect::<Result<Vec<_>, Error>>()?;
        let meters = if specs.is_empty() { None } else { Some(Meters::new(metrics)?) };
        Ok(Self { specs, meters })
    }

    /// Begins to poll, until told to stop.
    pub fn start(
        self,
        intake: &Intake,
        stop: &CancellationToken,
        mut begin: impl FnMut(&'static str, Task),
    ) -> Result<(), Error> {
        let Some(meters) = self.meters else { return Ok(()) };
        for spec in self.specs {
            let counters = Arc::new(Counters::default());
            let feed = spec.source.clone();
            let poller = Poller::new(spec, Door(intake.clone()), Arc::clone(&counters))?;
            let ends = stop.clone();
            begin(
                "poller",
                Box::pin(async move {
                    poller.run(ends).await;
                    Ok(())
                }),
            );
            let (ends, meters) = (stop.clone(), meters.clone());
            begin(
                "poller's meters",
                Box::pin(async move {
                    meters.follow(&feed, &counters, ends).await;
                    Ok(())
                }),
            );
        }
        Ok(())
    }
}

/// Work that goes on beside the rest of a process.
pub(super) type Task = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

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
