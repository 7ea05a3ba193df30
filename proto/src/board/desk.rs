//! Alarms and notes as JSON.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use situation::alarm::{Acknowledged, AlarmFigures, Shelved};
use situation::area::Area;
use situation::board::View;
use situation::event::{Note, Person};
use situation::handover::Unsigned;
use situation::name::{AlarmId, NoteId, StationId};
use situation::time::Instant;

use super::{moment, trilingual};

/// The alarms that a view shows: a station's board its own and the summary that tells of one, the others all.
pub(super) fn alarms(area: &Area, alarms: &BTreeMap<AlarmId, AlarmFigures>, view: &View) -> Value {
    let is_shown = |alarm: &AlarmFigures| match view {
        View::Station(id) => alarm.stations().any(|station| station == id),
        View::Situation | View::Evening | View::Weekend => true,
    };
    let shown = alarms.iter().filter(|(_, alarm)| is_shown(alarm));
    Value::Object(shown.map(|(id, figures)| (id.as_str().to_owned(), alarm(area, figures))).collect())
}

/// With the names of its place: the station may not be on the view.
fn alarm(area: &Area, figures: &AlarmFigures) -> Value {
    let cause = &figures.cause;
    let station = cause.station.as_ref().and_then(|id| area.stations.get(id));
    let lane = station.zip(cause.lane.as_ref()).and_then(|(station, id)| station.lanes.get(id));
    let role = cause.role.as_deref().and_then(|post| area.roles.get(post.split('.').next().unwrap_or(post)));
    let told_of = figures.told_of.iter().map(|(id, (rule, station))| {
        let station = station.as_ref().map(StationId::as_str);
        (id.as_str().to_owned(), json!({"rule": rule.as_str(), "station": station}))
    });
    json!({
        "rule": cause.rule.as_str(),
        "text": trilingual(&figures.text),
        "rank": figures.rank,
        "state": figures.state.as_str(),
        "station": cause.station.as_ref().map(|id| id.as_str()),
        "lane": cause.lane.as_ref().map(|id| id.as_str()),
        "urgency": cause.urgency.as_ref().map(|code| code.as_str()),
        "role": cause.role,
        "feed": cause.feed.as_ref().map(|id| id.as_str()),
        "station_name": station.map(|station| trilingual(&station.name)),
        "lane_name": lane.map(|lane| trilingual(&lane.name)),
        "role_name": role.map(trilingual),
        "since": moment(cause.since),
        "until": moment(cause.until),
        "count": cause.count,
        "raised_at": moment(Some(figures.raised)),
        "cleared_at": moment(figures.cleared),
        "acknowledged": figures.acknowledged.as_ref().map(|Acknowledged { at, by, reason }| {
            handled(*at, by, reason.as_deref(), None)
        }),
        "shelved": figures.shelved.as_ref().map(|Shelved { at, until, by, reason }| {
            handled(*at, by, Some(reason), Some(*until))
        }),
        "escalated": figures.escalated.as_ref().map(|(at, to)| {
            json!({"at": moment(Some(*at)), "to": trilingual(to)})
        }),
        "causes": told_of.collect::<Map<_, _>>(),
    })
}

fn handled(at: Instant, by: &Person, reason: Option<&str>, until: Option<Instant>) -> Value {
    let Person { actor, role } = by;
    json!({
        "at": moment(Some(at)),
        "actor": actor.as_str(),
        "role": role.as_str(),
        "reason": reason,
        "until": moment(until),
    })
}

/// The notes that a view shows: a station's board its own, the others all.
pub(super) fn notes(notes: &BTreeMap<NoteId, (Instant, Note)>, view: &View) -> Value {
    let is_shown = |note: &Note| match view {
        View::Station(id) => note.station.as_ref() == Some(id),
        View::Situation | View::Evening | View::Weekend => true,
    };
    let shown = notes.iter().filter(|(_, (_, note))| is_shown(note));
    let drawn = shown.map(|(id, (at, note))| {
        let Note { station, text, until, by: Person { actor, role } } = note;
        let note = json!({
            "at": moment(Some(*at)),
            "until": moment(Some(*until)),
            "station": station.as_ref().map(StationId::as_str),
            "text": text,
            "actor": actor.as_str(),
            "role": role.as_str(),
        });
        (id.as_str().to_owned(), note)
    });
    Value::Object(drawn.collect())
}

/// Shifts that nobody has taken over, by when they began.
pub(super) fn handovers(unsigned: &BTreeMap<Instant, Unsigned>) -> Value {
    let drawn = unsigned.iter().map(|(from, Unsigned { name, to, given })| {
        let shift = json!({"name": trilingual(name), "to": moment(Some(*to)), "given": given});
        (crate::time::format(*from), shift)
    });
    json!({"unsigned": drawn.collect::<Map<_, _>>()})
}
