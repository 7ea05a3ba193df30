//! Rubbish: each is refused with a sentence that says what to do, and with no panic.

use proto::event::{MAX_EVENT_BYTES, decode};
use serde_json::{Value, json};

use super::samples::{event, refused, right};

/// Text of an event whose `data` is this text.
fn with_data(kind: &str, data: &str) -> String {
    event(kind, &json!("DATA")).to_string().replace("\"DATA\"", data)
}

#[test]
fn data_that_no_type_has() {
    let observed = |data: &str| with_data("queue.observed", data);
    let joined = |data: &str| with_data("queue.joined", data);
    let rows: Vec<(String, &str)> = vec![
        (observed(r#"{"lane":"kiire","wating":1}"#), "unknown field `wating`"),
        (observed(r#"{"lane":"kiire","waiting":"3"}"#), "invalid type: string"),
        (observed(r#"{"lane":"kiire","waiting":-1}"#), "invalid value: integer `-1`"),
        (observed(r#"{"lane":"kiire","waiting":2.5}"#), "floating point `2.5`"),
        (observed(r#"{"lane":"kiire","waiting":3.0}"#), "floating point `3.0`"),
        (observed(r#"{"lane":"kiire","waiting":1e2}"#), "floating point `100.0`"),
        (observed(r#"{"lane":"kiire","waiting":4294967296}"#), "invalid value: integer `4294967296`"),
        (observed(r#"{"lane":"kiire","waiting":99999999999999999999999}"#), "floating point"),
        (observed(r#"{"lane":"kiire","waiting":1e999}"#), "number out of range"),
        (observed(r#"{"lane":"kiire","waiting":true}"#), "invalid type: boolean"),
        (observed(r#"{"lane":"kiire","waiting":{}}"#), "invalid type: map"),
        (observed(r#"{"lane":"kiire","waiting":01}"#), "invalid number"),
        (observed(r#"{"lane":"kiire","waiting":NaN}"#), "expected value"),
        (observed(r#"{"lane":"kiire","waiting_by_urgency":{"A":-1}}"#), "integer `-1`"),
        (observed(r#"{"lane":"kiire","waiting_by_urgency":{"":1}}"#), "urgency is empty"),
        (observed(r#"{"lane":"kiire","waiting_by_urgency":[1]}"#), "invalid type: sequence"),
        (observed(r#"{"lane":"kiire","waiting_by_urgency":{"A":1,"A":2}}"#), "twice"),
        (observed(r#"{"lane":"kiire","valid_until":"2026-11-26T18:00:00Z"}"#), "name the role in by"),
        (observed(r#"{"lane":"kiire","by":"x","valid_until":"tomorrow"}"#), "not a time"),
        (observed(r#"{"waiting":1}"#), "missing field `lane`"),
        (observed(r#"{"lane":null}"#), "invalid type: null"),
        (observed(r#"["kiire",3]"#), "data is a JSON object"),
        (observed("null"), "data is missing"),
        (observed("3"), "data is a JSON object"),
        (observed(r#""text""#), "data is a JSON object"),
        (joined(r#"{"lane":"kiire","ticket":""}"#), "ticket is \"\""),
        (joined(r#"{"lane":"kiire","ticket":"Matti Meikäläinen"}"#), "ticket is"),
        (joined(r#"{"lane":"kiire","ticket":"a/b"}"#), "ticket is"),
        (joined(&format!(r#"{{"lane":"kiire","ticket":"{}"}}"#, "t".repeat(65))), "ticket is"),
        (joined(r#"{"lane":"","ticket":"t"}"#), "lane is empty"),
        (joined(&format!(r#"{{"lane":"{}","ticket":"t"}}"#, "l".repeat(129))), "longer than 128 bytes"),
        (joined(r#"{"lane":"ki\u0000re","ticket":"t"}"#), "control character"),
        (joined(r#"{"lane":"ki\nre","ticket":"t"}"#), "control character"),
        (joined(r#"{"lane":"ki\u0085re","ticket":"t"}"#), "control character"),
        (joined("{\"lane\":\"ki\nre\",\"ticket\":\"t\"}"), "control character"),
        (joined(r#"{"lane":"kiire","ticket":"t","channel":"helicopter"}"#), "unknown variant `helicopter`"),
        (joined(r#"{"lane":"kiire","ticket":"t","lane":"hammas"}"#), "twice"),
        (joined(r#"{"lane":"\ud800","ticket":"t"}"#), "not a CloudEvent"),
        (with_data("queue.triaged", r#"{"ticket":"t"}"#), "missing field `urgency`"),
        (
            with_data("queue.waiting_for", r#"{"ticket":"t","what":{"coffee":true}}"#),
            "unknown variant `coffee`",
        ),
        (with_data("queue.left", r#"{"ticket":"t","outcome":"happy"}"#), "unknown variant `happy`"),
        (with_data("queue.corrected", r#"{"ticket":"t","corrects":"e"}"#), "needs set or void"),
        (
            with_data("queue.corrected", r#"{"ticket":"t","corrects":"e","set":{"tickt":"x"}}"#),
            "unknown field `tickt`",
        ),
        (
            with_data("queue.corrected", r#"{"ticket":"t","corrects":"e","set":["kiire"]}"#),
            "set is not an object",
        ),
        (with_data("queue.corrected", r#"{"ticket":"t","corrects":"","void":true}"#), "corrects is empty"),
        (
            with_data(
                "staffing.planned",
                r#"{"role":"x","from":"2026-11-26T18:00:00Z","to":"2026-11-26T18:00:00Z"}"#,
            ),
            "to must be after from",
        ),
        (with_data("capacity.observed", r#"{"resource":"sofa"}"#), "unknown variant `sofa`"),
        (
            with_data("capacity.slots", r#"{"profession":"x","urgency":"urgent","next_free":{"0":null}}"#),
            "ranks are 1, 2, 3",
        ),
        (
            with_data("capacity.slots", r#"{"profession":"x","urgency":"urgent","next_free":{"01":null}}"#),
            "ranks are 1, 2, 3",
        ),
        (with_data("station.status", r#"{"open":"yes"}"#), "invalid type: string"),
        (with_data("station.status", r#"{"reason":""}"#), "reason is empty"),
        (with_data("feed.heartbeat", r#"{"interval_s":0}"#), "must be 1 to"),
        (with_data("feed.heartbeat", r#"{"interval_s":604801}"#), "must be 1 to"),
        (with_data("feed.heartbeat", r#"{"interval_s":null}"#), "invalid type: null"),
        (with_data("contact.observed", r#"{"callbacks_waiting":1}"#), "missing field `line`"),
        (with_data("contact.observed", r#"{"line":116117}"#), "invalid type: integer"),
        (with_data("contact.observed", r#"{"line":"","agents":1}"#), "line is empty"),
        (with_data("contact.observed", r#"{"line":"chat","coverage":""}"#), "coverage is empty"),
        (with_data("contact.observed", r#"{"line":"chat","oldest_callback":"16:38"}"#), "not a time"),
        (
            with_data("contact.observed", r#"{"line":"chat","valid_until":"2026-11-26T18:00:00Z"}"#),
            "name the role in by",
        ),
        (
            with_data("staffing.observed", r#"{"role":"x","valid_until":"2026-11-26T18:00:00Z"}"#),
            "name the role in by",
        ),
        (with_data("capacity.observed", r#"{"resource":"bed","by":""}"#), "by is empty"),
        (with_data("task.received", r#"{"kind":"dispatch"}"#), "missing field `task`"),
        (with_data("task.received", r#"{"task":"Matti Meikäläinen"}"#), "task is \"Matti"),
        (with_data("task.assigned", &format!(r#"{{"task":"{}"}}"#, "t".repeat(65))), "1 to 64 of letters"),
        (with_data("task.assigned", r#"{"task":"d","kind":"errand"}"#), "unknown variant `errand`"),
        (with_data("task.assigned", r#"{"task":"d","unit":""}"#), "unit is empty"),
        (with_data("task.closed", r#"{"task":"d","ticket":"t"}"#), "unknown field `ticket`"),
        (with_data("unit.status", r#"{"state":"free"}"#), "missing field `unit`"),
        (with_data("unit.status", r#"{"unit":"mu","state":"lost"}"#), "unknown variant `lost`"),
        (with_data("notice.posted", r#"{"notice":"n","kind":"road"}"#), "missing field `text`"),
        (with_data("notice.posted", r#"{"notice":"n","kind":"road","text":{}}"#), "text is in no language"),
        (
            with_data("notice.posted", r#"{"notice":"n","kind":"road","text":["a","b","c"]}"#),
            "invalid type: sequence",
        ),
        (
            with_data("notice.posted", r#"{"notice":"n","kind":"road","text":"tie poikki"}"#),
            "invalid type: string",
        ),
        (
            with_data("notice.posted", r#"{"notice":"n","kind":"road","text":{"de":"x"}}"#),
            "unknown field `de`",
        ),
        (with_data("notice.posted", r#"{"notice":"n","kind":"road","text":{"fi":""}}"#), "text.fi is empty"),
        (
            with_data("notice.posted", r#"{"notice":"n","kind":"road","text":{"fi":"a\u0007"}}"#),
            "control character",
        ),
        (
            with_data(
                "notice.posted",
                &format!(r#"{{"notice":"n","kind":"road","text":{{"sv":"{}"}}}}"#, "x".repeat(1_025)),
            ),
            "text.sv is longer than 1024 bytes",
        ),
        (
            with_data(
                "notice.posted",
                r#"{"notice":"n","kind":"road","text":{"fi":"x"},"from":"2026-11-26T18:00:00Z","until":"2026-11-26T18:00:00Z"}"#,
            ),
            "until must be after from",
        ),
        (with_data("notice.withdrawn", r#"{"notice":""}"#), "notice is empty"),
    ];
    for (json, sentence) in rows {
        let reason = refused(json.as_bytes()).reason;
        assert!(reason.contains(sentence), "{json}\n says {reason:?} and not {sentence:?}");
    }
}

#[test]
fn envelopes_that_are_none() {
    let changed = |member: &str, value: Value| {
        let mut event = right();
        event[member] = value;
        event.to_string().into_bytes()
    };
    let without = |member: &str| {
        let mut event = right();
        event.as_object_mut().unwrap().remove(member);
        event.to_string().into_bytes()
    };
    let deep = format!("{}{}", "[".repeat(30_000), "]".repeat(30_000)).into_bytes();
    let deep_extension =
        right().to_string().replacen('{', &format!("{{\"x\":{}1{},", "[".repeat(200), "]".repeat(200)), 1);
    let mut not_utf8 = right().to_string().into_bytes();
    let at = not_utf8.windows(5).position(|it| it == b"kiire").unwrap();
    not_utf8[at] = 0xff;
    let rows: Vec<(Vec<u8>, &str)> = vec![
        (b"".to_vec(), "EOF"),
        (b"{".to_vec(), "EOF"),
        (b"{}".to_vec(), "missing field `specversion`"),
        (b"null".to_vec(), "an event is a JSON object"),
        (b"\"text\"".to_vec(), "an event is a JSON object"),
        (b"[\"1.0\",\"e-1\",\"/f\"]".to_vec(), "an event is a JSON object"),
        (b"<html></html>".to_vec(), "expected value"),
        (b"{} {}".to_vec(), "trailing characters"),
        (b"\xef\xbb\xbf{}".to_vec(), "expected value"),
        (not_utf8, "not UTF-8"),
        (deep, "not a CloudEvent"),
        (deep_extension.into_bytes(), "recursion limit"),
        (changed("specversion", json!("0.3")), "only \"1.0\" is read"),
        (changed("specversion", json!(1.0)), "invalid type: floating point"),
        (changed("id", json!("")), "id is empty"),
        (changed("id", json!(7)), "invalid type: integer"),
        (changed("id", json!("x".repeat(257))), "id is longer than 256 bytes"),
        (changed("id", json!("a\u{0}b")), "id holds a control character"),
        (changed("source", json!("")), "source is empty"),
        (changed("source", json!("/feeds/\u{7f}")), "source holds a control character"),
        (changed("subject", json!("")), "subject is empty"),
        (changed("subject", json!({})), "invalid type: map"),
        (changed("type", json!("queue.joined")), "unknown type \"queue.joined\""),
        (changed("type", json!("fi.tilanne.queue.joined.v2")), "unknown type"),
        (changed("type", json!("fi.tilanne.clock.reached.v1")), "unknown type"),
        (changed("type", json!("fi.tilanne.area.configured.v1")), "unknown type"),
        (changed("time", json!("2026-11-26T17:00:00")), "not a time"),
        (changed("time", json!("2026-02-30T17:00:00Z")), "not a time"),
        (changed("time", json!("0000-01-01T00:00:00+02:00")), "not a time"),
        (changed("time", json!("9999-12-31T23:59:59-20:00")), "not a time"),
        (changed("time", json!(1_795_705_200)), "invalid type: integer"),
        (changed("datacontenttype", json!("text/xml")), "only application/json"),
        (changed("data_base64", json!("e30=")), "data_base64 is not read"),
        (without("id"), "missing field `id`"),
        (without("source"), "missing field `source`"),
        (without("type"), "missing field `type`"),
        (without("time"), "missing field `time`"),
        (without("data"), "data is missing"),
        (right().to_string().replacen('{', "{\"id\":\"e-1\",", 1).into_bytes(), "twice"),
        (right().to_string().replacen('{', "{\"x\":{\"a\":1,\"\\u0061\":1},", 1).into_bytes(), "twice"),
        (vec![b' '; MAX_EVENT_BYTES + 1], "longer than 65536 bytes"),
    ];
    for (json, sentence) in rows {
        let reason = refused(&json).reason;
        let shown = String::from_utf8_lossy(&json[..json.len().min(200)]).into_owned();
        assert!(reason.contains(sentence), "{shown}\n says {reason:?} and not {sentence:?}");
        assert!(reason.len() < 700 && !reason.contains('\0'), "a reason is a sentence: {reason:?}");
    }
}

#[test]
fn a_refusal_names_whose_event_it_was_as_far_as_can_be_read() {
    let mut event = right();
    event["data"] = json!({"lane": 1});
    let refused = refused(event.to_string().as_bytes());
    assert_eq!((refused.id.as_deref(), refused.source.as_deref()), (Some("e-1"), Some("/feeds/porvoo")));
    let nameless = decode(b"{\"id\":7,\"source\":null}").unwrap_err();
    assert_eq!((nameless.id, nameless.source), (None, None));
}

#[test]
fn a_huge_text_does_not_come_back() {
    let mut event = right();
    event["subject"] = json!(["x".repeat(60_000)]);
    assert!(refused(event.to_string().as_bytes()).reason.len() < 700);
    assert!(refused(format!("\"{}\"", "x".repeat(60_000)).as_bytes()).reason.len() < 700);
}
