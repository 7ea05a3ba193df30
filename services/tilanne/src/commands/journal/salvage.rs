//! `tilanne journal salvage`: a new journal of whatever is intact in a damaged one.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use ::journal::{Decision, Findings, Gap, Journal, Recovered, Salvage, Spot};
use bytes::Bytes;
use proto::fact::{Lost, Origin, StoredFact};

use super::directory::{Unfinished, open_to_write};
use super::epoch::{self, Log};
use super::expected::text;
use super::progress::Bar;
use super::{count, tell};
use crate::Error;
use crate::cli::World;
use crate::house::JOURNAL;
use crate::output::say;

/// Facts made durable at once.
const GROUP_FACTS: usize = 4_096;
/// Bytes of them at the most.
const GROUP_BYTES: usize = 4 * 1024 * 1024;
/// Places of one kind that are told one by one.
const TOLD: usize = 20;

pub fn salvage(dir: &Path, dest: &Path, log_was: Option<World>) -> Result<(), Error> {
    if !dir.is_dir() {
        return Err(Error::Usage(format!(
            "{} is no directory: name that of the damaged store",
            dir.display()
        )));
    }
    if std::path::absolute(dest)
        .is_ok_and(|dest| std::path::absolute(dir).is_ok_and(|dir| dest.starts_with(dir)))
    {
        return Err(Error::Usage("DEST lies in DIR: nothing may be written there".to_owned()));
    }
    let mut bar = Bar::of("bytes searched");
    let salvage = Salvage::search(&searched(dir), &mut |searched| bar.show(searched.bytes, searched.of))?;
    drop(bar);
    let (blocks, copies) = (salvage.blocks(), salvage.copies());
    let (found, further) = (count(blocks as u64, "intact block"), count(copies, "further copy"));
    tell(&format!("found {found} and {further} of them"));
    if !salvage.unreadable().is_empty() {
        list("could not be read", salvage.unreadable().iter().map(place));
    }
    if blocks == 0 {
        return Err(Error::Bad(format!("no intact block in {}: nothing can be recovered", dir.display())));
    }

    let unfinished = Unfinished::begin(dest)?;
    let journal = open_to_write(unfinished.path())?;
    let mut copying =
        Copying { journal: journal.as_ref(), group: Vec::new(), bytes: 0, next: 1, log: Log::default() };
    let mut outcome = Ok(());
    let findings = salvage.recover(&mut |recovered| match copying.take(recovered) {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => {
            outcome = Err(error);
            ControlFlow::Break(())
        }
    })?;
    outcome?;
    copying.append()?;
    let mut log = copying.log;
    if let (Some(world), Some(simulated)) = (log_was, log.simulated)
        && (world == World::Simulated) != simulated
    {
        let is = if simulated { "simulated" } else { "real" };
        return Err(Error::Usage(format!(
            "--log-was says otherwise, but the log's own fact says that it is {is}"
        )));
    }
    log.simulated = log.simulated.or(log_was.map(|world| world == World::Simulated));
    if log.simulated.is_none() {
        return Err(Error::Usage(
            "the fact that says whether this log is simulated is lost: add --log-was real or --log-was simulated".to_owned(),
        ));
    }
    let lost: Vec<Lost> = findings.gaps.iter().map(|gap| Lost { first: gap.first, last: gap.last }).collect();
    let head = epoch::begin(journal.as_ref(), log, Origin::Salvage, &lost)?;
    drop(journal);
    unfinished.finish()?;
    report(&findings, dest);
    say(&text(head))?;
    if findings.gaps.is_empty() && salvage.unreadable().is_empty() {
        return Ok(());
    }
    let lost: u64 = lost.iter().map(|range| range.last - range.first + 1).sum();
    Err(Error::Bad(format!("{} recovered, {lost} known to be lost", count(findings.records, "fact"))))
}

/// Where a data directory's own journal lies. Other logs may stand beside it, such as the demo's, and blocks of
/// two logs must never be joined. What has no such place is searched whole: files that somebody rescued.
fn searched(dir: &Path) -> PathBuf {
    let own = dir.join(JOURNAL);
    if own.is_dir() { own } else { dir.to_owned() }
}

/// Facts on their way into the new journal.
struct Copying<'a> {
    journal: &'a dyn Journal,
    group: Vec<Decision>,
    bytes: usize,
    /// The next sequence in the new journal.
    next: u64,
    log: Log,
}

impl Copying<'_> {
    fn take(&mut self, Recovered { sequence, cursor, record }: Recovered<'_>) -> Result<(), Error> {
        let fact = StoredFact::from_bytes(record)?;
        self.log.take(&fact, sequence);
        let record = if sequence == self.next {
            // As it was, so that up to the first gap the heads are those that were announced.
            Bytes::copy_from_slice(record)
        } else {
            Bytes::from(StoredFact { sequence: self.next, ..fact }.to_bytes()?)
        };
        self.next += 1;
        self.bytes += record.len();
        self.group.push(Decision { records: vec![record], cursor });
        if self.group.len() >= GROUP_FACTS || self.bytes >= GROUP_BYTES { self.append() } else { Ok(()) }
    }

    fn append(&mut self) -> Result<(), Error> {
        self.bytes = 0;
        self.journal.append(&std::mem::take(&mut self.group))?;
        Ok(())
    }
}

fn report(findings: &Findings, dest: &Path) {
    let (records, last) = (findings.records, findings.last_sequence);
    let recovered = count(records, "fact");
    tell(&format!("recovered {recovered} into {}, the last was fact {last}", dest.display()));
    if !findings.gaps.is_empty() {
        list("lost", findings.gaps.iter().map(|Gap { first, last }| format!("sequences {first} to {last}")));
    }
    for dispute in findings.disputes.iter().take(TOLD) {
        let others: Vec<String> = dispute.others.iter().take(TOLD).map(place).collect();
        let others = others.join(", ");
        tell(&match &dispute.kept {
            Some(kept) => format!(
                "disputed: sequence {}: kept {}, where the chain goes on; not {others}",
                dispute.sequence,
                place(kept)
            ),
            None => format!(
                "disputed: sequence {}: ended there, for the chain can't tell between {others}",
                dispute.sequence
            ),
        });
    }
}

fn place(spot: &Spot) -> String {
    format!("{} at byte {}", spot.file.display(), spot.at)
}

fn list(what: &str, places: impl ExactSizeIterator<Item = String>) {
    let more = places.len().saturating_sub(TOLD);
    for place in places.take(TOLD) {
        tell(&format!("{what}: {place}"));
    }
    if more > 0 {
        tell(&format!("{what}: {more} more"));
    }
}
