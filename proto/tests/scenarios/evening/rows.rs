//! The rows of the scenario's second table, and where it begins.

use serde_json::{Value, json};

use super::seen::seen;
use super::{CLOSED, at, on, shows};

fn situation(time: &'static str) -> &'static Value {
    &seen().shown[&(time, "situation")]
}

fn assert_quiet(board: &Value) {
    for id in CLOSED {
        let station = on(board, &format!("stations {id}"));
        shows(&station, &[("open", json!(false)), ("closing", Value::Null), ("reporting", Value::Null)]);
    }
}

#[test]
fn at_17_00_people_wait_and_work_as_the_evening_has_it() {
    shows(
        on(situation("17:00"), "stations").get("porvoo-paivystys").unwrap(),
        &[
            ("lanes kiire waiting", json!(9)),
            (
                "lanes kiire waiting_by_urgency",
                json!({"A": 0, "B": 0, "C": 2, "D": 4, "E": 3, "untriaged": 0}),
            ),
            ("capacity room staffed", json!(12)),
            ("capacity room occupied", json!(11)),
            ("staff laakari on_duty", json!(2)),
            ("staff laakari required", json!(2)),
            ("staff sairaanhoitaja on_duty", json!(7)),
        ],
    );
    shows(
        on(situation("17:00"), "stations").get("loviisa-iltavastaanotto").unwrap(),
        &[
            ("lanes kiire waiting", json!(4)),
            (
                "lanes kiire waiting_by_urgency",
                json!({"A": 0, "B": 0, "C": 1, "D": 3, "E": 0, "untriaged": 0}),
            ),
            ("staff laakari on_duty", json!(1)),
            ("staff sairaanhoitaja on_duty", json!(2)),
            ("intake_until", at("19:30")),
            ("doors_until", at("20:00")),
        ],
    );
    shows(
        situation("17:00"),
        &[
            ("stations sipoo-sote lanes kiire waiting", json!(3)),
            ("stations kriisipaivystys staff kriisityontekija on_duty", json!(2)),
            ("stations etavastaanotto doors_until", at("21:00")),
            ("stations paivystysapu-116117 lanes takaisinsoitot waiting", json!(11)),
            ("stations paivystysapu-116117 lanes takaisinsoitot oldest_since", at("16:38")),
        ],
    );
}

#[test]
fn at_17_12_three_of_eight_are_open_five_are_quiet_and_a_gap_lies_ahead() {
    let board = situation("17:12");
    shows(
        board,
        &[
            ("window kind", json!("evening")),
            ("reporting counted", json!(8)),
            ("reporting open", json!(3)),
            ("reporting reporting", json!(3)),
        ],
    );
    assert_quiet(board);
    let gps = on(board, "stations porvoo-paivystys staff laakari");
    let gap = on(&gps, &format!("ahead {}", at("19:00").as_str().unwrap()));
    assert_eq!(gap, json!({"to": at("23:00"), "required": 2, "planned": 1, "gap": 1}));
    assert_eq!(on(&gps, "gap"), Value::Null, "nobody is missing yet");
    let phone = on(board, "stations paivystysapu-116117");
    assert_eq!(on(&phone, "name fi"), "Päivystysapu 116117 (koko Uusimaa)");
    let lines = phone["contacts"].as_object().unwrap();
    assert!(lines.values().all(|line| line["coverage"] == "uusimaa"), "{lines:?}");
    let callbacks: u64 = lines.values().map(|line| line["callbacks_waiting"].as_u64().unwrap()).sum();
    assert_eq!(callbacks, 11);
}

#[test]
fn at_17_36_sipoo_is_lost_and_its_two_by_phone_are_outside_the_sums() {
    let board = situation("17:36");
    shows(
        board,
        &[
            ("stations sipoo-sote feeds /feeds/sipoo state", json!("lost")),
            ("stations sipoo-sote feeds /feeds/sipoo last_event_time", at("17:18")),
            ("stations sipoo-sote lanes kiire waiting", json!(2)),
            ("stations sipoo-sote lanes kiire waiting_by_urgency", Value::Null),
            ("stations sipoo-sote lanes kiire observed_by", json!("koordinaattori")),
            ("stations sipoo-sote lanes kiire observed_at", at("17:35")),
            ("stations sipoo-sote lanes kiire valid_until", at("17:55")),
            ("stations sipoo-sote reporting", json!(false)),
            ("reporting open", json!(3)),
            ("reporting reporting", json!(2)),
            ("sums waiting stations", json!(2)),
        ],
    );
    let waiting = |lane: &Value| lane["waiting"].as_u64().unwrap();
    let lanes = |id: &str| on(board, &format!("stations {id} lanes")).as_object().unwrap().clone();
    let reporting = ["porvoo-paivystys", "loviisa-iltavastaanotto"];
    let sum: u64 = reporting.iter().flat_map(|id| lanes(id)).map(|(_, lane)| waiting(&lane)).sum();
    assert_eq!(on(board, "sums waiting value"), sum);
    let expired = on(situation("17:56"), "stations sipoo-sote lanes kiire waiting");
    assert_eq!(expired, Value::Null, "what was said by phone held for 20 minutes");
}

#[test]
fn at_18_01_eleven_wait_in_loviisa_and_sipoo_closed_with_two_inside() {
    let board = situation("18:01");
    shows(
        board,
        &[
            ("stations loviisa-iltavastaanotto lanes kiire waiting", json!(11)),
            ("stations loviisa-iltavastaanotto lanes kiire waiting_by_urgency D", json!(11)),
            ("stations sipoo-sote open", json!(false)),
            ("stations sipoo-sote closing", json!({"phase": "closed", "inside": 2})),
            ("reporting open", json!(2)),
        ],
    );
    assert_quiet(board);
    let [shown, was] =
        [&seen().shown, &seen().was].map(|boards| &boards[&("17:40", "station:sipoo-sote")]["stations"]);
    shows(
        shown,
        &[
            ("sipoo-sote feeds /feeds/sipoo state", json!("lost")),
            ("sipoo-sote lanes kiire observed_by", json!("koordinaattori")),
        ],
    );
    shows(
        was,
        &[
            ("sipoo-sote feeds /feeds/sipoo state", json!("fresh")),
            ("sipoo-sote feeds /feeds/sipoo last_event_time", at("17:39")),
            ("sipoo-sote lanes kiire observed_by", Value::Null),
            ("sipoo-sote lanes kiire waiting", json!(2)),
            ("sipoo-sote lanes kiire waiting_by_urgency D", json!(1)),
            ("sipoo-sote lanes kiire present", json!(4)),
        ],
    );
    let after = on(situation("18:07"), "stations sipoo-sote");
    let slot = "2026-11-27T06:40:00Z";
    shows(&after, &[("closing", Value::Null), ("slots laakari.urgent 1", json!(slot))]);
}

#[test]
fn at_18_32_eight_wait_in_loviisa_and_the_home_hospital_is_from_sixteen() {
    shows(
        situation("18:32"),
        &[
            ("stations loviisa-iltavastaanotto lanes kiire waiting", json!(8)),
            ("stations kotisairaala services kotisairaala age_from", json!(16)),
            ("stations sipoo-sote open", json!(false)),
            ("stations porvoo-paivystys lanes lapset in_care", json!(2)),
        ],
    );
}

#[test]
fn at_19_31_a_gp_is_missing_loviisa_takes_nobody_in_and_the_nurse_is_in_lapinjarvi() {
    let board = situation("19:31");
    shows(
        board,
        &[
            ("stations porvoo-paivystys staff laakari on_duty", json!(1)),
            ("stations porvoo-paivystys staff laakari required", json!(2)),
            ("stations porvoo-paivystys staff laakari arriving", json!(1)),
            ("stations porvoo-paivystys lanes mielenterveys in_care", json!(1)),
            ("stations loviisa-iltavastaanotto lanes kiire waiting", json!(5)),
            ("stations loviisa-iltavastaanotto lanes kiire in_care", json!(2)),
            ("stations loviisa-iltavastaanotto closing phase", json!("intake_ended")),
            ("stations loviisa-iltavastaanotto closing inside", json!(7)),
            ("stations loviisa-iltavastaanotto doors_until", at("20:00")),
            ("stations liikkuva-yksikko tasks d-1845 state", json!("on_scene")),
            ("stations liikkuva-yksikko tasks d-1845 since", at("19:25")),
            ("stations liikkuva-yksikko tasks d-1845 unit", json!("liikkuva-1")),
            ("stations liikkuva-yksikko units liikkuva-1 zone", json!("lapinjarvi")),
            ("stations porvoo-paivystys units ambulanssi-121 state", json!("free")),
        ],
    );
    let backup = format!("stations porvoo-paivystys staff laakari ahead {}", at("19:40").as_str().unwrap());
    assert_eq!(on(board, &backup), json!({"to": at("23:00"), "required": 2, "planned": 2}));
}

#[test]
fn at_20_10_porvoo_is_full_with_four_boarders_and_loviisa_goes_on() {
    shows(
        situation("20:10"),
        &[
            ("stations porvoo-paivystys capacity room staffed", json!(12)),
            ("stations porvoo-paivystys capacity room occupied", json!(12)),
            ("stations porvoo-paivystys capacity room free", json!(0)),
            ("stations porvoo-paivystys capacity room boarding", json!(4)),
            ("stations porvoo-paivystys capacity bed free", json!(0)),
            ("stations porvoo-paivystys staff laakari gap", Value::Null),
            ("stations loviisa-iltavastaanotto open", json!(true)),
            ("stations loviisa-iltavastaanotto doors_until", at("20:30")),
            ("stations loviisa-iltavastaanotto intake_until", at("19:30")),
            (
                "stations loviisa-iltavastaanotto closing",
                json!({
                    "phase": "intake_ended", "inside": 2,
                    "done_by": at("20:25"), "done_latest": at("20:25"), "pace_of": 8,
                }),
            ),
            ("reporting open", json!(2)),
        ],
    );
    let inside = "stations loviisa-iltavastaanotto lanes kiire present";
    assert_eq!(on(situation("20:24"), inside), json!(0), "empty at 20:24");
    shows(situation("20:30"), &[("stations loviisa-iltavastaanotto open", json!(false))]);
}

#[test]
fn at_20_40_nineteen_wait_to_be_called_back_since_19_26() {
    let board = situation("20:40");
    let phone = on(board, "stations paivystysapu-116117");
    shows(
        &phone,
        &[
            ("lanes takaisinsoitot waiting", json!(19)),
            ("lanes takaisinsoitot oldest_since", at("19:26")),
            ("contacts 116117.fi oldest_callback", at("19:26")),
        ],
    );
    let lines = phone["contacts"].as_object().unwrap().values();
    assert_eq!(lines.map(|line| line["callbacks_waiting"].as_u64().unwrap()).sum::<u64>(), 19);
    shows(board, &[("reporting open", json!(1)), ("reporting reporting", json!(1))]);
}

#[test]
fn at_22_45_it_is_night_and_nothing_of_the_evening_is_open() {
    let board = situation("22:45");
    shows(board, &[("window kind", json!("night")), ("reporting open", json!(1)), ("notices", Value::Null)]);
    for (id, station) in board["stations"].as_object().unwrap() {
        for part in ["closing", "tasks", "notices"] {
            assert_eq!(on(station, part), Value::Null, "{id} {part}");
        }
        for (lane, figures) in station["lanes"].as_object().unwrap() {
            assert_eq!(on(figures, "unresolved"), Value::Null, "{id} {lane}");
            if id != "porvoo-paivystys" && id != "paivystysapu-116117" {
                assert_eq!(on(figures, "present"), json!(0), "{id} {lane}");
            }
        }
    }
}
