//! A client of `/v1/live` that insists on the order of frames.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::{AREA, PATIENCE, patched};

pub struct Client {
    pub socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    pub hello: Value,
    pub board: Value,
}

impl Client {
    pub async fn connect(
        address: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, tungstenite::Error> {
        let mut request = format!("ws://{address}/v1/live").into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", gateway::SUBPROTOCOL.parse().unwrap());
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let (socket, response) = tokio_tungstenite::connect_async(request).await?;
        assert_eq!(response.headers()["sec-websocket-protocol"], gateway::SUBPROTOCOL);
        Ok(Self { socket, hello: Value::Null, board: Value::Null })
    }

    pub async fn send(&mut self, message: Value) {
        self.socket.send(Message::text(message.to_string())).await.unwrap();
    }

    pub async fn subscribe(&mut self, view: &str, resume: Option<Value>) {
        self.send(json!({"kind": "subscribe", "area": AREA, "view": view, "resume": resume})).await;
    }

    /// Subscribes from nothing and takes the first board.
    pub async fn open(&mut self, view: &str) -> Value {
        self.subscribe(view, None).await;
        let reset = self.frame("reset").await;
        assert_eq!(reset["reason"], "no_position");
        self.snapshot().await;
        self.frame("live").await
    }

    pub async fn snapshot(&mut self) {
        self.board = self.frame("snapshot").await["board"].take();
    }

    /// The next frame, whatever it is.
    pub async fn next(&mut self) -> Value {
        loop {
            match self.message().await {
                Message::Text(text) => return serde_json::from_str(&text).unwrap(),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("no text frame but {other:?}"),
            }
        }
    }

    async fn message(&mut self) -> Message {
        let next = tokio::time::timeout(PATIENCE, self.socket.next()).await.expect("a frame in time");
        next.expect("an open connection").unwrap()
    }

    /// The next frame, which must be of this kind.
    pub async fn frame(&mut self, kind: &str) -> Value {
        let frame = self.next().await;
        assert_eq!(frame["kind"], kind, "{frame}");
        frame
    }

    /// Takes deltas, each of which must follow on the board, until the board is at `revision`.
    /// Answers how many it took.
    pub async fn follow_to(&mut self, revision: u64) -> usize {
        let mut taken = 0;
        while self.board["revision"].as_u64().unwrap() < revision {
            let delta = self.frame("delta").await;
            assert_eq!(delta["prev"], self.board["revision"], "the chain is whole");
            self.board = patched(&self.board, &delta["patch"]);
            assert_eq!(self.board["revision"], delta["revision"]);
            assert_eq!(self.board["hash"], delta["hash"]);
            taken += 1;
        }
        taken
    }

    pub fn position(&self) -> Value {
        json!({"epoch": self.board["epoch"], "revision": self.board["revision"], "hash": self.board["hash"]})
    }

    /// Reads until the connection ends; the close frame, if one came.
    pub async fn closed(&mut self) -> Option<CloseFrame> {
        loop {
            match tokio::time::timeout(PATIENCE, self.socket.next()).await.expect("an end in time") {
                Some(Ok(Message::Close(frame))) => return frame,
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return None,
            }
        }
    }
}
