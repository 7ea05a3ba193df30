//! Events that are JSON and yet not to be recorded.

use acceptance::events::{event, now};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::sound;

/// The authority's own published example of an identity code.
pub const CODE: &str = "131052-308T";

/// What it is, the event's text, and a part of the reason.
type Case = (String, String, &'static str);

pub fn table() -> Vec<Case> {
    [envelopes(), observations(), tickets(), others(), texts(), identity_codes()].concat()
}

/// A sound event with one member set (or, by null, taken away).
fn spoilt(pointer: &str, value: Value, says: &'static str) -> Case {
    let mut event = sound("spoilt");
    let (parent, name) = pointer.rsplit_once('/').expect("a pointer");
    let members = event.pointer_mut(parent).and_then(Value::as_object_mut).expect("an object");
    let case = format!("{pointer} is {}", value.to_string().chars().take(40).collect::<String>());
    if value.is_null() {
        drop(members.remove(name))
    } else {
        drop(members.insert(name.to_owned(), value))
    }
    (case, event.to_string(), says)
}

fn envelopes() -> Vec<Case> {
    let soon = (now() + SignedDuration::from_mins(10)).to_string();
    vec![
        spoilt("/specversion", json!("0.3"), "specversion"),
        spoilt("/specversion", json!(1.0), "not a CloudEvent"),
        spoilt("/specversion", Value::Null, "specversion"),
        spoilt("/id", Value::Null, "id"),
        spoilt("/id", json!(17), "not a CloudEvent"),
        spoilt("/id", json!(""), "id is empty"),
        spoilt("/id", json!("x".repeat(300)), "id is longer"),
        spoilt("/id", json!("a\u{0}b"), "control character"),
        spoilt("/source", Value::Null, "source"),
        spoilt("/source", json!(""), "source is empty"),
        spoilt("/source", json!({"name": "/feeds/sipoo"}), "not a CloudEvent"),
        spoilt("/source", json!("/".repeat(300)), "source is longer"),
        spoilt("/type", Value::Null, "type"),
        spoilt("/type", json!("fi.tilanne.queue.exploded.v1"), "unknown type"),
        spoilt("/type", json!("fi.tilanne.queue.observed.v2"), "unknown type"),
        spoilt("/type", json!("queue.observed"), "unknown type"),
        spoilt("/type", json!("x".repeat(50_000)), "unknown type"),
        spoilt("/subject", Value::Null, "subject is missing"),
        spoilt("/subject", json!("tampere"), "unknown station"),
        spoilt("/subject", json!(""), "subject is empty"),
        spoilt("/subject", json!(["sipoo-sote"]), "not a CloudEvent"),
        spoilt("/time", Value::Null, "time"),
        spoilt("/time", json!("yesterday"), "RFC 3339"),
        spoilt("/time", json!("2026-11-26T17:00:00"), "RFC 3339"),
        spoilt("/time", json!("2026-13-26T17:00:00Z"), "RFC 3339"),
        spoilt("/time", json!(1_764_169_200), "not a CloudEvent"),
        spoilt("/time", json!(soon), "ahead of the intake's clock"),
        spoilt("/time", json!("9998-12-31T23:59:59Z"), "ahead of the intake's clock"),
        spoilt("/data", Value::Null, "data is missing"),
        spoilt("/data", json!([]), "data is a JSON object"),
        spoilt("/data", json!("kiire"), "data is a JSON object"),
        spoilt("/data_base64", json!("e30="), "data_base64"),
        spoilt("/datacontenttype", json!("text/xml"), "datacontenttype"),
    ]
}

fn observations() -> Vec<Case> {
    let codes: Value =
        (0..100).map(|code| (format!("c{code}"), json!(1))).collect::<serde_json::Map<_, _>>().into();
    vec![
        spoilt("/data/waiting", json!(-1), "data:"),
        spoilt("/data/waiting", json!(1.5), "data:"),
        spoilt("/data/waiting", json!(1e300), "data:"),
        spoilt("/data/waiting", json!("3"), "data:"),
        spoilt("/data/waiting", json!(true), "data:"),
        spoilt("/data/waiting", json!([3]), "data:"),
        spoilt("/data/waiting", json!(4_294_967_296_u64), "data:"),
        spoilt("/data/waitin", json!(3), "unknown field"),
        spoilt("/data/lane", Value::Null, "lane"),
        spoilt("/data/lane", json!(7), "data:"),
        spoilt("/data/lane", json!("ohituskaista"), "unknown lane"),
        spoilt("/data/lane", json!("x".repeat(10_000)), "lane is longer"),
        spoilt("/data/waiting_by_urgency", json!({"Z": 1}), "unknown urgency"),
        spoilt("/data/waiting_by_urgency", json!({"A": -1}), "data:"),
        spoilt("/data/waiting_by_urgency", json!([1, 2, 3]), "data:"),
        spoilt("/data/waiting_by_urgency", codes, "more than 64 members"),
        spoilt("/data/valid_until", json!(now().to_string()), "name the role"),
        spoilt("/data/valid_until", json!("soon"), "RFC 3339"),
    ]
}

fn kind(kind: &str, data: Value, says: &'static str) -> Case {
    let spoilt = event("spoilt", "/feeds/porvoo", "porvoo-paivystys", kind, now(), &data);
    (format!("{kind} {}", data.to_string().chars().take(60).collect::<String>()), spoilt.to_string(), says)
}

fn tickets() -> Vec<Case> {
    let joined = |ticket: &str, says| kind("queue.joined", json!({"lane": "kiire", "ticket": ticket}), says);
    vec![
        joined("", "ticket is"),
        joined("a b", "ticket is"),
        joined("Möttönen", "ticket is"),
        joined(&"1".repeat(65), "ticket is"),
        joined("../../etc/passwd", "ticket is"),
        kind("queue.joined", json!({"lane": "kiire"}), "ticket"),
        kind("queue.joined", json!({"lane": "kiire", "ticket": "t", "urgency": "Z"}), "unknown urgency"),
        kind(
            "queue.joined",
            json!({"lane": "kiire", "ticket": "t", "channel": "teleport"}),
            "unknown variant",
        ),
        kind("queue.triaged", json!({"ticket": "t"}), "urgency"),
        kind("queue.moved", json!({"ticket": "t", "lane": "nowhere"}), "unknown lane"),
        kind("queue.waiting_for", json!({"ticket": "t", "what": {"miracle": true}}), "unknown variant"),
        kind("queue.left", json!({"ticket": "t", "outcome": "vanished"}), "unknown variant"),
        kind("queue.corrected", json!({"ticket": "t", "corrects": "x"}), "set or void"),
        kind("queue.corrected", json!({"ticket": "t", "corrects": "x", "set": ["kiire"]}), "data:"),
        kind("queue.corrected", json!({"ticket": "t", "corrects": "", "void": true}), "corrects is empty"),
    ]
}

fn others() -> Vec<Case> {
    let (from, to) = ("2026-11-26T17:00:00Z", "2026-11-26T16:00:00Z");
    vec![
        kind("staffing.observed", json!({"role": "", "on_duty": 1}), "role is empty"),
        kind("staffing.observed", json!({"role": "laakari", "on_duty": -2}), "data:"),
        kind("staffing.planned", json!({"role": "laakari", "from": from, "to": to}), "to must be after from"),
        kind("capacity.observed", json!({"resource": "throne", "total": 1}), "unknown variant"),
        kind("capacity.observed", json!({"resource": "room", "occupied": -1}), "data:"),
        kind(
            "capacity.slots",
            json!({"profession": "x", "urgency": "urgent", "next_free": {"0": from}}),
            "ranks are",
        ),
        kind("station.status", json!({"open": "yes"}), "data:"),
        kind("station.status", json!({"reason": "x".repeat(3_000)}), "reason is longer"),
        kind("station.status", json!({"reason": "a\u{7}b"}), "control character"),
        kind("contact.observed", json!({"line": "chat", "callbacks_waiting": -1}), "data:"),
        kind("task.received", json!({"task": "a b"}), "task is"),
        kind("task.received", json!({"task": "t", "urgency": "Z"}), "unknown urgency"),
        kind("unit.status", json!({"unit": "mu-1", "state": "asleep"}), "unknown variant"),
        kind("notice.posted", json!({"notice": "n", "kind": "road", "text": {}}), "text is in no language"),
        kind(
            "notice.posted",
            json!({"notice": "n", "kind": "road", "text": {"fi": "x".repeat(2_000)}}),
            "text.fi is longer",
        ),
        kind("feed.heartbeat", json!({"interval_s": 0}), "interval_s is 0"),
        kind("feed.heartbeat", json!({"interval_s": 4_000_000_000_u32}), "interval_s is"),
    ]
}

/// What only the text shows.
fn texts() -> Vec<Case> {
    let text = sound("spoilt").to_string();
    let named = |name: &str, text: String, says| (name.to_owned(), text, says);
    let deep = format!("{}{}", "{\"a\":".repeat(200), "1".to_owned() + &"}".repeat(200));
    vec![
        named("a count twice", text.replace("\"waiting\":3", "\"waiting\":3,\"waiting\":4"), "twice"),
        named("an id twice", text.replacen('{', "{\"id\":\"other\",", 1), "twice"),
        named("a deep extension", text.replacen('{', &format!("{{\"deep\":{deep},"), 1), "not a CloudEvent"),
        named("a deep count", text.replace("waiting\":3", &format!("waiting\":{deep}")), "not a CloudEvent"),
        named(
            "a long extension",
            text.replacen('{', &format!("{{\"note\":\"{}\",", "x".repeat(70_000)), 1),
            "longer than",
        ),
        named("a long number", text.replace("waiting\":3", &format!("waiting\":{}", "9".repeat(400))), ""),
        named("an empty object", "{}".to_owned(), "specversion"),
    ]
}

fn identity_codes() -> Vec<Case> {
    let says = "identity code";
    let text = sound("spoilt").to_string();
    let escaped = text.replacen('{', "{\"note\":\"131052\\u002d308T\",", 1);
    let named = text.replacen('{', &format!("{{\"{CODE}\":1,"), 1);
    vec![
        spoilt("/id", json!(CODE), says),
        spoilt("/id", json!(format!("visit_{CODE}_1")), says),
        spoilt("/source", json!(format!("/feeds/{CODE}")), says),
        spoilt("/subject", json!(CODE), says),
        spoilt("/type", json!(CODE), says),
        spoilt("/time", json!(CODE), says),
        spoilt("/note", json!({"deep": [{"down": format!("potilas {CODE}, kiire")}]}), says),
        spoilt("/data/lane", json!(CODE.to_lowercase()), says),
        spoilt("/data/by", json!(format!("({CODE})")), says),
        spoilt("/data/note", json!("131052W308T"), says),
        kind("queue.joined", json!({"lane": "kiire", "ticket": CODE}), says),
        kind("queue.corrected", json!({"ticket": "t", "corrects": CODE, "void": true}), says),
        kind(
            "staffing.on_call",
            json!({"duty": "x", "role": "y", "from": "2026-11-26T17:00:00Z",
            "to": "2026-11-26T18:00:00Z", "contact": format!("soita {CODE}")}),
            says,
        ),
        kind("station.status", json!({"reason": format!("hoidossa {CODE}.")}), says),
        kind(
            "notice.posted",
            json!({"notice": "n", "kind": "other", "text": {"sv": format!("ring {CODE}")}}),
            says,
        ),
        ("escaped".to_owned(), escaped, says),
        ("a member's name".to_owned(), named, says),
    ]
}
