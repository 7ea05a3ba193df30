//! One CloudEvent made from a row, kept small: a year of visits is 213,060 of them.

use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::Value;

/// A CloudEvent 1.0 of the intake. Serializes as the JSON that `POST /v1/events` takes.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Unique within the source, made by the feed's id rule: the same row always gives the same id.
    pub id: String,
    /// The feed, such as `/feeds/quebec`.
    pub source: Arc<str>,
    /// The full type, such as `fi.tilanne.queue.observed.v1`.
    pub kind: Arc<str>,
    /// The station's id.
    pub subject: Arc<str>,
    /// When it was so, by the feed.
    pub time: Timestamp,
    /// The members of `data`, in the order of the feed's description.
    pub data: Vec<(Arc<str>, Value)>,
    /// The event's place in the feed's description: the lifecycle order among events of one instant.
    pub rank: usize,
}

impl Event {
    /// The event as a JSON value.
    pub fn to_value(&self) -> Value {
        let data = self.data.iter().map(|(name, value)| (name.to_string(), value.clone())).collect();
        let text = |s: &str| Value::String(s.to_owned());
        Value::Object(
            [
                ("specversion", text("1.0")),
                ("id", text(&self.id)),
                ("source", text(&self.source)),
                ("type", text(&self.kind)),
                ("subject", text(&self.subject)),
                ("time", Value::String(self.time.to_string())),
                ("data", Value::Object(data)),
            ]
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
        )
    }
}

impl Serialize for Event {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Data<'a>(&'a [(Arc<str>, Value)]);
        impl Serialize for Data<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_map(self.0.iter().map(|(name, value)| (&**name, value)))
            }
        }
        let mut map = serializer.serialize_map(Some(7))?;
        map.serialize_entry("specversion", "1.0")?;
        map.serialize_entry("id", &self.id)?;
        map.serialize_entry("source", &*self.source)?;
        map.serialize_entry("type", &*self.kind)?;
        map.serialize_entry("subject", &*self.subject)?;
        map.serialize_entry("time", &format_args!("{}", self.time))?;
        map.serialize_entry("data", &Data(&self.data))?;
        map.end()
    }
}
