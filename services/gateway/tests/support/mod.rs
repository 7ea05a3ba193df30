//! A projector and recorder that do as they are told, a gateway on a free port, and a client.

#![allow(dead_code, missing_docs, reason = "each test file uses its part")]

mod client;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bus::{Bus, Delivery, Limits};
use gateway::{Config, Gateway};
use proto::live::{
    BoardAnswer, BoardChange, BoardQuery, BoardStand, Cause, FactsQuery, Heartbeat, Moment, ReplayPage,
    Withheld,
};
use proto::subject::{Filter, Subject};
use runtime::health::Health;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

pub use client::Client;

pub const AREA: &str = "uusimaa";
/// Longer than anything here takes, shorter than a person waits.
const PATIENCE: Duration = Duration::from_secs(10);

/// Applies a merge patch: written apart from the crate's own, so that the two check each other.
pub fn patched(target: &Value, patch: &Value) -> Value {
    let Some(patch) = patch.as_object() else { return patch.clone() };
    let mut result = target.as_object().cloned().unwrap_or_default();
    for (key, value) in patch {
        match value {
            Value::Null => drop(result.remove(key)),
            value => {
                let earlier = result.get(key).cloned().unwrap_or(Value::Null);
                result.insert(key.clone(), patched(&earlier, value));
            }
        }
    }
    Value::Object(result)
}

fn raw(value: &Value) -> Box<RawValue> {
    to_raw_value(value).unwrap()
}

/// A stand-in for a hash: the same for the same board, another for another.
fn hash(board: &Value) -> String {
    let mut board = board.clone();
    if let Some(members) = board.as_object_mut() {
        for name in ["hash", "epoch", "revision", "sequence", "as_of"] {
            members.remove(name);
        }
    }
    let text = board.to_string();
    let folded = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{folded:016x}")
}

#[derive(Clone)]
pub struct Projector {
    pub bus: Bus,
    pub name: String,
    inner: Arc<Mutex<Inner>>,
    /// Ends its answering: whoever asks it then is told that nobody responds.
    gone: CancellationToken,
}

struct Inner {
    /// Takes questions and lets them wait, as a process does that was stopped.
    hangs: bool,
    held: Vec<bus::Reply>,
    epoch: String,
    sequence: u64,
    boards: BTreeMap<String, Value>,
    busy: bool,
    asked: Vec<(String, Moment)>,
    /// What was shown of each view, with the board after it, oldest first.
    shown: Vec<(BoardChange, Value)>,
}

/// Changes of one page of a replay: so few that a test sees several pages.
const CHANGES_A_PAGE: usize = 2;

impl Projector {
    /// Answers questions from now on; says nothing by itself.
    pub async fn start(bus: &Bus) -> Self {
        Self::named(bus, "1").await
    }

    /// The same, under a name of its own.
    pub async fn named(bus: &Bus, name: &str) -> Self {
        let inner = Inner {
            hangs: false,
            held: Vec::new(),
            epoch: "e1".into(),
            sequence: 0,
            boards: BTreeMap::new(),
            busy: false,
            asked: Vec::new(),
            shown: Vec::new(),
        };
        let (inner, gone) = (Arc::new(Mutex::new(inner)), CancellationToken::new());
        let projector = Self { bus: bus.clone(), name: name.to_owned(), inner, gone };
        for subject in [Subject::boards_read(AREA), Subject::boards_of(AREA, name)] {
            let mut questions = bus.subscribe(&Filter::exactly(&subject)).await.unwrap();
            let answering = projector.clone();
            tokio::spawn(async move {
                loop {
                    let question = tokio::select! {
                        () = answering.gone.cancelled() => return,
                        question = questions.next() => question,
                    };
                    match question {
                        Some(Delivery::Message(message)) => answering.hear(message),
                        Some(Delivery::Gap) => {}
                        None => return,
                    }
                }
            });
        }
        projector
    }

    fn hear(&self, message: bus::Message) {
        let reply = message.reply.unwrap();
        {
            let mut inner = self.inner.lock().unwrap();
            if inner.hangs {
                inner.held.push(reply);
                return;
            }
        }
        let answer = self.answer(serde_json::from_slice(&message.payload).unwrap());
        reply.send(serde_json::to_vec(&answer).unwrap().into());
    }

