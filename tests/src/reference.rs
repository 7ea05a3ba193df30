//! An independent fold of the facts, to hold the boards against.
//!
//! It shares no code with `situation` and is made to be read: take the facts as the contract's `/facts` shows
//! them, leave out what happened after the moment asked for, sort the rest by when it happened, walk.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// A queue at a moment; `None` is "not known".
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Queue {
    /// In care or waiting.
    pub present: Option<u64>,
    /// Waiting.
    pub waiting: Option<u64>,
    /// Waiting, by urgency code and `untriaged`; codes with nobody may be missing.
    pub waiting_by_urgency: Option<BTreeMap<String, u64>>,
}

/// A station at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Station {
    /// By lane; one of which nothing is known is missing.
    pub lanes: BTreeMap<String, Queue>,
    /// By resource and member, such as `stretcher`, `occupied`.
    pub capacity: BTreeMap<String, BTreeMap<String, u64>>,
}

/// How long a ticket may be silent, by station and lane. Lanes that are not here are told their counts.
pub type TicketLanes = BTreeMap<(String, String), SignedDuration>;
/// The stations by id at each moment asked for.
pub type Seen = BTreeMap<Timestamp, Stations>;
type Stations = BTreeMap<String, Station>;
type Visits = BTreeMap<(String, String), Visit>;

/// The stations at each of some moments, from facts in any order; or which fact cannot be read.
pub fn stations_at(facts: &[Value], limits: &TicketLanes, at: &BTreeSet<Timestamp>) -> Result<Seen, String> {
    let about_a_station = facts.iter().filter(|fact| fact.get("subject").is_some());
    let events = about_a_station.map(Event::of).collect::<Result<Vec<_>, _>>()?;
    let (corrections, mut events): (Vec<_>, Vec<_>) =
        events.into_iter().partition(|event| event.kind == "queue.corrected");
    events.sort_by_cached_key(Event::order);
    let mut events = events.iter().peekable();
    let (mut stations, mut visits, mut seen) = (Stations::new(), Visits::new(), Seen::new());
    for moment in at {
        while let Some(event) = events.next_if(|event| event.time <= *moment) {
            let Some(data) = corrected(event, &corrections) else { continue };
            let subject = event.text("subject");
            let station = stations.entry(subject.clone()).or_default();
            match event.kind {
                "queue.observed" => observe_queue(station, &subject, &data, limits),
                "capacity.observed" => observe_capacity(station, &data),
                step if step.starts_with("queue.") => {
                    if let Some(lane) = text(&data, "lane") {
                        station.lanes.entry(lane.to_owned()).or_insert_with(empty);
                    }
                    let ticket = text(&data, "ticket").unwrap_or_default().to_owned();
                    walk(visits.entry((subject, ticket)).or_default(), event, &data);
                }
                _ => {}
            }
        }
        seen.insert(*moment, count(stations.clone(), &visits, limits, *moment));
    }
    Ok(seen)
}

/// Adds who is here to the lanes.
fn count(mut stations: Stations, visits: &Visits, limits: &TicketLanes, moment: Timestamp) -> Stations {
    for ((subject, _), visit) in visits.iter().filter(|(_, visit)| visit.here) {
        let limit = limits.get(&(subject.clone(), visit.lane.clone()));
        let silent = visit.heard.map(|heard| moment.duration_since(heard));
        if silent.zip(limit).is_some_and(|(silent, limit)| silent >= *limit) {
            continue;
        }
        let lanes = &mut stations.entry(subject.clone()).or_default().lanes;
        let queue = lanes.entry(visit.lane.clone()).or_insert_with(empty);
        *queue.present.get_or_insert(0) += 1;
        if !visit.in_care {
            *queue.waiting.get_or_insert(0) += 1;
            let urgency = visit.urgency.clone().unwrap_or_else(|| "untriaged".to_owned());
            *queue.waiting_by_urgency.get_or_insert_default().entry(urgency).or_default() += 1;
        }
    }
    stations
}

struct Event<'a> {
    time: Timestamp,
    kind: &'a str,
    fact: &'a Value,
}

