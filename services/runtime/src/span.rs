//! Durations as people write them in a configuration: `250ms`, `60s`, `5m`, `72h`, `1h30m`, `2d`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A length of time, read and written with its units. A day is 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span(Duration);

/// Units in milliseconds, from large to small but for the first: `ms` must be tried before `m`.
const UNITS: [(&str, u64); 5] = [("ms", 1), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)];

/// Why a text is not a duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a duration; write whole numbers with units, as in 250ms, 60s, 5m, 72h, 1h30m or 2d")]
pub struct NotASpan(String);

impl Span {
    /// So many seconds.
    #[must_use]
    pub const fn from_secs(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }

    /// As the standard library has it.
    #[must_use]
    pub const fn duration(self) -> Duration {
        self.0
    }
}

impl From<Span> for Duration {
    fn from(span: Span) -> Self {
        span.0
    }
}

impl FromStr for Span {
    type Err = NotASpan;

    fn from_str(text: &str) -> Result<Self, NotASpan> {
        let refuse = || NotASpan(text.to_owned());
        let mut rest = text;
        let mut total: u64 = 0;
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(refuse)?;
            let (number, after) = rest.split_at(digits);
            let number: u64 = number.parse().map_err(|_not_a_number| refuse())?;
            let (unit, length) = UNITS.iter().find(|(unit, _)| after.starts_with(unit)).ok_or_else(refuse)?;
            let part = number.checked_mul(*length).ok_or_else(refuse)?;
            total = total.checked_add(part).ok_or_else(refuse)?;
            rest = after.strip_prefix(unit).ok_or_else(refuse)?;
        }
        if text.is_empty() { Err(refuse()) } else { Ok(Self(Duration::from_millis(total))) }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0.as_millis();
        if rest == 0 {
            return f.write_str("0s");
        }
        let [milliseconds, larger @ ..] = UNITS;
        for (unit, length) in larger.into_iter().chain([milliseconds]) {
            let length = u128::from(length);
            if rest >= length {
                write!(f, "{}{unit}", rest / length)?;
                rest %= length;
            }
        }
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_and_written_as_people_do() {
        for (text, seconds) in [("60s", 60), ("5m", 300), ("72h", 259_200), ("1h30m", 5_400), ("2d", 172_800)]
        {
            assert_eq!(text.parse(), Ok(Span::from_secs(seconds)), "{text}");
        }
        let mixed: Span = "1m250ms".parse().unwrap();
        assert_eq!((mixed.duration(), mixed.to_string()), (Duration::from_millis(60_250), "1m250ms".into()));
        assert_eq!(Span::from_secs(259_200).to_string(), "3d");
        assert_eq!("0s".parse::<Span>().unwrap().to_string(), "0s");
    }

    #[test]
    fn what_has_no_unit_or_no_number_is_refused_with_examples() {
        for text in ["", "5", "m", "5 m", "-5m", "1.5h", "5x", "99999999999999999999s", "300000000000000d"] {
            let error = text.parse::<Span>().unwrap_err().to_string();
            assert!(error.contains("1h30m"), "{text}: {error}");
        }
    }
}
