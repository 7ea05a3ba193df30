//! The WebSocket side of a server: a client that applies the contract's rules and checks each hash.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use crate::canonical::{board_hash, patched};
use crate::server::PATIENCE;

/// What client and server agree on.
const SUBPROTOCOL: &str = "tilanne.board.v1";

/// One connection following one view.
#[derive(Debug)]
pub struct Wire {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    area: String,
    /// The board as the frames so far leave it.
    pub board: Value,
}

impl Wire {
    /// Connects and takes the hello.
    pub async fn open(address: &str, area: &str) -> (Self, Value) {
        let mut request = format!("ws://{address}/v1/live").into_client_request().expect("a request");
        request.headers_mut().insert("sec-websocket-protocol", SUBPROTOCOL.parse().expect("a header"));
        let (socket, answer) = tokio_tungstenite::connect_async(request).await.expect("an open socket");
        assert_eq!(answer.headers()["sec-websocket-protocol"], SUBPROTOCOL);
        let mut wire = Self { socket, area: area.to_owned(), board: Value::Null };
        let hello = wire.frame("hello").await;
        (wire, hello)
    }

    /// Asks to follow a view, from a position if there is one.
    pub async fn subscribe(&mut self, view: &str, resume: Option<Value>) {
        let mut asked = json!({"kind": "subscribe", "area": self.area, "view": view});
        if let Some(position) = resume {
            asked["resume"] = position;
        }
        self.say(&asked).await;
    }

    /// Follows a view from nothing: reset, snapshot, live.
    pub async fn follow(&mut self, view: &str) {
        self.subscribe(view, None).await;
        self.start_over("no_position").await;
    }

    /// Takes a reset and the snapshot after it.
    pub async fn start_over(&mut self, reason: &str) {
        assert_eq!(self.frame("reset").await["reason"], reason);
        self.board = self.frame("snapshot").await["board"].take();
        assert_eq!(self.board["hash"], board_hash(&self.board).as_str());
        self.frame("live").await;
    }

    /// Says something.
    pub async fn say(&mut self, message: &Value) {
        self.socket.send(Message::text(message.to_string())).await.expect("sent");
    }

    /// The next frame, which must be of a kind; heartbeats may come between.
    pub async fn frame(&mut self, kind: &str) -> Value {
        loop {
            let frame = self.next().await;
            if frame["kind"] == kind {
                return frame;
            }
            assert_eq!(frame["kind"], "heartbeat", "awaited {kind}: {frame}");
        }
    }

    /// The next frame that is no heartbeat.
    pub async fn next_but_heartbeats(&mut self) -> Value {
        loop {
            let frame = self.next().await;
            if frame["kind"] != "heartbeat" {
                return frame;
            }
        }
    }

    /// Takes deltas until the board has a sequence at least. Answers with them.
    pub async fn follow_to(&mut self, sequence: u64) -> Vec<Value> {
        let mut deltas = Vec::new();
        while self.board["sequence"].as_u64() < Some(sequence) {
            let delta = self.frame("delta").await;
            self.apply(&delta);
            deltas.push(delta);
        }
        deltas
    }

    /// Applies a delta as the contract says, and insists on the chain and on the hash.
    pub fn apply(&mut self, delta: &Value) {
        assert_eq!(delta["prev"], self.board["revision"], "the chain is whole: {delta}");
        self.board = patched(self.board.take(), &delta["patch"]);
        assert_eq!(self.board["revision"], delta["revision"], "{delta}");
        assert_eq!(self.board["hash"], board_hash(&self.board).as_str(), "after {delta}");
        assert_eq!(self.board["hash"], delta["hash"], "{delta}");
    }

    /// Where this client stands, for resuming.
    #[must_use]
    pub fn position(&self) -> Value {
        json!({"epoch": self.board["epoch"], "revision": self.board["revision"], "hash": self.board["hash"]})
    }

    /// The next text frame.
    pub async fn next(&mut self) -> Value {
        loop {
            let next = tokio::time::timeout(PATIENCE, self.socket.next()).await.expect("a frame in time");
            match next.expect("an open connection").expect("a frame") {
                Message::Text(text) => return serde_json::from_str(&text).expect("JSON"),
                Message::Ping(_) | Message::Pong(_) => {}
                other @ (Message::Binary(_) | Message::Close(_) | Message::Frame(_)) => {
                    panic!("no text frame but {other:?}")
                }
            }
        }
    }
}
