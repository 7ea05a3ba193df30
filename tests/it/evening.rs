//! `tilanne up --demo` plays the evening whose boards people have read: the same files, the real program.

use acceptance::events::at;
use acceptance::program::root;
use acceptance::server::{Plan, Server};
use serde_json::Value;

use crate::PROGRAM;

const CHECKPOINTS: [&str; 8] = ["17:12", "17:36", "18:01", "18:32", "19:31", "20:10", "20:40", "22:45"];
/// What depends on when the program received what, or on how many facts it recorded. Alarms and levels too: they tell what
/// people were told and when, and at this speed a moment of delay is a minute.
const OF_THE_RUN: [&str; 9] =
    ["alarms", "as_of", "epoch", "hash", "last_received", "level", "revision", "sequence", "strain"];
/// Twenty minutes of the evening a second.
const SPEED: &str = "1200";

/// A board without what another run shows otherwise.
fn figures(value: &mut Value) {
    if let Value::Object(members) = value {
        members.retain(|name, _| !OF_THE_RUN.contains(&name.as_str()));
        members.values_mut().for_each(figures);
    }
}

/// At 17:36 people did not yet have Sipoo's backlog, which belongs to what was.
fn without_sipoo(board: &mut Value) {
    board["stations"].as_object_mut().expect("stations").remove("sipoo-sote");
    board.as_object_mut().expect("a board").retain(|name, _| name != "reporting" && name != "sums");
}

#[tokio::test]
async fn the_demo_shows_the_evening_that_people_have_read() {
    let server = Server::start(Plan::demo(PROGRAM).with("TILANNE_DEMO__SPEED", SPEED)).await;
    let door = server.door("itauusimaa");
    let end = at("2026-11-26T22:50:00+02:00");
    door.board_when("situation", |board| at(board["as_of"].as_str().expect("a time")) >= end).await;
    for time in CHECKPOINTS {
        for view in ["situation", "evening"] {
            let name = format!("{}-{view}.json", time.replace(':', ""));
            let file = root().join("tests/scenarios/evening/expected").join(&name);
            let text = std::fs::read_to_string(file).expect("the expected board");
            let mut expected: Value = serde_json::from_str(&text).expect("JSON");
            let mut was = door.board(view, &format!("at=2026-11-26T{time}:00+02:00")).await;
            for board in [&mut expected, &mut was] {
                figures(board);
                if time == "17:36" {
                    without_sipoo(board);
                }
            }
            assert!(was == expected, "{name}: {}", difference(&expected, &was, ""));
        }
    }
    assert!(!server.log().contains("was rejected"), "{}", server.log());
}

/// The first place at which two boards differ.
fn difference(expected: &Value, was: &Value, path: &str) -> String {
    let (Value::Object(one), Value::Object(other)) = (expected, was) else {
        return format!("{path}: {expected} was expected, not {was}");
    };
    let names = one.keys().chain(other.keys());
    let mut differing = names.filter(|name| one.get(*name) != other.get(*name));
    let Some(name) = differing.next() else { return String::new() };
    difference(&expected[name], &was[name], &format!("{path} {name}"))
}
