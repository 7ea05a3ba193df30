//! What is usual for this hour, from the weeks before.

use situation::alarm::{AlarmRules, AlarmState, Rule, Watch};
use situation::board::{ArrivalFigures, Usual};
use situation::event::{Event, Said, Step, Told};
use situation::name::Trilingual;
use situation::time::Instant;

use super::sayings::called;
use super::story::*;

/// Thursdays before the evening of these tests, the newest first.
const THURSDAYS: [&str; 5] = ["2026-11-19", "2026-11-12", "2026-11-05", "2026-10-29", "2026-10-22"];

fn moment(date: &str, clock: &str) -> Instant {
    // The clocks went back on 25.10.
    let offset = if date < "2026-10-25" { "+03:00" } else { "+02:00" };
    on(&format!("{date}T{clock}:00{offset}"))
}

fn came(time: Instant, ticket: &str) -> Event {
    let joined = Step::Joined { lane: "kiire".into(), urgency: None, channel: None };
    event(time, Said::Ticket(ticket.into(), joined))
}

fn gone(time: Instant, ticket: &str) -> Event {
    event(time, Said::Ticket(ticket.into(), Step::Left { outcome: None }))
}

/// So many came between 17 and 18 of a day, and all had left by 18:30.
fn day(date: &str, count: u32) -> Vec<Event> {
    let beat = heartbeat(moment(date, "17:00"), minutes(1));
    let visits = (0..count).flat_map(|number| {
        let ticket = format!("{date}-{number}");
        [came(moment(date, "17:10"), &ticket), gone(moment(date, "18:30"), &ticket)]
    });
    std::iter::once(beat).chain(visits).collect()
}

fn weeks(counts: &[u32]) -> Log {
    let mut log = Log::of(area());
    for (date, count) in THURSDAYS.iter().zip(counts) {
        day(date, *count).into_iter().for_each(|event| log.hear_at(event, at("00:01")));
    }
    log
}

fn arrivals(log: &Log) -> ArrivalFigures {
    log.lane("kiire").arrivals.unwrap()
}

#[test]
fn the_same_hour_of_the_weeks_before_says_what_is_usual() {
    let mut log = weeks(&[4, 0, 7, 5, 3]);
    log.hear(joined("17:05", "a", "kiire", None));
    let shown = arrivals(&log).this_hour;
    assert_eq!((shown.from, shown.count), (at("17:00"), Some(1)));
    // A Thursday on which nobody came counts, for its feed was heard; the clock change moves no hour.
    assert_eq!(shown.usual, Some(Usual { median: 4, low: 0, high: 7, of: 5 }));
    log.hear(joined("18:05", "b", "kiire", None));
    let shown = arrivals(&log);
    assert_eq!((shown.this_hour.count, shown.last_hour.count), (Some(1), Some(1)));
    assert_eq!(shown.last_hour.usual.map(|usual| usual.of), Some(5));
    // All who had come waited at 18, but for the hour from 18 on only the days that were heard in it count.
    assert_eq!(log.lane("kiire").usual_waiting, Some(Usual { median: 4, low: 0, high: 7, of: 5 }));
}

#[test]
fn three_weeks_do_not_say_what_is_usual() {
    let mut log = weeks(&[4, 5, 7]);
    log.hear(joined("17:05", "a", "kiire", None));
    assert_eq!(arrivals(&log).this_hour.usual, None);
    assert_eq!(log.lane("kiire").usual_waiting, None);
}

#[test]
fn an_hour_in_which_the_feed_was_silent_is_not_known_and_no_zero() {
    let mut log = weeks(&[4, 5, 7, 6]);
    log.hear(joined("16:50", "a", "kiire", None));
    log.reach(at("18:00"));
    let shown = arrivals(&log);
    assert_eq!(shown.this_hour.count, None, "nobody has spoken since 18");
    assert_eq!(shown.last_hour.count, None, "nor between 17 and 18");
    log.hear(heartbeat(at("18:01"), minutes(1)));
    assert_eq!(arrivals(&log).this_hour.count, Some(0), "now it is known that nobody came");
}

