//! One minimal and one full event of every type.

use proto::event::{Decoded, decode};
use serde_json::{Value, json};

pub struct Sample {
    pub kind: &'static str,
    pub minimal: Value,
    pub full: Value,
}

pub fn all() -> Vec<Sample> {
    let sample = |kind, minimal, full| Sample { kind, minimal, full };
    let later = "2026-11-26T22:00:00Z";
    vec![
        sample(
            "queue.observed",
            json!({"lane": "kiire"}),
            json!({
                "lane": "kiire", "waiting": 4, "waiting_by_urgency": {"A": 1, "untriaged": 3, "B": null},
                "in_care": 2, "present": null, "longest_wait_s": 3600, "by": "vastaava", "valid_until": later,
            }),
        ),
        sample(
            "queue.joined",
            json!({"lane": "kiire", "ticket": "t-1"}),
            json!({"lane": "kiire", "ticket": "t-1", "urgency": "untriaged", "channel": "walk_in"}),
        ),
        sample(
            "queue.triaged",
            json!({"ticket": "t-1", "urgency": "A"}),
            json!({"ticket": "t-1", "urgency": "A"}),
        ),
        sample(
            "queue.moved",
            json!({"ticket": "t-1", "lane": "kiire"}),
            json!({"ticket": "t-1", "lane": "kiire"}),
        ),
        sample(
            "queue.waiting_for",
            json!({"ticket": "t-1", "what": {}}),
            json!({"ticket": "t-1", "what": {
                "triage": true, "doctor": true, "nurse": null, "laboratory": true, "imaging": true,
                "consultation": true, "bed": true, "transport": true, "interpreter": true, "guard": null,
            }}),
        ),
        sample("queue.care_started", json!({"ticket": "t-1"}), json!({"ticket": "t-1"})),
        sample("queue.left", json!({"ticket": "t-1"}), json!({"ticket": "t-1", "outcome": "no_show"})),
        sample(
            "queue.corrected",
            json!({"ticket": "t-1", "corrects": "e-1", "void": true}),
            json!({"ticket": "t-1", "corrects": "e-1", "void": false, "set": {
                "lane": "kiire", "urgency": "B", "channel": "ambulance", "outcome": "died", "what": {"bed": true},
            }}),
        ),
        sample(
            "staffing.observed",
            json!({"role": "laakari"}),
            json!({"role": "laakari", "lane": "kiire", "on_duty": 2, "called": 1, "arriving": 0, "absent": null}),
        ),
        sample(
            "staffing.planned",
            json!({"role": "laakari", "from": "2026-11-26T14:00:00Z", "to": later}),
            json!({
                "role": "laakari", "lane": "kiire", "from": "2026-11-26T14:00:00Z", "to": later,
                "required": 3, "planned": 2,
            }),
        ),
        sample(
            "staffing.on_call",
            json!({"duty": "sosiaali", "role": "paivystaja", "from": "2026-11-26T14:00:00Z", "to": later}),
            json!({
                "duty": "sosiaali", "role": "paivystaja", "from": "2026-11-26T14:00:00Z", "to": later,
                "contact": "+358 19 000 0000", "languages": ["sv", "fi"],
            }),
        ),
        sample(
            "capacity.observed",
            json!({"resource": "bed"}),
            json!({
                "resource": "crisis_place", "total": 10, "staffed": 8, "occupied": 9, "reserved": 1,
                "boarding": null, "planned_discharges": 0,
            }),
        ),
        sample(
            "capacity.slots",
            json!({"profession": "laakari", "urgency": "urgent", "next_free": {}}),
            json!({"profession": "laakari", "urgency": "routine", "next_free": {"1": later, "2": null}}),
        ),
        sample(
            "station.status",
            json!({}),
            json!({
                "open": true, "intake_until": later, "last_care_until": null, "doors_until": later,
                "services": {"labra": "limited", "rontgen": null}, "reason": "vesivahinko", "until": later,
            }),
        ),
        sample("feed.heartbeat", json!({"interval_s": 1}), json!({"interval_s": 604_800})),
        sample(
            "contact.observed",
            json!({"line": "116117"}),
            json!({
                "line": "116117", "language": "sv", "offered": 40, "answered": 31, "abandoned": null,
                "callbacks_waiting": 11, "oldest_callback": "2026-11-26T14:38:00Z", "agents": 3,
                "coverage": "uusimaa", "by": "koordinaattori", "valid_until": later,
            }),
        ),
        sample("task.received", json!({"task": "d-1"}), task()),
        sample("task.assigned", json!({"task": "d-1", "unit": "mu-1"}), task()),
        sample("task.on_scene", json!({"task": "d-1"}), task()),
        sample("task.closed", json!({"task": "d-1", "outcome": "kotihoito"}), task()),
        sample(
            "unit.status",
            json!({"unit": "mu-1"}),
            json!({
                "unit": "mu-1", "state": "on_scene", "zone": null, "competence": "sairaanhoitaja", "until": later,
            }),
        ),
        sample(
            "notice.posted",
            json!({"notice": "n-1", "kind": "other", "text": {"sv": "Hissen är ur bruk"}}),
            json!({
                "notice": "n-1", "kind": "major_incident", "from": "2026-11-26T15:00:00Z", "until": later,
                "text": {"fi": "Suuronnettomuus, \"E18\"", "sv": "Storolycka, E18", "en": "Major incident, E18"},
            }),
        ),
        sample("notice.withdrawn", json!({"notice": "n-1"}), json!({"notice": "n-1"})),
        sample(
            "alarm.acknowledged",
            json!({"alarm": "overdue:porvoo:kiire:B", "actor": "m.k", "role": "koordinaattori"}),
            json!({
                "alarm": "overdue:porvoo:kiire:B", "actor": "m.k", "role": "koordinaattori",
                "reason": "soitettu takapäivystäjälle", "raised_at": "2026-11-26T14:50:00.5Z",
            }),
        ),
        sample(
            "alarm.shelved",
            json!({"alarm": "summary", "until": later, "reason": "r", "actor": "m.k", "role": "r"}),
            json!({"alarm": "summary", "until": later, "reason": "remontti", "actor": "m.k", "role": "r"}),
        ),
        sample(
            "note.added",
            json!({"note": "k-1", "text": "x", "until": later, "actor": "m.k", "role": "r"}),
            json!({
                "note": "k-1", "text": "Hissi rikki, käytä itäovea", "station": "porvoo", "until": later,
                "actor": "m.k", "role": "koordinaattori",
            }),
        ),
        sample(
            "note.removed",
            json!({"note": "k-1", "actor": "m.k", "role": "r"}),
            json!({"note": "k-1", "actor": "m.k", "role": "r"}),
        ),
        sample(
            "handover.signed",
            json!({
                "part": "given", "from": "2026-11-26T14:00:00Z", "to": "2026-11-26T20:00:00Z", "sequence": 0,
                "hash": "0".repeat(64), "actor": "m.k", "role": "r",
            }),
            json!({
                "part": "received", "from": "2026-11-26T14:00:00Z", "to": "2026-11-26T20:00:00Z",
                "sequence": 71_000, "hash": "0123456789abcdef".repeat(4), "actor": "m.k", "role": "koordinaattori",
            }),
        ),
    ]
}

