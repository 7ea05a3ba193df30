//! The envelope: what, where, and whether it is what was written.

use super::{Error, MAX_BODY, Stand, body_error};
use crate::block::ChainHash;

/// Not text in any encoding that feeds use, and not a block's.
const MAGIC: [u8; 4] = [0x9f, b'T', b'K', b'S'];
/// The version that this program writes, and the newest that it reads: what lies beyond may have no checksum where
/// this program looks for one.
const NEWEST: u8 = 7;
/// BLAKE3 at the end.
const SUM: usize = 32;
/// The fastest: most of a body is digests, which no level makes smaller.
const LEVEL: i32 = 1;

/// What a snapshot holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Decisions,
    Boards,
    Kept,
}

impl Kind {
    const fn byte(self) -> u8 {
        match self {
            Self::Decisions => 1,
            Self::Boards => 2,
            Self::Kept => 3,
        }
    }

    /// Whether there ever was such a version of it.
    const fn had(self, version: u8) -> bool {
        match self {
            Self::Decisions => matches!(version, 1..=NEWEST),
            Self::Boards => matches!(version, 1 | 3..=NEWEST),
            Self::Kept => matches!(version, 7..=NEWEST),
        }
    }
}

pub(super) fn seal(kind: Kind, stand: &Stand, body: &[u8]) -> Result<Vec<u8>, Error> {
    if body.len() > MAX_BODY {
        return Err(Error::TooBig(body.len()));
    }
    let epoch = u16::try_from(stand.epoch.len()).map_err(body_error)?;
    let packed = zstd::bulk::compress(body, LEVEL).map_err(body_error)?;
    let mut file = Vec::with_capacity(packed.len() + stand.epoch.len() + 128);
    file.extend_from_slice(&MAGIC);
    file.extend_from_slice(&[NEWEST, kind.byte()]);
    file.extend_from_slice(&stand.sequence.to_le_bytes());
    file.extend_from_slice(&stand.head);
    file.extend_from_slice(&epoch.to_le_bytes());
    file.extend_from_slice(stand.epoch.as_bytes());
    file.extend_from_slice(&(body.len() as u64).to_le_bytes());
    file.extend_from_slice(&packed);
    let sum = blake3::hash(&file);
    file.extend_from_slice(sum.as_bytes());
    Ok(file)
}

/// A file whose checksum fits.
pub(super) struct Opened {
    pub version: u8,
    pub stand: Stand,
    pub body: Vec<u8>,
}

/// Checks everything and unpacks the body.
pub(super) fn open(kind: Kind, file: &[u8]) -> Result<Opened, Error> {
    let (magic, rest) = file.split_first_chunk::<4>().ok_or(Error::NotASnapshot)?;
    if *magic != MAGIC {
        return Err(Error::NotASnapshot);
    }
    let version = *rest.first().ok_or(Error::Checksum)?;
    if !(1..=NEWEST).contains(&version) {
        return Err(Error::Version(version));
    }
    let (written, sum) = file.split_last_chunk::<SUM>().ok_or(Error::Checksum)?;
    if blake3::hash(written) != blake3::Hash::from_bytes(*sum) {
        return Err(Error::Checksum);
    }
    let mut parts = Parts(written.get(MAGIC.len() + 1..).unwrap_or_default());
    let [found] = parts.take()?;
    if found != kind.byte() {
        return Err(Error::Kind(found));
    }
    if !kind.had(version) {
        return Err(Error::Version(version));
    }
    let sequence = u64::from_le_bytes(parts.take()?);
    let head: ChainHash = parts.take()?;
    let length = u16::from_le_bytes(parts.take()?);
    let epoch = parts.text(length.into())?;
    let raw = usize::try_from(u64::from_le_bytes(parts.take()?)).unwrap_or(usize::MAX);
    if raw > MAX_BODY {
        return Err(Error::TooBig(raw));
    }
    let body = zstd::bulk::decompress(parts.0, raw).map_err(body_error)?;
    if body.len() != raw {
        return Err(Error::Body(format!("{} bytes came out, {raw} were promised", body.len())));
    }
    Ok(Opened { version, stand: Stand { epoch, sequence, head }, body })
}

/// What is left to read.
struct Parts<'a>(&'a [u8]);

impl Parts<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let (part, rest) = self.0.split_first_chunk::<N>().ok_or_else(|| body_error("its header is cut"))?;
        self.0 = rest;
        Ok(*part)
    }

    fn text(&mut self, length: usize) -> Result<String, Error> {
        let (part, rest) = self.0.split_at_checked(length).ok_or_else(|| body_error("its header is cut"))?;
        self.0 = rest;
        String::from_utf8(part.to_vec()).map_err(body_error)
    }
}
