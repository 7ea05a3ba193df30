//! Lanes whose tickets are counted.

use std::collections::BTreeMap;

use situation::board::LaneFigures;
use situation::event::{Amendment, Event, Need, Step};
use situation::fold::MEMORY_FACTS;
use situation::name::UrgencyCode;

use super::story::*;

pub fn urgencies(lane: &LaneFigures) -> BTreeMap<&str, u32> {
    let counts = lane.waiting_by_urgency.as_ref().unwrap();
    counts.iter().map(|(code, count)| (code.as_str(), *count)).collect()
}

pub fn set(change: impl FnOnce(&mut Amendment)) -> Amendment {
    let mut set = Amendment::default();
    change(&mut set);
    set
}

/// All orders of a few things.
pub fn orders<T: Clone>(items: &[T]) -> Vec<Vec<T>> {
    if items.is_empty() {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for at in 0..items.len() {
        let mut rest = items.to_vec();
        let first = rest.remove(at);
        for mut order in orders(&rest) {
            order.insert(0, first.clone());
            all.push(order);
        }
    }
    all
}

/// In whichever order these arrive, the lane `kiire` of Porvoo looks the same at 18:00.
pub fn always(events: &[Event]) -> LaneFigures {
    let mut seen: Option<LaneFigures> = None;
    for order in orders(events) {
        let now = figures_of(fold(&order), at("18:00"))["porvoo"].lanes["kiire"].clone();
        let mut live = Log::given([]);
        for event in &order {
            live.hear_at(event.clone(), at("18:00"));
        }
        assert_eq!(&now, live.lane("kiire"), "live and past differ after {order:?}");
        if let Some(before) = &seen {
            assert_eq!(before, &now, "another order gave other figures: {order:?}");
        }
        seen = Some(now);
    }
    seen.unwrap()
}

#[test]
fn nothing_is_known_of_a_lane_until_a_ticket_event_names_it() {
    let mut log = Log::given([whole_heartbeat(at("16:00"), minutes(1))]);
    assert_eq!(*log.lane("kiire"), LaneFigures::default());
    // Counts are not this lane's authority: they make nothing known of it, least of all a zero.
    log.hear(counted("16:01", |it| {
        it.lane = Some("kiire".into());
        it.waiting = situation::event::Told::Value(7);
    }));
    assert_eq!(*log.lane("kiire"), LaneFigures::default());
    log.hear(triaged("16:02", "t", "A"));
    assert_eq!(*log.lane("kiire"), LaneFigures::default());
    log.hear(joined("16:03", "u", "kiire", None));
    log.hear(left("16:04", "u"));
    assert_eq!(log.counts("kiire"), (Some(0), Some(0), Some(0)), "empty, and known to be");
    assert_eq!(*log.lane("hammas"), LaneFigures::default());
}

#[test]
fn a_visit_from_the_door_to_the_door() {
    let mut log = Log::given([joined("17:00", "t", "kiire", None)]);
    assert_eq!(log.counts("kiire"), (Some(1), Some(0), Some(1)));
    assert_eq!(
        urgencies(log.lane("kiire")),
        BTreeMap::from([("A", 0), ("B", 0), ("C", 0), ("untriaged", 1)])
    );
    assert_eq!(log.lane("kiire").oldest_since, Some(at("17:00")));
    assert_eq!(log.lane("kiire").feed, Some(FEED.into()));
    log.hear(triaged("17:01", "t", "C"));
    assert_eq!(
        urgencies(log.lane("kiire")),
        BTreeMap::from([("A", 0), ("B", 0), ("C", 1), ("untriaged", 0)])
    );
    log.hear(moved("17:02", "t", "hammas"));
    assert_eq!(log.counts("kiire"), (Some(0), Some(0), Some(0)));
    assert_eq!(urgencies(log.lane("hammas")), BTreeMap::from([("särky", 0), ("C", 1), ("untriaged", 0)]));
    log.hear(care_started("17:03", "t"));
    assert_eq!(log.counts("hammas"), (Some(0), Some(1), Some(1)));
    assert_eq!(log.lane("hammas").oldest_since, None);
    log.hear(left("17:04", "t"));
    assert_eq!(log.counts("hammas"), (Some(0), Some(0), Some(0)));
}

#[test]
fn every_order_of_arrival_gives_the_same_figures() {
    let what = BTreeMap::from([(Need::Doctor, true)]);
    let story = [
        joined("17:00", "t", "hammas", None),
        triaged("17:01", "t", "B"),
        moved("17:02", "t", "kiire"),
        step("17:03", "t", Step::WaitingFor { what }),
        care_started("17:04", "t"),
    ];
    let lane = always(&story);
    assert_eq!((lane.waiting, lane.in_care, lane.present), (Some(0), Some(1), Some(1)));
    let lane = always(&[&story[..3], &[left("17:05", "t")]].concat());
    assert_eq!(lane.present, Some(0));
}

#[test]
fn steps_of_one_moment_follow_the_order_of_life() {
    let moment = [
        joined("17:00", "t", "hammas", None),
        triaged("17:00", "t", "A"),
        moved("17:00", "t", "kiire"),
        care_started("17:00", "t"),
    ];
    assert_eq!(always(&moment).in_care, Some(1));
    let lane = always(&[&moment[..], &[left("17:00", "t")]].concat());
    assert_eq!((lane.waiting, lane.in_care), (Some(0), Some(0)));
    // Of two equal steps of one moment the source's name decides, then the id.
    let two = [
        joined("17:00", "t", "kiire", None),
        triaged("17:01", "t", "A").by_feed("/feeds/a").named("z"),
        triaged("17:01", "t", "B").by_feed("/feeds/b").named("a"),
        triaged("17:01", "t", "C").by_feed("/feeds/b").named("b"),
    ];
    assert_eq!(urgencies(&always(&two))["C"], 1);
}

#[test]
fn a_ticket_counts_once_its_joining_is_known() {
    let mut log = Log::given([joined("16:00", "u", "kiire", None), triaged("17:00", "t", "A")]);
    assert_eq!(log.lane("kiire").present, Some(1));
    log.hear_at(joined("16:59", "t", "kiire", None), at("17:05"));
    assert_eq!(log.lane("kiire").present, Some(2));
    assert_eq!(urgencies(log.lane("kiire"))["A"], 1);
    // A second system stamped the judgement a moment early: it is kept for who is yet to come.
    let early = [triaged("16:59", "v", "B"), joined("17:00", "v", "kiire", None)];
    assert_eq!(urgencies(&always(&early))["B"], 1);
    // The urgency of the joining event itself is the newer word.
    let early = [triaged("16:59", "v", "B"), joined("17:00", "v", "kiire", Some("A"))];
    assert_eq!(urgencies(&always(&early))["A"], 1);
}

#[test]
fn who_left_may_come_again_with_nothing_of_the_earlier_visit() {
    let story = [
        joined("16:00", "t", "kiire", Some("A")),
        care_started("16:10", "t"),
        left("16:20", "t"),
        joined("17:50", "t", "kiire", None),
    ];
    let lane = always(&story);
    assert_eq!((lane.waiting, lane.in_care), (Some(1), Some(0)));
    assert_eq!(urgencies(&lane)["untriaged"], 1);
    assert_eq!(lane.oldest_since, Some(at("17:50")));
}

#[test]
fn a_silent_ticket_leaves_the_counts_and_comes_back_when_heard() {
    let mut log = Log::given([joined("17:00", "t", "kiire", None), care_started("17:05", "t")]);
    let limit = at("17:05").plus(24 * HOUR);
    log.reach(limit.minus(std::time::Duration::from_micros(1)));
    assert_eq!((log.lane("kiire").present, log.lane("kiire").unresolved), (Some(1), None));
    log.reach(limit);
    assert_eq!((log.lane("kiire").present, log.lane("kiire").unresolved), (Some(0), Some(1)));
    let what = BTreeMap::from([(Need::Bed, true)]);
    let heard = Event { time: limit.plus(HOUR), ..step("17:00", "t", Step::WaitingFor { what }) };
    log.hear(heard.sealed());
    assert_eq!((log.lane("kiire").present, log.lane("kiire").unresolved), (Some(1), None));
}

#[test]
fn overdue_is_beyond_the_target_of_the_urgency_from_joining() {
    let mut log = Log::given([
        joined("17:00", "a", "kiire", Some("A")),
        joined("17:00", "b", "kiire", Some("B")),
        joined("17:00", "c", "kiire", Some("C")),
        joined("17:00", "u", "kiire", None),
        joined("17:00", "h", "hammas", None),
    ]);
    for (clock, overdue) in [("17:09:59", 1), ("17:10", 2), ("17:29:59", 2), ("17:30", 3), ("21:00", 3)] {
        log.reach(at(clock));
        assert_eq!(log.lane("kiire").overdue, Some(overdue), "{clock}");
    }
    log.hear_at(care_started("21:01", "b"), at("21:01"));
    assert_eq!(log.lane("kiire").overdue, Some(2), "who is in care waits no more");
    assert_eq!(log.lane("hammas").overdue, None, "no target, nothing to be over");
}

#[test]
fn people_in_a_lane_that_the_area_no_longer_has_do_not_vanish() {
    let mut log = Log::given([joined("17:00", "t", "hammas", Some("särky"))]);
    let mut without = area();
    without.stations.get_mut("porvoo").unwrap().lanes.remove("hammas");
    log.reconfigure(without, at("17:01"));
    assert_eq!(log.counts("hammas"), (Some(1), Some(0), Some(1)));
    assert_eq!(log.lane("hammas").waiting_by_urgency.as_ref().unwrap()[&UrgencyCode::new("särky")], 1);
}

#[test]
fn closed_tickets_are_forgotten_and_open_ones_are_not() {
    let mut log = Log::given([
        joined("17:00", "open", "kiire", None),
        joined("17:00", "closed", "kiire", None),
        left("17:10", "closed"),
    ]);
    log.sequence += MEMORY_FACTS + 1;
    log.hear(joined("17:20", "new", "kiire", None));
    assert_eq!(log.lane("kiire").present, Some(2));
    log.hear_at(joined("17:05", "closed", "kiire", None).by_feed("/feeds/other"), at("17:21"));
    assert_eq!(log.lane("kiire").present, Some(3), "nothing is remembered of its leaving");
    // After a month without a word of them the open ones go too.
    log.sequence += MEMORY_FACTS + 1;
    let month_later = on("2026-12-27T12:00:00Z");
    log.hear(Event { time: month_later, ..joined("17:00", "newer", "kiire", None) }.sealed());
    assert_eq!((log.lane("kiire").present, log.lane("kiire").unresolved), (Some(1), None));
}