    /// Answers nobody any more, and is not there to be asked.
    pub fn go(&self) {
        self.gone.cancel();
    }

    /// Is there to be asked, but does not answer.
    pub fn hang(&self) {
        self.inner.lock().unwrap().hangs = true;
    }

    fn answer(&self, question: BoardQuery) -> BoardAnswer {
        let mut inner = self.inner.lock().unwrap();
        match question {
            BoardQuery::Areas => {
                BoardAnswer::Found(raw(&json!({"areas": {AREA: {"id": AREA, "name": {"fi": "Uusimaa"}}}})))
            }
            BoardQuery::Board { moment: Moment::At(time), .. } if time == "rubbish" => {
                BoardAnswer::BadQuestion("at is not RFC 3339: write it as 2026-11-26T17:00:00+02:00".into())
            }
            BoardQuery::Board { .. } | BoardQuery::Replay { .. } if inner.busy => {
                BoardAnswer::Busy("folding: ask again".into())
            }
            BoardQuery::Board { view, moment: Moment::Shown(time) } if inner.remembers(&view) => {
                let of_then = |(change, _): &&(BoardChange, Value)| {
                    change.view == view && received(change) <= time.as_str()
                };
                match inner.shown.iter().rfind(of_then) {
                    Some((_, board)) => BoardAnswer::Found(raw(board)),
                    None => BoardAnswer::NotFound(format!("no view {view} at {time}")),
                }
            }
            BoardQuery::Handover { sequence, .. } => BoardAnswer::Found(raw(&json!({
                "area": AREA, "name": {"fi": "Uusimaa <b>", "sv": "Nyland"}, "time_zone": "Europe/Helsinki",
                "shift": {"from": "2026-11-26T14:00:00Z", "to": "2026-11-26T20:00:00Z"},
                "ended": sequence != Some(6), "sequence": sequence, "hash": "a".repeat(64),
            }))),
            BoardQuery::Replay { view, after, to, .. } => {
                BoardAnswer::Found(raw(&serde_json::to_value(inner.page(&view, after, to)).unwrap()))
            }
            BoardQuery::Board { view, moment } => {
                inner.asked.push((view.clone(), moment));
                match inner.boards.get(&view) {
                    Some(board) => BoardAnswer::Found(raw(board)),
                    None => BoardAnswer::NotFound(format!("no view {view}")),
                }
            }
        }
    }

    /// Every board question that was answered, oldest first.
    pub fn asked(&self) -> Vec<(String, Moment)> {
        self.inner.lock().unwrap().asked.clone()
    }

    pub fn set_busy(&self, busy: bool) {
        self.inner.lock().unwrap().busy = busy;
    }

    pub fn set_epoch(&self, epoch: &str) {
        let mut inner = self.inner.lock().unwrap();
        inner.epoch = epoch.into();
        for board in inner.boards.values_mut() {
            board["epoch"] = json!(epoch);
        }
    }

    pub fn board(&self, view: &str) -> Value {
        self.inner.lock().unwrap().boards[view].clone()
    }

    /// Folds a change and answers with it, without telling anyone. A view begins with its first.
    pub fn fold(&self, view: &str, patch: Value) -> BoardChange {
        self.folded(view, patch, "2026-11-26T17:00:01+02:00").0
    }

    /// The same at a receiving time, in UTC, which is remembered: it can be replayed.
    pub fn fold_at(&self, view: &str, patch: Value, received_time: &str) {
        let shown = self.folded(view, patch, received_time);
        self.inner.lock().unwrap().shown.push(shown);
    }

    fn folded(&self, view: &str, mut patch: Value, received_time: &str) -> (BoardChange, Value) {
        let mut inner = self.inner.lock().unwrap();
        inner.sequence += 1;
        let (sequence, epoch) = (inner.sequence, inner.epoch.clone());
        let board = inner.boards.entry(view.into()).or_insert_with(|| json!({"area": AREA, "view": view}));
        let prev = board["revision"].as_u64().unwrap_or(0);
        patch["revision"] = json!(sequence);
        patch["sequence"] = json!(sequence);
        patch["epoch"] = json!(epoch);
        let mut after = patched(board, &patch);
        let hash = hash(&after);
        after["hash"] = json!(hash);
        patch["hash"] = json!(hash);
        *board = after.clone();
        let change = BoardChange {
            projector: self.name.clone(),
            area: AREA.into(),
            view: view.into(),
            epoch,
            prev,
            revision: sequence,
            sequence,
            event_time: Some("2026-11-26T17:00:00+02:00".into()),
            received_time: Some(received_time.into()),
            hash,
            patch: raw(&patch),
        };
        (change, after)
    }

