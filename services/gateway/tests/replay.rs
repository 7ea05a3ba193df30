//! What a client that looks back can rely on.

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
use support::{AREA, Client, House, house, patched};

/// When the area's evening begins, and the moments of it.
const BEGINS: &str = "2026-11-26T14:00:00Z";

fn minute(minute: u64) -> String {
    format!("2026-11-26T14:{minute:02}:00Z")
}

fn waiting(count: u64) -> Value {
    json!({"stations": {"porvoo": {"lanes": {"main": {"waiting": count}}}}})
}

/// A house in which something changed every minute from 14:01 to 14:20 UTC, and the area's time is 15:00.
async fn evening(config: Config) -> House {
    let house = house(config).await;
    house.projector.fold_at("evening", waiting(0), BEGINS);
    for count in 1..=20 {
        house.projector.fold_at("evening", waiting(count), &minute(count));
    }
    house
}

fn subscribe(from: &str, to: &str, speed: f64) -> Value {
    json!({"kind": "subscribe", "area": AREA, "view": "evening", "replay": {"from": from, "to": to, "speed": speed}})
}

/// The next frame of the replay, which must say that it is one.
async fn past(client: &mut Client) -> Value {
    let frame = client.next().await;
    assert_eq!(frame["live"], false, "{frame}");
    assert!(frame["moment"].is_string(), "{frame}");
    assert!(!matches!(frame["kind"].as_str().unwrap(), "live" | "heartbeat"), "{frame}");
    frame
}

/// The next frame but for those that only tell how far the replay is.
async fn shown(client: &mut Client) -> Value {
    loop {
        let frame = past(client).await;
        if frame["kind"] != "replaying" {
            return frame;
        }
    }
}

async fn snapshot(client: &mut Client) -> Value {
    let frame = shown(client).await;
    assert_eq!(frame["kind"], "snapshot", "{frame}");
    frame["board"].clone()
}

/// Takes changes, each of which must follow on the board, until the replay ends. Answers with the moments.
async fn to_the_end(client: &mut Client, board: &mut Value) -> Vec<String> {
    let mut moments = Vec::new();
    loop {
        let frame = shown(client).await;
        if frame["kind"] == "replay_ended" {
            return moments;
        }
        assert_eq!((&frame["kind"], &frame["prev"]), (&json!("delta"), &board["revision"]), "{frame}");
        *board = patched(board, &frame["patch"]);
        assert_eq!(frame["hash"], board["hash"]);
        moments.push(frame["moment"].as_str().unwrap().to_owned());
    }
}

#[tokio::test]
async fn a_past_span_is_shown_change_by_change_at_its_speed_and_never_as_live() {
    let house = evening(Config::default()).await;
    let mut client = house.client().await;
    let begun = Instant::now();
    // Ten minutes in a second.
    client.send(subscribe(&minute(3), &minute(13), 600.0)).await;
    let first = past(&mut client).await;
    assert_eq!((&first["kind"], &first["moment"]), (&json!("replaying"), &json!(minute(3))));
    assert_eq!(first["speed"], 600.0);
    let mut board = snapshot(&mut client).await;
    assert_eq!(board["stations"]["porvoo"]["lanes"]["main"]["waiting"], 3);
    // Beats go on, and are not for this client.
    house.projector.beat("t").await;
    let moments = to_the_end(&mut client, &mut board).await;
    assert_eq!(moments, (4..=13).map(minute).collect::<Vec<_>>());
    assert_eq!(board["stations"]["porvoo"]["lanes"]["main"]["waiting"], 13);
    let took = begun.elapsed().as_secs_f64();
    assert!((0.9..5.0).contains(&took), "{took} s for what takes a second");
}

