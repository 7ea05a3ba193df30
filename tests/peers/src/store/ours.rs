//! The journal, through its public door.

use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use journal::{Decision, Journal, Options};
use proto::block::Block;

use super::{Reader, Sink, Store};
use crate::Error;

/// Bytes of blocks asked for at once.
const READ: usize = 1024 * 1024;

/// Being written.
pub struct Ours(Arc<dyn Journal>);

impl Ours {
    /// As `tilanne up` opens it.
    pub fn open(directory: &Path) -> Result<Self, Error> {
        Ok(Self(journal::open(&directory.join("journal"), &Options::default())?))
    }
}

impl Store for Ours {
    fn append(&mut self, _: u64, group: &[Bytes]) -> Result<(), Error> {
        // As the recorder hands it over: a decision a fact.
        let group: Vec<Decision> =
            group.iter().map(|record| Decision { records: vec![record.clone()], cursor: 0 }).collect();
        self.0.append(&group)?;
        Ok(())
    }

    fn settle(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

/// Being read.
pub struct OursReader(Arc<dyn Journal>);

impl OursReader {
    /// Without a writer beside it.
    pub fn open(directory: &Path) -> Result<Self, Error> {
        Ok(Self(journal::open(&directory.join("journal"), &Options::default())?))
    }
}

impl Reader for OursReader {
    fn scan(&self, range: RangeInclusive<u64>, sink: &mut Sink<'_>) -> Result<(), Error> {
        let (mut next, end) = (*range.start(), *range.end());
        while next <= end {
            let run = self.0.read_blocks(next - 1, READ)?;
            if run.blocks.is_empty() {
                return Ok(());
            }
            for stored in &run.blocks {
                let block = Block::decode(stored)?;
                for (sequence, record) in block.records_from(next) {
                    if sequence > end {
                        return Ok(());
                    }
                    sink(record)?;
                }
                next = block.last_sequence() + 1;
            }
        }
        Ok(())
    }
}
