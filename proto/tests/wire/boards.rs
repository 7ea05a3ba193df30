//! Boards as JSON: their canonical text, hash and patches.

use std::path::PathBuf;
use std::sync::Arc;

use proptest::prelude::*;
use proto::board::{Board, Drawn, draw_station};
use proto::definitions::{self, definition_at};
use proto::{canonical, patch};
use serde_json::{Value, json};
use situation::board::{Boards, View};
use situation::fact::{Body, Fact};
use situation::time::Instant;

use super::samples::read;

pub fn at(text: &str) -> Instant {
    proto::time::parse(text).unwrap()
}

fn begun() -> Boards {
    begun_with(super::area::small())
}

pub fn begun_with((area, document): (situation::area::Area, String)) -> Boards {
    let mut boards = Boards::default();
    let received = at("2026-11-26T08:00:00Z");
    let bodies = [
        Body::LogBegun { epoch: "00c0ffee00c0ffee".into(), simulated: false },
        Body::AreaConfigured { document: document.into(), area: Arc::new(area) },
    ];
    for (body, sequence) in bodies.into_iter().zip(1..) {
        boards.apply(&Fact { sequence, received, body });
    }
    boards
}

pub fn hear(boards: &mut Boards, station: &str, kind: &str, time: &str, data: Value, received: &str) {
    let sequence = boards.sequence() + 1;
    let event = json!({
        "specversion": "1.0", "id": sequence.to_string(), "source": "/feeds/porvoo", "subject": station,
        "type": format!("fi.tilanne.{kind}.v1"), "time": time, "data": data,
    });
    let body = Body::Event(Box::new(read(&event).event));
    boards.apply(&Fact { sequence, received: at(received), body });
}

/// One of everything that a board shows.
fn evening(received: &str) -> Boards {
    let mut boards = begun();
    let said = [
        ("queue.joined", json!({"lane": "kiire", "ticket": "t-1", "urgency": "B"})),
        ("queue.joined", json!({"lane": "kiire", "ticket": "t-2"})),
        ("queue.care_started", json!({"ticket": "t-1"})),
        ("staffing.observed", json!({"role": "laakari", "on_duty": 1, "arriving": 1})),
        ("capacity.observed", json!({"resource": "bed", "total": 4, "occupied": 6})),
        (
            "capacity.slots",
            json!({"profession": "laakari", "urgency": "urgent", "next_free": {"1": "2026-11-26T16:00:00Z"}}),
        ),
        ("station.status", json!({"reason": "hissi \"rikki\"", "services": {"labra": "limited"}})),
        (
            "staffing.on_call",
            json!({
                "duty": "sosiaali", "role": "paivystaja", "from": "2026-11-26T14:00:00Z", "to": "2026-11-26T22:00:00Z",
                "contact": "+358 19 000 0000", "languages": ["sv", "fi"],
            }),
        ),
    ];
    for (kind, data) in said {
        hear(&mut boards, "porvoo", kind, "2026-11-26T15:00:00Z", data, received);
    }
    let counts = json!({"lane": "ovi", "waiting": 0, "present": null});
    hear(&mut boards, "loviisa", "queue.observed", "2026-11-26T15:01:00Z", counts, received);
    boards
}

/// The same, and what came with the Valvomo's views.
fn later_evening() -> Boards {
    let received = "2026-11-26T17:30:00Z";
    let mut boards = evening(received);
    let until = "2026-11-26T20:00:00Z";
    let said = [
        (
            "contact.observed",
            json!({"line": "116117", "language": "sv", "callbacks_waiting": 11, "oldest_callback": "2026-11-26T14:38:00Z", "coverage": "uusimaa"}),
        ),
        ("task.received", json!({"task": "d-1", "kind": "dispatch", "urgency": "B", "zone": "lapinjarvi"})),
        ("task.assigned", json!({"task": "d-1", "unit": "mu-1"})),
        (
            "unit.status",
            json!({"unit": "mu-1", "state": "assigned", "competence": "sairaanhoitaja", "until": until}),
        ),
        (
            "notice.posted",
            json!({"notice": "tie", "kind": "road", "text": {"fi": "Tie poikki", "sv": "Vägen avskuren"}, "until": until}),
        ),
        (
            "staffing.observed",
            json!({"role": "hoitaja", "on_duty": 7, "by": "vastaava", "valid_until": until}),
        ),
        (
            "capacity.observed",
            json!({"resource": "room", "total": 12, "by": "vastaava", "valid_until": until}),
        ),
    ];
    for (kind, data) in said {
        hear(&mut boards, "porvoo", kind, "2026-11-26T16:55:00Z", data, received);
    }
    let counts = json!({"lane": "ovi", "waiting": 2, "by": "koordinaattori", "valid_until": until});
    hear(&mut boards, "loviisa", "queue.observed", "2026-11-26T17:05:00Z", counts, received);
    boards
}

