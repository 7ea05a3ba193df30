//! What is read, and what counts as the same.

use proto::event::{SHORT_NAMES, StoredEvent, decode, family_of, kind_of, may_come_as};
use proto::fact::{StoredBody, StoredFact};
use proto::subject::Family;
use proto::time::Moment;
use serde_json::{Value, json};

use super::samples::{all, by_a_person, event, read, refused, right};

#[test]
fn every_type_of_the_contract_is_read_and_comes_back_as_it_was() {
    let kinds: Vec<&str> = all().iter().map(|sample| sample.kind).collect();
    assert_eq!(kinds, SHORT_NAMES, "a sample for every type, in the order of the table");
    let samples = all().into_iter().flat_map(|it| [(it.kind, it.minimal), (it.kind, it.full)]);
    for (kind, data) in samples.chain(by_a_person()) {
        let event = event(kind, &data);
        let decoded = read(&event);
        let kind = event["type"].as_str().unwrap();
        assert_eq!(kind_of(&decoded.stored.data), kind);
        assert!(family_of(kind).is_some());
        let fact = StoredFact {
            sequence: 7,
            received: Moment(1_795_705_201_000_000),
            body: StoredBody::Event(decoded.stored.clone()),
        };
        let again = StoredFact::from_bytes(&fact.to_bytes().unwrap()).unwrap();
        assert_eq!(again, fact);
        let line: Value = serde_json::from_str(&fact.to_line("head").unwrap()).unwrap();
        assert_eq!(line["data"], data, "{kind}: what was said is what is shown");
        assert_eq!(line["event_time"], "2026-11-26T15:00:00Z");
        assert_eq!(line["received_time"], "2026-11-26T15:00:01Z");
        assert_eq!((&line["sequence"], &line["head"]), (&json!(7), &json!("head")));
        for member in ["id", "source", "type", "subject"] {
            assert_eq!(line[member], event[member], "{kind}");
        }
        // The rules see the same event on its way in and out of the store.
        let situation::fact::Body::Event(out) = again.into_fact().unwrap().body else { panic!() };
        assert_eq!(*out, decoded.event);
        // And the other way round, but for what only the digest sees.
        let restated = StoredEvent::of(&decoded.event).unwrap().into_event().unwrap();
        assert_eq!((restated.said, restated.key), (decoded.event.said, decoded.event.key));
    }
}

#[test]
fn the_version_that_a_sender_expects_is_read_and_is_no_part_of_what_is_said() {
    let mut expecting = right();
    for (written, expected) in [(json!(0), Some(0)), (json!(u64::MAX), Some(u64::MAX)), (json!(null), None)] {
        expecting["expectedversion"] = written;
        let decoded = read(&expecting);
        assert_eq!(decoded.expected, expected);
        assert_eq!(decoded.stored, read(&right()).stored);
    }
    for wrong in [json!(-1), json!(1.0), json!("12"), json!(true), json!([1]), json!({})] {
        expecting["expectedversion"] = wrong;
        let reason = refused(expecting.to_string().as_bytes()).reason;
        assert!(
            reason.starts_with("expectedversion is ") && reason.contains("whole number from 0"),
            "{reason}"
        );
    }
}

#[test]
fn the_same_words_written_otherwise_are_the_same_event() {
    let one = read(&right()).event;
    for other in [
        r#"{"data":{"urgency":"A","ticket":"t-1","lane":"kiire"},"time":"2026-11-26T15:00:00Z","subject":"porvoo",
            "type":"fi.tilanne.queue.joined.v1","source":"/feeds/porvoo","id":"e-1","specversion":"1.0"}"#,
        "{\"specversion\":\"1.0\",\"id\":\"\\u0065-1\",\"source\":\"\\/feeds\\/porvoo\",\
         \"type\":\"fi.tilanne.queue.joined.v1\",\"subject\":\"porvoo\",\"time\":\"2026-11-26t10:00:00.000000-05:00\",\
         \n\t\"datacontenttype\":\"application/json; charset=utf-8\",\
         \"data\" : { \"lane\" : \"k\\u0069ire\", \"ticket\":\"t-1\", \"urgency\":\"A\",\"channel\":null}  }\r\n",
        r#"{"specversion":"1.0","id":"e-1","source":"/feeds/porvoo","type":"fi.tilanne.queue.joined.v1",
            "subject":"porvoo","time":"2026-11-26T15:00:00.0000009Z","traceparent":"00-1","extra":{"a":[1.5,null]},
            "data":{"lane":"kiire","ticket":"t-1","urgency":"A"}}"#,
    ] {
        let other =
            decode(other.as_bytes()).unwrap_or_else(|error| panic!("{other}: {}", error.reason)).event;
        assert_eq!(one, other);
        assert_eq!((one.key, one.digest), (other.key, other.digest));
    }
}