fn task() -> Value {
    json!({
        "task": "d-1", "kind": "home_visit", "urgency": "A", "zone": "lapinjarvi", "unit": "mu-1",
        "outcome": "kotihoito",
    })
}

/// What a person says of things that feeds report, too: stored otherwise.
pub fn by_a_person() -> Vec<(&'static str, Value)> {
    let later = "2026-11-26T22:00:00Z";
    vec![
        ("staffing.observed", json!({"role": "laakari", "on_duty": 1, "absent": null, "by": "vastaava"})),
        (
            "staffing.observed",
            json!({"role": "laakari", "lane": "kiire", "called": 1, "arriving": 0, "by": "vastaava", "valid_until": later}),
        ),
        (
            "capacity.observed",
            json!({
                "resource": "room", "total": 12, "staffed": 12, "occupied": 11, "reserved": null, "boarding": 4,
                "planned_discharges": 0, "by": "vastaava", "valid_until": later,
            }),
        ),
    ]
}

/// An event of a type, with these data.
pub fn event(kind: &str, data: &Value) -> Value {
    json!({
        "specversion": "1.0", "id": "e-1", "source": "/feeds/porvoo", "type": format!("fi.tilanne.{kind}.v1"),
        "subject": "porvoo", "time": "2026-11-26T17:00:00+02:00", "data": data,
    })
}

/// An event that is right, to be made wrong in one place.
pub fn right() -> Value {
    event("queue.joined", &json!({"lane": "kiire", "ticket": "t-1", "urgency": "A"}))
}

pub fn read(event: &Value) -> Decoded {
    decode(event.to_string().as_bytes()).unwrap_or_else(|error| panic!("{event}: {}", error.reason))
}

pub fn refused(json: &[u8]) -> proto::event::Unreadable {
    match decode(json) {
        Err(refused) => refused,
        Ok(_) => panic!("read: {}", String::from_utf8_lossy(json)),
    }
}
