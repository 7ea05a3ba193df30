//! What people saw, at any moment of the past: as it was pushed then, asked for or replayed.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use acceptance::dice::Dice;
use acceptance::door::Door;
use acceptance::events::at;
use acceptance::program::Said;
use acceptance::recorded;
use acceptance::server::{Plan, Server};
use acceptance::wire::Wire;
use serde_json::{Value, json};

use crate::{PROGRAM, skane};

/// Past moments that are asked for, where there are as many; with `TILANNE_FULL=1` a thousand.
const MOMENTS: usize = 100;
const MOMENTS_IN_FULL: usize = 1_000;
/// A year in some minutes: told as fast as it goes it is pushed in a hundred merged pieces.
const PACED: &str = "150000";
const FEWEST: usize = 50;
/// Twenty minutes of the demo's evening a second.
const DEMO_SPEED: &str = "1200";
/// How many times faster than it was the evening is replayed, and which part of it.
const REPLAY_SPEED: f64 = 600.0;
const FROM: &str = "2026-11-26T17:30:00+02:00";
const TO: &str = "2026-11-26T20:30:00+02:00";
/// Changes that are also compared with what is asked for by sequence.
const COMPARED: usize = 60;

/// What was pushed, by the sequence at which it was.
type Pushed = BTreeMap<u64, String>;

fn note(pushed: &mut Pushed, delta: &Value) {
    let sequence = delta["sequence"].as_u64().expect("a sequence");
    pushed.insert(sequence, delta["hash"].as_str().expect("a hash").to_owned());
}

/// Follows a board until somebody says that it is enough; every hash is checked on the way.
async fn watch(address: String, area: &'static str, enough: impl Fn(&Value) -> bool) -> Pushed {
    let (mut wire, _) = Wire::open(&address, area).await;
    wire.follow("situation").await;
    let mut pushed = Pushed::new();
    while !enough(&wire.board) {
        let frame = wire.next_but_heartbeats().await;
        match frame["kind"].as_str().expect("a kind") {
            "delta" => {
                wire.apply(&frame);
                note(&mut pushed, &frame);
            }
            // A busy machine: it begins anew with a whole board.
            "snapshot" => wire.board = frame["board"].clone(),
            _ => {}
        }
    }
    pushed
}

fn is_full() -> bool {
    std::env::var_os("TILANNE_FULL").is_some()
}

/// Asks for so many of them, each far from the one before.
async fn asks(door: &Door, pushed: &Pushed, dice: &mut Dice, when: &str) {
    let mut all: Vec<(&u64, &String)> = pushed.iter().collect();
    dice.shuffle(&mut all);
    let begun = Instant::now();
    let asked = if is_full() { MOMENTS_IN_FULL } else { MOMENTS };
    for (sequence, hash) in all.iter().take(asked) {
        let seen = door.board_of_fact("situation", **sequence).await;
        assert_eq!(seen["hash"], hash.as_str(), "what was pushed at {sequence}, {when}");
    }
    eprintln!(
        "travel: {} of {} pushes as they were, {when}, in {:.1?}",
        all.len().min(asked),
        pushed.len(),
        begun.elapsed()
    );
}

#[tokio::test]
async fn moments_of_a_real_year_are_as_they_were_pushed() {
    let Some(visits) = recorded::find(skane::VISITS) else { return };
    let mut server = Server::start(Plan::area(PROGRAM, skane::AREA)).await;
    let last = 213_060;
    let watching = tokio::spawn(watch(server.public.clone(), skane::AREA, move |board| {
        board["sequence"].as_u64() >= Some(last)
    }));
    let (file, url) = (visits.display().to_string(), server.door(skane::AREA).url.clone());
    let told = tokio::task::spawn_blocking(move || {
        let speed = if is_full() { PACED } else { "max" };
        let told = ["replay", &file, "--feed", "config/feeds/skane.toml", "--to", &url, "--speed", speed];
        Said::by(PROGRAM, &told).with_code(0)
    });
    assert!(told.await.expect("told").out.starts_with("213060 recorded"));
    let pushed = watching.await.expect("pushes");
    // A year that comes in within a minute is pushed in few, merged pieces.
    assert!(pushed.len() >= FEWEST, "{} pushes", pushed.len());
    let mut dice = Dice::thrown("travel's moments of a year");
    asks(&server.door(skane::AREA), &pushed, &mut dice, "of a process that pushed them").await;
    server.interrupt().await;
    server.again().await;
    asks(&server.door(skane::AREA), &pushed, &mut dice, "after a restart").await;
    server.kill();
    std::fs::remove_dir_all(server.data().join("snapshots")).expect("snapshots");
    server.again().await;
    asks(&server.door(skane::AREA), &pushed, &mut dice, "after all that was kept was deleted").await;
}

