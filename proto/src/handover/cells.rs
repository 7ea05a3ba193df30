//! What stands in a cell: names in a language, times as the clock on the wall shows them.

use jiff::tz::TimeZone;
use serde_json::{Map, Value};
use situation::time::Instant;

use super::Language;

/// What to write where nothing is known.
pub(super) const UNKNOWN: &str = "–";

/// Writes cells of one report.
pub(super) struct Cells {
    pub language: Language,
    zone: TimeZone,
    /// The local date on which the span begins: times of that date are written without it.
    date: Option<jiff::civil::Date>,
}

impl Cells {
    pub fn of(report: &Value, language: Language) -> Self {
        let zone = report.get("time_zone").and_then(Value::as_str).and_then(|name| TimeZone::get(name).ok());
        let mut cells = Self { language, zone: zone.unwrap_or(TimeZone::UTC), date: None };
        let begins = moment(path(report, &["shift", "from"]));
        cells.date = begins.and_then(|at| cells.local(at)).map(|local| local.date());
        cells
    }

    pub fn word(&self, key: &str) -> String {
        self.language.word(key).to_owned()
    }

    /// A word with something put into it.
    pub fn with(&self, key: &str, place: &str, value: &str) -> String {
        self.language.word(key).replace(place, value)
    }

    /// A name in the language, or in the first that has one.
    pub fn name(&self, names: &Value) -> Option<String> {
        let texts = self.language.codes().into_iter().filter_map(|code| names.get(code)?.as_str());
        texts.map(str::to_owned).find(|text| !text.is_empty())
    }

    /// The time of a moment, with its date where that is another than the report's.
    pub fn time(&self, at: &Value) -> String {
        let Some(local) = moment(at).and_then(|at| self.local(at)) else { return UNKNOWN.to_owned() };
        let time = format!("{}:{:02}", local.hour(), local.minute());
        if Some(local.date()) == self.date {
            return time;
        }
        format!("{}.{}. {time}", local.day(), local.month())
    }

    /// The same with the date, always.
    pub fn date_and_time(&self, at: &Value) -> String {
        let Some(local) = moment(at).and_then(|at| self.local(at)) else { return UNKNOWN.to_owned() };
        format!("{}.{}.{} {}:{:02}", local.day(), local.month(), local.year(), local.hour(), local.minute())
    }

    /// From one moment to another; without a second one it goes on.
    pub fn span(&self, from: &Value, to: &Value) -> String {
        let to = if to.is_null() { String::new() } else { self.time(to) };
        format!("{}–{to}", self.time(from))
    }

    /// How many, and when: `13 (17:51)`.
    pub fn peak(&self, peak: &Value) -> String {
        match peak.get("count").and_then(Value::as_u64) {
            Some(0) => "0".to_owned(),
            Some(count) => format!("{count} ({})", self.time(get(peak, "at"))),
            None => UNKNOWN.to_owned(),
        }
    }

    /// A span in minutes, rounded up: `1 h 05`.
    pub fn lasted(&self, seconds: &Value) -> String {
        let Some(seconds) = seconds.as_u64() else { return UNKNOWN.to_owned() };
        let minutes = seconds.div_ceil(60);
        if minutes < 60 {
            format!("{minutes} min")
        } else {
            format!("{} h {:02}", minutes / 60, minutes % 60)
        }
    }

    fn local(&self, at: Instant) -> Option<jiff::civil::DateTime> {
        Some(self.zone.to_datetime(at.timestamp()?))
    }
}

fn moment(text: &Value) -> Option<Instant> {
    crate::time::parse(text.as_str()?).ok()
}

/// A member, or `null`.
pub(super) fn get<'a>(value: &'a Value, name: &str) -> &'a Value {
    value.get(name).unwrap_or(&Value::Null)
}

/// A member's member, and so on, or `null`.
pub(super) fn path<'a>(value: &'a Value, names: &[&str]) -> &'a Value {
    names.iter().fold(value, |value, name| get(value, name))
}

/// The members of an object; of anything else none.
pub(super) fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().map(Map::iter).into_iter().flatten().map(|(key, value)| (key.as_str(), value))
}

/// A number, or that it is not known.
pub(super) fn number(value: &Value) -> String {
    value.as_i64().map_or_else(|| UNKNOWN.to_owned(), |number| number.to_string())
}
