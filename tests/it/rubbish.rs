//! Rubbish at the door: each has its answer, and none leaves a trace.

mod bodies;
mod events;
mod look_alikes;
mod raw;

use acceptance::events::{event, now};
use acceptance::server::{Plan, Server};
use serde_json::{Value, json};

use crate::PROGRAM;

const AREA: &str = "itauusimaa";

/// Something sound about a lane that is told its counts: what the tables spoil.
fn sound(id: &str) -> Value {
    let data = json!({"lane": "kiire", "waiting": 3});
    event(id, "/feeds/sipoo", "sipoo-sote", "queue.observed", now(), &data)
}

/// The journal but for the passing of time.
async fn said(server: &Server) -> Vec<String> {
    let mut lines = server.door(AREA).fact_lines(0).await;
    lines.retain(|line| !line.contains("fi.tilanne.clock.reached.v1"));
    lines
}

#[tokio::test]
async fn nothing_malformed_is_recorded_and_nothing_breaks() {
    let mut server = Server::start(Plan::area(PROGRAM, AREA)).await;
    let door = server.door(AREA);
    door.record(&[sound("first")]).await;
    let before = said(&server).await;

    let mut wrong = Vec::new();
    let bodies = bodies::table();
    for case in &bodies {
        let answer = door.post(case.content_type, case.body.clone()).await.expect("an answer");
        if answer.status != case.status || !answer.body.contains(case.says) {
            wrong.push(format!("{}: {} {}", case.name, answer.status, answer.body));
        }
    }
    let events = events::table();
    for (name, line, says) in &events {
        let answer = door.post("application/cloudevents+json", line.clone()).await.expect("an answer");
        let receipt = if answer.status == 200 { answer.json()["receipts"][0].take() } else { Value::Null };
        let reason = receipt["reason"].as_str().unwrap_or_default();
        let told = receipt["status"] == "rejected" && receipt["position"].is_null() && reason.contains(says);
        let leaked = answer.body.contains(events::CODE);
        if !told || leaked || receipt["reason"].as_str().is_none_or(|reason| reason.len() > 600) {
            wrong.push(format!("{name}: {} {}", answer.status, answer.body));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of the answers are others than expected:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(server.alive());
    assert_eq!(server.metric("tilanne_panics_total").await, 0.0);
    assert_eq!(said(&server).await, before, "the journal is as it was");
    door.record(&[sound("last")]).await;
    eprintln!("rubbish: {} bodies and {} events refused, 0 panics", bodies.len(), events.len());
}

#[tokio::test]
async fn what_only_looks_like_an_identity_code_passes() {
    let server = Server::start(Plan::area(PROGRAM, AREA)).await;
    let events = look_alikes::table();
    server.door(AREA).record(&events).await;
    let recorded = said(&server).await;
    for event in &events {
        let id = format!("\"id\":{}", event["id"]);
        assert!(recorded.iter().any(|line| line.contains(&id)), "{id}");
    }
    eprintln!("rubbish: {} look-alikes recorded", events.len());
}
