//! One command and a newcomer watches live boards; the other commands do as the contract says.

mod commands;
mod journal;

use std::time::Duration;

use acceptance::events::{at, event, now};
use acceptance::outline;
use acceptance::program;
use acceptance::server::{Plan, Server};

use crate::PROGRAM;

const AREA: &str = "itauusimaa";

#[tokio::test]
async fn the_demo_is_live_moves_stops_and_goes_on() {
    let mut server = Server::start(Plan::demo(PROGRAM)).await;
    eprintln!("quickstart: ready after {:?}", server.ready_after);
    assert!(server.ready_after < Duration::from_secs(3), "{:?}", server.ready_after);
    let door = server.door(AREA);
    let areas = door.get("/v1/areas").await.json();
    assert_eq!(areas["areas"][AREA]["id"], AREA);
    for view in ["situation", "evening", "weekend", "station:porvoo-paivystys"] {
        outline::check(&door.board(view, "").await);
    }
    let first = door.board("situation", "").await;
    assert_eq!(first["simulated"], true);
    assert!(outline::members(&first["stations"]).count() >= 8, "eight stations and the county's own units");
    let began = first["revision"].as_u64();
    let moved = tokio::time::timeout(
        Duration::from_secs(15),
        door.board_when("situation", |board| board["revision"].as_u64() > began),
    );
    let moved = moved.await.expect("it moves by itself");
    outline::check(&moved);
    let page = door.get("/").await;
    assert!(page.status == 200 && page.body.contains("<html"), "{}", page.body);

    let (status, after) = server.interrupt().await;
    eprintln!("quickstart: Ctrl-C to the end {after:?}");
    assert_eq!(status.code(), Some(0), "{}", server.log());
    assert!(after < Duration::from_secs(5), "{after:?}");

    server.again().await;
    let resumed =
        door.board_when("situation", |board| board["sequence"].as_u64() > moved["sequence"].as_u64()).await;
    assert_eq!(resumed["epoch"], moved["epoch"], "it is the same log");
    let time = |board: &serde_json::Value| at(board["as_of"].as_str().expect("a time"));
    assert!(time(&resumed) >= time(&moved), "{resumed}");
    let facts = door.facts(0).await;
    let received: Vec<_> =
        facts.iter().map(|fact| at(fact["received_time"].as_str().expect("a time"))).collect();
    assert!(received.is_sorted(), "the log's time does not run back");
    assert!(
        received.last().expect("facts").duration_since(received[0]) < jiff::SignedDuration::from_mins(10)
    );
}

#[tokio::test]
async fn simulated_and_real_facts_never_share_a_directory() {
    let mut simulated = Server::start(Plan::demo(PROGRAM)).await;
    let mut real = Server::start(Plan::area(PROGRAM, AREA)).await;
    let checks = real.checks().await.to_string();
    for check in ["journal", "boards", "listener"] {
        assert!(checks.contains(check), "{checks}");
    }
    simulated.interrupt().await;
    real.interrupt().await;
    let cases = [
        (&simulated, real.data(), "this journal is real"),
        (&real, simulated.data(), "this journal is simulated"),
    ];
    for (server, data, says) in cases {
        let refused = program::Said::within(server.command(&data), Duration::from_secs(20));
        assert!(refused.code == 64 && refused.err.contains(says), "{refused:?}");
    }
}

#[tokio::test]
async fn readyz_goes_on_telling_how_far_the_boards_are() {
    let server = Server::start(Plan::area(PROGRAM, AREA).with("TILANNE_PROJECTOR__HEARTBEAT", "100ms")).await;
    for waiting in 0..3 {
        let data = serde_json::json!({"lane": "kiire", "waiting": waiting});
        let id = format!("told-{waiting}");
        let event = event(&id, "/feeds/sipoo", "sipoo-sote", "queue.observed", now(), &data);
        let newest = server.door(AREA).record(&[event]).await;
        let told = |checks: &serde_json::Value| {
            let detail = checks["checks"]["boards"]["detail"].as_str().unwrap_or_default().to_owned();
            detail.contains(&format!("folded up to fact {newest}"))
        };
        server.checks_when(told).await;
    }
}

#[tokio::test]
async fn watch_prints_whole_boards_as_they_change() {
    use std::io::BufRead;
    let server = Server::start(Plan::demo(PROGRAM)).await;
    let url = format!("http://{}", server.public);
    let mut command = program::command(PROGRAM);
    command.args(["watch", &url, "--view", "situation", "--json"]).stdout(std::process::Stdio::piped());
    let mut watch = command.spawn().expect("the program starts");
    let lines = std::io::BufReader::new(watch.stdout.take().expect("piped")).lines();
    let boards: Vec<serde_json::Value> =
        lines.take(3).map(|line| serde_json::from_str(&line.expect("a line")).expect("JSON")).collect();
    watch.kill().expect("killed");
    watch.wait().expect("reaped");
    for board in &boards {
        outline::check(board);
    }
    assert!(boards.is_sorted_by_key(|board| board["revision"].as_u64()), "{boards:?}");
}

#[tokio::test]
async fn a_feed_of_the_demo_falls_silent_and_returns() {
    // Four minutes a second: the silence of forty minutes that begins at 17:18 lasts ten seconds.
    let server = Server::start(Plan::demo(PROGRAM).with("TILANNE_DEMO__SPEED", "240")).await;
    let door = server.door(AREA);
    let state = |board: &serde_json::Value| {
        board["stations"]["sipoo-sote"]["feeds"]["/feeds/sipoo"]["state"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    };
    for expected in ["fresh", "stale", "lost", "fresh"] {
        let board = door.board_when("situation", |board| state(board) == expected).await;
        outline::check(&board);
        let known = board["stations"]["sipoo-sote"]["lanes"]["kiire"]["waiting"].is_u64();
        assert!(known, "freshness never removes a number: {expected}");
    }
}
