//! What to expect of a queue, as boards say it.

use serde_json::{Value, json};
use situation::board::View;

use super::boards::{at, begun_with, draw, hear, numbers, parsed};
use proto::definitions::definition_at;

/// So many people are seen one after the other, each after ten minutes and as many seconds as came before.
fn lane_after(people: u32) -> Value {
    let mut boards = begun_with(super::area::small());
    let from = at("2026-11-26T08:00:00Z");
    for number in 0..people {
        let came = from.plus(std::time::Duration::from_secs(u64::from(number) * 120));
        let seen = came.plus(std::time::Duration::from_secs(600 + u64::from(number)));
        let ticket = json!({"lane": "kiire", "ticket": format!("t-{number}"), "urgency": "B"});
        for (kind, time, data) in [
            ("queue.joined", came, ticket.clone()),
            ("queue.care_started", seen, json!({"ticket": ticket["ticket"]})),
        ] {
            hear(&mut boards, "porvoo", kind, &proto::time::format(time), data, "2026-11-26T10:00:00Z");
        }
    }
    hear(
        &mut boards,
        "porvoo",
        "feed.heartbeat",
        "2026-11-26T10:00:00Z",
        json!({"interval_s": 60}),
        "2026-11-26T10:00:00Z",
    );
    let board = parsed(&draw(&boards, &View::Situation));
    let mut found = Vec::new();
    numbers(&board, &mut Vec::new(), &mut found);
    for path in found {
        let keys: Vec<&str> = path.iter().map(String::as_str).collect();
        assert!(definition_at(&keys).is_some(), "{} has no definition", path.join("."));
    }
    board["stations"]["porvoo"]["lanes"]["kiire"].clone()
}

#[test]
fn enough_waits_are_told_with_what_they_rest_on() {
    let lane = lane_after(40);
    let expected = json!({"p50": 660, "p90": 660, "of": 40, "known": 40, "ahead": 0});
    assert_eq!(lane["expected_wait_s"], expected);
    assert_eq!(lane["expected_wait_by_urgency"], json!({"B": expected}));
    // Five who came after the thirtieth was seen; each waited a second longer than all before.
    assert_eq!(lane["waits_within"], json!({"p50": 0, "p90": 0, "of": 5}));
}

#[test]
fn too_few_waits_are_told_as_too_few() {
    let lane = lane_after(29);
    let expected = json!({"known": 29, "ahead": 0});
    assert_eq!(lane["expected_wait_s"], expected);
    assert_eq!(lane["expected_wait_by_urgency"], json!({"B": expected}));
    assert_eq!(lane.get("waits_within"), None);
}
