//! Decisions in, encoded blocks out: where to cut, and the chain across the cuts.

use bytes::Bytes;
use proto::block::{Draft, Effort, encode};

use crate::shelf::Keyed;
use crate::{Decision, Error, Head};

/// Where a block is closed as it is appended: two or three of them, packed together later, make one block
/// that stays.
const TARGET_RECORDS: usize = 512;
/// The same, in bytes of records.
const TARGET_RAW: usize = 13 * 1024;
/// The most bytes of records in a group: bounds what an append holds in memory a second time.
pub(crate) const MAX_GROUP_BYTES: usize = 16 * 1024 * 1024;

/// A group, ready to be put up.
#[derive(Debug)]
pub(crate) struct Packed {
    pub blocks: Vec<Keyed>,
    pub head: Head,
    pub cursor: u64,
}

/// Packs a group that begins after `head`. Nothing is written: an error leaves the journal as it was.
pub(crate) fn pack(head: Head, group: &[Decision]) -> Result<Packed, Error> {
    let bytes: usize = group.iter().flat_map(|decision| &decision.records).map(Bytes::len).sum();
    if bytes > MAX_GROUP_BYTES {
        return Err(Error::GroupTooBig { bytes, limit: MAX_GROUP_BYTES });
    }
    let mut packing = Packing { blocks: Vec::new(), records: Vec::new(), raw: 0, index: 0, cursor: 0, head };
    for (index, decision) in group.iter().enumerate() {
        packing.take(index, decision)?;
    }
    packing.close()?;
    let Packing { blocks, head, cursor, .. } = packing;
    Ok(Packed { blocks, head, cursor })
}

/// Blocks on their way, one of them open.
struct Packing<'a> {
    blocks: Vec<Keyed>,
    /// Of the open block, with their bytes and the place in the group of its last decision.
    records: Vec<&'a [u8]>,
    raw: usize,
    index: usize,
    /// After the last decision taken that has records, or that came after one that has.
    cursor: u64,
    head: Head,
}

impl<'a> Packing<'a> {
    fn take(&mut self, index: usize, decision: &'a Decision) -> Result<(), Error> {
        if decision.records.is_empty() {
            // Nothing to store but how far the stream has been read.
            if !self.records.is_empty() {
                self.cursor = decision.cursor;
            }
            return Ok(());
        }
        let raw = decision.records.iter().map(Bytes::len).sum::<usize>();
        let full =
            self.records.len() + decision.records.len() > TARGET_RECORDS || self.raw + raw > TARGET_RAW;
        if full {
            self.close()?;
        }
        for record in &decision.records {
            self.head = self.head.then(record);
            self.records.push(record);
        }
        (self.raw, self.index, self.cursor) = (self.raw + raw, index, decision.cursor);
        Ok(())
    }

    /// Makes a block of what is open. A decision is never cut: a big one is alone in its block, and
    /// compressed until it fits.
    fn close(&mut self) -> Result<(), Error> {
        if self.records.is_empty() {
            return Ok(());
        }
        let first_sequence = self.head.sequence + 1 - self.records.len() as u64;
        let (cursor, head) = (self.cursor, self.head.hash);
        let draft = Draft { first_sequence, cursor, head, records: &self.records };
        let block = encode(&draft, Effort::Least)
            .map_err(|source| Error::DecisionTooBig { index: self.index, source })?;
        self.blocks.push(Keyed { key: first_sequence, block: block.into() });
        self.records.clear();
        self.raw = 0;
        Ok(())
    }
}
