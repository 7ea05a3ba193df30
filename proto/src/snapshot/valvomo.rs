//! Contacts, tasks, units and notices of a situation, both ways.

use std::collections::BTreeMap;
use std::sync::Arc;

use ::situation::event::{Notice, NoticeText, TaskStage, TaskStep};
use ::situation::fold::state::{
    ContactState, Line, NoticeState, Notices, SituationState, StationState, Task, TaskEntry, UnitTold,
};
use ::situation::name::{NoticeId, StationId, TaskId, UnitId, Word};
use ::situation::time::Instant;

use super::stamps::{Numbers, Stamps};
use super::{Error, body_error, places, v3};
use crate::event::convert::valvomo as words_back;
use crate::event::restate::valvomo as words_out;

pub(super) fn out<'a>(
    state: &'a SituationState,
    numbers: &mut Numbers<'a>,
) -> Result<v3::Situation<'a>, Error> {
    let SituationState { stations, notices, remembered_tasks, .. } = state;
    let places = places::places(stations);
    let remembered =
        remembered_tasks.iter().map(|(sequence, station, task)| (*sequence, station, task.as_str()));
    let said = stations.values().zip(0..).filter_map(|(state, place)| station_out(place, state, numbers));
    Ok(v3::Situation {
        stations: said.collect(),
        notices: notices_out(notices, numbers),
        remembered: places::remembered_out(remembered, &places)?,
    })
}

/// Puts it into a situation that was read of version 1. `ids` are its stations in their order.
pub(super) fn back(
    more: v3::Situation<'_>,
    ids: &[StationId],
    state: &mut SituationState,
    stamps: &Stamps,
) -> Result<(), Error> {
    let v3::Situation { stations, notices, remembered } = more;
    for station in stations {
        let known = places::at_place(ids, station.place).and_then(|id| {
            let nobody = || body_error(format_args!("nothing was said of {id}"));
            state.stations.get_mut(id).ok_or_else(nobody)
        })?;
        station_back(station, Arc::make_mut(known), stamps)?;
    }
    state.notices = notices_back(notices, stamps)?;
    let remembered = places::remembered_back(remembered, ids)
        .map(|entry| entry.map(|(sequence, station, task)| (sequence, station, TaskId::from(task))));
    state.remembered_tasks = remembered.collect::<Result<_, Error>>()?;
    Ok(())
}

fn station_out<'a>(
    place: u32,
    state: &'a StationState,
    numbers: &mut Numbers<'a>,
) -> Option<v3::Station<'a>> {
    let StationState { contacts, tasks, units, notices, .. } = state;
    if contacts.is_empty() && tasks.is_empty() && units.is_empty() && notices.0.is_empty() {
        return None;
    }
    Some(v3::Station {
        place,
        contacts: contacts.iter().map(|(line, contact)| contact_out(line, contact, numbers)).collect(),
        tasks: tasks.iter().map(|(id, task)| task_out(id, task, numbers)).collect(),
        units: units.iter().map(|(id, unit)| unit_out(id, unit, numbers)).collect(),
        notices: notices_out(notices, numbers),
    })
}

fn station_back(station: v3::Station<'_>, state: &mut StationState, stamps: &Stamps) -> Result<(), Error> {
    let v3::Station { place: _, contacts, tasks, units, notices } = station;
    state.contacts = contacts.into_iter().map(|it| contact_back(it, stamps)).collect::<Result<_, _>>()?;
    state.tasks = tasks.into_iter().map(|it| task_back(it, stamps)).collect::<Result<_, _>>()?;
    state.units = units.into_iter().map(|it| unit_back(it, stamps)).collect::<Result<_, _>>()?;
    state.notices = notices_back(notices, stamps)?;
    Ok(())
}

fn contact_out<'a>(line: &'a Line, state: &'a ContactState, numbers: &mut Numbers<'a>) -> v3::Contact<'a> {
    let ContactState { offered, answered, abandoned, callbacks_waiting, oldest_callback, .. } = state;
    // Version 5 has the hours: see `history`.
    let ContactState { agents, coverage, callbacks_by_hour: _, .. } = state;
    v3::Contact {
        line: line.0.as_str(),
        language: line.1.as_ref().map(Word::as_str),
        offered: numbers.count(offered),
        answered: numbers.count(answered),
        abandoned: numbers.count(abandoned),
        callbacks_waiting: numbers.count(callbacks_waiting),
        oldest_callback: numbers.moment(oldest_callback),
        agents: numbers.count(agents),
        coverage: numbers.told(coverage, Word::as_str),
    }
}

fn contact_back(contact: v3::Contact<'_>, stamps: &Stamps) -> Result<(Line, ContactState), Error> {
    let v3::Contact { line, language, offered, answered, abandoned, callbacks_waiting, .. } = contact;
    let v3::Contact { oldest_callback, agents, coverage, .. } = contact;
    let state = ContactState {
        offered: stamps.count(offered)?,
        answered: stamps.count(answered)?,
        abandoned: stamps.count(abandoned)?,
        callbacks_waiting: stamps.count(callbacks_waiting)?,
        oldest_callback: stamps.moment(oldest_callback)?,
        agents: stamps.count(agents)?,
        coverage: stamps.register(coverage, Into::into)?,
        ..ContactState::default()
    };
    Ok(((line.into(), language.map(Into::into)), state))
}

