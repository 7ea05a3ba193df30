//! Backed up while it is written, restored elsewhere, and what everybody sees of it.

use std::io::BufRead;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use acceptance::canonical::board_hash;
use acceptance::outline;
use acceptance::program;
use acceptance::server::{Plan, Server};
use acceptance::wire::Wire;
use serde_json::{Value, json};

use super::{AREA, exported, head, journal, tell, text};
use crate::PROGRAM;

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_a_running_process_holds_all_that_was_acknowledged() {
    let server = Server::start(Plan::area(PROGRAM, AREA)).await;
    let (acknowledged, stop) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let load = tokio::spawn({
        let (door, acknowledged, stop) = (server.door(AREA), Arc::clone(&acknowledged), Arc::clone(&stop));
        async move {
            for body in 0.. {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                acknowledged.store(tell(&door, &format!("load-{body}"), 50).await, Ordering::Release);
            }
        }
    });
    for round in 0..5 {
        let before = acknowledged.load(Ordering::Acquire);
        let (data, copy) = (server.data(), server.scratch(&format!("backup-{round}")));
        let place = copy.clone();
        let backup = tokio::task::spawn_blocking(move || journal("backup", &[text(&data), text(&place)]));
        let printed = backup.await.expect("no panic").with_code(0).out.trim().to_owned();
        let lines = exported(&copy);
        assert_eq!(head(lines.last().expect("facts")), printed);
        assert!(lines.len() as u64 >= before, "{before} facts were acknowledged, {} are there", lines.len());
        journal("verify", &[text(&copy), "--against", &printed]).with_code(0);
        // A head of the past is one of the live journal's too.
        journal("verify", &[text(&server.data()), "--against", &printed]).with_code(0);
    }
    stop.store(true, Ordering::Relaxed);
    load.await.expect("no panic");
    assert!(acknowledged.load(Ordering::Acquire) > 0);
}

#[tokio::test]
async fn a_restored_log_says_so_everywhere_and_old_positions_are_reset() {
    let mut server = Server::start(Plan::area(PROGRAM, AREA)).await;
    let door = server.door(AREA);
    tell(&door, "before", 40).await;
    let (data, copy) = (server.data(), server.scratch("backup"));
    let printed = journal("backup", &[text(&data), text(&copy)]).with_code(0).out.trim().to_owned();
    let last: Value = serde_json::from_str(exported(&copy).last().expect("facts")).expect("JSON");
    // What comes after the backup is lost with the disk.
    let lost = tell(&door, "later", 7).await;
    let (mut client, _) = Wire::open(&server.public, AREA).await;
    client.follow("situation").await;
    client.follow_to(lost).await;
    let (old, old_epoch) = (client.position(), client.board["epoch"].clone());
    drop(client);
    server.interrupt().await;
    std::fs::rename(&data, server.scratch("lost")).expect("moved away");

    let restored = journal("restore", &[text(&copy), text(&data), "--against", &printed]).with_code(0);
    journal("verify", &[text(&data), "--against", restored.out.trim()]).with_code(0);
    journal("verify", &[text(&data), "--against", &printed]).with_code(0);
    server.again().await;
    for view in ["situation", "evening", "weekend", "station:sipoo-sote"] {
        let board = door.board(view, "").await;
        outline::check(&board);
        assert_ne!(board["epoch"], old_epoch, "{view}");
        assert_eq!(board["restored"]["to"], last["received_time"], "{view}");
        assert!(board["restored"]["at"].as_str() > board["restored"]["to"].as_str(), "{board}");
    }
    let seen = door.board("situation", &format!("sequence={}", last["sequence"])).await;
    assert_eq!((&seen["epoch"], seen.get("restored")), (&old_epoch, None), "people saw the old log then");
    let was = door.board("situation", &format!("at={}", last["event_time"].as_str().expect("a time"))).await;
    assert_eq!(was["restored"]["to"], last["received_time"], "the past that is known now is this log's");
    let fact = &door.facts(last["sequence"].as_u64().expect("a number")).await[0];
    assert_eq!(fact["type"], "fi.tilanne.log.restored.v1");
    assert_eq!(fact["data"]["from_epoch"], old_epoch);
    assert_eq!(fact["data"]["from_sequence"], last["sequence"]);
    assert_eq!(fact["data"]["origin"], "backup");

    let (mut client, _) = Wire::open(&server.public, AREA).await;
    client.subscribe("situation", Some(old)).await;
    client.start_over("epoch_changed").await;
    assert!(client.board["restored"]["to"].is_string(), "{}", client.board);
    let mut ahead = client.position();
    ahead["revision"] = json!(lost + 1_000);
    let (mut other, _) = Wire::open(&server.public, AREA).await;
    other.subscribe("situation", Some(ahead)).await;
    other.start_over("ahead").await;

    // Sources send again what they have no receipt for: known is known, lost is recorded anew.
    let sequence = tell(&door, "later", 7).await;
    let deltas = client.follow_to(sequence).await;
    assert!(deltas.iter().all(|delta| delta["epoch"] == client.board["epoch"]));
    assert_eq!(client.board["hash"], board_hash(&client.board).as_str());
    terminal_says_so(&format!("http://{}", server.public));
    server.interrupt().await;
    server.again().await;
    assert_eq!(door.board("situation", "").await["epoch"], client.board["epoch"], "begun once");
}

/// The table of `tilanne watch` names the moment.
fn terminal_says_so(url: &str) {
    let mut command = program::command(PROGRAM);
    command.args(["watch", url]).stdout(std::process::Stdio::piped());
    let mut watch = command.spawn().expect("the program starts");
    let mut lines = std::io::BufReader::new(watch.stdout.take().expect("piped")).lines();
    let headline = lines.find(|line| line.as_ref().is_ok_and(|line| line.contains("revision")));
    watch.kill().expect("killed");
    watch.wait().expect("reaped");
    let headline = headline.expect("a headline").expect("a line");
    assert!(headline.contains("PALAUTETTU hetkeen 20"), "{headline}");
}
