//! Two projectors that draw the same boards: one is followed at a time, and nobody notices which.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "a test may stop"
)]

mod support;

use std::time::Duration;

use gateway::Config;
use proto::live::Cause;
use runtime::health::State;
use serde_json::{Value, json};
use support::{Client, House, Projector, house};

const SWITCHES: &str = "tilanne_gateway_projector_switches_total";
const RELOADS: &str = "tilanne_gateway_board_reloads_total";

fn waiting(count: u64) -> Value {
    json!({"stations": {"porvoo": {"lanes": {"main": {"waiting": count}}}}})
}

/// A gateway that follows the first of two projectors, a client that has the board, and the second.
async fn two(config: Config) -> (House, Client, Projector) {
    let house = house(config).await;
    let second = Projector::named(&house.projector.bus, "2").await;
    second.fold("situation", waiting(1));
    assert_eq!(second.board("situation"), house.projector.board("situation"));
    let mut client = house.client().await;
    client.open("situation").await;
    second.beat("t2").await;
    (house, client, second)
}

/// Until the gateway has left one projector for another and has asked that one for the board.
async fn switched(house: &House, to: &Projector) {
    until(|| house.counter(SWITCHES) == 1 && !to.asked().is_empty()).await;
}

async fn until(mut holds: impl FnMut() -> bool) {
    let patience = async {
        while !holds() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), patience).await.expect("it never came to pass");
}

#[tokio::test]
async fn changes_of_two_projectors_in_other_pieces_never_reach_a_client_twice_or_out_of_order() {
    let (house, mut client, second) = two(Config::default()).await;
    for round in 0..60_u64 {
        let patches: Vec<Value> = (0..3).map(|part| waiting(10 * round + part)).collect();
        let together = second.fold_together("situation", &patches);
        for (part, patch) in (0..).zip(patches) {
            // Before, between and after those of the one that is followed.
            if part == round % 4 {
                second.publish(&together).await;
            }
            house.projector.change("situation", patch).await;
        }
        if round % 4 == 3 {
            second.publish(&together).await;
        }
    }
    // Each delta follows on the one before; anything but a delta would stop this.
    assert!(client.follow_to(181).await <= 180);
    assert_eq!(client.board, house.projector.board("situation"));
    assert_eq!(client.board, second.board("situation"));
    assert_eq!((house.counter(SWITCHES), house.counter(RELOADS)), (0, 0));
    assert!(second.asked().is_empty(), "nobody asks the one that is not followed");
}

#[tokio::test]
async fn a_projector_that_is_gone_is_left_and_an_equal_board_goes_on() {
    let (house, mut client, second) = two(Config::default()).await;
    house.projector.go();
    switched(&house, &second).await;
    // What the one before still says is not heard any more.
    house.projector.change("situation", waiting(666)).await;
    second.change("situation", waiting(2)).await;
    assert_eq!(client.follow_to(2).await, 1, "one delta, no reset, and no word of degraded boards");
    assert_eq!(client.board, second.board("situation"));
    second.beat("t3").await;
    let heartbeat = client.frame("heartbeat").await;
    assert_eq!(
        (&heartbeat["server_time"], &heartbeat["boards"][0]["hash"]),
        (&json!("t3"), &client.board["hash"])
    );
    house.projector.beat("t4").await;
    second.beat("t5").await;
    assert_eq!(client.frame("heartbeat").await["server_time"], "t5");
}

#[tokio::test]
async fn a_projector_that_hangs_is_left_before_its_heartbeat_is_missed() {
    let (house, mut client, second) = two(Config::default()).await;
    house.projector.hang();
    second.fold("situation", waiting(2));
    let (status, _, body) = house.get("/v1/areas").await;
    assert_eq!(status, 200, "the other is asked: {body}");
    switched(&house, &second).await;
    assert_eq!(client.follow_to(2).await, 1, "what was missed meanwhile is one delta, and no reset");
    second.change("situation", waiting(3)).await;
    client.follow_to(3).await;
    assert_eq!(client.board, second.board("situation"));
    assert_eq!(house.get("/v1/areas/uusimaa/boards/situation?sequence=1").await.0, 200);
}

#[tokio::test]
async fn a_missing_heartbeat_is_told_only_when_nobody_else_is_heard() {
    let config = Config { heartbeat_ms: 300, silent_after_ms: 1_200, ..Config::default() };
    let (house, mut client, second) = two(config).await;
    until(|| house.health.readiness().ready).await;
    // It still answers, but its heart is not heard.
    for beat in 0..200 {
        second.beat(&format!("t{beat}")).await;
        tokio::time::sleep(Duration::from_millis(20)).await;
        if house.counter(SWITCHES) == 1 {
            break;
        }
    }
    second.beat("followed").await;
    loop {
        let heartbeat = client.frame("heartbeat").await;
        if heartbeat["server_time"] == "followed" {
            break;
        }
    }
    assert_eq!(client.frame("degraded").await["cause"], "projector_silent");
    until(|| house.health.readiness().checks["boards"].state == State::Failed).await;
    let checks = house.health.readiness().checks;
    assert!(checks["boards"].detail.contains("no projector is heard"), "{checks:?}");
    house.projector.beat("again").await;
    assert_eq!(client.frame("heartbeat").await["server_time"], "again");
    assert_eq!(client.frame("live").await, json!({"kind": "live"}));
    assert!(house.health.readiness().ready);
}

