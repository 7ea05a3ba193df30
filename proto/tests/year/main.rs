//! A year of Itä-Uusimaa without a single event: every boundary of its timetables is reached in its time, and
//! none is that another reading of the area file does not know.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod wall;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use situation::board::{Boards, View};
use situation::fact::{Body, Fact};
use situation::time::Instant;

use wall::{Shown, Wall};

const AREA: &str = include_str!("../../../config/areas/itauusimaa.toml");
const SECOND: std::time::Duration = std::time::Duration::from_secs(1);
/// A year takes seconds; this leaves room for a busy machine.
const LONGEST: std::time::Duration = std::time::Duration::from_secs(60);
const MINUTE: i64 = 60_000_000;

fn midnight(date: &str) -> Instant {
    let helsinki = TimeZone::get("Europe/Helsinki").unwrap();
    Instant::from(date.parse::<Date>().unwrap().to_zoned(helsinki).unwrap().timestamp())
}

/// The boundaries: minutes at which the screen on the wall shows something else than the minute before.
fn boundaries(wall: &Wall, from: Instant, to: Instant) -> BTreeMap<Instant, Shown> {
    let mut found = BTreeMap::new();
    let mut before = None;
    let mut page = None;
    // The first minute has nothing before it to differ from.
    for minute in (from.as_micros() - MINUTE..to.as_micros()).step_by(MINUTE as usize) {
        let at = Instant::from_micros(minute);
        let today = wall.turn(page, at);
        let shown = Some(wall.at(&today, at));
        if shown != before && before.is_some() {
            found.extend(shown.clone().map(|shown| (at, shown)));
        }
        (page, before) = (Some(today), shown);
    }
    found
}

/// The clock alone: it jumps to what falls due next, and that is recorded.
struct Clockwork {
    boards: Boards,
    sequence: u64,
}

impl Clockwork {
    fn begin(at: Instant) -> Self {
        let (area, document) = proto::area::from_toml(AREA).unwrap();
        let mut clockwork = Self { boards: Boards::default(), sequence: 0 };
        clockwork.record(Body::LogBegun { epoch: "e".into(), simulated: true }, at);
        clockwork.record(Body::AreaConfigured { document: document.into(), area: Arc::new(area) }, at);
        clockwork
    }

    fn record(&mut self, body: Body, received: Instant) {
        self.sequence += 1;
        self.boards.apply(&Fact { sequence: self.sequence, received, body });
    }

    /// The stations that are about to close: said ahead of what the timetable says.
    fn closing(&self, wall: &Wall) -> Vec<bool> {
        let closing = |id: &str| self.boards.look(&id.into()).unwrap().0.figures.closing.is_some();
        wall.stations().map(closing).collect()
    }

    /// Shifts that nobody has taken over leave the weekend's board after so many days of 24 hours, which is another hour of the
    /// day where the clocks have changed.
    fn unsigned(&self) -> usize {
        self.boards.view(&View::Weekend).unwrap().0.unsigned.len()
    }

    fn shown(&self, wall: &Wall) -> Shown {
        let figures = |id: &str| &self.boards.look(&id.into()).unwrap().0.figures;
        let stations = wall.stations().map(|id| {
            let figures = figures(id);
            let takes_in = figures.intake_until.is_some_and(|until| self.boards.clock() < until);
            (figures.open.unwrap(), takes_in, figures.hours_reason.clone().map(|reason| reason.fi))
        });
        let stations = stations.collect();
        let services = wall.services().map(|(id, service)| figures(id).services.contains_key(service));
        let (frame, _) = self.boards.view(&View::Situation).unwrap();
        let area = self.boards.area().unwrap();
        let now = self.boards.clock();
        let [shift] =
            situation::calendar::shifts_between(&area.shifts, &area.calendar, now, now.plus(SECOND / 1000))
                .try_into()
                .unwrap();
        Shown {
            stations,
            services: services.collect(),
            window: frame.window.unwrap().kind.as_str(),
            shift: shift.name.fi,
            day: frame.day.and_then(|day| day.name).map(|name| name.fi),
        }
    }
}

#[test]
fn every_boundary_of_a_year_is_reached_within_a_second_and_nothing_else_happens() {
    let wall = Wall::read(AREA);
    let (from, to) = (midnight("2026-11-01"), midnight("2027-11-01"));
    let expected = boundaries(&wall, from, to);

    let began = std::time::Instant::now();
    let mut clockwork = Clockwork::begin(midnight("2026-10-31"));
    let (mut reached, mut said_ahead) = (BTreeMap::new(), BTreeSet::new());
    while let Some(due) = clockwork.boards.next_due().filter(|due| *due < to) {
        let ahead = (clockwork.closing(&wall), clockwork.unsigned());
        clockwork.record(Body::ClockReached { due }, due);
        if (clockwork.closing(&wall), clockwork.unsigned()) != ahead {
            said_ahead.insert(due);
        }
        reached.insert(due, clockwork.shown(&wall));
    }
    reached.retain(|at, _| *at >= from);
    let took = began.elapsed();
    eprintln!("{} boundaries of a year in {took:?}", reached.len());
    assert!(took < LONGEST, "{took:?} for a year");

    // A year has three shifts a day, and what opens and closes beside them.
    assert!(expected.len() > 3 * 365 + 1_000, "{} boundaries", expected.len());
    for (boundary, shown) in &expected {
        let in_time = reached.range(*boundary..=boundary.plus(SECOND)).next();
        let (at, board) = in_time.unwrap_or_else(|| panic!("{boundary} was not reached"));
        assert_eq!(board, shown, "at {at}");
    }
    for at in reached.keys() {
        assert!(
            expected.contains_key(at) || said_ahead.contains(at),
            "{at} was announced, and nothing happens then"
        );
    }
}
