//! A house under test: on free ports, on a directory that goes away with it.

use std::time::Duration;

use runtime::metrics::Metrics;
use tempfile::TempDir;

use crate::Error;
use crate::cli::Settings;
use crate::config::{self, Described};
use crate::house::House;

/// Folding what a bench has sent takes seconds.
const READY_WITHIN: Duration = Duration::from_secs(120);

/// A running house and where it keeps its journal.
pub struct Rig {
    /// The house.
    pub house: House,
    /// `http://…` of its public listener.
    pub url: String,
    /// `http://…` of its admin listener.
    admin: String,
    /// Its data directory.
    pub data: TempDir,
}

impl Rig {
    /// Opens a house of an area on a new directory.
    pub async fn new(described: Described) -> Result<Self, Error> {
        // On the disk of the working directory: a temporary directory may be in memory, which no fsync slows.
        let data = tempfile::Builder::new()
            .prefix(".tilanne-bench-")
            .tempdir_in(".")
            .map_err(|source| Error::Io { doing: "making a directory for the bench", source })?;
        Self::on(data, described).await
    }

    /// Opens a house of an area on a directory that may hold a journal.
    pub async fn on(data: TempDir, described: Described) -> Result<Self, Error> {
        Self::within(data, described, READY_WITHIN).await
    }

    /// The same, where folding what is there may take longer.
    pub async fn within(data: TempDir, described: Described, longest: Duration) -> Result<Self, Error> {
        let mut config = config::load(&Settings::default())?.values;
        config.server.listen = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
        config.server.admin = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
        config.server.data = data.path().to_owned();
        let house = House::open(config, described, false, Metrics::new("bench")?).await?;
        let (url, admin) = (format!("http://{}", house.public), format!("http://{}", house.admin));
        let rig = Self { house, url, admin, data };
        rig.ready(longest).await?;
        Ok(rig)
    }

    /// Waits until boards are folded and shown.
    async fn ready(&self, longest: Duration) -> Result<(), Error> {
        let url = format!("{}/readyz", self.admin);
        let begun = std::time::Instant::now();
        loop {
            if reqwest::get(&url).await.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(());
            }
            if begun.elapsed() > longest {
                return Err(Error::Server("the house under test did not get ready".to_owned()));
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// The sequence up to which boards are folded.
    pub async fn folded(&self) -> Result<u64, Error> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a sequence far below 2^52"
        )]
        Ok(self.metric("tilanne_projector_sequence").await? as u64)
    }

    /// The value of a metric that has no labels; 0 if there is none.
    pub async fn metric(&self, name: &str) -> Result<f64, Error> {
        let failed = |error: reqwest::Error| Error::Server(error.to_string());
        let text = reqwest::get(format!("{}/metrics", self.admin))
            .await
            .map_err(failed)?
            .text()
            .await
            .map_err(failed)?;
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        Ok(line.and_then(|value| value.parse().ok()).unwrap_or_default())
    }

    /// Stops it and keeps its directory.
    pub async fn stop(self) -> Result<TempDir, Error> {
        self.house.close().await?;
        Ok(self.data)
    }
}

/// The most memory that this process has had resident, in MB; 0 where the system does not tell.
pub fn peak_memory_mb() -> f64 {
    status_mb("VmHWM:")
}

/// The memory that this process has resident, in MB; 0 where the system does not tell.
pub fn memory_mb() -> f64 {
    status_mb("VmRSS:")
}

fn status_mb(name: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kilobytes: f64 =
        line.and_then(|rest| rest.trim().trim_end_matches("kB").trim().parse().ok()).unwrap_or_default();
    kilobytes / 1024.0
}
