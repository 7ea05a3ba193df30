//! What was, and what people saw: the silent feed of an evening, in small.

use acceptance::events::{event, now};
use acceptance::outline;
use acceptance::server::{Plan, Server};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::AREA;
use crate::PROGRAM;

const STATION: &str = "sipoo-sote";

fn sipoo(id: &str, time: Timestamp, count: u64) -> Value {
    let data = json!({"lane": "kiire", "waiting": count});
    event(id, "/feeds/sipoo", STATION, "queue.observed", time, &data)
}

fn waiting(board: &Value) -> &Value {
    &board["stations"][STATION]["lanes"]["kiire"]["waiting"]
}

#[tokio::test]
async fn a_backlog_changes_what_was_and_not_what_was_shown() {
    let server = Server::start(Plan::area(PROGRAM, AREA)).await;
    let door = server.door(AREA);
    let ago = |minutes| now() - SignedDuration::from_mins(minutes);
    // The last word before the silence, long enough ago for the feed to be lost now.
    let silent = door.record(&[sipoo("17:18", ago(42), 3)]).await;
    let lost = door.board_from("situation", silent).await;
    assert_eq!(lost["stations"][STATION]["feeds"]["/feeds/sipoo"]["state"], "lost");
    assert_eq!(waiting(&lost), 3, "freshness never removes a number");
    let shown_then = Timestamp::from_microsecond(now().as_microsecond()).expect("a time");
    // A whole second later, so that the moment lies between the two receptions.
    while now() <= shown_then + SignedDuration::from_secs(1) {
        tokio::time::sleep(acceptance::server::LOOK).await;
    }
    let backlog = [sipoo("17:30", ago(30), 7), sipoo("17:40", ago(20), 2), sipoo("17:58", ago(0), 2)];
    let returned = door.record(&backlog).await;
    let board = door.board_from("situation", returned).await;
    assert_eq!(board["stations"][STATION]["feeds"]["/feeds/sipoo"]["state"], "fresh");

    let was = door.board("situation", &format!("at={}", ago(25))).await;
    assert_eq!(waiting(&was), 7, "as it was: the backlog is known now");
    assert_eq!(was["stations"][STATION]["feeds"]["/feeds/sipoo"]["state"], "stale", "by event time");
    let moment = shown_then + SignedDuration::from_secs(1);
    for when in [format!("shown={moment}"), format!("sequence={silent}")] {
        let shown = door.board("situation", &when).await;
        assert_eq!(waiting(&shown), 3, "as shown: nobody knew of the backlog ({when})");
        assert_eq!(shown["stations"][STATION]["feeds"]["/feeds/sipoo"]["state"], "lost", "{when}");
        assert_eq!(shown["hash"], lost["hash"], "{when}");
        outline::check(&shown);
    }
    let first = door.board("situation", &format!("at={}", ago(41))).await;
    assert_eq!(waiting(&first), 3);
    assert_eq!(first["stations"][STATION]["feeds"]["/feeds/sipoo"]["state"], "fresh");
}

#[tokio::test]
async fn a_correction_takes_effect_where_the_mistake_was() {
    let server = Server::start(Plan::area(PROGRAM, AREA)).await;
    let door = server.door(AREA);
    let ago = |minutes| now() - SignedDuration::from_mins(minutes);
    let porvoo = |id: &str, kind: &str, time, data: Value| {
        event(id, "/feeds/porvoo", "porvoo-paivystys", kind, time, &data)
    };
    let before = door
        .record(&[
            porvoo(
                "1",
                "queue.joined",
                ago(60),
                json!({"lane": "kiire", "ticket": "t1", "urgency": "untriaged"}),
            ),
            porvoo("2", "queue.triaged", ago(50), json!({"ticket": "t1", "urgency": "E"})),
            porvoo("3", "queue.left", ago(30), json!({"ticket": "t1", "outcome": "treated"})),
        ])
        .await;
    let after = door
        .record(&[
            porvoo(
                "4",
                "queue.corrected",
                ago(5),
                json!({"ticket": "t1", "corrects": "2", "set": {"urgency": "B"}}),
            ),
            porvoo("5", "queue.corrected", ago(4), json!({"ticket": "t1", "corrects": "3", "void": true})),
        ])
        .await;
    let board = door.board_from("situation", after).await;
    let lane = |board: &Value| board["stations"]["porvoo-paivystys"]["lanes"]["kiire"].clone();
    assert_eq!((&lane(&board)["waiting"], &lane(&board)["waiting_by_urgency"]["B"]), (&json!(1), &json!(1)));
    let was = door.board("situation", &format!("at={}", ago(40))).await;
    assert_eq!(lane(&was)["waiting_by_urgency"]["B"], 1, "at the time of what it corrects");
    let earlier = door.board("situation", &format!("at={}", ago(55))).await;
    assert_eq!(lane(&earlier)["waiting_by_urgency"]["untriaged"], 1, "and not before");
    let shown = door.board("situation", &format!("sequence={before}")).await;
    assert_eq!(lane(&shown)["waiting"], 0, "people saw that the ticket had left");
}

#[tokio::test]
async fn what_a_person_said_counts_until_it_is_no_longer_valid() {
    let server = Server::start(Plan::area(PROGRAM, AREA)).await;
    let door = server.door(AREA);
    let ago = |minutes| now() - SignedDuration::from_mins(minutes);
    let mut phoned = sipoo("17:35", ago(35), 2);
    phoned["source"] = json!("/desk");
    phoned["data"]["by"] = json!("desk");
    phoned["data"]["valid_until"] = json!(ago(15).to_string());
    let last = door.record(&[sipoo("17:18", ago(52), 3), phoned, sipoo("17:58", ago(5), 4)]).await;
    door.board_from("situation", last).await;
    for (minutes, expected) in [(40, Some(3)), (30, Some(2)), (10, None), (1, Some(4))] {
        let board = door.board("situation", &format!("at={}", ago(minutes))).await;
        let lane = &board["stations"][STATION]["lanes"]["kiire"];
        assert_eq!(lane["waiting"].as_u64(), expected, "{minutes} min ago: {lane}");
        assert_eq!(lane.get("observed_by").is_some(), minutes == 30, "{minutes} min ago: {lane}");
        outline::check(&board);
    }
}
