//! The commit: how one append lies in a tail file.
//!
//! | bytes | what |
//! |---|---|
//! | 4 | magic `9F 54 4B 43` |
//! | 1 | commit version |
//! | 3 | zero |
//! | 8 | sequence of its first record, little endian |
//! | 4 | length of the run that follows, little endian |
//! | 4 | CRC-32 of the 20 bytes above, little endian |
//! | … | the run: whole [blocks](crate::block), one behind the other |
//!
//! A commit is intact if its header, its length and the checksum of each of its blocks are. So a group of
//! decisions that a loss of power cut off is seen as one thing that is not there.

use crate::block::{self, Outline, frames};

/// Not text in any encoding that feeds use, and not a block's.
const MAGIC: [u8; 4] = [0x9f, b'T', b'K', b'C'];
const VERSION: u8 = 1;
/// What the header's checksum covers.
const COVERED: usize = 20;
/// Bytes before the run.
pub const HEADER: usize = 24;
/// The longest run: the most bytes that one append may hold, with room for the envelopes of its blocks.
pub const MAX_RUN: usize = 32 * 1024 * 1024;

/// Why no intact commit begins where one was looked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The header is not one, or has changed.
    #[error("no commit header begins here, or its bytes have changed")]
    Header,
    /// Written by a newer program.
    #[error("commit version {0} is unknown: read it with the program version that wrote it")]
    UnknownVersion(u8),
    /// The file ends before the commit does.
    #[error("the commit is cut off: {found} of {needed} bytes are there")]
    CutOff {
        /// Bytes that a whole commit would have.
        needed: usize,
        /// Bytes that are there.
        found: usize,
    },
    /// The run is longer than any writer writes.
    #[error("a run of {0} bytes is more than the {MAX_RUN} that a commit may hold")]
    TooLong(usize),
    /// One of its blocks is not what was written.
    #[error("{0}")]
    Block(#[from] block::Error),
}

/// An intact commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit<'a> {
    /// The sequence of its first record.
    pub first: u64,
    /// Its blocks, checked but not decoded.
    pub blocks: Vec<&'a [u8]>,
    /// Bytes of the whole commit, header included.
    pub length: usize,
}

/// The header of a commit whose run has `length` bytes.
///
/// # Errors
/// [`Error::TooLong`].
pub fn header(first: u64, length: usize) -> Result<[u8; HEADER], Error> {
    let short = u32::try_from(length).ok().filter(|_| length <= MAX_RUN).ok_or(Error::TooLong(length))?;
    let mut header = [0; HEADER];
    let fields = [&MAGIC[..], &[VERSION, 0, 0, 0], &first.to_le_bytes(), &short.to_le_bytes()].concat();
    let checksum = crc32fast::hash(&fields).to_le_bytes();
    for (place, byte) in header.iter_mut().zip(fields.into_iter().chain(checksum)) {
        *place = byte;
    }
    Ok(header)
}

/// First sequence and length of the run, from an intact header at the start of `bytes`.
fn announced(bytes: &[u8]) -> Result<(u64, usize), Error> {
    let header = bytes.first_chunk::<HEADER>().ok_or(Error::CutOff { needed: HEADER, found: bytes.len() })?;
    let (covered, checksum) = header.split_at(COVERED);
    if !header.starts_with(&MAGIC) || crc32fast::hash(covered).to_le_bytes() != *checksum {
        return Err(Error::Header);
    }
    let [_, _, _, _, version, _, _, _, f0, f1, f2, f3, f4, f5, f6, f7, l0, l1, l2, l3, ..] = *header;
    if version != VERSION {
        return Err(Error::UnknownVersion(version));
    }
    let length = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
    if length > MAX_RUN {
        return Err(Error::TooLong(length));
    }
    Ok((u64::from_le_bytes([f0, f1, f2, f3, f4, f5, f6, f7]), length))
}

/// Reads the commit that begins at `bytes[0]` and checks all of it. What follows it is not looked at.
///
/// # Errors
/// Whatever is wrong first; see [`Error`].
pub fn read(bytes: &[u8]) -> Result<Commit<'_>, Error> {
    let (first, length) = announced(bytes)?;
    let needed = HEADER + length;
    let run = bytes.get(HEADER..needed).ok_or(Error::CutOff { needed, found: bytes.len() })?;
    let mut blocks = Vec::new();
    for block in frames(run) {
        let block = block?;
        let Outline { .. } = block::check(block)?;
        blocks.push(block);
    }
    Ok(Commit { first, blocks, length: needed })
}

/// Where, at or after `from`, the next intact commit with records from `beyond` on begins: what must not
/// follow a torn one.
#[must_use]
pub fn find(bytes: &[u8], from: usize, beyond: u64) -> Option<usize> {
    let rest = bytes.get(from..)?;
    let candidates = rest.windows(MAGIC.len()).enumerate().filter(|(_, window)| *window == MAGIC);
    candidates.map(|(at, _)| from + at).find(|&at| {
        bytes.get(at..).and_then(|rest| read(rest).ok()).is_some_and(|commit| commit.first >= beyond)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::{Draft, Effort, NOTHING, chain, encode};

    fn block(first: u64, record: &[u8]) -> Vec<u8> {
        let head = chain(&NOTHING, record);
        let draft = Draft { first_sequence: first, cursor: 0, head, records: &[record] };
        encode(&draft, Effort::Least).unwrap()
    }

    fn commit(first: u64, blocks: &[Vec<u8>]) -> Vec<u8> {
        let run = blocks.concat();
        [&header(first, run.len()).unwrap()[..], &run].concat()
    }

    #[test]
    fn a_commit_comes_back_with_its_blocks() {
        let blocks = [block(7, b"one"), block(8, b"two")];
        let mut bytes = commit(7, &blocks);
        let length = bytes.len();
        bytes.extend_from_slice(b"what follows");
        let read = read(&bytes).unwrap();
        assert_eq!((read.first, read.length), (7, length));
        assert_eq!(read.blocks, blocks);
    }

    #[test]
    fn every_changed_byte_and_every_cut_is_seen() {
        let sound = commit(7, &[block(7, b"one"), block(8, b"two")]);
        for at in 0..sound.len() {
            let mut bytes = sound.clone();
            bytes[at] ^= 1;
            assert!(read(&bytes).is_err(), "byte {at}");
            assert!(read(&sound[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn a_later_commit_is_found_behind_a_torn_one() {
        let torn = commit(7, &[block(7, b"one")]);
        let torn = &torn[..torn.len() - 3];
        let bytes = [torn, &commit(8, &[block(8, b"two")])].concat();
        assert_eq!(find(&bytes, 1, 8), Some(torn.len()));
        assert_eq!(find(&bytes, 1, 9), None);
        assert_eq!(find(torn, 1, 0), None);
    }

    #[test]
    fn a_header_never_announces_more_than_the_limit() {
        assert!(matches!(header(1, MAX_RUN + 1), Err(Error::TooLong(_))));
        assert!(header(1, MAX_RUN).is_ok());
    }
}
