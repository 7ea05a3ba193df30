//! Which alarms stand when, as the scenario's second table tells them.

use serde_json::{Value, json};

use super::seen::{CHECKPOINTS, seen};
use super::{CLOSED, at, on, shows};

fn alarms(time: &'static str) -> Value {
    on(&seen().shown[&(time, "situation")], "alarms")
}

/// Those that are not over.
fn standing(time: &'static str) -> Vec<String> {
    let alarms = alarms(time);
    let stands = |(_, alarm): &(&String, &Value)| alarm["cleared_at"].is_null();
    alarms.as_object().into_iter().flatten().filter(stands).map(|(id, _)| id.clone()).collect()
}

#[test]
fn at_17_12_only_the_gap_ahead_is_an_alarm() {
    assert_eq!(standing("17:12"), ["staffing-gap:porvoo-paivystys:laakari"]);
    let gap = on(&alarms("17:12"), "staffing-gap:porvoo-paivystys:laakari");
    shows(
        &gap,
        &[("count", json!(1)), ("raised_at", at("17:10")), ("since", at("19:00")), ("until", at("23:00"))],
    );
}

#[test]
fn the_five_that_closed_by_four_never_alarm() {
    for time in CHECKPOINTS {
        let alarms = alarms(time);
        for (id, alarm) in alarms.as_object().unwrap() {
            assert!(!CLOSED.iter().any(|closed| alarm["station"] == *closed), "{time}: {id}");
        }
    }
}

#[test]
fn at_17_36_sipoos_feed_is_an_alarm_and_at_18_01_it_is_over() {
    const LOST: &str = "feed-lost:sipoo-sote:/feeds/sipoo";
    assert!(standing("17:36").contains(&LOST.to_owned()));
    shows(&alarms("17:36")[LOST], &[("raised_at", at("17:33")), ("since", at("17:18"))]);
    assert!(!standing("18:01").contains(&LOST.to_owned()));
    shows(&alarms("18:01")[LOST], &[("cleared_at", at("17:58")), ("state", json!("cleared_unacknowledged"))]);
}

#[test]
fn at_18_01_sipoo_closed_with_two_inside_is_an_alarm_until_18_06() {
    const INSIDE: &str = "closed-inside:sipoo-sote";
    assert!(standing("18:01").contains(&INSIDE.to_owned()));
    shows(&alarms("18:01")[INSIDE], &[("count", json!(2)), ("raised_at", at("18:00"))]);
    assert_eq!(alarms("18:32")[INSIDE]["cleared_at"], at("18:06"));
}

#[test]
fn at_19_31_loviisa_is_not_done_before_its_doors_and_at_20_10_it_is() {
    const LATE: &str = "closes-late:loviisa-iltavastaanotto";
    assert!(standing("19:31").contains(&LATE.to_owned()));
    let loviisa = on(&seen().shown[&("19:31", "situation")], "stations loviisa-iltavastaanotto");
    shows(&loviisa, &[("closing done_by", at("20:25")), ("doors_until", at("20:00"))]);
    shows(&alarms("19:31")[LATE], &[("since", at("20:00")), ("until", at("20:25"))]);
    assert!(!standing("20:10").contains(&LATE.to_owned()), "it has extended to 20:30");
}

#[test]
fn the_missing_gp_is_an_alarm_until_the_backup_is_there() {
    const GAP: &str = "staffing-gap:porvoo-paivystys:laakari";
    for time in CHECKPOINTS {
        assert_eq!(standing(time).contains(&GAP.to_owned()), time < "19:40", "{time}");
    }
}
