//! The services that nobody reaches from outside: recorder and projector, on one bus.

use std::path::Path;
use std::sync::Arc;

use bus::Bus;
use journal::Journal;
use projector::Projector;
use recorder::{Books, Founding, Recorder};
use runtime::Clock;
use runtime::health::Check;
use runtime::metrics::Metrics;
use runtime::snapshots::{Keeper, Shelf};

use super::simulated;
use crate::Error;
use crate::config::{Config, Described};

/// The snapshots lie in a directory of their own below the data directory.
pub(super) const SNAPSHOTS: &str = "snapshots";

/// What a house was asked to be.
pub(super) struct Order<'a> {
    pub config: &'a Config,
    pub data: &'a Path,
    pub demo: bool,
    pub metrics: &'a Metrics,
}

impl Order<'_> {
    fn keeper(&self, name: &'static str, every: u64) -> Result<Keeper, Error> {
        Ok(Keeper::new(Shelf::new(&self.data.join(SNAPSHOTS), name, self.metrics)?, every))
    }
}

/// Services that are open and do not run yet, and what joins them.
pub(super) struct Inside {
    pub clock: Clock,
    pub bus: Bus,
    pub area: String,
    pub projector: Projector,
    pub recorder: Recorder,
}

impl Inside {
    /// Opens them on a journal. The checks are the recorder's and the projector's.
    pub async fn open(
        order: &Order<'_>,
        described: Described,
        journal: &Arc<dyn Journal>,
        checks: (Check, Check),
    ) -> Result<Self, Error> {
        let Order { config, demo, metrics, .. } = *order;
        let clock = if demo { simulated::clock(&config.demo, journal.as_ref())? } else { Clock::system() };
        let bus = Bus::in_process();
        let area = described.area.id.clone();
        // Before the recorder opens: each reads its own snapshot, and there are two cores.
        let projector = Projector::new(
            config.projector.clone(),
            &area,
            bus.clone(),
            clock.clone(),
            projector::Meters::new(metrics)?,
            checks.1,
            order.keeper("projector", config.projector.snapshot_facts)?,
        );
        let founding = Founding { area: described.area, document: described.document, simulated: demo };
        let recorder = Recorder::open(
            config.recorder.clone(),
            founding,
            Books {
                journal: Arc::clone(journal),
                keeper: order.keeper("recorder", config.recorder.snapshot_facts)?,
            },
            bus.clone(),
            clock.clone(),
            recorder::Meters::new(metrics)?,
            checks.0,
        )
        .await?;
        Ok(Self { clock, bus, area, projector, recorder })
    }
}
