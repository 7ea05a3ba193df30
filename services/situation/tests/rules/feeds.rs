//! How far a feed can be trusted.

use std::time::Duration;

use situation::board::Freshness;
use situation::event::Told;

use super::story::*;

const MICRO: Duration = Duration::from_micros(1);

fn state(log: &Log) -> Freshness {
    log.porvoo().feeds[FEED].state
}

#[test]
fn a_feed_grows_old_at_exact_moments() {
    let spoke = at("17:00");
    let mut log = Log::given([]);
    assert_eq!(state(&log), Freshness::Never);
    log.hear(left("17:00", "t"));
    // The area file's interval is a minute: ageing after 2, stale after 5, lost after 15.
    for (age, before, after) in [
        (minutes(2), Freshness::Fresh, Freshness::Ageing),
        (minutes(5), Freshness::Ageing, Freshness::Stale),
        (minutes(15), Freshness::Stale, Freshness::Lost),
    ] {
        assert_eq!(log.boards.next_due(), Some(spoke.plus(age)));
        log.reach(spoke.plus(age).minus(MICRO));
        assert_eq!(state(&log), before);
        log.reach(spoke.plus(age));
        assert_eq!(state(&log), after);
    }
    log.hear(left("17:15", "t"));
    assert_eq!(state(&log), Freshness::Fresh);
}

#[test]
fn freshness_removes_no_number() {
    let mut log = Log::given([counted("17:00", |it| it.waiting = Told::Value(4))]);
    log.reach(at("21:00"));
    assert_eq!((state(&log), log.lane("ovi").waiting), (Freshness::Lost, Some(4)));
}

#[test]
fn age_is_counted_from_when_things_happened() {
    let mut log = Log::given([]);
    log.hear_at(left("16:50", "t"), at("17:00"));
    assert_eq!(state(&log), Freshness::Stale, "a backlog is old news");
    assert_eq!(log.boards.look(&"porvoo".into()).unwrap().0.last_received[FEED], at("17:00"));
}

#[test]
fn a_heartbeat_says_how_often_to_expect_one() {
    let mut log = Log::given([heartbeat(at("17:00"), minutes(10))]);
    log.reach(at("17:19:59"));
    assert_eq!(state(&log), Freshness::Fresh);
    log.reach(at("17:20"));
    assert_eq!(state(&log), Freshness::Ageing);
    // The newest promise holds, not the one that came last.
    log.hear_at(heartbeat(at("16:00"), minutes(1)), at("17:21"));
    assert_eq!(state(&log), Freshness::Ageing);
    log.hear(heartbeat(at("17:22"), minutes(1)));
    log.reach(at("17:37"));
    assert_eq!(state(&log), Freshness::Lost);
}

#[test]
fn a_heartbeat_of_a_whole_feed_speaks_for_every_station_that_listens() {
    let mut log = Log::given([left("17:00", "t"), left("17:00", "t").about("kallo")]);
    log.hear(whole_heartbeat(at("17:04"), minutes(1)));
    for station in ["porvoo", "kallo"] {
        assert_eq!(log.figures(station).feeds[FEED].last_event_time, Some(at("17:04")), "{station}");
    }
    assert!(log.figures("loviisa").feeds.is_empty(), "nobody said that Loviisa listens");
}

#[test]
fn an_unlisted_feed_is_judged_by_the_areas_default() {
    let mut log = Log::given([left("17:00", "t").by_feed("/feeds/x")]);
    assert_eq!(log.porvoo().feeds["/feeds/x"].family, Some(word("queue")));
    log.reach(at("17:19:59"));
    assert_eq!(log.porvoo().feeds["/feeds/x"].state, Freshness::Fresh);
    log.reach(at("17:20"));
    assert_eq!(log.porvoo().feeds["/feeds/x"].state, Freshness::Ageing);
}

#[test]
fn what_family_a_feed_is_does_not_hang_on_the_order_of_arrival() {
    let said = left("17:00", "t").by_feed("/feeds/x");
    let beat = heartbeat(at("17:01"), minutes(1)).by_feed("/feeds/x");
    let one = figures_of(fold([&said, &beat]), at("18:00"));
    assert_eq!(one, figures_of(fold([&beat, &said]), at("18:00")));
    assert_eq!(one["porvoo"].feeds["/feeds/x"].family, Some(word("queue")));
}
