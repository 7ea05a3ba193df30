//! How long a change takes from the projector's hand to fifty clients. `cargo test --release -p gateway
//! --test push -- --ignored --nocapture` prints the figures.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "a test may stop"
)]

mod support;

use std::time::{Duration, Instant};

use gateway::Config;
use serde_json::{Value, json};
use support::house;

const CLIENTS: usize = 50;
const STATIONS: u64 = 115;
/// The projector's most hurried pace; each change holds what ten events did.
const CHANGES: u64 = 500;
const PACE: Duration = Duration::from_millis(20);

fn station(count: u64) -> Value {
    let by = json!({"A": 0, "B": 1, "C": 2, "D": count, "E": 3, "untriaged": 0});
    let lane =
        json!({"feed": "/feeds/x", "waiting": count, "waiting_by_urgency": by, "in_care": 7, "present": 9});
    json!({"name": {"fi": "Asema", "sv": "Station", "en": "Station"}, "open": true, "lanes": {"main": lane},
           "feeds": {"/feeds/x": {"family": "queue", "state": "fresh", "last_event_time": "2026-11-26T17:00:00Z"}}})
}

/// Ten stations' figures; the count says which change it is.
fn change(step: u64) -> Value {
    let stations = (0..10).map(|n| {
        let lane = json!({"waiting": step, "waiting_by_urgency": {"D": step}, "present": step});
        (format!("s{}", (step * 7 + n * 11) % STATIONS), json!({"lanes": {"main": lane}}))
    });
    json!({"stations": stations.collect::<serde_json::Map<_, _>>(), "step": step})
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement of ten seconds: its figures mean something in a release build on a quiet machine"]
async fn fifty_clients_see_a_change_within_a_tenth_of_a_second() {
    let house = house(Config::default()).await;
    let stations: serde_json::Map<_, _> = (0..STATIONS).map(|n| (format!("s{n}"), station(n))).collect();
    house.projector.change("situation", json!({"stations": stations, "step": 0})).await;
    let begun = Instant::now();
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        let mut client = house.client().await;
        client.open("situation").await;
        clients.push(tokio::spawn(async move {
            let mut seen = Vec::new();
            while seen.last().is_none_or(|(step, _)| *step < CHANGES) {
                let frame = client.next().await;
                if frame["kind"] == "delta" {
                    seen.push((frame["patch"]["step"].as_u64().unwrap(), begun.elapsed()));
                }
            }
            seen
        }));
    }
    let mut sent = vec![Duration::ZERO];
    let mut pace = tokio::time::interval(PACE);
    for step in 1..=CHANGES {
        pace.tick().await;
        let change = house.projector.fold("situation", change(step));
        sent.push(begun.elapsed());
        house.projector.publish(&change).await;
    }
    let mut waits = Vec::new();
    for client in clients {
        for (step, at) in client.await.unwrap() {
            waits.push(at - sent[usize::try_from(step).unwrap()]);
        }
    }
    waits.sort();
    let part = |per_mille: usize| waits[(waits.len() - 1) * per_mille / 1000];
    println!(
        "push to {CLIENTS} clients, {} frames: p50 {:?}, p99 {:?}, max {:?}",
        waits.len(),
        part(500),
        part(990),
        part(1000)
    );
    assert!(part(990) < Duration::from_millis(100));
}
