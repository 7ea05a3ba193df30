//! How strained the stations and the area are through the evening, and by what.

use serde_json::{Value, json};

use super::seen::seen;
use super::{on, shows};

const LO: &str = "stations loviisa-iltavastaanotto";
const PO: &str = "stations porvoo-paivystys";
const SI: &str = "stations sipoo-sote";

fn situation(time: &'static str) -> &'static Value {
    &seen().shown[&(time, "situation")]
}

/// Level, and the measures that reach it.
fn reasons(time: &'static str, place: &str) -> (Value, Vec<String>) {
    let station = on(situation(time), place);
    let level = station["level"].clone();
    assert_eq!(level, on(&station, "strain level"), "{time} {place}");
    let measures = on(&station, "strain measures").as_object().cloned().unwrap_or_default();
    let reach =
        |measure: &Value| measure["level"].as_u64() >= level.as_u64() && measure.get("shown_only").is_none();
    let reaching = measures.into_iter().filter(|(_, measure)| level.as_u64() > Some(1) && reach(measure));
    let reaching = reaching.map(|(name, _)| name).collect();
    (level, reaching)
}

#[test]
fn at_18_01_loviisa_is_loaded_because_eleven_wait_for_one_doctor() {
    assert_eq!(reasons("18:01", LO), (json!(3), vec!["waiting_per_staff".to_owned()]));
    let strain = format!("{LO} strain");
    let station = on(situation("18:01"), &strain);
    shows(
        &station,
        &[
            ("measures waiting_per_staff value", json!(1100)),
            (
                "measures waiting_per_staff thresholds",
                json!({"level_2": 600, "level_3": 1000, "level_4": 1500}),
            ),
            ("measures overdue_share value", json!(0)),
            ("measures staffing_gap value", json!(0)),
            ("missing", Value::Null),
        ],
    );
    assert!(on(&station, "card fi").as_str().unwrap().starts_with("Ilmoita Valvomolle."));
}

#[test]
fn at_20_10_porvoo_is_overloaded_full_and_with_four_boarders() {
    let (level, reasons) = reasons("20:10", PO);
    assert_eq!(level, 4);
    assert_eq!(reasons, ["boarders", "occupancy_bed", "occupancy_room"]);
    let station = on(situation("20:10"), &format!("{PO} strain"));
    shows(
        &station,
        &[
            ("measures boarders value", json!(4)),
            ("measures occupancy_room value", json!(100)),
            ("measures staffing_gap value", json!(0)),
            ("measures nedocs shown_only", json!(true)),
            ("measures nedocs value", Value::Null),
            ("measures nedocs missing respirators", json!("not_carried")),
            ("since", super::at("20:05")),
        ],
    );
    shows(situation("20:10"), &[("level", json!(4)), ("strain stations level_4", json!(1))]);
}

#[test]
fn the_missing_gp_is_a_reason_at_19_31() {
    let station = on(situation("19:31"), &format!("{PO} strain"));
    shows(&station, &[("measures staffing_gap value", json!(50)), ("measures staffing_gap level", json!(3))]);
    assert!(station["level"].as_u64() >= Some(3), "{station}");
}

#[test]
fn while_sipoo_is_lost_its_level_is_not_known_whatever_somebody_was_told_by_telephone() {
    let station = on(situation("17:36"), SI);
    shows(
        &station,
        &[
            ("level", Value::Null),
            ("strain level", Value::Null),
            ("strain missing", json!({"lanes.kiire.waiting": "stale"})),
            ("strain measures waiting_per_staff value", Value::Null),
            ("strain measures staffing_gap value", json!(0)),
            ("strain card", Value::Null),
        ],
    );
    shows(situation("17:36"), &[("strain stations unknown", json!(1))]);
    assert_eq!(on(situation("17:12"), &format!("{SI} level")), 1);
}

#[test]
fn a_closed_station_has_no_level() {
    for station in super::CLOSED {
        shows(
            &on(situation("17:12"), &format!("stations {station}")),
            &[("level", Value::Null), ("strain", Value::Null)],
        );
    }
    shows(&on(situation("18:01"), SI), &[("level", Value::Null), ("strain", Value::Null)]);
}

#[test]
fn a_stations_board_tells_its_own_level_and_not_the_areas() {
    let board = &seen().shown[&("17:40", "station:sipoo-sote")];
    shows(board, &[("level", Value::Null), ("strain", Value::Null)]);
    assert!(on(board, &format!("{SI} strain")).is_object());
}