#[test]
fn contacts_tasks_units_and_notices_are_drawn_as_they_always_were() {
    let mut boards = later_evening();
    let to_all = json!({
        "specversion": "1.0", "id": "all", "source": "/desk", "type": "fi.tilanne.notice.posted.v1",
        "time": "2026-11-26T17:00:00Z", "data": {"notice": "myrsky", "kind": "other", "text": {"en": "A storm"}},
    });
    let body = Body::Event(Box::new(read(&to_all).event));
    boards.apply(&Fact { sequence: boards.sequence() + 1, received: at("2026-11-26T17:30:00Z"), body });
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/wire/expected/valvomo.json");
    let text = draw(&boards, &View::Situation).to_text();
    if std::env::var_os("TILANNE_WRITE_GOLDEN").is_some() && !file.exists() {
        std::fs::write(&file, format!("{text}\n")).unwrap();
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(text, expected.trim_end(), "boards look different: clients' hashes change with them");
    for view in ["situation", "evening", "weekend", "station:loviisa"] {
        let board = draw(&boards, &View::parse(view).unwrap());
        assert_eq!(parsed(&board)["notices"]["myrsky"]["text"]["en"], "A storm", "{view}");
        assert_eq!(hash_of(parsed(&board)), board.hash, "{view}");
    }
}

pub fn draw(boards: &Boards, view: &View) -> Board {
    let area = boards.area().unwrap();
    let station = |id: &situation::name::StationId| -> Option<Arc<Drawn>> {
        Some(Arc::new(draw_station(area, area.stations.get(id)?, boards.look(id)?.0)))
    };
    Board::draw(boards, view, station).unwrap()
}

pub fn parsed(board: &Board) -> Value {
    serde_json::from_str(&board.to_text()).unwrap()
}

/// The hash by the contract's own words, from the text that clients get.
fn hash_of(mut board: Value) -> String {
    for member in ["hash", "epoch", "revision", "sequence", "as_of"] {
        board.as_object_mut().unwrap().remove(member);
    }
    if let Some(stations) = board.get_mut("stations").and_then(Value::as_object_mut) {
        for station in stations.values_mut() {
            for feed in station["feeds"].as_object_mut().into_iter().flatten() {
                feed.1.as_object_mut().unwrap().remove("last_received");
            }
            canonical::prune(station);
            *station = canonical::hash(&canonical::text(station)).into();
        }
    }
    canonical::hash(&canonical::text(&board))
}

#[test]
fn a_board_is_drawn_as_it_always_was() {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/wire/expected/situation.json");
    let text = draw(&evening("2026-11-26T15:02:00Z"), &View::Situation).to_text();
    if std::env::var_os("TILANNE_WRITE_GOLDEN").is_some() && !file.exists() {
        std::fs::write(&file, format!("{text}\n")).unwrap();
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(text, expected.trim_end(), "boards look different: clients' hashes change with them");
}

#[test]
fn the_hash_is_what_the_contract_says_it_is() {
    let boards = evening("2026-11-26T15:02:00Z");
    for view in ["situation", "evening", "weekend", "station:porvoo", "station:loviisa"] {
        let board = draw(&boards, &View::parse(view).unwrap());
        assert_eq!(hash_of(parsed(&board)), board.hash, "{view}");
        assert_eq!(parsed(&board)["hash"], board.hash);
        assert_eq!(canonical::text(&parsed(&board)), board.to_text(), "{view} is canonical");
        assert!(!board.to_text().contains("null") && !board.to_text().contains("{}"), "{view}");
    }
}

#[test]
fn when_a_thing_was_received_does_not_change_the_hash() {
    let one = draw(&evening("2026-11-26T15:01:30Z"), &View::Situation);
    let other = draw(&evening("2026-11-26T15:01:59Z"), &View::Situation);
    assert_ne!(one.to_text(), other.to_text());
    assert_eq!(one.hash, other.hash);
    let mut figures = evening("2026-11-26T15:01:30Z");
    hear(
        &mut figures,
        "loviisa",
        "queue.observed",
        "2026-11-26T15:01:00Z",
        json!({"lane": "ovi", "waiting": 1}),
        "2026-11-26T15:01:30Z",
    );
    assert_ne!(one.hash, draw(&figures, &View::Situation).hash);
}

#[test]
fn unknown_is_absent_and_zero_is_zero() {
    let board = parsed(&draw(&evening("2026-11-26T15:02:00Z"), &View::Situation));
    let lane = &board["stations"]["loviisa"]["lanes"]["ovi"];
    assert_eq!(lane["waiting"], 0);
    assert!(lane.get("present").is_none() && lane.get("in_care").is_none());
    assert!(board["stations"]["loviisa"].get("open").is_none());
    assert_eq!(board["stations"]["porvoo"]["capacity"]["bed"]["free"], -2);
}

#[test]
fn the_last_station_takes_the_collection_with_it() {
    let full = draw(&evening("2026-11-26T15:02:00Z"), &View::Situation);
    let empty = Board { stations: Vec::new(), ..full.clone() };
    for (before, after) in [(&full, &empty), (&empty, &full)] {
        let mut applied = parsed(before);
        patch::apply(&mut applied, &after.patch_from(before).unwrap());
        assert_eq!(applied, parsed(after));
    }
    assert_eq!(full.patch_from(&full), None);
}

#[derive(Debug, Clone)]
enum Change {
    Say(&'static str, &'static str, Value),
    Minutes(u64),
}

fn change() -> impl Strategy<Value = Change> {
    let porvoo = |kind, data: Value| Change::Say("porvoo", kind, data);
    let count = prop_oneof![Just(Value::Null), (0..5_u32).prop_map(Value::from)];
    prop_oneof![
        (0..4_u32)
            .prop_map(move |n| porvoo("queue.joined", json!({"lane": "kiire", "ticket": n.to_string()}))),
        (0..4_u32).prop_map(move |n| porvoo("queue.left", json!({"ticket": n.to_string()}))),
        count.clone().prop_map(|n| Change::Say(
            "loviisa",
            "queue.observed",
            json!({"lane": "ovi", "waiting": n})
        )),
        count.prop_map(move |n| porvoo(
            "capacity.observed",
            json!({"resource": "bed", "total": n, "occupied": 1})
        )),
        any::<bool>().prop_map(move |open| porvoo("station.status", json!({"open": open}))),
        Just(porvoo("station.status", json!({"open": null, "services": {"labra": null}}))),
        (1..300_u64).prop_map(Change::Minutes),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// Every patch leads exactly from the board before to the board after, also past some between.
    #[test]
    fn patches_lead_from_any_board_to_any_later_one(changes in prop::collection::vec(change(), 1..20)) {
        let mut boards = begun();
        let mut clock = at("2026-11-26T08:00:00Z");
        let views: Vec<View> = ["situation", "evening", "station:porvoo"].iter().filter_map(|id| View::parse(id)).collect();
        let mut drawn: Vec<Vec<Board>> = views.iter().map(|view| vec![draw(&boards, view)]).collect();
        for change in changes {
            match change {
                Change::Minutes(minutes) => {
                    clock = clock.plus(std::time::Duration::from_secs(60 * minutes));
                    let sequence = boards.sequence() + 1;
                    boards.apply(&Fact { sequence, received: clock, body: Body::ClockReached { due: clock } });
                }
                Change::Say(station, kind, data) => {
                    let now = proto::time::format(clock);
                    hear(&mut boards, station, kind, &now, data, &now);
                }
            }
            for (view, drawn) in views.iter().zip(&mut drawn) {
                drawn.push(draw(&boards, view));
            }
        }
        for drawn in drawn {
            let last = &drawn[drawn.len() - 1];
            for (before, after) in drawn.iter().zip(&drawn[1..]).chain(drawn.iter().map(|before| (before, last))) {
                let mut applied = parsed(before);
                if let Some(patch) = after.patch_from(before) {
                    patch::apply(&mut applied, &patch);
                }
                prop_assert_eq!(canonical::text(&applied), after.to_text());
                prop_assert_eq!(hash_of(applied), after.hash.clone());
                // What two boards look like and which fact changed them go together.
                if before.revision == after.revision {
                    prop_assert_eq!(&before.hash, &after.hash);
                }
            }
        }
    }
}

#[test]
fn a_board_says_what_day_it_is_why_hours_are_others_and_when_a_service_is_given_again() {
    let mut boards = begun_with(proto::area::from_toml(&super::area::with_times()).unwrap());
    let mut reach = |clock: &str| {
        let due = at(clock);
        let sequence = boards.sequence() + 1;
        boards.apply(&Fact { sequence, received: due, body: Body::ClockReached { due } });
        let board = parsed(&draw(&boards, &View::Situation));
        assert_eq!(board["hash"], hash_of(board.clone()), "by the contract's words");
        board
    };
    let board = reach("2026-12-22T08:00:00Z");
    let station = &board["stations"]["porvoo"];
    assert_eq!(station["open"], false);
    assert_eq!(station["hours_reason"], json!({"fi": "tauko", "sv": "paus", "en": "break"}));
    assert_eq!(
        station["services"]["labra"],
        json!({"from": "2026-12-23T07:00:00Z"}),
        "not before the doors open"
    );
    assert_eq!(board["day"], Value::Null);
    let board = reach("2026-12-24T10:00:00Z");
    let name = json!({"fi": "jouluaatto", "sv": "julafton", "en": "Christmas Eve"});
    assert_eq!(board["day"], json!({"kind": "customary_closed", "name": name}));
    let board = reach("2027-01-04T07:00:00Z");
    let given = json!({"state": "available", "until": "2027-01-04T10:00:00Z"});
    assert_eq!(board["stations"]["porvoo"]["services"]["labra"], given);
}

/// The paths of all numbers in a board.
pub fn numbers<'a>(value: &'a Value, path: &mut Vec<&'a str>, found: &mut Vec<Vec<String>>) {
    match value {
        Value::Number(_) => found.push(path.iter().map(|key| (*key).to_owned()).collect()),
        Value::Object(members) => {
            for (key, value) in members {
                path.push(key);
                numbers(value, path, found);
                path.pop();
            }
        }
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) => {}
    }
}

#[test]
fn every_number_on_a_board_has_one_definition_in_three_languages() {
    let mut boards = later_evening();
    let received = "2026-11-26T18:30:00Z";
    let plan = json!({"role": "laakari", "from": "2026-11-26T19:00:00Z", "to": "2026-11-26T21:00:00Z", "required": 2, "planned": 1});
    hear(&mut boards, "porvoo", "staffing.planned", "2026-11-26T17:00:00Z", plan, received);
    hear(
        &mut boards,
        "porvoo",
        "capacity.observed",
        "2026-11-26T18:00:00Z",
        json!({"resource": "bed", "staffed": 5}),
        received,
    );
    let mut found = Vec::new();
    for view in ["situation", "evening", "weekend", "station:porvoo", "station:loviisa"] {
        let board = parsed(&draw(&boards, &View::parse(view).unwrap()));
        numbers(&board, &mut Vec::new(), &mut found);
    }
    assert!(found.len() > 60, "{} numbers", found.len());
    for path in found {
        let keys: Vec<&str> = path.iter().map(String::as_str).collect();
        assert!(definition_at(&keys).is_some(), "{} has no definition", path.join("."));
    }
    let mut ids = std::collections::BTreeSet::new();
    let mut paths = std::collections::BTreeSet::new();
    for definition in definitions::all() {
        assert!(
            ids.insert(definition.id) && paths.insert(definition.path),
            "{} is there twice",
            definition.id
        );
        assert!(definition.text.iter().all(|text| text.ends_with('.')), "{}", definition.id);
    }
}
