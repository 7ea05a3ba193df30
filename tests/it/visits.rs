//! Skåne's visits as events, in the order in which they happened.

use acceptance::dice::Dice;
use acceptance::door::Door;
use acceptance::events::at;
use acceptance::program::Said;
use acceptance::recorded;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::PROGRAM;
use crate::skane::VISITS;

/// Until when the visits are taken, and moments at which boards are compared.
pub struct Year {
    /// Events by time; at one instant in the order of life.
    pub events: Vec<Value>,
    /// Seeded moments within them, and one after them all.
    pub moments: Vec<Timestamp>,
}

impl Year {
    /// January, or with `TILANNE_FULL=1` the year. `None`, aloud, without the data.
    pub fn read(dice: &mut Dice) -> Option<Self> {
        let file = recorded::find(VISITS)?;
        let told = [
            "replay",
            &file.display().to_string(),
            "--feed",
            "config/feeds/skane.toml",
            "--dry-run",
            "--json",
        ];
        let said = Said::by(PROGRAM, &told).with_code(0);
        let end = at(if recorded::full() { "2019-01-01T00:00:00Z" } else { "2017-02-01T00:00:00Z" });
        let mut events: Vec<(Timestamp, Value)> = Vec::new();
        for line in said.out.lines() {
            let mut row: Value = serde_json::from_str(line).expect("JSON");
            let Value::Array(made) = row["events"].take() else { panic!("{line}") };
            events
                .extend(made.into_iter().map(|event| (time(&event), event)).filter(|(time, _)| *time < end));
        }
        // Stable, so that at one instant a visit's events stay in the order of its life.
        events.sort_by_key(|(time, _)| *time);
        let (first, last) = (events[0].0, events.last().expect("events").0);
        let span = u64::try_from(last.duration_since(first).as_secs()).expect("a year");
        let later = |seconds: u64| first + SignedDuration::from_secs(i64::try_from(seconds).expect("a year"));
        let mut moments: Vec<_> = (0..20).map(|_| later(dice.below(span))).collect();
        moments.push(last + SignedDuration::from_hours(1));
        Some(Self { events: events.into_iter().map(|(_, event)| event).collect(), moments })
    }

    /// The hashes of the boards at the moments.
    pub async fn hashes(&self, door: &Door) -> Vec<String> {
        door.settled().await;
        let mut hashes = Vec::new();
        for moment in &self.moments {
            let board = door.board("situation", &format!("at={moment}")).await;
            hashes.push(board["hash"].as_str().expect("a hash").to_owned());
        }
        hashes
    }
}

/// When an event happened.
pub fn time(event: &Value) -> Timestamp {
    at(event["time"].as_str().expect("a time"))
}

/// Events as a body.
pub fn lines(events: &[Value]) -> String {
    events.iter().map(|event| format!("{event}\n")).collect()
}
