//! `tilanne up`: every service in one process.

use runtime::metrics::Metrics;
use runtime::shutdown::Shutdown;

use crate::Error;
use crate::cli::Up;
use crate::config;
use crate::house::{Footing, House};

pub async fn up(up: Up, footing: Footing) -> Result<(), Error> {
    if up.nats.is_some() {
        return Err(Error::Usage(
            "--nats: this version has no NATS transport yet; leave it out to use the embedded bus".to_owned(),
        ));
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
    let house = House::open_on(config, described, up.demo, metrics, footing).await?;
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
