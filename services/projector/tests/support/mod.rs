//! Recorders that do as they are told, and a projector that listens to them.

#![allow(dead_code, missing_docs, reason = "each test uses its part")]

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bus::{Bus, Delivery, Message, Reply, Subscription};
use bytes::Bytes;
use projector::{Config, Meters, Projector};
use proto::block::{ChainHash, Draft, Effort, NOTHING, chain, encode};
use proto::fact::{StoredBody, StoredFact, hex};
use proto::live::{
    BoardAnswer, BoardQuery, Cause, FactsForm, FactsQuery, Heartbeat, Moment, Recorded, Withheld,
};
use proto::subject::{Filter, Subject};
use proto::time::Moment as Stored;
use runtime::Clock;
use runtime::health::{Entry, Health, State};
use runtime::metrics::Metrics;
use runtime::snapshots::{Keeper, Shelf};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio::time::{Instant, interval, timeout};
use tokio_util::sync::CancellationToken;

/// Records in a block, and blocks in a page: small enough for several of both.
const BLOCK: usize = 7;
const PAGE_BLOCKS: usize = 3;

/// The area's time stands still: nothing here falls due.
const BEGUN_US: i64 = 1_795_705_200_000_000;

const AREA_FILE: &str = r#"
id = "testi"
name = { fi = "Testi", sv = "Test", en = "Test" }
time_zone = "Europe/Helsinki"

[feeds."/feeds/porvoo"]
family = "queue"

[stations.porvoo]
name = { fi = "Porvoo", sv = "Borgå", en = "Porvoo" }
feeds = ["/feeds/porvoo"]
always_open = true
[stations.porvoo.lanes.ovi]
name = { fi = "Ovi", sv = "Dörr", en = "Door" }
authority = "counts"
"#;

/// The area's id.
pub const AREA: &str = "testi";

/// Records of a log: what it begins with, then one observation each.
#[derive(Debug, Clone, Default)]
pub struct Log {
    records: Vec<Vec<u8>>,
    heads: Vec<ChainHash>,
}

impl Log {
    /// A log that has begun, with `waiting` observed after that, one fact each: three facts and those.
    pub fn of(waiting: impl IntoIterator<Item = u64>) -> Self {
        let mut log = Self::default();
        log.put(StoredBody::LogBegun { epoch: "00c0ffee00c0ffee".to_owned(), simulated: false });
        log.put(StoredBody::AreaConfigured { document: proto::area::from_toml(AREA_FILE).unwrap().1 });
        for count in waiting {
            log.observe(count);
        }
        log
    }

    /// A log of these facts.
    pub fn of_facts(facts: impl IntoIterator<Item = StoredFact>) -> Self {
        let mut log = Self::default();
        for fact in facts {
            log.add(&fact);
        }
        log
    }

    pub fn observe(&mut self, waiting: u64) {
        let number = self.records.len();
        let event = json!({
            "specversion": "1.0",
            // All of one moment: the order of their ids decides.
            "id": format!("e-{number:06}"),
            "source": "/feeds/porvoo",
            "type": "fi.tilanne.queue.observed.v1",
            "subject": "porvoo",
            "time": "2026-11-26T14:00:00Z",
            "data": {"lane": "ovi", "waiting": waiting},
        });
        self.put(StoredBody::Event(proto::event::decode(event.to_string().as_bytes()).unwrap().stored));
    }

    fn put(&mut self, body: StoredBody) {
        let sequence = self.sequence() + 1;
        self.add(&StoredFact { sequence, received: Stored(BEGUN_US), body });
    }

    fn add(&mut self, fact: &StoredFact) {
        let record = fact.to_bytes().unwrap();
        self.heads.push(chain(self.heads.last().unwrap_or(&NOTHING), &record));
        self.records.push(record);
    }

    pub fn sequence(&self) -> u64 {
        self.records.len() as u64
    }

    fn head(&self) -> String {
        hex(self.heads.last().unwrap_or(&NOTHING))
    }

    /// Lines with the head after each fact, as a recorder writes them: what a projector reads of them.
    fn lines(&self, after: u64, limit: u32) -> Vec<u8> {
        let first = usize::try_from(after).unwrap();
        let heads = self.heads.iter().zip(1_u64..).skip(first).take(limit as usize);
        let line = |(head, sequence)| format!("{}\n", json!({"sequence": sequence, "head": hex(head)}));
        heads.map(line).collect::<String>().into_bytes()
    }

