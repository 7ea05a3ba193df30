//! What is stored: the canonical facts of real feeds, and records that do not compress.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use journal::Decision;
use proto::event::StoredEvent;
use proto::event::data::Data;
use proto::fact::{StoredBody, StoredFact};
use proto::time::Moment;
use sources::tabular::{Adapter, Detail, Spec};

use crate::Error;

/// Bytes of a random record, and how many differ before they repeat: 20 MB, far beyond what any store's
/// compression looks back.
const RECORD: usize = 200;
const RANDOM: usize = 102_400;
/// The longest group, so that a run of records can be cut into groups without remainder.
pub const LONGEST_GROUP: usize = 1_024;
/// A live feed is heard about this long after it happened, in microseconds, and a part of a second more.
const HEARD_AFTER: i64 = 2_000_000;
const SECOND: i64 = 1_000_000;
/// Laps of a feed are this far apart, in microseconds: a year of 365 days, which both feeds fit into.
const LAP: i64 = 365 * 86_400 * SECOND;
/// The last lap of a feed of 2017 or 2025 lies in this year's past.
const LAST_LAP_YEARS: i64 = 8;

/// A feed, the description of its table, and where its file lies below the data directory.
const FEEDS: [(&str, &str, &str); 2] = [
    ("skane", "config/feeds/skane.toml", "skane_ed_synthetic/skane_two_eds_2017.csv.gz"),
    ("quebec", "config/feeds/quebec-week.toml", "quebec_ed_hourly/replay_week_2025-01-06.csv.gz"),
];

/// Events to be stored, in the order in which they were heard.
pub struct Events {
    /// `skane`, `quebec` or `random`.
    pub name: &'static str,
    /// What the recorder decides on each: one record.
    pub decisions: Vec<Decision>,
    /// Bytes of the compact CloudEvents, if they are events.
    pub raw_bytes: Option<u64>,
    facts: Vec<StoredFact>,
}

/// The project's root: where feeds are described.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// All that are asked for and at hand; what is not is skipped aloud.
pub fn all(asked: &[String]) -> Result<Vec<Events>, Error> {
    let data = std::env::var_os("TILANNE_DATA").map_or_else(|| root().join("../shared/data"), PathBuf::from);
    let mut found = Vec::new();
    for (name, spec, file) in FEEDS.iter().filter(|(name, ..)| asked.iter().any(|asked| asked == name)) {
        let file = data.join(file);
        if file.exists() {
            found.push(real(name, &root().join(spec), &file)?);
        } else {
            eprintln!(
                "skipped: {name}, because {} is not there (TILANNE_DATA names another place)",
                file.display()
            );
        }
    }
    if asked.iter().any(|asked| asked == "random") {
        found.push(random());
    }
    Ok(found)
}

fn real(name: &'static str, spec: &Path, file: &Path) -> Result<Events, Error> {
    let text = std::fs::read_to_string(spec).map_err(Error::file(spec))?;
    let body = std::fs::read(file).map_err(Error::file(file))?;
    let spec = Spec::from_toml(&text, &spec.display().to_string())?;
    let reading = Adapter::new(spec).read(&body, Detail::Events);
    let mut events = reading.map_err(|refusal| Error::Wrong(refusal.to_string()))?.into_events();
    // A live feed tells things as they happen.
    events.sort_by_key(|event| event.time);
    let (mut facts, mut raw_bytes) = (Vec::with_capacity(events.len()), 0);
    for event in &events {
        let json = serde_json::to_vec(event).map_err(|error| Error::Wrong(error.to_string()))?;
        raw_bytes += json.len() as u64;
        let decoded = proto::event::decode(&json).map_err(|refused| Error::Wrong(refused.reason))?;
        let received = heard(decoded.stored.time);
        facts.push(StoredFact {
            sequence: facts.len() as u64 + 1,
            received,
            body: StoredBody::Event(decoded.stored),
        });
    }
    let decisions =
        facts.iter().map(|fact| Ok(decision(fact.to_bytes()?.into()))).collect::<Result<_, Error>>()?;
    Ok(Events { name, decisions, raw_bytes: Some(raw_bytes), facts })
}

/// When the recorder stamped what happened at a moment. The microseconds are mixed from the moment, so
/// that they are alike in every run and no compression can guess them.
const fn heard(at: Moment) -> Moment {
    let mixed = (at.0 as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
    Moment(at.0 + HEARD_AFTER + (mixed as i64) % SECOND)
}

/// Records that do not compress: a mixer's output from a fixed seed.
fn random() -> Events {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    let decisions = (0..RANDOM).map(|_| decision((0..RECORD / 8).flat_map(|_| next()).collect())).collect();
    Events { name: "random", decisions, raw_bytes: None, facts: Vec::new() }
}

/// A decision of one record, as the recorder makes them.
pub fn decision(record: Bytes) -> Decision {
    Decision { records: vec![record], cursor: 0 }
}

/// The records of decisions.
pub fn records(group: &[Decision]) -> impl Iterator<Item = &Bytes> {
    group.iter().flat_map(|decision| &decision.records)
}

impl Events {
    /// Whether they are facts, which can be decoded.
    pub const fn are_facts(&self) -> bool {
        !self.facts.is_empty()
    }

    /// Groups of one size, over and over.
    pub fn groups(&self, group: usize) -> impl Iterator<Item = &[Decision]> {
        let whole = self.decisions.len() / LONGEST_GROUP * LONGEST_GROUP;
        self.decisions.get(..whole).unwrap_or_default().chunks_exact(group).cycle()
    }

    /// Bytes of an average record.
    pub fn mean(&self) -> u64 {
        records(&self.decisions).map(|record| record.len() as u64).sum::<u64>()
            / self.decisions.len().max(1) as u64
    }

    /// So many records under sequences from `first` on: the feed again and again, each lap a year later
    /// with ids and tickets of its own, so that the log reads like one of many years.
    pub fn years(&self, first: u64, count: u64) -> impl Iterator<Item = Result<Decision, Error>> {
        let feed = self.decisions.len().max(1) as u64;
        let laps = count.div_ceil(feed).cast_signed();
        (0..count).map(move |index| {
            let (lap, at) = ((index / feed).cast_signed(), usize::try_from(index % feed).unwrap_or_default());
            match (self.facts.get(at), self.decisions.get(at)) {
                (Some(fact), _) => {
                    let years = (LAST_LAP_YEARS - (laps - 1 - lap)) * LAP;
                    Ok(decision(moved(fact, first + index, lap, years).to_bytes()?.into()))
                }
                (None, Some(decision)) => Ok(decision.clone()),
                (None, None) => Err(Error::Wrong("there are no events".to_owned())),
            }
        })
    }
}

fn moved(fact: &StoredFact, sequence: u64, lap: i64, by: i64) -> StoredFact {
    let mut fact = fact.clone();
    fact.sequence = sequence;
    fact.received.0 += by;
    if let StoredBody::Event(StoredEvent { id, time, data, .. }) = &mut fact.body {
        time.0 += by;
        let suffix = format!("-{lap}");
        id.push_str(&suffix);
        let ticket = match data {
            Data::QueueJoined(said) => Some(&mut said.ticket),
            Data::QueueTriaged(said) => Some(&mut said.ticket),
            Data::QueueCareStarted(said) => Some(&mut said.ticket),
            Data::QueueLeft(said) => Some(&mut said.ticket),
            // The two feeds name no ticket in any other type.
            _ => None,
        };
        if let Some(ticket) = ticket {
            ticket.push_str(&suffix);
        }
    }
    fact
}
