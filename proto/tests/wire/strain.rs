//! Levels of strain, as files configure them and boards draw them.

use proto::area::from_toml;
use proto::definitions::definition_at;
use serde_json::{Value, json};
use situation::board::{Boards, View};
use situation::strain::{Level, Measure};

use super::area::SMALL;
use super::boards::{begun_with, draw, hear, numbers, parsed};

const RULES: &str = r#"
[strain]
doctors = ["laakari"]

[strain.area]
needs = 2
weights = { porvoo = 2 }

[strain.cards]
level_1 = { fi = "Tavallinen", sv = "Normal", en = "Usual" }
level_4 = { fi = "Soita", sv = "Ring", en = "Call" }

[strain.area.cards]
level_4 = { fi = "Johto koolle", sv = "Kalla ledningen", en = "Managers" }

[strain.kinds.joint_ed]
needs = 2
dwell = "5m"

[strain.kinds.joint_ed.measures]
occupancy_room = { from = [80, 90, 100], margin = 5 }
boarders = { from = [2, 3, 4], margin = 1 }
edwin = { from = [100, 150, 200] }
staffing_gap = { from = [10, 50, 100], roles = ["laakari"] }
overdue_share = { from = [10, 20, 30], lanes = [] }
waiting_per_staff = { from = [400, 800, 1200] }
nedocs = { from = [60, 100, 140], shown_only = true }

[strain.stations.loviisa.measures]
waiting_per_staff = { from = [400, 800, 1200], lanes = ["ovi"] }
"#;

fn file() -> String {
    format!("{SMALL}{RULES}")
}

/// One overdue of two, half the doctors, all rooms in use, four boarders.
fn evening() -> Boards {
    let mut boards = begun_with(from_toml(&file()).unwrap());
    let time = "2026-11-26T15:00:00Z";
    let said = [
        ("queue.joined", json!({"lane": "kiire", "ticket": "t-1", "urgency": "A"})),
        ("queue.joined", json!({"lane": "kiire", "ticket": "t-2", "urgency": "B"})),
        ("staffing.observed", json!({"role": "laakari", "on_duty": 1})),
        ("capacity.observed", json!({"resource": "room", "staffed": 10, "occupied": 10, "boarding": 4})),
        ("capacity.observed", json!({"resource": "bed", "total": 40, "occupied": 39})),
    ];
    for (kind, data) in said {
        hear(&mut boards, "porvoo", kind, time, data, time);
    }
    boards
}

fn situation(boards: &Boards) -> Value {
    parsed(&draw(boards, &View::Situation))
}

#[test]
fn a_station_shows_its_level_with_every_measure_and_what_to_do() {
    let board = situation(&evening());
    let station = &board["stations"]["porvoo"];
    assert_eq!(station["level"], 4);
    let expected = json!({
        "level": 4,
        "since": "2026-11-26T15:00:00Z",
        "needs": 2,
        "card": {"fi": "Soita", "sv": "Ring", "en": "Call"},
        "measures": {
            "occupancy_room": {
                "unit": "percent", "value": 100, "level": 4, "margin": 5,
                "thresholds": {"level_2": 80, "level_3": 90, "level_4": 100},
            },
            "boarders": {
                "unit": "people", "value": 4, "level": 4, "margin": 1,
                "thresholds": {"level_2": 2, "level_3": 3, "level_4": 4},
            },
            // Two of two codes, and one of them: 3 / (1 × 6).
            "edwin": {
                "unit": "hundredths", "value": 50, "level": 1,
                "thresholds": {"level_2": 100, "level_3": 150, "level_4": 200},
            },
            "staffing_gap": {
                "unit": "percent", "value": 50, "level": 3,
                "thresholds": {"level_2": 10, "level_3": 50, "level_4": 100},
            },
            "overdue_share": {
                "unit": "percent", "value": 50, "level": 4,
                "thresholds": {"level_2": 10, "level_3": 20, "level_4": 30},
            },
            "waiting_per_staff": {
                "unit": "hundredths", "value": 200, "level": 1,
                "thresholds": {"level_2": 400, "level_3": 800, "level_4": 1200},
            },
            // 85.8 × 2 / 10 + 600 × 4 / 40 − 20, and three inputs that nothing carries.
            "nedocs": {
                "unit": "points", "at_least": 57, "shown_only": true,
                "thresholds": {"level_2": 60, "level_3": 100, "level_4": 140},
                "missing": {
                    "respirators": "not_carried",
                    "longest_admission_wait": "not_carried",
                    "last_wait_for_bed": "not_carried",
                },
            },
        },
    });
    assert_eq!(station["strain"], expected);
}

#[test]
fn a_measure_that_is_held_by_its_margin_says_so() {
    let mut boards = evening();
    let later = "2026-11-26T15:01:00Z";
    hear(
        &mut boards,
        "porvoo",
        "capacity.observed",
        later,
        json!({"resource": "room", "boarding": 3}),
        later,
    );
    let board = situation(&boards);
    let boarders = &board["stations"]["porvoo"]["strain"]["measures"]["boarders"];
    assert_eq!(
        (&boarders["value"], &boarders["level"], &boarders["held"]),
        (&json!(3), &json!(4), &json!(true))
    );
}

