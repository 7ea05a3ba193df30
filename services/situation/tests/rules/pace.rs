//! When a station will be done, at the pace at which people left lately.

use situation::event::Amendment;
use situation::time::Instant;

use super::story::*;

fn done_by(log: &Log) -> Option<Instant> {
    log.porvoo().closing.as_ref().and_then(|closing| closing.done_by)
}

fn cared_for(log: &mut Log, tickets: &[&str]) {
    for ticket in tickets {
        log.hear(care_started("20:01", ticket));
    }
}

/// Three stay; three left in eight minutes each, the last at 20:56. Doors close at 22.
fn evening() -> Log {
    let mut log = Log::given([]);
    for ticket in ["a", "b", "c", "d", "e", "f"] {
        log.hear(joined("20:00", ticket, "kiire", Some("C")));
    }
    cared_for(&mut log, &["a", "b", "c"]);
    log.hear(left("20:40", "a"));
    log.hear(left("20:48", "b"));
    assert_eq!(done_by(&log), None, "two say nothing of a pace");
    log.hear(left("20:56", "c"));
    log
}

#[test]
fn those_inside_are_done_when_as_many_as_lately_go_on_leaving() {
    let log = evening();
    // 20:56 and three times eight minutes are 21:20.
    assert_eq!(done_by(&log), Some(at("21:20")));
}

#[test]
fn while_nobody_leaves_the_end_moves_on_and_after_an_hour_nobody_knows() {
    let mut log = evening();
    log.reach(at("21:07"));
    assert_eq!(done_by(&log), Some(at("21:20")));
    log.reach(at("21:08"));
    assert_eq!(done_by(&log), Some(at("21:30")), "21:28, in steps of five minutes");
    log.reach(at("21:40"));
    assert_eq!(done_by(&log), None, "of the last hour only two departures are left");
}

#[test]
fn the_end_is_a_range_of_which_it_is_said_on_how_many_it_rests() {
    let mut log = evening();
    log.hear(care_started("20:57", "d"));
    log.hear(left("21:16", "d"));
    // Gaps of 8, 8 and 20 minutes: 21:16 and two of the middle one, or of the slowest quarter.
    let closing = |log: &Log| {
        let closing = log.porvoo().closing.clone().unwrap();
        (closing.done_by, closing.done_latest, closing.pace_of)
    };
    assert_eq!(
        closing(&log),
        (Some(at("21:35")), Some(at("22:00")), Some(4)),
        "21:32 and 21:56, in steps of five minutes"
    );
    // At the quicker pace somebody has missed their turn, and at the slower one nobody yet.
    log.reach(at("21:28"));
    assert_eq!(closing(&log), (Some(at("21:40")), Some(at("22:00")), Some(4)));
}

#[test]
fn a_departure_that_never_was_does_not_count() {
    let mut log = evening();
    log.hear(corrected("20:57", "b", &left("20:48", "b"), Some(true), Amendment::default()));
    assert_eq!(done_by(&log), None);
    log.hear(left("20:58", "b"));
    // 20:40, 20:56, 20:58: the middle one of two gaps is the longer.
    assert_eq!(done_by(&log), Some(at("21:50")));
}

#[test]
fn who_goes_elsewhere_from_the_queue_says_nothing_of_the_pace() {
    let mut log = evening();
    log.hear(left("20:57", "d"));
    // Two are left inside: 20:56 and twice eight minutes are 21:12.
    assert_eq!(done_by(&log), Some(at("21:15")));
}

#[test]
fn departures_count_in_whichever_order_they_are_told() {
    let mut log = Log::given([]);
    for ticket in ["a", "b", "c", "d"] {
        log.hear(joined("20:00", ticket, "kiire", Some("C")));
    }
    cared_for(&mut log, &["a", "b", "c"]);
    log.reach(at("20:57"));
    for (clock, ticket) in [("20:56", "c"), ("20:40", "a"), ("20:48", "b")] {
        log.hear(left(clock, ticket));
    }
    assert_eq!(done_by(&log), Some(at("21:05")));
}
