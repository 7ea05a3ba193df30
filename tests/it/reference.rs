//! The boards of random moments, held against the reference fold of the same facts.

use std::collections::{BTreeMap, BTreeSet};

use acceptance::dice::Dice;
use acceptance::door::Door;
use acceptance::events::at;
use acceptance::outline::members;
use acceptance::reference::{Queue, Station, TicketLanes, stations_at};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// How many moments.
const MOMENTS: usize = 1_000;
/// Moments are drawn this far beyond the data: nobody is there yet, and nobody any more.
const BEYOND: SignedDuration = SignedDuration::from_hours(4 * 24);

/// Seeded moments, to the microsecond, in and around the time between two.
pub fn moments(dice: &mut Dice, from: &str, to: &str) -> BTreeSet<Timestamp> {
    let (from, to) = (at(from) - BEYOND, at(to) + BEYOND);
    let span = u64::try_from(to.duration_since(from).as_micros()).expect("to is after from");
    let mut moments = BTreeSet::new();
    while moments.len() < MOMENTS {
        let after = i64::try_from(dice.below(span)).expect("a span of years");
        moments.insert(from + SignedDuration::from_micros(after));
    }
    moments
}

/// Compares at each moment every station, lane and resource. `tickets`: the lanes of tickets and how long a
/// ticket may be silent.
pub async fn agrees(door: &Door, tickets: &[(&str, &str, SignedDuration)], moments: &BTreeSet<Timestamp>) {
    let limits: TicketLanes = tickets
        .iter()
        .map(|(station, lane, limit)| ((station.to_string(), lane.to_string()), *limit))
        .collect();
    let expected = stations_at(&door.facts(0).await, &limits, moments).expect("facts that can be read");
    let (mut known, mut not_known) = (0, 0);
    for moment in moments {
        let board = door.board("situation", &format!("at={moment}")).await;
        for (id, station) in members(&board["stations"]) {
            let nothing = Station::default();
            let expected = expected[moment].get(id).unwrap_or(&nothing);
            for (lane, shown) in members(&station["lanes"]) {
                let expected = expected.lanes.get(lane).cloned().unwrap_or_default();
                let shown = queue(shown);
                if shown.present.is_some() {
                    known += 1
                } else {
                    not_known += 1
                }
                assert_eq!(shown, somebody(expected), "{id} {lane} at {moment}");
            }
            for lane in expected.lanes.keys() {
                assert!(!station["lanes"][lane].is_null(), "{id} {lane} at {moment} is not on the board");
            }
            assert_eq!(capacity(station), spoken_of(&expected.capacity), "{id} at {moment}");
        }
    }
    eprintln!(
        "reference: {} moments agree; lanes with a known presence {known}, without {not_known}",
        moments.len()
    );
}

fn queue(lane: &Value) -> Queue {
    let by_urgency = lane.get("waiting_by_urgency").map(|counts| {
        members(counts).map(|(code, count)| (code.clone(), count.as_u64().expect("a count"))).collect()
    });
    let count = |name: &str| lane.get(name).map(|count| count.as_u64().expect("a count"));
    somebody(Queue { present: count("present"), waiting: count("waiting"), waiting_by_urgency: by_urgency })
}

/// Without the rows of nobody: the board shows every code of a scheme, the fold those it has met.
fn somebody(mut queue: Queue) -> Queue {
    let counts = queue.waiting_by_urgency.get_or_insert_default();
    counts.retain(|_, count| *count > 0);
    queue
}

type Capacity = BTreeMap<String, BTreeMap<String, u64>>;

fn capacity(station: &Value) -> Capacity {
    let told = |entry: &Value| {
        let counts = members(entry).filter(|(name, _)| !["feed", "free", "told_at"].contains(&name.as_str()));
        counts.map(|(name, count)| (name.clone(), count.as_u64().expect("a count"))).collect()
    };
    spoken_of(
        &members(&station["capacity"]).map(|(resource, entry)| (resource.clone(), told(entry))).collect(),
    )
}

fn spoken_of(capacity: &Capacity) -> Capacity {
    capacity
        .iter()
        .filter(|(_, counts)| !counts.is_empty())
        .map(|(id, counts)| (id.clone(), counts.clone()))
        .collect()
}
