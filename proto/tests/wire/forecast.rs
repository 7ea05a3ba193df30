//! What is to be expected of the next hours, as boards say it.

use std::time::Duration;

use proto::definitions::definition_at;
use serde_json::{Value, json};
use situation::board::View;

use super::boards::{at, begun_with, draw, hear, numbers, parsed};

/// What is told of a queue every hour for so many days: more by day than by night, and on each day more or less than usual.
fn lane_after(days: u32) -> Value {
    let mut boards = begun_with(super::area::small());
    let from = at("2026-11-26T08:00:00Z");
    for hour in 0..=days * 24 {
        let time = proto::time::format(from.plus(Duration::from_secs(3_600 * u64::from(hour))));
        let waiting = (hour % 24).min(24 - hour % 24) + hour / 24 * 7 % 11;
        hear(
            &mut boards,
            "loviisa",
            "queue.observed",
            &time,
            json!({"lane": "ovi", "waiting": waiting}),
            &time,
        );
    }
    let board = parsed(&draw(&boards, &View::Situation));
    let mut found = Vec::new();
    numbers(&board, &mut Vec::new(), &mut found);
    for path in found {
        let keys: Vec<&str> = path.iter().map(String::as_str).collect();
        assert!(definition_at(&keys).is_some(), "{} has no definition", path.join("."));
    }
    board["stations"]["loviisa"]["lanes"]["ovi"].clone()
}

#[test]
fn a_forecast_says_when_how_many_and_how_well_it_was_told_before() {
    let lane = lane_after(12);
    let forecast = lane["forecast"].as_object().unwrap();
    assert_eq!(forecast.keys().collect::<Vec<_>>(), ["waiting"], "nothing was told of who is present");
    let hours = forecast["waiting"].as_object().unwrap();
    assert_eq!(hours["h1"]["at"], "2026-12-08T09:00:00Z");
    assert_eq!(hours["h3"]["at"], "2026-12-08T11:00:00Z");
    let members =
        ["at", "count", "error_hundredths", "of", "same_hour_error_hundredths", "staying_error_hundredths"];
    for hour in hours.values() {
        assert!(members.iter().all(|member| hour.get(member).is_some()), "{hour}");
        assert!(hour["error_hundredths"].as_u64() < hour["staying_error_hundredths"].as_u64(), "{hour}");
    }
}

#[test]
fn a_lane_that_is_not_foretold_has_no_such_member() {
    assert_eq!(lane_after(3).get("forecast"), None);
}
