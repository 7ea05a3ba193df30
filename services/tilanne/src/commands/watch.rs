//! `tilanne watch`: a live board in the terminal, through the same WebSocket as the web page.

mod table;

use std::io::{IsTerminal, Write};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::http::header::SEC_WEBSOCKET_PROTOCOL;
use tokio_tungstenite::tungstenite::{Error as WsError, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::Error;
use crate::cli::Watch;
use crate::output::say;

/// The live boards' subprotocol.
const SUBPROTOCOL: &str = "tilanne.board.v1";
/// The pause before a broken connection is tried again; it doubles up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// The longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// Without a word from the server for this long the figures are not live: two beats and a little.
const SILENT_AFTER: Duration = Duration::from_secs(11);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

pub async fn watch(asked: Watch) -> Result<(), Error> {
    let server = asked.url.trim_end_matches('/').to_owned();
    let area = match &asked.area {
        Some(area) => area.clone(),
        None => only_area(&server).await?,
    };
    let mut pause = FIRST_PAUSE;
    let mut watching =
        Watching { json: asked.json, area, view: asked.view.clone(), board: None, degraded: None };
    loop {
        let broken = match connect(&server).await {
            Ok(socket) => {
                pause = FIRST_PAUSE;
                watching.follow(socket).await?
            }
            Err(WsError::Http(answer)) if !answer.status().is_server_error() => {
                return Err(Error::Server(format!("{server} refuses live boards: {}", answer.status())));
            }
            Err(WsError::Url(error)) => return Err(Error::Usage(format!("{server} is not a URL: {error}"))),
            Err(error) => error.to_string(),
        };
        watching.lost(&broken)?;
        tokio::time::sleep(pause).await;
        pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
    }
}

/// The server's area, if it has just one.
pub(super) async fn only_area(server: &str) -> Result<String, Error> {
    let url = format!("{server}/v1/areas");
    let failed = |error: reqwest::Error| Error::Server(format!("{url}: {error}; is the server running?"));
    let answer = reqwest::get(&url).await.map_err(failed)?.error_for_status().map_err(failed)?;
    let areas: Value = answer.json().await.map_err(failed)?;
    let names: Vec<&String> =
        areas.get("areas").and_then(Value::as_object).into_iter().flatten().map(|(id, _)| id).collect();
    match names.as_slice() {
        [only] => Ok((*only).clone()),
        several => Err(Error::Usage(format!("{server} has these areas: {several:?}: name one with --area"))),
    }
}

async fn connect(server: &str) -> Result<Socket, WsError> {
    let url = format!("{}/v1/live", server.replacen("http", "ws", 1));
    let mut request = url.into_client_request()?;
    request.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(SUBPROTOCOL));
    Ok(connect_async(request).await?.0)
}

struct Watching {
    json: bool,
    area: String,
    view: String,
    board: Option<Value>,
    /// Why the server says that its boards are not live.
    degraded: Option<String>,
}

/// What to do after a frame.
enum Then {
    Show,
    Nothing,
    Resubscribe,
    Leave(String),
}

impl Watching {
    /// Follows one connection until it ends; returns why it did.
    async fn follow(&mut self, mut socket: Socket) -> Result<String, Error> {
        if let Err(error) = self.subscribe(&mut socket).await {
            return Ok(error.to_string());
        }
        loop {
            let frame = match tokio::time::timeout(SILENT_AFTER, socket.next()).await {
                Err(_) => return Ok("no heartbeat: the figures are NOT LIVE".to_owned()),
                Ok(None) => return Ok("the server closed the connection".to_owned()),
                Ok(Some(Err(error))) => return Ok(error.to_string()),
                Ok(Some(Ok(Message::Text(text)))) => text,
                Ok(Some(Ok(_))) => continue,
            };
            let Ok(frame) = serde_json::from_str::<Value>(&frame) else { continue };
            match self.take(frame)? {
                Then::Show => match &self.degraded {
                    None => self.show("live")?,
                    Some(cause) => self.show(&format!("NOT LIVE: {cause}"))?,
                },
                Then::Nothing => {}
                Then::Resubscribe => {
                    if let Err(error) = self.subscribe(&mut socket).await {
                        return Ok(error.to_string());
                    }
                }
                Then::Leave(why) => return Ok(why),
            }
        }
    }

    async fn subscribe(&mut self, socket: &mut Socket) -> Result<(), WsError> {
        let mut message = json!({"kind": "subscribe", "area": self.area, "view": self.view});
        if let (Some(board), Some(message)) = (&self.board, message.as_object_mut()) {
            let position =
                json!({"epoch": board["epoch"], "revision": board["revision"], "hash": board["hash"]});
            message.insert("resume".into(), position);
        }
        socket.send(Message::text(message.to_string())).await
    }

    /// Takes a frame in. A delta that does not follow on what is shown is never applied.
    fn take(&mut self, frame: Value) -> Result<Then, Error> {
        let text = |name: &str| frame.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        match text("kind").as_str() {
            "snapshot" => {
                self.board = frame.get("board").cloned();
                Ok(Then::Show)
            }
            "delta" => {
                let follows =
                    self.board.as_ref().is_some_and(|board| board.get("revision") == frame.get("prev"));
                match (&mut self.board, frame.get("patch")) {
                    (Some(board), Some(patch)) if follows => {
                        proto::patch::apply(board, patch);
                        Ok(Then::Show)
                    }
                    (_, _) => {
                        self.board = None;
                        Ok(Then::Resubscribe)
                    }
                }
            }
            "heartbeat" => Ok(if self.json { Then::Nothing } else { Then::Show }),
            "live" if self.json && self.degraded.is_some() => {
                self.degraded = None;
                say(&json!({"kind": "live"}).to_string())?;
                Ok(Then::Nothing)
            }
            "hello" | "live" => {
                self.degraded = None;
                Ok(Then::Nothing)
            }
            "degraded" => {
                let cause = text("cause");
                // Silence ends with the next heartbeat; that nothing is recorded ends when it is said.
                self.degraded = (cause != "projector_silent").then(|| cause.clone());
                self.lost(&cause)?;
                Ok(Then::Nothing)
            }
            "error" => Err(Error::Server(format!("{}: {}", self.view, text("error")))),
            "bye" => Ok(Then::Leave("the server is stopping".to_owned())),
            _ => Ok(Then::Nothing),
        }
    }

    fn show(&self, state: &str) -> Result<(), Error> {
        let Some(board) = &self.board else { return Ok(()) };
        if self.json {
            return say(&proto::canonical::text(board));
        }
        if std::io::stdout().is_terminal() {
            // Home and clear: the table is drawn in place.
            say("\u{1b}[H\u{1b}[2J")?;
        }
        say(&table::draw(board, state))
    }

    fn lost(&self, why: &str) -> Result<(), Error> {
        if self.json {
            return say(&json!({"kind": "degraded", "cause": why}).to_string());
        }
        if self.board.is_none() {
            drop(writeln!(std::io::stderr(), "not live: {why}; trying again"));
            return Ok(());
        }
        self.show(&format!("NOT LIVE: {why}; trying again"))
    }
}
