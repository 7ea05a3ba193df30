//! What a tail holds after a stop of any kind.
//!
//! Three things may lie behind the last intact commit of a file: nothing; what an append had written
//! when it was cut off, which nobody was told of; or damage. They are told apart: only one append is
//! under way at a time, so nothing intact follows a cut-off one in its file, and nothing that the witness
//! noted lies in it. Without a witness the last two can't be told apart at the very end, and that is said.

use std::fs::{self, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use proto::block::Block;
use proto::commit;
use proto::volume::Placed;

use super::Segment;
use crate::directory::{Layout, entries};
use crate::run::Source;
use crate::{Disk, Error, Head};

/// What was found in the tail.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The files that hold records beyond the volumes.
    pub segments: Vec<Arc<Segment>>,
    /// Files whose records all lie in volumes.
    pub covered: Vec<PathBuf>,
    /// Files without one intact commit.
    pub torn: Vec<PathBuf>,
    /// Sentences about what lies there and is in no whole commit.
    pub remains: Vec<String>,
    /// The stream cursor after the last record, if there is one.
    pub cursor: Option<u64>,
}

/// Reads the tail's files behind `head`, which is where the volumes end, and moves it to the end. `witnessed`:
/// there is a note of what was acknowledged, which the caller holds against that end.
///
/// # Errors
/// [`Error::Damaged`] if acknowledged records are missing or have changed.
pub(crate) fn recover(layout: &Layout, head: &mut Head, witnessed: bool) -> Result<Found, Error> {
    let mut found = Found::default();
    let bound = head.sequence;
    for path in entries(&layout.tail())? {
        let Some(first) = first_of(&path) else { continue };
        let bytes = fs::read(&path).map_err(Error::io("reading", &path))?;
        if first <= bound {
            // Bound from its first record to its last: files are taken over whole.
            let last = last_of(&bytes, first);
            if last.is_none_or(|last| last <= bound) {
                found.covered.push(path);
                continue;
            }
        }
        if first > head.sequence + 1 {
            let why = format!("no tail file holds sequences {} to {}", head.sequence + 1, first - 1);
            return Err(Error::damaged(head.sequence + 1, why));
        }
        let read = read_file(&path, &bytes, head)?;
        found.remains.extend(read.cut_off.map(|cut_off| {
            let next = head.sequence + 1;
            let known = if witnessed { "was never acknowledged" } else { "may have been acknowledged" };
            format!("{cut_off}; sequence {next} {known}")
        }));
        if read.index.is_empty() {
            found.torn.push(path);
            continue;
        }
        found.cursor = Some(read.cursor);
        let file = OpenOptions::new().read(true).open(&path).map_err(Error::io("opening", &path))?;
        found.segments.push(Arc::new(Segment::new(first, path, file, read.index)));
    }
    Ok(found)
}

/// Writes the intact part of a file anew and puts it in the old one's place.
///
/// A system may drop what it could not write and still show it to whoever reads, and a sync asked for
/// again then succeeds. After a stop of unknown kind only bytes that were written again are sure to be on
/// the disk. The last file is enough: a file is ended before the next one begins, with all in it synced.
pub(crate) fn rewrite(segment: &Segment, layout: &Layout, disk: &dyn Disk) -> io::Result<Segment> {
    let (path, bytes) = (segment.file().1, intact(segment)?);
    let copy = path.with_extension("copy");
    let written = disk.create(&copy)?;
    disk.append(&written, &copy, &bytes)?;
    disk.sync(&written, &copy)?;
    disk.rename(&copy, path)?;
    disk.sync_directory(&layout.tail())?;
    Ok(Segment::new(segment.first(), path.to_owned(), written, segment.index()))
}

/// Writes the intact part of a file once more where it lies: where there is no room for a copy. The bytes are
/// the same, so whatever of them a cut leaves is what was there; and the system has to write them again.
pub(crate) fn overwrite(segment: &Segment, disk: &dyn Disk) -> io::Result<()> {
    let (path, bytes) = (segment.file().1, intact(segment)?);
    let written = disk.overwrite(path, &bytes)?;
    disk.sync(&written, path)?;
    if intact(segment)? == bytes {
        Ok(())
    } else {
        Err(io::Error::other("it gives back other bytes than it got"))
    }
}

/// The intact part of a file, as it gives it back now.
fn intact(segment: &Segment) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; usize::try_from(segment.size().1).map_err(io::Error::other)?];
    segment.file().0.read_exact_at(&mut bytes, 0)?;
    Ok(bytes)
}

/// The sequence that a tail file's name announces.
fn first_of(path: &Path) -> Option<u64> {
    if path.extension()? != "tail" {
        return None;
    }
    path.file_stem()?.to_str()?.parse().ok()
}

/// The last record of the intact commits in a file that begins at `first`.
fn last_of(bytes: &[u8], first: u64) -> Option<u64> {
    let mut rest = bytes;
    let mut last = None;
    while let Ok(commit) = commit::read(rest) {
        last = commit
            .blocks
            .last()
            .and_then(|block| Block::decode(block).ok())
            .map(|block| block.last_sequence());
        rest = rest.get(commit.length..).unwrap_or_default();
    }
    last.filter(|&last| last >= first)
}

/// A file's intact commits.
struct Read {
    index: Vec<Placed>,
    cursor: u64,
    /// What lies behind them.
    cut_off: Option<String>,
}

fn read_file(path: &Path, bytes: &[u8], head: &mut Head) -> Result<Read, Error> {
    let mut read = Read { index: Vec::new(), cursor: 0, cut_off: None };
    let mut at = 0;
    while at < bytes.len() {
        let rest = bytes.get(at..).unwrap_or_default();
        let commit = match commit::read(rest) {
            Ok(commit) => commit,
            Err(error) => {
                let next = head.sequence + 1;
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                if let Some(behind) = commit::find(bytes, at + 1, next) {
                    let why = format!("{name} has changed between bytes {at} and {behind}: {error}");
                    return Err(Error::damaged(next, why));
                }
                read.cut_off = Some(format!(
                    "tail/{name}: {} bytes of an append that was cut off or is under way",
                    rest.len()
                ));
                break;
            }
        };
        let mut block_at = at + commit::HEADER;
        for stored in &commit.blocks {
            let block = Block::decode(stored).map_err(|error| Error::damaged(head.sequence + 1, error))?;
            if block.first_sequence() != head.sequence + 1 || !block.follow(&head.hash) {
                let why = format!("the block for {} does not continue the chain", block.first_sequence());
                return Err(Error::damaged(head.sequence + 1, why));
            }
            let stored = stored.len() as u32;
            read.index.push(Placed { first: block.first_sequence(), at: block_at as u64, stored });
            block_at += stored as usize;
            *head = Head { sequence: block.last_sequence(), hash: *block.head() };
            read.cursor = block.cursor();
        }
        at += commit.length;
    }
    Ok(read)
}
