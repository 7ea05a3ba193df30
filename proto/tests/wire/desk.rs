//! What people at the desk look at: alarms, notes and the weekend's shifts, as files configure them and boards draw them.

use std::path::PathBuf;

use proto::area::from_toml;
use proto::definitions::definition_at;
use serde_json::{Value, json};
use situation::alarm::Watch;
use situation::board::{Boards, View};
use situation::fact::{Body, Fact};

use super::area::SMALL;
use super::boards::{at, begun_with, draw, hear, numbers, parsed};
use super::samples::read;

const RULES: &str = r#"
[alarms]
most_new = 5

[alarms.rules.late]
kind = "overdue"
urgencies = ["A", "untriaged"]
after = "5m"
rank = 1
text = { fi = "Odottaa", sv = "Väntar", en = "Waits" }
escalate_after = "10m"
escalate_to = { fi = "takapäivystäjä", sv = "bakjour", en = "back-up" }

[alarms.rules.gap]
kind = "staffing_gap"
ahead = "4h"
text = { fi = "Vaje", sv = "Brist", en = "Gap" }
"#;

/// The small area with alarms, a weekend and its shifts.
fn file() -> String {
    let of_time = r#"
shifts = [
    { name = { fi = "ilta", sv = "kväll", en = "evening" }, days = ["every"], from = "16:00", to = "22:00" },
]
[[windows]]
kind = "weekend"
name = { fi = "viikonloppu", sv = "veckoslut", en = "weekend" }
days = ["fri"]
from = "16:00"
to = "08:00"
to_day = "mon"
"#;
    format!("{}{RULES}", SMALL.replace("# top", of_time))
}

fn said_by_desk(boards: &mut Boards, kind: &str, data: Value) {
    let sequence = boards.sequence() + 1;
    let time = "2026-11-27T15:10:00Z";
    let event = json!({
        "specversion": "1.0", "id": sequence.to_string(), "source": "/desk/testi",
        "type": format!("fi.tilanne.{kind}.v1"), "time": time, "data": data,
    });
    let body = Body::Event(Box::new(read(&event).event));
    boards.apply(&Fact { sequence, received: at(time), body });
}

/// Friday 27 November 2026, ten past five: an evening's shift has begun, one is overdue, one missing.
fn friday() -> Boards {
    let mut boards = begun_with(from_toml(&file()).unwrap());
    let time = "2026-11-27T15:00:00Z";
    let plan = json!({
        "role": "laakari", "from": "2026-11-27T14:00:00Z", "to": "2026-11-27T20:00:00Z", "required": 2, "planned": 1,
    });
    let joined = json!({"lane": "kiire", "ticket": "t", "urgency": "A"});
    hear(&mut boards, "porvoo", "staffing.planned", time, plan, time);
    hear(&mut boards, "porvoo", "staffing.observed", time, json!({"role": "laakari", "on_duty": 1}), time);
    hear(&mut boards, "porvoo", "queue.joined", time, joined, time);
    let later = "2026-11-27T15:10:00Z";
    hear(&mut boards, "porvoo", "feed.heartbeat", later, json!({"interval_s": 60}), later);
    let person = |mut data: Value| {
        data["actor"] = "m.k".into();
        data["role"] = "koordinaattori".into();
        data
    };
    let until = "2026-11-27T18:00:00Z";
    let acknowledged = json!({"alarm": "gap:porvoo:laakari", "reason": "soitettu"});
    said_by_desk(&mut boards, "alarm.acknowledged", person(acknowledged));
    let note = json!({"note": "k-1", "text": "Hissi rikki", "station": "loviisa", "until": until});
    said_by_desk(&mut boards, "note.added", person(note));
    boards
}

#[test]
fn alarms_notes_and_shifts_are_drawn_as_they_always_were() {
    let boards = friday();
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/wire/expected/desk.json");
    let text = draw(&boards, &View::Situation).to_text();
    if std::env::var_os("TILANNE_WRITE_GOLDEN").is_some() && !file.exists() {
        std::fs::write(&file, format!("{text}\n")).unwrap();
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(text, expected.trim_end(), "boards look different: clients' hashes change with them");
    let board = parsed(&draw(&boards, &View::Weekend));
    assert_eq!(board["alarms"]["late:porvoo:kiire:A"]["state"], "unacknowledged");
    assert_eq!(board["alarms"]["gap:porvoo:laakari"]["acknowledged"]["reason"], "soitettu");
    assert_eq!(board["notes"]["k-1"]["text"], "Hissi rikki");
    let evening = &board["stations"]["porvoo"]["shifts"]["2026-11-27T14:00:00Z"];
    assert_eq!(evening["staff"]["laakari"], json!({"required": 2, "planned": 1, "gap": 1, "actual": 1}));
    assert_eq!(evening["open"], "whole");
}

#[test]
fn a_stations_board_shows_its_own_alarms_and_notes() {
    let boards = friday();
    let of = |id: &str| parsed(&draw(&boards, &View::Station(id.into())));
    assert_eq!(of("porvoo")["alarms"].as_object().unwrap().len(), 2);
    assert!(of("porvoo")["notes"].is_null());
    assert!(of("loviisa")["alarms"].is_null());
    assert_eq!(of("loviisa")["notes"]["k-1"]["actor"], "m.k");
}

#[test]
fn every_number_of_theirs_has_its_definition() {
    let mut found = Vec::new();
    let board = parsed(&draw(&friday(), &View::Weekend));
    numbers(&board, &mut Vec::new(), &mut found);
    for path in found {
        let keys: Vec<&str> = path.iter().map(String::as_str).collect();
        assert!(definition_at(&keys).is_some(), "{} has no definition", path.join("."));
    }
}

#[test]
fn rules_are_read_and_each_contradiction_names_its_place() {
    let (area, document) = from_toml(&file()).unwrap();
    let late = &area.alarms.rules["late"];
    assert!(
        matches!(&late.watch, Watch::Overdue { urgencies, after } if urgencies.len() == 2 && after.as_secs() == 300)
    );
    assert_eq!((area.alarms.most_new, area.alarms.within.as_secs()), (5, 600));
    assert_eq!(proto::area::from_document(&document).unwrap().alarms, area.alarms);
    for (right, wrong, place) in [
        ("most_new = 5", "most_new = 0", "at alarms: most_new"),
        ("rules.late", "rules.summary", "at alarms.rules.summary: use lower-case"),
        ("kind = \"overdue\"", "kind = \"late\"", "at alarms.rules.late: kind \"late\""),
        ("urgencies = [\"A\"", "urgencies = [\"Q\"", "at alarms.rules.late: no scheme has the urgency \"Q\""),
        ("rank = 1", "stations = [\"x\"]", "at alarms.rules.late: there is no station \"x\""),
        ("escalate_after = \"10m\"\n", "", "at alarms.rules.late: escalate_after and escalate_to"),
        ("ahead = \"4h\"", "ahead = \"25h\"", "at alarms.rules.gap: ahead is more than a day"),
        ("ahead = \"4h\"", "after = \"4h\"", "at alarms.rules.gap: after means nothing to kind"),
        ("ahead = \"4h\"", "loud = true", "unknown field `loud`"),
    ] {
        let text = file().replacen(right, wrong, 1);
        assert_ne!(text, file(), "{right}");
        let error = from_toml(&text).unwrap_err().to_string();
        assert!(error.contains(place), "{error}");
    }
}
