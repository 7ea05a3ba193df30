//! From a fact to its line and back to the very same bytes; what was changed on the way is refused.

use proto::fact::{LineError, StoredBody, StoredFact, hex, unhex};
use proto::time::Moment;
use serde_json::{Value, json};

use super::samples::{all, by_a_person, event, read};

const HEAD: [u8; 32] = [7; 32];

fn fact(body: StoredBody) -> StoredFact {
    StoredFact { sequence: 7, received: Moment(1_795_705_201_000_001), body }
}

fn said(event: &Value) -> StoredFact {
    fact(StoredBody::Event(read(event).stored))
}

fn round(fact: &StoredFact) {
    let line = fact.to_line(&hex(&HEAD)).unwrap();
    let (again, head) = StoredFact::from_line(&line).unwrap_or_else(|error| panic!("{line}: {error}"));
    assert_eq!(again.to_bytes().unwrap(), fact.to_bytes().unwrap(), "{line}");
    assert_eq!(head, HEAD);
}

#[test]
fn every_type_comes_back_from_its_line_byte_for_byte() {
    for sample in all() {
        for data in [&sample.minimal, &sample.full] {
            round(&said(&event(sample.kind, data)));
        }
    }
    for (kind, data) in by_a_person() {
        round(&said(&event(kind, &data)));
    }
}

#[test]
fn absent_null_and_empty_members_stay_what_they_were() {
    for (kind, data) in [
        ("queue.observed", json!({"lane": "kiire", "waiting_by_urgency": {}})),
        ("queue.observed", json!({"lane": "kiire", "waiting_by_urgency": null, "waiting": 0})),
        ("queue.observed", json!({"lane": "kiire", "waiting_by_urgency": {"A": null}, "by": null})),
        ("queue.corrected", json!({"ticket": "t", "corrects": "e", "set": {}})),
        ("queue.corrected", json!({"ticket": "t", "corrects": "e", "set": {"what": {}}, "void": true})),
        ("station.status", json!({"services": {}, "reason": null, "open": null})),
        ("staffing.observed", json!({"role": "laakari", "by": null, "on_duty": null})),
        ("contact.observed", json!({"line": "chat", "coverage": null, "oldest_callback": null})),
        ("unit.status", json!({"unit": "mu-1", "state": null, "until": null})),
        ("notice.posted", json!({"notice": "n", "kind": "other", "text": {"fi": "x", "sv": null}})),
        (
            "staffing.on_call",
            json!({"duty": "d", "role": "r", "from": "2026-11-26T14:00:00.000001Z",
            "to": "2026-11-26T22:00:00Z", "languages": []}),
        ),
    ] {
        round(&said(&event(kind, &data)));
    }
    let mut beat = event("feed.heartbeat", &json!({"interval_s": 60}));
    beat.as_object_mut().unwrap().remove("subject");
    round(&said(&beat));
}

#[test]
fn any_text_comes_back() {
    for text in ["ä\u{308}ö", "\u{1f600}\u{fb33}", "\"\\/", "\u{2028}\u{feff}", "e\u{301}", "<&>", "a\u{a0}b"]
    {
        let mut told =
            event("station.status", &json!({"reason": text, "services": {text: "limited", "a": null}}));
        told["id"] = text.into();
        round(&said(&told));
    }
    // By bytes and by UTF-16 these two sort differently.
    let services = json!({"services": {"\u{ff61}": "limited", "\u{10000}": "available"}});
    round(&said(&event("station.status", &services)));
}

#[test]
fn every_shipped_area_comes_back() {
    let areas = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../config/areas");
    for file in std::fs::read_dir(areas).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        let document = proto::area::from_toml(&text).unwrap().1;
        round(&fact(StoredBody::AreaConfigured { document }));
    }
}

#[test]
fn a_line_may_be_laid_out_otherwise_but_say_nothing_else() {
    let fact = said(&event("queue.joined", &json!({"lane": "kiire", "ticket": "t-1"})));
    let line = fact.to_line(&hex(&HEAD)).unwrap();
    let value: Value = serde_json::from_str(&line).unwrap();
    let (again, _) = StoredFact::from_line(&serde_json::to_string_pretty(&value).unwrap()).unwrap();
    assert_eq!(again, fact);
    let changed = |change: fn(&mut Value)| {
        let mut value = value.clone();
        change(&mut value);
        StoredFact::from_line(&value.to_string())
    };
    let refused: [fn(&mut Value); 7] = [
        |it| it["comment"] = "x".into(),
        |it| it["data"]["urgency"] = Value::Null,
        |it| it["data"]["extra"] = 1.into(),
        |it| it["type"] = "fi.tilanne.queue.danced.v1".into(),
        |it| it["head"] = "00".into(),
        |it| it["sequence"] = "7".into(),
        |it| it["received_time"] = "2026-11-26T15:00:01.0000010Z".into(),
    ];
    for change in refused {
        assert!(changed(change).is_err());
    }
    // What is a fact's own and not in its bytes cannot be changed either.
    let own = StoredFact { sequence: 1, ..fact };
    let own = StoredFact { body: StoredBody::LogBegun { epoch: "e".into(), simulated: false }, ..own };
    let line = own.to_line(&hex(&HEAD)).unwrap().replace("log-e", "log-f");
    assert!(matches!(StoredFact::from_line(&line), Err(LineError::Changed)), "{line}");
    for text in ["", "{}", "[]", "null", "{\"sequence\":1}"] {
        assert!(matches!(StoredFact::from_line(text), Err(LineError::Form(_))), "{text}");
    }
}

#[test]
fn a_hash_is_64_hex_digits() {
    assert_eq!(unhex(&hex(&HEAD)), Some(HEAD));
    for text in ["", "07", &"g".repeat(64), &"0".repeat(63), &"0".repeat(65)] {
        assert_eq!(unhex(text), None, "{text}");
    }
}