#[test]
fn days_off_are_held_beside_days_off() {
    let mut area = area();
    area.calendar.holidays = Some(situation::calendar::Holidays::Finland);
    let mut log = Log::of(area);
    // Sundays, and Thursdays on which far more came.
    for date in ["2026-11-08", "2026-11-15", "2026-11-22", "2026-11-29"] {
        day(date, 2).into_iter().for_each(|event| log.hear_at(event, on("2026-12-01T00:00:00+02:00")));
    }
    for date in THURSDAYS {
        day(date, 9).into_iter().for_each(|event| log.hear_at(event, on("2026-12-01T00:00:00+02:00")));
    }
    // Christmas Day of 2026 is a Friday.
    log.hear(came(on("2026-12-25T17:20:00+02:00"), "a"));
    assert_eq!(arrivals(&log).this_hour.usual.map(|usual| (usual.median, usual.of)), Some((2, 4)));
}

#[test]
fn who_was_put_right_came_when_they_came() {
    let mut log = weeks(&[4, 4, 4, 4]);
    let mistaken = joined("17:05", "a", "kiire", None);
    log.hear(mistaken.clone());
    log.hear(joined("17:06", "b", "kiire", None));
    assert_eq!(arrivals(&log).this_hour.count, Some(2));
    log.hear(corrected("17:07", "a", &mistaken, Some(true), situation::event::Amendment::default()));
    assert_eq!(arrivals(&log).this_hour.count, Some(1));
}

#[test]
fn who_goes_over_to_another_lane_came_once() {
    let mut log = Log::given([joined("17:05", "a", "kiire", None), moved("17:20", "a", "hammas")]);
    assert_eq!(arrivals(&log).this_hour.count, Some(1));
    assert_eq!(log.lane("hammas").arrivals.map(|it| it.this_hour.count), Some(Some(0)));
    log.hear(left("17:30", "a"));
    assert_eq!(arrivals(&log).this_hour.count, Some(1));
}

#[test]
fn a_counts_lane_has_a_usual_queue_and_no_arrivals() {
    let mut log = Log::of(area());
    for (date, waiting) in THURSDAYS.iter().zip([3, 9, 5, 4]) {
        let told = counted("17:50", |it| it.waiting = Told::Value(waiting));
        let told = Event { time: moment(date, "17:50"), ..told }.named(date);
        log.hear_at(told, at("00:01"));
    }
    log.hear(counted("18:02", |it| it.waiting = Told::Value(1)));
    let lane = log.lane("ovi");
    assert_eq!(lane.usual_waiting, Some(Usual { median: 4, low: 3, high: 9, of: 4 }));
    assert_eq!(lane.arrivals, None);
}

#[test]
fn callbacks_stand_beside_those_of_the_last_days_alike() {
    let mut log = Log::of(area());
    for (date, waiting) in THURSDAYS.iter().zip([12, 9, 14, 8, 30]) {
        let told = called("16:55", |it| it.callbacks_waiting = Told::Value(waiting));
        let told = Event { time: moment(date, "16:55"), ..told }.named(date);
        if *date != "2026-11-12" {
            log.hear_at(told, at("00:01"));
        }
    }
    log.hear(called("17:05", |it| it.callbacks_waiting = Told::Value(11)));
    let line = &log.porvoo().contacts["116117"];
    let before: Vec<_> = line.callbacks_before.iter().map(|(rank, (_, waiting))| (*rank, *waiting)).collect();
    assert_eq!(before, [(1, 12), (3, 14), (4, 8)], "of the second nothing is known");
    assert_eq!(line.callbacks_before[&1].0, moment("2026-11-19", "17:00"));
}

#[test]
fn more_than_usual_is_an_alarm_for_the_rest_of_its_hour() {
    let text = Trilingual::default();
    let watch = Watch::MoreThanUsual { by: 2 };
    let rule = Rule { watch, stations: None, rank: None, text, hold: minutes(0), escalation: None };
    let rules = AlarmRules { rules: [(word("crowd"), rule)].into(), ..AlarmRules::default() };
    let mut log = Log::of(situation::area::Area { alarms: rules, ..area() });
    for (date, count) in THURSDAYS.iter().zip([4, 0, 3, 2]) {
        day(date, count).into_iter().for_each(|event| log.hear_at(event, at("00:01")));
    }
    for ticket in ["a", "b", "c", "d", "e"] {
        log.hear(joined("17:10", ticket, "kiire", None));
    }
    assert!(log.boards.alarms().is_empty(), "one more than the most of four hours");
    log.hear(joined("17:11", "f", "kiire", None));
    let alarm = &log.boards.alarms()["crowd:porvoo:kiire"];
    assert_eq!((alarm.cause.count, alarm.cause.since), (Some(6), Some(at("17:00"))));
    log.reach(at("18:00"));
    let alarm = &log.boards.alarms()["crowd:porvoo:kiire"];
    assert_eq!(alarm.state, AlarmState::ClearedUnacknowledged);
}
