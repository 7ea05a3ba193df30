//! `kill -9` in the middle of the work: nothing that was acknowledged is lost, nothing is there twice.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use acceptance::dice::Dice;
use acceptance::program::Said;
use acceptance::server::{Plan, Server};
use serde_json::Value;

use crate::PROGRAM;
use crate::skane::AREA;
use crate::visits::{Year, lines};

const KILLS: usize = 20;
/// Small bodies, so that there are many moments at which something is half done.
const EVENTS_A_BODY: usize = 100;
/// A body of this size is answered within some milliseconds: a kill hits it at any stage, or just after it.
const KILL_WITHIN_US: u64 = 6_000;

#[tokio::test]
async fn killed_twenty_times_it_loses_and_doubles_nothing() {
    let mut dice = Dice::thrown("kills");
    let Some(year) = Year::read(&mut dice) else { return };
    let undisturbed = Server::start(Plan::area(PROGRAM, AREA)).await;
    let door = undisturbed.door(AREA);
    for body in year.events.chunks(1_000) {
        door.send(body).await;
    }
    let expected = year.hashes(&door).await;

    let mut server = Server::start(Plan::area(PROGRAM, AREA)).await;
    let door = server.door(AREA);
    let bodies: Vec<String> = year.events.chunks(EVENTS_A_BODY).map(lines).collect();
    let mut fatal = BTreeSet::new();
    while fatal.len() < KILLS {
        fatal.insert(dice.index(bodies.len()));
    }
    let (mut receipts, mut unanswered) = (Vec::new(), 0);
    for (at, body) in bodies.iter().enumerate() {
        if !fatal.contains(&at) {
            receipts.extend(door.insist(body).await);
            continue;
        }
        let (sender, sent) = (door.clone(), body.clone());
        let first = tokio::spawn(async move { sender.post("application/x-ndjson", sent).await });
        tokio::time::sleep(Duration::from_micros(dice.below(KILL_WITHIN_US))).await;
        server.kill();
        match first.await.expect("no panic") {
            Ok(answer) => receipts.extend(answer.json()["receipts"].as_array().expect("receipts").clone()),
            Err(_) => unanswered += 1,
        }
        server.spawn();
        receipts.extend(door.insist(body).await);
        server.ready().await;
    }
    assert!(unanswered > 0, "some kill hit a body before its answer");

    let file = server.scratch("all.ndjson");
    std::fs::write(&file, lines(&year.events)).expect("written");
    let resent = Said::by(PROGRAM, &["send", &file.display().to_string(), "--to", &door.url]).with_code(0);
    receipts.extend(resent.out.lines().map(|line| serde_json::from_str::<Value>(line).expect("a receipt")));
    let all = year.events.len();
    assert!(resent.err.contains(&format!("0 recorded, {all} duplicates, 0 rejected")), "{}", resent.err);

    check(&door.facts(0).await, &receipts, all);
    assert_eq!(year.hashes(&door).await, expected, "the board is that of an undisturbed run");
    let (_, _) = server.interrupt().await;
    let verified =
        Said::by(PROGRAM, &["journal", "verify", &server.data().display().to_string()]).with_code(0);
    eprintln!(
        "kill: {KILLS} kills, {unanswered} of them before the answer; {} receipts true; {}",
        receipts.len(),
        verified.out.trim()
    );
}

/// Every receipt's event stands at the receipt's position, and every event stands in the journal once.
fn check(facts: &[Value], receipts: &[Value], all: usize) {
    let mut known: BTreeMap<&str, u64> = BTreeMap::new();
    for fact in facts.iter().filter(|fact| fact.get("subject").is_some()) {
        let sequence = fact["sequence"].as_u64().expect("a sequence");
        let twice = known.insert(fact["id"].as_str().expect("an id"), sequence);
        assert!(twice.is_none(), "{} is there twice", fact["id"]);
    }
    assert_eq!(known.len(), all);
    let sequences = facts.iter().map(|fact| fact["sequence"].as_u64().expect("a sequence"));
    assert!(sequences.eq(1..=facts.len() as u64), "sequences count without a gap");
    for receipt in receipts {
        let id = receipt["id"].as_str().expect("an id");
        let position = receipt["position"]["sequence"].as_u64();
        assert_eq!(known.get(id).copied(), position, "{receipt}");
    }
}
