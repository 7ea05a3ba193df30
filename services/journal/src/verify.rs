//! Checking everything, and counting it.

use std::ops::ControlFlow;

use bytes::Bytes;
use proto::block::{Block, NOTHING, outline};

use crate::lanes::{Intake, in_order};
use crate::shelf::{Keyed, LooseEnds, Shelf, Stock};
use crate::{Error, Head, read};

/// How far a verification is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The last sequence checked.
    pub sequence: u64,
    /// The last one that will be.
    pub of: u64,
}

/// Where damage was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// From this record's block on.
    Sequence(u64),
    /// In the store's own files: no record is known to be affected.
    Store,
}

/// The first damage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// Where it begins.
    pub place: Place,
    /// What does not fit.
    pub why: String,
}

/// The verdict on a journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The head up to which everything is sound; the journal's own if nothing is damaged.
    pub sound: Head,
    /// Blocks checked and sound.
    pub blocks: u64,
    /// The first damage, if there is any.
    pub damage: Option<Damage>,
    /// Sentences about what appends that were cut off left behind: no damage, and never acknowledged unless
    /// `unwitnessed` says that nobody knows.
    pub remains: Vec<String>,
    /// Where the note of what was acknowledged is missing: what can't be known about the journal's end.
    pub unwitnessed: Option<String>,
}

/// Counts of a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stat {
    /// Records.
    pub facts: u64,
    /// Blocks that hold them.
    pub blocks: u64,
    /// Bytes of all blocks as stored.
    pub stored_bytes: u64,
    /// Bytes of all bodies once decompressed: the records and one to three bytes for each.
    pub raw_bytes: u64,
    /// The first sequence; none in an empty journal.
    pub first_sequence: Option<u64>,
    /// The last sequence and the chain up to it.
    pub head: Head,
    /// The stream cursor after the last record.
    pub cursor: u64,
    /// Bytes that the store takes on its disk; 0 in memory.
    pub disk_bytes: u64,
}

/// Blocks that one worker checks at a time: enough that handing them over costs nothing beside it.
const BATCH: usize = 32;

pub(crate) fn verify(
    shelf: &impl Shelf,
    journal: Head,
    progress: &mut dyn FnMut(Progress),
) -> Result<Report, Error> {
    let sound = Head { sequence: 0, hash: NOTHING };
    let LooseEnds { remains, unwitnessed } = shelf.loose_ends();
    let mut report = Report { sound, blocks: 0, damage: None, remains, unwitnessed };
    let walked = check_all(&*shelf.now(), journal, &mut report, progress);
    if let (Err(error), None) = (walked, &report.damage) {
        let place = Place::Sequence(report.sound.sequence + 1);
        report.damage = Some(Damage { place, why: error.to_string() });
    }
    // Beyond the head lies what was appended, and packed into its last block, since it was asked for.
    let short = report.sound.sequence < journal.sequence
        || (report.sound.sequence == journal.sequence && report.sound != journal);
    if report.damage.is_none() && short {
        let why = format!("sequences up to {} should follow, none does", journal.sequence);
        report.damage = Some(Damage { place: Place::Sequence(report.sound.sequence + 1), why });
    }
    if report.damage.is_none() {
        report.damage = shelf.complaint()?.map(|why| Damage { place: Place::Store, why });
    }
    Ok(report)
}

/// Shows all blocks to workers on every core, in batches, and puts their answers together in order.
fn check_all(
    stock: &dyn Stock,
    journal: Head,
    report: &mut Report,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), Error> {
    let feed = |give: &mut Intake<'_, Vec<Keyed>>| {
        let mut batch = Vec::with_capacity(BATCH);
        let walked = stock.walk(0, &mut |key, bytes| {
            if key > journal.sequence {
                return ControlFlow::Break(());
            }
            batch.push(Keyed { key, block: Bytes::copy_from_slice(bytes) });
            if batch.len() < BATCH {
                return ControlFlow::Continue(());
            }
            give(std::mem::replace(&mut batch, Vec::with_capacity(BATCH)))
        });
        let _ = give(batch);
        walked
    };
    in_order(
        feed,
        |batch: Vec<Keyed>| check_batch(&batch),
        |answers| join(report, answers, journal, progress),
    )
}

/// What a worker found out about a block. Whether it continues the one before it is known for all but
/// the first of a batch.
struct Checked {
    key: u64,
    verdict: Result<Linked, String>,
}

struct Linked {
    head: Head,
    /// The first of a batch: its chain is still to be followed, from a head that only [`join`] knows.
    unfollowed: Option<Block>,
}

fn check_batch(batch: &[Keyed]) -> Vec<Checked> {
    let mut before: Option<[u8; 32]> = None;
    let check = |keyed: &Keyed| {
        let verdict = match read::checked(keyed) {
            Ok(block) if before.is_some_and(|before| !block.follow(&before)) => Err(broken(&block)),
            Ok(block) => {
                let head = Head { sequence: block.last_sequence(), hash: *block.head() };
                let unfollowed = before.is_none().then_some(block);
                Ok(Linked { head, unfollowed })
            }
            Err(Error::Damaged { why, .. }) => Err(why),
            Err(other) => Err(other.to_string()),
        };
        before = verdict.as_ref().ok().map(|linked: &Linked| linked.head.hash);
        Checked { key: keyed.key, verdict }
    };
    batch.iter().map(check).collect()
}

fn broken(block: &Block) -> String {
    format!("the chain breaks between {} and {}", block.first_sequence(), block.last_sequence())
}

/// Puts a batch behind what is known to be sound.
fn join(
    report: &mut Report,
    batch: Vec<Checked>,
    journal: Head,
    progress: &mut dyn FnMut(Progress),
) -> ControlFlow<()> {
    for Checked { key, verdict } in batch {
        let next = report.sound.sequence + 1;
        let followed = match verdict {
            _ if key > next => Err(format!("sequences {next} to {} are missing", key - 1)),
            _ if key < next => Err(format!("a block for sequence {key} overlaps the one before it")),
            Ok(Linked { unfollowed: Some(block), .. }) if !block.follow(&report.sound.hash) => {
                Err(broken(&block))
            }
            Ok(Linked { head, .. }) => Ok(head),
            Err(why) => Err(why),
        };
        match followed {
            Ok(head) => {
                report.sound = head;
                report.blocks += 1;
                progress(Progress { sequence: head.sequence, of: journal.sequence });
            }
            Err(why) => {
                report.damage = Some(Damage { place: Place::Sequence(next), why });
                return ControlFlow::Break(());
            }
        }
    }
    ControlFlow::Continue(())
}

pub(crate) fn stat(shelf: &impl Shelf, head: Head, cursor: u64) -> Result<Stat, Error> {
    let mut stat = Stat {
        facts: head.sequence,
        blocks: 0,
        stored_bytes: 0,
        raw_bytes: 0,
        first_sequence: (head.sequence > 0).then_some(1),
        head,
        cursor,
        disk_bytes: shelf.disk_bytes()?,
    };
    let mut damage = None;
    shelf.now().walk(0, &mut |key, bytes| {
        if key > head.sequence {
            return ControlFlow::Break(());
        }
        match outline(bytes) {
            Ok(outline) => {
                stat.blocks += 1;
                stat.stored_bytes += outline.stored as u64;
                stat.raw_bytes += outline.raw as u64;
                ControlFlow::Continue(())
            }
            Err(error) => {
                damage = Some(Error::damaged(key, error));
                ControlFlow::Break(())
            }
        }
    })?;
    damage.map_or(Ok(stat), Err)
}