#[test]
fn an_area_shows_its_level_and_its_stations_by_level() {
    let board = situation(&evening());
    assert_eq!(board["level"], 4);
    let expected = json!({
        "level": 4, "since": "2026-11-26T15:00:00Z", "needs": 2,
        "stations": {"level_1": 0, "level_2": 0, "level_3": 0, "level_4": 1, "unknown": 1},
        "card": {"fi": "Johto koolle", "sv": "Kalla ledningen", "en": "Managers"},
    });
    assert_eq!(board["strain"], expected);
    let silent = &board["stations"]["loviisa"]["strain"];
    assert!(silent.get("level").is_none() && silent.get("card").is_none(), "{silent}");
    assert_eq!(silent["missing"], json!({"lanes.ovi.waiting": "absent", "staff.laakari.on_duty": "absent"}));
}

#[test]
fn every_number_of_a_level_has_a_definition() {
    let mut boards = evening();
    // Of a department without its doctor EDWIN has no value; of one whose rooms nobody told it is known in part.
    let later = "2026-11-26T15:01:00Z";
    hear(
        &mut boards,
        "porvoo",
        "capacity.observed",
        later,
        json!({"resource": "room", "occupied": null}),
        later,
    );
    hear(&mut boards, "loviisa", "staffing.observed", later, json!({"role": "laakari", "on_duty": 1}), later);
    let mut found = Vec::new();
    for boards in [evening(), boards] {
        for view in ["situation", "station:porvoo"] {
            let board = parsed(&draw(&boards, &View::parse(view).unwrap()));
            numbers(&board, &mut Vec::new(), &mut found);
        }
    }
    let of_strain = found.iter().filter(|path| path.iter().any(|key| key == "strain"));
    assert!(of_strain.clone().count() > 60, "{} numbers", of_strain.count());
    for path in found {
        let keys: Vec<&str> = path.iter().map(String::as_str).collect();
        assert!(definition_at(&keys).is_some(), "{} has no definition", path.join("."));
    }
}

#[test]
fn a_file_says_what_is_measured_of_whom() {
    let (area, document) = from_toml(&file()).unwrap();
    let rules = area.strain.unwrap();
    let rule = &rules.kinds["joint_ed"];
    assert_eq!((rule.needs, rule.dwell.as_secs(), rule.measures["boarders"].from), (2, 300, [2, 3, 4]));
    let Measure::Edwin { roles, places } = &rule.measures["edwin"].measure else { panic!("edwin") };
    assert_eq!((roles.iter().next().unwrap().as_str(), places.as_str()), ("laakari", "room"));
    assert_eq!(rule.cards[&Level::Overloaded.number()].en, "Call");
    assert_eq!(rules.cards[&4].en, "Managers");
    assert_eq!(proto::area::from_document(&document).unwrap().strain.unwrap().kinds["joint_ed"], *rule);
    assert!(from_toml(SMALL).unwrap().0.strain.is_none());
}

#[test]
fn what_contradicts_itself_is_refused_with_where() {
    let text = file();
    let rows = [
        ("kinds.joint_ed]", "kinds.joint_de]", "strain.kinds.joint_de"),
        ("stations.loviisa.measures", "stations.lovisa.measures", "there is no station \"lovisa\""),
        ("needs = 2\nweights", "needs = 0\nweights", "needs and weights are at least 1"),
        ("weights = { porvoo", "weights = { porvo", "no station \"porvo\" counts"),
        ("needs = 2\ndwell", "needs = 7\ndwell", "needs is from 1 to 6"),
        ("from = [2, 3, 4], margin = 1", "from = [2, 4, 3]", "from goes up"),
        ("from = [2, 3, 4], margin = 1", "from = [0, 3, 4]", "begins above 0"),
        ("from = [2, 3, 4], margin = 1", "from = [2, 3]", "an array of length 3"),
        ("from = [2, 3, 4], margin = 1", "from = [2, 3, 4], margin = 2", "margin is smaller"),
        ("boarders =", "bored =", "there is no such measure"),
        ("boarders =", "occupancy_ =", "there is no such measure"),
        ("margin = 1 }", "lanes = [\"kiire\"] }", "lanes means nothing to this measure"),
        ("lanes = [\"ovi\"]", "lanes = [\"ovet\"]", "the station has no lane \"ovet\""),
        ("doctors = [\"laakari\"]", "", "say whose work it is"),
        ("doctors =", "doktors =", "did you mean `doctors`?"),
    ];
    for (right, wrong, sentence) in rows {
        assert!(text.contains(right), "{right}");
        let error = from_toml(&text.replace(right, wrong)).expect_err(wrong).to_string();
        assert!(error.contains(sentence), "{wrong}: {error}");
    }
}
