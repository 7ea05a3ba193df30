//! What is recorded, what is known already, and what is refused with which sentence.

use std::time::Duration;

use situation::area::Area;
use situation::decide::{Decider, Decision, Intake, MAX_AHEAD, Refusal};
use situation::event::{Amendment, Event, Said, StaffingPlanned, Told};
use situation::fold::MEMORY_FACTS;

use super::sayings::*;
use super::story::*;

#[test]
fn nothing_is_recorded_before_an_area_is_known() {
    let decision = Decider::default().decide(Intake::Event(Box::new(left("17:00", "t"))), at("17:00"));
    assert!(matches!(decision, Decision::Refuse(Refusal::NoArea)), "{decision:?}");
}

#[test]
fn what_the_area_does_not_know_is_refused_by_name() {
    let log = Log::given([]);
    let plan = StaffingPlanned {
        role: "laakari".into(),
        lane: Some("leikkaus".into()),
        from: at("08:00"),
        to: at("16:00"),
        required: None,
        planned: None,
    };
    let wrong_lane = Amendment { lane: Some("leikkaus".into()), ..Amendment::default() };
    let wrong_urgency = Amendment { urgency: Some("Z".into()), ..Amendment::default() };
    let somewhere = joined("17:00", "t", "kiire", None);
    let cases: Vec<(Event, &str)> = vec![
        (left("17:00", "t").about("sipoo"), "unknown station \"sipoo\""),
        (joined("17:00", "t", "leikkaus", None), "unknown lane \"leikkaus\""),
        (moved("17:00", "t", "leikkaus"), "unknown lane \"leikkaus\""),
        (counted("17:00", |it| it.lane = Some("leikkaus".into())), "unknown lane \"leikkaus\""),
        (event(at("17:00"), Said::StaffingPlanned(plan)), "unknown lane \"leikkaus\""),
        (corrected("17:00", "t", &somewhere, None, wrong_lane), "unknown lane \"leikkaus\""),
        (joined("17:00", "t", "kiire", Some("Z")), "lane \"kiire\" has A, B, C and untriaged"),
        (joined("17:00", "t", "kiire", Some("särky")), "unknown urgency \"särky\""),
        (triaged("17:00", "t", "Z"), "no lane of station \"porvoo\""),
        (corrected("17:00", "t", &somewhere, None, wrong_urgency), "no lane of station \"porvoo\""),
        (counted("17:00", |it| it.waiting_by_urgency = by_urgency(&[("Z", 1)])), "unknown urgency \"Z\""),
        (Event { station: None, ..left("17:00", "t") }, "subject is missing"),
        (for_all(received("17:00", "d")), "subject is missing"),
        (posted("17:00", "n", |_| {}).about("sipoo"), "unknown station \"sipoo\""),
        (whole_heartbeat(at("17:00"), minutes(1)).by_feed("/feeds/x"), "does not list this source"),
    ];
    for (event, sentence) in cases {
        let refusal = log.refusal(event, at("17:00")).to_string();
        assert!(refusal.contains(sentence), "{refusal:?} does not say {sentence:?}");
    }
}

#[test]
fn what_the_area_can_take_is_recorded() {
    let log = Log::given([]);
    for event in [
        joined("17:00", "t", "kiire", Some("A")),
        joined("17:00", "t", "kiire", Some("untriaged")),
        // Its lane may not be known yet, so the code of any lane of the station will do.
        triaged("17:00", "unheard-of", "särky"),
        left("17:00", "unheard-of"),
        places("17:00", "resource-of-no-file", |it| it.total = Told::Value(1)),
        whole_heartbeat(at("17:00"), minutes(1)),
        heartbeat(at("17:00"), minutes(1)).by_feed("/feeds/unlisted"),
        counted("17:00", |it| it.waiting_by_urgency = by_urgency(&[("untriaged", 1)])),
    ] {
        let decision = log.offer(event.clone(), at("17:00"));
        assert!(matches!(decision, Decision::Record(_)), "{event:?}: {decision:?}");
    }
}

#[test]
fn the_same_event_again_is_known_by_its_first_place_and_other_content_is_refused() {
    let first = joined("17:00", "t", "kiire", None);
    let mut log = Log::given([first.clone(), joined("17:01", "u", "kiire", None)]);
    assert!(matches!(log.offer(first.clone(), at("18:00")), Decision::Known(3)));
    let other = joined("17:00", "t", "hammas", None).named(first.id.as_str());
    assert_eq!(log.refusal(other, at("17:02")), Refusal::DifferentContent { sequence: 3 });
    let later = Event { time: at("17:00:01"), ..first.clone() }.sealed();
    assert_eq!(log.refusal(later, at("17:02")), Refusal::DifferentContent { sequence: 3 });
    // Another feed may use the same id.
    log.hear(first.clone().by_feed("/feeds/other"));
    // What was recorded once stays known even if the area would refuse it today.
    let mut without: Area = area();
    without.stations.get_mut("porvoo").unwrap().lanes.remove("kiire");
    log.reconfigure(without, at("17:03"));
    assert!(matches!(log.offer(first, at("18:00")), Decision::Known(3)));
}

