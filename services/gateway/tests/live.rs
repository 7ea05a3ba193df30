//! What a client of `/v1/live` can rely on.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "a test may stop"
)]

mod support;

use bus::{Bus, Limits};
use gateway::Config;
use proto::live::Cause;
use serde_json::{Value, json};
use support::{AREA, Client, house, house_on};

fn waiting(count: u64) -> Value {
    json!({"stations": {"porvoo": {"lanes": {"main": {"waiting": count}}}}})
}

#[tokio::test]
async fn a_client_gets_the_board_and_then_an_unbroken_chain_of_deltas() {
    let house = house(Config::default()).await;
    let mut client = house.client().await;
    assert_eq!(client.hello["server_time"], "2026-11-26T17:00:00+02:00");
    assert_eq!(client.hello["heartbeat_ms"], 5000);
    let live = client.open("situation").await;
    assert_eq!((&live["view"], &live["revision"]), (&json!("situation"), &json!(1)));
    assert_eq!(client.board, house.projector.board("situation"));
    for count in 2..30 {
        house.projector.change("situation", waiting(count)).await;
    }
    client.follow_to(29).await;
    assert_eq!(client.board, house.projector.board("situation"));
    let delta = {
        house.projector.change("situation", json!({"stations": {"porvoo": null}})).await;
        client.frame("delta").await
    };
    assert_eq!((&delta["area"], &delta["view"]), (&json!(AREA), &json!("situation")));
    assert_eq!(
        (&delta["prev"], &delta["revision"], &delta["sequence"]),
        (&json!(29), &json!(30), &json!(30))
    );
    assert_eq!(delta["patch"]["stations"], json!({"porvoo": null}));
    assert!(delta["event_time"].is_string() && delta["received_time"].is_string());
}

#[tokio::test]
async fn a_client_that_comes_back_goes_on_where_it_was() {
    let house = house(Config::default()).await;
    let mut client = house.client().await;
    client.open("situation").await;
    let (position, board) = (client.position(), client.board.clone());
    drop(client);
    for count in 2..8 {
        house.projector.change("situation", waiting(count)).await;
    }
    let mut client = house.client().await;
    client.board = board;
    client.subscribe("situation", Some(position)).await;
    let resumed = client.frame("resumed").await;
    assert_eq!((&resumed["from"], &resumed["to"]), (&json!(1), &json!(7)));
    client.follow_to(7).await;
    assert_eq!(client.frame("live").await["revision"], 7);
    assert_eq!(client.board, house.projector.board("situation"));
}

#[tokio::test]
async fn a_position_that_cannot_be_served_is_reset_with_its_reason() {
    let house = house(Config { ring: 3, ..Config::default() }).await;
    let mut client = house.client().await;
    client.open("situation").await;
    let first = client.position();
    for count in 2..8 {
        house.projector.change("situation", waiting(count)).await;
        client.follow_to(count).await;
    }
    let good = client.position();
    let with = |name: &str, value: Value| {
        let mut position = good.clone();
        position[name] = value;
        position
    };
    let table = [
        (first, "too_old"),
        (with("epoch", json!("e0")), "epoch_changed"),
        (with("revision", json!(8)), "ahead"),
        (with("hash", json!("0")), "hash_mismatch"),
    ];
    for (position, reason) in table {
        client.subscribe("situation", Some(position)).await;
        assert_eq!(client.frame("reset").await["reason"], reason);
        client.snapshot().await;
        assert_eq!(client.board, house.projector.board("situation"));
        client.frame("live").await;
    }
}

#[tokio::test]
async fn a_lost_change_is_never_papered_over() {
    let house = house(Config::default()).await;
    let mut client = house.client().await;
    client.open("situation").await;
    house.projector.change("situation", waiting(2)).await;
    client.follow_to(2).await;
    house.projector.fold("situation", waiting(3));
    house.projector.change("situation", waiting(4)).await;
    assert_eq!(client.frame("reset").await["reason"], "too_old");
    client.snapshot().await;
    client.frame("live").await;
    house.projector.change("situation", waiting(5)).await;
    client.follow_to(5).await;
    assert_eq!(client.board, house.projector.board("situation"));
}

#[tokio::test]
async fn a_lost_last_change_is_noticed_by_the_heartbeat() {
    let house = house(Config::default()).await;
    let mut client = house.client().await;
    client.open("situation").await;
    house.projector.fold("situation", waiting(9));
    house.projector.beat("t2").await;
    assert_eq!(client.frame("heartbeat").await["boards"][0]["revision"], 2);
    assert_eq!(client.frame("reset").await["reason"], "too_old");
    client.snapshot().await;
    assert_eq!(client.board, house.projector.board("situation"));
}

#[tokio::test]
async fn a_log_that_began_anew_resets_everyone() {
    let house = house(Config::default()).await;
    let mut client = house.client().await;
    client.open("situation").await;
    house.projector.set_epoch("e2");
    house.projector.change("situation", waiting(2)).await;
    assert_eq!(client.frame("reset").await["reason"], "epoch_changed");
    client.snapshot().await;
    assert_eq!(client.board["epoch"], "e2");
}