#[tokio::test]
async fn an_evening_is_replayed_at_its_speed_as_it_was_pushed() {
    let mut server = Server::start(Plan::demo(PROGRAM).with("TILANNE_DEMO__SPEED", DEMO_SPEED)).await;
    let end = at("2026-11-26T22:50:00+02:00");
    let pushed = watch(server.public.clone(), "itauusimaa", move |board| {
        at(board["as_of"].as_str().expect("a time")) >= end
    })
    .await;
    let mut dice = Dice::thrown("travel's evening");
    asks(&server.door("itauusimaa"), &pushed, &mut dice, "of the demo").await;
    server.interrupt().await;
    server.set("TILANNE_DEMO__SPEED", Some("1"));
    server.again().await;
    let door = server.door("itauusimaa");
    asks(&door, &pushed, &mut dice, "of the demo, after a restart").await;

    let (mut wire, _) = Wire::open(&server.public, "itauusimaa").await;
    let replay = json!({"from": FROM, "to": TO, "speed": REPLAY_SPEED});
    wire.say(&json!({"kind": "subscribe", "area": "itauusimaa", "view": "situation", "replay": replay}))
        .await;
    let (deltas, behind) = replayed(&mut wire).await;
    // How far behind it came is told and not judged: that is the machine's, too.
    let of_pushes = deltas.iter().filter(|delta| {
        let sequence = delta["sequence"].as_u64().expect("a sequence");
        let was = pushed.get(&sequence);
        assert!(was.is_none_or(|hash| delta["hash"] == hash.as_str()), "{delta}");
        was.is_some()
    });
    let of_pushes = of_pushes.count();
    let step = (deltas.len() / COMPARED).max(1);
    for delta in deltas.iter().step_by(step) {
        let seen = door.board("situation", &format!("sequence={}", delta["sequence"])).await;
        assert_eq!(seen["hash"], delta["hash"], "{delta}");
    }
    eprintln!(
        "travel: {} changes of three hours at {REPLAY_SPEED} x, {of_pushes} of them pushed alike, at most {behind:.0?} \
         behind",
        deltas.len()
    );
}

/// Takes a replay to its end: its changes, and how far behind its time the latest of them came.
async fn replayed(wire: &mut Wire) -> (Vec<Value>, Duration) {
    let (mut deltas, mut behind, mut since) = (Vec::new(), Duration::ZERO, Instant::now());
    loop {
        let frame = wire.next().await;
        assert_eq!(frame["live"], false, "{frame}");
        let moment = at(frame["moment"].as_str().expect("a moment"));
        assert!(at(FROM) <= moment && moment <= at(TO), "{frame}");
        match frame["kind"].as_str().expect("a kind") {
            "snapshot" => {
                wire.board = frame["board"].clone();
                since = Instant::now();
            }
            "replaying" => {}
            "delta" => {
                wire.apply(&frame);
                let past = moment.duration_since(at(FROM)).as_secs_f64();
                let due = Duration::from_secs_f64(past.max(0.0) / REPLAY_SPEED);
                behind = behind.max(since.elapsed().saturating_sub(due));
                deltas.push(frame);
            }
            "replay_ended" => return (deltas, behind),
            other => panic!("no {other} belongs into a replay: {frame}"),
        }
    }
}
