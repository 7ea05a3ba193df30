//! One station as JSON.

use serde_json::{Map, Value, json};
use situation::area::{Area, Lane, Station};
use situation::board::{
    AheadFigures, CapacityFigures, ClosingFigures, ExpectedFigures, LaneFigures, OnCallFigures, StaffFigures,
    WithinFigures,
};
use situation::event::ServiceState;
use situation::fold::Look;

use super::{forecast, moment, strain, trilingual, usual, valvomo};
use crate::canonical;
use crate::time::format;

/// A station, drawn.
#[derive(Debug, PartialEq)]
pub struct Drawn {
    /// As boards show it.
    pub value: Value,
    /// The same, canonical.
    pub text: String,
    /// BLAKE3 of its canonical JSON without any `last_received`.
    pub hash: String,
}

/// Draws a station.
#[must_use]
pub fn draw_station(area: &Area, station: &Station, look: &Look) -> Drawn {
    let mut value = value(area, station, look);
    canonical::prune(&mut value);
    let hash = canonical::hash(&canonical::text(&value));
    if let Some(feeds) = value.get_mut("feeds").and_then(Value::as_object_mut) {
        for (id, received) in &look.last_received {
            if let Some(feed) = feeds.get_mut(id.as_str()).and_then(Value::as_object_mut) {
                feed.insert("last_received".into(), moment(Some(*received)));
            }
        }
    }
    Drawn { text: canonical::text(&value), value, hash }
}

fn value(area: &Area, station: &Station, look: &Look) -> Value {
    let figures = &look.figures;
    let collect = |members: Map<String, Value>| Value::Object(members);
    json!({
        "name": trilingual(&station.name),
        "rank": station.rank,
        "kind": station.kind.as_str(),
        "organisation": station.organisation.as_ref().map(|id| id.as_str()),
        "counted": station.counted,
        "open": figures.open,
        "intake_until": moment(figures.intake_until),
        "last_care_until": moment(figures.last_care_until),
        "doors_until": moment(figures.doors_until),
        "reason": figures.reason,
        "reporting": figures.reporting,
        "level": strain::number(figures.strain.as_ref().and_then(|strain| strain.level)),
        "strain": figures.strain.as_ref().map(strain::station),
        "closing": figures.closing.as_ref().map(closing),
        "hours_reason": figures.hours_reason.as_ref().map(trilingual),
        "services": services(station, look),
        "languages": ranked(station.languages.iter().map(|language| language.as_str())),
        "feeds": collect(figures.feeds.iter().map(|(id, feed)| {
            (id.as_str().to_owned(), json!({
                "family": feed.family.as_ref().map(|family| family.as_str()),
                "state": feed.state.as_str(),
                "last_event_time": moment(feed.last_event_time),
            }))
        }).collect()),
        "lanes": collect(figures.lanes.iter().map(|(id, lane)| {
            (id.as_str().to_owned(), self::lane(area, station.lanes.get(id), lane))
        }).collect()),
        "staff": collect(figures.staff.iter().map(|(post, staff)| (post.clone(), self::staff(area, post, staff))).collect()),
        "shifts": valvomo::shifts(area, figures),
        "capacity": collect(figures.capacity.iter().map(|(resource, places)| {
            (resource.as_str().to_owned(), capacity(places))
        }).collect()),
        "slots": collect(figures.slots.iter().map(|(name, slots)| {
            let ranks = slots.iter().map(|(rank, at)| (rank.to_string(), moment(Some(*at))));
            (name.clone(), Value::Object(ranks.collect()))
        }).collect()),
        "on_call": collect(figures.on_call.iter().map(|(name, duty)| (name.clone(), on_call(area, duty))).collect()),
        "contacts": valvomo::contacts(figures),
        "tasks": valvomo::tasks(figures),
        "units": valvomo::units(figures),
        "notices": valvomo::notices(&figures.notices),
    })
}

/// Whom each configured service is for, how each service stands that was spoken of or has hours of its own,
/// and until when those with hours are given or from when on again.
fn services(station: &Station, look: &Look) -> Value {
    let mut members = Map::new();
    for (id, service) in &station.services {
        members.insert(
            id.as_str().to_owned(),
            json!({"age_from": service.age_from, "age_below": service.age_below}),
        );
    }
    for (id, state) in &look.figures.services {
        let state = match state {
            ServiceState::Available => "available",
            ServiceState::Limited => "limited",
            ServiceState::Suspended => "suspended",
        };
        let service = members.entry(id.as_str().to_owned()).or_insert_with(|| json!({}));
        if let Some(service) = service.as_object_mut() {
            service.insert("state".into(), state.into());
        }
    }
    for (id, times) in &look.figures.service_times {
        if let Some(service) = members.get_mut(id.as_str()).and_then(Value::as_object_mut) {
            service.insert("until".into(), moment(times.until));
            service.insert("from".into(), moment(times.from));
        }
    }
    Value::Object(members)
}

fn ranked<'a>(names: impl Iterator<Item = &'a str>) -> Value {
    Value::Object(names.zip(1_u32..).map(|(name, rank)| (name.to_owned(), json!({"rank": rank}))).collect())
}

