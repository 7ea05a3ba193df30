//! Independence Day weekend: 4.-7.12.2026, the holiday on a Sunday, a suspended service and two staffing gaps.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::evening::{AREA, on, shows};
use crate::paper::compare;
use crate::play::Play;
use crate::script::Script;

const SETTINGS: &str = include_str!("../../../tests/scenarios/independence-day/scenario.toml");
const FILES: [(&str, &str); 2] = [
    ("at-four.txt", include_str!("../../../tests/scenarios/independence-day/at-four.txt")),
    ("weekend.txt", include_str!("../../../tests/scenarios/independence-day/weekend.txt")),
];

/// Where the weekend's board is looked at, and the name of its file.
const CHECKPOINTS: [(&str, &str); 4] = [
    ("2026-12-04T18:00", "fri-1800-weekend"),
    ("2026-12-05T12:00", "sat-1200-weekend"),
    ("2026-12-06T12:00", "sun-1200-weekend"),
    ("2026-12-07T07:00", "mon-0700-weekend"),
];

fn seen() -> &'static BTreeMap<&'static str, Value> {
    static SEEN: OnceLock<BTreeMap<&str, Value>> = OnceLock::new();
    SEEN.get_or_init(|| {
        let mut play = Play::begin(AREA, Script::read(SETTINGS, &FILES).unwrap());
        let mut board = |(time, name)| {
            play.until(time);
            (name, play.shown("weekend"))
        };
        CHECKPOINTS.into_iter().map(&mut board).collect()
    })
}

#[test]
fn the_weekend_boards_are_those_that_people_have_read() {
    for (name, board) in seen() {
        compare("independence-day", name, board);
    }
}

#[test]
fn the_weekend_is_one_window_with_only_porvoo_open() {
    for (name, board) in seen() {
        shows(
            board,
            &[
                ("window kind", json!("weekend")),
                ("window from", json!("2026-12-04T14:00:00Z")),
                ("window to", json!("2026-12-07T06:00:00Z")),
                ("reporting", json!({"counted": 8, "open": 1, "open_unknown": 0, "reporting": 1})),
                ("stations porvoo-paivystys open", json!(true)),
                ("stations loviisa-iltavastaanotto open", Value::Null),
            ],
        );
        let day = on(board, "day kind");
        assert_eq!(day == "public_holiday", *name == "sun-1200-weekend", "{name}: {day}");
    }
    assert_eq!(on(&seen()["sun-1200-weekend"], "day name fi"), "itsenäisyyspäivä");
}

#[test]
fn a_gap_is_seen_a_day_ahead_until_it_is_filled_and_the_other_until_it_is_over() {
    let nurses = |name: &str| on(&seen()[name], "stations porvoo-paivystys staff sairaanhoitaja");
    let workers = |name: &str| on(&seen()[name], "stations kriisipaivystys staff kriisityontekija");
    let night = "ahead 2026-12-05T20:00:00Z";
    assert_eq!(on(&nurses("fri-1800-weekend"), night), Value::Null, "more than a day ahead");
    let gap = json!({"to": "2026-12-06T06:00:00Z", "required": 4, "planned": 3, "gap": 1});
    assert_eq!(on(&nurses("sat-1200-weekend"), night), gap);
    let gap = json!({"to": "2026-12-06T14:00:00Z", "required": 2, "planned": 1, "gap": 1});
    assert_eq!(on(&workers("sat-1200-weekend"), "ahead 2026-12-06T06:00:00Z"), gap);
    shows(
        &workers("sun-1200-weekend"),
        &[("on_duty", json!(1)), ("required", json!(2)), ("gap", json!(1)), ("absent", json!(1))],
    );
    for name in ["sun-1200-weekend", "mon-0700-weekend"] {
        assert_eq!(on(&nurses(name), "gap"), Value::Null, "{name}: it was filled");
    }
    assert_eq!(on(&workers("mon-0700-weekend"), "gap"), Value::Null, "it is over");
}

#[test]
fn imaging_is_suspended_from_saturday_morning_to_sunday_evening() {
    let imaging = |name: &str| on(&seen()[name], "stations porvoo-paivystys services kuvantaminen state");
    let notice = |name: &str| on(&seen()[name], "notices kuvantaminen kind");
    let expected = [
        ("fri-1800-weekend", Value::Null, Value::Null),
        ("sat-1200-weekend", json!("suspended"), json!("outage")),
        ("sun-1200-weekend", json!("suspended"), json!("outage")),
        ("mon-0700-weekend", json!("available"), Value::Null),
    ];
    for (name, state, kind) in expected {
        assert_eq!((imaging(name), notice(name)), (state, kind), "{name}");
    }
    let reason = on(&seen()["sun-1200-weekend"], "stations porvoo-paivystys reason");
    assert!(reason.as_str().is_some_and(|reason| reason.contains("laitevika")), "{reason}");
}

#[test]
fn units_beds_callbacks_and_mondays_times_are_there() {
    let zone =
        |unit: &str| on(&seen()["sat-1200-weekend"], &format!("stations kotisairaala units {unit} zone"));
    assert_eq!((zone("kotisairaala-1"), zone("kotisairaala-2")), (json!("porvoo"), json!("pernaja")));
    shows(
        &seen()["sat-1200-weekend"],
        &[
            ("stations porvoo-paivystys capacity bed planned_discharges", json!(7)),
            ("stations porvoo-paivystys capacity bed free", json!(2)),
            ("stations paivystysapu-116117 contacts 116117.fi callbacks_waiting", json!(25)),
        ],
    );
    let monday = &seen()["mon-0700-weekend"];
    shows(monday, &[("stations porvoo-paivystys lanes kiire waiting", json!(1))]);
}
