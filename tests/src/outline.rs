//! The shape that the outer contract gives a board.

use jiff::Timestamp;
use serde_json::Value;

use crate::canonical;

/// Members that hold a time wherever they stand.
const TIMES: [&str; 18] = [
    "as_of",
    "assigned_at",
    "at",
    "from",
    "to",
    "intake_until",
    "last_care_until",
    "doors_until",
    "last_event_time",
    "last_received",
    "observed_at",
    "oldest_callback",
    "oldest_since",
    "on_scene_at",
    "received_at",
    "since",
    "valid_until",
    "until",
];
/// Members that hold a count wherever they stand in a lane, staff or capacity entry.
const COUNTS: [&str; 15] = [
    "waiting",
    "overdue",
    "in_care",
    "present",
    "unresolved",
    "on_duty",
    "required",
    "planned",
    "called",
    "arriving",
    "absent",
    "total",
    "staffed",
    "occupied",
    "reserved",
];
const STATES: [&str; 5] = ["fresh", "ageing", "stale", "lost", "never"];
const WINDOWS: [&str; 5] = ["office", "evening", "night", "weekend", "holiday"];

/// Holds a board against the contract's outline, its hash among it.
pub fn check(board: &Value) {
    for name in ["area", "view", "epoch", "hash"] {
        assert!(board[name].is_string(), "{name} in {board}");
    }
    for name in ["revision", "sequence"] {
        assert!(board[name].is_u64(), "{name} in {board}");
    }
    assert!(board["revision"].as_u64() <= board["sequence"].as_u64());
    assert!(board["as_of"].is_string(), "as_of");
    assert!(board.get("level").is_none_or(|level| (1..=4).contains(&level.as_u64().unwrap_or(0))));
    if let Some(window) = board.get("window") {
        assert!(WINDOWS.contains(&window["kind"].as_str().expect("a kind")), "{window}");
        names(&window["name"]);
        assert!(window["from"].is_string() && window["to"].is_string(), "{window}");
    }
    if let Some(restored) = board.get("restored") {
        assert!(restored["to"].is_string() && restored["at"].is_string(), "{restored}");
    }
    for (id, station) in members(&board["stations"]) {
        check_station(id, station);
    }
    values("board", board);
    assert_eq!(board["hash"], canonical::board_hash(board).as_str(), "the hash is that of what is shown");
}

fn check_station(id: &str, station: &Value) {
    names(&station["name"]);
    assert!(station["kind"].is_string(), "kind of {id}");
    assert!(station.get("open").is_none_or(Value::is_boolean), "open of {id}");
    for (feed, state) in members(&station["feeds"]) {
        assert!(feed.starts_with('/'), "{feed} of {id}");
        assert!(STATES.contains(&state["state"].as_str().expect("a state")), "{state} of {id}");
        assert!(
            ["queue", "staffing", "capacity"].contains(&state["family"].as_str().expect("a family")),
            "{state}"
        );
        assert_eq!(
            state["state"] == "never",
            state.get("last_event_time").is_none(),
            "{feed} of {id}: {state}"
        );
    }
    for group in ["lanes", "staff", "capacity"] {
        for (name, entry) in members(&station[group]) {
            let known = COUNTS.iter().any(|count| entry.get(*count).is_some());
            assert!(
                !known || entry["feed"].is_string() || entry.get("required").is_some(),
                "{id} {name}: {entry}"
            );
            for count in COUNTS {
                assert!(entry.get(count).is_none_or(Value::is_u64), "{count} of {id} {name}: {entry}");
            }
        }
    }
    for (name, lane) in members(&station["lanes"]) {
        if let Some(counts) = lane.get("waiting_by_urgency") {
            let sum: u64 = members(counts).map(|(_, count)| count.as_u64().expect("a count")).sum();
            assert!(lane.get("waiting").is_none_or(|waiting| *waiting == sum), "{id} {name}: {lane}");
        }
    }
}

/// No arrays, no fractions, nothing that is not known, nothing empty; times where times belong.
fn values(path: &str, value: &Value) {
    match value {
        Value::Null => panic!("{path} is null: what is not known is left out"),
        Value::Array(_) => panic!("{path} is an array"),
        Value::Number(number) => assert!(number.is_i64() || number.is_u64(), "{path} is {number}"),
        Value::Bool(_) | Value::String(_) => {}
        Value::Object(members) => {
            assert!(!members.is_empty(), "{path} is empty");
            for (name, value) in members {
                let path = format!("{path}.{name}");
                if TIMES.contains(&name.as_str()) {
                    let text = value.as_str().unwrap_or_else(|| panic!("{path} is {value}, not a time"));
                    assert!(text.parse::<Timestamp>().is_ok(), "{path} is {text}, not RFC 3339");
                }
                values(&path, value);
            }
        }
    }
}

fn names(name: &Value) {
    for language in ["fi", "sv", "en"] {
        assert!(name[language].as_str().is_some_and(|text| !text.is_empty()), "{language} in {name}");
    }
}

/// The members of an object; none of what is absent.
pub fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flatten()
}
