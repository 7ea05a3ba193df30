//! The journal seen from outside: what it holds, and that damage is found.

use std::path::Path;

use acceptance::dice::Dice;
use acceptance::events::{event, now};
use acceptance::program::Said;
use acceptance::server::{Plan, Server};
use acceptance::tree::{copy, files};
use serde_json::{Value, json};

use super::AREA;
use crate::PROGRAM;

/// What every block of facts begins with.
const MARK: [u8; 4] = [0x9f, b'T', b'K', b'B'];
/// A byte of a block that lies behind its header.
const INSIDE: usize = 24;

/// A stopped server with a journal of some hundred facts, and their lines.
async fn filled() -> (Server, Vec<String>) {
    let mut server = Server::start(Plan::area(PROGRAM, AREA)).await;
    let door = server.door(AREA);
    for body in 0..20 {
        let events: Vec<Value> = (0..20)
            .map(|at| {
                let data = json!({"lane": "kiire", "waiting": at});
                event(
                    &format!("told-{body}-{at}"),
                    "/feeds/sipoo",
                    "sipoo-sote",
                    "queue.observed",
                    now(),
                    &data,
                )
            })
            .collect();
        door.record(&events).await;
    }
    let lines = door.fact_lines(0).await;
    for look in ["stat", "verify"] {
        let beside = journal(look, &server.data(), &["--json"]).with_code(0);
        let told: Value = serde_json::from_str(&beside.out).expect("JSON");
        assert_eq!(told["facts"], lines.len(), "{look} beside the process that writes");
    }
    server.interrupt().await;
    (server, lines)
}

fn journal(action: &str, data: &Path, flag: &[&str]) -> Said {
    Said::by(PROGRAM, &[&["journal", action, &data.display().to_string()], flag].concat())
}

#[tokio::test]
async fn export_and_stat_agree_with_what_was_shown() {
    let (server, lines) = filled().await;
    let exported = journal("export", &server.data(), &[]).with_code(0);
    assert_eq!(exported.out.lines().collect::<Vec<_>>(), lines, "byte for byte");
    let rest = journal("export", &server.data(), &["--after", "400"]).with_code(0);
    assert_eq!(rest.out.lines().collect::<Vec<_>>(), lines[400..]);

    let stat: Value =
        serde_json::from_str(&journal("stat", &server.data(), &["--json"]).with_code(0).out).expect("JSON");
    let last: Value = serde_json::from_str(lines.last().expect("facts")).expect("JSON");
    assert_eq!(stat["facts"], lines.len());
    assert_eq!(stat["head"], json!({"sequence": last["sequence"], "hash": last["head"]}));
    let position = format!("{}:{}", lines.len(), last["head"].as_str().expect("hex"));
    assert_eq!(stat["position"], position.as_str());
    assert_eq!(stat["types"]["fi.tilanne.queue.observed.v1"]["facts"], 400);
    for span in ["first_received", "last_received", "first_event", "last_event"] {
        assert!(stat[span].as_str().is_some_and(|time| time.ends_with('Z')), "{span} in {stat}");
    }
    let verified = journal("verify", &server.data(), &[]).with_code(0);
    assert!(verified.out.contains("sound") && verified.out.contains(last["head"].as_str().expect("hex")));
}

#[tokio::test]
async fn a_flipped_byte_is_found_and_named() {
    let (server, _) = filled().await;
    let damaged = server.scratch("damaged");
    copy(&server.data(), &damaged);
    let mut flipped = 0;
    for file in files(&damaged) {
        let mut bytes = std::fs::read(&file).expect("readable");
        let marks = bytes.windows(MARK.len()).enumerate().filter(|(_, part)| *part == MARK);
        let places: Vec<usize> = marks.map(|(at, _)| at + INSIDE).collect();
        for at in &places {
            bytes[*at] ^= 1;
        }
        flipped += places.len();
        std::fs::write(&file, bytes).expect("written");
    }
    assert!(flipped > 0, "blocks can be told from what is around them");
    let verdict = journal("verify", &damaged, &[]).with_code(2);
    assert!(verdict.err.contains("damaged") && verdict.err.contains("sequence"), "{}", verdict.err);
    let refused = Said::within(server.command(&damaged), std::time::Duration::from_secs(20));
    assert!(matches!(refused.code, 1 | 2), "nobody goes on writing behind damage: {refused:?}");
    journal("verify", &server.data(), &[]).with_code(0);
}

#[tokio::test]
async fn wherever_a_byte_flips_the_verdict_is_sound_or_damaged() {
    let (server, lines) = filled().await;
    let mut dice = Dice::thrown("flipped bytes");
    let mut found = 0;
    for round in 0..12 {
        let damaged_store = server.scratch(&format!("damaged-{round}"));
        copy(&server.data(), &damaged_store);
        let files = files(&damaged_store);
        let file = &files[dice.index(files.len())];
        let mut bytes = std::fs::read(file).expect("readable");
        let written = bytes.iter().rposition(|byte| *byte != 0).unwrap_or_default() + 1;
        if bytes.is_empty() {
            continue;
        }
        let at = dice.index(written);
        bytes[at] ^= 1 << dice.below(8);
        std::fs::write(file, bytes).expect("written");
        let verdict = journal("verify", &damaged_store, &[]);
        // One of the format's number may make it look like a newer program's.
        let newer = verdict.code == 1 && verdict.err.contains("start a newer program");
        let damaged = verdict.code == 2 && verdict.err.contains("damaged");
        assert!(verdict.code == 0 || damaged || newer, "byte {at} of {}: {verdict:?}", file.display());
        if verdict.code == 0 {
            // A byte that nothing refers to may flip unseen: then every fact is as it was.
            let exported = journal("export", &damaged_store, &[]).with_code(0);
            assert_eq!(exported.out.lines().collect::<Vec<_>>(), lines, "byte {at} of {}", file.display());
        }
        found += i32::from(verdict.code == 2);
    }
    eprintln!("journal: {found} of 12 random bit flips met something in use, each was found");
}
