//! The configuration of the whole: every section, each owned by the crate that reads it.

mod nats;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use proto::subject::Family;
use runtime::config::{Layers, Loaded, Log, Server};
use serde::Deserialize;
use situation::area::Area;

use crate::Error;
use crate::cli::{Settings, Up};

pub use nats::Nats;

/// `config/default.toml`, compiled in: the defaults and their documentation are one file.
const DEFAULTS: &str = include_str!("../../../config/default.toml");
/// The area that is used where none is named.
const DEFAULT_AREA: &str = include_str!("../../../config/areas/itauusimaa.toml");

/// Everything that can be set.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where the process listens and keeps its data.
    pub server: Server,
    /// What is logged.
    pub log: Log,
    /// The door for events.
    pub intake: sources::door::Config,
    /// Feeds that are polled.
    pub sources: Sources,
    /// The only writer.
    pub recorder: recorder::Config,
    /// The boards.
    pub projector: projector::Config,
    /// How boards are shown.
    pub gateway: gateway::Config,
    /// The simulated evening.
    pub demo: Demo,
    /// The NATS servers, for services on several machines.
    pub nats: Nats,
}

/// `[sources]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sources {
    /// Families of events that a process over NATS takes; empty: those of the service that it runs.
    pub families: Vec<String>,
    /// Feed files with a `[poll]` section.
    pub feeds: Vec<PathBuf>,
}

impl Sources {
    /// The families that are named.
    ///
    /// # Errors
    /// A name that is none.
    pub fn families(&self) -> Result<Vec<Family>, Error> {
        let family = |name: &String| {
            let known = Family::ALL.into_iter().find(|family| family.as_str() == name);
            known.ok_or_else(|| {
                Error::Usage(format!("sources.families: {name:?} is none: write queue, staffing or capacity"))
            })
        };
        self.families.iter().map(family).collect()
    }
}

/// `[demo]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Demo {
    /// Where the demo's clock begins (RFC 3339).
    pub begin: String,
    /// How many times faster than a real clock it runs.
    pub speed: f64,
    /// Which of the possible days are simulated.
    pub seed: u64,
    /// The demo's journal, where `--data` does not name another: never a real one.
    pub data: PathBuf,
}

/// An area and the document that goes into the log.
#[derive(Debug, Clone)]
pub struct Described {
    /// What it means.
    pub area: Arc<Area>,
    /// As it is recorded.
    pub document: Arc<str>,
}

fn layers(settings: &Settings) -> Result<Layers, Error> {
    let mut layers = Layers::new(DEFAULTS)?;
    if let Some(file) = &settings.config {
        layers = layers.file(file)?;
    }
    layers = layers.environment(std::env::vars_os())?;
    if let Some(area) = &settings.area {
        layers = layers.set("server.area", &area.to_string_lossy(), "the flag --area")?;
    }
    Ok(layers)
}

fn checked(loaded: Loaded<Config>) -> Result<Loaded<Config>, Error> {
    check(&loaded.values).map(|()| loaded)
}

/// The smallest and the largest that numbers may be which a queue, a timer or a semaphore is made of.
fn check(config: &Config) -> Result<(), Error> {
    let numbers = [
        ("intake.body_bytes", config.intake.body_bytes, 1_024..=64 << 20),
        ("intake.events_a_body", config.intake.events_a_body, 1..=1_000_000),
        ("intake.bodies_at_once", config.intake.bodies_at_once, 1..=4_096),
        ("recorder.max_group", config.recorder.max_group, 1..=4_096),
        ("projector.pushes_per_second", config.projector.pushes_per_second as usize, 1..=1_000),
        ("projector.moments_at_once", config.projector.moments_at_once, 1..=64),
        ("projector.moments_waiting", config.projector.moments_waiting, 1..=4_096),
        ("gateway.connections", config.gateway.connections, 1..=1_000_000),
        ("gateway.facts_readers", config.gateway.facts_readers, 1..=1_024),
        ("nats.intake.replicas", config.nats.intake.replicas, 1..=5),
    ];
    for (key, value, range) in numbers {
        if !range.contains(&value) {
            let (least, most) = range.into_inner();
            return Err(Error::Usage(format!("{key} is {value}: it must be {least} to {most}")));
        }
    }
    config.sources.families()?;
    config.recorder.check().map_err(Error::Usage)?;
    config.nats.options(&config.recorder)?;
    let beat = config.projector.heartbeat.duration();
    if !(BEAT_LEAST..=BEAT_MOST).contains(&beat) {
        return Err(Error::Usage(format!(
            "projector.heartbeat is {beat:?}: it must be {BEAT_LEAST:?} to {BEAT_MOST:?}"
        )));
    }
    Ok(())
}

/// More often would only make noise.
const BEAT_LEAST: Duration = Duration::from_millis(100);
/// Clients turn amber after eleven seconds without one.
const BEAT_MOST: Duration = Duration::from_secs(10);

/// Defaults, file, environment and flags, in this order.
///
/// # Errors
/// The key that is wrong, where it stands, and the nearest one that exists.
pub fn load(settings: &Settings) -> Result<Loaded<Config>, Error> {
    checked(layers(settings)?.load()?)
}

/// The same with the flags of `up`.
///
/// # Errors
/// See [`load`].
pub fn load_for_up(up: &Up) -> Result<Loaded<Config>, Error> {
    let mut layers = layers(&up.settings)?;
    if let Some(data) = &up.data {
        layers = layers.set("server.data", &data.to_string_lossy(), "the flag --data")?;
        layers = layers.set("demo.data", &data.to_string_lossy(), "the flag --data")?;
    }
    if let Some(listen) = &up.listen {
        layers = layers.set("server.listen", listen, "the flag --listen")?;
    }
    if let Some(admin) = &up.admin {
        layers = layers.set("server.admin", admin, "the flag --admin")?;
    }
    if let Some(url) = &up.nats {
        let servers: Vec<&str> = url.split(',').collect();
        // As TOML writes a list of texts.
        layers = layers.set("nats.servers", &format!("{servers:?}"), "the flag --nats")?;
    }
    checked(layers.load()?)
}

/// The configured area, or the built-in one.
///
/// # Errors
/// If the file cannot be read or contradicts itself.
pub fn area(path: Option<&Path>) -> Result<Described, Error> {
    let (text, path) = match path {
        Some(path) => (read(path)?, path),
        None => (DEFAULT_AREA.to_owned(), Path::new("the built-in area")),
    };
    let (area, document) =
        proto::area::from_toml(&text).map_err(|source| Error::Area { path: path.to_owned(), source })?;
    Ok(Described { area: Arc::new(area), document: document.into() })
}

/// A small text file.
///
/// # Errors
/// With the path.
pub fn read(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(|source| Error::File { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_defaults_are_the_ones_compiled_in() {
        let config = Layers::new(DEFAULTS).unwrap().load::<Config>().unwrap().values;
        check(&config).unwrap();
        assert_eq!(format!("{:?}", config.intake), format!("{:?}", sources::door::Config::default()));
        assert_eq!(format!("{:?}", config.recorder), format!("{:?}", recorder::Config::default()));
        assert_eq!(format!("{:?}", config.projector), format!("{:?}", projector::Config::default()));
        let gateway = gateway::Config { board_dir: Some(PathBuf::new()), ..gateway::Config::default() };
        assert_eq!(format!("{:?}", config.gateway), format!("{gateway:?}"));
    }
}
