//! What was told of the next hours beside what came: a winter week of 115 emergency departments, played through the fold as it
//! is, or a journal of one's own. Nothing is timed: every run gives the same figures.
//!
//! The boards are looked at once an hour. What they would say of one and three hours later is held against what is told then,
//! and so are the two guesses that it has to beat: that the queue stays as it is, and the mean of the same hour of the days before,
//! which is worked out here and not asked of the fold. `all` is of every forecast that could be made, `shown` of those that a
//! board showed, because until that day forecasts of its lane had been better than both.

mod ledger;

use std::path::{Path, PathBuf};
use std::time::Duration;

use situation::board::{Boards, Changed, ForecastFigures, Freshness, LaneFigures};
use situation::event::{Event, Said};
use situation::fact::{Body, Fact};
use situation::fold::Look;
use situation::time::{Hour, Instant};

use self::ledger::{Ledger, Made, Measured};
use super::events;
use super::row::Row;
use crate::Error;
use crate::cli::Bench;
use crate::commands::journal::{Bar, each_fact, read};
use crate::config::Described;

/// The file that is played where none is named, below `TILANNE_DATA` or the folder of shared data.
const WEEK: &str = "quebec_ed_hourly/replay_week_2025-01-06.csv.gz";
const FEED: &str = include_str!("../../../../config/feeds/quebec-week.toml");
const AREA: &str = include_str!("../../../../config/areas/quebec.toml");
/// Of the week only what was told since then is shown: the forecast's constants were chosen on the days before.
const SINCE: &str = "2025-01-10T00:00:00-05:00";
const HOUR: Duration = Duration::from_secs(3_600);
/// Where nothing was told for longer than this there is nothing to look at: every feed is lost by then.
const SILENCE: Duration = Duration::from_secs(24 * 3_600);

/// Rows for people waiting and present, at each number of hours.
pub async fn forecast(asked: &Bench) -> Result<Vec<Row>, Error> {
    if let Some(data) = asked.data.clone() {
        return tokio::task::spawn_blocking(move || of_journal(&data)).await?;
    }
    let Some((lines, described)) = week(asked)? else { return Ok(Vec::new()) };
    let since = asked.feed.is_none().then(|| proto::time::parse(SINCE)).transpose().map_err(Error::Bad)?;
    tokio::task::spawn_blocking(move || of_lines(&lines, described, since)).await?
}

/// The week's events in the order in which they happened; none, aloud, where the file is not there.
fn week(asked: &Bench) -> Result<Option<(Vec<String>, Described)>, Error> {
    if asked.feed.is_some() {
        return events::events(asked).map(Some);
    }
    let data = std::env::var_os("TILANNE_DATA").map_or_else(|| PathBuf::from("../shared/data"), Into::into);
    let file = data.join(WEEK);
    if !file.exists() {
        let place = file.display();
        eprintln!("skipped: {place} is not there (TILANNE_DATA names another folder of shared data)");
        return Ok(None);
    }
    let wrong = |source| Error::Area { path: "config/areas/quebec.toml".into(), source };
    let (area, document) = proto::area::from_toml(AREA).map_err(wrong)?;
    let lines = events::of_feed(FEED, "config/feeds/quebec-week.toml", &[file])?;
    Ok(Some((lines, Described { area: area.into(), document: document.into() })))
}

fn of_lines(lines: &[String], described: Described, since: Option<Instant>) -> Result<Vec<Row>, Error> {
    let mut play = Play { since, ..Play::default() };
    play.take(Body::LogBegun { epoch: "0".into(), simulated: true });
    play.take(Body::AreaConfigured { document: described.document, area: described.area });
    for line in lines {
        let decoded = proto::event::decode(line.as_bytes());
        let event = decoded.map_err(|unreadable| Error::Bad(unreadable.reason))?.event;
        play.take(Body::Event(Box::new(event)));
    }
    Ok(play.ledger.rows())
}

