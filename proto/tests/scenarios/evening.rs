//! The acceptance evening: Thursday 26.11.2026 in Itä-Uusimaa.
//!
//! Each test is a row of the scenario's second table, in words: expected files that were drawn anew from a mistake
//! do not pass.

mod alarms;
mod course;
mod handover;
mod rows;
mod seen;
mod strain;

use serde_json::{Value, json};

use crate::paper::compare;
pub use seen::AREA;
use seen::{CHECKPOINTS, Seen, seen};

/// The five that are closed by four.
const CLOSED: [&str; 5] = ["porvoo-sote", "askola-sote", "lapinjarvi-sote", "myrskyla-sote", "pukkila-sote"];

/// What stands at a path of a board, its keys parted by spaces.
pub fn on(board: &Value, path: &str) -> Value {
    let step = |value: Value, key: &str| value.get(key).cloned().unwrap_or(Value::Null);
    path.split_whitespace().fold(board.clone(), step)
}

/// A local time of the evening as boards write it.
fn at(local: &str) -> Value {
    let (hour, rest) = local.split_once(':').unwrap();
    json!(format!("2026-11-26T{:02}:{rest}:00Z", hour.parse::<u32>().unwrap() - 2))
}

/// Holds what boards must show: a path, and what stands there.
pub fn shows(board: &Value, expected: &[(&str, Value)]) {
    for (path, expected) in expected {
        assert_eq!(on(board, path), *expected, "{path}");
    }
}

#[test]
fn the_boards_at_the_checkpoints_are_those_that_people_have_read() {
    let Seen { shown, was, .. } = seen();
    for time in CHECKPOINTS {
        for view in ["situation", "evening"] {
            compare("evening", &format!("{}-{view}", time.replace(':', "")), &shown[&(time, view)]);
        }
    }
    compare("evening", "1740-sipoo-as-shown", &shown[&("17:40", "station:sipoo-sote")]);
    compare("evening", "1740-sipoo-as-it-was", &was[&("17:40", "station:sipoo-sote")]);
}

#[test]
fn what_was_is_what_was_shown_but_for_the_backlog() {
    let Seen { shown, was, .. } = seen();
    for time in CHECKPOINTS {
        let [mut shown, mut was] = [shown, was].map(|boards| boards[&(time, "situation")].clone());
        // Of alarms it is told which stood, not how many people they were about then.
        let stood = |board: &Value| {
            let alarms = board["alarms"].as_object().cloned().unwrap_or_default();
            alarms.into_iter().map(|(id, alarm)| (id, alarm["state"].clone())).collect::<Vec<_>>()
        };
        assert_eq!(stood(&shown), stood(&was), "{time}");
        for board in [&mut shown, &mut was] {
            board.as_object_mut().unwrap().retain(|name, _| name != "as_of" && name != "alarms");
        }
        if time == "17:36" {
            assert_ne!(shown, was, "Sipoo's backlog is known by now");
            for board in [&mut shown, &mut was] {
                let members = board.as_object_mut().unwrap();
                members["stations"].as_object_mut().unwrap().remove("sipoo-sote");
                members.retain(|name, _| name != "reporting" && name != "sums");
            }
        }
        assert!(shown == was, "{time}");
    }
}
