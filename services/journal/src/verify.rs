//! Checking everything, and counting it.

use std::ops::ControlFlow;

use bytes::Bytes;
use proto::block::{NOTHING, outline};

use crate::shelf::{Keyed, Shelf};
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

pub(crate) fn verify(
    shelf: &impl Shelf,
    journal: Head,
    progress: &mut dyn FnMut(Progress),
) -> Result<Report, Error> {
    let mut report = Report { sound: Head { sequence: 0, hash: NOTHING }, blocks: 0, damage: None };
    let walked = shelf.walk(0, &mut |key, bytes| {
        if key > journal.sequence {
            return ControlFlow::Break(());
        }
        match follow(report.sound, key, bytes) {
            Ok(head) => {
                report.sound = head;
                report.blocks += 1;
                progress(Progress { sequence: head.sequence, of: journal.sequence });
                ControlFlow::Continue(())
            }
            Err(why) => {
                report.damage = Some(Damage { place: Place::Sequence(report.sound.sequence + 1), why });
                ControlFlow::Break(())
            }
        }
    });
    if let (Err(error), None) = (walked, &report.damage) {
        let place = Place::Sequence(report.sound.sequence + 1);
        report.damage = Some(Damage { place, why: error.to_string() });
    }
    if report.damage.is_none() && report.sound != journal {
        let why = format!("sequences up to {} should follow, none does", journal.sequence);
        report.damage = Some(Damage { place: Place::Sequence(report.sound.sequence + 1), why });
    }
    if report.damage.is_none() {
        report.damage = shelf.complaint()?.map(|why| Damage { place: Place::Store, why });
    }
    Ok(report)
}

/// The head after a block that continues `head`, or what is wrong with it.
fn follow(head: Head, key: u64, bytes: &[u8]) -> Result<Head, String> {
    let next = head.sequence + 1;
    if key > next {
        return Err(format!("sequences {next} to {} are missing", key - 1));
    }
    if key < next {
        return Err(format!("a block for sequence {key} overlaps the one before it"));
    }
    let block = match read::checked(&Keyed { key, block: Bytes::copy_from_slice(bytes) }) {
        Ok(block) => block,
        Err(Error::Damaged { why, .. }) => return Err(why),
        Err(other) => return Err(other.to_string()),
    };
    if !block.follow(&head.hash) {
        return Err(format!("the chain breaks between {key} and {}", block.last_sequence()));
    }
    Ok(Head { sequence: block.last_sequence(), hash: *block.head() })
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
    shelf.walk(0, &mut |key, bytes| {
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
