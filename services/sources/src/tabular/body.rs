//! From bytes to text: decompression, encoding, and what is plainly not a table.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::MultiGzDecoder;

use super::{Refusal, Spec, repeatable};

/// The first two bytes of a gzip stream.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// How much of an unexpected text a sentence quotes.
const QUOTED_CHARS: usize = 60;

/// Decompresses a body if it is gzip, within the feed's limit.
pub(super) fn unpack<'a>(bytes: &'a [u8], spec: &Spec) -> Result<Cow<'a, [u8]>, Refusal> {
    let limit = spec.limits.body_bytes;
    let too_large = |length: usize| u64::try_from(length).unwrap_or(u64::MAX) > limit;
    if too_large(bytes.len()) {
        return Err(Refusal::TooLarge { limit });
    }
    if !bytes.starts_with(&GZIP) {
        return Ok(Cow::Borrowed(bytes));
    }
    let mut unpacked = Vec::new();
    // One byte beyond the limit tells a body that fits from one that goes on.
    MultiGzDecoder::new(bytes)
        .take(limit.saturating_add(1))
        .read_to_end(&mut unpacked)
        .map_err(|error| Refusal::Gzip { detail: error.to_string() })?;
    if too_large(unpacked.len()) {
        return Err(Refusal::TooLarge { limit });
    }
    Ok(Cow::Owned(unpacked))
}

/// Decodes a body and refuses what is not text of the feed's encoding.
pub(super) fn decode<'a>(bytes: &'a [u8], spec: &Spec) -> Result<Cow<'a, str>, Refusal> {
    let encoding = spec.encoding;
    let undecodable = |before: &[u8]| Refusal::Undecodable {
        encoding: encoding.name(),
        line: before.iter().filter(|byte| **byte == b'\n').count(),
    };
    let bytes = match encoding_rs::Encoding::for_bom(bytes) {
        Some((marked, length)) if marked == encoding => bytes.get(length..).unwrap_or_default(),
        Some(_) | None => bytes,
    };
    let text = if encoding == encoding_rs::UTF_8 {
        let valid =
            |error: std::str::Utf8Error| undecodable(bytes.get(..error.valid_up_to()).unwrap_or_default());
        Cow::Borrowed(std::str::from_utf8(bytes).map_err(valid)?)
    } else {
        let decoded = encoding.decode_without_bom_handling_and_without_replacement(bytes);
        decoded.ok_or_else(|| undecodable(&[]))?
    };
    // Single-byte encodings decode every byte; the ones that mean nothing come out as control characters.
    if let Some((at, _)) = text.char_indices().find(|(_, c)| is_no_text(*c)) {
        return Err(undecodable(text.get(..at).unwrap_or_default().as_bytes()));
    }
    if text.trim_start().starts_with('<') {
        return Err(Refusal::WebPage { start: quote(&text) });
    }
    Ok(text)
}

fn is_no_text(c: char) -> bool {
    c.is_control() && !matches!(c, '\t' | '\n' | '\r')
}

/// The beginning of an unexpected text, on one line. The line is judged before it is cut: a part of a code
/// is a trace too.
pub(super) fn quote(text: &str) -> String {
    let line = text.trim_start().split(['\n', '\r']).next().unwrap_or_default();
    repeatable(line).chars().take(QUOTED_CHARS).collect()
}
