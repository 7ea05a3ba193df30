//! The HTTP side of a server.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::server::{LOOK, PATIENCE};

/// A connection that nothing was asked on for so long is not used again: the server may be about to close it.
const IDLE: Duration = Duration::from_secs(2);

/// One client for all: connections are kept alive.
#[must_use]
pub fn http() -> reqwest::Client {
    static CRYPTO: OnceLock<()> = OnceLock::new();
    CRYPTO.get_or_init(|| drop(rustls::crypto::ring::default_provider().install_default()));
    reqwest::Client::builder()
        .timeout(PATIENCE)
        .pool_idle_timeout(IDLE)
        .no_proxy()
        .build()
        .expect("an HTTP client")
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: String,
    /// In how many seconds the client is to come back, if it is told.
    pub retry_after: Option<u64>,
}

impl Answer {
    async fn of(response: reqwest::Response) -> Result<Self, reqwest::Error> {
        let status = response.status().as_u16();
        let after = response.headers().get("retry-after").and_then(|value| value.to_str().ok());
        let retry_after = after.and_then(|seconds| seconds.parse().ok());
        Ok(Self { status, body: response.text().await?, retry_after })
    }
}

impl Answer {
    /// The body of a 200, as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.body);
        serde_json::from_str(&self.body).expect("JSON")
    }
}

/// The door of one area.
#[derive(Debug, Clone)]
pub struct Door {
    http: reqwest::Client,
    /// Such as `http://127.0.0.1:8080`.
    pub url: String,
    area: String,
}

impl Door {
    /// The door of a server.
    #[must_use]
    pub fn new(url: &str, area: &str) -> Self {
        Self { http: http(), url: url.to_owned(), area: area.to_owned() }
    }

    /// Asks for a path.
    pub async fn get(&self, path: &str) -> Answer {
        self.try_get(path).await.expect("an answer")
    }

    /// Asks for a path of a server that may be away.
    pub async fn try_get(&self, path: &str) -> Result<Answer, reqwest::Error> {
        Answer::of(self.http.get(format!("{}{path}", self.url)).send().await?).await
    }

    /// Posts a body to the intake.
    pub async fn post(
        &self,
        content_type: &str,
        body: impl Into<reqwest::Body>,
    ) -> Result<Answer, reqwest::Error> {
        let url = format!("{}/v1/events", self.url);
        Answer::of(self.http.post(url).header("content-type", content_type).body(body).send().await?).await
    }

    /// Sends events in one body and answers with their receipts.
    pub async fn send(&self, events: &[Value]) -> Vec<Value> {
        let body: String = events.iter().map(|event| format!("{event}\n")).collect();
        let answer = self.post("application/x-ndjson", body).await.expect("an answer").json();
        let receipts = answer["receipts"].as_array().expect("receipts").clone();
        assert_eq!(receipts.len(), events.len());
        for (receipt, event) in receipts.iter().zip(events) {
            assert_eq!(receipt["id"], event["id"], "receipts come in the order of the events");
        }
        receipts
    }

    /// Sends events, all of which must be recorded. Answers with the last one's sequence.
    pub async fn record(&self, events: &[Value]) -> u64 {
        let receipts = self.send(events).await;
        for receipt in &receipts {
            assert_eq!(receipt["status"], "recorded", "{receipt}");
        }
        receipts.last().expect("an event")["position"]["sequence"].as_u64().expect("a sequence")
    }

    /// A board; `when` is empty, or such as `at=…`.
    pub async fn board(&self, view: &str, when: &str) -> Value {
        let when = when.replace('+', "%2B");
        self.get(&format!("/v1/areas/{}/boards/{view}?{when}", self.area)).await.json()
    }

    /// The board that people saw when a fact was the newest. Where nothing is kept of the past it is folded from the first
    /// fact, and a busy machine says to ask again.
    pub async fn board_of_fact(&self, view: &str, sequence: u64) -> Value {
        let begun = Instant::now();
        let path = format!("/v1/areas/{}/boards/{view}?sequence={sequence}", self.area);
        loop {
            let answer = self.get(&path).await;
            if answer.status != 503 {
                return answer.json();
            }
            assert!(begun.elapsed() < PATIENCE, "{}", answer.body);
            tokio::time::sleep(LOOK).await;
        }
    }

    /// The board as it stands, once it has folded a sequence.
    pub async fn board_from(&self, view: &str, sequence: u64) -> Value {
        self.board_when(view, |board| board["sequence"].as_u64() >= Some(sequence)).await
    }

    /// The board as it stands, once it fulfils a condition.
    pub async fn board_when(&self, view: &str, condition: impl Fn(&Value) -> bool) -> Value {
        let begun = Instant::now();
        loop {
            let board = self.board(view, "").await;
            if condition(&board) {
                return board;
            }
            assert!(begun.elapsed() < PATIENCE, "the board never came to it: {board}");
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Waits until the boards have folded everything in the journal.
    pub async fn settled(&self) -> u64 {
        let newest = self.facts(0).await.last().expect("a fact")["sequence"].as_u64().expect("a sequence");
        self.board_from("situation", newest).await;
        newest
    }

    /// The lines of the facts after a sequence.
    pub async fn fact_lines(&self, mut after: u64) -> Vec<String> {
        let mut lines = Vec::new();
        loop {
            let page = self.get(&format!("/v1/areas/{}/facts?after={after}", self.area)).await;
            assert_eq!(page.status, 200, "{}", page.body);
            let Some(last) = page.body.lines().last() else { return lines };
            let last: Value = serde_json::from_str(last).expect("a whole line");
            after = last["sequence"].as_u64().expect("a sequence");
            lines.extend(page.body.lines().map(str::to_owned));
        }
    }

    /// The facts after a sequence.
    pub async fn facts(&self, after: u64) -> Vec<Value> {
        let lines = self.fact_lines(after).await;
        lines.iter().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }

    /// The facts after a sequence; `None` if the server went away.
    pub async fn try_facts(&self, mut after: u64) -> Option<Vec<Value>> {
        let mut facts: Vec<Value> = Vec::new();
        loop {
            let path = format!("/v1/areas/{}/facts?after={after}", self.area);
            let page = self.try_get(&path).await.ok().filter(|page| page.status == 200)?;
            let lines = page.body.lines().map(|line| serde_json::from_str(line).expect("JSON"));
            let page: Vec<Value> = lines.collect();
            let Some(last) = page.last() else { return Some(facts) };
            after = last["sequence"].as_u64().expect("a sequence");
            facts.extend(page);
        }
    }

    /// Resends until there is an answer: the server may be away at the moment.
    pub async fn insist(&self, body: &str) -> Vec<Value> {
        let begun = Instant::now();
        loop {
            match self.post("application/x-ndjson", body.to_owned()).await {
                Ok(answer) if answer.status == 200 => {
                    return answer.json()["receipts"].as_array().expect("receipts").clone();
                }
                Ok(answer) => assert!(matches!(answer.status, 429 | 503), "{}", answer.body),
                Err(_) => {}
            }
            assert!(begun.elapsed() < PATIENCE, "no receipts in time");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}
