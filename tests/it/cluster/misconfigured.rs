//! What is set up wrongly is said once in the log and all the time by `/readyz`, and is over as soon as it is mended.

mod names;
mod old_server;

use std::path::PathBuf;
use std::time::Instant;

use acceptance::events::{event, now};
use acceptance::program::Said;
use acceptance::server::{LOOK, PATIENCE, Plan, Server};
use bus::contract::NatsServer;
use serde_json::{Value, json};
use tokio::time::sleep;

use self::old_server::OldServer;
use crate::PROGRAM;

const AREA: &str = "itauusimaa";
/// Times that something is tried again, so that a line a try would be seen.
const TRIES: usize = 3;
/// How far the clock is off, in seconds.
const OFF: u64 = 600;

fn server(what: &str) -> Option<NatsServer> {
    Some(NatsServer::start(&NatsServer::program(what)?))
}

/// A service that looks for a server, with more of the section `[nats]`.
fn service(name: &str, url: &str, more: &str) -> Plan {
    Plan::service(PROGRAM, name, &format!("[nats]\nservers = [\"{url}\"]\nname = \"{name}\"\n{more}\n"))
}

fn spawned(plan: Plan) -> Server {
    let mut server = Server::planned(plan);
    server.spawn();
    server
}

/// Makes the intake stream, with more of the section `[nats]`.
fn init(server: &NatsServer, more: &str) {
    let file = server.directory().join("admin.toml");
    let text = format!("[nats]\nservers = [\"{}\"]\nname = \"admin\"\n{more}\n", server.url());
    std::fs::write(&file, text).expect("a configuration");
    let made = Said::by(PROGRAM, &["nats", "init", "--config", &file.display().to_string()]).with_code(0);
    assert!(made.out.starts_with("made: "), "{made:?}");
}

/// The lines of a log that somebody must read.
fn aloud(server: &Server) -> Vec<String> {
    let log = server.log();
    log.lines().filter(|line| line.contains(" WARN ") || line.contains("ERROR ")).map(str::to_owned).collect()
}

/// Insists that the log has said this and nothing else aloud, and once.
fn says_once(server: &Server, what: &str) {
    let aloud = aloud(server);
    assert!(aloud.len() == 1 && aloud[0].contains(what), "{what}: {aloud:#?}");
}

/// Waits until a check has failed with these words. Answers with the whole sentence.
async fn fails(server: &Server, check: &str, words: &str) -> String {
    let detail = |told: &Value| told["checks"][check]["detail"].as_str().unwrap_or_default().to_owned();
    let is_so = |told: &Value| told["checks"][check]["state"] == "failed" && detail(told).contains(words);
    let told = server.checks_when(is_so).await;
    assert_eq!(told["ready"], false, "{told}");
    detail(&told)
}

fn waiting(id: &str) -> Value {
    let data = json!({"lane": "kiire", "waiting": 3});
    event(id, "/feeds/sipoo", "sipoo-sote", "queue.observed", now(), &data)
}

#[tokio::test]
async fn a_user_that_the_server_does_not_know_is_told_once_and_let_in_once_it_is_known() {
    let Some(program) = NatsServer::program("wrong credentials") else { return };
    let directory = NatsServer::directory_for_one();
    for users in ["known", "unknown"] {
        let dir = directory.path().join(users).display().to_string();
        Said::by(PROGRAM, &["nats", "users", "--dir", &dir]).with_code(0);
    }
    let config = "server_name: strict\nmax_payload: 8454144\n\
                  jetstream { store_dir: \"{directory}\", sync_interval: always }\ninclude \"known/users.conf\"\n";
    let nats = NatsServer::start_in(&program, directory, config);
    let seed = |users: &str, name: &str| nats.directory().join(users).join(format!("{name}.seed"));
    let own = seed("unknown", "recorder");
    let recorder = spawned(service("recorder", &nats.url(), &format!("seed_file = \"{}\"", own.display())));

    fails(&recorder, "nats", "refuses this user: have its public key, and no other, in the server's users")
        .await;
    let begun = Instant::now();
    let refusals = || {
        let log = std::fs::read_to_string(nats.directory().join("server.log")).unwrap_or_default();
        log.lines().filter(|line| line.contains("authentication error")).count()
    };
    while refusals() < TRIES {
        assert!(begun.elapsed() < PATIENCE, "it is not tried again");
        sleep(LOOK).await;
    }
    says_once(&recorder, "refuses this user");

    std::fs::copy(seed("known", "recorder"), own).expect("the right seed");
    init(&nats, &format!("seed_file = \"{}\"", seed("known", "admin").display()));
    let mut recorder = recorder;
    recorder.ready().await;
}

#[tokio::test]
async fn without_its_stream_nothing_is_taken_in_until_somebody_makes_it() {
    let Some(nats) = server("a missing stream") else { return };
    let mut recorder = spawned(service("recorder", &nats.url(), ""));
    let queue = Server::start(service("queue", &nats.url(), "")).await;
    for check in ["intake", "stream"] {
        fails(&recorder, check, "make it with `tilanne nats init`").await;
    }
    let door = queue.door(AREA);
    for _ in 0..TRIES {
        let body = waiting("early").to_string();
        let answer = door.post("application/cloudevents+json", body).await.expect("an answer");
        assert_eq!(answer.status, 503, "{answer:?}");
        assert!(answer.body.contains("tilanne nats init"), "{answer:?}");
    }
    says_once(&recorder, "there is no intake stream: make it with `tilanne nats init`");
    says_once(&queue, "make a missing one with `tilanne nats init`");

    init(&nats, "");
    recorder.ready().await;
    door.insist(&format!("{}\n", waiting("early"))).await;
    recorder.metric_from("tilanne_recorder_sequence", 1.0).await;
}

