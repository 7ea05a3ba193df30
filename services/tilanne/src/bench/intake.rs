//! Durable intake over HTTP, and folding a journal again from its beginning.

use std::time::Instant;

use futures_util::{StreamExt, TryStreamExt, stream};

use super::rig::{Rig, peak_memory_mb};
use super::row::Row;
use super::{events, plain};
use crate::Error;
use crate::cli::Bench;
use crate::client::{Client, Tally};
use crate::config::Described;

/// Events of one body, as `tilanne replay --speed max` sends them.
const EVENTS_A_BODY: usize = 2_000;
/// Bodies under way at once.
const BODIES_AT_ONCE: usize = 3;
/// What the recorder flushes together at the most, and so the plain file too.
const GROUP: usize = 1_024;

#[expect(clippy::cast_precision_loss, reason = "far below 2^52 events")]
const fn count(number: usize) -> f64 {
    number as f64
}

/// Sends everything and waits until boards show it. Seconds until the last receipt, and until the boards.
async fn fill(rig: &Rig, lines: &[String]) -> Result<(f64, f64), Error> {
    let client = Client::new(&rig.url, None)?;
    let begun = Instant::now();
    let bodies = lines.chunks(EVENTS_A_BODY).map(|lines| client.send(lines.join("\n")));
    let mut tally = Tally::default();
    let receipts: Vec<_> = stream::iter(bodies).buffered(BODIES_AT_ONCE).try_collect().await?;
    receipts.iter().for_each(|receipts| tally.take(receipts));
    let durable = begun.elapsed().as_secs_f64();
    if tally.recorded != lines.len() as u64 {
        return Err(Error::Bad(format!(
            "of {} events {tally}: the bench needs all of them recorded",
            lines.len()
        )));
    }
    // Two facts of the log's own come first.
    while rig.folded().await? < tally.recorded {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    Ok((durable, begun.elapsed().as_secs_f64()))
}

/// A house of an area that has recorded and folded all these events.
pub async fn filled(described: Described, lines: &[String]) -> Result<Rig, Error> {
    let rig = Rig::new(described).await?;
    fill(&rig, lines).await?;
    Ok(rig)
}

fn records(lines: &[String]) -> Vec<Vec<u8>> {
    lines.iter().map(|line| line.as_bytes().to_vec()).collect()
}

/// Durable intake events a second, beside a plain file with the same bytes in the same groups.
pub async fn intake(asked: &Bench) -> Result<Vec<Row>, Error> {
    let (lines, described) = events::events(asked)?;
    let rig = Rig::new(described).await?;
    let (durable, shown) = fill(&rig, &lines).await?;
    let plain = plain::append(rig.data.path(), &records(&lines), GROUP)?;
    rig.stop().await?;
    let name = "plain file, write + CRC + fdatasync a group of 1,024";
    Ok(vec![
        Row::beside("intake_durable_events", count(lines.len()) / durable, "events/s", name, plain),
        Row::alone("intake_until_receipts", durable, "s"),
        Row::alone("intake_until_boards", shown, "s"),
        Row::alone("peak_memory_with_driver", peak_memory_mb(), "MB"),
    ])
}

/// Facts a second from starting on a full journal until its boards are shown, beside reading a plain file.
pub async fn replay(asked: &Bench) -> Result<Vec<Row>, Error> {
    let (lines, described) = events::events(asked)?;
    let rig = Rig::new(described.clone()).await?;
    fill(&rig, &lines).await?;
    plain::append(rig.data.path(), &records(&lines), GROUP)?;
    let plain = plain::scan(rig.data.path())?;
    let data = rig.stop().await?;
    let begun = Instant::now();
    let rig = Rig::on(data, described).await?;
    let seconds = begun.elapsed().as_secs_f64();
    rig.stop().await?;
    let name = "plain file, read + CRC";
    Ok(vec![
        Row::beside("replay_facts_to_first_board", count(lines.len()) / seconds, "facts/s", name, plain),
        Row::alone("replay_until_ready", seconds, "s"),
    ])
}
