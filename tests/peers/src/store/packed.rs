//! Two ways to use a key-value store: an entry a fact, or an entry for each of our encoded blocks.

use std::ops::RangeInclusive;

use journal::Decision;
use proto::block::{Block, ChainHash, Draft, Effort, NOTHING, chain, encode};

use super::{Reader, Sink, Store};
use crate::Error;
use crate::feeds::records;

/// Records in a block at the most, and bytes of records before compression: the journal's own measures.
const RECORDS: usize = 512;
const RAW: usize = 13 * 1024;

/// A store of entries under ascending numbers.
pub trait Entries {
    /// Puts entries in one transaction; they are durable when this returns.
    fn put(&mut self, entries: &[(u64, &[u8])]) -> Result<(), Error>;

    /// See [`Store::settle`].
    fn settle(&mut self) -> Result<(), Error>;
}

/// Reads such a store.
pub trait EntriesReader: Sync {
    /// Hands over the values of a range of keys, in order.
    fn values(&self, range: RangeInclusive<u64>, sink: &mut Sink<'_>) -> Result<(), Error>;
}

/// An entry a fact.
pub struct Rows<E>(pub E);

impl<E: Entries> Store for Rows<E> {
    fn append(&mut self, first: u64, group: &[Decision]) -> Result<(), Error> {
        let entries: Vec<(u64, &[u8])> = (first..).zip(records(group).map(AsRef::as_ref)).collect();
        self.0.put(&entries)
    }

    fn settle(&mut self) -> Result<(), Error> {
        self.0.settle()
    }
}

/// Reads an entry a fact.
pub struct RowsReader<R>(pub R);

impl<R: EntriesReader> Reader for RowsReader<R> {
    fn scan(&self, range: RangeInclusive<u64>, sink: &mut Sink<'_>) -> Result<(), Error> {
        self.0.values(range, sink)
    }
}

/// An entry for each block, chain included.
pub struct Packed<E> {
    entries: E,
    head: ChainHash,
}

impl<E> Packed<E> {
    /// On a store without entries.
    pub const fn new(entries: E) -> Self {
        Self { entries, head: NOTHING }
    }
}

impl<E: Entries> Store for Packed<E> {
    fn append(&mut self, first: u64, group: &[Decision]) -> Result<(), Error> {
        let mut blocks = Vec::new();
        let mut rest = group;
        let mut first_sequence = first;
        while !rest.is_empty() {
            let (decisions, after) = rest.split_at(fitting(rest));
            let records: Vec<&[u8]> = records(decisions).map(AsRef::as_ref).collect();
            self.head = records.iter().fold(self.head, |head, record| chain(&head, record));
            let draft = Draft { first_sequence, cursor: 0, head: self.head, records: &records };
            blocks.push((first_sequence, encode(&draft, Effort::Least)?));
            first_sequence += records.len() as u64;
            rest = after;
        }
        let entries: Vec<(u64, &[u8])> = blocks.iter().map(|(key, block)| (*key, block.as_slice())).collect();
        self.entries.put(&entries)
    }

    fn settle(&mut self) -> Result<(), Error> {
        self.entries.settle()
    }
}

/// How many records make the next block: at least one.
fn fitting(group: &[Decision]) -> usize {
    let mut raw = 0;
    let fit = records(group).take(RECORDS).take_while(|record| {
        raw += record.len();
        raw <= RAW
    });
    fit.count().max(1)
}

/// Reads an entry a block.
pub struct PackedReader<R>(pub R);

impl<R: EntriesReader> Reader for PackedReader<R> {
    fn scan(&self, range: RangeInclusive<u64>, sink: &mut Sink<'_>) -> Result<(), Error> {
        self.0.values(range, &mut |stored| Block::decode(stored)?.records().try_for_each(&mut *sink))
    }
}
