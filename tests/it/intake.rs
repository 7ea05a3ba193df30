//! The door for events: three forms, one meaning, and a receipt for each.

use acceptance::events::{event, now};
use acceptance::server::{Plan, Server};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::PROGRAM;

const AREA: &str = "itauusimaa";

fn waiting(id: &str, count: u64) -> Value {
    let data = json!({"lane": "kiire", "waiting": count});
    event(id, "/feeds/sipoo", "sipoo-sote", "queue.observed", now() - SignedDuration::from_mins(2), &data)
}

#[tokio::test]
async fn each_form_is_answered_in_order_and_once() {
    let server = Server::start(Plan::area(PROGRAM, AREA)).await;
    let door = server.door(AREA);
    let events: Vec<Value> = (0..4).map(|at| waiting(&format!("e{at}"), at)).collect();
    let lines: String = events.iter().map(|event| format!("{event}\r\n\n")).collect();
    let bodies = [
        ("application/cloudevents+json", events[0].to_string(), vec!["recorded"]),
        (
            "application/cloudevents-batch+json; charset=utf-8",
            json!(events[..3]).to_string(),
            vec!["duplicate", "recorded", "recorded"],
        ),
        ("Application/X-NDJSON", lines, vec!["duplicate", "duplicate", "duplicate", "recorded"]),
        ("application/cloudevents-batch+json", "[]".to_owned(), vec![]),
    ];
    let epoch = door.board("situation", "").await["epoch"].clone();
    let mut positions: Vec<(Value, Value)> = Vec::new();
    for (kind, body, expected) in bodies {
        let receipts = door.post(kind, body).await.expect("an answer").json()["receipts"].take();
        let receipts = receipts.as_array().expect("receipts").clone();
        let statuses: Vec<_> =
            receipts.iter().map(|receipt| receipt["status"].as_str().expect("a status")).collect();
        assert_eq!(statuses, expected, "{kind}");
        for receipt in receipts {
            assert_eq!(
                (&receipt["source"], &receipt["reason"]),
                (&json!("/feeds/sipoo"), &Value::Null),
                "{receipt}"
            );
            assert_eq!(receipt["position"]["epoch"], epoch);
            let place = (receipt["id"].clone(), receipt["position"].clone());
            if receipt["status"] == "recorded" {
                positions.push(place)
            } else {
                assert!(positions.contains(&place))
            }
        }
    }
    assert_eq!(positions.len(), 4);
}

#[tokio::test]
async fn the_same_content_is_a_duplicate_however_it_is_written() {
    let server = Server::start(Plan::area(PROGRAM, AREA)).await;
    let door = server.door(AREA);
    let first = waiting("one", 3);
    door.record(std::slice::from_ref(&first)).await;
    let mut same = first.clone();
    let time: jiff::Timestamp = first["time"].as_str().expect("a time").parse().expect("RFC 3339");
    same["time"] = json!(
        time.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(-5)))
            .strftime("%Y-%m-%dT%H:%M:%S.000%:z")
            .to_string()
    );
    same["traceparent"] = json!("00-an-extension");
    same["datacontenttype"] = json!("application/json");
    let mut other_data = first.clone();
    other_data["data"]["waiting"] = json!(4);
    let mut withdrawn = first.clone();
    withdrawn["data"]["waiting"] = Value::Null;
    let mut later = first.clone();
    later["time"] = json!((time + SignedDuration::from_micros(1)).to_string());
    let mut elsewhere = first.clone();
    elsewhere["subject"] = json!("askola-sote");
    let mut of_another_feed = first.clone();
    of_another_feed["source"] = json!("/feeds/unlisted");
    let receipts = door.send(&[same, other_data, withdrawn, later, elsewhere, of_another_feed]).await;
    let statuses: Vec<_> =
        receipts.iter().map(|receipt| receipt["status"].as_str().expect("a status")).collect();
    assert_eq!(
        statuses,
        ["duplicate", "rejected", "rejected", "rejected", "rejected", "recorded"],
        "{receipts:?}"
    );
    for receipt in receipts.iter().filter(|receipt| receipt["status"] == "rejected") {
        assert!(
            receipt["position"].is_null()
                && receipt["reason"].as_str().expect("a reason").contains("different content")
        );
    }
}

#[tokio::test]
async fn senders_at_once_record_each_event_once() {
    let server = Server::start(Plan::area(PROGRAM, AREA)).await;
    let door = server.door(AREA);
    let events: Vec<Value> = (0..2_000).map(|at| waiting(&format!("e{at:04}"), at)).collect();
    let senders = (0..4).map(|_| {
        let (door, events) = (door.clone(), events.clone());
        tokio::spawn(async move {
            let mut recorded = 0;
            for body in events.chunks(50) {
                recorded +=
                    door.send(body).await.iter().filter(|receipt| receipt["status"] == "recorded").count();
            }
            recorded
        })
    });
    let recorded = futures_util::future::join_all(senders).await;
    assert_eq!(recorded.into_iter().map(|recorded| recorded.expect("no panic")).sum::<usize>(), events.len());
    let facts = door.facts(0).await;
    assert_eq!(facts.iter().filter(|fact| fact["source"] == "/feeds/sipoo").count(), events.len());
    let board =
        door.board_from("situation", facts.last().expect("facts")["sequence"].as_u64().expect("one")).await;
    assert_eq!(
        board["stations"]["sipoo-sote"]["lanes"]["kiire"]["waiting"], 1_999,
        "the last by id, of one instant"
    );
}

#[tokio::test]
async fn facts_are_read_page_by_page_and_positions_are_checked() {
    let server = Server::start(Plan::area(PROGRAM, AREA)).await;
    let door = server.door(AREA);
    let newest = door.record(&(0..10).map(|at| waiting(&format!("e{at}"), at)).collect::<Vec<_>>()).await;
    let all = door.fact_lines(0).await;
    for (range, expected) in [
        ("after=0&limit=3".to_owned(), &all[..3]),
        (format!("after={}", newest - 2), &all[all.len() - 2..]),
        (format!("after={newest}"), &[]),
        (format!("after={}&limit=1", newest - 5), &all[all.len() - 5..all.len() - 4]),
    ] {
        let page = door.get(&format!("/v1/areas/{AREA}/facts?{range}")).await;
        assert_eq!(
            (page.status, page.body.lines().collect::<Vec<_>>()),
            (200, expected.iter().map(String::as_str).collect()),
            "{range}"
        );
    }
    for line in &all {
        let fact: Value = serde_json::from_str(line).expect("JSON");
        for name in ["sequence", "head", "id", "source", "type", "event_time", "received_time", "data"] {
            assert!(!fact[name].is_null(), "{name} in {line}");
        }
    }
    for (when, status) in [
        (format!("sequence={newest}"), 200),
        (format!("sequence={}", newest + 1_000_000), 404),
        ("shown=2001-01-01T00:00:00Z".to_owned(), 404),
        // Nobody has seen that yet.
        ("shown=2101-01-01T00:00:00Z".to_owned(), 404),
        ("at=2001-01-01T00:00:00Z".to_owned(), 200),
    ] {
        let answer = door.get(&format!("/v1/areas/{AREA}/boards/situation?{when}")).await;
        assert_eq!(answer.status, status, "{when}: {}", answer.body);
    }
}
