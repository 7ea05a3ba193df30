//! A new recorder that copies another's journal over the bus, beside folding through that journal locally.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use journal::Journal;
use proto::block::Block;
use proto::fact::StoredFact;
use tokio::time::sleep;

use super::server::Server;
use super::services::Running;
use super::{directory, streams};
use crate::Error;
use crate::bench::row::Row;
use crate::bench::{events, intake};
use crate::config::Described;
use crate::house::open_journal;

/// Facts that the new one lacks; in the long form, of a few years.
const FACTS: usize = 500_000;
const FACTS_IN_FULL: usize = 5_000_000;

/// They happened since then, a few thousand a day; ten times as many, in ten times as long.
const SINCE: Duration = Duration::from_secs(150 * 24 * 3600);

/// Longest wait for all of them.
const PATIENCE: Duration = Duration::from_secs(600);

/// How often it is looked how far it has come.
const LOOK: Duration = Duration::from_millis(2);

/// Facts copied a second.
pub(super) async fn catch_up(described: &Described, full: bool) -> Result<Row, Error> {
    let (facts, since) = if full { (FACTS_IN_FULL, SINCE * 10) } else { (FACTS, SINCE) };
    let lines = events::simulated(described, facts, since);
    // A house in one process fills it: that is the fastest way, and the journal is the same.
    let full = intake::filled(described.clone(), &lines).await?.stop().await?;
    drop(lines);
    let empty = directory()?;
    let server = Server::start("").await?;
    streams(&server, &[described.area.id.as_str()]).await?;
    let (lent, copied) = (open_journal(full.path()).await?, open_journal(empty.path()).await?);
    let scanned = scan(&lent).await?;
    let all = ["1".to_owned(), "2".to_owned()];
    let lender = Running::recorder(&server, described, Arc::clone(&lent), full.path(), ("1", &all)).await?;
    let copier =
        Running::recorder(&server, described, Arc::clone(&copied), empty.path(), ("2", &all)).await?;
    let speed = until_level(lent.as_ref(), copied.as_ref()).await?;
    copier.stop().await?;
    lender.stop().await?;
    Ok(Row::beside("catch-up over the bus", speed, "facts/s", "local scan with decoding", scanned))
}

/// Facts a second from the first page that is written to the last.
async fn until_level(lent: &dyn Journal, copied: &dyn Journal) -> Result<f64, Error> {
    let whole = lent.head().sequence;
    let began = Instant::now();
    let mut first = None;
    loop {
        let now = copied.head().sequence;
        let (at, since) = match first {
            None if now == 0 => (0, began),
            None => *first.insert((now, Instant::now())),
            Some(first) => first,
        };
        if now >= whole {
            return Ok(a_second(now - at, since.elapsed()));
        }
        if began.elapsed() > PATIENCE {
            return Err(Error::Server(format!("the new recorder stands at fact {now} of {whole}")));
        }
        sleep(LOOK).await;
    }
}

/// Facts a second of reading and decoding a journal by all cores.
async fn scan(journal: &Arc<dyn Journal>) -> Result<f64, Error> {
    let journal = Arc::clone(journal);
    let scanned = tokio::task::spawn_blocking(move || {
        let begun = Instant::now();
        let (mut count, mut unreadable) = (0, None);
        journal::scan(journal.as_ref(), 0, decoded, |facts| match facts {
            Ok(facts) => {
                count += facts;
                ControlFlow::Continue(())
            }
            Err(error) => {
                unreadable = Some(error);
                ControlFlow::Break(())
            }
        })?;
        unreadable.map_or_else(|| Ok(a_second(count, begun.elapsed())), |error| Err(Error::from(error)))
    });
    scanned.await?
}

fn decoded(block: &Block) -> Result<u64, proto::fact::Error> {
    let mut count = 0;
    for (_, record) in block.records_from(1) {
        std::hint::black_box(StoredFact::from_bytes(record)?.into_fact()?);
        count += 1;
    }
    Ok(count)
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52 facts")]
fn a_second(count: u64, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}
