//! Durable appends in groups: how many a second, how long each takes, how much room they need.

use std::path::Path;
use std::time::Instant;

use crate::clock::{computed, timed};
use crate::disk;
use crate::feeds::{Events, LONGEST_GROUP};
use crate::store::{PLAIN_PEERS, Who};
use crate::table::{Row, Table, quantile};
use crate::{Error, Plan};

/// Groups, and what the journal has to reach of the plain file on real and on random events.
const GROUPS: [(usize, f64, f64); 3] = [(LONGEST_GROUP, 0.5, 0.35), (64, 0.5, 0.5), (1, 0.6, 0.6)];
/// What it has to reach of the best peer that stores a row a fact, at the longest groups on real events.
const OF_BEST_PEER: f64 = 1.2;
/// How many times the plain file's p99 an append of one fact may take.
const OF_P99: f64 = 2.0;
/// Seconds that everybody appends for. The same number of groups for all would leave a slow one busy for a
/// minute, and, where the disk stands still while the number is found, all of them with too few.
const BUSY: f64 = 1.5;
/// Bytes of records in one measurement at the most: bounds the disk that a peer takes (two to three
/// times as much) to less than 2 GB.
const MOST_BYTES: u64 = 640_000_000;

/// Measures every group size on every kind of events.
pub fn append(plan: &Plan, events: &[Events], table: &mut Table) -> Result<(), Error> {
    for events in events {
        for (group, of_real, of_random) in GROUPS {
            let mut samples: Vec<(Who, Vec<_>)> = plan.who.iter().map(|&who| (who, Vec::new())).collect();
            for round in 0..plan.rounds {
                // Each round begins with another, so that nobody always follows the same one.
                let contestants = samples.len();
                for at in 0..contestants {
                    if let Some((who, samples)) = samples.get_mut((at + round) % contestants) {
                        samples.push(once(plan, *who, events, group)?);
                    }
                }
            }
            let work = format!("append in groups of {group}");
            let rows: Vec<(Who, Row)> = samples
                .iter()
                .map(|(who, samples)| (*who, Row::new(&work, events.name, who.name(), samples)))
                .collect();
            judge(table, &rows, group, if events.are_facts() { of_real } else { of_random }, events);
            table.show(&rows.into_iter().map(|(_, row)| row).collect::<Vec<_>>(), "facts/s");
        }
    }
    Ok(())
}

fn once(plan: &Plan, who: Who, events: &Events, group: usize) -> Result<Vec<(&'static str, f64)>, Error> {
    disk::calm();
    let place = disk::place(&plan.directory)?;
    let before = computed();
    let Filled { seconds, settling, unsettled, mut took } = fill(plan, who, place.path(), events, group)?;
    let computing = computed() - before;
    took.sort_by(f64::total_cmp);
    #[expect(clippy::cast_precision_loss)]
    let (facts, bytes) = ((took.len() * group) as f64, disk::taken(place.path())? as f64);
    Ok(vec![
        ("facts/s", facts / seconds),
        ("settled/s", facts / (seconds + settling)),
        ("unsettled MB", unsettled / 1e6),
        ("cpu ns/fact", computing * 1e9 / facts),
        ("p50 us", quantile(&took, 0.5) * 1e6),
        ("p99 us", quantile(&took, 0.99) * 1e6),
        ("max ms", quantile(&took, 1.0) * 1e3),
        ("bytes/fact", bytes / facts),
    ])
}

/// How it went.
struct Filled {
    /// Until the last receipt.
    seconds: f64,
    /// Settling and closing after that.
    settling: f64,
    /// Bytes that still waited for the background at the last receipt.
    unsettled: f64,
    /// Seconds of each append.
    took: Vec<f64>,
}

fn fill(plan: &Plan, who: Who, directory: &Path, events: &Events, group: usize) -> Result<Filled, Error> {
    let mut store = who.open(directory)?;
    let most = MOST_BYTES / (events.mean().max(1) * group as u64);
    let mut took = Vec::new();
    let mut first = 1;
    let begun = Instant::now();
    for decisions in events.groups(group).take(usize::try_from(most).unwrap_or(usize::MAX)) {
        took.push(timed(|| store.append(first, decisions))?.0);
        first += decisions.len() as u64;
        if begun.elapsed().as_secs_f64() >= BUSY * plan.share {
            break;
        }
    }
    let seconds = begun.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss)]
    let unsettled = store.unsettled()? as f64;
    let (settling, ()) = timed(|| {
        store.settle()?;
        drop(store);
        Ok(())
    })?;
    Ok(Filled { seconds, settling, unsettled, took })
}

fn judge(table: &mut Table, rows: &[(Who, Row)], group: usize, of_plain: f64, events: &Events) {
    let of = |wanted: Who| rows.iter().find(|(who, _)| *who == wanted).map(|(_, row)| row);
    let (Some(ours), Some(plain)) = (of(Who::Journal), of(Who::Plain)) else { return };
    let rate = |row: &Row| row.median("facts/s");
    table.at_least(ours, "× plain file", rate(ours) / rate(plain), of_plain);
    if group == LONGEST_GROUP && events.are_facts() {
        let best = PLAIN_PEERS.into_iter().filter_map(of).map(rate).fold(0.0, f64::max);
        if best > 0.0 {
            table.at_least(ours, "× best plain peer", rate(ours) / best, OF_BEST_PEER);
        }
    }
    if group == 1 {
        let p99 = |row: &Row| row.median("p99 us");
        table.at_most(ours, "× the plain file's p99", p99(ours) / p99(plain), OF_P99);
    }
}