    /// The blocks from the one on that holds the fact after `after`.
    fn blocks(&self, after: u64) -> Vec<u8> {
        let skip = usize::try_from(after).unwrap() / BLOCK;
        if after >= self.sequence() {
            return Vec::new();
        }
        let blocks = self.records.chunks(BLOCK).enumerate().skip(skip).take(PAGE_BLOCKS);
        let encoded = blocks.map(|(number, records)| {
            let records: Vec<&[u8]> = records.iter().map(Vec::as_slice).collect();
            let first = number * BLOCK;
            let head = self.heads[first + records.len() - 1];
            let draft = Draft { first_sequence: first as u64 + 1, cursor: 0, head, records: &records };
            encode(&draft, Effort::Least).unwrap()
        });
        encoded.flatten().collect()
    }
}

/// A recorder: its journal, and how it behaves.
#[derive(Clone)]
pub struct Recorder {
    bus: Bus,
    name: String,
    inner: Arc<Mutex<Inner>>,
}

struct Inner {
    log: Log,
    lends: bool,
    degraded: Option<Cause>,
    /// Says nothing.
    silent: bool,
    /// Takes questions and lets them wait.
    hangs: bool,
    /// Says that it has so many facts more than it gives.
    boasts: u64,
    held: Vec<Reply>,
    asked: usize,
}

impl Recorder {
    /// Speaks every second, and answers at its own address and at everybody's.
    pub async fn start(bus: &Bus, name: &str, log: Log) -> Self {
        let inner = Inner {
            log,
            lends: true,
            degraded: None,
            silent: false,
            hangs: false,
            boasts: 0,
            held: Vec::new(),
            asked: 0,
        };
        let recorder = Self { bus: bus.clone(), name: name.to_owned(), inner: Arc::new(Mutex::new(inner)) };
        for subject in [Subject::journal_read(AREA), Subject::journal_of(AREA, name)] {
            let mut questions = bus.subscribe(&Filter::exactly(&subject)).await.unwrap();
            let answering = recorder.clone();
            tokio::spawn(async move {
                while let Some(delivery) = questions.next().await {
                    if let Delivery::Message(message) = delivery {
                        answering.answer(message);
                    }
                }
            });
        }
        let speaking = recorder.clone();
        tokio::spawn(async move {
            let mut seconds = interval(Duration::from_secs(1));
            loop {
                seconds.tick().await;
                speaking.speak().await;
            }
        });
        recorder
    }

    fn answer(&self, message: Message) {
        let mut inner = self.inner.lock().unwrap();
        let reply = message.reply.unwrap();
        inner.asked += 1;
        if inner.hangs {
            inner.held.push(reply);
            return;
        }
        let query: FactsQuery = serde_json::from_slice(&message.payload).unwrap();
        reply.send(Bytes::from(match query.form {
            FactsForm::Blocks => inner.log.blocks(query.after),
            FactsForm::Json => inner.log.lines(query.after, query.limit),
        }));
    }

    async fn speak(&self) {
        let word = {
            let inner = self.inner.lock().unwrap();
            if inner.silent {
                return;
            }
            Recorded {
                recorder: self.name.clone(),
                process: String::new(),
                epoch: "00c0ffee00c0ffee".to_owned(),
                sequence: inner.log.sequence() + inner.boasts,
                head: if inner.boasts == 0 { inner.log.head() } else { String::new() },
                lends: inner.lends,
                stream: None,
                degraded: inner.degraded,
            }
        };
        let payload = Bytes::from(serde_json::to_vec(&word).unwrap());
        self.bus.publish(&Subject::recorded(AREA), payload).await.unwrap();
    }

    fn set(&self, change: impl FnOnce(&mut Inner)) {
        change(&mut self.inner.lock().unwrap());
    }

    /// Records observations and says so.
    pub async fn record(&self, waiting: impl IntoIterator<Item = u64>) {
        self.set(|inner| waiting.into_iter().for_each(|count| inner.log.observe(count)));
        self.speak().await;
    }

    /// Has another journal from now on, of which it does not speak at once.
    pub fn replace(&self, log: Log) {
        self.set(|inner| inner.log = log);
    }

    pub fn log(&self) -> Log {
        self.inner.lock().unwrap().log.clone()
    }

    /// Neither speaks nor answers, as a process does that was stopped.
    pub fn stop(&self) {
        self.set(|inner| (inner.silent, inner.hangs) = (true, true));
    }

    pub fn go_on(&self) {
        self.set(|inner| (inner.silent, inner.hangs) = (false, false));
    }

    pub fn fall_silent(&self) {
        self.set(|inner| inner.silent = true);
    }

    pub fn degrade(&self, cause: Option<Cause>) {
        self.set(|inner| inner.degraded = cause);
    }

    pub fn boast(&self, facts: u64) {
        self.set(|inner| inner.boasts = facts);
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        self.inner.lock().unwrap().asked
    }
}

