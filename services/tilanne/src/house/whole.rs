//! All services in one process, joined by the bus inside it.
//!
//! They start from the journal outward, so that nobody is let in before there is somebody to answer.

use gateway::Gateway;
use runtime::health::Health;
use runtime::metrics::Metrics;
use runtime::serve;
use sources::door;
use sources::intake::Intake;

use super::feeds::Pollers;
use super::footing::open_journal_on;
use super::inside::{Inside, Order};
use super::{Footing, House, address, simulated};
use crate::Error;
use crate::config::{Config, Described};

impl House {
    /// Opens the house. Returns once boards are served from the folded journal's beginning; the
    /// readiness checks tell when the folding is done.
    ///
    /// # Errors
    /// Before anything listens: configuration, journal, addresses.
    pub async fn open(
        config: Config,
        described: Described,
        demo: bool,
        metrics: Metrics,
    ) -> Result<Self, Error> {
        Self::open_on(config, described, demo, metrics, Footing::default()).await
    }

    /// As [`House::open`], on a footing of the caller's.
    ///
    /// # Errors
    /// As there.
    pub async fn open_on(
        config: Config,
        described: Described,
        demo: bool,
        metrics: Metrics,
        footing: Footing,
    ) -> Result<Self, Error> {
        serve::require_loopback(config.server.listen)?;
        let data = if demo { config.demo.data.clone() } else { config.server.data.clone() };
        let public = serve::bind(config.server.listen).await?;
        let admin = serve::bind(config.server.admin).await?;
        let health = Health::new();
        let checks = (health.check("journal"), health.check("boards"), health.check("listener"));
        checks.0.starting("opening");
        checks.2.starting("waiting for the journal");

        let journal = open_journal_on(&data, footing).await?;
        let order = Order { config: &config, data: &data, demo, metrics: &metrics };
        let Inside { clock, bus, area, projector, recorder } =
            Inside::open(&order, described, &journal, (checks.0, checks.1)).await?;
        let (routes, gateway) = Gateway::new(config.gateway.clone(), bus.clone(), &area, metrics.registry())?;
        let intake = Intake::new(bus.clone(), &area, config.intake.receipt_timeout.into());
        let door = door::router(config.intake.clone(), intake.clone(), door::Meters::new(&metrics)?);

        let mut house = Self::at(address(&public)?, address(&admin)?, config.server.drain.into());
        let _empty = house.journal.set(journal);
        let (back, late) = (house.back.clone(), house.late.clone());
        // It listens before the recorder first says where it stands: the next word of that comes a second later.
        house.inside("projector", async move { Ok(projector.run(back, late).await?) });
        let (back, late) = (house.back.clone(), house.late.clone());
        house.inside("recorder", async move { Ok(recorder.run(back, late).await?) });
        let front = house.front.clone();
        house.outside("gateway", async move { Ok(gateway.run(front).await?) });
        house.listen("public listener", public, routes.merge(door), config.server.limits());
        let operators = runtime::admin::router(metrics.clone(), health);
        house.listen("admin listener", admin, operators, config.server.limits());
        let front = house.front.clone();
        let pollers = Pollers::read(&config.sources.feeds, &metrics)?;
        pollers.start(&intake, &front, |name, task| house.outside(name, task))?;
        if demo {
            simulated::start(&mut house, &config.demo, &intake.with_desk(&area), clock)?;
        }
        checks.2.ok(format!("accepting on {}", house.public));
        Ok(house)
    }
}
