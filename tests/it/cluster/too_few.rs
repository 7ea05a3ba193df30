//! Fewer recorders than a receipt needs, or fewer NATS servers than a majority: everybody says so, in the right words.

use std::time::{Duration, Instant};

use acceptance::cluster::Cluster;
use acceptance::door::{Answer, Door};
use acceptance::events::{event, now};
use acceptance::program::Said;
use acceptance::server::{LOOK, PATIENCE};
use acceptance::wire::Wire;
use serde_json::{Value, json};

use super::RECORDERS;
use crate::PROGRAM;

const AREA: &str = "itauusimaa";
/// Everybody gets an answer within this time, whoever is away: an answer's own five seconds, and a little.
const ANSWERED: Duration = Duration::from_secs(7);

fn waiting(id: &str) -> String {
    let data = json!({"lane": "kiire", "waiting": 3});
    format!("{}\n", event(id, "/feeds/sipoo", "sipoo-sote", "queue.observed", now(), &data))
}

/// Waits until a process says of a check what it should. Answers with how long that took.
async fn says(cluster: &Cluster, name: &str, check: &str, what: &str) -> Duration {
    let (door, begun) = (Door::new(&cluster.admin(name), ""), Instant::now());
    loop {
        let told = door
            .try_get("/readyz")
            .await
            .map_or(Value::Null, |answer| serde_json::from_str(&answer.body).unwrap_or_default());
        if told["checks"][check]["detail"].as_str().is_some_and(|detail| detail.contains(what)) {
            assert_eq!(told["ready"], false, "{told}");
            return begun.elapsed();
        }
        assert!(begun.elapsed() < PATIENCE, "{name} does not say of {check}: {what}; but {told}");
        tokio::time::sleep(LOOK).await;
    }
}

fn check(cluster: &Cluster) -> Said {
    let config = cluster.directory().join("admin.conf").display().to_string();
    Said::by(PROGRAM, &["nats", "check", "--config", &config])
}

