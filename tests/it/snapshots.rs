//! A start from a snapshot and the tail is a start from the whole journal, only quicker; and a snapshot that
//! is no good keeps nobody from starting.

use std::path::PathBuf;

use acceptance::door::Door;
use acceptance::events::{event, now};
use acceptance::server::{Plan, Server};
use acceptance::tree::copy;
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::PROGRAM;

const AREA: &str = "itauusimaa";
const STATIONS: [&str; 2] = ["sipoo-sote", "askola-sote"];

/// Snapshots often enough that a test sees several.
fn plan(every: u64) -> Plan {
    let every = every.to_string();
    Plan::area(PROGRAM, AREA)
        .with("TILANNE_RECORDER__SNAPSHOT_FACTS", &every)
        .with("TILANNE_PROJECTOR__SNAPSHOT_FACTS", &every)
}

/// An hour of visits, counts, staff and corrections.
fn events() -> Vec<Value> {
    let begin = now() - SignedDuration::from_hours(1);
    let mut events = Vec::new();
    for number in 0..120_i64 {
        let station = STATIONS[usize::try_from(number % 2).expect("0 or 1")];
        let mut tell = |kind: &str, after: i64, data: Value| {
            let time = begin + SignedDuration::from_secs(number * 25 + after);
            events.push(event(&format!("{number}-{kind}"), "/feeds/test", station, kind, time, &data));
        };
        let ticket = format!("t-{number}");
        tell("queue.joined", 0, json!({"lane": "kiire", "ticket": ticket}));
        tell("queue.observed", 1, json!({"lane": "kiire", "waiting": number % 7}));
        tell("staffing.observed", 2, json!({"role": "laakari", "on_duty": number % 4}));
        tell("capacity.observed", 3, json!({"resource": "room", "total": 9, "occupied": number % 9}));
        if number % 3 == 0 {
            tell("queue.left", 20, json!({"ticket": ticket}));
        }
        if number % 10 == 0 {
            tell(
                "queue.corrected",
                30,
                json!({"ticket": ticket, "corrects": format!("{number}-queue.joined"), "void": true}),
            );
        }
    }
    events
}

const VIEWS: [&str; 5] = ["situation", "evening", "weekend", "station:sipoo-sote", "station:askola-sote"];

/// Holds the boards of now, which came from a snapshot, against what the journal alone says they were.
async fn check_against_the_journal(door: &Door) {
    for view in VIEWS {
        let now = door.board(view, "").await;
        let folded = door.board(view, &format!("sequence={}", now["sequence"])).await;
        for member in ["hash", "revision", "epoch"] {
            assert_eq!(now[member], folded[member], "{member} of {view}");
        }
    }
}

/// The stations as they were at moments of the hour that the events tell of.
async fn past(door: &Door, events: &[Value]) -> Vec<Value> {
    let mut past = Vec::new();
    for event in events.iter().step_by(events.len() / 9) {
        let at = event["time"].as_str().expect("a time");
        past.push(door.board("situation", &format!("at={at}")).await["stations"].take());
    }
    assert!(past.windows(2).all(|two| two[0] != two[1]), "the moments differ, so that they say something");
    past
}

fn snapshots(server: &Server, service: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(server.data().join("snapshots")).expect("the snapshots");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("a file").path()).collect();
    paths.retain(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(service)));
    paths.sort();
    paths
}

/// Facts that the last start had from snapshots and from the journal, of a service.
async fn start(server: &Server, service: &str) -> (u64, u64) {
    let mut facts = [0; 2];
    for (from, count) in ["snapshot", "journal"].into_iter().zip(&mut facts) {
        let text = server.metric(&format!("tilanne_{service}_start_facts{{from=\"{from}\"}}")).await;
        *count = text.to_string().parse().expect("a whole number");
    }
    facts.into()
}

