//! Decisions in, encoded blocks out: where to cut, and the chain across the cuts.

use bytes::Bytes;
use proto::block::{Draft, Effort, encode};

use crate::shelf::Keyed;
use crate::{Decision, Error, Head};

/// Where a block is closed: enough records that its own cost is shared by many, few enough that one
/// record can be read without decompressing much more than this.
const TARGET_RECORDS: usize = 512;
/// What a block should have at most when stored: see the segments of a volume.
const TARGET_STORED: usize = 20 * 1024;
/// The most bytes before compression that are tried as one block.
const TARGET_RAW: usize = 120 * 1024;
/// The most bytes of records in a group: bounds what an append holds in memory a second time.
pub(crate) const MAX_GROUP_BYTES: usize = 16 * 1024 * 1024;

/// Where to close a block so that it is stored in about [`TARGET_STORED`] bytes: as the one before it
/// compressed, so will this one, about.
#[derive(Debug)]
pub(crate) struct Sizing {
    raw: usize,
}

impl Default for Sizing {
    fn default() -> Self {
        Self { raw: TARGET_RAW }
    }
}

impl Sizing {
    /// Whether a block of so many records and bytes is more than one should be.
    pub(crate) const fn is_full(&self, records: usize, raw: usize) -> bool {
        records > TARGET_RECORDS || raw > self.raw
    }

    /// A block of `raw` bytes was stored in so many.
    pub(crate) fn learn(&mut self, raw: usize, stored: usize) {
        self.raw = (raw.saturating_mul(TARGET_STORED) / stored.max(1)).clamp(TARGET_STORED, TARGET_RAW);
    }
}

/// A group, ready to be put up.
#[derive(Debug)]
pub(crate) struct Packed {
    pub blocks: Vec<Keyed>,
    pub head: Head,
    pub cursor: u64,
}

/// Packs a group that begins after `head`. Nothing is written: an error leaves the journal as it was.
pub(crate) fn pack(head: Head, group: &[Decision], sizing: &mut Sizing) -> Result<Packed, Error> {
    let bytes: usize = group.iter().flat_map(|decision| &decision.records).map(Bytes::len).sum();
    if bytes > MAX_GROUP_BYTES {
        return Err(Error::GroupTooBig { bytes, limit: MAX_GROUP_BYTES });
    }
    let mut pieces: Vec<Piece<'_>> = Vec::with_capacity(group.len());
    let mut end = head;
    for (index, decision) in group.iter().enumerate() {
        if let (true, Some(before)) = (decision.records.is_empty(), pieces.last_mut()) {
            // Nothing to store but how far the stream has been read.
            before.cursor = decision.cursor;
        } else if !decision.records.is_empty() {
            let first = end.sequence + 1;
            end = decision.records.iter().fold(end, |head, record| head.then(record));
            let raw = decision.records.iter().map(Bytes::len).sum();
            pieces.push(Piece {
                index,
                records: &decision.records,
                raw,
                first,
                end,
                cursor: decision.cursor,
            });
        }
    }
    let cursor = pieces.last().map_or(0, |piece| piece.cursor);
    let mut blocks = Vec::new();
    let mut open = 0;
    let (mut records, mut raw) = (0, 0);
    for (at, piece) in pieces.iter().enumerate() {
        if at > open && sizing.is_full(records + piece.records.len(), raw + piece.raw) {
            seal(pieces.get(open..at).unwrap_or_default(), &mut blocks, sizing)?;
            (open, records, raw) = (at, 0, 0);
        }
        records += piece.records.len();
        raw += piece.raw;
    }
    seal(pieces.get(open..).unwrap_or_default(), &mut blocks, sizing)?;
    Ok(Packed { blocks, head: end, cursor })
}

/// A decision that has records, with its place in the group and in the journal.
struct Piece<'a> {
    index: usize,
    records: &'a [Bytes],
    raw: usize,
    first: u64,
    end: Head,
    cursor: u64,
}

/// Makes one block of these decisions, or several if one would be stored too big. A decision is never
/// cut: alone in a block it gets more effort instead.
fn seal(pieces: &[Piece<'_>], blocks: &mut Vec<Keyed>, sizing: &mut Sizing) -> Result<(), Error> {
    let (Some(first), Some(last)) = (pieces.first(), pieces.last()) else { return Ok(()) };
    let records: Vec<&[u8]> = pieces.iter().flat_map(|piece| piece.records).map(AsRef::as_ref).collect();
    let draft =
        Draft { first_sequence: first.first, cursor: last.cursor, head: last.end.hash, records: &records };
    let alone = pieces.len() == 1;
    match encode(&draft, if alone { Effort::Utmost } else { Effort::Quick }) {
        Ok(block) => {
            let raw = pieces.iter().map(|piece| piece.raw).sum();
            // A single small decision says nothing about how a full block compresses.
            if raw > TARGET_STORED {
                sizing.learn(raw, block.len());
            }
            blocks.push(Keyed { key: first.first, block: block.into() });
        }
        Err(source) if alone => return Err(Error::DecisionTooBig { index: first.index, source }),
        Err(_) => {
            let (left, right) = pieces.split_at(pieces.len() / 2);
            seal(left, blocks, sizing)?;
            seal(right, blocks, sizing)?;
        }
    }
    Ok(())
}