/// The next frame of this kind, whatever comes before it.
async fn frame(wire: &mut Wire, kind: &str) -> Value {
    loop {
        let frame = wire.next().await;
        if frame["kind"] == kind {
            return frame;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recorder_that_is_left_alone_says_so_and_so_do_boards_until_another_is_back() {
    let Some(cluster) = Cluster::up(PROGRAM, AREA) else { return };
    cluster.feeds(AREA).insist(&waiting("a")).await;
    let (mut wire, _) = Wire::open(&cluster.boards(1), AREA).await;
    wire.follow("situation").await;
    let sound = check(&cluster).with_code(0);
    assert!(sound.out.starts_with("sound: ") && sound.out.lines().count() == 1, "{sound:?}");

    for name in ["recorder-2", "recorder-3"] {
        cluster.act("kill", name);
    }
    let begun = Instant::now();
    says(&cluster, "recorder-1", "receipts", "1 of the 2 recorders that a receipt needs take events").await;
    let said_after = begun.elapsed();
    assert_eq!(frame(&mut wire, "degraded").await["cause"], "intake_stopped");
    let told_after = begun.elapsed();
    let told = check(&cluster).with_code(2);
    let line = "recorders: 1 of the 2 that a receipt needs take events: recorder 2 is not heard, recorder 3 is not heard";
    assert!(told.out.lines().any(|told| told == line), "{told:?}");
    the_script_says_it_too(&cluster);

    // With none of them left the projectors know why boards are not live, and a gateway passes that on.
    cluster.act("kill", "recorder-1");
    says(&cluster, "gateway-1", "boards", "no recorder is heard: the boards stand still").await;
    let board = format!("/v1/areas/{AREA}/boards/situation");
    let refused = cluster.gateway(1, AREA).get(&board).await;
    assert!(refused.status == 503 && refused.body.contains("no recorder is heard"), "{refused:?}");

    for name in RECORDERS {
        cluster.act("start", name);
    }
    frame(&mut wire, "live").await;
    for name in RECORDERS {
        cluster.ready(name).await;
    }
    cluster.feeds(AREA).insist(&waiting("b")).await;
    check(&cluster).with_code(0);
    eprintln!("one recorder of three left: said after {said_after:.1?}, boards told after {told_after:.1?}");
}

/// `ops/cluster-local status` has words for each process, and nothing is done to what is not there.
fn the_script_says_it_too(cluster: &Cluster) {
    let status = cluster.run(&["status"]);
    let lines = String::from_utf8_lossy(&status.stdout).into_owned();
    let line = |name: &str| {
        let found = lines.lines().find(|line| line.starts_with(name)).unwrap_or_default();
        found.split_whitespace().skip(2).collect::<Vec<_>>().join(" ")
    };
    assert!(line("recorder-1").starts_with("NOT ready: receipts: 1 of the 2 recorders"), "{lines}");
    assert_eq!(line("recorder-2"), "does not run", "{lines}");
    assert_eq!((line("nats-1"), line("queue-1")), ("ready".to_owned(), "ready".to_owned()), "{lines}");
    for action in ["stop", "kill"] {
        let done = cluster.run(&[action, "recorder-2"]);
        let said = String::from_utf8_lossy(&done.stderr).into_owned();
        assert_eq!((done.status.code(), said.trim()), (Some(1), "recorder-2 does not run"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_majority_of_nats_servers_is_named_and_nobody_waits_for_an_answer() {
    let Some(cluster) = Cluster::up(PROGRAM, AREA) else { return };
    let feeds = cluster.feeds(AREA);
    feeds.insist(&waiting("a")).await;
    cluster.act("kill", "nats-3");
    let begun = Instant::now();
    while !check(&cluster).with_code(2).out.contains("2 of 3 copies are current; not heard: nats-3") {
        assert!(begun.elapsed() < PATIENCE, "{:?}", check(&cluster));
    }
    // One of three is missing, and events are taken as before.
    feeds.insist(&waiting("b")).await;

    cluster.act("kill", "nats-2");
    let begun = Instant::now();
    for name in RECORDERS {
        says(&cluster, name, "intake", "no majority or no leader").await;
    }
    let said_after = begun.elapsed();
    let door = door_says(&feeds, "the intake stream takes nothing at the moment").await;
    assert_eq!(door.status, 503);
    let told = check(&cluster).with_code(2);
    assert!(told.out.contains("TILANNE_INTAKE_itauusimaa: ") && !told.out.contains("sound"), "{told:?}");
    assert!(
        told.out.contains("start those that are missing") || told.out.contains("start the NATS"),
        "{told:?}"
    );

    cluster.act("kill", "nats-1");
    door_says(&feeds, "no NATS server is reached").await;
    for path in ["/v1/areas", "/v1/areas/itauusimaa/facts", "/v1/areas/itauusimaa/boards/evening"] {
        let begun = Instant::now();
        let answer = cluster.gateway(1, AREA).get(path).await;
        assert_eq!(answer.status, 503, "{path}: {answer:?}");
        assert!(begun.elapsed() < ANSWERED, "{path} took {:?}", begun.elapsed());
    }
    for name in ["nats-1", "nats-2", "nats-3"] {
        cluster.act("start", name);
    }
    for name in RECORDERS.into_iter().chain(["gateway-1", "gateway-2"]) {
        cluster.ready(name).await;
    }
    feeds.insist(&waiting("c")).await;
    eprintln!("two of three NATS servers lost: every recorder has said so after {said_after:.1?}");
}

/// Sends events until one is refused in these words.
async fn door_says(door: &Door, what: &str) -> Answer {
    let begun = Instant::now();
    for number in 0.. {
        let answer =
            door.post("application/x-ndjson", waiting(&format!("{what} {number}").replace(' ', "-"))).await;
        let answer = answer.expect("an answer");
        if answer.body.contains(what) {
            return answer;
        }
        assert!(begun.elapsed() < PATIENCE, "the door does not say: {what}; but {answer:?}");
    }
    unreachable!("there is always another number")
}
