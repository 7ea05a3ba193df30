//! A store that sled has closed: where each block lies in its file.

use std::collections::HashMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use proto::block::{Block, MARK, MAX_STORED, check, outline};
use proto::volume::Placed;

use super::sled_store::Written;
use crate::Error;

/// Read at once: long enough that the overlap of a block's length is small beside it.
const CHUNK: usize = 4 * 1024 * 1024;

/// Finds each block that was written in sled's log. sled may hold several copies; any of them is the
/// block, since the file never changes again. The last one is taken: the earlier ones are superseded.
///
/// # Errors
/// [`Error::Store`] if one is not there.
pub(super) fn locate(data: &Path, written: &[Written]) -> Result<Vec<Placed>, Error> {
    let mut wanted: HashMap<(u32, usize), Vec<Place>> = HashMap::new();
    for block in written {
        wanted
            .entry((block.checksum, block.stored))
            .or_default()
            .push(Place { first: block.first, at: None });
    }
    let mut file = File::open(data).map_err(Error::io("opening", data))?;
    let mut buffer: Vec<u8> = Vec::with_capacity(CHUNK + MAX_STORED);
    let mut start = 0;
    loop {
        let read = Read::by_ref(&mut file).take(CHUNK as u64).read_to_end(&mut buffer);
        let ended = read.map_err(Error::io("reading", data))? == 0;
        // A block that begins in the last stretch may go on in the next chunk.
        let until = if ended { buffer.len() } else { buffer.len().saturating_sub(MAX_STORED) };
        let mut at = 0;
        while let Some(found) = next_mark(&buffer, at, until) {
            at = found + 1;
            let rest = buffer.get(found..).unwrap_or_default();
            let Ok(outline) = outline(rest) else { continue };
            let Some(block) = rest.get(..outline.stored) else { continue };
            if let Some(places) = wanted.get_mut(&(outline.checksum, outline.stored))
                && check(block).is_ok()
                && let Some(place) = its_own(places, block)
            {
                place.at = Some(start + found as u64);
                at = found + outline.stored;
            }
        }
        if ended {
            break;
        }
        let done = at.max(until);
        start += done as u64;
        buffer.drain(..done);
    }
    written
        .iter()
        .map(|block| {
            let places = wanted.get(&(block.checksum, block.stored)).into_iter().flatten();
            let at = places.filter(|place| place.first == block.first).find_map(|place| place.at);
            let at = at.ok_or_else(|| Error::Store(format!("no block for {} in its log", block.first)))?;
            Ok(Placed { first: block.first, at, stored: block.stored as u32 })
        })
        .collect()
}

/// Where a block that was written was found.
struct Place {
    first: u64,
    at: Option<u64>,
}

/// A block's place among those of the same length and checksum. Nearly always there is one; where chance made
/// two alike, the block itself says which it is.
fn its_own<'a>(places: &'a mut [Place], block: &[u8]) -> Option<&'a mut Place> {
    match places {
        [only] => Some(only),
        several => {
            let first = Block::decode(block).ok()?.first_sequence();
            several.iter_mut().find(|place| place.first == first)
        }
    }
}

/// Where the next block mark begins, from `from` on and before `until`.
fn next_mark(bytes: &[u8], from: usize, until: usize) -> Option<usize> {
    let [mark, ..] = MARK;
    let mut at = from;
    while at < until {
        at += bytes.get(at..until)?.iter().position(|&byte| byte == mark)?;
        if bytes.get(at..)?.starts_with(&MARK) {
            return Some(at);
        }
        at += 1;
    }
    None
}