/// A projector that runs, and an ear for its heart.
pub struct Drawn {
    pub bus: Bus,
    pub health: Health,
    name: String,
    beats: Subscription,
    /// What it last said in a heartbeat's place.
    pub withheld: Option<Withheld>,
    pub stop: CancellationToken,
    pub metrics: Metrics,
    task: JoinHandle<Result<(), projector::Error>>,
}

impl Drawn {
    /// One that puts nothing away.
    pub async fn start(bus: &Bus, name: &str) -> Self {
        Self::start_in(bus, name, Path::new("nowhere"), 0).await
    }

    /// One that puts its state away in a directory, every so many facts.
    pub async fn start_in(bus: &Bus, name: &str, snapshots: &Path, every: u64) -> Self {
        let metrics = Metrics::new("0").unwrap();
        let health = Health::new();
        let config = Config { name: name.to_owned(), ..Config::default() };
        let keeper = Keeper::new(Shelf::new(snapshots, "projector", &metrics).unwrap(), every);
        let (clock, _hand) = Clock::manual(BEGUN_US);
        let meters = Meters::new(&metrics).unwrap();
        let beats = bus.subscribe(&Filter::exactly(&Subject::heartbeat(AREA))).await.unwrap();
        let projector =
            Projector::new(config, AREA, bus.clone(), clock, meters, health.check("boards"), keeper);
        let stop = CancellationToken::new();
        let task = tokio::spawn(projector.run(stop.clone(), CancellationToken::new()));
        Self { bus: bus.clone(), health, name: name.to_owned(), beats, withheld: None, stop, metrics, task }
    }

    /// Ends it where it is.
    pub async fn kill(self) {
        self.task.abort();
        assert!(self.task.await.unwrap_err().is_cancelled());
    }

    /// Lets it put away what it has.
    pub async fn stop(self) {
        self.stop.cancel();
        self.task.await.unwrap().unwrap();
    }

    /// Facts that its start had from a snapshot.
    pub fn facts_from_snapshot(&self) -> u64 {
        let text = self.metrics.text().unwrap();
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix("tilanne_projector_start_facts{from=\"snapshot\"} "));
        line.unwrap_or_else(|| panic!("{text}")).parse().unwrap()
    }

    /// The next heartbeat within so many seconds, if there is one.
    pub async fn beat_within(&mut self, seconds: u64) -> Option<Heartbeat> {
        let until = Instant::now() + Duration::from_secs(seconds);
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let Delivery::Message(message) = timeout(left, self.beats.next()).await.ok()?? else { continue };
            if let Ok(withheld) = serde_json::from_slice::<Withheld>(&message.payload) {
                if withheld.projector == self.name {
                    self.withheld = Some(withheld);
                }
                continue;
            }
            let beat: Heartbeat = serde_json::from_slice(&message.payload).unwrap();
            if beat.projector == self.name {
                return Some(beat);
            }
        }
    }

    /// The next heartbeat, which must come in time for boards to be live.
    pub async fn beat(&mut self) -> Heartbeat {
        self.beat_within(6).await.expect("its heart beats")
    }

    /// The first heartbeat of boards that show so many facts, with live boards all the time until then.
    pub async fn beat_at(&mut self, sequence: u64) -> Heartbeat {
        for _ in 0..20 {
            let beat = self.beat().await;
            if beat.sequence == sequence {
                return beat;
            }
            assert!(beat.sequence < sequence, "{} is beyond {sequence}", beat.sequence);
        }
        panic!("fact {sequence} is never drawn");
    }

    /// Lets what has beaten already be forgotten.
    pub fn forget_beats(&mut self) {
        while self.beats.try_next().is_some() {}
    }

    pub fn check(&self) -> Entry {
        self.health.readiness().checks["boards"].clone()
    }

    pub async fn until_check(&self, state: State, says: &str) {
        let patience = async {
            while self.check().state != state || !self.check().detail.contains(says) {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        timeout(Duration::from_secs(30), patience).await.unwrap_or_else(|_| panic!("{:?}", self.check()));
    }

    /// The board of now, asked at the projector's own address.
    pub async fn board(&self) -> Result<Value, bus::Error> {
        let query = BoardQuery::Board { view: "situation".to_owned(), moment: Moment::Now };
        let question = Bytes::from(serde_json::to_vec(&query).unwrap());
        let own = Subject::boards_of(AREA, &self.name);
        let answer = self.bus.request(&own, question, Duration::from_secs(1)).await?;
        match serde_json::from_slice(&answer).unwrap() {
            BoardAnswer::Found(board) => Ok(serde_json::from_str(board.get()).unwrap()),
            other => panic!("no board but {other:?}"),
        }
    }
}

/// The hash of a view in a heartbeat.
pub fn hash(beat: &Heartbeat) -> String {
    beat.boards.iter().find(|stand| stand.view == "situation").unwrap().hash.clone()
}
