//! What `journal verify` says of what it finds, and that a start says the same.

use acceptance::server::{Plan, Server};
use acceptance::tree::{files, newest_tail_file};
use serde_json::Value;

use super::{AREA, exported, head, journal, tell, text};
use crate::PROGRAM;

async fn filled() -> Server {
    let server = Server::start(Plan::area(PROGRAM, AREA)).await;
    let door = server.door(AREA);
    for body in ["one", "two", "three"] {
        tell(&door, body, 20).await;
    }
    server
}

#[tokio::test]
async fn a_change_where_no_fact_lies_is_told_as_one_that_touches_none() {
    for name in ["conf", "db"] {
        let mut server = filled().await;
        server.interrupt().await;
        let data = server.data();
        let lines = exported(&data);
        let volumes = files(&data.join("journal/volumes"));
        let file = volumes.iter().find(|file| file.ends_with(format!("store/{name}"))).expect("sled's file");
        let mut bytes = std::fs::read(file).expect("readable");
        *bytes.last_mut().expect("a byte") ^= 1;
        std::fs::write(file, bytes).expect("written");

        let verdict = journal("verify", &[text(&data)]).with_code(2).err;
        let facts = format!("all {} facts are sound", lines.len());
        for says in ["damaged store header: volumes/", &format!("/store/{name}"), &facts, "journal import"] {
            assert!(verdict.contains(says), "{says} in {verdict}");
        }
        assert!(!verdict.contains("salvage"), "nothing is to be recovered: {verdict}");

        let (sealed, anew) = (server.scratch("facts.ndjson"), server.scratch("anew"));
        let export = journal("export", &[text(&data), "--sealed"]).with_code(0);
        std::fs::write(&sealed, export.out).expect("written");
        let imported = journal("import", &[text(&anew), text(&sealed)]).with_code(0);
        assert_eq!(imported.out.trim(), head(lines.last().expect("facts")), "what it advises helps");
        journal("verify", &[text(&anew)]).with_code(0);
        server.again().await;
        assert_eq!(server.door(AREA).fact_lines(0).await[..lines.len()], lines, "and a start reads past it");
    }
}

#[tokio::test]
async fn without_a_witness_it_says_what_it_can_not_know() {
    let mut server = filled().await;
    server.kill();
    let data = server.data();
    let tail = std::fs::File::options().write(true).open(newest_tail_file(&data)).expect("opened");
    tail.set_len(tail.metadata().expect("its length").len() - 8).expect("cut");
    let verdict = journal("verify", &[text(&data)]).with_code(2).err;
    assert!(verdict.contains("had been acknowledged"), "{verdict}");

    std::fs::remove_file(data.join("journal/witness")).expect("removed");
    let said = journal("verify", &[text(&data)]).with_code(0);
    assert!(said.out.contains("sound"), "what is there holds together: {said:?}");
    for says in ["cut off", "may have been acknowledged", "witness is missing", "is not known"] {
        assert!(said.err.contains(says), "{says} in {}", said.err);
    }
    assert!(!said.err.contains("never acknowledged"), "{}", said.err);
    let json = journal("verify", &[text(&data), "--json"]).with_code(0).out;
    let report: Value = serde_json::from_str(&json).expect("JSON");
    assert!(report["sound"] == true && report["unwitnessed"].is_string(), "{report}");

    server.again().await;
    let warned = server.log().lines().filter(|line| line.contains("witness is missing")).count();
    assert_eq!(warned, 1, "{}", server.log());
    let beside = journal("verify", &[text(&data)]).with_code(0);
    assert!(!beside.err.contains("witness"), "it is noted again from then on: {}", beside.err);
}

#[tokio::test]
async fn whoever_names_the_journal_itself_is_told_the_data_directory() {
    let mut server = filled().await;
    server.interrupt().await;
    let data = server.data().canonicalize().expect("a directory");
    for action in ["verify", "stat", "export"] {
        let refused = journal(action, &[text(&data.join("journal"))]).with_code(64).err;
        let says = format!("name the --data directory {}", text(&data));
        assert!(refused.trim_end().ends_with(&says), "{refused}");
    }
    assert!(!data.join("journal/journal").exists());
}
