//! Reading: pages of records, runs of blocks.

use std::ops::ControlFlow;

use bytes::Bytes;
use proto::block::Block;

use crate::shelf::{Keyed, Stock, Visit};
use crate::{Blocks, Error, Head, Page};

/// The most bytes of records in one page; a page holds at least one record whatever its size.
pub const MAX_PAGE_BYTES: usize = 16 * 1024 * 1024;

/// Decodes a block and checks that it is the one that belongs under its key.
pub(crate) fn checked(keyed: &Keyed) -> Result<Block, Error> {
    let block = Block::decode(&keyed.block).map_err(|error| Error::damaged(keyed.key, error))?;
    if block.first_sequence() != keyed.key {
        let why = format!("its block begins with sequence {}", block.first_sequence());
        return Err(Error::damaged(keyed.key, why));
    }
    Ok(block)
}

/// The stored block that should hold `sequence`.
fn holding(stock: &dyn Stock, sequence: u64) -> Result<Keyed, Error> {
    stock.at_or_before(sequence)?.ok_or_else(|| Error::damaged(sequence, "no block holds it"))
}

/// The head before `block`'s first record, from the block before it.
fn before(stock: &dyn Stock, block: &Block) -> Result<Head, Error> {
    let sequence = block.first_sequence() - 1;
    if sequence == 0 {
        return Ok(Head::START);
    }
    let previous = checked(&holding(stock, sequence)?)?;
    if previous.last_sequence() != sequence {
        return Err(Error::damaged(previous.last_sequence() + 1, "no block holds it"));
    }
    Ok(Head { sequence, hash: *previous.head() })
}

pub(crate) fn page(stock: &dyn Stock, journal: Head, after: u64, max: usize) -> Result<Page, Error> {
    if after >= journal.sequence {
        return Ok(Page { before: journal, records: Vec::new(), journal });
    }
    let first = checked(&holding(stock, after + 1)?)?;
    if first.last_sequence() <= after {
        return Err(Error::damaged(first.last_sequence() + 1, "no block holds it"));
    }
    let skipped = first.records_from(0).take_while(|&(sequence, _)| sequence <= after);
    let before = skipped.fold(before(stock, &first)?, |head, (_, record)| head.then(record));
    let mut filling = Filling { records: Vec::new(), bytes: 0, next: after + 1, max };
    let mut damage = None;
    if filling.take(&first).is_continue() {
        let walked = stock.walk(first.last_sequence() + 1, &mut |key, bytes| {
            if key > journal.sequence {
                return ControlFlow::Break(());
            }
            let keyed = Keyed { key: filling.next, block: Bytes::copy_from_slice(bytes) };
            match checked(&keyed) {
                Ok(block) => filling.take(&block),
                Err(error) => {
                    damage = Some(error);
                    ControlFlow::Break(())
                }
            }
        });
        damage = damage.or(walked.err());
    }
    // What was read before the damage is sound; the next page meets the damage first.
    match damage {
        Some(error) if filling.records.is_empty() => Err(error),
        Some(_) | None => Ok(Page { before, records: filling.records, journal }),
    }
}

/// A page on its way.
struct Filling {
    records: Vec<Bytes>,
    bytes: usize,
    next: u64,
    max: usize,
}

impl Filling {
    fn take(&mut self, block: &Block) -> ControlFlow<()> {
        while let Some(record) = block.shared(self.next) {
            let full = self.bytes + record.len() > MAX_PAGE_BYTES && !self.records.is_empty();
            if full || self.records.len() >= self.max {
                return ControlFlow::Break(());
            }
            self.bytes += record.len();
            self.next += 1;
            self.records.push(record);
        }
        if self.records.len() < self.max { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }
}

pub(crate) fn walk(stock: &dyn Stock, journal: Head, after: u64, visit: &mut Visit<'_>) -> Result<(), Error> {
    if after >= journal.sequence {
        return Ok(());
    }
    let first = holding(stock, after + 1)?;
    stock.walk(first.key, &mut |key, block| {
        if key > journal.sequence { ControlFlow::Break(()) } else { visit(key, block) }
    })
}

pub(crate) fn blocks(
    stock: &dyn Stock,
    journal: Head,
    after: u64,
    max_bytes: usize,
) -> Result<Blocks, Error> {
    if after >= journal.sequence {
        return Ok(Blocks { blocks: Vec::new(), journal });
    }
    let first = holding(stock, after + 1)?;
    let mut bytes = first.block.len();
    let mut blocks = vec![first.block];
    if bytes < max_bytes {
        stock.walk(first.key + 1, &mut |key, block| {
            bytes += block.len();
            if key > journal.sequence || bytes > max_bytes {
                return ControlFlow::Break(());
            }
            blocks.push(Bytes::copy_from_slice(block));
            ControlFlow::Continue(())
        })?;
    }
    Ok(Blocks { blocks, journal })
}
