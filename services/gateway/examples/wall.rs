//! Shows the board page with an invented evening: `cargo run -p gateway --example wall -- 127.0.0.1:8099`.
//!
//! For working on the page: its files are read from the source tree at every load. `mute` as a second
//! argument stops the heartbeat after two seconds.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "a tool for developers"
)]

#[path = "../tests/support/mod.rs"]
mod support;

use std::path::PathBuf;
use std::time::Duration;

use gateway::{Config, Gateway};
use serde_json::{Value, json};
use support::{AREA, Projector};
use tokio_util::sync::CancellationToken;

const EVENING: &str = include_str!("evening.json");

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().unwrap_or_else(|| "127.0.0.1:8099".into());
    let mute = arguments.next().is_some();
    let bus = bus::Bus::in_process();
    let projector = Projector::start(&bus).await;
    let evening: Value = serde_json::from_str(EVENING).unwrap();
    for view in ["situation", "evening", "weekend"] {
        projector.fold(view, evening.clone());
    }
    for (id, station) in evening["stations"].as_object().unwrap() {
        let mut alone = evening.clone();
        alone["stations"] = json!({ id.as_str(): station });
        projector.fold(&format!("station:{id}"), alone);
    }
    let directory = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/board"));
    let config = Config { board_dir: Some(directory), ..Config::default() };
    let (router, gateway) = Gateway::new(config, bus, AREA, &prometheus::Registry::new()).unwrap();
    let listener = tokio::net::TcpListener::bind(&address).await.unwrap();
    tokio::spawn(gateway.run(CancellationToken::new()));
    tokio::spawn(move_on(projector, mute));
    println!("http://{address}/");
    axum::serve(listener, router).await.unwrap();
}

/// Changes a figure a few times a second and beats.
async fn move_on(projector: Projector, mute: bool) {
    let mut tick = tokio::time::interval(Duration::from_millis(250));
    for step in 0_u64.. {
        tick.tick().await;
        if step % 8 == 0 && !(mute && step > 8) {
            let seconds = step / 4;
            projector.beat(&format!("2026-11-26T18:{:02}:{:02}+02:00", 1 + seconds / 60, seconds % 60)).await;
        }
        let waiting = json!({"waiting": 9 + step % 3, "waiting_by_urgency": {"D": 4 + step % 3}});
        projector
            .change("situation", json!({"stations": {"porvoo-paivystys": {"lanes": {"general": waiting}}}}))
            .await;
    }
}
