//! How the evening went: what every minute of it has to show.

use serde_json::{Value, json};

use super::seen::{Minute, script, seen};
use super::{at, on};

#[test]
fn rooms_in_use_are_those_in_care() {
    for ((time, view), board) in &seen().shown {
        let porvoo = on(board, "stations porvoo-paivystys");
        if !porvoo.is_object() {
            continue;
        }
        let in_care = |lane: &Value| lane["in_care"].as_u64().unwrap_or(0);
        let sum: u64 = porvoo["lanes"].as_object().unwrap().values().map(in_care).sum();
        assert_eq!(on(&porvoo, "capacity room occupied"), sum, "{time} {view}");
        let boarders = on(&porvoo, "lanes jatkopaikat in_care");
        assert_eq!(on(&porvoo, "capacity room boarding"), boarders, "{time} {view}");
    }
}

#[test]
fn sipoos_feed_is_silent_from_17_18_to_17_58() {
    let mut changes = Vec::new();
    for (time, Minute { sipoos_feed, .. }) in &seen().minutes {
        if changes.last().is_none_or(|(_, state)| *state != sipoos_feed) {
            changes.push((time.as_str(), sipoos_feed));
        }
    }
    let expected =
        [("17:00", "fresh"), ("17:20", "ageing"), ("17:23", "stale"), ("17:33", "lost"), ("17:58", "fresh")];
    assert!(changes.iter().zip(&expected).all(|((at, state), (time, word))| at == time && *state == word));
    assert_eq!(changes.len(), expected.len(), "{changes:?}");
}

#[test]
fn loviisas_peak_is_thirteen_at_17_51() {
    let waiting = |minute: &Minute| minute.waiting_in_loviisa.as_u64().unwrap();
    let peak = seen().minutes.values().map(waiting).max();
    let when: Vec<_> = seen()
        .minutes
        .iter()
        .filter(|(_, it)| Some(waiting(it)) == peak)
        .map(|(at, _)| at.as_str())
        .collect();
    assert_eq!((peak, when), (Some(13), vec!["17:51"]));
    let codes = on(
        &seen().shown[&("17:51", "situation")],
        "stations loviisa-iltavastaanotto lanes kiire waiting_by_urgency",
    );
    assert_eq!(codes, json!({"A": 0, "B": 1, "C": 1, "D": 11, "E": 0, "untriaged": 0}));
}

#[test]
fn at_their_pace_those_in_loviisa_are_done_about_25_past_eight() {
    let left = |event: &Value| {
        event["type"] == "fi.tilanne.queue.left.v1" && event["subject"] == "loviisa-iltavastaanotto"
    };
    let treated = |event: &Value| event["data"]["outcome"] == "treated";
    let time = |event: &Value| proto::time::parse(event["time"].as_str().unwrap()).unwrap().as_micros();
    let script = script();
    let events: Vec<_> = script.items.iter().map(|item| &item.event).filter(|event| left(event)).collect();
    let minute = |local: &str| proto::time::parse(at(local).as_str().unwrap()).unwrap().as_micros();
    let half_past = minute("19:30");
    let pace: Vec<i64> = events
        .iter()
        .filter(|event| treated(event))
        .map(|event| time(event))
        .filter(|at| (minute("18:30")..half_past).contains(at))
        .collect();
    assert_eq!(pace.last(), Some(&minute("19:28")));
    let mean = (pace[pace.len() - 1] - pace[0]) / i64::try_from(pace.len() - 1).unwrap();
    let done = pace[pace.len() - 1] + 7 * mean;
    assert!((minute("20:20")..=minute("20:30")).contains(&done), "5 waiting and 2 in care, {mean} us each");
    assert_eq!(events.iter().map(|event| time(event)).max(), Some(minute("20:24")), "empty");
}

#[test]
fn a_gp_is_missing_from_19_00_to_19_40() {
    let missing = |(_, minute): &(&String, &Minute)| minute.missing_gps == json!(1);
    let when: Vec<_> = seen().minutes.iter().filter(missing).map(|(time, _)| time.as_str()).collect();
    assert_eq!((when.first(), when.last(), when.len()), (Some(&"19:00"), Some(&"19:39"), 40));
}
