//! Moments as text: RFC 3339 with an offset.

use bincode::{Decode, Encode};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use situation::time::Instant;

/// A moment on the wire (RFC 3339 text) and on disk (microseconds since the Unix epoch).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, JsonSchema)]
#[schemars(with = "String", extend("format" = "date-time"))]
pub struct Moment(pub i64);

/// Reads RFC 3339: a date, `T`, a time with seconds, and `Z` or an offset with minutes.
///
/// # Errors
/// A sentence that says what was expected.
pub fn parse(text: &str) -> Result<Instant, String> {
    let refused = || {
        format!(
            "{:?} is not a time: write RFC 3339 with an offset, such as 2026-11-26T17:00:00+02:00",
            cut(text)
        )
    };
    if !has_form(text.as_bytes()) {
        return Err(refused());
    }
    let timestamp: jiff::Timestamp = text.parse().map_err(|_| refused())?;
    // With an offset the first hours of the year 0 lie before it, where this format has no years.
    if timestamp < FIRST { Err(refused()) } else { Ok(Instant::from(timestamp)) }
}

/// The first moment that RFC 3339 can write in UTC: 0000-01-01T00:00:00Z.
const FIRST: jiff::Timestamp = jiff::Timestamp::constant(-62_167_219_200, 0);

/// The text of a moment, in UTC, with as many digits as it needs.
#[must_use]
pub fn format(at: Instant) -> String {
    at.to_string()
}

/// The calendar library reads more than RFC 3339 allows (weeks, missing seconds, zone names): what one
/// reader takes and another does not is refused here.
fn has_form(bytes: &[u8]) -> bool {
    let shape = b"dddd-dd-ddTdd:dd:dd";
    let (Some(head), Some(tail)) = (bytes.get(..shape.len()), bytes.get(shape.len()..)) else { return false };
    let fits = |bytes: &[u8], shape: &[u8]| {
        bytes.len() == shape.len()
            && bytes.iter().zip(shape).all(|(byte, form)| match form {
                b'd' => byte.is_ascii_digit(),
                b'T' => matches!(byte, b'T' | b't' | b' '),
                b's' => matches!(byte, b'+' | b'-'),
                form => byte == form,
            })
    };
    let digits = match tail.first() {
        Some(b'.') => 1 + tail.iter().skip(1).take_while(|byte| byte.is_ascii_digit()).count(),
        Some(_) | None => 0,
    };
    let offset = tail.get(digits..).unwrap_or_default();
    fits(head, shape)
        && digits != 1
        && digits <= 10
        && (matches!(offset, b"Z" | b"z") || fits(offset, b"sdd:dd"))
}

pub(crate) fn cut(text: &str) -> String {
    /// Enough to recognise a mistake by, not enough to fill a log with.
    const SHOWN: usize = 80;
    if text.chars().count() <= SHOWN {
        text.to_owned()
    } else {
        text.chars().take(SHOWN).chain(['…']).collect()
    }
}

impl From<Instant> for Moment {
    fn from(at: Instant) -> Self {
        Self(at.as_micros())
    }
}

impl From<Moment> for Instant {
    fn from(moment: Moment) -> Self {
        Self::from_micros(moment.0)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format((*self).into()))
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        parse(&text).map(Self::from).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_instant_however_written() {
        let expected = parse("2026-11-26T17:00:00+02:00").unwrap();
        for text in ["2026-11-26T15:00:00Z", "2026-11-26t15:00:00.000000z", "2026-11-26 10:00:00-05:00"] {
            assert_eq!(parse(text), Ok(expected), "{text}");
        }
        assert_eq!(format(expected), "2026-11-26T15:00:00Z");
        assert_eq!(format(parse("2026-11-26T15:00:00.1234567Z").unwrap()), "2026-11-26T15:00:00.123456Z");
    }

    #[test]
    fn what_is_no_rfc_3339_is_refused() {
        for text in [
            "",
            "now",
            "2026-11-26",
            "2026-11-26T15:00Z",
            "2026-11-26T15:00:00",
            "2026-11-26T15:00:00+02",
            "2026-13-26T15:00:00Z",
            "2026-02-30T15:00:00Z",
            "2026-11-26T25:00:00Z",
            "2026-11-26T15:00:00.Z",
            "2026-11-26T15:00:00Z[Europe/Helsinki]",
            "+002026-11-26T15:00:00Z",
            "2026-W48-4T15:00:00Z",
            "2026-11-26T15:00:00,5Z",
            "1764169200",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