#[tokio::test]
async fn a_projector_that_is_there_and_has_no_live_boards_says_why() {
    let house = support::house(Config { heartbeat_ms: 300, silent_after_ms: 700, ..Config::default() }).await;
    let mut client = house.client().await;
    client.open("situation").await;
    until(|| house.health.readiness().ready).await;
    let (projector, why) = (house.projector.clone(), "no recorder is heard: the boards stand still");
    let saying = tokio::spawn(async move {
        loop {
            projector.withhold(why, Some(Cause::IntakeStopped)).await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    assert_eq!(client.frame("degraded").await["cause"], "intake_stopped");
    until(|| house.health.readiness().checks["boards"].detail.contains(why)).await;
    assert_eq!(house.health.readiness().checks["boards"].state, State::Failed);
    let (status, _, body) = house.get("/v1/areas/uusimaa/boards/situation").await;
    assert!(status == 503 && body.contains(why), "{status} {body}");
    // Once it is gone as well, nobody knows why.
    saying.abort();
    assert_eq!(client.frame("degraded").await["cause"], "projector_silent");
    house.projector.beat("t9").await;
    assert_eq!(client.frame("heartbeat").await["server_time"], "t9");
    assert_eq!(client.frame("live").await, json!({"kind": "live"}));
}

#[tokio::test]
async fn a_question_that_no_projector_answers_is_given_up_in_its_time() {
    let answer = Duration::from_millis(600);
    let config = Config { answer_ms: 600, ..Config::default() };
    let (house, _client, second) = two(config).await;
    house.projector.hang();
    second.hang();
    let board = "/v1/areas/uusimaa/boards";
    for path in [
        "/v1/areas".to_owned(),
        format!("{board}/evening"),
        format!("{board}/situation?at=2026-11-26T17:00:00Z"),
        format!("{board}/situation?sequence=1"),
        "/v1/areas/uusimaa/facts".to_owned(),
    ] {
        let begun = std::time::Instant::now();
        let (status, _, body) = house.get(&path).await;
        assert_eq!(status, 503, "{path}: {body}");
        assert!(begun.elapsed() < answer + answer / 2, "{path} took {:?}", begun.elapsed());
    }
}

#[tokio::test]
async fn a_degraded_projector_is_left_for_one_that_is_not() {
    let (house, mut client, second) = two(Config::default()).await;
    house.projector.beat_with("t3", Some(Cause::JournalReadOnly)).await;
    assert_eq!(client.frame("heartbeat").await["server_time"], "t3");
    assert_eq!(client.frame("degraded").await["cause"], "journal_read_only", "so far as anybody knows");
    switched(&house, &second).await;
    assert_eq!(client.frame("live").await, json!({"kind": "live"}), "as the other's last heartbeat told");
    second.beat("t4").await;
    assert_eq!(client.frame("heartbeat").await["server_time"], "t4");
    second.beat_with("t5", Some(Cause::IntakeStopped)).await;
    assert_eq!(client.frame("heartbeat").await["server_time"], "t5");
    assert_eq!(client.frame("degraded").await["cause"], "intake_stopped", "there is nobody better");
}

#[tokio::test]
async fn a_board_does_not_go_back_while_the_next_projector_is_on_its_way_there() {
    let (house, mut client, second) = two(Config::default()).await;
    house.projector.change("situation", waiting(2)).await;
    client.follow_to(2).await;
    house.projector.go();
    switched(&house, &second).await;
    // It was asked while it stood at 1, which people have seen the end of.
    second.change("situation", waiting(2)).await;
    let questions = second.asked().len();
    until(|| second.asked().len() > questions).await;
    second.change("situation", waiting(3)).await;
    assert_eq!(client.follow_to(3).await, 1);
    assert_eq!(client.board, second.board("situation"));
}

#[tokio::test]
async fn a_projector_that_draws_something_else_is_followed_only_after_a_reset() {
    let (house, mut client, second) = two(Config::default()).await;
    house.projector.change("situation", waiting(2)).await;
    client.follow_to(2).await;
    second.fold("situation", waiting(7));
    house.projector.go();
    assert_eq!(client.frame("reset").await["reason"], "hash_mismatch");
    client.snapshot().await;
    assert_eq!(client.board, second.board("situation"));
}

#[tokio::test]
async fn a_gateway_that_nobody_has_spoken_to_waits() {
    let bus = bus::Bus::in_process();
    let registry = prometheus::Registry::new();
    let (_routes, gateway) =
        gateway::Gateway::new(Config::default(), bus.clone(), support::AREA, &registry).unwrap();
    let health = runtime::health::Health::new();
    let _running = tokio::spawn(gateway.checked(health.check("boards")).run(Default::default()));
    assert_eq!(health.readiness().checks["boards"].state, State::Starting);
    let late = Projector::start(&bus).await;
    let said = async {
        while !health.readiness().ready {
            late.beat("t1").await;
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), said).await.expect("it is ready when a projector is heard");
}
