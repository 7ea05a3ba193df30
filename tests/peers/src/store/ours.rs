//! The journal, through its public door.

use std::io::ErrorKind;
use std::ops::{ControlFlow, RangeInclusive};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use journal::{Decision, Journal, Options};
use proto::block::Block;

use super::{Reader, Sink, Store};
use crate::scan::{Deep, Met};
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
    fn append(&mut self, _: u64, group: &[Decision]) -> Result<(), Error> {
        self.journal.append(group)?;
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
    /// With every core: a block stands on its own.
    fn scan_all(&self, last: u64, deep: Deep) -> Result<Met, Error> {
        let (mut all, mut failed) = ((0, 0_u64), None);
        let work = |block: &Block| {
            let mut met = (0, 0);
            let wanted = block.records_from(1).take_while(|&(sequence, _)| sequence <= last);
            wanted.map(|(_, record)| deep.look(record, &mut met)).collect::<Result<(), Error>>()?;
            Ok::<_, Error>(met)
        };
        journal::scan(&*self.0, 0, work, |met| {
            match met {
                Ok(met) => all = (all.0 + met.0, all.1.wrapping_add(met.1)),
                Err(error) => failed = Some(error),
            }
            if failed.is_none() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })?;
        failed.map_or(Ok(all), Err)
    }

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