#[tokio::test]
async fn an_overrun_bus_costs_a_reset_but_no_wrong_board() {
    let house = house_on(Bus::in_process_with(Limits { slots: 4 }), Config::default()).await;
    let mut client = house.client().await;
    client.open("situation").await;
    // On this one thread the hub cannot run between the steps unless the bus yields: far more than four.
    for count in 2..200 {
        house.projector.change("situation", waiting(count)).await;
    }
    house.projector.change("situation", json!({"last": 1})).await;
    while client.board.get("last").is_none() {
        let frame = client.next().await;
        match frame["kind"].as_str().unwrap() {
            "delta" => {
                assert_eq!(frame["prev"], client.board["revision"]);
                client.board = support::patched(&client.board, &frame["patch"]);
            }
            "snapshot" => client.board = frame["board"].clone(),
            "reset" | "live" => {}
            other => panic!("unexpected {other}"),
        }
    }
    assert_eq!(client.board, house.projector.board("situation"));
}

#[tokio::test]
async fn the_heartbeat_is_passed_on_for_what_the_client_follows_and_never_made_up() {
    let house = house(Config { silent_after_ms: 700, ..Config::default() }).await;
    house.projector.fold("evening", json!({"x": 1}));
    let mut client = house.client().await;
    client.open("evening").await;
    house.projector.beat("t2").await;
    let heartbeat = client.frame("heartbeat").await;
    assert_eq!(heartbeat["server_time"], "t2");
    assert_eq!(heartbeat["boards"].as_array().unwrap().len(), 1);
    assert_eq!(heartbeat["boards"][0]["view"], "evening");
    assert_eq!(heartbeat["boards"][0]["hash"], client.board["hash"]);
    // The projector stops: nothing but the news of its silence.
    assert_eq!(client.frame("degraded").await["cause"], "projector_silent");
    let mut late = house.client().await;
    late.frame("degraded").await;
    late.subscribe("evening", None).await;
    late.frame("reset").await;
    late.snapshot().await;
    late.frame("degraded").await;
    house.projector.beat("t3").await;
    for client in [&mut client, &mut late] {
        assert_eq!(client.frame("heartbeat").await["server_time"], "t3");
        assert_eq!(client.frame("live").await, json!({"kind": "live"}));
    }
}

#[tokio::test]
async fn clients_are_told_that_nothing_is_recorded_and_when_that_ends() {
    let house = house(Config::default()).await;
    house.projector.fold("evening", json!({"x": 1}));
    let mut client = house.client().await;
    client.open("evening").await;
    house.projector.beat_with("t2", Some(Cause::JournalReadOnly)).await;
    // The heart beats on: what is shown is known, only nothing new comes.
    assert_eq!(client.frame("heartbeat").await["server_time"], "t2");
    assert_eq!(client.frame("degraded").await["cause"], "journal_read_only");
    let mut late = house.client().await;
    assert_eq!(late.frame("degraded").await["cause"], "journal_read_only");
    late.subscribe("evening", None).await;
    late.frame("reset").await;
    late.snapshot().await;
    assert_eq!(late.frame("degraded").await["cause"], "journal_read_only");
    house.projector.beat("t3").await;
    for client in [&mut client, &mut late] {
        assert_eq!(client.frame("heartbeat").await["server_time"], "t3");
        assert_eq!(client.frame("live").await, json!({"kind": "live"}));
    }
}

#[tokio::test]
async fn a_client_of_two_views_hears_of_both_until_it_leaves_one() {
    let house = house(Config { subscriptions: 2, ..Config::default() }).await;
    house.projector.fold("evening", json!({"x": 1}));
    house.projector.fold("weekend", json!({"x": 1}));
    let mut client = house.client().await;
    client.open("situation").await;
    client.open("evening").await;
    client.subscribe("weekend", None).await;
    assert_eq!(client.frame("error").await["view"], "weekend");
    house.projector.change("situation", waiting(2)).await;
    assert_eq!(client.frame("delta").await["view"], "situation");
    client.send(json!({"kind": "unsubscribe", "area": AREA, "view": "situation"})).await;
    client.open("weekend").await;
    house.projector.change("situation", waiting(3)).await;
    house.projector.change("evening", json!({"x": 2})).await;
    assert_eq!(client.frame("delta").await["view"], "evening");
}

#[tokio::test]
async fn a_view_that_nobody_looks_at_is_forgotten() {
    let house = house(Config { view_idle_ms: 1, ..Config::default() }).await;
    let mut client = house.client().await;
    client.open("situation").await;
    let before = house.projector.asked().len();
    drop(client);
    while house.projector.asked().len() == before {
        // Asking is looking: between two questions the view must have time to be nobody's.
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        assert_eq!(house.get("/v1/areas/uusimaa/boards/situation").await.0, 200);
    }
}

#[tokio::test]
async fn a_drain_says_bye_and_ends() {
    let house = house(Config::default()).await;
    let mut client = house.client().await;
    client.open("situation").await;
    house.drain.cancel();
    let bye = client.frame("bye").await;
    assert_eq!(bye["code"], "restart");
    assert!(bye["retry_after_ms"].is_u64());
    assert_eq!(u16::from(client.closed().await.unwrap().code), 1012);
    house.ended.await.unwrap().unwrap();
    let refused = Client::connect(&house.address, &[]).await;
    assert!(refused.is_err());
}
