//! Given a station's stream at a version, when somebody expects it there, then this is recorded or refused.

use situation::area::Area;
use situation::decide::{Decider, Decision, Refusal};
use situation::event::Event;
use situation::fold::MEMORY_FACTS;

use super::story::*;

fn refusal(decision: Decision) -> Refusal {
    match decision {
        Decision::Refuse(refusal) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

fn records(decision: &Decision) -> bool {
    matches!(decision, Decision::Record(_))
}

#[test]
fn a_stream_without_facts_stands_at_nothing() {
    let log = Log::given([joined("17:00", "t", "kiire", None)]);
    let first = left("17:01", "u").about("kallo");
    assert!(records(&log.offer_at(0, first.clone(), at("17:01"))));
    let refused = refusal(log.offer_at(3, first, at("17:01"))).to_string();
    assert!(refused.starts_with("expected version 3, but kallo stands at 0: "), "{refused}");
}

#[test]
fn an_event_is_recorded_only_where_its_sender_believes_the_stream_to_stand() {
    let mut log = Log::given([joined("17:00", "t", "kiire", None)]);
    let version = log.decider.version(&"porvoo".into());
    assert_eq!(version, 3, "after the log's beginning and its area");
    log.hear(left("17:01", "u").about("kallo"));
    assert_eq!(log.decider.version(&"porvoo".into()), 3, "another station's facts are another stream");
    assert!(records(&log.offer_at(3, left("17:02", "t"), at("17:02"))));
    log.hear(left("17:02", "t"));
    let refused = refusal(log.offer_at(3, triaged("17:03", "t", "A"), at("17:03")));
    assert_eq!(
        refused.to_string(),
        "expected version 3, but porvoo stands at 5: read its facts after 3 and send again"
    );
    assert!(records(&log.offer_at(5, triaged("17:03", "t", "A"), at("17:03"))));
}

#[test]
fn what_was_recorded_stays_a_duplicate_whatever_it_expects() {
    let first = joined("17:00", "t", "kiire", None);
    let log = Log::given([first.clone(), left("17:01", "t")]);
    for version in [0, 2, 3, 4, u64::MAX] {
        assert!(matches!(log.offer_at(version, first.clone(), at("17:02")), Decision::Known(3)));
    }
}

#[test]
fn a_mistake_of_the_event_is_named_before_its_version() {
    let log = Log::given([]);
    let unknown = refusal(log.offer_at(7, joined("17:00", "t", "leikkaus", None), at("17:00")));
    assert!(matches!(unknown, Refusal::UnknownLane(..)), "{unknown}");
    let whole = refusal(log.offer_at(0, whole_heartbeat(at("17:00"), minutes(1)), at("17:00")));
    assert_eq!(whole, Refusal::VersionOfNothing);
}

#[test]
fn every_fact_of_a_station_counts_also_one_that_waits_for_its_time() {
    let mut log = Log::given([]);
    log.hear_at(left("17:04", "t"), at("17:00"));
    assert_eq!(log.boards.held(), 1);
    log.hear(heartbeat(at("17:00"), minutes(1)));
    log.reach(at("17:05"));
    assert_eq!(log.decider.version(&"porvoo".into()), 4, "the clock is no fact of a station");
}

#[test]
fn a_version_outlives_the_memory_of_events_and_the_stations_absence() {
    let mut log = Log::given([joined("17:00", "t", "kiire", None)]);
    log.sequence = 3 + 2 * MEMORY_FACTS;
    log.hear(left("17:01", "u").about("kallo"));
    let without = {
        let mut without: Area = area();
        without.stations.remove("porvoo");
        without
    };
    log.reconfigure(without, at("17:02"));
    log.reconfigure(area(), at("17:03"));
    let next: Event = left("17:04", "t");
    assert!(records(&log.offer_at(3, next, at("17:04"))));
}

#[test]
fn a_decider_that_was_put_away_expects_the_same() {
    let log = Log::given([joined("17:00", "t", "kiire", None), left("17:01", "u").about("kallo")]);
    let kept = Decider::of(log.decider.state());
    for station in ["porvoo", "kallo", "loviisa"] {
        assert_eq!(kept.version(&station.into()), log.decider.version(&station.into()), "{station}");
    }
}
