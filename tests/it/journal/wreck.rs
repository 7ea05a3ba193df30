//! Out of a store that nothing opens: every intact block, and the truth about the rest.

use std::path::Path;

use acceptance::server::{Plan, Server};
use acceptance::tree::files;
use serde_json::Value;

use super::{AREA, exported, journal, tell, text};
use crate::PROGRAM;

/// What every block begins with.
const MARK: [u8; 4] = [0x9f, b'T', b'K', b'B'];
/// Bytes before a block's payload, its checksum among them: what tells one block from another.
const HEADER: usize = 18;

fn marks(bytes: &[u8]) -> Vec<usize> {
    bytes.windows(MARK.len()).enumerate().filter(|(_, it)| *it == MARK).map(|(at, _)| at).collect()
}

async fn filled(stop: bool) -> (Server, Vec<String>) {
    let mut server = Server::start(Plan::area(PROGRAM, AREA)).await;
    let door = server.door(AREA);
    for body in 0..20 {
        tell(&door, &format!("told-{body}"), 20).await;
    }
    if stop {
        server.interrupt().await;
    } else {
        server.kill();
    }
    let lines = exported(&server.data());
    (server, lines)
}

/// Flips a bit in a block of the middle, in every copy that the store has of it.
fn break_one_block(data: &Path) {
    let mut headers: Vec<Vec<u8>> = Vec::new();
    for file in files(data) {
        let bytes = std::fs::read(&file).expect("readable");
        headers.extend(marks(&bytes).into_iter().map(|at| bytes[at..at + HEADER].to_vec()));
    }
    let broken = headers[headers.len() / 2].clone();
    for file in files(data) {
        let mut bytes = std::fs::read(&file).expect("readable");
        for at in
            marks(&bytes).into_iter().filter(|at| bytes[*at..*at + HEADER] == broken).collect::<Vec<_>>()
        {
            bytes[at + HEADER + 9] ^= 0x10;
        }
        std::fs::write(&file, bytes).expect("written");
    }
}

#[tokio::test]
async fn another_log_in_the_same_data_directory_is_left_alone() {
    let (server, lines) = filled(true).await;
    let (other, _) = filled(true).await;
    // Where the demo keeps its log by default.
    std::fs::rename(other.data(), server.data().join("demo")).expect("moved");
    let dest = server.scratch("salvaged");
    let said = journal("salvage", &[text(&server.data()), text(&dest)]).with_code(0);
    assert!(!said.err.contains("disputed") && !said.err.contains("demo"), "{}", said.err);
    let recovered = exported(&dest);
    assert_eq!(recovered[..lines.len()], lines[..], "all of this log, and nothing of the other");
    // And the fact that a salvage adds.
    assert_eq!(recovered.len(), lines.len() + 1);
    let refused =
        journal("salvage", &[text(&server.data()), text(&dest.join("b")), "--log-was", "simulated"]);
    assert!(refused.with_code(64).err.contains("it is real"));
}

#[tokio::test]
async fn without_index_and_metadata_every_intact_block_is_recovered() {
    let (server, lines) = filled(true).await;
    let data = server.data();
    let mut blocks = 0;
    for file in files(&data) {
        let mut bytes = std::fs::read(&file).expect("readable");
        let places = marks(&bytes);
        blocks += places.len();
        let end = places.first().copied().unwrap_or(bytes.len());
        bytes[..end].fill(0);
        std::fs::write(&file, bytes).expect("written");
    }
    assert!(blocks > 0);
    let before: Vec<_> = files(&data).iter().map(|file| std::fs::read(file).expect("readable")).collect();
    let verdict = journal("verify", &[text(&data)]).with_code(2).err;
    assert!(verdict.contains("salvage it") && !verdict.contains("run verify"), "{verdict}");

    let out = server.scratch("recovered");
    let recovered = journal("salvage", &[text(&data), text(&out)]).with_code(0);
    journal("verify", &[text(&out), "--against", recovered.out.trim()]).with_code(0);
    let there = exported(&out);
    assert_eq!(there[..lines.len()], lines, "every fact with the head that it had");
    let restored: Value = serde_json::from_str(&there[lines.len()]).expect("JSON");
    assert_eq!(there.len(), lines.len() + 1);
    assert_eq!(
        (&restored["data"]["origin"], &restored["data"]["lost_facts"]),
        (&"salvage".into(), &0.into())
    );
    let after: Vec<_> = files(&data).iter().map(|file| std::fs::read(file).expect("readable")).collect();
    assert_eq!(before, after, "the wreck is only read");
}

#[tokio::test]
async fn a_lost_middle_is_named_and_a_new_process_goes_on_behind_it() {
    let (mut server, lines) = filled(false).await;
    let data = server.data();
    break_one_block(&data);

    let out = server.scratch("recovered");
    let recovered = journal("salvage", &[text(&data), text(&out)]).with_code(2);
    let there = exported(&out);
    let restored: Value = serde_json::from_str(there.last().expect("facts")).expect("JSON");
    let lost = &restored["data"]["lost"][0];
    let (first, last) = (lost["first"].as_u64().expect("a number"), lost["last"].as_u64().expect("a number"));
    assert!(recovered.err.contains(&format!("lost: sequences {first} to {last}")), "{}", recovered.err);
    assert_eq!(restored["data"]["lost_facts"], last - first + 1);
    assert_eq!(there.len() as u64, lines.len() as u64 - (last - first + 1) + 1);
    let kept = usize::try_from(first - 1).expect("small");
    assert_eq!(there[..kept], lines[..kept], "up to the gap everything is as it was");
    let id = |line: &String| serde_json::from_str::<Value>(line).expect("JSON")["id"].clone();
    let behind = usize::try_from(last).expect("small");
    assert!(there[kept..there.len() - 1].iter().map(id).eq(lines[behind..].iter().map(id)));

    std::fs::rename(&data, server.scratch("wreck")).expect("moved away");
    std::fs::rename(&out, &data).expect("put in place");
    server.again().await;
    let door = server.door(AREA);
    let board = door.board("situation", "").await;
    assert_eq!(board["epoch"], restored["data"]["epoch"]);
    assert!(board["restored"]["to"].is_string(), "{board}");
    tell(&door, "again", 3).await;
}
