//! The body of block version 1. Frozen: disks hold it. A change is a `v2` beside it and a golden file.

use super::{ChainHash, Error, MAX_RAW, MAX_RECORDS};

/// The version byte that this layout goes under.
pub(super) const VERSION: u8 = 1;

/// What a decode may claim: the longest body, a slice for each of the most records, and slack for the
/// widths that bincode claims before it knows them. Without a limit nine bytes can ask for a tebibyte.
const DECODE_LIMIT: usize = 2 * MAX_RAW;
const _: () = assert!(MAX_RAW + MAX_RECORDS * (size_of::<&[u8]>() + size_of::<u64>()) < DECODE_LIMIT);

/// Little endian, and variable-width integers: a record's length then costs one to three bytes, not
/// eight, and lengths are most of what a body holds besides the records.
const fn layout() -> impl bincode::config::Config {
    bincode::config::standard().with_little_endian().with_variable_int_encoding().with_limit::<DECODE_LIMIT>()
}

/// The stored struct; the order of its members is the order on disk.
#[derive(Debug, bincode::Encode, bincode::BorrowDecode)]
pub(super) struct Body<'a> {
    pub first_sequence: u64,
    pub cursor: u64,
    pub head: ChainHash,
    pub records: Vec<&'a [u8]>,
}

pub(super) fn encode(body: &Body<'_>) -> Result<Vec<u8>, Error> {
    bincode::encode_to_vec(body, layout()).map_err(|error| Error::Body { at: 0, why: error.to_string() })
}

pub(super) fn decode(bytes: &[u8]) -> Result<Body<'_>, Error> {
    let (body, consumed): (Body<'_>, usize) = bincode::borrow_decode_from_slice(bytes, layout())
        .map_err(|error| Error::Body { at: 0, why: error.to_string() })?;
    if consumed != bytes.len() {
        return Err(Error::Body { at: consumed, why: format!("{} bytes too many", bytes.len() - consumed) });
    }
    if body.first_sequence == 0
        || body.records.is_empty()
        || body.records.len() > MAX_RECORDS
        || body.first_sequence.checked_add(body.records.len() as u64).is_none()
    {
        let why = format!("{} records from sequence {}", body.records.len(), body.first_sequence);
        return Err(Error::Body { at: 0, why });
    }
    Ok(body)
}
