//! How an actor speaks: as CloudEvents under ids of its own.

use jiff::Timestamp;
use serde_json::{Value, json};

/// What an actor said.
#[derive(Debug)]
pub(super) struct Said {
    pub at: i64,
    pub feed: &'static str,
    pub heartbeat: bool,
    pub event: Value,
}

/// The voice of one actor.
pub(super) struct Voice {
    name: String,
    count: u64,
    said: Vec<Said>,
}

impl Voice {
    /// Ids begin with the run and the actor: several actors speak through one feed.
    pub fn new(run: &str, actor: &str) -> Self {
        Self { name: format!("{run}-{actor}"), count: 0, said: Vec::new() }
    }

    /// The opaque ticket of an actor's n-th visit.
    pub fn ticket(&self, number: u64) -> String {
        format!("{}-v{number}", self.name)
    }

    /// Says something of a station. Returns the event's id.
    pub fn say(&mut self, at: i64, feed: &'static str, station: &str, kind: &str, data: Value) -> String {
        let mut event = self.event(at, feed, kind, data);
        let id = self.id();
        if let Some(event) = event.as_object_mut() {
            event.insert("subject".to_owned(), station.into());
        }
        self.said.push(Said { at, feed, heartbeat: false, event });
        id
    }

    /// A feed's sign of life.
    pub fn beat(&mut self, at: i64, feed: &'static str, interval_s: u32) {
        let event = self.event(at, feed, "feed.heartbeat", json!({ "interval_s": interval_s }));
        self.said.push(Said { at, feed, heartbeat: true, event });
    }

    /// What was said since the last time.
    pub fn take(&mut self) -> Vec<Said> {
        std::mem::take(&mut self.said)
    }

    fn id(&self) -> String {
        format!("{}-{}", self.name, self.count)
    }

    fn event(&mut self, at: i64, feed: &str, kind: &str, data: Value) -> Value {
        self.count += 1;
        json!({
            "specversion": "1.0",
            "id": self.id(),
            "source": feed,
            "type": format!("fi.tilanne.{kind}.v1"),
            "time": rfc3339(at),
            "data": data,
        })
    }
}

/// A moment as text, in UTC.
pub(super) fn rfc3339(at_us: i64) -> String {
    Timestamp::from_microsecond(at_us).unwrap_or_default().to_string()
}
