//! What the simulation promises.

mod board;
mod drive;
mod evening;
mod flow;

use jiff::tz::TimeZone;
use serde_json::Value;
use situation::time::Instant;

use super::hours::{Local, opening};
use super::{Demo, Item, county};

const AREA: &str = include_str!("../../../../config/areas/itauusimaa.toml");
const HOUR: i64 = 3_600_000_000;
const MINUTE: i64 = HOUR / 60;
const SEED: u64 = 20_261_126;

fn helsinki() -> TimeZone {
    TimeZone::get("Europe/Helsinki").unwrap()
}

fn at(text: &str) -> i64 {
    proto::time::parse(text).unwrap().as_micros()
}

/// Thursday at five.
fn begins() -> i64 {
    at("2026-11-26T17:00:00+02:00")
}

fn until(seed: u64, begins: i64, end: i64) -> Vec<Item> {
    Demo::new(seed, begins, helsinki()).take_while(|item| item.due_us <= end).collect()
}

fn hours(hours: i64) -> Vec<Item> {
    until(SEED, begins(), begins() + hours * HOUR)
}

fn text<'a>(event: &'a Value, pointer: &str) -> &'a str {
    event.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

fn time(event: &Value) -> i64 {
    at(text(event, "/time"))
}

#[test]
fn the_same_seed_and_beginning_give_the_same_events_and_others_give_others() {
    let first = hours(6);
    assert_eq!(first, hours(6));
    assert_eq!(first, hours(9).into_iter().take(first.len()).collect::<Vec<_>>());
    let ids = |items: &[Item]| items.iter().map(|item| item.event["id"].to_string()).collect::<Vec<_>>();
    for other in
        [until(SEED + 1, begins(), begins() + 6 * HOUR), until(SEED, begins() + HOUR, begins() + 7 * HOUR)]
    {
        let known: std::collections::BTreeSet<_> = ids(&first).into_iter().collect();
        assert!(ids(&other).iter().all(|id| !known.contains(id)), "two runs share an id");
    }
}

#[test]
fn deliveries_are_in_order_never_early_and_every_id_is_used_once() {
    let items = hours(48);
    assert!(items.is_sorted_by_key(|item| item.due_us));
    let mut ids = std::collections::BTreeSet::new();
    for item in &items {
        assert!(time(&item.event) <= item.due_us, "{}", item.event);
        assert!(ids.insert(item.event["id"].to_string()), "{} is used twice", item.event["id"]);
    }
}

#[test]
fn something_is_delivered_every_few_seconds_of_the_evening() {
    let items = hours(2);
    let evening = items.iter().map(|item| item.due_us).filter(|due| *due >= begins());
    let longest = evening.clone().zip(evening.skip(1)).map(|(one, next)| next - one).max();
    // One feed of seventeen is silent for a while: twice the usual pause.
    assert!(longest.unwrap() <= 8_000_000, "{longest:?} us of nothing");
}

#[test]
fn the_timetables_are_those_of_the_area() {
    let (area, _) = proto::area::from_toml(AREA).unwrap();
    let local = Local::new(helsinki());
    assert_eq!(area.stations.len(), county::plans().len());
    for plan in county::plans() {
        let station = &area.stations[plan.station];
        for quarter in 0..14 * 24 * 4 {
            let now = begins() + quarter * 15 * MINUTE;
            let timetable = situation::calendar::opening(station, &area.calendar, Instant::from_micros(now));
            let ours = opening(plan.hours, &local, now);
            let open = plan.hours.is_empty() || ours.is_some_and(|it| it.opens <= now);
            assert_eq!(timetable.open, Some(open), "{} at {}", plan.station, Instant::from_micros(now));
            let until = ours.filter(|_| open).map(|it| Instant::from_micros(it.intake_until));
            assert_eq!(timetable.intake_until, until, "{}", plan.station);
        }
    }
}

#[test]
fn shares_are_of_a_hundred() {
    for lane in county::plans().iter().flat_map(|plan| plan.lanes).filter(|lane| lane.a_day > 0) {
        assert_eq!(lane.codes.iter().map(|code| code.share).sum::<u32>(), 100, "{}", lane.id);
        assert_eq!(lane.by_hour.iter().sum::<u32>(), 100, "{}", lane.id);
    }
}