    /// Folds several changes of a view, of which none takes back what another says, and answers with one for all.
    pub fn fold_together(&self, view: &str, patches: &[Value]) -> BoardChange {
        let changes: Vec<BoardChange> = patches.iter().map(|patch| self.fold(view, patch.clone())).collect();
        let (first, last) = (changes.first().unwrap(), changes.last().unwrap().clone());
        let patch = changes
            .iter()
            .fold(json!({}), |sum, change| patched(&sum, &serde_json::from_str(change.patch.get()).unwrap()));
        BoardChange { prev: first.prev, patch: raw(&patch), ..last }
    }

    pub async fn publish(&self, change: &BoardChange) {
        let subject = Subject::board(AREA, &change.view);
        self.bus.publish(&subject, serde_json::to_vec(change).unwrap().into()).await.unwrap();
    }

    /// Folds and publishes.
    pub async fn change(&self, view: &str, patch: Value) {
        let change = self.fold(view, patch);
        self.publish(&change).await;
    }

    pub fn heartbeat(&self, server_time: &str) -> Heartbeat {
        let inner = self.inner.lock().unwrap();
        let stands = inner.boards.iter().map(|(view, board)| BoardStand {
            area: AREA.into(),
            view: view.clone(),
            revision: board["revision"].as_u64().unwrap(),
            hash: board["hash"].as_str().unwrap().into(),
        });
        Heartbeat {
            projector: self.name.clone(),
            server_time: server_time.into(),
            epoch: inner.epoch.clone(),
            sequence: inner.sequence,
            boards: stands.collect(),
            degraded: None,
        }
    }

    pub async fn beat(&self, server_time: &str) {
        self.beat_with(server_time, None).await;
    }

    /// Says why there is no heartbeat.
    pub async fn withhold(&self, why: &str, cause: Option<Cause>) {
        let withheld = Withheld { projector: self.name.clone(), why: why.to_owned(), cause };
        let payload = serde_json::to_vec(&withheld).unwrap();
        self.bus.publish(&Subject::heartbeat(AREA), payload.into()).await.unwrap();
    }

    /// Beats and says why boards are not all that they should be.
    pub async fn beat_with(&self, server_time: &str, degraded: Option<Cause>) {
        let heartbeat = Heartbeat { degraded, ..self.heartbeat(server_time) };
        let payload = serde_json::to_vec(&heartbeat).unwrap();
        self.bus.publish(&Subject::heartbeat(AREA), payload.into()).await.unwrap();
    }
}

fn received(change: &BoardChange) -> &str {
    change.received_time.as_deref().unwrap()
}

impl Inner {
    fn remembers(&self, view: &str) -> bool {
        self.shown.iter().any(|(change, _)| change.view == view)
    }

    fn page(&self, view: &str, after: u64, to: proto::time::Moment) -> ReplayPage {
        let to = proto::time::format(to.into());
        let of_span = |(change, _): &&(BoardChange, Value)| {
            change.view == view && change.sequence > after && received(change) <= to.as_str()
        };
        let all: Vec<&BoardChange> = self.shown.iter().filter(of_span).map(|(change, _)| change).collect();
        let changes: Vec<BoardChange> = all.iter().copied().take(CHANGES_A_PAGE).cloned().collect();
        let sequence = changes.last().map_or(self.sequence, |change| change.sequence);
        let ended = changes.len() == all.len();
        ReplayPage { changes, sequence, received_time: None, ended }
    }
}

