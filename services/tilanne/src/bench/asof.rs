//! Boards of any moment of a year: what was (`at`), and what people saw (`shown`, `sequence`).

mod year;

use std::path::Path;
use std::time::{Duration, Instant};

use reqwest::Client;
use tempfile::TempDir;

use self::year::Year;
use super::rig::{Rig, memory_mb};
use super::row::{Row, quantile};
use crate::Error;
use crate::cli::Bench;
use crate::config;

/// Facts of the year, and of the long form's.
const FACTS: u64 = 1_000_000;
const FACTS_IN_FULL: u64 = 10_000_000;
/// Moments asked for in each way, of all views in turn. None helps the next: there are more legs and kept situations than
/// are in memory.
const MOMENTS: u64 = 400;
/// All kinds of them: the area, its two desks, and a station.
const VIEWS: [&str; 4] = ["situation", "evening", "weekend", "station:porvoo-paivystys"];
/// Folding the long form's year takes minutes.
const READY_WITHIN: Duration = Duration::from_secs(3_600);
/// How often it is looked whether what is worked out beside the start is done.
const LOOK: Duration = Duration::from_millis(200);
/// What is quiet for so long is done.
const QUIET: Duration = Duration::from_secs(5);

/// The ways to ask, with the names of their rows.
const WAYS: [(Way, [&str; 6]); 3] = [
    (
        Way::At,
        [
            "asof_at_p50",
            "asof_at_p95",
            "asof_at_p99",
            "asof_at_cold_p50",
            "asof_at_cold_p95",
            "asof_at_cold_max",
        ],
    ),
    (
        Way::Sequence,
        [
            "asof_sequence_p50",
            "asof_sequence_p95",
            "asof_sequence_p99",
            "asof_sequence_cold_p50",
            "asof_sequence_cold_p95",
            "asof_sequence_cold_max",
        ],
    ),
    (
        Way::Shown,
        [
            "asof_shown_p50",
            "asof_shown_p95",
            "asof_shown_p99",
            "asof_shown_cold_p50",
            "asof_shown_cold_p95",
            "asof_shown_cold_max",
        ],
    ),
];
const QUANTILES: [f64; 3] = [0.5, 0.95, 0.99];
const COLD_QUANTILES: [f64; 3] = [0.5, 0.95, 1.0];

#[derive(Clone, Copy)]
enum Way {
    At,
    Sequence,
    Shown,
}

/// Milliseconds for boards of moments all over the year, of a house that has answered many and of one that has just been
/// started, beside the promised limits; and what that costs.
pub async fn asof(asked: &Bench) -> Result<Vec<Row>, Error> {
    let described = config::area(asked.area.as_deref())?;
    let data = tempfile::Builder::new()
        .prefix(".tilanne-bench-")
        .tempdir_in(".")
        .map_err(|source| Error::Io { doing: "making a directory for the bench", source })?;
    let facts = if asked.full { FACTS_IN_FULL } else { FACTS };
    let year = Year::record(data.path(), described.clone(), facts).await?;
    let begun = Instant::now();
    let rig = Rig::within(data, described.clone(), READY_WITHIN).await?;
    let first_start = begun.elapsed().as_secs_f64();
    settled(&rig).await?;
    let mut warm = Vec::new();
    for (way, _) in WAYS {
        // The first round is for what is made when it is first asked for.
        ask_all(&rig, &year, way, 1).await?;
        warm.push(ask_all(&rig, &year, way, 2).await?);
    }
    let memory = memory_mb();
    check(&rig, &year).await?;
    let data = rig.stop().await?;
    let mut cold = Vec::new();
    let (mut second_start, mut data) = (0.0, data);
    for (way, _) in WAYS {
        let begun = Instant::now();
        let rig = Rig::within(data, described.clone(), READY_WITHIN).await?;
        second_start = begun.elapsed().as_secs_f64();
        cold.push(ask_all(&rig, &year, way, 3).await?);
        data = rig.stop().await?;
    }
    let mut rows = figures(&warm, &cold);
    rows.extend(costs(&data, facts, memory)?);
    rows.push(Row::alone("asof_first_start", first_start, "s"));
    rows.push(Row::alone("asof_start", second_start, "s"));
    Ok(rows)
}

