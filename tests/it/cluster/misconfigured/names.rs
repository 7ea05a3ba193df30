//! Names that do not fit each other: what one process says does not count for another, and each says which it is.

use std::time::Instant;

use acceptance::program::Said;
use acceptance::server::{PATIENCE, Server};
use serde_json::Value;

use super::{AREA, fails, init, server, service, spawned, waiting};
use crate::PROGRAM;

/// Longer than this without a receipt a source that hands events in is not ready.
const DEAF_AFTER_S: u64 = 30;

#[tokio::test]
async fn a_source_that_gets_no_receipt_says_where_to_look_and_what_it_handed_in_is_there_once() {
    let Some(nats) = server("a source that waits for the wrong recorder") else { return };
    init(&nats, "");
    let mut recorder = Server::start(service("recorder", &nats.url(), "")).await;
    let elsewhere = service("queue", &nats.url(), "\n[recorder]\nname = \"north\"\nall = [\"north\"]\n")
        .with("TILANNE_INTAKE__RECEIPT_TIMEOUT", "1s");
    let mut queue = Server::start(elsewhere).await;
    let (door, event) = (queue.door(AREA), waiting("a").to_string());
    let begun = Instant::now();
    while queue.checks().await["checks"]["recording"]["state"] == "ok" {
        assert!(begun.elapsed() < PATIENCE, "it hands in and hears nothing, and is said to be ready");
        let answer = door.post("application/cloudevents+json", event.clone()).await.expect("an answer");
        assert_eq!(answer.status, 503, "{answer:?}");
    }
    assert!(begun.elapsed().as_secs() >= DEAF_AFTER_S, "another leader of the stream may be being chosen");
    fails(&queue, "recording", "whether nats.name, nats.receipts and recorder.all are as theirs").await;

    queue.kill();
    let mut queue = Server::start(service("queue", &nats.url(), "")).await;
    let receipts = queue.door(AREA).insist(&event).await;
    assert_eq!(receipts[0]["status"], "duplicate", "{receipts:?}");
    queue.ready().await;
    recorder.interrupt().await;
    let data = recorder.data().display().to_string();
    let facts = Said::by(PROGRAM, &["journal", "export", &data]).with_code(0).out;
    let facts: Vec<Value> = facts.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(facts.iter().filter(|fact| fact["id"] == "a").count(), 1);
}

#[tokio::test]
async fn two_recorders_of_one_name_take_nothing_in_until_one_of_them_is_gone() {
    let Some(nats) = server("two recorders of one name") else { return };
    init(&nats, "");
    let mut first = Server::start(service("recorder", &nats.url(), "")).await;
    let queue = Server::start(service("queue", &nats.url(), "")).await;
    let door = queue.door(AREA);
    door.insist(&format!("{}\n", waiting("a"))).await;
    let mut second = spawned(service("recorder", &nats.url(), ""));
    for recorder in [&first, &second] {
        fails(recorder, "intake", "another recorder runs under this one's name").await;
    }
    let event = waiting("b").to_string();
    let refused = door.post("application/cloudevents+json", event.clone()).await.expect("an answer");
    assert_eq!(refused.status, 503, "{refused:?}");

    second.interrupt().await;
    first.ready().await;
    let receipts = door.insist(&event).await;
    assert!(matches!(receipts[0]["status"].as_str(), Some("recorded" | "duplicate")), "{receipts:?}");
}
