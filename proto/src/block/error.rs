//! What can be wrong with a block, and where in it.

use super::{MAX_RAW, MAX_RECORDS, MAX_STORED};

/// Why bytes are not a block, or why records can't become one. Offsets count from the block's start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Fewer bytes than the envelope promises: a torn write or a cut file.
    #[error("block is cut off: {found} of {needed} bytes are there")]
    CutOff {
        /// Bytes that a whole block would have.
        needed: usize,
        /// Bytes that are there.
        found: usize,
    },
    /// More bytes than the envelope promises.
    #[error("block ends at byte {end}, but {found} bytes were stored under its key")]
    Overlong {
        /// Where the envelope says that the block ends.
        end: usize,
        /// Bytes that are there.
        found: usize,
    },
    /// The first four bytes are not a block's.
    #[error("no block begins here: the first four bytes are not the block mark")]
    NotABlock,
    /// Written by a newer program.
    #[error("block version {0} at byte 4 is unknown: read it with the program version that wrote it")]
    UnknownVersion(u8),
    /// Written by a newer program, or damaged.
    #[error("block codec {0} at byte 5 is unknown: read it with the program version that wrote it")]
    UnknownCodec(u8),
    /// A length in the envelope is beyond what any writer writes.
    #[error("block announces {announced} bytes at byte {at}, the limit is {limit}")]
    Length {
        /// Offset of the length.
        at: usize,
        /// What it says.
        announced: usize,
        /// The most it may say.
        limit: usize,
    },
    /// The stored bytes are not those which were written.
    #[error("block checksum is {computed:08x}, {stored:08x} was written: its bytes have changed")]
    Checksum {
        /// The checksum in the envelope.
        stored: u32,
        /// The checksum of the bytes that are there.
        computed: u32,
    },
    /// The payload does not decompress to what the envelope promises.
    #[error("block payload at byte 18 does not decompress: {0}")]
    Decompress(String),
    /// The body does not have the layout of its version.
    #[error("block body is malformed at body byte {at}: {why}")]
    Body {
        /// Offset in the decompressed body.
        at: usize,
        /// What does not fit.
        why: String,
    },
    /// A draft without records, or one whose sequences do not fit.
    #[error(
        "a block needs a first sequence above 0 and 1 to {MAX_RECORDS} records, got {first} and {records}"
    )]
    Records {
        /// The draft's first sequence.
        first: u64,
        /// How many records it has.
        records: usize,
    },
    /// The records are too big to be read back within a decoder's limit.
    #[error("records of {raw} bytes do not fit a block of at most {MAX_RAW}: record less at once")]
    TooMuchRaw {
        /// Bytes of the body.
        raw: usize,
    },
    /// The records do not compress below the limit for stored blocks.
    #[error(
        "records of {raw} bytes take {stored} bytes stored, the limit is {MAX_STORED}: record less at once"
    )]
    TooMuchStored {
        /// Bytes of the body.
        raw: usize,
        /// Bytes of the smallest form that was found.
        stored: usize,
    },
}