fn task_out<'a>(id: &'a TaskId, task: &'a Task, numbers: &mut Numbers<'a>) -> v3::Task<'a> {
    let Task { steps, last_sequence } = task;
    let steps = steps.iter().map(|TaskEntry { stamp, step }| {
        let TaskStep { stage, kind, urgency, zone, unit, outcome } = step;
        v3::TaskStep {
            stamp: numbers.of(Some(stamp)),
            stage: match stage {
                TaskStage::Received => v3::Stage::Received,
                TaskStage::Assigned => v3::Stage::Assigned,
                TaskStage::OnScene => v3::Stage::OnScene,
                TaskStage::Closed => v3::Stage::Closed,
            },
            kind: kind.map(words_out::task_kind),
            urgency: urgency.as_ref().map(|code| code.as_str()),
            zone: zone.as_ref().map(Word::as_str),
            unit: unit.as_ref().map(UnitId::as_str),
            outcome: outcome.as_ref().map(Word::as_str),
        }
    });
    v3::Task { id: id.as_str(), last_sequence: *last_sequence, steps: steps.collect() }
}

fn task_back(task: v3::Task<'_>, stamps: &Stamps) -> Result<(TaskId, Arc<Task>), Error> {
    let v3::Task { id, last_sequence, steps } = task;
    let steps = steps.into_iter().map(|step| {
        let v3::TaskStep { stamp, stage, kind, urgency, zone, unit, outcome } = step;
        let step = TaskStep {
            stage: match stage {
                v3::Stage::Received => TaskStage::Received,
                v3::Stage::Assigned => TaskStage::Assigned,
                v3::Stage::OnScene => TaskStage::OnScene,
                v3::Stage::Closed => TaskStage::Closed,
            },
            kind: kind.map(words_back::task_kind),
            urgency: urgency.map(Into::into),
            zone: zone.map(Into::into),
            unit: unit.map(Into::into),
            outcome: outcome.map(Into::into),
        };
        Ok(TaskEntry { stamp: stamps.must(stamp)?, step })
    });
    Ok((id.into(), Arc::new(Task { steps: steps.collect::<Result<_, Error>>()?, last_sequence })))
}

fn unit_out<'a>(id: &'a UnitId, unit: &'a UnitTold, numbers: &mut Numbers<'a>) -> v3::Unit<'a> {
    let UnitTold { state, zone, competence } = unit;
    v3::Unit {
        id: id.as_str(),
        state: numbers.told(state, |state| words_out::unit_state(*state)),
        zone: numbers.told(zone, Word::as_str),
        competence: numbers.told(competence, Word::as_str),
    }
}

fn unit_back(unit: v3::Unit<'_>, stamps: &Stamps) -> Result<(UnitId, UnitTold), Error> {
    let v3::Unit { id, state, zone, competence } = unit;
    let told = UnitTold {
        state: stamps.register(state, words_back::unit_state)?,
        zone: stamps.register(zone, Into::into)?,
        competence: stamps.register(competence, Into::into)?,
    };
    Ok((id.into(), told))
}

fn notices_out<'a>(notices: &'a Notices, numbers: &mut Numbers<'a>) -> Vec<v3::Notice<'a>> {
    let notice = |(id, state): (&'a NoticeId, &'a NoticeState)| {
        let NoticeState { posted, withdrawn } = state;
        let said = |notice: &'a Notice| {
            let Notice { kind, text: NoticeText { fi, sv, en }, from, until } = notice;
            v3::NoticeText {
                kind: words_out::notice_kind(*kind),
                fi: fi.as_deref(),
                sv: sv.as_deref(),
                en: en.as_deref(),
                from: from.map(Instant::as_micros),
                until: until.map(Instant::as_micros),
            }
        };
        v3::Notice {
            id: id.as_str(),
            posted: numbers.told(posted, said),
            withdrawn: numbers.of(withdrawn.as_ref()),
        }
    };
    notices.0.iter().map(notice).collect()
}

fn notices_back(notices: Vec<v3::Notice<'_>>, stamps: &Stamps) -> Result<Notices, Error> {
    let said = |said: v3::NoticeText<'_>| {
        let v3::NoticeText { kind, fi, sv, en, from, until } = said;
        let [fi, sv, en] = [fi, sv, en].map(|text| text.map(str::to_owned));
        Notice {
            kind: words_back::notice_kind(kind),
            text: NoticeText { fi, sv, en },
            from: from.map(Instant::from_micros),
            until: until.map(Instant::from_micros),
        }
    };
    let notices = notices.into_iter().map(|v3::Notice { id, posted, withdrawn }| {
        let state = NoticeState { posted: stamps.register(posted, said)?, withdrawn: stamps.get(withdrawn)? };
        Ok((id.into(), state))
    });
    Ok(Notices(notices.collect::<Result<BTreeMap<_, _>, Error>>()?))
}
