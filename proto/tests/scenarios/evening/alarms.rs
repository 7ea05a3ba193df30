//! The alarms of the evening, each from when it stands until somebody has taken notice and it is over.

use serde_json::{Value, json};

use super::seen::seen;
use super::{at, on};

const FULL: &str = "overloaded:porvoo-paivystys";
const GAP: &str = "staffing-gap:porvoo-paivystys:laakari";
const LOST: &str = "feed-lost:sipoo-sote:/feeds/sipoo";
const INSIDE: &str = "closed-inside:sipoo-sote";
const LATE: &str = "closes-late:loviisa-iltavastaanotto";

fn alarms(time: &'static str) -> Vec<(String, String)> {
    let board = &seen().shown[&(time, "evening")];
    let all = board["alarms"].as_object().cloned().unwrap_or_default();
    all.into_iter().map(|(id, alarm)| (id, alarm["state"].as_str().unwrap().to_owned())).collect()
}

fn alarm(time: &'static str, id: &str) -> Value {
    seen().shown[&(time, "evening")]["alarms"][id].clone()
}

fn are(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(id, state)| ((*id).to_owned(), (*state).to_owned())).collect()
}

#[test]
fn at_17_12_the_gap_of_19_00_is_the_only_alarm_and_five_closed_stations_are_none() {
    assert_eq!(alarms("17:00"), are(&[]));
    assert_eq!(alarms("17:12"), are(&[(GAP, "unacknowledged")]));
    let gap = alarm("17:12", GAP);
    assert_eq!(
        (on(&gap, "since"), on(&gap, "until"), on(&gap, "count")),
        (at("19:00"), at("23:00"), json!(1))
    );
}

#[test]
fn at_17_36_sipoo_is_lost_and_somebody_phones() {
    assert_eq!(alarms("17:36"), are(&[(LOST, "acknowledged"), (GAP, "acknowledged")]));
    let lost = alarm("17:36", LOST);
    assert_eq!((on(&lost, "since"), on(&lost, "raised_at")), (at("17:18"), at("17:33")));
    assert_eq!(on(&lost, "acknowledged reason"), "soitetaan Sipooseen");
    assert_eq!(on(&lost, "escalated"), Value::Null);
}

#[test]
fn at_18_01_sipoo_is_closed_with_two_inside_and_loviisa_would_close_late() {
    assert_eq!(
        alarms("18:01"),
        are(&[(INSIDE, "unacknowledged"), (LATE, "unacknowledged"), (GAP, "acknowledged")]),
        "Sipoo's feed is back"
    );
    assert_eq!(alarm("18:01", INSIDE)["count"], 2);
    // R1 to R4 left Loviisa, but too few left care in the last hour to know that it will be in time.
    assert_eq!(alarms("18:32"), are(&[(LATE, "acknowledged"), (GAP, "acknowledged")]));
}

#[test]
fn at_19_31_loviisa_finishes_about_25_past_eight_and_so_after_its_doors_close() {
    let late = alarm("19:31", LATE);
    assert_eq!((on(&late, "state"), on(&late, "count")), (json!("acknowledged"), json!(7)));
    assert_eq!((on(&late, "since"), on(&late, "until")), (at("20:00"), at("20:25")));
    assert_eq!(
        alarms("20:10"),
        are(&[(FULL, "acknowledged")]),
        "Loviisa goes on until 20:30, the backup came at 19:40, and Porvoo is overloaded"
    );
    assert_eq!(seen().shown[&("20:10", "evening")]["notes"]["loviisa-jatkaa"]["until"], at("20:30"));
    assert_eq!(alarms("22:45"), are(&[]));
}
