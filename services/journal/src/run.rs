//! Blocks out of a file whose layout is known: many at a time, past every cache but the system's.

use std::fs::File;
use std::ops::ControlFlow;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use proto::volume::Placed;

use crate::Error;
use crate::shelf::{Keyed, Visit};

/// Blocks that lie this close together are read with one call: enough for the system to read ahead.
const RUN_BYTES: u64 = 512 * 1024;
/// Blocks looked up at once: bounds the copy of an index that may grow meanwhile.
pub(crate) const RUN_BLOCKS: usize = 1_024;

/// A file with blocks in it, in the order of their sequences.
pub(crate) trait Source: Send + Sync {
    /// The sequence of its first record; of the next one to come if it has none.
    fn first(&self) -> u64;
    /// The block that begins last among those that begin at or before `sequence`.
    fn at_or_before(&self, sequence: u64) -> Option<Placed>;
    /// At most [`RUN_BLOCKS`] blocks that begin at `from` or later.
    fn from(&self, from: u64) -> Vec<Placed>;
    /// The file.
    fn file(&self) -> (&File, &Path);
}

/// The blocks of a sorted index for [`Source::from`].
pub(crate) fn from(blocks: &[Placed], from: u64) -> Vec<Placed> {
    let start = blocks.partition_point(|placed| placed.first < from);
    blocks.iter().skip(start).take(RUN_BLOCKS).copied().collect()
}

/// The block of a sorted index for [`Source::at_or_before`].
pub(crate) fn at_or_before(blocks: &[Placed], sequence: u64) -> Option<Placed> {
    blocks.get(blocks.partition_point(|placed| placed.first <= sequence).checked_sub(1)?).copied()
}

/// Reads one block.
pub(crate) fn one(source: &dyn Source, placed: Placed) -> Result<Keyed, Error> {
    let mut bytes = vec![0; placed.stored as usize];
    let (file, path) = source.file();
    file.read_exact_at(&mut bytes, placed.at).map_err(|error| unreadable(path, &error))?;
    Ok(Keyed { key: placed.first, block: Bytes::from(bytes) })
}

/// Shows all blocks of a source that begin at `start` or later, in order.
pub(crate) fn show(source: &dyn Source, start: u64, visit: &mut Visit<'_>) -> Result<ControlFlow<()>, Error> {
    let mut next = start;
    let mut buffer = Vec::new();
    loop {
        let placed = source.from(next);
        let Some(last) = placed.last() else { return Ok(ControlFlow::Continue(())) };
        next = last.first + 1;
        let mut rest = placed.as_slice();
        while let Some((run, after)) = first_run(rest) {
            if show_run(source, run, &mut buffer, visit)?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
            rest = after;
        }
    }
}

/// Splits off the blocks that one read covers: at least one, and none if there is none.
fn first_run(placed: &[Placed]) -> Option<(&[Placed], &[Placed])> {
    let start = placed.first()?.at;
    let mut end = start;
    let fits = |placed: &&Placed| {
        let fits = placed.at >= end && placed.at + u64::from(placed.stored) - start <= RUN_BYTES;
        end = placed.at + u64::from(placed.stored);
        fits
    };
    placed.split_at_checked(placed.iter().take_while(fits).count().max(1))
}

fn show_run(
    source: &dyn Source,
    run: &[Placed],
    buffer: &mut Vec<u8>,
    visit: &mut Visit<'_>,
) -> Result<ControlFlow<()>, Error> {
    let (Some(first), Some(last)) = (run.first(), run.last()) else { return Ok(ControlFlow::Continue(())) };
    let length = last.at + u64::from(last.stored) - first.at;
    let length = usize::try_from(length).map_err(|error| Error::Read(error.to_string()))?;
    buffer.resize(length, 0);
    let (file, path) = source.file();
    file.read_exact_at(buffer, first.at).map_err(|error| unreadable(path, &error))?;
    for placed in run {
        let start = (placed.at - first.at) as usize;
        let block = buffer.get(start..start + placed.stored as usize).unwrap_or_default();
        if visit(placed.first, block).is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    Ok(ControlFlow::Continue(()))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    Error::Read(format!("{}: {error}", PathBuf::from(path).display()))
}
