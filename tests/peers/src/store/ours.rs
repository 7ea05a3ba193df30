//! The journal, through its public door.

use std::io::ErrorKind;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use journal::{Decision, Journal, Options};
use proto::block::Block;

use super::{Reader, Sink, Store};
use crate::{Error, disk};

/// Bytes of blocks asked for at once.
const READ: usize = 1024 * 1024;

/// Being written.
pub struct Ours {
    journal: Arc<dyn Journal>,
    directory: PathBuf,
}

impl Ours {
    /// As `tilanne up` opens it.
    pub fn open(directory: &Path) -> Result<Self, Error> {
        let directory = directory.join("journal");
        Ok(Self { journal: journal::open(&directory, &Options::default())?, directory })
    }
}

impl Store for Ours {
    fn append(&mut self, _: u64, group: &[Bytes]) -> Result<(), Error> {
        // As the recorder hands it over: a decision a fact.
        let group: Vec<Decision> =
            group.iter().map(|record| Decision { records: vec![record.clone()], cursor: 0 }).collect();
        self.journal.append(&group)?;
        Ok(())
    }

    fn settle(&mut self) -> Result<(), Error> {
        Ok(self.journal.settle()?)
    }

    fn unsettled(&self) -> Result<u64, Error> {
        let tail = self.directory.join("tail");
        disk::files(&tail)?.iter().try_fold(0, |sum, path| match path.metadata() {
            Ok(metadata) => Ok(sum + metadata.len()),
            // Bound and removed since it was listed.
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(sum),
            Err(error) => Err(Error::file(path)(error)),
        })
    }
}

/// Being read.
pub struct OursReader(Arc<dyn Journal>);

impl OursReader {
    /// Without the lock of the writer.
    pub fn open(directory: &Path) -> Result<Self, Error> {
        Ok(Self(journal::open_to_read(&directory.join("journal"))?))
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
