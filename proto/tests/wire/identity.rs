//! No person in the data: Finnish personal identity codes are refused wherever they stand.

use proto::event::decode;
use serde_json::{Value, json};

use super::samples::{event, refused, right};

/// The agency's own published example, and the same person with a sign of 2023.
const CODES: [&str; 2] = ["131052-308T", "131052W308T"];

/// Every place in an event where a text can stand.
fn places(code: &str) -> Vec<Value> {
    let change = |path: &str, text: &str| {
        let mut event = right();
        event[path] = text.into();
        event
    };
    let long = format!("tunnus {code}.");
    let mut places = vec![
        change("id", code),
        change("id", &long),
        change("source", &format!("/feeds/{code}")),
        change("subject", code),
        change("type", code),
        change("time", code),
        change("specversion", code),
        change("datacontenttype", code),
        change("comment", &long),
        change(code, "extension"),
    ];
    places.push(event("queue.joined", &json!({"lane": "kiire", "ticket": code})));
    places.push(event("queue.joined", &json!({"lane": code, "ticket": "t"})));
    places.push(event("queue.joined", &json!({"lane": "kiire", "ticket": "t", code: 1})));
    places.push(event("queue.observed", &json!({"lane": "kiire", "waiting_by_urgency": {code: 1}})));
    places.push(event("queue.corrected", &json!({"ticket": "t", "corrects": code, "void": true})));
    places.push(event("station.status", &json!({"reason": long})));
    places.push(event("station.status", &json!({"services": {code: "limited"}})));
    for language in ["fi", "sv", "en"] {
        let text = json!({"notice": "n", "kind": "other", "text": {language: long}});
        places.push(event("notice.posted", &text));
    }
    places.push(event("notice.withdrawn", &json!({"notice": code})));
    places.push(event("task.received", &json!({"task": code})));
    places.push(event("task.assigned", &json!({"task": "d", "zone": long})));
    places.push(event("task.closed", &json!({"task": "d", "outcome": long})));
    places.push(event("unit.status", &json!({"unit": long})));
    places.push(event("contact.observed", &json!({"line": "chat", "coverage": long})));
    let mut extension = right();
    extension["trace"] = json!({"deep": [1, [{"er": [code]}]]});
    places.push(extension);
    let mut extension = right();
    extension["trace"] = json!({"deep": [1, [{code: null}]]});
    places.push(extension);
    places
}

/// The same document with every letter of the code as an escape.
fn escaped(json: &str, code: &str) -> String {
    let escapes: String = code.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect();
    json.replace(code, &escapes)
}

#[test]
fn a_code_in_any_place_is_refused_and_never_repeated() {
    for code in CODES {
        for place in places(code) {
            let plain = place.to_string();
            for json in [escaped(&plain, code), plain] {
                let refused = refused(json.as_bytes());
                assert!(refused.reason.contains("personal identity code"), "{json}: {}", refused.reason);
                let told = format!("{refused:?}");
                assert!(!told.contains(&code[..6]) && !told.contains(&code[7..]), "{json}: {told}");
            }
        }
    }
}

#[test]
fn a_code_is_not_hidden_by_what_else_is_wrong() {
    let twice = right().to_string().replacen('{', "{\"x\":\"\\u0031\\u0033\\u0031052-308T\",\"x\":\"y\",", 1);
    assert!(refused(twice.as_bytes()).reason.contains("personal identity code"));
    // What is too long, too deep or not UTF-8 is refused for that, and repeats nothing either.
    let deep = format!("{{\"id\":\"131052-308T\",\"x\":{}", "[".repeat(300));
    let long = format!("{{\"id\":\"131052-308T\",\"x\":\"{}\"}}", "x".repeat(70_000));
    let mut not_utf8 = b"{\"id\":\"131052-308T\",\"x\":\"".to_vec();
    not_utf8.extend(b"\xff\"}");
    for json in [deep.as_bytes(), long.as_bytes(), &not_utf8] {
        let told = format!("{:?}", refused(json));
        assert!(!told.contains("308T"), "{told}");
    }
}

#[test]
fn what_only_looks_like_a_code_passes() {
    for text in [
        "20250101-0615",
        "131052-308S",
        "131052-308",
        "131052-3088T",
        "311152-308T",
        "131352-308T",
        "001052-308T",
        "131052-001T",
        "x131052-308T",
        "131052-308Tx",
        "9131052-308T",
        "131052-308T9",
        "131052_308T",
        "131052.308T",
        "131052--308T",
        "131052G308T",
        "2025-01-01T06:15",
        "010125-1234567",
        "290201-123X",
        "00000000-0000-0000-0000-000000000000",
    ] {
        let mut event = right();
        event["id"] = text.into();
        let decoded = decode(event.to_string().as_bytes());
        assert!(decoded.is_ok(), "{text}: {:?}", decoded.err());
    }
}
