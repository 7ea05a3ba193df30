//! An encoded block in, records out.

use std::cell::RefCell;

use bytes::Bytes;
use zstd::bulk::Decompressor;

use super::envelope::{Codec, unseal};
use super::{ChainHash, Error, chain, v1};

/// Decompresses with this thread's own decompressor: making one costs as much as a small block.
fn decompress(payload: &[u8], raw: usize) -> std::io::Result<Vec<u8>> {
    thread_local! {
        static DECOMPRESSOR: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
    }
    DECOMPRESSOR.with_borrow_mut(|kept| {
        let decompressor = match kept {
            Some(decompressor) => decompressor,
            None => kept.insert(Decompressor::new()?),
        };
        decompressor.decompress(payload, raw)
    })
}

/// A checked, decompressed block. Its records lie in one shared buffer, so that reading costs two
/// allocations a block and none a record.
#[derive(Debug, Clone)]
pub struct Block {
    first_sequence: u64,
    cursor: u64,
    head: ChainHash,
    body: Bytes,
    /// Where each record lies in `body`.
    spans: Vec<(u32, u32)>,
}

impl Block {
    /// Decodes a block that fills `stored` exactly. The chain is not recomputed: see [`Block::follow`].
    ///
    /// # Errors
    /// Whatever is wrong with the bytes first; see [`Error`].
    pub fn decode(stored: &[u8]) -> Result<Self, Error> {
        let sealed = unseal(stored)?;
        let body = match sealed.codec {
            Codec::Plain => Bytes::copy_from_slice(sealed.payload),
            Codec::Zstd => Bytes::from(
                decompress(sealed.payload, sealed.raw)
                    .map_err(|error| Error::Decompress(error.to_string()))?,
            ),
        };
        if body.len() != sealed.raw {
            let why = format!("{} bytes came out, {} were promised", body.len(), sealed.raw);
            return Err(Error::Decompress(why));
        }
        match sealed.version {
            v1::VERSION => Self::from_v1(&body),
            newer => Err(Error::UnknownVersion(newer)),
        }
    }

    fn from_v1(body: &Bytes) -> Result<Self, Error> {
        let v1::Body { first_sequence, cursor, head, records } = v1::decode(body)?;
        let start = body.as_ptr().addr();
        let spans = records
            .iter()
            .map(|record| {
                // Every record borrows from `body`, whose length fits 32 bits.
                let from = record.as_ptr().addr() - start;
                (from as u32, (from + record.len()) as u32)
            })
            .collect();
        Ok(Self { first_sequence, cursor, head, body: body.clone(), spans })
    }

    /// The sequence of the first record.
    #[must_use]
    pub const fn first_sequence(&self) -> u64 {
        self.first_sequence
    }

    /// The sequence of the last record.
    #[must_use]
    pub const fn last_sequence(&self) -> u64 {
        self.first_sequence + self.spans.len() as u64 - 1
    }

    /// The stream cursor after the last record; 0 where there is no stream.
    #[must_use]
    pub const fn cursor(&self) -> u64 {
        self.cursor
    }

    /// The chain head after the last record, as the writer stored it.
    #[must_use]
    pub const fn head(&self) -> &ChainHash {
        &self.head
    }

    /// How many records: at least one.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.spans.len()
    }

    /// Bytes of the body: the records, and a few for each.
    #[must_use]
    pub const fn raw_bytes(&self) -> usize {
        self.body.len()
    }

    /// The records, in order.
    pub fn records(&self) -> impl ExactSizeIterator<Item = &[u8]> + DoubleEndedIterator {
        self.spans.iter().map(|&(from, to)| self.body.get(from as usize..to as usize).unwrap_or_default())
    }

    /// The records from `sequence` on with their sequences; none if the block ends before it.
    pub fn records_from(&self, sequence: u64) -> impl Iterator<Item = (u64, &[u8])> {
        let skip = usize::try_from(sequence.saturating_sub(self.first_sequence)).unwrap_or(usize::MAX);
        (self.first_sequence..).zip(self.records()).skip(skip)
    }

    /// A record that shares the block's buffer and keeps it alive.
    #[must_use]
    pub fn shared(&self, sequence: u64) -> Option<Bytes> {
        let index = usize::try_from(sequence.checked_sub(self.first_sequence)?).ok()?;
        let &(from, to) = self.spans.get(index)?;
        Some(self.body.slice(from as usize..to as usize))
    }

    /// Follows the chain through every record: whether `before`, the head before the first one, leads
    /// to the head that the block holds.
    #[must_use]
    pub fn follow(&self, before: &ChainHash) -> bool {
        self.records().fold(*before, |head, record| chain(&head, record)) == self.head
    }
}
