//! Open or closed: the station's own word, else its timetable, else unknown.

use situation::board::ClosingPhase;
use situation::event::{ServiceState, Told};
use situation::time::Instant;

use super::story::*;

type Shown = (Option<bool>, Option<Instant>, Option<Instant>);

fn shown(log: &Log, station: &str) -> Shown {
    let figures = log.figures(station);
    (figures.open, figures.intake_until, figures.doors_until)
}

fn tomorrow(clock: &str) -> Instant {
    at(clock).plus(24 * HOUR)
}

#[test]
fn the_timetable_opens_and_closes_at_its_hours() {
    let mut log = Log::given([]);
    for (clock, expected) in [
        ("07:59:59", (Some(false), None, None)),
        ("08:00", (Some(true), Some(at("20:00")), Some(at("22:00")))),
        ("21:00", (Some(true), Some(at("20:00")), Some(at("22:00")))),
        ("22:00", (Some(false), None, None)),
    ] {
        log.reach(at(clock));
        assert_eq!(shown(&log, "porvoo"), expected, "{clock}");
        assert_eq!(shown(&log, "loviisa"), (None, None, None), "no timetable: unknown, not closed");
        assert_eq!(shown(&log, "kallo"), (Some(true), None, None));
    }
}

#[test]
fn a_stations_word_stands_before_its_timetable_until_it_lapses() {
    let mut log = Log::given([says("12:00", |it| {
        it.open = Told::Value(false);
        it.reason = Told::Value("vesivahinko".into());
        it.until = Some(at("15:00"));
    })]);
    assert_eq!(shown(&log, "porvoo").0, Some(false));
    assert_eq!(log.porvoo().reason.as_deref(), Some("vesivahinko"));
    log.reach(at("15:00"));
    assert_eq!(shown(&log, "porvoo").0, Some(true));
    assert_eq!(log.porvoo().reason, None);
    log.hear(says("16:00", |it| it.open = Told::Value(false)));
    log.hear(says("17:00", |it| it.open = Told::Withdrawn));
    assert_eq!(shown(&log, "porvoo").0, Some(true), "withdrawn: the timetable speaks again");
}

#[test]
fn intake_that_ends_early_stays_ended_for_the_day() {
    let mut log = Log::given([says("15:00", |it| it.intake_until = Told::Value(at("18:00")))]);
    for clock in ["17:00", "18:00", "21:59:59"] {
        log.reach(at(clock));
        assert_eq!(shown(&log, "porvoo"), (Some(true), Some(at("18:00")), Some(at("22:00"))), "{clock}");
    }
    log.reach(tomorrow("08:00"));
    assert_eq!(
        shown(&log, "porvoo"),
        (Some(true), Some(tomorrow("20:00")), Some(tomorrow("22:00"))),
        "yesterday's word says nothing of today"
    );
}

#[test]
fn doors_told_to_close_earlier_or_later_do_so_that_day() {
    let mut early = Log::given([says("15:00", |it| it.doors_until = Told::Value(at("18:00")))]);
    early.reach(at("17:59:59"));
    assert_eq!(early.porvoo().open, Some(true));
    early.reach(at("18:00"));
    assert_eq!(early.porvoo().open, Some(false));
    early.reach(tomorrow("08:00"));
    assert_eq!(early.porvoo().open, Some(true));

    let mut late = Log::given([says("15:00", |it| it.doors_until = Told::Value(at("23:00")))]);
    late.reach(at("22:30"));
    assert_eq!((late.porvoo().open, late.porvoo().doors_until), (Some(true), Some(at("23:00"))));
    late.reach(at("23:00"));
    assert_eq!((late.porvoo().open, late.porvoo().doors_until), (Some(false), None));
}

#[test]
fn a_station_that_stays_open_for_its_last_patients_takes_nobody_in_unless_it_says_so() {
    let prolonged = || Log::given([says("21:00", |it| it.doors_until = Told::Value(at("23:00")))]);
    let mut log = prolonged();
    for clock in ["21:59", "22:00", "22:59"] {
        log.reach(at(clock));
        assert_eq!(shown(&log, "porvoo"), (Some(true), Some(at("20:00")), Some(at("23:00"))), "{clock}");
        let phase = log.porvoo().closing.as_ref().map(|closing| closing.phase);
        assert_eq!(phase, Some(ClosingPhase::IntakeEnded), "{clock}");
    }
    log.hear(says("22:59:30", |it| it.intake_until = Told::Value(at("22:59:45"))));
    assert_eq!(log.porvoo().intake_until, Some(at("22:59:45")), "it says so");
    log.reach(at("23:00"));
    assert_eq!(shown(&log, "porvoo"), (Some(false), None, None));

    let mut anew = prolonged();
    anew.reach(at("22:10"));
    anew.hear(says("22:10", |it| it.open = Told::Value(true)));
    assert_eq!(shown(&anew, "porvoo"), (Some(true), None, Some(at("23:00"))), "open again by its own word");
}

#[test]
fn hours_told_of_an_opening_to_come_do_not_open_the_doors() {
    let log = Log::given([says("06:00", |it| it.doors_until = Told::Value(at("18:00")))]);
    assert_eq!(log.porvoo().open, Some(false));
}

#[test]
fn the_doors_that_a_station_told_of_end_its_word_that_it_is_open() {
    let mut log = Log::given([]);
    for station in ["porvoo", "loviisa"] {
        log.hear(
            says("12:00", |it| {
                it.open = Told::Value(true);
                it.doors_until = Told::Value(at("18:00"));
            })
            .about(station),
        );
    }
    log.reach(at("18:00"));
    assert_eq!((log.porvoo().open, log.figures("loviisa").open), (Some(false), Some(false)));
    log.reach(tomorrow("08:00"));
    assert_eq!(log.porvoo().open, Some(true), "the next day's timetable opens it again");
    assert_eq!(log.figures("loviisa").open, Some(false));
    // Open again by its own word: yesterday's hours are not shown as today's.
    let again = says("12:00", |it| it.open = Told::Value(true)).about("loviisa");
    log.hear(situation::event::Event { time: tomorrow("09:00"), ..again }.sealed());
    assert_eq!(shown(&log, "loviisa"), (Some(true), None, None));
}

#[test]
fn only_the_services_that_are_mentioned_change() {
    let told = |service: &str, state| (word(service), state);
    let mut log = Log::given([says("12:00", |it| {
        it.services.extend([
            told("rontgen", Some(ServiceState::Available)),
            told("labra", Some(ServiceState::Limited)),
        ]);
    })]);
    log.hear(says("13:00", |it| it.services.extend([told("rontgen", None)])));
    let services = &log.porvoo().services;
    assert_eq!((services.get("rontgen"), services.get("labra")), (None, Some(&ServiceState::Limited)));
}
