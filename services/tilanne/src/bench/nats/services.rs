//! A recorder and a projector in this process, each on connections of its own.

use std::path::Path;
use std::sync::Arc;

use bus::nats::intake::IntakeEnd;
use journal::Journal;
use projector::Projector;
use recorder::{Books, Checks, Founding, Replica};
use runtime::Clock;
use runtime::health::Health;
use runtime::metrics::Metrics;
use runtime::snapshots::{Keeper, Shelf};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::bus;
use super::server::Server;
use crate::Error;
use crate::config::Described;

/// A service at work, until it is stopped.
pub(super) struct Running {
    stop: CancellationToken,
    task: JoinHandle<Result<(), Error>>,
}

impl Running {
    /// Records what comes through the server, as one of `all` recorders (none: the only one).
    pub async fn recorder(
        server: &Server,
        described: &Described,
        journal: Arc<dyn Journal>,
        data: &Path,
        (name, all): (&str, &[String]),
    ) -> Result<Self, Error> {
        let (metrics, health) = (Metrics::new("bench")?, Health::new());
        let checks = Checks {
            journal: health.check("journal"),
            intake: health.check("intake"),
            receipts: health.check("receipts"),
            clock: health.check("clock"),
        };
        let options = server.options(&format!("recorder-{name}"));
        let end = IntakeEnd::open(&options, &described.area.id).await?;
        let Described { area, document } = described.clone();
        let replica = Replica::open(
            recorder::Config { name: name.to_owned(), all: all.to_vec(), ..recorder::Config::default() },
            Founding { area, document, simulated: false },
            Books { journal, keeper: keeper(data, "recorder", &metrics)? },
            (bus(&options).await?, end),
            Clock::system(),
            recorder::Meters::new(&metrics)?,
            checks,
        )
        .await?;
        Ok(Self::begin(|stop, late| async move { Ok(replica.run(stop, late).await?) }))
    }

    /// Draws the boards of what is recorded.
    pub async fn projector(server: &Server, area: &str, data: &Path) -> Result<Self, Error> {
        let (metrics, health) = (Metrics::new("bench")?, Health::new());
        let projector = Projector::new(
            projector::Config::default(),
            area,
            bus(&server.options("projector")).await?,
            Clock::system(),
            projector::Meters::new(&metrics)?,
            health.check("boards"),
            keeper(data, "projector", &metrics)?,
        );
        Ok(Self::begin(|stop, late| async move { Ok(projector.run(stop, late).await?) }))
    }

    fn begin<F>(work: impl FnOnce(CancellationToken, CancellationToken) -> F) -> Self
    where
        F: Future<Output = Result<(), Error>> + Send + 'static,
    {
        // It is late as soon as it is to stop: what it would put away for a next time is of no use.
        let stop = CancellationToken::new();
        let task = tokio::spawn(work(stop.clone(), stop.clone()));
        Self { stop, task }
    }

    /// Stops it.
    pub async fn stop(self) -> Result<(), Error> {
        self.stop.cancel();
        self.task.await?
    }
}

/// Puts nothing away while it runs: what is measured is the work itself.
fn keeper(data: &Path, name: &'static str, metrics: &Metrics) -> Result<Keeper, Error> {
    Ok(Keeper::new(Shelf::new(&data.join("snapshots"), name, metrics)?, 0))
}
