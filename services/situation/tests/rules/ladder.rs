//! The shifts of a weekend: open or not, and who is needed, planned and there.

use std::collections::BTreeMap;

use jiff::civil::{date, time};
use situation::area::Area;
use situation::board::{ShiftFigures, ShiftStaff};
use situation::calendar::{Days, Exception, OpenFor, ShiftRule};
use situation::event::{Event, Said, StaffingObserved, StaffingPlanned, Told};
use situation::name::Trilingual;
use situation::time::Instant;

use super::story::*;

/// Shifts from 8 to 16, to 22 and to 8. Porvoo is closed on Sunday 29 November 2026.
fn weekend() -> Area {
    let shift = |name: &str, from, to| ShiftRule {
        name: Trilingual { fi: name.into(), ..Trilingual::default() },
        days: Days::ALL,
        from: time(from, 0, 0, 0),
        to: time(to, 0, 0, 0),
    };
    let mut area =
        Area { shifts: vec![shift("päivä", 8, 16), shift("ilta", 16, 22), shift("yö", 22, 8)], ..area() };
    let reason = Some(Trilingual { fi: "remontti".into(), ..Trilingual::default() });
    let sunday = date(2026, 11, 29);
    let closed = Exception { from: sunday, to: sunday, hours: Vec::new(), reason };
    area.stations.get_mut("porvoo").unwrap().exceptions.push(closed);
    area
}

fn log() -> Log {
    let mut log = Log::of(weekend());
    // Friday 17 to Monday 7 is the weekend.
    log.reach(on("2026-11-27T18:00:00+02:00"));
    log
}

fn shifts(log: &Log) -> BTreeMap<Instant, ShiftFigures> {
    log.porvoo().shifts.clone()
}

fn shift(log: &Log, from: &str) -> ShiftFigures {
    shifts(log)[&on(from)].clone()
}

fn planned(from: &str, to: &str, planned: u32) -> Event {
    let (from, to, required, planned) = (on(from), on(to), Some(2), Some(planned));
    let plan = StaffingPlanned { role: word("laakari"), lane: None, from, to, required, planned };
    event(at("12:00"), Said::StaffingPlanned(plan))
}

fn there(moment: &str, on_duty: u32) -> Event {
    let said = StaffingObserved {
        role: word("laakari"),
        lane: None,
        on_duty: Told::Value(on_duty),
        called: Told::Unsaid,
        arriving: Told::Unsaid,
        absent: Told::Unsaid,
        by: None,
        valid_until: None,
    };
    event(on(moment), Said::StaffingObserved(said))
}

#[test]
fn a_weekend_is_shown_from_two_days_before_it_until_it_is_over() {
    let mut log = log();
    log.reach(on("2026-11-30T06:59:00+02:00"));
    let begin: Vec<_> = shifts(&log).keys().map(ToString::to_string).collect();
    assert_eq!((begin.len(), begin[0].as_str()), (8, "2026-11-27T14:00:00Z"));
    log.reach(on("2026-11-30T07:00:00+02:00"));
    assert_eq!(shifts(&log), BTreeMap::new());
    log.reach(on("2026-12-02T17:00:00+02:00"));
    let begin: Vec<_> = shifts(&log).keys().map(ToString::to_string).collect();
    assert_eq!((begin.len(), begin[0].as_str()), (8, "2026-12-04T14:00:00Z"));
}

#[test]
fn a_shift_says_how_much_of_it_the_station_is_open_and_why_not() {
    let log = log();
    let saturday = shift(&log, "2026-11-28T08:00:00+02:00");
    assert_eq!((saturday.open, saturday.opens, saturday.closes), (Some(OpenFor::Whole), None, None));
    let night = shift(&log, "2026-11-28T22:00:00+02:00");
    assert_eq!(night.open, Some(OpenFor::Nothing));
    let sunday = shift(&log, "2026-11-29T08:00:00+02:00");
    assert_eq!((sunday.open, sunday.reason.unwrap().fi.as_str()), (Some(OpenFor::Nothing), "remontti"));
    let kallo = &log.boards.look(&"kallo".into()).unwrap().0.figures.shifts;
    assert!(kallo.values().all(|shift| shift.open == Some(OpenFor::Whole)));
    let loviisa = &log.boards.look(&"loviisa".into()).unwrap().0.figures.shifts;
    assert!(loviisa.values().all(|shift| shift.open.is_none()), "nobody knows its hours");
}

#[test]
fn a_shift_is_as_well_planned_as_its_worst_moment() {
    let mut log = log();
    log.hear(planned("2026-11-28T08:00:00+02:00", "2026-11-28T16:00:00+02:00", 2));
    let saturday = |log: &Log| shift(log, "2026-11-28T08:00:00+02:00").staff["laakari"];
    assert_eq!(saturday(&log), ShiftStaff { required: Some(2), planned: Some(2), gap: None, actual: None });
    // Somebody is away from noon on: the plan made last holds.
    let away = planned("2026-11-28T12:00:00+02:00", "2026-11-28T14:00:00+02:00", 1);
    log.hear(Event { time: at("13:00"), ..away }.named("away"));
    assert_eq!((saturday(&log).planned, saturday(&log).gap), (Some(1), Some(1)));
    let found = planned("2026-11-28T12:00:00+02:00", "2026-11-28T14:00:00+02:00", 2);
    log.hear(Event { time: at("14:00"), ..found }.named("found"));
    assert_eq!((saturday(&log).planned, saturday(&log).gap), (Some(2), None));
    // What is planned for a part of a shift says nothing of the whole.
    log.hear(planned("2026-11-28T16:00:00+02:00", "2026-11-28T20:00:00+02:00", 2));
    let evening = shift(&log, "2026-11-28T16:00:00+02:00").staff["laakari"];
    assert_eq!((evening.planned, evening.gap), (None, None));
    // Of a shift that nobody planned only the need is known.
    let sunday = shift(&log, "2026-11-29T16:00:00+02:00").staff["laakari"];
    assert_eq!(sunday, ShiftStaff { required: Some(2), ..ShiftStaff::default() });
}

#[test]
fn a_shift_that_began_says_how_few_were_there_and_one_to_come_does_not() {
    let mut log = log();
    log.hear(there("2026-11-27T18:10:00+02:00", 2));
    log.hear(there("2026-11-27T19:30:00+02:00", 1));
    log.hear(there("2026-11-27T19:50:00+02:00", 2));
    log.hear(there("2026-11-27T21:00:00+02:00", 3));
    let evening = |log: &Log| shift(log, "2026-11-27T16:00:00+02:00").staff["laakari"].actual;
    // One was back within the hour: of each hour its last word counts.
    assert_eq!(evening(&log), Some(2));
    assert_eq!(shift(&log, "2026-11-27T22:00:00+02:00").staff["laakari"].actual, None);
    // The night begins with those who are there, unless somebody tells of others within the hour.
    log.hear(there("2026-11-27T23:30:00+02:00", 4));
    assert_eq!(shift(&log, "2026-11-27T22:00:00+02:00").staff["laakari"].actual, Some(3));
    assert_eq!(evening(&log), Some(2));
    log.hear(there("2026-11-28T08:00:00+02:00", 1));
    log.hear(there("2026-11-28T09:30:00+02:00", 2));
    assert_eq!(shift(&log, "2026-11-27T22:00:00+02:00").staff["laakari"].actual, Some(3));
    assert_eq!(shift(&log, "2026-11-28T08:00:00+02:00").staff["laakari"].actual, Some(1));
}
