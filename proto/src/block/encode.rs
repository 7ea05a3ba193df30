//! Records in, an encoded block out.

use std::cell::RefCell;

use zstd::bulk::Compressor;

use super::envelope::{Codec, HEADER, seal};
use super::{ChainHash, Error, MAX_RAW, MAX_RECORDS, MAX_STORED, v1};

/// What a block is to hold.
#[derive(Debug, Clone, Copy)]
pub struct Draft<'a> {
    /// The sequence of the first record, from 1.
    pub first_sequence: u64,
    /// The stream cursor after the last record; 0 where there is no stream.
    pub cursor: u64,
    /// The chain head after the last record.
    pub head: ChainHash,
    /// The records, in order.
    pub records: &'a [&'a [u8]],
}

/// How hard to try to make a block small.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// None while somebody waits: the body is stored plain, and compressed only where it would not fit.
    /// A disk takes two plain bytes in less time than any codec needs to make one of them.
    Least,
    /// For blocks that are packed once, in the background, and kept.
    Thorough,
}

/// Tried one after the other on a body that is too big to be stored plain: the rare big decision.
const TO_FIT: [i32; 3] = [1, 9, 19];
/// How blocks that are kept are compressed. On the facts of an emergency department: 19.4 bytes a fact in
/// 0.3 us; level 9 makes them 16.6 and takes ten times as long.
const KEPT: i32 = 3;

/// Below this a body is stored plain: what compression would save is less than a disk's sector.
const LEAST_COMPRESSED: usize = 512;

/// Compresses with this thread's own compressor: making one costs more than compressing a small body.
fn compress(body: &[u8], level: i32) -> std::io::Result<Vec<u8>> {
    thread_local! {
        static COMPRESSOR: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    }
    COMPRESSOR.with_borrow_mut(|kept| {
        let compressor = match kept {
            Some(compressor) => compressor,
            None => kept.insert(Compressor::new(level)?),
        };
        compressor.set_compression_level(level)?;
        compressor.compress(body)
    })
}

/// Encodes a block of at most [`MAX_STORED`] bytes, compressed with as much effort as is asked for, where that
/// makes it smaller, and with as much as it takes where it would not fit otherwise.
///
/// # Errors
/// [`Error::Records`], [`Error::TooMuchRaw`] or [`Error::TooMuchStored`]; nothing else.
pub fn encode(draft: &Draft<'_>, effort: Effort) -> Result<Vec<u8>, Error> {
    let count = draft.records.len();
    if draft.first_sequence == 0
        || !(1..=MAX_RECORDS).contains(&count)
        || draft.first_sequence.checked_add(count as u64).is_none()
    {
        return Err(Error::Records { first: draft.first_sequence, records: count });
    }
    let payload: usize = draft.records.iter().map(|record| record.len()).sum();
    if payload > MAX_RAW {
        return Err(Error::TooMuchRaw { raw: payload });
    }
    let body = v1::encode(&v1::Body {
        first_sequence: draft.first_sequence,
        cursor: draft.cursor,
        head: draft.head,
        records: draft.records.to_vec(),
    })?;
    let raw = match u32::try_from(body.len()) {
        Ok(raw) if body.len() <= MAX_RAW => raw,
        _ => return Err(Error::TooMuchRaw { raw: body.len() }),
    };
    let mut smallest = body.len();
    let fits = HEADER + body.len() <= MAX_STORED;
    let levels: &[i32] = match effort {
        _ if !fits => &TO_FIT,
        Effort::Thorough if body.len() >= LEAST_COMPRESSED => &[KEPT],
        Effort::Least | Effort::Thorough => &[],
    };
    for &level in levels {
        // A failed compression is no reason to lose a fact: it can still be stored plain.
        let Ok(compressed) = compress(&body, level) else { break };
        smallest = smallest.min(compressed.len());
        if compressed.len() < body.len() && HEADER + compressed.len() <= MAX_STORED {
            return seal(v1::VERSION, Codec::Zstd, raw, &compressed);
        }
    }
    if fits {
        return seal(v1::VERSION, Codec::Plain, raw, &body);
    }
    Err(Error::TooMuchStored { raw: body.len(), stored: HEADER + smallest })
}
