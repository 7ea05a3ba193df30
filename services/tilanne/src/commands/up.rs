//! `tilanne up`: every service in one process.

use runtime::metrics::Metrics;
use runtime::shutdown::Shutdown;

use crate::Error;
use crate::cli::Up;
use crate::config;
use crate::house::{Footing, House, Service};

pub async fn up(up: Up, footing: Footing) -> Result<(), Error> {
    if up.nats.is_some() && up.demo {
        return Err(Error::Usage("--demo plays on the embedded bus: leave --nats out".to_owned()));
    }
    let config = config::load_for_up(&up)?.values;
    let described = config::area(config.server.area.as_deref())?;
    if up.demo && config.server.area.is_some() {
        return Err(Error::Usage("--demo plays in Itä-Uusimaa: leave --area out".to_owned()));
    }
    let metrics = Metrics::new(env!("CARGO_PKG_VERSION"))?;
    runtime::telemetry::start(&config.log, metrics.counter("panics_total", "Panics, whoever caught them")?)?;
    let shutdown = Shutdown::on_signals()?;
    let (area, stations) = (described.area.name.en.clone(), described.area.stations.len());
    let house = match &up.nats {
        None => House::open_on(config, described, up.demo, metrics, footing).await?,
        Some(_) => {
            let services = [Service::Recorder, Service::Projector, Service::Gateway, Service::Sources];
            House::open_over_nats(config, described, &services, metrics, footing).await?
        }
    };
    tracing::info!(
        area,
        stations,
        simulated = up.demo,
        "board at http://{}/ · metrics at http://{}/metrics · stop with Ctrl-C",
        house.public,
        house.admin
    );
    house.run(shutdown.token()).await
}