/// Answers the journal's questions with `count` facts.
pub async fn start_recorder(bus: &Bus, count: u64) -> Arc<Mutex<Vec<FactsQuery>>> {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let mut questions = bus.subscribe(&Filter::exactly(&Subject::journal_read(AREA))).await.unwrap();
    let noted = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Some(Delivery::Message(message)) = questions.next().await {
            let query: FactsQuery = serde_json::from_slice(&message.payload).unwrap();
            noted.lock().unwrap().push(query);
            let last = count.min(query.after + u64::from(query.limit));
            let lines: String = (query.after + 1..=last).map(|n| format!("{{\"sequence\":{n}}}\n")).collect();
            message.reply.unwrap().send(lines.into());
        }
    });
    asked
}

pub struct House {
    pub address: String,
    pub projector: Projector,
    pub drain: CancellationToken,
    pub ended: JoinHandle<Result<(), gateway::Error>>,
    pub registry: prometheus::Registry,
    pub health: Health,
}

/// A gateway on a free port, with a projector that has a `situation` and has beaten once.
pub async fn house(config: Config) -> House {
    house_on(Bus::in_process_with(Limits { slots: 4096 }), config).await
}

pub async fn house_on(bus: Bus, config: Config) -> House {
    let projector = Projector::start(&bus).await;
    projector.fold("situation", json!({"stations": {"porvoo": {"lanes": {"main": {"waiting": 1}}}}}));
    let registry = prometheus::Registry::new();
    let (router, gateway) = Gateway::new(config, bus, AREA, &registry).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let service = axum::ServiceExt::<axum::extract::Request>::into_make_service(router);
    tokio::spawn(async move {
        let listener = axum::serve::ListenerExt::tap_io(listener, |stream: &mut TcpStream| {
            stream.set_nodelay(true).unwrap();
        });
        axum::serve(listener, service).await.unwrap();
    });
    let drain = CancellationToken::new();
    let health = Health::new();
    let gateway = gateway.checked(health.check("boards"));
    let ended = tokio::spawn(gateway.run(drain.clone()));
    let house = House { address, projector, drain, ended, registry, health };
    // The hub listens once it has loaded a board.
    assert_eq!(house.get("/v1/areas/uusimaa/boards/situation").await.0, 200);
    house.projector.beat("2026-11-26T17:00:00+02:00").await;
    house
}

impl House {
    pub async fn client(&self) -> Client {
        let mut client = Client::connect(&self.address, &[]).await.unwrap();
        client.hello = client.frame("hello").await;
        client
    }

    /// A plain GET over its own connection: status, headers (lower case) and body.
    pub async fn get(&self, path: &str) -> (u16, String, String) {
        self.get_with(path, "").await
    }

    pub async fn get_with(&self, path: &str, headers: &str) -> (u16, String, String) {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        let request =
            format!("GET {path} HTTP/1.0\r\nHost: {}\r\n{headers}Connection: close\r\n\r\n", self.address);
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut text = String::new();
        tokio::time::timeout(PATIENCE, stream.read_to_string(&mut text)).await.unwrap().unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        (head[9..12].parse().unwrap(), head.to_lowercase(), body.to_owned())
    }

    /// A POST over its own connection: status, headers (lower case) and body.
    pub async fn post(&self, path: &str, headers: &str, body: &str) -> (u16, String, String) {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        let (host, length) = (&self.address, body.len());
        let request = format!(
            "POST {path} HTTP/1.0\r\nHost: {host}\r\nContent-Length: {length}\r\n{headers}Connection: close\r\n\r\n{body}"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut text = String::new();
        tokio::time::timeout(PATIENCE, stream.read_to_string(&mut text)).await.unwrap().unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        (head[9..12].parse().unwrap(), head.to_lowercase(), body.to_owned())
    }

    pub fn gauge(&self, name: &str) -> i64 {
        let families = self.registry.gather();
        let family = families.iter().find(|family| family.name() == name);
        let metrics = family.map(|family| family.get_metric()).unwrap_or_default();
        metrics.iter().map(|metric| metric.get_gauge().get_value() as i64).sum()
    }

    pub fn counter(&self, name: &str) -> u64 {
        let families = self.registry.gather();
        let family = families.iter().find(|family| family.name() == name);
        let metrics = family.map(|family| family.get_metric()).unwrap_or_default();
        metrics.iter().map(|metric| metric.get_counter().get_value() as u64).sum()
    }
}