#[test]
fn every_part_of_the_content_counts() {
    let one = read(&right()).event;
    let changed = |change: fn(&mut Value)| {
        let mut event = right();
        change(&mut event);
        read(&event).event
    };
    let contents: [fn(&mut Value); 5] = [
        |it| it["subject"] = "loviisa".into(),
        |it| it["time"] = "2026-11-26T17:00:00.000001+02:00".into(),
        |it| it["data"]["urgency"] = "B".into(),
        |it| it["data"]["channel"] = "phone".into(),
        |it| {
            it["type"] = "fi.tilanne.queue.moved.v1".into();
            it["data"] = json!({"lane": "kiire", "ticket": "t-1"});
        },
    ];
    for change in contents {
        let other = changed(change);
        assert_eq!(one.key, other.key);
        assert_ne!(one.digest, other.digest, "{other:?}");
    }
    for change in
        [|it: &mut Value| it["id"] = "e-2".into(), |it: &mut Value| it["source"] = "/feeds/x".into()]
    {
        assert_ne!(one.key, changed(change).key);
    }
    // Where id and source meet makes a difference.
    let pair = |id: &str, source: &str| {
        let mut event = right();
        (event["id"], event["source"]) = (id.into(), source.into());
        read(&event).event.key
    };
    assert_ne!(pair("ab", "c"), pair("b", "ca"));
}

#[test]
fn absent_null_and_a_value_are_three_things() {
    let digest = |data: Value| read(&event("queue.observed", &data)).event.digest;
    let absent = digest(json!({"lane": "kiire"}));
    let null = digest(json!({"lane": "kiire", "waiting": null}));
    let zero = digest(json!({"lane": "kiire", "waiting": 0}));
    assert!(absent != null && null != zero && absent != zero);
}

#[test]
fn every_type_has_its_family_and_some_may_come_as_any() {
    let full = |short: &str| format!("fi.tilanne.{short}.v1");
    for (short, family) in [
        ("contact.observed", Family::Queue),
        ("task.received", Family::Queue),
        ("task.closed", Family::Queue),
        ("unit.status", Family::Capacity),
        ("staffing.observed", Family::Staffing),
    ] {
        for other in Family::ALL {
            assert_eq!(may_come_as(&full(short), other), other == family, "{short} as {other:?}");
        }
    }
    for short in ["feed.heartbeat", "notice.posted", "notice.withdrawn"] {
        assert!(Family::ALL.into_iter().all(|family| may_come_as(&full(short), family)), "{short}");
    }
}

#[test]
fn what_a_feed_says_is_stored_as_it_was_before_a_person_could_say_it() {
    let stored = |kind: &str, data: Value| read(&event(kind, &data)).stored;
    let version = |kind: &str, data: Value| stored(kind, data).data.version();
    assert_eq!(version("staffing.observed", json!({"role": "laakari", "on_duty": 1})), 1);
    assert_eq!(version("staffing.observed", json!({"role": "laakari", "by": null, "valid_until": null})), 1);
    assert_eq!(version("staffing.observed", json!({"role": "laakari", "by": "vastaava"})), 2);
    assert_eq!(version("capacity.observed", json!({"resource": "room"})), 1);
    assert_eq!(version("capacity.observed", json!({"resource": "room", "by": "vastaava"})), 2);
}

#[test]
fn a_correction_names_the_event_that_it_corrects_by_its_key() {
    let wrong = read(&right()).event;
    let correction = event("queue.corrected", &json!({"ticket": "t-1", "corrects": "e-1", "void": true}));
    let mut foreign = correction.clone();
    foreign["source"] = json!("/feeds/other");
    assert_eq!(read(&correction).event.corrects, Some(wrong.key));
    assert!(read(&foreign).event.corrects.is_some_and(|key| key != wrong.key), "ids are a source's own");
    assert_eq!(wrong.corrects, None);
}
