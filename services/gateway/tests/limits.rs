//! What the door refuses, and how it says so.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "a test may stop"
)]

mod support;

use futures_util::SinkExt;
use gateway::Config;
use serde_json::{Value, json};
use support::{AREA, Client, house};
use tokio_tungstenite::tungstenite::{Error, Message};

fn status(result: Result<Client, Error>) -> u16 {
    match result {
        Err(Error::Http(response)) => response.status().as_u16(),
        Err(other) => panic!("no answer but {other}"),
        Ok(_) => 101,
    }
}

#[tokio::test]
async fn only_our_own_page_may_open_live_boards() {
    let house = house(Config { origins: vec!["https://wall.example.fi".into()], ..Config::default() }).await;
    let own = format!("http://{}", house.address);
    for (origin, expected) in
        [(own.as_str(), 101), ("https://wall.example.fi", 101), ("https://evil.example", 403), ("null", 403)]
    {
        assert_eq!(
            status(Client::connect(&house.address, &[("origin", origin)]).await),
            expected,
            "{origin}"
        );
    }
}

#[tokio::test]
async fn no_more_connections_than_seats() {
    let house = house(Config { connections: 2, ..Config::default() }).await;
    let first = house.client().await;
    let _second = house.client().await;
    assert_eq!(status(Client::connect(&house.address, &[]).await), 503);
    drop(first);
    while status(Client::connect(&house.address, &[]).await) == 503 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn rubbish_gets_an_error_and_the_connection_lives_on() {
    let house = house(Config::default()).await;
    let mut client = house.client().await;
    let table = [
        "",
        "rubbish",
        "[]",
        "null",
        "{}",
        "{\"kind\":7}",
        "{\"kind\":\"dance\"}",
        "{\"kind\":\"subscribe\"}",
        "{\"kind\":\"subscribe\",\"area\":\"uusimaa\",\"view\":[]}",
        "{\"kind\":\"subscribe\",\"area\":\"uusimaa\",\"view\":\"situation\",\"resume\":{\"epoch\":\"e1\"}}",
        "{\"kind\":\"subscribe\",\"area\":\"uusimaa\",\"view\":\"situation\",\"resume\":{\"epoch\":\"e1\",\"revision\":-1,\"hash\":\"\"}}",
        "{\"kind\":\"subscribe\",\"area\":\"elsewhere\",\"view\":\"situation\"}",
        "{\"kind\":\"subscribe\",\"area\":\"uusimaa\",\"view\":\"nowhere\"}",
        "{\"kind\":\"subscribe\",\"area\":\"uusimaa\",\"view\":\"station:\\u0000.*>\"}",
        "{\"kind\":\"unsubscribe\",\"area\":\"uusimaa\",\"view\":\"situation\"}",
    ];
    let deep = format!("{}{}", "[".repeat(8000), "]".repeat(8000));
    for message in table.into_iter().chain([deep.as_str()]) {
        client.socket.send(Message::text(message)).await.unwrap();
        let error = client.frame("error").await;
        assert!(error["error"].as_str().is_some_and(|text| !text.is_empty()), "{message:.80}");
    }
    client.send(json!({"kind": "refresh", "token": "x"})).await;
    client.send(json!({"kind": "ping"})).await;
    client.frame("pong").await;
    client.open("situation").await;
}

#[tokio::test]
async fn messages_over_the_limits_end_the_connection_with_a_code() {
    let house = house(Config { messages_per_minute: 5, message_bytes: 1024, ..Config::default() }).await;
    let mut binary = house.client().await;
    binary.socket.send(Message::binary(vec![1, 2, 3])).await.unwrap();
    assert_eq!(u16::from(binary.closed().await.unwrap().code), 1003);

    let mut large = house.client().await;
    large.socket.send(Message::text("x".repeat(2000))).await.unwrap();
    assert_eq!(u16::from(large.closed().await.unwrap().code), 1009);

    let mut chatty = house.client().await;
    for _ in 0..5 {
        chatty.send(json!({"kind": "ping"})).await;
        chatty.frame("pong").await;
    }
    chatty.send(json!({"kind": "ping"})).await;
    assert_eq!(u16::from(chatty.closed().await.unwrap().code), 4013);
}

/// A patch that no socket buffer swallows many of.
fn large(count: u64) -> Value {
    json!({"count": count, "filling": "x".repeat(400_000)})
}

#[tokio::test]
async fn a_stalled_client_gets_one_merged_delta_when_it_listens_again() {
    let house =
        house(Config { send_timeout_ms: 60_000, silent_after_ms: 600_000, ..Config::default() }).await;
    let mut client = house.client().await;
    client.open("situation").await;
    let mut other = house.client().await;
    other.open("situation").await;
    // Nobody reads `client`'s socket: it fills up and then its task waits, while `other` keeps pace.
    for count in 2..=40 {
        house.projector.change("situation", large(count)).await;
        other.follow_to(count).await;
    }
    let taken = client.follow_to(40).await;
    assert!(taken < 39, "{taken} deltas for 39 changes");
    assert_eq!(client.board, house.projector.board("situation"));
}

#[tokio::test]
async fn a_client_stalled_beyond_the_ring_is_reset() {
    let house =
        house(Config { send_timeout_ms: 60_000, silent_after_ms: 600_000, ring: 4, ..Config::default() })
            .await;
    let mut client = house.client().await;
    client.open("situation").await;
    let mut other = house.client().await;
    other.open("situation").await;
    for count in 2..=40 {
        house.projector.change("situation", large(count)).await;
        other.follow_to(count).await;
    }
    loop {
        let frame = client.next().await;
        if frame["kind"] == "reset" {
            assert_eq!(frame["reason"], "too_old");
            break;
        }
        assert_eq!(frame["prev"], client.board["revision"]);
        client.board = support::patched(&client.board, &frame["patch"]);
    }
    client.snapshot().await;
    assert_eq!(client.board, house.projector.board("situation"));
}

#[tokio::test]
async fn a_socket_that_takes_nothing_is_given_up() {
    let house = house(Config { send_timeout_ms: 300, ..Config::default() }).await;
    let mut client = house.client().await;
    client.open("situation").await;
    let mut count = 1;
    while house.counter("tilanne_gateway_closed_total") == 0 {
        count += 1;
        house.projector.change("situation", large(count)).await;
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        assert!(count < 5_000, "the client was never given up");
    }
    let families = house.registry.gather();
    let closed = families.iter().find(|family| family.name() == "tilanne_gateway_closed_total").unwrap();
    assert_eq!(closed.get_metric()[0].get_label()[0].value(), "4008");
    client.closed().await;
}

#[tokio::test]
async fn a_client_that_never_pongs_is_given_up() {
    let house = house(Config { ping_ms: 50, pong_timeout_ms: 200, ..Config::default() }).await;
    let client = house.client().await;
    // A client library answers pings only when it is polled: this one is not.
    while house.counter("tilanne_gateway_closed_total") == 0 {
        tokio::task::yield_now().await;
    }
    drop(client);
}

#[tokio::test]
async fn the_area_in_a_subscription_must_be_ours() {
    let house = house(Config::default()).await;
    let mut client = house.client().await;
    client.send(json!({"kind": "subscribe", "area": "x", "view": "situation"})).await;
    let error = client.frame("error").await;
    assert!(error["error"].as_str().unwrap().contains("/v1/areas"), "{error}");
    assert_eq!(error["area"], AREA);
}
