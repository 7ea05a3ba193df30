//! What people at the desk ask for, over HTTP.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "a test may stop"
)]

mod support;

use std::sync::{Arc, Mutex};

use bus::{Bus, Delivery};
use gateway::Config;
use proto::subject::{Family, Filter, Subject};
use serde_json::{Value, json};
use support::{AREA, house};

const COMMANDS: &str = "/v1/areas/uusimaa/commands";
const FORM: &str = "Content-Type: application/json\r\nIdempotency-Key: k-1\r\n";

/// Answers everything that comes in from the desk, and keeps it.
async fn start_desk(bus: &Bus, answer: &'static str) -> Arc<Mutex<Vec<Value>>> {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let of_desk = Filter::exactly(&Subject::intake(AREA, Family::Desk));
    let mut intake = bus.subscribe(&of_desk).await.unwrap();
    let noted = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Some(Delivery::Message(message)) = intake.next().await {
            noted.lock().unwrap().push(serde_json::from_slice(&message.payload).unwrap());
            message.reply.unwrap().send(answer.into());
        }
    });
    heard
}

fn acknowledge() -> String {
    json!({"kind": "alarm.acknowledge", "alarm": "late:porvoo:kiire:A", "actor": "m.k", "role": "koordinaattori"})
        .to_string()
}

#[tokio::test]
async fn a_command_goes_in_as_an_event_and_its_receipt_comes_back() {
    let house = house(Config::default()).await;
    let heard = start_desk(&house.projector.bus, r#"{"id":"k-1","status":"recorded"}"#).await;
    let (status, _, body) = house.post(COMMANDS, FORM, &acknowledge()).await;
    let answer: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((status, &answer["receipts"]), (200, &json!([{"id": "k-1", "status": "recorded"}])));
    assert_eq!(answer["without_effect"]["code"], "no_such_alarm", "the board has none");
    let event = heard.lock().unwrap()[0].clone();
    assert_eq!(
        event,
        json!({
            "specversion": "1.0", "id": "k-1", "source": "/desk/uusimaa",
            "type": "fi.tilanne.alarm.acknowledged.v1",
            // The area's time, as the projector last told it.
            "time": "2026-11-26T17:00:00+02:00",
            "data": {"alarm": "late:porvoo:kiire:A", "actor": "m.k", "role": "koordinaattori"},
        })
    );
}

#[tokio::test]
async fn what_is_no_command_is_told_why_and_goes_nowhere() {
    let house = house(Config::default()).await;
    let heard = start_desk(&house.projector.bus, "{}").await;
    let json_only = "Content-Type: application/json\r\n";
    let no_role = r#"{"kind":"note.remove","note":"k","actor":"m.k"}"#;
    for (headers, body, expected, why) in [
        (json_only, acknowledge(), 400, "Idempotency-Key"),
        ("Idempotency-Key: k\r\n", acknowledge(), 415, "application/json"),
        (FORM, "{".to_owned(), 400, "not a command"),
        (FORM, no_role.to_owned(), 400, "missing field `role`"),
        (FORM, format!("\"{}\"", "x".repeat(20_000)), 400, "longer than 16384"),
    ] {
        let (status, _, answer) = house.post(COMMANDS, headers, &body).await;
        assert_eq!(status, expected, "{answer}");
        assert!(answer.contains(why), "{answer}");
    }
    assert_eq!(house.post("/v1/areas/elsewhere/commands", FORM, &acknowledge()).await.0, 404);
    assert_eq!(heard.lock().unwrap().len(), 0);
}

#[tokio::test]
async fn a_command_that_nobody_records_is_sent_again_by_its_sender() {
    let nobody = house(Config { answer_ms: 200, ..Config::default() }).await;
    let (status, head, body) = nobody.post(COMMANDS, FORM, &acknowledge()).await;
    assert_eq!(status, 503, "{body}");
    assert!(head.contains("retry-after: ") && body.contains("same key"), "{head} {body}");
    let full = house(Config::default()).await;
    start_desk(&full.projector.bus, r#"{"unavailable":"the disk is full: nothing is recorded"}"#).await;
    let (status, _, body) = full.post(COMMANDS, FORM, &acknowledge()).await;
    assert_eq!(status, 503);
    assert!(body.contains("the disk is full"), "{body}");
}