#[tokio::test]
async fn after_a_stop_everything_comes_from_snapshots_and_is_as_it_was() {
    let mut server = Server::start(plan(100)).await;
    let door = server.door(AREA);
    let events = events();
    for body in events.chunks(40) {
        door.record(body).await;
    }
    door.settled().await;
    let (ended, took) = server.interrupt().await;
    assert!(ended.success() && took.as_secs() < 5, "{ended} after {took:?}");
    for service in ["recorder", "projector"] {
        let files = snapshots(&server, service);
        assert!((1..=2).contains(&files.len()), "{files:?}");
    }
    server.again().await;
    let newest = door.settled().await;
    for service in ["recorder", "projector"] {
        let (from_snapshot, folded) = start(&server, service).await;
        assert!(from_snapshot > 400 && folded < 10, "{service}: {from_snapshot} and {folded} of {newest}");
        assert_eq!(from_snapshot + folded, newest, "{service}");
    }
    check_against_the_journal(&door).await;
    let from_snapshots = past(&door, &events).await;
    let receipts = door.send(&events).await;
    assert!(receipts.iter().all(|receipt| receipt["status"] == "duplicate"), "what was known is known");
    server.interrupt().await;
    std::fs::remove_dir_all(server.data().join("snapshots")).expect("removed");
    server.again().await;
    door.settled().await;
    assert_eq!(start(&server, "recorder").await.0, 0);
    assert_eq!(past(&door, &events).await, from_snapshots, "as after a start that folds everything");
    let receipts = door.send(&events).await;
    assert!(receipts.iter().all(|receipt| receipt["status"] == "duplicate"));
}

#[tokio::test]
async fn after_a_kill_the_tail_is_folded_onto_the_last_snapshot() {
    let mut server = Server::start(plan(50)).await;
    let door = server.door(AREA);
    let events = events();
    door.record(&events[..200]).await;
    door.settled().await;
    // Taken beside the work, so it may come a little later.
    for service in ["recorder", "projector"] {
        server.metric_from(&format!("tilanne_{service}_snapshot_sequence"), 100.0).await;
    }
    for body in events[200..].chunks(25) {
        door.record(body).await;
    }
    let newest = door.settled().await;
    let before = past(&door, &events).await;
    server.kill();
    server.again().await;
    door.settled().await;
    for service in ["recorder", "projector"] {
        let (from_snapshot, folded) = start(&server, service).await;
        assert!(from_snapshot >= 100, "{service}: {from_snapshot} and {folded} of {newest}");
    }
    check_against_the_journal(&door).await;
    assert_eq!(past(&door, &events).await, before);
    let receipts = door.send(&events).await;
    assert!(receipts.iter().all(|receipt| receipt["status"] == "duplicate"));
}

#[tokio::test]
async fn a_snapshot_that_does_not_verify_is_ignored_aloud() {
    let mut server = Server::start(plan(1_000_000)).await;
    let door = server.door(AREA);
    let events = events();
    door.record(&events[..100]).await;
    door.settled().await;
    server.interrupt().await;
    let earlier = server.scratch("journal-as-it-was");
    copy(&server.data().join("journal"), &earlier);
    server.again().await;
    door.record(&events[100..]).await;
    door.settled().await;
    let before = past(&door, &events).await;

    let other = {
        let mut other = Server::start(plan(1_000_000)).await;
        other.door(AREA).record(&events).await;
        other.door(AREA).settled().await;
        other.interrupt().await;
        other
    };
    for (damage, why) in [
        ("flipped", "checksum"),
        ("cut", "checksum"),
        ("version", "version 99"),
        ("empty", "not a snapshot"),
        ("another journal's", "the journal holds other facts"),
    ] {
        server.interrupt().await;
        for service in ["recorder", "projector"] {
            let files = snapshots(&server, service);
            for file in &files {
                let mut bytes = std::fs::read(file).expect("a file");
                match damage {
                    "flipped" => {
                        let middle = bytes.len() / 2;
                        bytes[middle] ^= 1;
                    }
                    "cut" => bytes.truncate(bytes.len() - 1),
                    "version" => bytes[4] = 99,
                    "empty" => bytes.clear(),
                    _ => {
                        bytes =
                            std::fs::read(snapshots(&other, service).last().expect("one")).expect("a file")
                    }
                }
                std::fs::write(file, bytes).expect("written");
            }
        }
        let said_before = server.log().len();
        server.again().await;
        door.settled().await;
        let log = server.log()[said_before..].to_owned();
        for service in ["recorder", "projector"] {
            assert_eq!(start(&server, service).await.0, 0, "{damage}: the {service} believed it");
            let newest = snapshots(&server, service).last().expect("one").display().to_string();
            let aloud = log
                .lines()
                .any(|line| line.contains("is ignored") && line.contains(&newest) && line.contains(why));
            assert!(aloud, "{damage}: not a word of {newest} and {why:?} in:\n{log}");
        }
        assert_eq!(past(&door, &events).await, before, "{damage}");
    }

    // A journal that was put back: it ends before the snapshot does.
    server.interrupt().await;
    std::fs::remove_dir_all(server.data().join("journal")).expect("removed");
    copy(&earlier, &server.data().join("journal"));
    server.again().await;
    let log = server.log();
    assert!(log.contains("the journal ends at fact"), "{log}");
    assert_eq!(door.record(&events[100..]).await, door.settled().await, "and it goes on");
}