fn figures(warm: &[Vec<f64>], cold: &[Vec<f64>]) -> Vec<Row> {
    let mut rows = Vec::new();
    for (((_, names), warm), cold) in WAYS.iter().zip(warm).zip(cold) {
        let (of_warm, of_cold) = names.split_at(QUANTILES.len());
        for (name, q) in of_warm.iter().zip(QUANTILES) {
            rows.push(Row::beside(name, quantile(warm, q), "ms", "p95 asked of a warm house", 50.0));
        }
        for (name, q) in of_cold.iter().zip(COLD_QUANTILES) {
            rows.push(Row::beside(name, quantile(cold, q), "ms", "p95 asked of a cold house", 250.0));
        }
    }
    rows
}

/// What it takes of memory, with the driver's, and of the disk.
fn costs(data: &TempDir, facts: u64, memory: f64) -> Result<Vec<Row>, Error> {
    let journal = size_mb(&data.path().join("journal"))?;
    let snapshots = data.path().join("snapshots");
    let disk = |name, of: &str| {
        let size = size_mb(&snapshots.join(of))?;
        Ok::<_, Error>(Row::beside(name, size, "MB", "the journal", journal))
    };
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52 facts")]
    let millions = facts as f64 / 1e6;
    Ok(vec![
        Row::alone("asof_facts", millions, "million"),
        Row::alone("asof_memory_with_driver", memory, "MB"),
        disk("asof_disk_as_seen", "legs")?,
        disk("asof_disk_snapshots", "")?,
    ])
}

/// Waits until nothing is worked out any more that a start leaves for later.
async fn settled(rig: &Rig) -> Result<(), Error> {
    let (mut before, mut since) = (f64::MAX, Instant::now());
    while since.elapsed() < QUIET {
        tokio::time::sleep(LOOK).await;
        let busy = rig.metric("tilanne_process_cpu_seconds_total").await?;
        // Beating hearts and this question take a few hundredths of a second a second.
        if busy - before > LOOK.as_secs_f64() / 4.0 || before == f64::MAX {
            since = Instant::now();
        }
        before = busy;
    }
    Ok(())
}

/// Asks for moments all over the year, and for each round others; sorted milliseconds.
async fn ask_all(rig: &Rig, year: &Year, way: Way, round: u64) -> Result<Vec<f64>, Error> {
    let client = Client::new();
    let mut took = Vec::new();
    for number in 0..MOMENTS {
        let sequence = year.anywhere(number + round * MOMENTS);
        let view =
            usize::try_from(number).ok().and_then(|at| VIEWS.get(at % VIEWS.len())).unwrap_or(&"situation");
        let when = match way {
            Way::At => format!("at={}", year.second(sequence)),
            Way::Sequence => format!("sequence={sequence}"),
            Way::Shown => format!("shown={}", year.second(sequence)),
        };
        let url = format!("{}/v1/areas/{}/boards/{view}?{when}", rig.url, year.area);
        let failed = |error: reqwest::Error| Error::Server(format!("{view} {when}: {error}"));
        let begun = Instant::now();
        let answer = client.get(url).send().await.map_err(failed)?.error_for_status().map_err(failed)?;
        answer.bytes().await.map_err(failed)?;
        took.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    took.sort_by(f64::total_cmp);
    Ok(took)
}

/// Figures of wrong boards would be worth nothing: what is shown of a past fact is what was shown then.
async fn check(rig: &Rig, year: &Year) -> Result<(), Error> {
    let client = Client::new();
    for (sequence, hash) in &year.seen {
        let url = format!("{}/v1/areas/{}/boards/situation?sequence={sequence}", rig.url, year.area);
        let failed = |error: reqwest::Error| Error::Server(format!("sequence {sequence}: {error}"));
        let answer = client.get(url).send().await.map_err(failed)?.error_for_status().map_err(failed)?;
        let board: serde_json::Value = answer.json().await.map_err(failed)?;
        if board.get("hash").and_then(serde_json::Value::as_str) != Some(hash) {
            return Err(Error::Bad(format!("the board of fact {sequence} is not what people saw")));
        }
    }
    Ok(())
}

/// The size of all files below a directory, in MB; 0 where there is none.
fn size_mb(directory: &Path) -> Result<f64, Error> {
    fn bytes(directory: &Path) -> std::io::Result<u64> {
        let mut sum = 0;
        for entry in std::fs::read_dir(directory)? {
            let entry = entry?;
            let metadata = entry.metadata()?;
            sum += if metadata.is_dir() { bytes(&entry.path())? } else { metadata.len() };
        }
        Ok(sum)
    }
    match bytes(directory) {
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52 bytes")]
        Ok(bytes) => Ok(bytes as f64 / 1e6),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(0.0),
        Err(source) => Err(Error::Io { doing: "measuring the bench's directory", source }),
    }
}
