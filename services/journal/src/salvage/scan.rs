//! The search: every file in pieces that overlap by the longest block.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use proto::block::{Block, MARK, MAX_STORED, outline};

use super::{Found, Salvage, Searched, Spot};
use crate::Error;

/// Bytes searched at once; a block that begins in them may reach beyond by its own length.
const PIECE: usize = 4 * 1024 * 1024;
/// Where a read fails, it is tried again in units of this size, so that one bad sector costs one block.
const SECTOR: usize = 4_096;
/// Found blocks are thinned out when there are twice as many as after the last time, and not before this.
const THIN_OUT_FROM: usize = 65_536;

pub(super) fn search(directory: &Path, progress: &mut dyn FnMut(Searched)) -> Result<Salvage, Error> {
    let mut files = Vec::new();
    list(directory, &mut files)?;
    files.sort();
    let of = files.iter().filter_map(|file| fs::metadata(file).ok()).map(|it| it.len()).sum();
    let mut search = Search {
        found: Vec::new(),
        thin_out_at: THIN_OUT_FROM,
        copies: 0,
        unreadable: Vec::new(),
        done: 0,
        of,
        progress,
    };
    let mut buffer = vec![0; PIECE + MAX_STORED];
    for (number, path) in (0..).zip(&files) {
        search.file(number, path, &mut buffer);
    }
    search.thin_out();
    let Search { found, copies, unreadable, .. } = search;
    Ok(Salvage { files, found, copies, unreadable })
}

/// Every regular file below a directory. Links are not followed: they lead out of the store.
fn list(directory: &Path, files: &mut Vec<PathBuf>) -> Result<(), Error> {
    for entry in fs::read_dir(directory).map_err(Error::io("listing", directory))? {
        let entry = entry.map_err(Error::io("listing", directory))?;
        let kind = entry.file_type().map_err(Error::io("looking at", &entry.path()))?;
        if kind.is_dir() {
            list(&entry.path(), files)?;
        } else if kind.is_file() {
            files.push(entry.path());
        }
    }
    Ok(())
}

struct Search<'a> {
    found: Vec<Found>,
    thin_out_at: usize,
    copies: u64,
    unreadable: Vec<Spot>,
    done: u64,
    of: u64,
    progress: &'a mut dyn FnMut(Searched),
}

impl Search<'_> {
    fn file(&mut self, number: u32, path: &Path, buffer: &mut [u8]) {
        let opened = File::open(path).and_then(|file| Ok((file.metadata()?.len(), file)));
        let Ok((length, file)) = opened else {
            self.unreadable.push(Spot { file: path.to_owned(), at: 0 });
            return;
        };
        let (mut base, mut searched_to) = (0, 0);
        while base < length {
            let wanted = usize::try_from(length - base).map_or(buffer.len(), |left| left.min(buffer.len()));
            let Some(window) = buffer.get_mut(..wanted) else { return };
            self.fill(&file, path, base, window);
            searched_to = self.window(number, base, window, searched_to);
            base += PIECE as u64;
            self.done += wanted.min(PIECE) as u64;
            (self.progress)(Searched { bytes: self.done, of: self.of });
        }
    }

    /// Reads a window; what can't be read is noted and becomes zeros.
    fn fill(&mut self, file: &File, path: &Path, base: u64, window: &mut [u8]) {
        if file.read_exact_at(window, base).is_ok() {
            return;
        }
        for (at, sector) in (base..).step_by(SECTOR).zip(window.chunks_mut(SECTOR)) {
            if file.read_exact_at(sector, at).is_err() {
                sector.fill(0);
                let spot = Spot { file: path.to_owned(), at };
                // Windows overlap.
                if self.unreadable.last() != Some(&spot) {
                    self.unreadable.push(spot);
                }
            }
        }
    }

    /// Notes the intact blocks that begin in the window's first piece at or after `searched_to`; answers
    /// how far the file is searched. What lies inside a block is not searched.
    fn window(&mut self, number: u32, base: u64, window: &[u8], searched_to: u64) -> u64 {
        let mut at = usize::try_from(searched_to.saturating_sub(base)).unwrap_or(usize::MAX);
        let piece = window.get(..PIECE).unwrap_or(window);
        let [mark, ..] = MARK;
        while let Some(step) = piece.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == mark)) {
            at += step;
            match window.get(at..).and_then(intact) {
                Some((block, stored)) => {
                    let (first, last) = (block.first_sequence(), block.last_sequence());
                    let place = base + at as u64;
                    self.note(Found { first, last, head: *block.head(), at: place, file: number, stored });
                    at += stored as usize;
                }
                None => at += 1,
            }
        }
        searched_to.max(base + at as u64)
    }

    fn note(&mut self, found: Found) {
        self.found.push(found);
        if self.found.len() >= self.thin_out_at {
            self.thin_out();
            self.thin_out_at = THIN_OUT_FROM.max(self.found.len().saturating_mul(2));
        }
    }

    /// Keeps one copy of each block. Equal ends and heads mean equal records.
    fn thin_out(&mut self) {
        self.found.sort_unstable_by_key(|it| (it.first, it.last, it.head, it.file, it.at));
        let before = self.found.len();
        self.found.dedup_by_key(|it| (it.first, it.last, it.head));
        self.copies += (before - self.found.len()) as u64;
    }
}

/// The block that begins at the first byte, if one does and it is as it was written, and its length.
fn intact(bytes: &[u8]) -> Option<(Block, u32)> {
    let stored = outline(bytes).ok()?.stored;
    let block = Block::decode(bytes.get(..stored)?).ok()?;
    Some((block, u32::try_from(stored).ok()?))
}
