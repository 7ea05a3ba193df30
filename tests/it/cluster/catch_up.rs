//! A recorder that lost its disk takes everything from the others, also what the stream does not have any more; one
//! that holds other facts stops and says so; a stream that is made anew is opened by a majority.

use acceptance::cluster::Cluster;
use acceptance::door::Door;
use acceptance::events::{event, now};
use acceptance::program::Said;
use acceptance::server::{LOOK, PATIENCE};
use serde_json::{Value, json};
use std::time::Instant;

use super::facts_of_all;
use crate::PROGRAM;

const AREA: &str = "itauusimaa";
/// Longer than the pace at which the stream is trimmed.
const TRIMMED: std::time::Duration = std::time::Duration::from_secs(6);

fn waiting(id: &str, count: u64) -> Value {
    let data = json!({"lane": "kiire", "waiting": count});
    event(id, "/feeds/sipoo", "sipoo-sote", "queue.observed", now(), &data)
}

/// Sends events until they have receipts; the last one's place.
async fn record(door: &Door, events: &[Value]) -> u64 {
    let body: String = events.iter().map(|event| format!("{event}\n")).collect();
    let receipts = door.insist(&body).await;
    receipts.last().expect("a receipt")["position"]["sequence"].as_u64().expect("a sequence")
}

/// Waits until a process says of a check what is looked for.
async fn says(cluster: &Cluster, name: &str, check: &str, what: &str) {
    let (door, begun) = (Door::new(&cluster.admin(name), ""), Instant::now());
    loop {
        let answer = door.try_get("/readyz").await.map(|answer| answer.body).unwrap_or_default();
        let told: Value = serde_json::from_str(&answer).unwrap_or_default();
        if told["checks"][check]["detail"].as_str().is_some_and(|detail| detail.contains(what)) {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "{name} does not say of {check}: {what}; but {answer}");
        tokio::time::sleep(LOOK).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_stream_goes_on_from_the_longest_chain_and_an_empty_disk_is_filled_from_the_others() {
    let Some(cluster) = Cluster::up(PROGRAM, AREA) else { return };
    let door = cluster.feeds(AREA);
    let first: Vec<Value> = (0..500).map(|n| waiting(&format!("first-{n}"), n % 40)).collect();
    let newest = record(&door, &first).await;
    cluster.level(newest).await;

    // Every server loses its store at once: the stream is gone, and so is all that it kept.
    for name in ["nats-1", "nats-2", "nats-3"] {
        cluster.act("kill", name);
        std::fs::remove_dir_all(cluster.data(name)).expect("removed");
    }
    cluster.act("kill", "recorder-3");
    for name in ["nats-1", "nats-2", "nats-3"] {
        cluster.act("start", name);
    }
    says(&cluster, "recorder-1", "intake", "there is no intake stream: make it with `tilanne nats init`")
        .await;
    let config = cluster.directory().join("admin.conf").display().to_string();
    let begun = Instant::now();
    while Said::by(PROGRAM, &["nats", "init", "--config", &config]).code != 0 {
        assert!(begun.elapsed() < PATIENCE, "the stream can't be made");
    }
    // Two of three open it. The third comes with an empty disk.
    std::fs::remove_dir_all(cluster.data("recorder-3")).expect("removed");
    let second: Vec<Value> = (0..100).map(|n| waiting(&format!("second-{n}"), n % 40)).collect();
    let newest = record(&door, &second).await;
    cluster.act("start", "recorder-3");
    cluster.ready("recorder-3").await;
    cluster.level(newest).await;
    let again = record(&door, &first).await;
    assert!(again < newest, "what was recorded before is known in the new stream too");

    let facts = facts_of_all(&cluster);
    let kinds =
        |kind: &str| facts.iter().filter(|fact| fact["type"] == format!("fi.tilanne.{kind}.v1")).count();
    assert_eq!((kinds("log.begun"), kinds("stream.changed"), kinds("queue.observed")), (1, 2, 600));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recorder_with_other_facts_stops_and_says_so_and_the_rest_goes_on() {
    let Some(cluster) = Cluster::up(PROGRAM, AREA) else { return };
    let door = cluster.feeds(AREA);
    let newest = record(&door, &[waiting("a", 1), waiting("b", 2)]).await;
    cluster.level(newest).await;
    // One journal goes on by itself, as after somebody restored it.
    cluster.act("stop", "recorder-2");
    let data = cluster.data("recorder-2");
    let (aside, text) =
        (cluster.directory().join("aside"), |path: &std::path::Path| path.display().to_string());
    Said::by(PROGRAM, &["journal", "backup", &text(&data), &text(&aside)]).with_code(0);
    std::fs::remove_dir_all(&data).expect("removed");
    Said::by(PROGRAM, &["journal", "restore", &text(&aside), &text(&data)]).with_code(0);
    let newest = record(&door, &[waiting("c", 3)]).await;
    cluster.act("start", "recorder-2");
    says(&cluster, "recorder-2", "journal", "other facts than the other recorders'").await;
    let last = record(&door, &[waiting("d", 4)]).await;
    assert!(last > newest);
    let board = cluster.gateway(1, AREA).board_from("situation", last).await;
    assert_eq!(board["stations"]["sipoo-sote"]["lanes"]["kiire"]["waiting"], 4);

    // What it says to do: an empty directory, which it fills from the others.
    cluster.act("stop", "recorder-2");
    std::fs::remove_dir_all(&data).expect("removed");
    cluster.act("start", "recorder-2");
    cluster.ready("recorder-2").await;
    cluster.level(last).await;
    assert_eq!(facts_of_all(&cluster).iter().filter(|fact| fact.get("subject").is_some()).count(), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn recorders_that_all_start_again_on_a_quiet_evening_go_on() {
    let Some(cluster) = Cluster::up(PROGRAM, AREA) else { return };
    let newest = record(&cluster.feeds(AREA), &[waiting("a", 1)]).await;
    cluster.level(newest).await;
    for _ in 0..2 {
        // What they say to each other makes no facts; what lies before the last fact is trimmed meanwhile.
        tokio::time::sleep(TRIMMED).await;
        for name in super::RECORDERS {
            cluster.act("stop", name);
        }
        for name in super::RECORDERS {
            cluster.act("start", name);
        }
        for name in super::RECORDERS {
            cluster.ready(name).await;
        }
    }
    let last = record(&cluster.feeds(AREA), &[waiting("b", 2)]).await;
    cluster.level(last).await;
    assert_eq!(facts_of_all(&cluster).iter().filter(|fact| fact.get("subject").is_some()).count(), 2);
}
