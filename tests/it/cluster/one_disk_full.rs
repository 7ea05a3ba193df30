//! The disk of one recorder of three fills up: that one says so, and nobody else notices.

use std::time::Instant;

use acceptance::cluster::Cluster;
use acceptance::door::Door;
use acceptance::events::{event, now};
use acceptance::mount::Mount;
use acceptance::server::{LOOK, PATIENCE};
use acceptance::wire::Wire;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::facts_of_all;
use crate::PROGRAM;

const AREA: &str = "itauusimaa";
/// Events of a body: enough that the room left in the last block of a file is soon used up.
const EVENTS_A_BODY: usize = 20;
/// Bodies after the disk is full.
const BODIES_AFTER: usize = 10;

/// Sends events one body after the other, each observed a moment after the one before.
struct Source {
    door: Door,
    begun: Timestamp,
    sent: i64,
}

impl Source {
    /// Sends a body, of which everything must be recorded. Answers with the last one's place.
    async fn send(&mut self) -> u64 {
        let body: String = (0..EVENTS_A_BODY)
            .map(|_| {
                self.sent += 1;
                let time = self.begun + SignedDuration::from_millis(self.sent);
                let data = json!({"lane": "kiire", "waiting": self.sent % 40});
                let id = format!("full-{}", self.sent);
                format!("{}\n", event(&id, "/feeds/sipoo", "sipoo-sote", "queue.observed", time, &data))
            })
            .collect();
        let receipts = self.door.insist(&body).await;
        receipts.last().expect("a receipt")["position"]["sequence"].as_u64().expect("a sequence")
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_full_disk_of_one_recorder_costs_no_receipt_and_no_live_board() {
    let Some(mount) = Mount::tmpfs() else { return };
    let Some(cluster) = Cluster::up(PROGRAM, AREA) else { return };
    // The second keeps its journal on the small disk. The projectors read from it, once the first was away.
    cluster.act("stop", "recorder-2");
    std::fs::remove_dir_all(cluster.data("recorder-2")).expect("removed");
    let small = mount.directory.join("data");
    std::fs::create_dir(&small).expect("a directory");
    std::os::unix::fs::symlink(small, cluster.data("recorder-2")).expect("a link");
    cluster.act("start", "recorder-2");
    cluster.ready("recorder-2").await;
    let mut source = Source { door: cluster.feeds(AREA), begun: now(), sent: 0 };
    cluster.level(source.send().await).await;
    cluster.act("stop", "recorder-1");
    let newest = source.send().await;
    for gateway in [1, 2] {
        cluster.gateway(gateway, AREA).board_from("situation", newest).await;
    }
    cluster.act("start", "recorder-1");
    cluster.ready("recorder-1").await;
    let mut wires = Vec::new();
    for gateway in [1, 2] {
        cluster.ready(&format!("gateway-{gateway}")).await;
        let (mut wire, _) = Wire::open(&cluster.boards(gateway), AREA).await;
        wire.follow("situation").await;
        wires.push(wire);
    }

    let said_before = log(&cluster).len();
    let filler = mount.fill();
    let begun = Instant::now();
    while cluster.metric("recorder-2", "tilanne_journal_read_only").await != Some(1.0) {
        source.send().await;
        assert!(begun.elapsed() < PATIENCE, "the disk is never full");
    }
    for _ in 0..BODIES_AFTER {
        source.send().await;
    }
    let newest = source.send().await;
    // Only deltas and heartbeats: nobody who looks at a board is told of it.
    for wire in &mut wires {
        wire.follow_to(newest).await;
    }
    let told = readiness(&cluster, "recorder-2").await;
    assert_eq!(told["ready"], false, "{told}");
    let detail = told["checks"]["journal"]["detail"].as_str().expect("a sentence");
    assert!(detail.contains("read-only") && detail.contains("make room on the journal's disk"), "{detail}");
    let log = log(&cluster).split_off(said_before);
    let aloud: Vec<&str> = log.lines().filter(|line| line.contains("ERROR ")).collect();
    assert!(aloud.len() == 1 && aloud[0].contains("the disk is full: nothing is recorded"), "{aloud:#?}");
    for name in
        ["recorder-1", "recorder-3", "projector-1", "projector-2", "gateway-1", "gateway-2", "feeds-1"]
    {
        let told = readiness(&cluster, name).await;
        assert_eq!(told["ready"], true, "{name}: {told}");
    }

    cluster.act("stop", "recorder-2");
    std::fs::remove_file(filler).expect("removed");
    cluster.act("start", "recorder-2");
    cluster.ready("recorder-2").await;
    cluster.level(source.send().await).await;
    let facts = facts_of_all(&cluster);
    let events = facts.iter().filter(|fact| fact.get("subject").is_some()).count();
    assert_eq!(i64::try_from(events), Ok(source.sent));
    eprintln!(
        "one full disk of three: {events} events, each with its receipt and in 3 equal journals; boards stayed live"
    );
}

fn log(cluster: &Cluster) -> String {
    std::fs::read_to_string(cluster.directory().join("recorder-2.log")).expect("a log")
}

/// What a process says of itself.
async fn readiness(cluster: &Cluster, name: &str) -> Value {
    let (door, begun) = (Door::new(&cluster.admin(name), ""), Instant::now());
    loop {
        if let Ok(answer) = door.try_get("/readyz").await {
            return serde_json::from_str(&answer.body).expect("JSON");
        }
        assert!(begun.elapsed() < PATIENCE, "{name} does not answer");
        tokio::time::sleep(LOOK).await;
    }
}
