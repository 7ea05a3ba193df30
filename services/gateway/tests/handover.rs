//! Shifts' reports over HTTP, and who may sign them.

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

/// Records everything that comes in from the desk, and keeps it.
async fn start_desk(bus: &Bus) -> Arc<Mutex<Vec<Value>>> {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let of_desk = Filter::exactly(&Subject::intake(AREA, Family::Desk));
    let mut intake = bus.subscribe(&of_desk).await.unwrap();
    let noted = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Some(Delivery::Message(message)) = intake.next().await {
            noted.lock().unwrap().push(serde_json::from_slice(&message.payload).unwrap());
            message.reply.unwrap().send(r#"{"id":"k-1","status":"recorded"}"#.into());
        }
    });
    heard
}

fn sign(sequence: u64, hash: &str) -> String {
    json!({"kind": "handover.sign", "part": "given", "from": "2026-11-26T16:00:00+02:00", "to": "2026-11-26T22:00:00+02:00",
        "sequence": sequence, "hash": hash.repeat(64), "actor": "m.k", "role": "koordinaattori"})
    .to_string()
}

#[tokio::test]
async fn only_the_report_that_the_facts_make_of_a_whole_shift_is_signed() {
    let house = house(Config::default()).await;
    let heard = start_desk(&house.projector.bus).await;
    for (sequence, hash, why) in [(7, "b", "another hash"), (6, "a", "the whole shift")] {
        let (status, _, body) = house.post(COMMANDS, FORM, &sign(sequence, hash)).await;
        let receipt = &serde_json::from_str::<Value>(&body).unwrap()["receipts"][0];
        assert_eq!((status, &receipt["status"], &receipt["id"]), (200, &json!("rejected"), &json!("k-1")));
        assert!(receipt["reason"].as_str().unwrap().contains(why), "{body}");
    }
    assert!(heard.lock().unwrap().is_empty(), "it went nowhere");
    let (_, _, body) = house.post(COMMANDS, FORM, &sign(7, "a")).await;
    let answer: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((&answer["receipts"][0]["status"], answer.get("without_effect")), (&json!("recorded"), None));
    let event = heard.lock().unwrap()[0].clone();
    assert_eq!(
        (&event["type"], &event["data"]["sequence"]),
        (&json!("fi.tilanne.handover.signed.v1"), &json!(7))
    );
}

#[tokio::test]
async fn a_report_is_a_page_with_a_policy_of_its_own_and_nothing_in_it_is_markup() {
    let house = house(Config::default()).await;
    let (status, headers, page) = house.get("/v1/areas/uusimaa/handover.html?lang=fi").await;
    assert_eq!(status, 200, "{page}");
    let headers = headers.to_lowercase();
    assert!(
        headers.contains("content-security-policy: default-src 'none'; style-src 'unsafe-inline'"),
        "{headers}"
    );
    assert_eq!(headers.matches("content-security-policy").count(), 1);
    assert!(page.contains("Uusimaa &lt;b&gt;") && !page.contains("Uusimaa <b>"), "{page}");
    for (query, why) in
        [("lang=la", "fi, sv and en"), ("from=now", "from and to"), ("when=now", "unknown field")]
    {
        let (status, _, body) = house.get(&format!("/v1/areas/uusimaa/handover?{query}")).await;
        assert_eq!(status, 400, "{body}");
        assert!(body.contains(why), "{body}");
    }
}
