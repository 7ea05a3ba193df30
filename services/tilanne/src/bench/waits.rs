//! What was told of waits beside how long they became: a year of visits at two emergency departments, played through
//! decision and fold. Nothing is timed: every run gives the same figures.
//!
//! At the moment before somebody joins, the board says what to expect of each urgency. What it says of the one that the
//! visit was judged to have is held against the wait. The estimator's constants were chosen on the visits before
//! [`SINCE`]; only those since then are shown.

mod score;

use std::collections::BTreeMap;
use std::path::PathBuf;

use situation::board::{Boards, Changed, ExpectedFigures};
use situation::decide::{Decider, Decision, Intake};
use situation::event::{Event, Said, Step};
use situation::fact::{Body, Fact};
use situation::name::{StationId, TicketId, UrgencyCode};
use situation::time::Instant;

use self::score::{Quantiles, Score};
use super::events;
use super::row::Row;
use crate::Error;
use crate::cli::Bench;
use crate::config::Described;

/// The visits that are shown joined since then.
const SINCE: &str = "2017-07-01T00:00:00+01:00";
/// An urgency of a station with fewer visits in the year is left out: its figures would be chance.
const LEAST_VISITS: usize = 500;
/// The file that is played where none is named, below `TILANNE_DATA` or the folder of shared data.
const VISITS: &str = "skane_ed_synthetic/skane_two_eds_2017.csv.gz";
const FEED: &str = include_str!("../../../../config/feeds/skane.toml");
const AREA: &str = include_str!("../../../../config/areas/skane.toml");

/// A row for each figure of each urgency of each station.
pub async fn waits(asked: &Bench) -> Result<Vec<Row>, Error> {
    let Some((lines, described)) = visits(asked)? else { return Ok(Vec::new()) };
    tokio::task::spawn_blocking(move || measure(&lines, &described)).await?
}

/// The visits' events in the order in which they happened; none, aloud, where the file is not there.
fn visits(asked: &Bench) -> Result<Option<(Vec<String>, Described)>, Error> {
    if asked.feed.is_some() {
        return events::events(asked).map(Some);
    }
    let data = std::env::var_os("TILANNE_DATA").map_or_else(|| PathBuf::from("../shared/data"), Into::into);
    let file = data.join(VISITS);
    if !file.exists() {
        let place = file.display();
        eprintln!("skipped: {place} is not there (TILANNE_DATA names another folder of shared data)");
        return Ok(None);
    }
    let wrong = |source| Error::Area { path: "config/areas/skane.toml".into(), source };
    let (area, document) = proto::area::from_toml(AREA).map_err(wrong)?;
    let lines = events::of_feed(FEED, "config/feeds/skane.toml", &[file])?;
    Ok(Some((lines, Described { area: area.into(), document: document.into() })))
}

fn measure(lines: &[String], described: &Described) -> Result<Vec<Row>, Error> {
    let since = proto::time::parse(SINCE).map_err(Error::Bad)?;
    let mut department = Department::new(described, since);
    for line in lines {
        let decoded = proto::event::decode(line.as_bytes());
        department.hear(decoded.map_err(|unreadable| Error::Bad(unreadable.reason))?.event)?;
    }
    Ok(department.rows())
}

/// What the recorder decides by and the boards, and what was told to whom.
struct Department {
    decider: Decider,
    boards: Boards,
    since: Instant,
    here: BTreeMap<(StationId, TicketId), Told>,
    scores: BTreeMap<(StationId, UrgencyCode), Score>,
}

/// What the board and the last waits said when somebody joined.
struct Told {
    joined: Instant,
    urgency: UrgencyCode,
    expected: BTreeMap<UrgencyCode, ExpectedFigures>,
    last: BTreeMap<UrgencyCode, Quantiles>,
}

impl Department {
    fn new(described: &Described, since: Instant) -> Self {
        let mut department = Self {
            decider: Decider::default(),
            boards: Boards::default(),
            since,
            here: BTreeMap::new(),
            scores: BTreeMap::new(),
        };
        let (document, area) = (described.document.clone(), described.area.clone());
        department.record(Body::LogBegun { epoch: "0".into(), simulated: true }, Instant::default());
        department.record(Body::AreaConfigured { document, area }, Instant::default());
        department
    }

    fn record(&mut self, body: Body, received: Instant) {
        let fact = Fact { sequence: self.decider.sequence() + 1, received, body };
        self.decider.evolve(&fact);
        self.boards.fold(&fact);
    }

    fn hear(&mut self, event: Event) -> Result<(), Error> {
        let at = event.time;
        if let (Some(station), Said::Ticket(ticket, step)) = (&event.station, &event.said) {
            let key = (station.clone(), ticket.clone());
            match step {
                Step::Joined { .. } => self.joins(key, at),
                Step::Triaged { urgency } => {
                    if let Some(told) = self.here.get_mut(&key) {
                        told.urgency = urgency.clone();
                    }
                }
                Step::CareStarted => self.is_seen(&key, at),
                Step::Moved { .. } | Step::WaitingFor { .. } | Step::Left { .. } => {}
            }
        }
        match self.decider.decide(Intake::Event(Box::new(event)), at) {
            Decision::Record(body) => self.record(body, at),
            Decision::Refuse(refusal) => return Err(Error::Bad(format!("an event was refused: {refusal}"))),
            Decision::Known(_) | Decision::Nothing => {}
        }
        Ok(())
    }

    /// Notes what is said at the moment before somebody joins.
    fn joins(&mut self, key: (StationId, TicketId), at: Instant) {
        self.record(Body::ClockReached { due: at }, at);
        self.boards.refresh(Changed { sequence: self.boards.sequence(), event_time: at, received: at });
        let lanes = self.boards.look(&key.0).map(|(look, _)| &look.figures.lanes);
        let expected = lanes.into_iter().flatten().flat_map(|(_, lane)| lane.expected_by_urgency.clone());
        let of_station = self.scores.iter().filter(|((station, _), _)| *station == key.0);
        let last = of_station.filter_map(|((_, urgency), score)| Some((urgency.clone(), score.last()?)));
        let (expected, last) = (expected.collect(), last.collect());
        self.here.insert(key, Told { joined: at, urgency: UrgencyCode::untriaged(), expected, last });
    }

    fn is_seen(&mut self, key: &(StationId, TicketId), at: Instant) {
        let Some(told) = self.here.remove(key) else { return };
        let Told { joined, urgency, expected, last } = told;
        let score = self.scores.entry((key.0.clone(), urgency.clone())).or_default();
        let seconds = (at.as_micros() - joined.as_micros()) / 1_000_000;
        let told = expected.get(&urgency).and_then(|figures| figures.wait);
        let told = told.map(|wait| Quantiles { p50: wait.p50_s.into(), p90: wait.p90_s.into() });
        score.add(seconds, (joined >= self.since).then_some((told, last.get(&urgency).copied())));
    }

    fn rows(&self) -> Vec<Row> {
        let shown = self.scores.iter().filter(|(_, score)| score.visits() > LEAST_VISITS);
        let rows = shown.flat_map(|((station, urgency), score)| score.rows(&format!("{station}_{urgency}")));
        rows.collect()
    }
}
