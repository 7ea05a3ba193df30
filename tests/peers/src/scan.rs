//! Cold scans of a long log: every record in hand, and every record decoded into a fact.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use proto::fact::StoredFact;

use crate::clock::{computed, timed};
use crate::disk;
use crate::feeds::{Events, LONGEST_GROUP};
use crate::store::{Reader, Who};
use crate::table::{Row, Table};
use crate::{Error, Plan};

/// What the journal has to reach of SQLite.
const OF_SQLITE: f64 = 1.2;

/// What is done with each record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deep {
    /// Its bytes are looked at.
    Records,
    /// It is decoded into a fact.
    Facts,
}

/// Fills a store with years of a feed and closes it.
pub fn fill(who: Who, directory: &Path, events: &Events, count: u64) -> Result<(), Error> {
    let mut store = who.open(directory)?;
    let (mut first, mut group) = (1, Vec::with_capacity(LONGEST_GROUP));
    for record in events.years(1, count) {
        group.push(record?);
        if group.len() == LONGEST_GROUP {
            store.append(first, &group)?;
            first += group.len() as u64;
            group.clear();
        }
    }
    if !group.is_empty() {
        store.append(first, &group)?;
    }
    store.settle()
}

/// What was met: how many records, and a sum of their bytes.
pub type Met = (u64, u64);

impl Deep {
    /// Does with a record what is to be done with each.
    pub fn look(self, record: &[u8], met: &mut Met) -> Result<(), Error> {
        let edge = |byte: Option<&u8>| u64::from(byte.copied().unwrap_or_default());
        met.0 += 1;
        met.1 = met.1.wrapping_add(record.len() as u64 + edge(record.first()) + edge(record.last()));
        if self == Self::Facts {
            std::hint::black_box(StoredFact::from_bytes(record)?);
        }
        Ok(())
    }
}

/// Scans a range. Answers with how many records there were and a sum of their bytes, so that two
/// stores can be seen to hold the same.
pub fn walk(reader: &dyn Reader, range: RangeInclusive<u64>, deep: Deep) -> Result<Met, Error> {
    let mut met = (0, 0);
    reader.scan(range, &mut |record| deep.look(record, &mut met))?;
    Ok(met)
}

/// The same by two threads, each with one half.
fn walk_halves(reader: &dyn Reader, count: u64, deep: Deep) -> Result<Met, Error> {
    // Where a group ends, and so a block of everybody's.
    let middle = count / 2 / LONGEST_GROUP as u64 * LONGEST_GROUP as u64;
    std::thread::scope(|scope| {
        let other = scope.spawn(|| walk(reader, middle + 1..=count, deep));
        let (count, sum) = walk(reader, 1..=middle, deep)?;
        let rest = other.join().map_err(|_| Error::Wrong("a scanning thread stopped".to_owned()))??;
        Ok((count + rest.0, sum.wrapping_add(rest.1)))
    })
}

/// The ways of scanning: what is done with a record; whether by the store's own scan, or by two threads of
/// ours that each scan a half.
const WAYS: [(&str, Deep, bool); 4] = [
    ("cold scan, records, as each offers it", Deep::Records, false),
    ("cold scan and decode, as each offers it", Deep::Facts, false),
    ("cold scan, records, in two halves", Deep::Records, true),
    ("cold scan and decode, in two halves", Deep::Facts, true),
];

/// Measures every store of a directory that holds one in a directory of its name.
pub fn scan(plan: &Plan, events: &Events, stores: &[(Who, PathBuf)], table: &mut Table) -> Result<(), Error> {
    let mut expected = None;
    for (work, deep, halves) in WAYS {
        if deep == Deep::Facts && !events.are_facts() {
            continue;
        }
        let mut samples: Vec<Vec<Vec<(&'static str, f64)>>> = stores.iter().map(|_| Vec::new()).collect();
        let mut how = "";
        for round in 0..plan.rounds {
            for at in 0..stores.len() {
                let at = (at + round) % stores.len();
                let (Some((who, directory)), Some(samples)) = (stores.get(at), samples.get_mut(at)) else {
                    continue;
                };
                how = disk::cool(directory)?;
                let before = computed();
                let (seconds, found) = timed(|| {
                    let reader = who.reader(directory)?;
                    if halves && reader.can_begin_anywhere() {
                        walk_halves(&*reader, plan.facts, deep)
                    } else {
                        reader.scan_all(plan.facts, deep)
                    }
                })?;
                let expected = *expected.get_or_insert(found);
                if found != expected || found.0 != plan.facts {
                    let name = who.name();
                    return Err(Error::Wrong(format!("{name} gave {found:?} where {expected:?} was stored")));
                }
                #[expect(clippy::cast_precision_loss)]
                let facts = found.0 as f64;
                let computing = (computed() - before) * 1e9 / facts;
                samples.push(vec![
                    ("facts/s", facts / seconds),
                    ("seconds", seconds),
                    ("cpu ns/fact", computing),
                ]);
            }
        }
        let rows: Vec<Row> = stores
            .iter()
            .zip(&samples)
            .map(|((who, _), samples)| {
                Row::new(format!("{work}, {} facts", plan.facts), events.name, who.name(), samples)
            })
            .collect();
        if !how.is_empty() {
            eprintln!("made cold by {how}");
        }
        if !halves {
            judge(table, stores, &rows);
        }
        table.show(&rows, "facts/s");
    }
    Ok(())
}

fn judge(table: &mut Table, stores: &[(Who, PathBuf)], rows: &[Row]) {
    let of = |wanted: Who| rows.iter().zip(stores).find(|(_, (who, _))| *who == wanted).map(|(row, _)| row);
    if let (Some(ours), Some(sqlite)) = (of(Who::Journal), of(Who::Sqlite)) {
        let ratio = ours.median("facts/s") / sqlite.median("facts/s");
        table.at_least(ours, "× sqlite", ratio, OF_SQLITE);
    }
}
