//! From a cell such as `2024-03-10T3:45` to an instant: patterns, time zone and the two clock changes.

use std::fmt::Write as _;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::fmt::strtime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use serde::Deserialize;

use super::repeatable;
use super::spec::Time;

/// Which of the two instants a local time means that exists twice, when clocks go back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Ambiguous {
    /// The first time round, or the second where [`Known`] tells that the first is past.
    Earlier,
    /// Always the second time round.
    Later,
    /// The row is refused aloud.
    #[default]
    Refuse,
}

/// What to do with a local time that does not exist, when clocks go forward.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Skipped {
    /// Read it by the offset before the change, as a clock does that was not put forward: 2:45 is 3:45.
    Forward,
    /// The row is refused aloud.
    #[default]
    Refuse,
}

/// How a feed writes instants.
#[derive(Debug, Clone)]
pub(super) struct Clockwork {
    patterns: Vec<Pattern>,
    zone: TimeZone,
    zone_name: String,
    ambiguous: Ambiguous,
    skipped: Skipped,
}

#[derive(Debug, Clone)]
enum Pattern {
    Rfc3339,
    Strptime(String),
}

/// What is known of the time that a cell can mean, for the hour that exists twice.
#[derive(Debug, Clone, Copy)]
pub(super) enum Known {
    Nothing,
    /// An earlier, different body of observations spoke of this instant: time has moved on since.
    Past(Timestamp),
    /// The visit's previous event: this one is not before it.
    NotBefore(Timestamp),
}

impl Known {
    /// Whether the second of two instants is meant. Instants out of their reach tell nothing: bodies of other
    /// years may be read in any order.
    fn second_is_meant(self, first: Timestamp, second: Timestamp) -> bool {
        match self {
            Known::Nothing => false,
            Known::Past(past) => first <= past && past <= second,
            Known::NotBefore(previous) => first < previous && previous <= second,
        }
    }
}

/// What a cell says before the zone has been asked.
enum Said {
    Instant(Timestamp),
    Local(DateTime),
}

impl Clockwork {
    pub(super) fn new(time: &Time) -> Result<Clockwork, String> {
        let zone = match strtime::parse("%:z", &time.time_zone).ok().and_then(|parsed| parsed.offset()) {
            Some(offset) => TimeZone::fixed(offset),
            None => TimeZone::get(&time.time_zone).map_err(|_| {
                format!(
                    "time.time_zone `{}` is neither a zone such as Europe/Helsinki nor an offset such as +01:00",
                    time.time_zone
                )
            })?,
        };
        if time.formats.is_empty() {
            return Err(
                "time.formats is empty; write \"rfc3339\" or a pattern such as %Y-%m-%dT%H:%M".to_owned()
            );
        }
        let mut patterns = Vec::new();
        for format in &time.formats {
            patterns.push(match format.as_str() {
                "rfc3339" => Pattern::Rfc3339,
                // A pattern proves itself on an instant of its own making, so that a typing error is found
                // here.
                pattern => match sample(pattern) {
                    true => Pattern::Strptime(pattern.to_owned()),
                    false => {
                        return Err(format!(
                            "time.formats: `{pattern}` is not a pattern that gives a date and an hour"
                        ));
                    }
                },
            });
        }
        Ok(Clockwork {
            patterns,
            zone,
            zone_name: time.time_zone.clone(),
            ambiguous: time.ambiguous,
            skipped: time.skipped,
        })
    }

    /// The instant that a cell means.
    pub(super) fn read(&self, cell: &str, known: Known) -> Result<Timestamp, String> {
        let local = match self.patterns.iter().find_map(|pattern| pattern.parse(cell)) {
            Some(Said::Instant(instant)) => return Ok(instant),
            Some(Said::Local(local)) => local,
            None => {
                let patterns: Vec<&str> = self.patterns.iter().map(Pattern::name).collect();
                let cell = repeatable(cell);
                return Err(format!("`{cell}` is not a time of the form {}", patterns.join(" or ")));
            }
        };
        let zone = &self.zone_name;
        let offset = match self.zone.to_ambiguous_timestamp(local).offset() {
            AmbiguousOffset::Unambiguous { offset } => offset,
            AmbiguousOffset::Gap { before, .. } => match self.skipped {
                Skipped::Forward => before,
                Skipped::Refuse => {
                    let cell = repeatable(cell);
                    return Err(format!("`{cell}` does not exist in {zone}: clocks went forward"));
                }
            },
            AmbiguousOffset::Fold { before: first, after: second } => match self.ambiguous {
                Ambiguous::Earlier => {
                    let (first_time, second_time) = (instant(first, local)?, instant(second, local)?);
                    let second = known.second_is_meant(first_time, second_time);
                    return Ok(if second { second_time } else { first_time });
                }
                Ambiguous::Later => second,
                Ambiguous::Refuse => {
                    let cell = repeatable(cell);
                    return Err(format!("`{cell}` exists twice in {zone}: give time.ambiguous"));
                }
            },
        };
        instant(offset, local)
    }
}

fn instant(offset: Offset, local: DateTime) -> Result<Timestamp, String> {
    offset.to_timestamp(local).map_err(|_| format!("`{local}` lies outside the years that can be stored"))
}

impl Pattern {
    fn parse(&self, cell: &str) -> Option<Said> {
        match self {
            Pattern::Rfc3339 => cell.parse().ok().map(Said::Instant),
            Pattern::Strptime(pattern) => {
                let parsed = strtime::parse(pattern, cell).ok()?;
                match parsed.offset() {
                    Some(_) => parsed.to_timestamp().ok().map(Said::Instant),
                    None => parsed.to_datetime().ok().map(Said::Local),
                }
            }
        }
    }

    fn name(&self) -> &str {
        match self {
            Pattern::Rfc3339 => "RFC 3339",
            Pattern::Strptime(pattern) => pattern,
        }
    }
}

fn sample(pattern: &str) -> bool {
    let instant = jiff::civil::date(2024, 12, 31).at(23, 59, 58, 0).in_tz("UTC");
    let written = instant.ok().and_then(|instant| strtime::format(pattern, &instant).ok());
    let Some(written) = written else { return false };
    match Pattern::Strptime(pattern.to_owned()).parse(&written) {
        Some(Said::Local(local)) => local.hour() == 23 && local.day() == 31,
        Some(Said::Instant(_)) => true,
        None => false,
    }
}

/// Appends an instant as `20240310T074500Z`, short enough for an id; a fraction only where there is one.
pub(super) fn push_compact(text: &mut String, time: Timestamp) {
    let utc = Offset::UTC.to_datetime(time);
    let (year, month, day) = (utc.year(), utc.month(), utc.day());
    let (hour, minute, second) = (utc.hour(), utc.minute(), utc.second());
    // Writing to a String cannot fail.
    let _ = write!(text, "{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}");
    if utc.subsec_nanosecond() != 0 {
        let _ = write!(text, ".{:09}", utc.subsec_nanosecond());
    }
    text.push('Z');
}
