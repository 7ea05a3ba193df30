//! `tilanne run`: one service, over NATS.

use runtime::metrics::Metrics;
use runtime::shutdown::Shutdown;

use crate::Error;
use crate::cli::Run;
use crate::config;
use crate::house::{Footing, House, Service};

pub async fn run(run: Run, footing: Footing) -> Result<(), Error> {
    let service = Service::named(&run.service).ok_or_else(|| {
        Error::Usage(format!(
            "{}: there is no such service; run queue, staffing, capacity, recorder, projector or gateway",
            run.service
        ))
    })?;
    if run.settings.config.is_none() {
        return Err(Error::Usage(format!(
            "run {}: give it its configuration with --config FILE, with at least [nats] servers and name in it (see \
             ops/nats/README.md)",
            run.service
        )));
    }
    let config = config::load(&run.settings)?.values;
    let described = config::area(config.server.area.as_deref())?;
    let metrics = Metrics::new(env!("CARGO_PKG_VERSION"))?;
    runtime::telemetry::start(&config.log, metrics.counter("panics_total", "Panics, whoever caught them")?)?;
    let shutdown = Shutdown::on_signals()?;
    let house = House::open_over_nats(config, described, &[service], metrics, footing).await?;
    tracing::info!(service = run.service, "metrics at http://{}/metrics · stop with Ctrl-C", house.admin);
    if house.public != house.admin {
        tracing::info!("listening on http://{}/ as soon as the NATS servers are there", house.public);
    }
    house.run(shutdown.token()).await
}
