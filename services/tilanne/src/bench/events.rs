//! What is sent: a real feed's events where files are named, else those of the simulated evening.

use std::path::{Path, PathBuf};

use situation::time::Instant;
use sources::demo::Demo;
use sources::tabular::{Adapter, Detail, Spec};

use crate::Error;
use crate::cli::Bench;
use crate::config::{self, Described};

/// Generated events of one run.
const GENERATED: usize = 100_000;
/// They happened in the weeks before now, so that none lies ahead of the clock.
const BEGAN_AGO: std::time::Duration = std::time::Duration::from_secs(30 * 24 * 3600);
/// Any would do; this one is the demo's.
const SEED: u64 = 26_112_026;

/// Events as JSON lines, and the area that they are about.
pub fn events(asked: &Bench) -> Result<(Vec<String>, Described), Error> {
    let described = config::area(asked.area.as_deref())?;
    let Some(feed) = &asked.feed else { return Ok((generated(&described), described)) };
    let lines = of_feed(&config::read(feed)?, &feed.display().to_string(), &asked.file)?;
    Ok((lines, described))
}

/// The events of a feed's files, each file's in the order in which they happened.
pub fn of_feed(spec: &str, origin: &str, files: &[PathBuf]) -> Result<Vec<String>, Error> {
    let mut adapter = Adapter::new(Spec::from_toml(spec, origin)?);
    let mut lines = Vec::new();
    for file in files {
        let body = std::fs::read(file).map_err(|source| Error::File { path: file.clone(), source })?;
        let refused = |refusal| Error::Bad(format!("{}: {refusal}", Path::display(file)));
        let reading = adapter.read(&body, Detail::Events).map_err(refused)?;
        lines.extend(reading.into_events().iter().filter_map(|event| serde_json::to_string(event).ok()));
    }
    Ok(lines)
}

fn generated(described: &Described) -> Vec<String> {
    simulated(described, GENERATED, BEGAN_AGO)
}

/// So many simulated events, of the time since so long ago.
pub fn simulated(described: &Described, count: usize, began_ago: std::time::Duration) -> Vec<String> {
    let now = Instant::from_micros(runtime::Clock::system().now_us());
    let zone = described.area.calendar.zone.clone();
    Demo::new(SEED, now.minus(began_ago).as_micros(), zone)
        .take(count)
        .map(|item| item.event.to_string())
        .collect()
}
