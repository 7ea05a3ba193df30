//! Boards, facts and the page over plain HTTP.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "a test may stop"
)]

mod support;

use gateway::Config;
use proto::live::Moment;
use serde_json::{Value, json};
use support::{house, start_recorder};

const BOARD: &str = "/v1/areas/uusimaa/boards/situation";

#[tokio::test]
async fn the_newest_board_is_kept_and_past_ones_are_asked_for() {
    let house = house(Config::default()).await;
    house.projector.change("situation", json!({"x": 1})).await;
    house.projector.change("situation", json!({"x": 2})).await;
    let questions = house.projector.asked().len();
    let board = loop {
        let (status, head, body) = house.get(BOARD).await;
        assert_eq!(status, 200);
        assert!(head.contains("content-type: application/json"), "{head}");
        let board: Value = serde_json::from_str(&body).unwrap();
        if board["x"] == 2 {
            break board;
        }
    };
    assert_eq!(board, house.projector.board("situation"));
    assert_eq!(house.projector.asked().len(), questions, "no question for the newest board");
    let time = "2026-11-26T17:00:00Z";
    for (query, moment) in [
        (format!("at={time}"), Moment::At(time.into())),
        (format!("shown={time}"), Moment::Shown(time.into())),
        ("sequence=7".into(), Moment::Sequence(7)),
    ] {
        assert_eq!(house.get(&format!("{BOARD}?{query}")).await.0, 200);
        assert_eq!(house.projector.asked().pop(), Some(("situation".into(), moment)));
    }
}

#[tokio::test]
async fn an_offset_typed_as_it_is_keeps_its_plus() {
    let house = house(Config::default()).await;
    for (query, moment) in [
        ("at=2026-11-26T17:00:00+02:00", Moment::At("2026-11-26T17:00:00+02:00".into())),
        ("at=2026-11-26T17:00:00%2B02:00", Moment::At("2026-11-26T17:00:00+02:00".into())),
        ("shown=2026-11-26T17:00:00.5+05:30", Moment::Shown("2026-11-26T17:00:00.5+05:30".into())),
        ("at=2026-11-26T17:00:00-02:00", Moment::At("2026-11-26T17:00:00-02:00".into())),
        // No offset, so there is no plus to give back.
        ("at=2026-11-26+17:00", Moment::At("2026-11-26 17:00".into())),
    ] {
        house.get(&format!("{BOARD}?{query}")).await;
        assert_eq!(house.projector.asked().pop(), Some(("situation".into(), moment)), "{query}");
    }
}

#[tokio::test]
async fn the_board_of_now_is_refused_while_the_projector_is_silent() {
    let house = house(Config { silent_after_ms: 600, ..Config::default() }).await;
    assert_eq!(house.get(BOARD).await.0, 200);
    let (head, body) = loop {
        let (status, head, body) = house.get(BOARD).await;
        if status == 503 {
            break (head, body);
        }
        assert_eq!(status, 200, "{body}");
    };
    assert!(head.contains("retry-after: "), "{head}");
    assert!(body.contains("the projector is silent"), "{body}");
    assert_eq!(house.get(&format!("{BOARD}?sequence=1")).await.0, 200, "the past does not change");
    house.projector.beat("2026-11-26T17:00:20+02:00").await;
    while house.get(BOARD).await.0 != 200 {}
}

#[tokio::test]
async fn an_unanswered_reader_is_not_told_what_concerns_writers() {
    let house = house(Config::default()).await;
    let (status, _, body) = house.get("/v1/areas/uusimaa/facts").await;
    assert_eq!(status, 503);
    assert!(body.contains("the recorder is not running: ask again in a moment"), "{body}");
}

