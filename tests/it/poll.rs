//! A feed that is looked at again and again: what is new is recorded, and nothing else ever is.

use acceptance::door::Door;
use acceptance::events::now;
use acceptance::server::{Plan, Server};
use jiff::SignedDuration;
use serde_json::Value;

use crate::PROGRAM;

const AREA: &str = "itauusimaa";
const FEED: &str = r#"
source = "/feeds/sipoo"
shape = "observation"
id = "{station}-{time}-{event}"

[format]
encoding = "utf-8"
delimiter = ","

[complete]
final_line_end = true

[cells]
not_reported = ["ei tiedossa"]

[time]
column = "at"
formats = ["rfc3339"]
time_zone = "UTC"

[station]
column = "station"

[[event]]
name = "kiire"
type = "queue.observed"
set = { lane = "kiire" }
count = { waiting = "waiting", present = "present" }
"#;

/// A table of one row, some minutes old.
fn table(minutes: i64, waiting: &str, present: &str) -> String {
    let at = now() - SignedDuration::from_mins(minutes);
    format!("station, at ,waiting,present\nsipoo-sote,{at},{waiting},{present}\n")
}

async fn until(server: &Server, what: &str, at_least: f64) {
    server
        .metric_from(&format!("tilanne_poll_counts{{feed=\"/feeds/sipoo\",what=\"{what}\"}}"), at_least)
        .await;
}

async fn recorded(door: &Door) -> usize {
    door.facts(0).await.iter().filter(|fact| fact["source"] == "/feeds/sipoo").count()
}

fn lane(board: &Value) -> (Option<u64>, Option<u64>) {
    let lane = &board["stations"]["sipoo-sote"]["lanes"]["kiire"];
    (lane["waiting"].as_u64(), lane["present"].as_u64())
}

#[tokio::test]
async fn only_what_is_new_and_whole_is_recorded() {
    let place = tempfile::tempdir().expect("a directory");
    let path = |name: &str| place.path().join(name).display().to_string();
    // Replaced in one step, as a publisher does: no look falls between two writes.
    let publish = |body: &str| {
        std::fs::write(path("new"), body).expect("written");
        std::fs::rename(path("new"), path("table.csv")).expect("published");
    };
    let poll = format!("\n[poll]\nfile = {:?}\nevery = \"1s\"\n", path("table.csv"));
    std::fs::write(path("feed.toml"), format!("{FEED}{poll}")).expect("written");
    std::fs::write(path("config.toml"), format!("[sources]\nfeeds = [{:?}]\n", path("feed.toml")))
        .expect("written");
    publish(&table(4, "4", "7"));
    let mut plan = Plan::area(PROGRAM, AREA);
    plan.arguments.extend(["--config".to_owned(), path("config.toml")]);
    let server = Server::start(plan).await;
    let door = server.door(AREA);
    door.board_when("situation", |board| lane(board) == (Some(4), Some(7))).await;

    until(&server, "unchanged", 1.0).await;
    publish("");
    until(&server, "empty", 1.0).await;
    let whole = table(3, "9", "9");
    let wrong =
        ["<html><body>502 Bad Gateway</body></html>\n", whole.trim_end(), &whole.replace("waiting", "jono")];
    for (at, body) in (1_u32..).zip(wrong) {
        publish(body);
        until(&server, "refused", at.into()).await;
    }
    assert_eq!(recorded(&door).await, 1, "nothing of all that was recorded");
    assert_eq!(lane(&door.board("situation", "").await), (Some(4), Some(7)), "no number changed");
    assert!(server.log().contains("/feeds/sipoo"), "it was refused aloud:\n{}", server.log());

    publish(&table(2, "0", "ei tiedossa"));
    door.board_when("situation", |board| lane(board) == (Some(0), None)).await;
    assert_eq!(recorded(&door).await, 2);
}