fn of_journal(data: &Path) -> Result<Vec<Row>, Error> {
    let journal = read(data)?;
    let head = journal.head().sequence;
    let mut play = Play::default();
    let mut failed = None;
    let mut bar = Bar::of("facts");
    each_fact(journal.as_ref(), head, &mut |fact, _| {
        bar.show(fact.sequence, head);
        if failed.is_none() {
            failed = fact.into_fact().map(|fact| play.take(fact.body)).err();
        }
    })?;
    drop(bar);
    failed.map_or_else(|| Ok(play.ledger.rows()), |error| Err(error.into()))
}

/// The boards, whose clock is the events' own time, and what they told.
#[derive(Default)]
struct Play {
    boards: Boards,
    clock: Instant,
    /// When they are looked at next.
    next: Option<Instant>,
    /// What was told before is not shown.
    since: Option<Instant>,
    ledger: Ledger,
}

impl Play {
    fn take(&mut self, body: Body) {
        match &body {
            // When a recorder's clock struck says nothing of when things happened.
            Body::ClockReached { due: _ } => return,
            Body::Event(event) => self.go_on_to(event),
            Body::LogBegun { .. }
            | Body::LogRestored { .. }
            | Body::AreaConfigured { .. }
            | Body::StreamChanged { .. } => {}
        }
        self.fold(body);
    }

    fn fold(&mut self, body: Body) {
        let fact = Fact { sequence: self.boards.sequence() + 1, received: self.clock, body };
        self.boards.fold(&fact);
    }

    /// Looks that were due before an event.
    fn go_on_to(&mut self, event: &Event) {
        while let Some(next) = self.next.filter(|next| *next < event.time) {
            if event.time > self.clock.plus(SILENCE) {
                self.next = None;
                break;
            }
            self.look(next);
            self.next = Some(next.plus(HOUR));
        }
        if self.next.is_none() {
            self.next = first_look(event);
        }
        self.clock = self.clock.max(event.time);
    }

    fn look(&mut self, at: Instant) {
        self.clock = self.clock.max(at);
        self.fold(Body::ClockReached { due: at });
        self.boards.refresh(Changed::default());
        let Some(area) = self.boards.area().cloned() else { return };
        for id in area.stations.keys() {
            let Some((look, _)) = self.boards.look(id) else { continue };
            for (lane, figures) in &look.figures.lanes {
                if !was_heard(look, figures, at) {
                    continue;
                }
                let nothing = Default::default();
                let expected = look.expected.get(lane).unwrap_or(&nothing);
                let of =
                    |measured, now: Option<u32>, told: &[(ForecastFigures, bool)], ledger: &mut Ledger| {
                        let Some(now) = now else { return };
                        let key = (id.clone(), lane.clone(), measured);
                        let told = told.iter().filter(|_| self.since.is_none_or(|since| at >= since));
                        let made = told.map(|(told, is_shown)| Made::of(told, *is_shown, now));
                        ledger.note(&key, at, now, made);
                    };
                of(Measured::Waiting, figures.waiting, &expected.waiting, &mut self.ledger);
                of(Measured::Present, figures.present, &expected.present, &mut self.ledger);
            }
        }
    }
}

/// Counts are looked at when they were told of, at that minute of every hour; tickets at full hours.
fn first_look(event: &Event) -> Option<Instant> {
    let counts = matches!(event.said, Said::QueueObserved(_)).then_some(event.time);
    let tickets = matches!(event.said, Said::Ticket(..)).then(|| Hour::of(event.time).next().start());
    counts.or(tickets)
}

/// Whether a lane was spoken of in the hour before.
fn was_heard(look: &Look, figures: &LaneFigures, at: Instant) -> bool {
    let feed = figures.feed.as_ref().and_then(|id| look.figures.feeds.get(id));
    feed.is_some_and(|feed| {
        feed.state == Freshness::Fresh && feed.last_event_time.is_some_and(|last| last.plus(HOUR) > at)
    })
}
