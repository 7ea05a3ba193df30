//! A long log at rest: the memory to open and scan it, the time to open it, also after `kill -9`.

use std::path::{Path, PathBuf};

use crate::child::{Role, kill_after};
use crate::disk;
use crate::feeds::{Events, LONGEST_GROUP};
use crate::store::Who;
use crate::table::{Row, Table};
use crate::{Error, Plan};

/// MB resident at the most.
const MEMORY_MB: f64 = 120.0;
/// Seconds to open a log that was closed, and one whose writer was killed.
const CLEAN: f64 = 0.3;
const KILLED: f64 = 1.5;
/// Who is opened: each round copies the store, and the others would be copied for nothing.
const OPENED: [Who; 2] = [Who::Journal, Who::Sqlite];
/// Groups that have their receipts when the writer is killed, times the round: early and late in what
/// it binds in the background.
const KILLED_AFTER_GROUPS: u64 = 310;

/// The most memory of a child that opens a store, scans it and decodes every fact.
pub fn memory(
    plan: &Plan,
    events: &Events,
    stores: &[(Who, PathBuf)],
    table: &mut Table,
) -> Result<(), Error> {
    let mut rows = Vec::new();
    for (who, directory) in stores {
        let mut samples = Vec::new();
        for _ in 0..plan.rounds.min(3) {
            samples.push(vec![("peak MB", Role::Scan.run(*who, directory, plan.facts)?)]);
        }
        let row = Row::new(format!("memory, {} facts", plan.facts), events.name, who.name(), &samples);
        if *who == Who::Journal {
            table.at_most(&row, "MB after opening and scanning", row.median("peak MB"), MEMORY_MB);
        }
        rows.push(row);
    }
    table.show(&rows, "peak MB");
    Ok(())
}

/// Seconds to open, by a child on cold files, clean and after a kill. A store whose writer was killed is
/// a copy, so that each round begins alike.
pub fn open(plan: &Plan, events: &Events, stores: &[(Who, PathBuf)], table: &mut Table) -> Result<(), Error> {
    let stores: Vec<_> = stores.iter().filter(|(who, _)| OPENED.contains(who)).collect();
    let (mut clean, mut killed): (Vec<_>, Vec<_>) = (stores.iter().map(|_| Vec::new()).collect(), Vec::new());
    killed.clone_from(&clean);
    for round in 0..plan.rounds {
        for (((who, directory), clean), killed) in stores.iter().copied().zip(&mut clean).zip(&mut killed) {
            disk::cool(directory)?;
            clean.push(vec![("seconds", Role::Open.run(*who, directory, 0)?)]);
            let place = disk::place(&plan.directory)?;
            killed.push(after_kill(*who, directory, &place.path().join("killed"), plan.facts, round)?);
        }
    }
    for (work, samples, limit) in [("open, closed", clean, CLEAN), ("open, after kill -9", killed, KILLED)] {
        let work = format!("{work}, {} facts", plan.facts);
        let rows: Vec<Row> = stores
            .iter()
            .zip(&samples)
            .map(|((who, _), samples)| Row::new(&work, events.name, who.name(), samples))
            .collect();
        for (row, _) in rows.iter().zip(&stores).filter(|(_, (who, _))| *who == Who::Journal) {
            table.at_most(row, "seconds to open", row.median("seconds"), limit);
        }
        table.show(&rows, "seconds");
    }
    Ok(())
}

fn after_kill(
    who: Who,
    from: &Path,
    copy: &Path,
    facts: u64,
    round: usize,
) -> Result<Vec<(&'static str, f64)>, Error> {
    disk::copy(from, copy)?;
    let groups = KILLED_AFTER_GROUPS * (round as u64 + 1);
    let mut child = Role::Append.start(who, copy, facts)?;
    let receipts = kill_after(&mut child, facts + groups * LONGEST_GROUP as u64)?;
    disk::cool(copy)?;
    let seconds = Role::Open.run(who, copy, 0)?;
    // Time means little if something is gone: every receipt's record is still there.
    let mut found = 0;
    who.reader(copy)?.scan(facts + 1..=receipts, &mut |_| {
        found += 1;
        Ok(())
    })?;
    if found != receipts - facts {
        let (name, due) = (who.name(), receipts - facts);
        return Err(Error::Wrong(format!(
            "{name} was killed: {found} of {due} records with receipts are there"
        )));
    }
    Ok(vec![("seconds", seconds)])
}