#[tokio::test]
async fn wrong_questions_get_a_sentence() {
    let house = house(Config { answer_ms: 200, ..Config::default() }).await;
    let table = [
        (format!("{BOARD}?at=x&shown=y"), 400),
        (format!("{BOARD}?sequence=-1"), 400),
        (format!("{BOARD}?sequence=many"), 400),
        (format!("{BOARD}?when=now"), 400),
        (format!("{BOARD}?at=rubbish"), 400),
        ("/v1/areas/uusimaa/boards/nowhere".into(), 404),
        ("/v1/areas/elsewhere/boards/situation".into(), 404),
        ("/v1/areas/elsewhere/facts".into(), 404),
        ("/v1/areas/uusimaa/facts?limit=-1".into(), 400),
        ("/v1/areas/uusimaa/facts?after=x".into(), 400),
        ("/v1/live".into(), 400),
        ("/board/nothing.js".into(), 404),
        ("/board/..%2f..%2fCargo.toml".into(), 404),
        // Nobody answers for the journal here.
        ("/v1/areas/uusimaa/facts".into(), 503),
    ];
    for (path, expected) in table {
        let (status, head, body) = house.get(&path).await;
        assert_eq!(status, expected, "{path}: {body}");
        let answer: Value = serde_json::from_str(&body).unwrap();
        assert!(answer["error"].as_str().is_some_and(|text| text.len() > 10), "{path}: {body}");
        assert!(!body.contains("deserialize"), "{path} is answered for a person: {body}");
        assert_eq!(head.contains("retry-after: "), expected == 503, "{path}: {head}");
    }
}

#[tokio::test]
async fn a_busy_projector_is_said_and_passes() {
    let house = house(Config::default()).await;
    house.projector.fold("evening", json!({"x": 1}));
    house.projector.set_busy(true);
    assert_eq!(house.get("/v1/areas/uusimaa/boards/evening").await.0, 503);
    assert_eq!(house.get(&format!("{BOARD}?sequence=1")).await.0, 503);
    house.projector.set_busy(false);
    assert_eq!(house.get("/v1/areas/uusimaa/boards/evening").await.0, 200);
}

#[tokio::test]
async fn areas_are_the_projectors() {
    let house = house(Config::default()).await;
    let (status, _, body) = house.get("/v1/areas").await;
    assert_eq!(status, 200);
    let areas: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(areas["areas"]["uusimaa"]["id"], "uusimaa");
}

#[tokio::test]
async fn facts_come_in_pages_up_to_the_limit() {
    let house = house(Config { facts_page: 10, facts_limit: 35, ..Config::default() }).await;
    let asked = start_recorder(&house.projector.bus, 100).await;
    for (query, expected) in [
        ("", 1..36),
        ("?after=90", 91..101),
        ("?after=5&limit=12", 6..18),
        ("?limit=1000", 1..36),
        ("?after=100", 101..101),
    ] {
        let (status, head, body) = house.get(&format!("/v1/areas/uusimaa/facts{query}")).await;
        assert_eq!(status, 200);
        assert!(head.contains("content-type: application/x-ndjson"), "{head}");
        let lines: Vec<u64> = body
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap()["sequence"].as_u64().unwrap())
            .collect();
        assert_eq!(lines, expected.collect::<Vec<u64>>(), "{query}");
    }
    assert!(asked.lock().unwrap().iter().all(|query| query.limit <= 10), "never more than a page at a time");
}

#[tokio::test]
async fn the_page_is_inside_the_program_and_guarded() {
    let house = house(Config::default()).await;
    let (status, head, body) = house.get("/").await;
    assert_eq!(status, 200);
    assert!(body.contains("<!doctype html>"));
    for guard in [
        "content-security-policy: default-src 'self'",
        "x-content-type-options: nosniff",
        "cache-control: no-cache",
        "content-type: text/html; charset=utf-8",
    ] {
        assert!(head.contains(guard), "{guard} is missing from {head}");
    }
    let etag = head.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap();
    assert_eq!(house.get_with("/", &format!("If-None-Match: {etag}\r\n")).await.0, 304);
    assert_eq!(house.get_with("/", "If-None-Match: \"other\"\r\n").await.0, 200);
    for file in ["board.css", "main.js", "icon.svg"] {
        assert_eq!(house.get(&format!("/board/{file}")).await.0, 200, "{file}");
    }
    let (_, head, _) = house.get("/favicon.ico").await;
    assert!(head.contains("image/svg+xml"));
}
