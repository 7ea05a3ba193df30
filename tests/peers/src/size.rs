//! How much disk a feed takes, told once, against its compact CloudEvents.

use crate::disk;
use crate::feeds::Events;
use crate::store::Who;
use crate::table::{Row, Table};
use crate::{Error, Plan};

/// Bytes on the disk for each raw byte.
const OF_RAW: f64 = 0.25;
/// Groups in which the feed is told, and how many of its records: one at a time it would take a minute.
const GROUPS: [(usize, usize); 3] = [(1_024, usize::MAX), (64, usize::MAX), (1, 20_480)];

/// Measures each store at each size of group. The target is for the longest groups.
pub fn size(plan: &Plan, events: &[Events], table: &mut Table) -> Result<(), Error> {
    for events in events {
        let Some(raw) = events.raw_bytes else { continue };
        for (group, most) in GROUPS {
            let records = events.decisions.get(..events.decisions.len().min(most)).unwrap_or_default();
            #[expect(clippy::cast_precision_loss)]
            let (facts, all, raw) = (records.len() as f64, events.decisions.len() as f64, raw as f64);
            let mut rows = Vec::new();
            for &who in &plan.who {
                let place = disk::place(&plan.directory)?;
                let mut store = who.open(place.path())?;
                let mut first = 1;
                for records in records.chunks(group) {
                    store.append(first, records)?;
                    first += records.len() as u64;
                }
                store.settle()?;
                drop(store);
                #[expect(clippy::cast_precision_loss)]
                let taken = disk::taken(place.path())? as f64;
                let sample = vec![
                    ("disk/raw", taken / (raw * facts / all)),
                    ("bytes/fact", taken / facts),
                    ("raw/fact", raw / all),
                ];
                let row = Row::new(format!("disk, groups of {group}"), events.name, who.name(), &[sample]);
                if who == Who::Journal && group == 1_024 {
                    table.at_most(&row, "disk bytes a raw byte", row.median("disk/raw"), OF_RAW);
                }
                rows.push(row);
            }
            table.show(&rows, "disk/raw");
        }
    }
    Ok(())
}
