//! A shift is handed over: its report is the same whenever it is made, and what is signed stays signed.

use acceptance::door::{Door, http};
use acceptance::events::at;
use acceptance::program::root;
use acceptance::server::{Plan, Server};
use serde_json::{Value, json};

use crate::PROGRAM;

const AREA: &str = "itauusimaa";
/// Twenty minutes of the evening a second.
const SPEED: &str = "1200";
const EVENING: &str = "/v1/areas/itauusimaa/handover?shift=2026-11-26T18:00:00%2B02:00";
/// When the evening shift begins, as boards and reports write it.
const BEGINS: &str = "2026-11-26T14:00:00Z";
/// What hangs on when things happened, well after the log began.
const LATER_THAN_THE_BEGINNING: [&str; 5] = [
    "/stations/loviisa-iltavastaanotto/most_waiting",
    "/stations/loviisa-iltavastaanotto/most_present",
    "/stations/loviisa-iltavastaanotto/left/redirected",
    "/stations/loviisa-iltavastaanotto/left/remote",
    "/stations/paivystysapu-116117/most_waiting",
];

/// Sends a command and answers with its receipt.
async fn sign(door: &Door, key: &str, part: &str, actor: &str, report: &Value) -> Value {
    let command = json!({
        "kind": "handover.sign", "part": part, "from": report["shift"]["from"], "to": report["shift"]["to"],
        "sequence": report["sequence"], "hash": report["hash"], "actor": actor, "role": "koordinaattori",
    });
    let asked = http().post(format!("{}/v1/areas/{AREA}/commands", door.url)).json(&command);
    let answer = asked.header("idempotency-key", key).send().await.expect("an answer");
    let answer: Value = answer.json().await.expect("JSON");
    answer["receipts"][0].clone()
}

async fn is_refused(door: &Door, part: &str, actor: &str, report: &Value, why: &str) {
    let receipt =
        sign(door, &format!("refused-{part}-{actor}-{}", report["hash"]), part, actor, report).await;
    assert_eq!(receipt["status"], "rejected", "{receipt}");
    assert!(receipt["reason"].as_str().expect("a reason").contains(why), "{receipt}");
}

async fn evening(door: &Door) -> Value {
    door.get(EVENING).await.json()
}

fn unsigned(board: &Value) -> &Value {
    &board["handovers"]["unsigned"][BEGINS]
}

#[tokio::test]
async fn the_evenings_report_is_the_same_whenever_it_is_made_and_its_signatures_stay() {
    let mut server = Server::start(Plan::demo(PROGRAM).with("TILANNE_DEMO__SPEED", SPEED)).await;
    let door = server.door(AREA);
    let has_reached =
        |clock: &'static str| move |board: &Value| at(board["as_of"].as_str().expect("a time")) >= at(clock);
    door.board_when("weekend", has_reached("2026-11-26T21:00:00+02:00")).await;
    let running = evening(&door).await;
    if running["ended"] == false {
        is_refused(&door, "given", "valvomo-1", &running, "the whole shift").await;
    }
    let board = door.board_when("weekend", has_reached("2026-11-26T22:00:10+02:00")).await;
    assert_eq!(unsigned(&board)["given"], false, "{}", board["handovers"]);
    let report = evening(&door).await;
    assert_eq!(report["ended"], true);

    door.board_when("weekend", has_reached("2026-11-26T22:50:00+02:00")).await;
    assert_eq!(evening(&door).await, report, "an hour later");
    is_as_expected(&door).await;
    let mistaken = json!({"shift": report["shift"], "sequence": report["sequence"], "hash": "0".repeat(64)});
    is_refused(&door, "given", "valvomo-1", &mistaken, "another hash").await;
    is_refused(&door, "received", "yo-1", &report, "nobody has handed").await;
    let given = sign(&door, "given", "given", "valvomo-1", &report).await;
    assert_eq!(given["status"], "recorded", "{given}");
    assert_eq!(sign(&door, "given", "given", "valvomo-1", &report).await["status"], "duplicate");
    is_refused(&door, "received", "valvomo-1", &report, "cannot receive").await;

    server.interrupt().await;
    server.set("TILANNE_DEMO__SPEED", Some("1"));
    server.again().await;
    let door = server.door(AREA);
    let signed = evening(&door).await;
    assert_eq!(signed["signatures"]["given"]["actor"], "valvomo-1");
    assert_eq!(signed["signatures"]["given"]["matches"], true);
    assert_eq!(without_signatures(&signed), report, "after a restart");
    let received = sign(&door, "received", "received", "yo-1", &report).await;
    assert_eq!(received["status"], "recorded", "{received}");
    is_refused(&door, "received", "yo-2", &report, "signed this").await;
    let board = door.board_when("weekend", |board| unsigned(board).is_null()).await;
    let signed = evening(&door).await;

    server.kill();
    std::fs::remove_dir_all(server.data().join("snapshots")).expect("snapshots");
    server.again().await;
    let door = server.door(AREA);
    assert_eq!(evening(&door).await, signed, "after all that was kept was deleted");
    assert!(
        unsigned(&door.board_from("weekend", board["sequence"].as_u64().expect("a sequence")).await)
            .is_null()
    );
    forms(&door).await;
}

fn without_signatures(report: &Value) -> Value {
    let mut report = report.clone();
    report.as_object_mut().expect("a report").remove("signatures");
    report
}

/// What does not hang on the run's speed is what people have read. Where a moment of delay is a minute, some is received after
/// the shift: with those facts.
async fn is_as_expected(door: &Door) {
    let newest = door.settled().await;
    let report = door.get(&format!("{EVENING}&sequence={newest}")).await.json();
    let file = root().join("tests/scenarios/evening/expected/2245-handover.json");
    let text = std::fs::read_to_string(file).expect("the expected report");
    let expected: Value = serde_json::from_str(&text).expect("JSON");
    for place in LATER_THAN_THE_BEGINNING {
        let (told, read) = (report.pointer(place), expected.pointer(place));
        assert!(told.is_some() && told == read, "{place}: {told:?}, not {read:?}");
    }
}

/// As a page, as Markdown, and as the client takes it.
async fn forms(door: &Door) {
    for (path, kind, holds) in [
        ("handover.html?lang=sv&shift=2026-11-26T16:00:00Z", "text/html", "<h1>Skiftrapport"),
        ("handover.md?lang=en&shift=2026-11-26T16:00:00Z", "text/markdown", "# Shift report"),
        ("handover.json?shift=2026-11-26T16:00:00Z", "application/json", "\"ended\":true"),
    ] {
        let url = format!("{}/v1/areas/{AREA}/{path}", door.url);
        let answer = http().get(url).send().await.expect("an answer");
        let kind_told = answer.headers()["content-type"].to_str().expect("text").to_owned();
        assert!(kind_told.starts_with(kind), "{path}: {kind_told}");
        let policy = answer.headers()["content-security-policy"].to_str().expect("text").to_owned();
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        let body = answer.text().await.expect("a body");
        assert!(body.contains(holds), "{path}: {body}");
    }
    let asked = http().get(format!("{}{EVENING}", door.url)).header("accept", "text/html,*/*;q=0.8");
    let answer = asked.send().await.expect("an answer").text().await.expect("a body");
    assert!(answer.contains("<h1>Vuororaportti"), "{answer}");
}
