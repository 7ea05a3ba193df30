//! People are conserved: whoever left had come, and whoever came is there until they leave.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde_json::Value;

use super::super::county;
use super::super::hours::{Local, opening};
use super::{Demo, HOUR, Item, SEED, begins, helsinki, text, time};

/// From a Thursday to the Thursday after: six evenings in Loviisa, one weekend.
const DAYS: u32 = 8;

/// Everything but the heartbeats, which are nine events of ten.
fn items() -> &'static [Item] {
    static ITEMS: OnceLock<Vec<Item>> = OnceLock::new();
    ITEMS.get_or_init(|| {
        let end = begins() + i64::from(DAYS) * 24 * HOUR;
        let demo = Demo::new(SEED, begins(), helsinki()).take_while(|item| item.due_us <= end);
        demo.filter(|item| item.event["type"] != "fi.tilanne.feed.heartbeat.v1").collect()
    })
}

fn of_kind(kind: &str) -> impl Iterator<Item = &'static Item> {
    items().iter().filter(move |item| text(&item.event, "/type") == format!("fi.tilanne.{kind}.v1"))
}

#[derive(Default)]
struct Station {
    joined: u32,
    left: u32,
    waiting: BTreeSet<String>,
    in_care: BTreeSet<String>,
    most_waiting: usize,
    kinds: BTreeSet<String>,
    outcomes: BTreeSet<String>,
}

/// An account of the ticket lanes that shares no code with the fold.
fn account() -> BTreeMap<String, Station> {
    let mut events: Vec<&Value> = items().iter().map(|item| &item.event).collect();
    events.sort_by_cached_key(|event| time(event));
    let mut stations: BTreeMap<String, Station> = BTreeMap::new();
    for event in events {
        let ticket = text(event, "/data/ticket").to_owned();
        if ticket.is_empty() {
            continue;
        }
        let station = stations.entry(text(event, "/subject").to_owned()).or_default();
        let kind = text(event, "/type").trim_start_matches("fi.tilanne.").trim_end_matches(".v1");
        station.kinds.insert(kind.to_owned());
        let here = station.waiting.contains(&ticket) || station.in_care.contains(&ticket);
        match kind {
            "queue.joined" => {
                assert!(!here, "{ticket} came twice");
                station.joined += 1;
                station.waiting.insert(ticket);
            }
            "queue.care_started" => {
                assert!(station.waiting.remove(&ticket), "{ticket} was not waiting");
                station.in_care.insert(ticket);
            }
            "queue.left" => {
                assert!(here, "{ticket} left without being there");
                station.left += 1;
                station.outcomes.insert(text(event, "/data/outcome").to_owned());
                station.waiting.remove(&ticket);
                station.in_care.remove(&ticket);
            }
            _ => assert!(here, "{kind} of {ticket}, who is not there"),
        }
        station.most_waiting = station.most_waiting.max(station.waiting.len());
        assert_eq!(
            station.joined - station.left,
            u32::try_from(station.waiting.len() + station.in_care.len()).unwrap()
        );
    }
    stations
}

#[test]
fn nobody_appears_or_vanishes_and_queues_stay_bearable() {
    let stations = account();
    let porvoo = &stations["porvoo-paivystys"];
    assert!((DAYS * 80..DAYS * 170).contains(&porvoo.joined), "{} people", porvoo.joined);
    assert!((10..45).contains(&porvoo.most_waiting), "{} waiting", porvoo.most_waiting);
    assert!(porvoo.in_care.len() <= 12, "{} in care", porvoo.in_care.len());
    let loviisa = &stations["loviisa-iltavastaanotto"];
    assert!((6 * 8..6 * 25).contains(&loviisa.joined), "{} people in six evenings", loviisa.joined);
    assert!((3..20).contains(&loviisa.most_waiting), "{} waiting", loviisa.most_waiting);
}

#[test]
fn everything_that_can_befall_a_visit_does() {
    let stations = account();
    let porvoo = &stations["porvoo-paivystys"];
    for kind in ["joined", "triaged", "moved", "waiting_for", "care_started", "left", "corrected"]
        .map(|kind| format!("queue.{kind}"))
    {
        assert!(porvoo.kinds.contains(&kind), "no {kind} in a week");
    }
    for outcome in ["treated", "booked", "advised", "admitted", "unseen", "transferred"] {
        assert!(porvoo.outcomes.contains(outcome), "nobody {outcome} in a week");
    }
}

#[test]
fn nobody_joins_a_closed_station() {
    let local = Local::new(helsinki());
    for item in of_kind("queue.joined") {
        let plan = county::plans().iter().find(|plan| plan.station == text(&item.event, "/subject")).unwrap();
        let when = time(&item.event);
        let open = opening(plan.hours, &local, when);
        let taken_in = open.is_none_or(|it| it.opens <= when && when < it.intake_until);
        assert!(taken_in, "{}", item.event);
    }
}

#[test]
fn counts_add_up_and_are_never_absurd() {
    let mut stations = BTreeSet::new();
    for item in of_kind("queue.observed") {
        let number = |name: &str| item.event["data"][name].as_u64().unwrap();
        assert_eq!(number("waiting") + number("in_care"), number("present"), "{}", item.event);
        let most = if text(&item.event, "/subject") == "paivystysapu-116117" { 80 } else { 25 };
        assert!(number("present") <= most, "{}", item.event);
        if let Some(by_urgency) = item.event["data"]["waiting_by_urgency"].as_object() {
            let sum: u64 = by_urgency.values().filter_map(Value::as_u64).sum();
            assert_eq!(sum, number("waiting"), "{}", item.event);
        }
        if number("present") > 0 {
            stations.insert(text(&item.event, "/subject").to_owned());
        }
    }
    assert_eq!(
        stations.len(),
        county::plans().len() - 2,
        "all that tell counts have somebody some day: {stations:?}"
    );
}

#[test]
fn rooms_and_beds_stay_within_what_exists() {
    for item in of_kind("capacity.observed") {
        let data = &item.event["data"];
        assert!(data["occupied"].as_u64() <= data["total"].as_u64(), "{}", item.event);
        assert!(data["boarding"].as_u64() <= data["occupied"].as_u64(), "{}", item.event);
    }
}

#[test]
fn the_night_is_quieter_than_the_evening() {
    let joined = |from: i64, to: i64| {
        let during = begins() + from * HOUR..begins() + to * HOUR;
        of_kind("queue.joined").filter(|item| during.contains(&time(&item.event))).count()
    };
    let (evening, night) = (joined(0, 4), joined(8, 12));
    assert!(night * 3 < evening, "{evening} in the evening, {night} at night");
}
