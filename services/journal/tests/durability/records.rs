//! What is appended: random bytes, or the facts that real feeds lead to.
//!
//! Record `n` of attempt `a` is always the same, so that a child process can be held to what its parent
//! expects. A group that is appended again after a kill is another attempt with other bytes: a mixture of
//! both would be noticed.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use bytes::Bytes;
use journal::Decision;
use proto::event::{StoredEvent, decode};
use proto::fact::StoredFact;
use proto::time::Moment;

use crate::dice::Dice;

/// Rows of each feed that are read: enough that no workload meets a fact twice within a block.
const ROWS: usize = 500;
const DECISION_RECORDS: usize = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// 200 random bytes each: they don't compress, and lie in a block as they are.
    Random,
    /// Random, 1 to 20 KiB: three of them, one decision, fill a block.
    Large,
    /// Canonical facts of the Québec week and the Skåne year. They compress about five times.
    Real,
}

impl Kind {
    /// Those that can be had here.
    pub fn all() -> Vec<Self> {
        let mut kinds = vec![Self::Random, Self::Large];
        kinds.extend((!events().is_empty()).then_some(Self::Real));
        kinds
    }
}

/// Decisions of one to three records that begin after the sequence `after` and have `count` records together.
pub fn group(kind: Kind, seed: u64, after: u64, count: usize, attempt: u64) -> Vec<Decision> {
    let mut decisions: Vec<Decision> = Vec::new();
    let mut size = 0;
    for n in (after + 1..).take(count) {
        let record = record(kind, seed, n, attempt);
        match decisions.last_mut().filter(|decision| decision.records.len() < size) {
            Some(decision) => decision.records.push(record),
            None => {
                size = 1 + Dice::from(seed ^ n).index(DECISION_RECORDS);
                decisions.push(Decision { records: vec![record], cursor: n });
            }
        }
    }
    decisions
}

/// All records of a group, in order.
pub fn flat(group: &[Decision]) -> impl Iterator<Item = &Bytes> {
    group.iter().flat_map(|decision| &decision.records)
}

pub fn record(kind: Kind, seed: u64, n: u64, attempt: u64) -> Bytes {
    let mut dice = Dice::from(seed.rotate_left(32) ^ (attempt << 48) ^ n);
    match kind {
        Kind::Random => dice.bytes(200).into(),
        Kind::Large => {
            let length = dice.between(1_024, 20 * 1_024);
            dice.bytes(length).into()
        }
        Kind::Real => {
            let events = events();
            let event = &events[(n as usize + attempt as usize * 7) % events.len()];
            let received = Moment(event.time.0 + 1_000_000);
            let body = proto::fact::StoredBody::Event(event.clone());
            StoredFact { sequence: n, received, body }.to_bytes().expect("a fact").into()
        }
    }
}

/// The feeds' events, read once; none, aloud, where the data sets are not.
fn events() -> &'static [StoredEvent] {
    static EVENTS: OnceLock<Vec<StoredEvent>> = OnceLock::new();
    EVENTS.get_or_init(|| {
        let mut events = Vec::new();
        for (file, read) in [
            ("quebec_ed_hourly/replay_week_2025-01-06.csv.gz", quebec as fn(&[&str]) -> Vec<String>),
            ("skane_ed_synthetic/skane_two_eds_2017.csv.gz", skane),
        ] {
            let Some(table) = find(file).map(|path| unzipped(&path)) else { continue };
            // Their first columns hold no quoted fields.
            let rows = table.lines().skip(1).take(ROWS).map(|line| line.split(',').collect::<Vec<_>>());
            let told = rows.flat_map(|row| read(&row));
            events.extend(told.map(|json| decode(json.as_bytes()).expect("an event").stored));
        }
        events
    })
}

/// A station's hour: people waiting and present, and its stretchers. An empty cell was not reported.
fn quebec(row: &[&str]) -> Vec<String> {
    let [time, _, sequence, station, total, occupied, _, _, present, waiting] = row else { return vec![] };
    let told = |name: &str, value: &str| match value {
        "" => String::new(),
        value => format!(r#","{name}":{value}"#),
    };
    let event = |kind: &str, data: String| {
        format!(
            r#"{{"specversion":"1.0","id":"{kind}-{station}-{sequence}","source":"/feeds/quebec","type":"fi.tilanne.{kind}.v1","subject":"{station}","time":"{time}","data":{{{data}}}}}"#
        )
    };
    let queue = format!(r#""lane":"main"{}{}"#, told("present", present), told("waiting", waiting));
    let stretchers =
        format!(r#""resource":"stretcher"{}{}"#, told("total", total), told("occupied", occupied));
    vec![event("queue.observed", queue), event("capacity.observed", stretchers)]
}

/// A visit: joined, triaged, seen, left. Its times are wall clock, read as UTC+01:00.
fn skane(row: &[&str]) -> Vec<String> {
    let [visit, arrived, triaged, seen, left, unit, priority, ..] = row else { return vec![] };
    let event = |kind: &str, time: &str, data: &str| {
        format!(
            r#"{{"specversion":"1.0","id":"{visit}-{kind}","source":"/feeds/skane","type":"fi.tilanne.queue.{kind}.v1","subject":"unit-{unit}","time":"{time}+01:00","data":{{"ticket":"t-{visit}"{data}}}}}"#
        )
    };
    vec![
        event("joined", arrived, r#","lane":"main","channel":"walk_in","urgency":"untriaged""#),
        event("triaged", triaged, &format!(r#","urgency":"{priority}""#)),
        event("care_started", seen, ""),
        event("left", left, ""),
    ]
}

fn find(file: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let path = std::env::var_os("TILANNE_DATA").map_or_else(beside, Into::into).join(file);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {file} is not there; set TILANNE_DATA to the directory of the data sets");
    None
}

fn unzipped(path: &Path) -> String {
    let mut text = String::new();
    let file = std::fs::File::open(path).expect("a readable file");
    flate2::read::MultiGzDecoder::new(file).read_to_string(&mut text).expect("gzip of UTF-8");
    text
}
