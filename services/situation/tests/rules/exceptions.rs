//! Hours that are not the usual ones, and services with hours of their own.

use jiff::civil::time;
use situation::area::{Area, Service, Station};
use situation::calendar::{Days, Exception, Hours, opening, openings_between};
use situation::event::{ServiceState, Told};
use situation::time::Instant;

use super::almanac::*;
use super::story::*;

fn row(opens: i8, intake_until: i8, doors_until: i8) -> Hours {
    hours(Days::ALL, time(opens, 0, 0, 0), time(intake_until, 0, 0, 0), time(doors_until, 0, 0, 0))
}

/// Porvoo, open from 8 to 22 every day, with these exceptions.
fn porvoo(exceptions: Vec<Exception>) -> Area {
    let mut area = area();
    area.stations.get_mut("porvoo").unwrap().exceptions = exceptions;
    area
}

fn station(area: &Area) -> &Station {
    &area.stations["porvoo"]
}

#[test]
fn a_date_may_be_closed_or_have_other_hours_and_the_first_that_covers_it_holds() {
    let area = porvoo(vec![
        exception("2026-11-27", "2026-11-27", vec![row(9, 11, 12)]),
        exception("2026-11-26", "2026-11-28", vec![]),
    ]);
    let (from, to) = (on("2026-11-25T00:00:00+02:00"), on("2026-11-30T00:00:00+02:00"));
    let found: Vec<_> = openings_between(station(&area), &area.calendar, from, to)
        .into_iter()
        .map(|span| (span.opens, span.intake_until, span.exception))
        .collect();
    assert_eq!(
        found,
        [
            (on("2026-11-25T08:00:00+02:00"), on("2026-11-25T20:00:00+02:00"), None),
            (on("2026-11-27T09:00:00+02:00"), on("2026-11-27T11:00:00+02:00"), Some(0)),
            (on("2026-11-29T08:00:00+02:00"), on("2026-11-29T20:00:00+02:00"), None),
        ]
    );
    let closed = opening(station(&area), &area.calendar, at("12:00"));
    assert_eq!((closed.open, closed.exception), (Some(false), Some(1)));
    assert_eq!(closed.opens_next, Some(on("2026-11-27T09:00:00+02:00")));
    assert_eq!(closed.holds_until, Some(on("2026-11-27T00:00:00+02:00")), "another exception's midnight");
}

#[test]
fn an_opening_past_midnight_belongs_to_the_date_on_which_it_began() {
    let mut area = porvoo(vec![exception("2026-11-26", "2026-11-26", vec![])]);
    area.stations.get_mut("porvoo").unwrap().hours = vec![row(16, 1, 2)];
    let open = |at| opening(station(&area), &area.calendar, at).open;
    assert_eq!(open(at("01:00")), Some(true), "yesterday's");
    assert_eq!(open(at("02:00")), Some(false));
    assert_eq!(open(at("17:00")), Some(false));
    assert_eq!(open(on("2026-11-27T01:00:00+02:00")), Some(false));
    assert_eq!(open(on("2026-11-27T16:00:00+02:00")), Some(true));
}

#[test]
fn a_board_says_why_a_stations_hours_are_others_on_those_dates() {
    let mut log = Log::of(porvoo(vec![exception("2026-11-26", "2026-11-26", vec![row(10, 12, 13)])]));
    let shown = |log: &Log| {
        let figures = log.porvoo();
        (figures.open, figures.hours_reason.as_ref().map(|reason| reason.fi.clone()))
    };
    let why = Some("poikkeus".to_owned());
    log.reach(at("09:00"));
    assert_eq!(shown(&log), (Some(false), why.clone()));
    log.reach(at("10:00"));
    assert_eq!(shown(&log), (Some(true), why));
    log.reach(on("2026-11-27T00:00:00+02:00"));
    assert_eq!(shown(&log), (Some(false), None));
}

#[test]
fn a_station_that_is_closed_for_months_opens_when_they_are_over() {
    let mut area = porvoo(vec![exception("2026-11-01", "2027-04-30", vec![])]);
    let services = &mut area.stations.get_mut("porvoo").unwrap().services;
    services.insert("labra".into(), Service { hours: vec![row(9, 12, 12)], ..Service::default() });
    let opens = on("2027-05-01T08:00:00+03:00");
    let closed = opening(station(&area), &area.calendar, at("12:00"));
    assert_eq!((closed.open, closed.opens_next), (Some(false), Some(opens)));
    // What is shown of a moment does not hang on when the timetable was last read.
    let mut log = Log::of(area.clone());
    let from = |boards: &situation::board::Boards| {
        boards.look(&"porvoo".into()).unwrap().0.figures.service_times["labra"].from
    };
    let nine = Some(on("2027-05-01T09:00:00+03:00"));
    assert_eq!(from(&log.boards), nine);
    log.reach(on("2027-04-01T12:00:00+03:00"));
    assert_eq!(from(&log.boards), nine);
    log.reach(opens);
    assert_eq!(log.porvoo().open, Some(true));
}

