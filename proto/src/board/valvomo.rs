//! Contacts, tasks, units, notices and the weekend's shifts as JSON.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use situation::area::Area;
use situation::board::{
    ContactFigures, NoticeFigures, ShiftFigures, ShiftStaff, StationFigures, TaskFigures, UnitFigures,
};
use situation::calendar::OpenFor;
use situation::name::NoticeId;
use situation::time::Instant;

use super::{moment, trilingual, usual};
use crate::time::format;

pub(super) fn contacts(figures: &StationFigures) -> Value {
    keyed(figures.contacts.iter().map(|(name, line)| (name.as_str(), contact(line))))
}

pub(super) fn tasks(figures: &StationFigures) -> Value {
    keyed(figures.tasks.iter().map(|(id, figures)| (id.as_str(), task(figures))))
}

pub(super) fn units(figures: &StationFigures) -> Value {
    keyed(figures.units.iter().map(|(id, figures)| (id.as_str(), unit(figures))))
}

/// Of a station, or of the whole area.
pub(super) fn notices(notices: &BTreeMap<NoticeId, NoticeFigures>) -> Value {
    keyed(notices.iter().map(|(id, figures)| (id.as_str(), notice(figures))))
}

/// The shifts of the weekend.
pub(super) fn shifts(area: &Area, figures: &StationFigures) -> Value {
    let shift = |(from, shift): (&Instant, &ShiftFigures)| (format(*from), self::shift(area, shift));
    Value::Object(figures.shifts.iter().map(shift).collect())
}

fn shift(area: &Area, figures: &ShiftFigures) -> Value {
    let ShiftFigures { name, to, open, opens, closes, reason, staff } = figures;
    let people = |(post, staff): (&String, &ShiftStaff)| {
        let ShiftStaff { required, planned, gap, actual } = staff;
        let role = post.split('.').next().unwrap_or_default();
        let name = area.roles.get(role).map(trilingual);
        let staff = json!({
            "name": name, "required": required, "planned": planned, "gap": gap, "actual": actual,
        });
        (post.clone(), staff)
    };
    json!({
        "name": trilingual(name),
        "to": moment(Some(*to)),
        "open": open.map(OpenFor::as_str),
        "opens": moment(*opens),
        "closes": moment(*closes),
        "reason": reason.as_ref().map(trilingual),
        "staff": Value::Object(staff.iter().map(people).collect()),
    })
}

fn keyed<'a>(members: impl Iterator<Item = (&'a str, Value)>) -> Value {
    Value::Object(members.map(|(name, value)| (name.to_owned(), value)).collect())
}

fn contact(figures: &ContactFigures) -> Value {
    json!({
        "line": figures.line.as_str(),
        "language": figures.language.as_ref().map(|language| language.as_str()),
        "feed": figures.feed.as_ref().map(|feed| feed.as_str()),
        "coverage": figures.coverage.as_ref().map(|coverage| coverage.as_str()),
        "offered": figures.offered,
        "answered": figures.answered,
        "abandoned": figures.abandoned,
        "callbacks_waiting": figures.callbacks_waiting,
        "oldest_callback": moment(figures.oldest_callback),
        "agents": figures.agents,
        "callbacks_before": usual::callbacks_before(&figures.callbacks_before),
        "observed_by": figures.observed_by.as_ref().map(|role| role.as_str()),
        "observed_at": moment(figures.observed_at),
        "valid_until": moment(figures.valid_until),
    })
}

fn task(figures: &TaskFigures) -> Value {
    json!({
        "feed": figures.feed.as_str(),
        "kind": figures.kind.map(|kind| kind.as_str()),
        "urgency": figures.urgency.as_ref().map(|code| code.as_str()),
        "zone": figures.zone.as_ref().map(|zone| zone.as_str()),
        "unit": figures.unit.as_ref().map(|unit| unit.as_str()),
        "state": figures.state.as_str(),
        "since": moment(Some(figures.since)),
        "received_at": moment(Some(figures.received_at)),
        "assigned_at": moment(figures.assigned_at),
        "on_scene_at": moment(figures.on_scene_at),
    })
}

fn unit(figures: &UnitFigures) -> Value {
    json!({
        "feed": figures.feed.as_ref().map(|feed| feed.as_str()),
        "state": figures.state.map(|state| state.as_str()),
        "since": moment(figures.since),
        "zone": figures.zone.as_ref().map(|zone| zone.as_str()),
        "competence": figures.competence.as_ref().map(|competence| competence.as_str()),
        "until": moment(figures.until),
    })
}

fn notice(figures: &NoticeFigures) -> Value {
    json!({
        "feed": figures.feed.as_str(),
        "kind": figures.kind.as_str(),
        "text": {"fi": figures.text.fi, "sv": figures.text.sv, "en": figures.text.en},
        "from": moment(Some(figures.from)),
        "until": moment(figures.until),
    })
}
