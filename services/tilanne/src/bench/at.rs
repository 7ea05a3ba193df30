//! Boards of past moments over HTTP.

use std::time::Instant;

use serde_json::Value;

use super::row::{Row, quantile};
use super::{events, intake};
use crate::Error;
use crate::cli::Bench;

/// Moments asked for.
const MOMENTS: usize = 500;

/// Milliseconds for `?at=` at moments spread over the whole span, beside the board of now.
pub async fn at(asked: &Bench) -> Result<Vec<Row>, Error> {
    let (lines, described) = events::events(asked)?;
    let area = described.area.id.clone();
    let rig = intake::filled(described, &lines).await?;
    let url = format!("{}/v1/areas/{area}/boards/situation", rig.url);
    let moments = moments(&lines);
    let client = reqwest::Client::new();
    let (mut past, mut now) = (Vec::new(), Vec::new());
    for moment in moments {
        past.push(ask(&client, &url, Some(&moment)).await?);
        now.push(ask(&client, &url, None).await?);
    }
    past.sort_by(f64::total_cmp);
    now.sort_by(f64::total_cmp);
    rig.stop().await?;
    let row = |name, q| {
        Row::beside(name, quantile(&past, q), "ms", "the board of now over the same HTTP", quantile(&now, q))
    };
    Ok(vec![row("at_p50", 0.5), row("at_p95", 0.95), row("at_max", 1.0)])
}

async fn ask(client: &reqwest::Client, url: &str, at: Option<&str>) -> Result<f64, Error> {
    let failed = |error: reqwest::Error| Error::Server(error.to_string());
    let begun = Instant::now();
    let url = at.map_or_else(|| url.to_owned(), |at| format!("{url}?at={at}"));
    let answer = client.get(url).send().await.map_err(failed)?.error_for_status().map_err(failed)?;
    answer.bytes().await.map_err(failed)?;
    Ok(begun.elapsed().as_secs_f64() * 1e3)
}

/// Event times picked evenly, then visited in a scattered order, so that no question helps the next.
fn moments(lines: &[String]) -> Vec<String> {
    /// Shares no factor with the number of moments, so that every one is visited once.
    const STRIDE: usize = 197;
    let step = (lines.len() / MOMENTS).max(1);
    let times: Vec<String> = lines
        .iter()
        .step_by(step)
        .filter_map(|line| serde_json::from_str::<Value>(line).ok()?.get("time")?.as_str().map(str::to_owned))
        .map(|time| time.replace('+', "%2B"))
        .collect();
    (0..times.len()).filter_map(|at| times.get(at * STRIDE % times.len().max(1)).cloned()).collect()
}
