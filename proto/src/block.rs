//! The block: how a group of facts lies on disk.
//!
//! A block is an envelope around a body. The envelope can be checked, and its end found, without
//! understanding the body, so that a block can be recognised in the middle of any raw file:
//!
//! | bytes | what |
//! |---|---|
//! | 4 | magic `9F 54 4B 42` |
//! | 1 | block version: how the body is laid out |
//! | 1 | codec: 0 stored plain, 1 zstd |
//! | 4 | length of the payload, little endian |
//! | 4 | length of the body once decompressed, little endian |
//! | 4 | CRC-32 of the 14 bytes above and the payload, little endian |
//! | … | payload: the body, compressed by the codec |
//!
//! The body (`v1.rs`) holds the first record's sequence, the stream cursor the records came from, the
//! [`chain`] head after the last record, and the records. Records are opaque byte strings here: what
//! a fact means is none of a block's business.
//!
//! Block boundaries and codecs may differ between two stores of the same facts; heads may not.

mod chain;
mod decode;
mod encode;
mod envelope;
mod error;
#[cfg(test)]
mod tests;
mod v1;

pub use chain::{ChainHash, NOTHING, chain};
pub use decode::Block;
pub use encode::{Draft, Effort, encode};
pub use envelope::{Frames, MARK, Outline, check, frames, outline};
pub use error::Error;

/// The most bytes that an encoded block may have, envelope included. Above a quarter of its segment
/// sled moves a leaf of up to 17 values into a file that it never syncs; 17 values of this size stay
/// far below that for the segments which the journal fixes.
pub const MAX_STORED: usize = 64 * 1024;

/// The most bytes that a body may have once decompressed: what a decoder is ready to allocate for one
/// block. A configuration fact of a thousand stations is a tenth of it.
pub const MAX_RAW: usize = 4 * 1024 * 1024;

/// The most records in one block: bounds the table of records that a decoder allocates.
pub const MAX_RECORDS: usize = 65_536;