fn lane(area: &Area, lane: Option<&Lane>, figures: &LaneFigures) -> Value {
    let urgencies = lane.map(|lane| area.urgencies(lane)).unwrap_or_default();
    let by_urgency = figures.waiting_by_urgency.as_ref().map(|counts| {
        Value::Object(
            counts.iter().map(|(code, count)| (code.as_str().to_owned(), (*count).into())).collect(),
        )
    });
    json!({
        "name": lane.map(|lane| trilingual(&lane.name)),
        "rank": lane.and_then(|lane| lane.rank),
        "urgencies": Value::Object(urgencies.iter().zip(1_u32..).map(|(urgency, rank)| {
            let target = urgency.target.map(|target| target.as_secs());
            (urgency.code.as_str().to_owned(), json!({"rank": rank, "name": trilingual(&urgency.name), "target_s": target}))
        }).collect()),
        "feed": figures.feed.as_ref().map(|feed| feed.as_str()),
        "waiting": figures.waiting,
        "waiting_by_urgency": by_urgency,
        "overdue": figures.overdue,
        "overdue_by_urgency": Value::Object(figures.overdue_by_urgency.iter().map(|(code, overdue)| {
            (code.as_str().to_owned(), json!({"count": overdue.count, "since": moment(Some(overdue.since))}))
        }).collect()),
        "oldest_since": moment(figures.oldest_since),
        "in_care": figures.in_care,
        "present": figures.present,
        "unresolved": figures.unresolved,
        "expected_wait_s": figures.expected.as_ref().map(expected),
        "expected_wait_by_urgency": Value::Object(figures.expected_by_urgency.iter().map(|(code, figures)| {
            (code.as_str().to_owned(), expected(figures))
        }).collect()),
        "waits_within": figures.waits_within.as_ref().map(within),
        "arrivals": figures.arrivals.as_ref().map(usual::arrivals),
        "usual_waiting": figures.usual_waiting.as_ref().map(usual::usual),
        "forecast": forecast::forecasts(&figures.forecast),
        "observed_by": figures.observed_by.as_ref().map(|role| role.as_str()),
        "observed_at": moment(figures.observed_at),
        "valid_until": moment(figures.valid_until),
    })
}

fn expected(figures: &ExpectedFigures) -> Value {
    let ExpectedFigures { wait, known, ahead } = figures;
    let (p50, p90) = wait.map(|wait| (wait.p50_s, wait.p90_s)).unzip();
    json!({"p50": p50, "p90": p90, "of": wait.map(|wait| wait.of), "known": known, "ahead": ahead})
}

fn within(figures: &WithinFigures) -> Value {
    let WithinFigures { p50, p90, of } = figures;
    json!({"p50": p50, "p90": p90, "of": of})
}

fn staff(area: &Area, post: &str, figures: &StaffFigures) -> Value {
    let role = post.split('.').next().unwrap_or_default();
    json!({
        "name": area.roles.get(role).map(trilingual),
        "feed": figures.feed.as_ref().map(|feed| feed.as_str()),
        "on_duty": figures.on_duty,
        "required": figures.required,
        "planned": figures.planned,
        "called": figures.called,
        "arriving": figures.arriving,
        "absent": figures.absent,
        "gap": figures.gap,
        "told_at": moment(figures.told_at),
        "ahead": Value::Object(figures.ahead.iter().map(|(from, part)| (format(*from), ahead(part))).collect()),
        "observed_by": figures.observed_by.as_ref().map(|role| role.as_str()),
        "observed_at": moment(figures.observed_at),
        "valid_until": moment(figures.valid_until),
    })
}

fn ahead(figures: &AheadFigures) -> Value {
    let AheadFigures { to, required, planned, gap } = figures;
    json!({"to": moment(Some(*to)), "required": required, "planned": planned, "gap": gap})
}

fn closing(figures: &ClosingFigures) -> Value {
    let ClosingFigures { phase, inside, inside_at_least, done_by, done_latest, pace_of } = figures;
    json!({
        "phase": phase.as_str(),
        "inside": inside,
        "inside_at_least": inside_at_least,
        "done_by": moment(*done_by),
        "done_latest": moment(*done_latest),
        "pace_of": pace_of,
    })
}

fn capacity(figures: &CapacityFigures) -> Value {
    json!({
        "feed": figures.feed.as_ref().map(|feed| feed.as_str()),
        "total": figures.total,
        "staffed": figures.staffed,
        "occupied": figures.occupied,
        "reserved": figures.reserved,
        "boarding": figures.boarding,
        "planned_discharges": figures.planned_discharges,
        "free": figures.free,
        "told_at": moment(figures.told_at),
        "observed_by": figures.observed_by.as_ref().map(|role| role.as_str()),
        "observed_at": moment(figures.observed_at),
        "valid_until": moment(figures.valid_until),
    })
}

fn on_call(area: &Area, figures: &OnCallFigures) -> Value {
    json!({
        "name": area.roles.get(&figures.role).map(trilingual),
        "feed": figures.feed.as_str(),
        "duty": figures.duty.as_str(),
        "role": figures.role.as_str(),
        "from": moment(Some(figures.from)),
        "to": moment(Some(figures.to)),
        "contact": figures.contact,
        "languages": ranked(figures.languages.iter().map(|language| language.as_str())),
    })
}
