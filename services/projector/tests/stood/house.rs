//! A projector on a directory, a recorder that lends it the journal, and somebody who asks.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bus::Bus;
use bytes::Bytes;
use projector::{Config, Meters, Projector};
use proto::live::{BoardAnswer, BoardChange, BoardQuery, HandoverSpan, Moment, ReplayPage};
use proto::subject::Subject;
use runtime::Clock;
use runtime::health::Health;
use runtime::metrics::Metrics;
use runtime::snapshots::{Keeper, Shelf};
use serde_json::Value;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::days::{Days, Look, Was};
use super::support::{AREA, Log, Recorder};

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK: Duration = Duration::from_millis(10);
/// So long a projector waits that is stopped before it hears of a journal.
const A_WHILE: Duration = Duration::from_millis(300);

/// Snapshots so often that legs end early too.
const SNAPSHOT_FACTS: u64 = 5_000;

pub struct House {
    bus: Bus,
    metrics: Metrics,
    stop: CancellationToken,
    ended: JoinHandle<Result<(), projector::Error>>,
}

impl House {
    /// Draws all facts of these days.
    pub async fn open(days: &Days, place: &Path) -> Self {
        let bus = Bus::in_process();
        let _recorder = Recorder::start(&bus, "a", Log::of_facts(days.facts().iter().cloned())).await;
        let house = Self::on(bus, place, days.received(days.last()).0);
        let begun = Instant::now();
        while house.asked("situation", Moment::Sequence(days.last())).await.is_none() {
            assert!(begun.elapsed() < PATIENCE, "the days are not drawn in time");
            sleep(LOOK).await;
        }
        house
    }

    /// Waits for a recorder for a while, in vain.
    pub async fn without_journal(place: &Path) -> Self {
        let house = Self::on(Bus::in_process(), place, 0);
        sleep(A_WHILE).await;
        house
    }

    fn on(bus: Bus, place: &Path, now_us: i64) -> Self {
        let metrics = Metrics::new("0").unwrap();
        let keeper = Keeper::new(Shelf::new(place, "projector", &metrics).unwrap(), SNAPSHOT_FACTS);
        let (clock, _hand) = Clock::manual(now_us);
        let meters = Meters::new(&metrics).unwrap();
        let check = Health::new().check("boards");
        let projector = Projector::new(Config::default(), AREA, bus.clone(), clock, meters, check, keeper);
        let stop = CancellationToken::new();
        let ended = tokio::spawn(projector.run(stop.clone(), CancellationToken::new()));
        Self { bus, metrics, stop, ended }
    }

    pub async fn close(self) {
        self.stop.cancel();
        timeout(PATIENCE, self.ended).await.unwrap().unwrap().unwrap();
    }

    async fn ask(&self, query: &BoardQuery) -> Option<String> {
        let question = Bytes::from(serde_json::to_vec(query).unwrap());
        let answer = self.bus.request(&Subject::boards_read(AREA), question, PATIENCE).await.ok()?;
        match serde_json::from_slice(&answer).unwrap() {
            BoardAnswer::Found(document) => Some(document.get().to_owned()),
            BoardAnswer::NotFound(_) => None,
            other => panic!("{other:?}"),
        }
    }

    async fn asked(&self, view: &str, moment: Moment) -> Option<Value> {
        let board = self.ask(&BoardQuery::Board { view: view.to_owned(), moment }).await?;
        Some(serde_json::from_str(&board).unwrap())
    }

    pub async fn board(&self, view: &str, sequence: u64) -> Value {
        self.asked(view, Moment::Sequence(sequence)).await.expect("a board")
    }

    /// The report of a span.
    pub async fn report(&self, from: proto::time::Moment, to: proto::time::Moment) -> Value {
        let [from, to] = [from, to].map(|moment| proto::time::format(moment.into()));
        let query = BoardQuery::Handover { span: HandoverSpan::Between(from, to), sequence: None };
        serde_json::from_str(&self.ask(&query).await.expect("a report")).unwrap()
    }

    /// Asks for each, in an order in which none helps the next.
    pub async fn sees(&self, looks: &[Look], when: &str) {
        let mut order: Vec<&Look> = looks.iter().collect();
        order.sort_by_key(|look| look.sequence.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let begun = Instant::now();
        for look in order {
            let board = self.board(look.view, look.sequence).await;
            assert_eq!(board["hash"], look.hash.as_str(), "{} at {}, {when}", look.view, look.sequence);
            assert_eq!(board["sequence"], look.sequence, "{when}");
        }
        eprintln!("{} boards {when} in {:.1?}", looks.len(), begun.elapsed());
    }

    /// Asks what was, in an order in which none helps the next.
    pub async fn knows(&self, moments: &[Was], when: &str) {
        let mut order: Vec<&Was> = moments.iter().collect();
        order.sort_by_key(|was| was.at.as_micros().cast_unsigned().wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let begun = Instant::now();
        for was in order {
            let at = proto::time::format(was.at);
            let board = self.asked(was.view, Moment::At(at.clone())).await.expect("a board");
            assert_eq!(board["hash"], was.hash.as_str(), "{} at {at}, {when}", was.view);
        }
        eprintln!("{} moments {when} in {:.1?}", moments.len(), begun.elapsed());
    }

    /// All changes of a view in a span.
    pub async fn replay(
        &self,
        view: &str,
        mut after: u64,
        to: proto::time::Moment,
        step_us: u64,
    ) -> Vec<BoardChange> {
        let mut changes = Vec::new();
        loop {
            let query = BoardQuery::Replay { view: view.to_owned(), after, to, step_us };
            let page: ReplayPage = serde_json::from_str(&self.ask(&query).await.expect("a page")).unwrap();
            assert!(page.ended || page.sequence > after, "it goes on");
            after = page.sequence;
            changes.extend(page.changes);
            if page.ended {
                return changes;
            }
        }
    }

    /// Waits until there are so many files.
    pub async fn until_legs(&self, place: &Path, count: usize) {
        self.until(|| legs(place).len() >= count, "there are legs").await;
    }

    /// Waits until it says that it keeps so many situations.
    pub async fn until_kept(&self, count: u32) {
        let kept = || {
            let text = self.metrics.text().unwrap();
            let line = text.lines().find_map(|line| line.strip_prefix("tilanne_projector_situations "));
            line.unwrap().parse::<f64>().unwrap()
        };
        self.until(|| kept() >= f64::from(count), "situations are kept").await;
    }

    /// Waits for something that the house does beside everything else.
    pub async fn until(&self, is_so: impl Fn() -> bool, what: &str) {
        let begun = Instant::now();
        while !is_so() {
            assert!(begun.elapsed() < PATIENCE, "not in time: {what}");
            sleep(LOOK).await;
        }
    }
}

/// The files of legs, the oldest first.
pub fn legs(place: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(place.join("legs")) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "snapshot"));
    paths.sort();
    paths
}