#[test]
fn an_event_may_be_five_minutes_ahead_and_any_time_behind() {
    let mut log = Log::given([]);
    let received = at("17:00");
    let ahead = |by: Duration| Event { time: received.plus(by), ..left("17:00", "t") }.sealed();
    assert!(matches!(log.offer(ahead(MAX_AHEAD), received), Decision::Record(_)));
    let too_far = ahead(MAX_AHEAD + Duration::from_micros(1));
    assert!(matches!(log.refusal(too_far.clone(), received), Refusal::Future { .. }));
    let old = Event { time: on("1999-12-31T23:59:59Z"), ..left("17:00", "t") }.sealed();
    assert!(matches!(log.offer(old, received), Decision::Record(_)));
    // A clock that steps back does not make the log's clock step back.
    log.reach(at("17:00"));
    log.hear_at(left("17:00", "u"), at("17:01"));
    assert!(matches!(log.offer(too_far, at("16:00")), Decision::Record(_)));
}

#[test]
fn beyond_the_memory_what_could_be_a_repetition_is_too_old() {
    let mut log = Log::given([joined("17:00", "t", "kiire", None)]);
    log.sequence = 3 + MEMORY_FACTS - 1;
    log.hear(left("17:30", "t"));
    assert!(matches!(log.refusal(left("16:00", "u"), at("17:31")), Refusal::TooOld { .. }));
    assert!(log.refusal(left("17:00", "u"), at("17:31")).to_string().starts_with("too_old"));
    assert!(matches!(log.offer(left("17:00:01", "u"), at("17:31")), Decision::Record(_)));
    let other_feed = left("16:00", "u").by_feed("/feeds/other");
    assert!(matches!(log.offer(other_feed, at("17:31")), Decision::Record(_)));
}

#[test]
fn a_moment_is_reached_once() {
    let mut log = Log::given([left("17:00", "t")]);
    let clock = |log: &Log, due| log.decider.decide(Intake::Clock { due }, due);
    assert!(matches!(clock(&log, at("17:00")), Decision::Nothing));
    assert!(matches!(clock(&log, at("17:01")), Decision::Record(_)));
    log.reach(at("17:01"));
    assert!(matches!(clock(&log, at("17:01")), Decision::Nothing));
    assert!(matches!(clock(&log, at("16:00")), Decision::Nothing));
}

#[test]
fn an_area_that_is_in_force_is_not_recorded_again() {
    let mut log = Log::given([]);
    let before = log.sequence;
    log.reconfigure(area(), at("17:00"));
    assert_eq!(log.sequence, before);
    let mut other = area();
    other.attribution = Some("x".into());
    log.reconfigure(other, at("17:00"));
    assert_eq!(log.sequence, before + 1);
    assert!(matches!(
        log.decider.decide(Intake::Begin { epoch: "f".into(), simulated: true }, at("17:00")),
        Decision::Nothing
    ));
}

#[test]
fn invented_names_do_not_fill_the_memory() {
    let mut log = Log::given([]);
    for n in 0..situation::fold::MAX_NAMES_PER_STATION {
        log.hear(on_duty("17:00", &format!("role-{n}"), 1));
    }
    let refusal = log.refusal(on_duty("17:00", "one-more", 1), at("17:00"));
    assert!(matches!(refusal, Refusal::TooManyNames(_)), "{refusal}");
    assert!(matches!(log.offer(on_duty("17:01", "role-7", 2), at("17:01")), Decision::Record(_)));
}

#[test]
fn the_same_intake_makes_the_same_decisions_in_every_replica() {
    let mut one = Log::given([joined("17:00", "t", "kiire", None), whole_heartbeat(at("17:01"), minutes(1))]);
    let mut two = one.clone();
    for log in [&mut one, &mut two] {
        log.hear_at(left("17:05", "t"), at("17:02"));
        log.reach(at("18:00"));
    }
    assert_eq!(one.decider.next_due(), two.decider.next_due());
    assert_eq!(
        one.boards.next_due(),
        one.decider.next_due(),
        "recorder and projector expect the same moment"
    );
}