#[tokio::test]
async fn a_stream_that_is_not_as_configured_is_told_and_used() {
    let Some(nats) = server("a drifted stream") else { return };
    init(&nats, "intake.max_age = \"2h\"");
    let recorder = spawned(service("recorder", &nats.url(), ""));
    let queue = Server::start(service("queue", &nats.url(), "")).await;
    let drift = "max_age: is 7200s, should be 604800s";
    fails(&recorder, "stream", drift).await;
    queue.door(AREA).insist(&format!("{}\n", waiting("a"))).await;
    let told = recorder.checks_when(|told| told["checks"]["intake"]["state"] == "ok").await;
    for check in ["nats", "journal", "clock"] {
        assert_eq!(told["checks"][check]["state"], "ok", "{told}");
    }
    says_once(&recorder, drift);
}

#[tokio::test]
async fn a_server_that_is_too_old_is_told_once() {
    let old = OldServer::begin("2.9.25");
    let recorder = spawned(service("recorder", &old.url(), ""));
    let sentence = "has version 2.9.25, which is too old: install 2.10 or newer";
    fails(&recorder, "nats", sentence).await;
    old.greeted(TRIES).await;
    says_once(&recorder, sentence);
}

#[tokio::test]
async fn a_clock_that_is_off_is_told_and_events_keep_the_servers_time() {
    let Some(faketime) = faketime() else { return };
    let Some(nats) = server("a clock that is off") else { return };
    init(&nats, "");
    let offset = nats.directory().join("offset");
    std::fs::write(&offset, format!("+{OFF}\n")).expect("written");
    let plan = service("recorder", &nats.url(), "")
        .with("LD_PRELOAD", &faketime.display().to_string())
        .with("FAKETIME_TIMESTAMP_FILE", &offset.display().to_string())
        .with("FAKETIME_CACHE_DURATION", "1")
        .with("FAKETIME_DONT_FAKE_MONOTONIC", "1")
        .with("DONT_FAKE_MONOTONIC", "1");
    let mut recorder = spawned(plan);
    let queue = Server::start(service("queue", &nats.url(), "")).await;
    let told = fails(&recorder, "clock", "ahead of that of the NATS server: set both by NTP").await;
    let seconds: u64 = told.split(' ').find_map(|word| word.parse().ok()).expect("a number of seconds");
    assert!(seconds.abs_diff(OFF) < 5, "{told}");

    let sent = now();
    queue.door(AREA).insist(&format!("{}\n", waiting("a"))).await;
    says_once(&recorder, "ahead of that of the NATS server");
    std::fs::write(&offset, "+0\n").expect("written");
    recorder.ready().await;
    recorder.interrupt().await;
    let data = recorder.data().display().to_string();
    let facts = Said::by(PROGRAM, &["journal", "export", &data]).with_code(0).out;
    let mut facts = facts.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let fact = facts.find(|fact| fact["id"] == "a").expect("the event");
    let received: jiff::Timestamp = fact["received_time"].as_str().expect("a time").parse().expect("a time");
    let after = received.duration_since(sent).as_secs();
    assert!((0..OFF / 2).contains(&u64::try_from(after).unwrap_or(u64::MAX)), "{fact}");
}

/// The library that gives a process another clock; `None`, aloud, where it is not installed.
fn faketime() -> Option<PathBuf> {
    let found = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    let mut found = found.map(|directory| directory.path().join("faketime/libfaketime.so.1"));
    let found = found.find(|library| library.is_file());
    if found.is_none() {
        eprintln!("skipped: a clock that is off: there is no libfaketime (apt-get install faketime)");
    }
    found
}

#[tokio::test]
async fn a_second_recorder_on_a_directory_leaves_it_to_the_first() {
    let Some(nats) = server("two recorders on one directory") else { return };
    init(&nats, "");
    let first = Server::start(service("recorder", &nats.url(), "")).await;
    let mut second = spawned(service("recorder", &nats.url(), "").on(&first.data()));
    assert!(!second.ends().await.success());
    let sentence = "is in use by another process: stop that one first, a journal has one writer";
    says_once(&second, sentence);
    let log = second.log();
    assert!(
        log.lines().last().is_some_and(|last| last.starts_with("tilanne: ") && last.ends_with(sentence)),
        "{log}"
    );
    assert_eq!(first.checks().await["ready"], true);
    assert!(aloud(&first).is_empty(), "{:?}", aloud(&first));
}

#[tokio::test]
async fn the_order_in_which_things_start_does_not_matter() {
    let Some(mut nats) = server("the order of the start") else { return };
    nats.kill();
    let [mut gateway, mut projector, queue, recorder] =
        ["gateway", "projector", "queue", "recorder"].map(|name| spawned(service(name, &nats.url(), "")));
    for service in [&gateway, &projector, &queue, &recorder] {
        fails(service, "nats", "no NATS server can be reached").await;
        says_once(service, "no NATS server can be reached");
    }
    nats.begin_again();
    fails(&recorder, "stream", "make it with `tilanne nats init`").await;
    init(&nats, "");
    let (mut queue, mut recorder) = (queue, recorder);
    for service in [&mut gateway, &mut projector, &mut queue, &mut recorder] {
        service.ready().await;
    }
    let receipts = queue.door(AREA).insist(&format!("{}\n", waiting("a"))).await;
    let sequence = receipts[0]["position"]["sequence"].as_u64().expect("a sequence");
    let board = gateway.door(AREA).board_from("situation", sequence).await;
    assert_eq!(board["stations"]["sipoo-sote"]["lanes"]["kiire"]["waiting"], 3);
}
