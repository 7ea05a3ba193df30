//! A screen on somebody's wall: follows a board through everything, and keeps to the contract's rules.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use acceptance::canonical::{board_hash, patched};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

/// A server that says nothing for so long is gone: heartbeats come every 5 s.
const SILENT: Duration = Duration::from_secs(12);
/// Before it connects again.
const AGAIN: Duration = Duration::from_millis(300);

/// What a screen saw.
#[derive(Debug, Default)]
pub struct Seen {
    /// Its last board.
    pub board: Value,
    /// Deltas that it applied.
    pub deltas: usize,
    /// Connections that it had.
    pub connections: usize,
    /// Times that it had to start over.
    pub resets: usize,
    /// The longest time in which its board was not live.
    pub longest: Duration,
    /// Whether its board was live at the end.
    pub live: bool,
    /// Deltas that did not fit, and hashes that were wrong.
    pub wrong: Vec<String>,
}

/// Follows a view at an address until told to stop.
pub async fn watch(address: String, area: String, view: String, stop: Arc<AtomicBool>) -> Seen {
    let mut screen = Screen { seen: Seen::default(), live: Instant::now(), is_live: false };
    loop {
        screen.connection(&address, &area, &view, &stop).await;
        if stop.load(Ordering::Relaxed) {
            screen.seen.live = screen.is_live;
            screen.seen.longest = screen.seen.longest.max(screen.live.elapsed());
            return screen.seen;
        }
        screen.dark();
        tokio::time::sleep(AGAIN).await;
    }
}

async fn stopped(stop: &AtomicBool) {
    while !stop.load(Ordering::Relaxed) {
        tokio::time::sleep(AGAIN).await;
    }
}

struct Screen {
    seen: Seen,
    /// When the board was last known to be live.
    live: Instant,
    is_live: bool,
}

impl Screen {
    /// The board is live at this moment.
    fn lit(&mut self) {
        if !self.is_live {
            self.seen.longest = self.seen.longest.max(self.live.elapsed());
        }
        (self.is_live, self.live) = (true, Instant::now());
    }

    /// The board is not live from here on.
    fn dark(&mut self) {
        self.is_live = false;
    }

    async fn connection(&mut self, address: &str, area: &str, view: &str, stop: &AtomicBool) -> Option<()> {
        let mut request = format!("ws://{address}/v1/live").into_client_request().ok()?;
        request.headers_mut().insert("sec-websocket-protocol", "tilanne.board.v1".parse().ok()?);
        let connected = tokio::time::timeout(SILENT, tokio_tungstenite::connect_async(request)).await;
        let (mut socket, _) = connected.ok()?.ok()?;
        self.seen.connections += 1;
        let mut asked = json!({"kind": "subscribe", "area": area, "view": view});
        if let Some(board) = self.seen.board.as_object() {
            asked["resume"] =
                json!({"epoch": board["epoch"], "revision": board["revision"], "hash": board["hash"]});
        }
        socket.send(Message::text(asked.to_string())).await.ok()?;
        while !stop.load(Ordering::Relaxed) {
            let message = tokio::select! {
                message = tokio::time::timeout(SILENT, socket.next()) => message.ok()??.ok()?,
                () = stopped(stop) => return Some(()),
            };
            let Message::Text(text) = message else { continue };
            let frame: Value = serde_json::from_str(&text).expect("JSON");
            match frame["kind"].as_str().unwrap_or_default() {
                "snapshot" => {
                    self.seen.board = frame["board"].clone();
                    self.check();
                }
                "reset" => {
                    self.seen.resets += 1;
                    self.seen.board = Value::Null;
                }
                "delta" => self.apply(&frame),
                "live" => self.lit(),
                "heartbeat" if self.is_live => self.lit(),
                "degraded" => self.dark(),
                "bye" => return Some(()),
                "error" => panic!("{frame}"),
                _ => {}
            }
        }
        Some(())
    }

    fn apply(&mut self, delta: &Value) {
        if delta["prev"] != self.seen.board["revision"] {
            self.seen.wrong.push(format!("at {}: {delta}", self.seen.board["revision"]));
            return;
        }
        self.seen.board = patched(self.seen.board.take(), &delta["patch"]);
        self.seen.deltas += 1;
        if self.is_live {
            self.lit();
        }
        self.check();
    }

    fn check(&mut self) {
        let hash = board_hash(&self.seen.board);
        if self.seen.board["hash"] != hash.as_str() {
            self.seen.wrong.push(format!("its hash is {hash}, not {}", self.seen.board["hash"]));
        }
    }
}