/// Porvoo with a laboratory from 8 to 12, closed on the 27th.
fn with_laboratory() -> Area {
    let mut area = porvoo(vec![exception("2026-11-28", "2026-11-28", vec![])]);
    let laboratory = Service {
        hours: vec![row(8, 12, 12)],
        exceptions: vec![exception("2026-11-27", "2026-11-27", vec![])],
        ..Service::default()
    };
    let services = &mut area.stations.get_mut("porvoo").unwrap().services;
    services.insert("labra".into(), laboratory);
    services.insert("rontgen".into(), Service::default());
    area
}

#[test]
fn a_service_is_shown_within_its_hours_and_otherwise_when_it_is_given_again() {
    let mut log = Log::of(with_laboratory());
    let shown = |log: &Log| -> (Option<ServiceState>, Option<Instant>, Option<Instant>) {
        let figures = log.porvoo();
        let times = figures.service_times.get("labra").copied().unwrap_or_default();
        (figures.services.get("labra").copied(), times.until, times.from)
    };
    log.reach(at("07:59"));
    assert_eq!(shown(&log), (None, None, Some(at("08:00"))));
    log.reach(at("08:00"));
    assert_eq!(shown(&log), (Some(ServiceState::Available), Some(at("12:00")), None));
    assert_eq!(log.porvoo().services.get("rontgen"), None, "without hours nothing is said");
    // Not on the 27th (its own exception) nor on the 28th (the station is closed).
    log.reach(at("12:00"));
    assert_eq!(shown(&log), (None, None, Some(on("2026-11-29T08:00:00+02:00"))));
}

#[test]
fn the_stations_word_on_a_service_stands_before_its_timetable() {
    let mut log = Log::of(with_laboratory());
    log.reach(at("08:00"));
    let state = |log: &Log| log.porvoo().services.get("labra").copied();
    log.hear(says("09:00", |it| {
        it.services.insert(word("labra"), Some(ServiceState::Suspended));
        it.until = Some(at("10:00"));
    }));
    assert_eq!(state(&log), Some(ServiceState::Suspended));
    assert_eq!(log.porvoo().service_times.get("labra"), None);
    log.reach(at("10:00"));
    assert_eq!(state(&log), Some(ServiceState::Available));
    // A closed station gives nothing.
    log.hear(says("10:30", |it| it.open = Told::Value(false)));
    assert_eq!(state(&log), None);
}

#[test]
fn a_service_is_not_given_outside_the_hours_of_its_station() {
    let mut area = with_laboratory();
    let station = area.stations.get_mut("porvoo").unwrap();
    station.services.get_mut("labra").unwrap().hours = vec![row(6, 23, 23)];
    let mut log = Log::of(area);
    let times = |log: &Log| log.porvoo().service_times["labra"];
    assert_eq!(times(&log).from, Some(at("08:00")), "not before the doors open");
    log.reach(at("08:00"));
    assert_eq!(times(&log).until, Some(at("22:00")), "nor after they close");
    log.reach(at("22:00"));
    assert_eq!(log.porvoo().services.get("labra"), None);
}

#[test]
fn of_openings_of_two_dates_that_begin_at_one_moment_the_longer_holds_at_once() {
    // The station opens twice a day, and each time holds what is left of yesterday's service and today's own.
    let mut area = porvoo(vec![]);
    let station = area.stations.get_mut("porvoo").unwrap();
    station.hours = vec![row(9, 0, 0), row(6, 17, 17)];
    let through_the_night = row(16, 14, 14);
    let service = Service { hours: vec![through_the_night, row(3, 0, 0)], ..Service::default() };
    station.services.insert("labra".into(), service);
    let mut log = Log::of(area);
    let until = |log: &Log| log.porvoo().service_times["labra"].until;
    log.reach(on("2026-11-27T06:00:00+02:00"));
    assert_eq!(
        until(&log),
        Some(on("2026-11-27T17:00:00+02:00")),
        "today's, and not the end of yesterday's at 14"
    );
}
