//! An event that expects its station's stream at a version is recorded only there.

use acceptance::door::Door;
use acceptance::events::{event, now};
use acceptance::server::{Plan, Server};
use serde_json::{Value, json};

use crate::PROGRAM;

const AREA: &str = "itauusimaa";
const STATION: &str = "sipoo-sote";

fn waiting(id: &str, count: u64, expected: Option<u64>) -> Value {
    let data = json!({"lane": "kiire", "waiting": count});
    let mut event = event(id, "/feeds/sipoo", STATION, "queue.observed", now(), &data);
    if let Some(expected) = expected {
        event["expectedversion"] = json!(expected);
    }
    event
}

async fn send(door: &Door, event: &Value) -> (String, Option<u64>, String) {
    let receipt = door.send(std::slice::from_ref(event)).await.remove(0);
    let text = |name: &str| receipt[name].as_str().unwrap_or_default().to_owned();
    (text("status"), receipt["position"]["sequence"].as_u64(), text("reason"))
}

/// The version as a reader of the facts finds it.
async fn version(door: &Door) -> u64 {
    let facts = door.facts(0).await;
    let last = facts.iter().rfind(|fact| fact["subject"] == STATION);
    last.map_or(0, |fact| fact["sequence"].as_u64().expect("a sequence"))
}

#[tokio::test]
async fn of_two_who_read_the_same_version_one_is_recorded() {
    let mut server = Server::start(Plan::area(PROGRAM, AREA)).await;
    let door = server.door(AREA);
    assert_eq!(version(&door).await, 0);
    let first = waiting("first", 1, Some(0));
    let (status, sequence, _) = send(&door, &first).await;
    assert_eq!(status, "recorded");
    let stands = sequence.expect("a sequence");
    assert_eq!(version(&door).await, stands, "the position of the receipt is the new version");

    // Two in one body: the second sees the first.
    let receipts = door.send(&[waiting("a", 2, Some(stands)), waiting("b", 3, Some(stands))]).await;
    assert_eq!((&receipts[0]["status"], &receipts[1]["status"]), (&json!("recorded"), &json!("rejected")));
    let after = receipts[0]["position"]["sequence"].as_u64().expect("a sequence");
    assert_eq!(
        receipts[1]["reason"],
        format!(
            "expected version {stands}, but {STATION} stands at {after}: read its facts after {stands} and send again"
        )
    );
    assert_eq!(send(&door, &first).await, ("duplicate".to_owned(), Some(stands), String::new()));
    let (status, _, reason) = send(&door, &waiting("c", 4, Some(after + 7))).await;
    assert!(status == "rejected" && reason.contains(&format!("stands at {after}:")), "{reason}");

    // Who does as the reason says gets in, also when everything was stopped, or killed, in between.
    for kill in [false, true] {
        let before = version(&door).await;
        if kill {
            server.kill();
        } else {
            server.interrupt().await;
        }
        server.again().await;
        let (status, _, reason) = send(&door, &waiting("late", 5, Some(stands))).await;
        assert!(status == "rejected" && reason.contains(&format!("stands at {before}:")), "{reason}");
        let id = format!("in time {kill}");
        assert_eq!(send(&door, &waiting(&id, 6, Some(before))).await.0, "recorded");
    }
}

#[tokio::test]
async fn what_is_no_version_is_refused_with_what_to_write() {
    let server = Server::start(Plan::area(PROGRAM, AREA)).await;
    let door = server.door(AREA);
    for wrong in [json!(-1), json!("3"), json!(2.5)] {
        let mut event = waiting("x", 1, None);
        event["expectedversion"] = wrong;
        let (status, _, reason) = send(&door, &event).await;
        assert!(status == "rejected" && reason.contains("a whole number from 0"), "{reason}");
    }
    let mut whole =
        event("beat", "/feeds/sipoo", STATION, "feed.heartbeat", now(), &json!({"interval_s": 60}));
    whole.as_object_mut().expect("an object").remove("subject");
    whole["expectedversion"] = json!(0);
    let (status, _, reason) = send(&door, &whole).await;
    assert!(status == "rejected", "{reason}");
}
