//! Sending events to a server until each has its receipt.

use std::path::Path;
use std::time::Duration;

use proto::receipt::{Receipt, Receipts};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};

use crate::Error;

/// The pause after a first failure; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// The longest pause: a server that is back should not wait long for its events.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// Without an answer for this long a sender gives up: a restart takes seconds.
const PATIENCE: Duration = Duration::from_secs(120);
/// An answer takes at most the server's own deadlines.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);

/// A sender of events.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    url: String,
    token: Option<String>,
}

impl Client {
    /// A sender to a server, such as `http://127.0.0.1:8080`.
    pub fn new(server: &str, token_file: Option<&Path>) -> Result<Self, Error> {
        if !server.starts_with("http://") && !server.starts_with("https://") {
            return Err(Error::Usage(format!(
                "{server:?} is not a URL: write one such as http://127.0.0.1:8080"
            )));
        }
        let token = token_file.map(crate::config::read).transpose()?.map(|token| token.trim().to_owned());
        let http = reqwest::Client::builder()
            .timeout(ANSWER_WITHIN)
            .build()
            .map_err(|error| Error::Server(format!("no HTTP client: {error}")))?;
        Ok(Self { http, url: format!("{}/v1/events", server.trim_end_matches('/')), token })
    }

    /// Sends events, one JSON document a line, and returns their receipts. What is not answered is sent
    /// again, whole, until it is: a repeated event is a duplicate and counts once.
    pub async fn send(&self, lines: String) -> Result<Vec<Receipt>, Error> {
        let lines = bytes::Bytes::from(lines);
        let begun = std::time::Instant::now();
        let mut pause = FIRST_PAUSE;
        loop {
            match self.try_send(lines.clone()).await? {
                Ok(receipts) => return Ok(receipts),
                Err(reason) if begun.elapsed() > PATIENCE => {
                    let waited = PATIENCE.as_secs();
                    return Err(Error::Server(format!("{}: no receipts for {waited} s: {reason}", self.url)));
                }
                Err(_) => {
                    tokio::time::sleep(pause).await;
                    pause = pause.saturating_mul(2).min(LONGEST_PAUSE);
                }
            }
        }
    }

    /// One attempt: receipts, or why to try again.
    async fn try_send(&self, lines: bytes::Bytes) -> Result<Result<Vec<Receipt>, String>, Error> {
        let mut request = self.http.post(&self.url).header(CONTENT_TYPE, "application/x-ndjson").body(lines);
        if let Some(token) = &self.token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) if error.is_builder() => {
                return Err(Error::Usage(format!("{} is not a URL: {error}", self.url)));
            }
            Err(error) => return Ok(Err(error.to_string())),
        };
        let status = answer.status();
        let body = match answer.bytes().await {
            Ok(body) => body,
            Err(error) => return Ok(Err(error.to_string())),
        };
        if status.is_success() {
            let receipts: Receipts = serde_json::from_slice(&body).map_err(|error| {
                Error::Server(format!("{} does not answer with receipts: {error}", self.url))
            })?;
            return Ok(Ok(receipts.receipts));
        }
        let sentence = format!("{status} {}", String::from_utf8_lossy(&body).trim());
        if status.is_server_error() || matches!(status.as_u16(), 408 | 429) {
            return Ok(Err(sentence));
        }
        Err(Error::Server(format!("{}: {sentence}", self.url)))
    }
}

/// What became of all that was sent.
#[derive(Debug, Clone, Copy, Default)]
pub struct Tally {
    /// Recorded.
    pub recorded: u64,
    /// Recorded before.
    pub duplicate: u64,
    /// Refused.
    pub rejected: u64,
}

impl Tally {
    /// Counts receipts.
    pub fn take(&mut self, receipts: &[Receipt]) {
        for receipt in receipts {
            match receipt.status {
                proto::receipt::Status::Recorded => self.recorded += 1,
                proto::receipt::Status::Duplicate => self.duplicate += 1,
                proto::receipt::Status::Rejected => self.rejected += 1,
            }
        }
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} recorded, {} duplicates, {} rejected", self.recorded, self.duplicate, self.rejected)
    }
}
