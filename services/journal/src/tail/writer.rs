//! The end of the tail: one commit after the other.

use std::io::{Error as IoError, ErrorKind};
use std::sync::Arc;
use std::time::Instant;

use proto::commit;
use proto::volume::Placed;

use super::Segment;
use crate::directory::Layout;
use crate::run::Source;
use crate::shelf::Keyed;
use crate::{Disk, Error, ReadOnly};

/// Writes the last file of the tail.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    active: Option<Active>,
    /// Where a commit is put together: kept, because fresh memory costs more than what is copied into it.
    commit: Vec<u8>,
}

/// The most that is kept of it: a hundred times a usual commit.
const KEPT: usize = 8 * 1024 * 1024;

#[derive(Debug)]
struct Active {
    segment: Arc<Segment>,
    /// Bytes written.
    end: u64,
    /// When its first commit was.
    since: Instant,
}

impl Writer {
    /// Appends a commit and returns once it is durable; with the new file, if it began one. The blocks
    /// become visible only then.
    pub(crate) fn append(
        &mut self,
        blocks: &[Keyed],
        layout: &Layout,
        disk: &dyn Disk,
    ) -> Result<Option<Arc<Segment>>, Error> {
        let Some(first) = blocks.first() else { return Ok(None) };
        let length = blocks.iter().map(|keyed| keyed.block.len()).sum();
        let header =
            commit::header(first.key, length).map_err(|error| Error::NotDurable(error.to_string()))?;
        self.commit.clear();
        self.commit.shrink_to(KEPT);
        self.commit.extend_from_slice(&header);
        blocks.iter().for_each(|keyed| self.commit.extend_from_slice(&keyed.block));
        let (active, begun) = match &mut self.active {
            Some(active) => (active, None),
            None => {
                let segment = Arc::new(begin(first.key, layout, disk)?);
                let active = Active { segment: segment.clone(), end: 0, since: Instant::now() };
                (self.active.insert(active), Some(segment))
            }
        };
        let (file, path) = active.segment.file();
        disk.append(file, path, &self.commit).map_err(|error| not_written(&error))?;
        disk.sync(file, path).map_err(|error| Error::NotDurable(format!("fdatasync failed: {error}")))?;
        let mut at = active.end + header.len() as u64;
        active.segment.show(blocks.iter().map(|keyed| {
            // A block has at most 64 KiB.
            let placed = Placed { first: keyed.key, at, stored: keyed.block.len() as u32 };
            at += u64::from(placed.stored);
            placed
        }));
        active.end = at;
        Ok(begun)
    }

    /// The file being written, and when its first commit was.
    pub(crate) fn active(&self) -> Option<(&Arc<Segment>, Instant)> {
        self.active.as_ref().map(|active| (&active.segment, active.since))
    }

    /// Ends the file: the next commit begins another.
    pub(crate) fn seal(&mut self) {
        self.active = None;
    }
}

/// Whether the system says that there is no room for anything more.
pub(crate) fn is_full(error: &IoError) -> bool {
    let full = [ErrorKind::StorageFull, ErrorKind::QuotaExceeded, ErrorKind::ReadOnlyFilesystem];
    full.contains(&error.kind())
}

/// A new file, its name durable before anything in it is acknowledged.
fn begin(first: u64, layout: &Layout, disk: &dyn Disk) -> Result<Segment, Error> {
    let path = layout.tail_file(first);
    let file = disk.create(&path).map_err(|error| not_written(&error))?;
    let synced = disk.sync_directory(&layout.tail());
    synced.map_err(|error| Error::NotDurable(format!("syncing the tail's directory failed: {error}")))?;
    Ok(Segment::new(first, path, file, Vec::new()))
}

/// A full disk is no broken one: nothing was acknowledged, what was is still there and can be read.
fn not_written(error: &IoError) -> Error {
    if is_full(error) {
        Error::ReadOnly(ReadOnly::Full(error.to_string()))
    } else {
        Error::NotDurable(format!("writing failed: {error}"))
    }
}
