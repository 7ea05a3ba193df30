//! The index of a volume: where each block lies in a closed store, and what its files must be.
//!
//! Magic `9F 54 4B 56`, a version byte, a bincode body and the BLAKE3 hash of all of it. Version 1 is
//! frozen: disks hold it. A change is a second version beside it.

use std::io::{self, BufRead, BufReader, Read};

use bincode::{Decode, Encode};

use crate::block::ChainHash;

const MAGIC: [u8; 4] = [0x9f, b'T', b'K', b'V'];
const VERSION: u8 = 1;
/// Bytes of the hash at the end.
const HASH: usize = 32;
/// The longest index: a million blocks, with room. A decoder allocates no more than this.
pub const MAX_INDEX: usize = 32 * 1024 * 1024;

/// What a file is read by: wide enough for the hash to use the processor's widest instructions.
const READ_AT_ONCE: usize = 256 * 1024;

/// A volume's index, version 1, in this order of members for ever.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Index {
    /// The sequence of its first record.
    pub first: u64,
    /// The sequence of its last record.
    pub last: u64,
    /// The stream cursor after the last record.
    pub cursor: u64,
    /// The head before the first record.
    pub before: ChainHash,
    /// The head after the last record.
    pub head: ChainHash,
    /// The store's files, by name.
    pub files: Vec<FileSum>,
    /// The blocks, in order.
    pub blocks: Vec<Placed>,
}

/// What a file of the store must be.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct FileSum {
    /// Its name in the store.
    pub name: String,
    /// Its bytes.
    pub length: u64,
    /// BLAKE3 over them.
    pub hash: [u8; HASH],
}

impl FileSum {
    /// Reads a file to its end.
    ///
    /// # Errors
    /// The reader's.
    pub fn of(name: &str, file: impl Read) -> io::Result<Self> {
        let mut hasher = blake3::Hasher::new();
        let mut file = BufReader::with_capacity(READ_AT_ONCE, file);
        let mut length = 0;
        loop {
            let read = file.fill_buf()?;
            if read.is_empty() {
                return Ok(Self { name: name.to_owned(), length, hash: hasher.finalize().into() });
            }
            hasher.update(read);
            let read = read.len();
            length += read as u64;
            file.consume(read);
        }
    }
}

/// Where a block lies in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Placed {
    /// The sequence of its first record.
    pub first: u64,
    /// Its first byte.
    pub at: u64,
    /// Its bytes.
    pub stored: u32,
}

/// Why bytes are not an index.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// They have changed, or were never one.
    #[error("the index is not what was written: its checksum or its mark does not fit")]
    Changed,
    /// Written by a newer program.
    #[error("index version {0} is unknown: read it with the program version that wrote it")]
    UnknownVersion(u8),
    /// The body does not have the layout of its version.
    #[error("the index can't be read: {0}")]
    Body(String),
}

const fn layout() -> impl bincode::config::Config {
    bincode::config::standard().with_little_endian().with_variable_int_encoding().with_limit::<MAX_INDEX>()
}

impl Index {
    /// The bytes of an index file.
    ///
    /// # Errors
    /// [`Error::Body`] if it does not fit [`MAX_INDEX`].
    pub fn encode(&self) -> Result<Vec<u8>, Error> {
        let body = bincode::encode_to_vec(self, layout()).map_err(|error| Error::Body(error.to_string()))?;
        let mut bytes = [&MAGIC[..], &[VERSION], &body].concat();
        let hash = blake3::hash(&bytes);
        bytes.extend_from_slice(hash.as_bytes());
        if bytes.len() > MAX_INDEX {
            return Err(Error::Body(format!("it has {} bytes, the limit is {MAX_INDEX}", bytes.len())));
        }
        Ok(bytes)
    }

    /// Reads an index file.
    ///
    /// # Errors
    /// See [`Error`].
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let (covered, hash) = bytes.split_last_chunk::<HASH>().ok_or(Error::Changed)?;
        let body = covered.strip_prefix(&MAGIC).ok_or(Error::Changed)?;
        if blake3::hash(covered).as_bytes() != hash {
            return Err(Error::Changed);
        }
        match body.split_first() {
            Some((&VERSION, body)) => {
                let (index, read): (Self, usize) = bincode::decode_from_slice(body, layout())
                    .map_err(|error| Error::Body(error.to_string()))?;
                if read == body.len() { Ok(index) } else { Err(Error::Body("bytes follow it".to_owned())) }
            }
            Some((&version, _)) => Err(Error::UnknownVersion(version)),
            None => Err(Error::Changed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOLDEN: &[u8] = include_bytes!("../golden/volume/v1.bin");

    fn index() -> Index {
        Index {
            first: 1,
            last: 70_000,
            cursor: 700_000,
            before: [0; 32],
            head: [7; 32],
            files: vec![FileSum { name: "db".to_owned(), length: 2_097_152, hash: [3; 32] }],
            blocks: vec![
                Placed { first: 1, at: 45, stored: 9_000 },
                Placed { first: 513, at: 9_070, stored: 8_192 },
            ],
        }
    }

    #[test]
    fn the_golden_index_of_version_1_is_read_for_ever() {
        assert_eq!(Index::decode(GOLDEN).unwrap(), index());
        assert_eq!(index().encode().unwrap(), GOLDEN);
    }

    #[test]
    fn every_changed_byte_and_every_cut_is_seen() {
        for at in 0..GOLDEN.len() {
            let mut bytes = GOLDEN.to_vec();
            bytes[at] ^= 1;
            assert!(Index::decode(&bytes).is_err(), "byte {at}");
            assert!(Index::decode(&GOLDEN[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn a_newer_version_is_named() {
        let mut bytes = GOLDEN[..GOLDEN.len() - HASH].to_vec();
        bytes[4] = 2;
        let hash = blake3::hash(&bytes);
        bytes.extend_from_slice(hash.as_bytes());
        assert!(matches!(Index::decode(&bytes), Err(Error::UnknownVersion(2))));
    }
}