impl<'a> Event<'a> {
    fn of(fact: &'a Value) -> Result<Self, String> {
        let kind = text(fact, "type").and_then(|kind| kind.strip_prefix("fi.tilanne.")?.strip_suffix(".v1"));
        let time = text(fact, "event_time").and_then(|time| time.parse().ok());
        let (kind, time) = kind.zip(time).ok_or_else(|| format!("no type or event_time in {fact}"))?;
        Ok(Self { time, kind, fact })
    }

    fn text(&self, member: &str) -> String {
        text(self.fact, member).unwrap_or_default().to_owned()
    }

    /// When it happened, then the order of life, then source, then id.
    fn order(&self) -> (Timestamp, Option<usize>, String, String) {
        let step = self.kind.strip_prefix("queue.").unwrap_or_default();
        let rank = ["joined", "triaged", "moved", "waiting_for", "care_started", "left"]
            .iter()
            .position(|it| *it == step);
        (self.time, rank, self.text("source"), self.text("id"))
    }
}

#[derive(Default)]
struct Visit {
    here: bool,
    in_care: bool,
    lane: String,
    urgency: Option<String>,
    heard: Option<Timestamp>,
}

fn walk(visit: &mut Visit, event: &Event<'_>, data: &Value) {
    visit.heard = Some(event.time);
    let urgency = text(data, "urgency").map(str::to_owned);
    let lane = text(data, "lane").unwrap_or_default().to_owned();
    match event.kind {
        "queue.joined" => {
            (visit.here, visit.lane) = (true, lane);
            visit.urgency = urgency.filter(|code| code != "untriaged").or(visit.urgency.take());
        }
        "queue.triaged" => visit.urgency = urgency.filter(|code| code != "untriaged"),
        "queue.moved" if visit.here => visit.lane = lane,
        "queue.care_started" if visit.here => visit.in_care = true,
        "queue.left" => *visit = Visit { heard: visit.heard, ..Visit::default() },
        _ => {}
    }
}

/// What an event says after every correction of it, or nothing if it never happened. A correction of a
/// correction counts in the same way.
fn corrected(event: &Event<'_>, corrections: &[Event<'_>]) -> Option<Value> {
    let (mut data, mut void) = (event.fact.get("data")?.clone(), false);
    let mut of_it: Vec<_> = corrections
        .iter()
        .filter(|it| it.text("source") == event.text("source") && it.text("subject") == event.text("subject"))
        .filter(|it| text(it.fact.get("data").unwrap_or(&Value::Null), "corrects") == text(event.fact, "id"))
        .collect();
    of_it.sort_by_key(|it| it.order());
    for correction in of_it {
        let Some(said) = corrected(correction, corrections) else { continue };
        void = said.get("void").and_then(Value::as_bool).unwrap_or(void);
        for (member, value) in said.get("set").and_then(Value::as_object).into_iter().flatten() {
            let optional = event.kind == "queue.joined" && member == "urgency";
            if let Some(members) = data.as_object_mut().filter(|it| optional || it.contains_key(member)) {
                members.insert(member.clone(), value.clone());
            }
        }
    }
    (!void).then_some(data)
}

fn observe_queue(station: &mut Station, subject: &str, data: &Value, ticket_lanes: &TicketLanes) {
    let lane = text(data, "lane").unwrap_or_default().to_owned();
    if ticket_lanes.contains_key(&(subject.to_owned(), lane.clone())) {
        return;
    }
    let queue = station.lanes.entry(lane).or_default();
    queue.present = data.get("present").map_or(queue.present, Value::as_u64);
    queue.waiting = data.get("waiting").map_or(queue.waiting, Value::as_u64);
    if let Some(said) = data.get("waiting_by_urgency") {
        queue.waiting_by_urgency = said.as_object().map(|counts| {
            counts.iter().filter_map(|(code, count)| Some((code.clone(), count.as_u64()?))).collect()
        });
    }
}

fn observe_capacity(station: &mut Station, data: &Value) {
    let places = station.capacity.entry(text(data, "resource").unwrap_or_default().into()).or_default();
    for (member, value) in data.as_object().into_iter().flatten() {
        places.remove(member);
        places.extend(value.as_u64().map(|count| (member.clone(), count)));
    }
}

fn empty() -> Queue {
    Queue { present: Some(0), waiting: Some(0), waiting_by_urgency: Some(BTreeMap::new()) }
}

fn text<'a>(value: &'a Value, member: &str) -> Option<&'a str> {
    value.get(member)?.as_str()
}

#[cfg(test)]
mod tests;
