//! The house over NATS, beside what a bare NATS client does on the same server in the same run.
//!
//! Everything runs on one machine: the server, the recorder, the projector and who drives them share its cores and
//! its disk. The bare client pays for none of the house, so that the ratio is what durable receipts cost.

mod catch_up;
mod latency;
mod receipts;
mod server;
mod services;

use bus::nats::NatsAdmin;
use bus::{Bus, Limits, NatsOptions};
use bytes::Bytes;
use proto::event::family_of;
use proto::subject::Family;
use serde::Deserialize;
use tempfile::TempDir;

use self::server::Server;
use self::services::Running;
use super::events;
use super::row::Row;
use crate::Error;
use crate::cli::{Bench, Settings};
use crate::config::{self, Described};
use crate::house::open_journal;

/// One way to set up a server, how much is sent on it, and what its rows are called.
struct Setting {
    /// A line of the server's configuration.
    sync: &'static str,
    /// Events of one part: seconds' work, and many times what is in flight.
    events: usize,
    /// With 1,024 and with 64 in flight.
    receipts: [&'static str; 2],
    /// Publish to board: the median and one in a hundred.
    board: [&'static str; 2],
}

const SETTINGS: [Setting; 2] = [
    Setting {
        sync: "sync_interval: always",
        events: 6_144,
        receipts: ["receipts, always, 1024 in flight", "receipts, always, 64 in flight"],
        board: ["publish to board, always, p50", "publish to board, always, p99"],
    },
    Setting {
        sync: "",
        events: 16_384,
        receipts: ["receipts, default, 1024 in flight", "receipts, default, 64 in flight"],
        board: ["publish to board, default, p50", "publish to board, default, p99"],
    },
];

/// The stream beside the area's, into which the bare client publishes.
const BARE: &str = "bare";

/// One event on its way, and the family under whose name it goes.
type Sent = (Family, Bytes);

pub async fn nats(asked: &Bench) -> Result<Vec<Row>, Error> {
    let (lines, described) = events::events(asked)?;
    // The long form is of one figure: the others are no longer for it.
    if asked.full {
        return Ok(vec![catch_up::catch_up(&described, true).await?]);
    }
    let events: Vec<Sent> = lines.into_iter().map(sent).collect();
    let mut rows = Vec::new();
    for setting in &SETTINGS {
        rows.extend(on(setting, &described, &events).await?);
    }
    rows.push(catch_up::catch_up(&described, false).await?);
    Ok(rows)
}

/// The figures on a server of one setting.
async fn on(setting: &Setting, described: &Described, events: &[Sent]) -> Result<Vec<Row>, Error> {
    let needed = setting.events * receipts::PARTS;
    let Some(events) = events.get(..needed) else {
        return Err(Error::Usage(format!("{} events are too few: name files with {needed}", events.len())));
    };
    let data = directory()?;
    let server = Server::start(setting.sync).await?;
    let area = &described.area.id;
    streams(&server, &[area.as_str(), BARE]).await?;
    let journal = open_journal(data.path()).await?;
    let recorder = Running::recorder(&server, described, journal, data.path(), ("1", &[])).await?;
    let mut rows = latency::latency(setting, &server, described, data.path()).await?;
    rows.extend(receipts::receipts(setting, &server, area, events).await?);
    recorder.stop().await?;
    Ok(rows)
}

/// Makes intake streams as `tilanne nats init` makes them, all of them alike.
async fn streams(server: &Server, areas: &[&str]) -> Result<(), Error> {
    let config = config::load(&Settings::default())?.values;
    let admin = NatsAdmin::connect(&server.options("operator")).await?;
    for area in areas {
        admin.create(&config.nats.intake_stream(area)).await?;
    }
    Ok(())
}

/// On the disk of the working directory: a temporary directory may be in memory, which no fsync slows.
fn directory() -> Result<TempDir, Error> {
    tempfile::Builder::new()
        .prefix(".tilanne-bench-")
        .tempdir_in(".")
        .map_err(|source| Error::Io { doing: "making a directory for the bench", source })
}

async fn bus(options: &NatsOptions) -> Result<Bus, Error> {
    Ok(Bus::nats(options, Limits::default()).await?)
}

/// What went wrong on the way to the server.
fn failed(error: impl std::fmt::Display) -> Error {
    Error::Server(error.to_string())
}

fn sent(line: String) -> Sent {
    #[derive(Deserialize)]
    struct Kind {
        #[serde(rename = "type")]
        kind: String,
    }
    let kind = serde_json::from_str::<Kind>(&line).ok().and_then(|event| family_of(&event.kind));
    // What has no family of its own may come as any.
    (kind.unwrap_or(Family::Queue), Bytes::from(line))
}