#[tokio::test]
async fn it_halts_goes_on_and_goes_elsewhere_as_it_is_told() {
    let house = evening(Config::default()).await;
    let mut client = house.client().await;
    // A minute a minute: nothing changes by itself while this test runs.
    client.send(subscribe(&minute(3), &minute(18), 1.0)).await;
    snapshot(&mut client).await;
    let order = |kind: &str, more: Value| {
        let mut order = json!({"kind": kind, "area": AREA, "view": "evening"});
        order.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        order
    };
    client.send(order("pause", json!({}))).await;
    let told = past(&mut client).await;
    assert_eq!((&told["kind"], &told["paused"]), (&json!("replaying"), &json!(true)));
    client.send(order("seek", json!({"to": minute(16)}))).await;
    let told = past(&mut client).await;
    assert_eq!((&told["moment"], &told["paused"]), (&json!(minute(16)), &json!(true)));
    let mut board = snapshot(&mut client).await;
    assert_eq!(board["stations"]["porvoo"]["lanes"]["main"]["waiting"], 16);
    client.send(order("resume_replay", json!({"speed": 3600}))).await;
    assert_eq!(past(&mut client).await["speed"], 3600.0);
    assert_eq!(to_the_end(&mut client, &mut board).await, [minute(17), minute(18)]);
    // It is over, and may be gone back into.
    client.send(order("seek", json!({"to": minute(17)}))).await;
    let mut board = snapshot(&mut client).await;
    assert_eq!(to_the_end(&mut client, &mut board).await, [minute(18)]);
    client.send(order("seek", json!({"to": minute(19)}))).await;
    let refused = shown(&mut client).await;
    assert!(refused["error"].as_str().unwrap().contains("seek an earlier moment"), "{refused}");
    client.send(order("unsubscribe", json!({}))).await;
    client.send(order("pause", json!({}))).await;
    let refused = client.frame("error").await;
    assert!(refused["error"].as_str().unwrap().contains("not replayed"), "{refused}");
}

#[tokio::test]
async fn what_cannot_be_replayed_is_refused_with_what_to_do() {
    let house = evening(Config { replays: 1, ..Config::default() }).await;
    let mut client = house.client().await;
    let table = [
        (subscribe(&minute(5), &minute(5), 1.0), "begins before it ends"),
        (subscribe("2026-11-26T15:30:00Z", "2026-11-26T16:00:00Z", 1.0), "begins before it ends"),
        (subscribe(&minute(5), &minute(6), 0.0), "speed is 0.1 to 3600"),
        (subscribe(&minute(5), &minute(6), 1e9), "speed is 0.1 to 3600"),
        (subscribe("yesterday", &minute(6), 1.0), "write RFC 3339"),
    ];
    for (message, says) in table {
        client.send(message).await;
        let refused = client.frame("error").await;
        assert!(refused["error"].as_str().unwrap().contains(says), "{refused}");
    }
    // Of before the log began there is nothing to see.
    client.send(subscribe("2026-11-26T13:00:00Z", &minute(6), 1.0)).await;
    let refused = shown(&mut client).await;
    assert!(refused["error"].as_str().unwrap().contains("no view evening"), "{refused}");
    let stands = |told: &Value| {
        told["kind"] == "replaying" && told["paused"] == true && told["moment"] == "2026-11-26T13:00:00Z"
    };
    let told = past(&mut client).await;
    assert!(stands(&told), "it has not ended, and stands where it was to begin: {told}");
    client.send(json!({"kind": "resume_replay", "area": AREA, "view": "evening"})).await;
    let refused = shown(&mut client).await;
    assert!(
        refused["error"].as_str().unwrap().contains("no view evening"),
        "there is still nothing: {refused}"
    );
    let told = past(&mut client).await;
    assert!(stands(&told), "{told}");
    // That replay waits to be told where to go: its seat is taken until it is left.
    let mut other = house.client().await;
    other.send(subscribe(&minute(5), &minute(6), 1.0)).await;
    assert!(other.frame("error").await["error"].as_str().unwrap().contains("as many replays"));
    drop(client);
    while house.gauge("tilanne_gateway_replays") > 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    other.send(subscribe(&minute(5), &minute(6), 1.0)).await;
    snapshot(&mut other).await;
}

#[tokio::test]
async fn a_view_is_shown_as_it_is_or_as_it_was() {
    let house = evening(Config::default()).await;
    let mut client = house.client().await;
    client.open("evening").await;
    client.send(subscribe(&minute(3), &minute(13), 1.0)).await;
    snapshot(&mut client).await;
    // What happens now is not for this client, which is told of another view that it follows.
    house.projector.change("evening", waiting(99)).await;
    client.subscribe("situation", None).await;
    loop {
        let frame = client.next().await;
        assert!(frame["live"] == false || frame["view"] != "evening", "{frame}");
        if frame["kind"] == "live" {
            break;
        }
    }
    client.open("evening").await;
    assert_eq!(client.board["stations"]["porvoo"]["lanes"]["main"]["waiting"], 99);
}
