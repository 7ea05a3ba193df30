//! The envelope: finds, bounds and checks a payload without understanding it.

use super::{Error, MAX_RAW, MAX_STORED};

/// The first bytes of every block. Not text in any encoding that feeds use, so that a search in a raw
/// file finds few false marks.
pub const MARK: [u8; 4] = [0x9f, b'T', b'K', b'B'];
/// Magic, version, codec and both lengths: what the checksum covers besides the payload.
const COVERED: usize = 14;
/// Bytes before the payload.
pub(super) const HEADER: usize = 18;

/// How a payload is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Codec {
    Plain,
    Zstd,
}

impl Codec {
    const fn byte(self) -> u8 {
        match self {
            Self::Plain => 0,
            Self::Zstd => 1,
        }
    }
}

/// A checked envelope: the payload is what was written.
pub(super) struct Sealed<'a> {
    pub version: u8,
    pub codec: Codec,
    pub raw: usize,
    pub payload: &'a [u8],
}

/// What an envelope says about itself, its checksum not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outline {
    /// Bytes of the whole block.
    pub stored: usize,
    /// Bytes of its body once decompressed.
    pub raw: usize,
    /// The checksum that was written with it.
    pub checksum: u32,
}

/// Puts a payload into an envelope.
pub(super) fn seal(version: u8, codec: Codec, raw: u32, payload: &[u8]) -> Result<Vec<u8>, Error> {
    let stored = HEADER + payload.len();
    let length = match u32::try_from(payload.len()) {
        Ok(length) if stored <= MAX_STORED => length,
        _ => return Err(Error::TooMuchStored { raw: raw as usize, stored }),
    };
    let mut block = Vec::with_capacity(stored);
    block.extend_from_slice(&MARK);
    block.extend_from_slice(&[version, codec.byte()]);
    block.extend_from_slice(&length.to_le_bytes());
    block.extend_from_slice(&raw.to_le_bytes());
    let checksum = checksum(&block, payload);
    block.extend_from_slice(&checksum.to_le_bytes());
    block.extend_from_slice(payload);
    Ok(block)
}

/// Reads the lengths of the block that begins at `bytes[0]`. What follows the block is not looked at.
///
/// # Errors
/// No block begins here, it is cut off, or it is longer than any writer writes.
pub fn outline(bytes: &[u8]) -> Result<Outline, Error> {
    let header = bytes.first_chunk::<HEADER>().ok_or(Error::CutOff { needed: HEADER, found: bytes.len() })?;
    let [m0, m1, m2, m3, _, _, l0, l1, l2, l3, r0, r1, r2, r3, c0, c1, c2, c3] = *header;
    if [m0, m1, m2, m3] != MARK {
        return Err(Error::NotABlock);
    }
    let payload = u32::from_le_bytes([l0, l1, l2, l3]) as usize;
    let raw = u32::from_le_bytes([r0, r1, r2, r3]) as usize;
    if payload > MAX_STORED - HEADER {
        return Err(Error::Length { at: 6, announced: payload, limit: MAX_STORED - HEADER });
    }
    if raw > MAX_RAW {
        return Err(Error::Length { at: 10, announced: raw, limit: MAX_RAW });
    }
    Ok(Outline { stored: HEADER + payload, raw, checksum: u32::from_le_bytes([c0, c1, c2, c3]) })
}

/// Opens an envelope that must fill `bytes` exactly.
pub(super) fn unseal(bytes: &[u8]) -> Result<Sealed<'_>, Error> {
    let Outline { stored, raw, checksum: written } = outline(bytes)?;
    if bytes.len() > stored {
        return Err(Error::Overlong { end: stored, found: bytes.len() });
    }
    let cut_off = Error::CutOff { needed: stored, found: bytes.len() };
    if bytes.len() < stored {
        return Err(cut_off);
    }
    let Some((&[_, _, _, _, version, codec, ..], payload)) = bytes.split_first_chunk::<HEADER>() else {
        return Err(cut_off);
    };
    let computed = checksum(bytes.get(..COVERED).unwrap_or_default(), payload);
    if written != computed {
        return Err(Error::Checksum { stored: written, computed });
    }
    let codec = match codec {
        0 => Codec::Plain,
        1 => Codec::Zstd,
        other => return Err(Error::UnknownCodec(other)),
    };
    Ok(Sealed { version, codec, raw, payload })
}

/// Checks an envelope that fills `bytes` exactly, without opening it: the cheap half of a decode.
///
/// # Errors
/// The bytes are not what was written.
pub fn check(bytes: &[u8]) -> Result<Outline, Error> {
    unseal(bytes)?;
    outline(bytes)
}

fn checksum(covered: &[u8], payload: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(covered);
    hasher.update(payload);
    hasher.finalize()
}

/// Cuts a run of blocks that lie one behind the other, as a page of the journal travels.
#[must_use]
pub const fn frames(run: &[u8]) -> Frames<'_> {
    Frames { rest: run }
}

/// The blocks of a run, uncut and undecoded. After an error nothing more comes.
#[derive(Debug, Clone)]
pub struct Frames<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Frames<'a> {
    type Item = Result<&'a [u8], Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let bytes = std::mem::take(&mut self.rest);
        if bytes.is_empty() {
            return None;
        }
        let outline = match outline(bytes) {
            Ok(outline) => outline,
            Err(error) => return Some(Err(error)),
        };
        let Some((block, rest)) = bytes.split_at_checked(outline.stored) else {
            return Some(Err(Error::CutOff { needed: outline.stored, found: bytes.len() }));
        };
        self.rest = rest;
        Some(Ok(block))
    }
}
