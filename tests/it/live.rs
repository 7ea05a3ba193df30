//! Live boards: every change is pushed, and what was pushed can be asked for again.

mod past;

use std::time::{Duration, Instant};

use acceptance::canonical::board_hash;
use acceptance::events::{event, now};
use acceptance::server::{Plan, Server};
use acceptance::wire::Wire;
use serde_json::{Value, json};

use crate::PROGRAM;

const AREA: &str = "itauusimaa";

/// Sipoo tells how many wait.
fn waiting(id: &str, count: u64) -> Value {
    let data = json!({"lane": "kiire", "waiting": count});
    event(id, "/feeds/sipoo", "sipoo-sote", "queue.observed", now(), &data)
}

#[tokio::test]
async fn deltas_make_a_whole_chain_with_true_hashes() {
    let server = Server::start(Plan::area(PROGRAM, AREA)).await;
    let door = server.door(AREA);
    let (mut wire, hello) = Wire::open(&server.public, AREA).await;
    assert!(hello["heartbeat_ms"] == 5_000 && hello["limits"].is_object(), "{hello}");
    assert!(hello["server_time"].is_string(), "{hello}");
    wire.follow("situation").await;
    let (mut station, _) = Wire::open(&server.public, AREA).await;
    station.follow("station:sipoo-sote").await;

    let mut pushed = Vec::new();
    for count in 0..30 {
        let begun = Instant::now();
        // Many fall into one second, in which the order of their ids decides.
        let sequence = door.record(&[waiting(&format!("w{count:02}"), count)]).await;
        let deltas = wire.follow_to(sequence).await;
        assert!(begun.elapsed() < Duration::from_secs(2), "a push takes {:?}", begun.elapsed());
        let last = deltas.last().expect("a change");
        assert!(last["event_time"].is_string() && last["received_time"].is_string(), "{last}");
        assert_eq!(wire.board["stations"]["sipoo-sote"]["lanes"]["kiire"]["waiting"], count);
        pushed.push((sequence, wire.board["hash"].clone()));
    }
    station.follow_to(pushed.last().expect("pushes").0).await;
    assert_eq!(station.board["stations"]["sipoo-sote"], wire.board["stations"]["sipoo-sote"]);

    for (sequence, hash) in &pushed {
        let seen = door.board("situation", &format!("sequence={sequence}")).await;
        assert_eq!(&seen["hash"], hash, "what was pushed at {sequence} is what is shown of it");
        assert_eq!(*hash, board_hash(&seen).as_str());
    }
    let heartbeat = wire.frame("heartbeat").await;
    let boards = heartbeat["boards"].as_array().expect("boards");
    let stand = boards.iter().find(|stand| stand["view"] == "situation").expect("the view followed");
    assert_eq!((&stand["revision"], &stand["hash"]), (&wire.board["revision"], &wire.board["hash"]));
    assert!(heartbeat["server_time"].is_string());
    eprintln!("live: {} pushes, each hash as computed and as asked for by sequence", pushed.len());
}

#[tokio::test]
async fn a_client_resumes_where_it_was_or_is_told_to_start_over() {
    let mut server = Server::start(Plan::area(PROGRAM, AREA)).await;
    let door = server.door(AREA);
    let (mut first, _) = Wire::open(&server.public, AREA).await;
    first.follow("situation").await;
    let sequence = door.record(&[waiting("before", 1)]).await;
    first.follow_to(sequence).await;
    let (position, board) = (first.position(), first.board.clone());
    drop(first);

    let sequence = door.record(&[waiting("meanwhile", 2)]).await;
    door.board_from("situation", sequence).await;
    let (mut second, _) = Wire::open(&server.public, AREA).await;
    second.board = board;
    second.subscribe("situation", Some(position.clone())).await;
    let resumed = second.frame("resumed").await;
    assert_eq!(resumed["from"], position["revision"]);
    second.follow_to(sequence).await;
    assert_eq!(second.board["hash"], door.board("situation", "").await["hash"]);
    second.frame("live").await;

    for (member, value, reason) in [
        ("epoch", json!("0000000000000000"), "epoch_changed"),
        ("hash", json!("0".repeat(64)), "hash_mismatch"),
        ("revision", json!(1_000_000), "ahead"),
    ] {
        let mut wrong = second.position();
        wrong[member] = value;
        let (mut third, _) = Wire::open(&server.public, AREA).await;
        third.subscribe("situation", Some(wrong)).await;
        third.start_over(reason).await;
        assert_eq!(third.board["hash"], second.board["hash"]);
    }

    let goodbye = second.position();
    server.interrupt().await;
    assert_eq!(second.frame("bye").await["kind"], "bye");
    server.again().await;
    let (mut after, _) = Wire::open(&server.public, AREA).await;
    after.board = second.board.clone();
    after.subscribe("situation", Some(goodbye)).await;
    let told = after.next_but_heartbeats().await;
    if told["kind"] == "reset" {
        after.board = after.frame("snapshot").await["board"].take();
    }
    after.frame("live").await;
    assert_eq!(after.board["hash"], board_hash(&after.board).as_str());
    assert_eq!(after.board["epoch"], second.board["epoch"], "the same log after a restart");
    assert_eq!(after.board["stations"]["sipoo-sote"]["lanes"]["kiire"]["waiting"], 2);
}

#[tokio::test]
async fn unknown_areas_views_and_messages_are_told_so() {
    let server = Server::start(Plan::area(PROGRAM, AREA)).await;
    let door = server.door(AREA);
    let (mut wire, _) = Wire::open(&server.public, AREA).await;
    wire.subscribe("station:tampere", None).await;
    assert!(wire.frame("error").await["error"].is_string());
    wire.say(&json!({"kind": "dance"})).await;
    assert!(wire.frame("error").await["error"].is_string());
    wire.say(&json!({"kind": "ping"})).await;
    wire.frame("pong").await;
    for path in [
        "/v1/areas/x/boards/situation",
        "/v1/areas/itauusimaa/boards/x",
        "/v1/areas/itauusimaa/boards/station:x",
        "/x",
    ] {
        assert_eq!(door.get(path).await.status, 404, "{path}");
    }
    let board = "/v1/areas/itauusimaa/boards/situation";
    for when in ["at=yesterday", "sequence=-1", "shown=2026", "at=2026-11-26T17:00:00Z&sequence=3", "then=2"]
    {
        assert_eq!(door.get(&format!("{board}?{when}")).await.status, 400, "{when}");
    }
}
