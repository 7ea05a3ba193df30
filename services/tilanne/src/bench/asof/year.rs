//! A made-up year, written straight into a journal: as fast as it can be decoded, folded for what falls due, and appended.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use journal::{Decision, Journal};
use proto::board::{Board, draw_station};
use proto::fact::{StoredBody, StoredFact};
use situation::board::{Boards, View};
use situation::name::StationId;
use situation::time::Instant;
use sources::demo::{Demo, Item};

use crate::Error;
use crate::config::Described;
use crate::house::open_journal;

/// The simulated county says so much in a day, at the least.
const FACTS_A_DAY: u64 = 3_000;
const DAY: Duration = Duration::from_secs(24 * 3600);
/// A year, and some days because the county says more on some than on others.
const YEAR_DAYS: u64 = 400;
/// Any would do; each county's differs from the next.
const SEED: u64 = 2_026;
/// What is appended together.
const GROUP: usize = 1_024;
/// Every so often a fact's place is remembered.
const MARK: u64 = 64;
/// Facts at which it is noted what people saw.
const LOOKS: u64 = 1_000;

/// Where its facts lie in time.
pub struct Year {
    /// The area's id.
    pub area: String,
    facts: u64,
    /// When each 64th was received.
    marks: Vec<Instant>,
    /// What people saw of the whole area when the journal stood at some facts: the hashes.
    pub seen: Vec<(u64, String)>,
}

impl Year {
    /// Records so many facts below a data directory.
    pub async fn record(data: &Path, described: Described, facts: u64) -> Result<Self, Error> {
        let journal = open_journal(data).await?;
        tokio::task::spawn_blocking(move || {
            let mut scribe = Scribe::new(described, journal);
            scribe.write(facts)?;
            scribe.close()
        })
        .await?
    }

    /// A fact somewhere in it: numbers next to each other are far apart.
    pub fn anywhere(&self, number: u64) -> u64 {
        anywhere(self.facts, number)
    }

    /// A second about which a fact was received, as a question names it.
    pub fn second(&self, sequence: u64) -> String {
        let at = usize::try_from(sequence / MARK).ok().and_then(|at| self.marks.get(at)).copied();
        proto::time::format(at.unwrap_or_default())
    }
}

fn anywhere(facts: u64, number: u64) -> u64 {
    /// The golden ratio's share of 2^64: multiples of it fall evenly, and near none before.
    const STRIDE: u64 = 0x9e37_79b9_7f4a_7c15;
    let share = u128::from(number.wrapping_mul(STRIDE)) * u128::from(facts.saturating_sub(MARK));
    // The log's first facts have no board yet.
    MARK + u64::try_from(share >> 64).unwrap_or_default()
}

/// The hash of the whole area's board, drawn from nothing.
fn hash(boards: &Boards) -> Option<String> {
    let station = |id: &StationId| {
        let (area, (look, _)) = (boards.area()?, boards.look(id)?);
        Some(Arc::new(draw_station(area, area.stations.get(id)?, look)))
    };
    Board::draw(boards, &View::Situation, station).map(|board| board.hash)
}

struct Scribe {
    described: Described,
    journal: Arc<dyn Journal>,
    boards: Boards,
    group: Vec<Decision>,
    marks: Vec<Instant>,
    seen: Vec<(u64, String)>,
    /// Where to look next, the last first.
    looks: Vec<u64>,
    received: Instant,
}

impl Scribe {
    fn new(described: Described, journal: Arc<dyn Journal>) -> Self {
        let (boards, received) = (Boards::default(), Instant::MIN);
        let (group, marks, seen, looks) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { described, journal, boards, group, marks, seen, looks, received }
    }

    fn write(&mut self, facts: u64) -> Result<(), Error> {
        self.looks = (0..LOOKS).map(|number| anywhere(facts, number)).collect();
        self.looks.sort_unstable_by_key(|sequence| std::cmp::Reverse(*sequence));
        self.looks.dedup();
        // A denser year is several counties in one.
        let counties = (facts / (FACTS_A_DAY * YEAR_DAYS)).max(1);
        let days = u32::try_from(facts / (FACTS_A_DAY * counties) + 1).unwrap_or(u32::MAX);
        let begins = Instant::from_micros(runtime::Clock::system().now_us()).minus(DAY * days);
        let zone = self.described.area.calendar.zone.clone();
        // Each with what it says next.
        let county = |number| {
            let mut county = Demo::new(SEED + number, begins.as_micros(), zone.clone());
            Some((county.next()?, county))
        };
        let mut counties: Vec<(Item, Demo)> = (0..counties).filter_map(county).collect();
        let document = self.described.document.to_string();
        self.put(StoredBody::LogBegun { epoch: "0".repeat(16), simulated: false }, begins)?;
        self.put(StoredBody::AreaConfigured { document }, begins)?;
        while self.boards.sequence() < facts {
            let Some((next, county)) = counties.iter_mut().min_by_key(|(item, _)| item.due_us) else { break };
            let Some(after) = county.next() else { break };
            let Item { due_us, event } = std::mem::replace(next, after);
            let received = Instant::from_micros(due_us).max(begins);
            while let Some(due) = self.boards.next_due().filter(|due| *due <= received) {
                self.put(StoredBody::ClockReached { due: due.into() }, due)?;
            }
            let decoded = proto::event::decode(event.to_string().as_bytes());
            let decoded = decoded.map_err(|unreadable| Error::Bad(unreadable.reason))?;
            self.put(StoredBody::Event(decoded.stored), received)?;
        }
        Ok(())
    }

    fn put(&mut self, body: StoredBody, received: Instant) -> Result<(), Error> {
        let sequence = self.boards.sequence() + 1;
        self.received = received.max(self.received);
        let fact = StoredFact { sequence, received: self.received.into(), body };
        let record = Bytes::from(fact.to_bytes()?);
        self.boards.apply(&fact.into_fact()?);
        if self.looks.last() == Some(&sequence) {
            self.looks.pop();
            self.seen.extend(hash(&self.boards).map(|hash| (sequence, hash)));
        }
        if sequence % MARK == 1 {
            self.marks.push(self.received);
        }
        self.group.push(Decision { records: vec![record], cursor: 0 });
        if self.group.len() >= GROUP {
            self.append()?;
        }
        Ok(())
    }

    fn append(&mut self) -> Result<(), Error> {
        self.journal.append(&std::mem::take(&mut self.group))?;
        Ok(())
    }

    fn close(mut self) -> Result<Year, Error> {
        self.append()?;
        self.journal.settle()?;
        let facts = self.boards.sequence();
        Ok(Year { area: self.described.area.id.clone(), facts, marks: self.marks, seen: self.seen })
    }
}
