//! Contacts, tasks, units, notices; and what a person says of staff and places.

use situation::event as domain;
use situation::event::{Said, TaskStage};
use situation::name::{NoticeId, TaskId, UnitId, Word};

use super::{Checked, in_order, limited, opaque, person, resource, urgency, word};
use crate::event::data::{
    CapacityReported, ContactObserved, NoticeKind, NoticePosted, NoticeText, StaffingReported, TaskKind,
    TaskStep, UnitState, UnitStatus,
};
use crate::event::told::Told;

/// A notice in one language: what is read at a glance, with a telephone number and a detour in it.
const MAX_NOTICE_BYTES: usize = 1_024;

pub(super) fn contact(data: ContactObserved) -> Checked<domain::ContactObserved> {
    Ok(domain::ContactObserved {
        line: word("line", &data.line)?,
        language: data.language.as_deref().map(|language| word("language", language)).transpose()?,
        offered: data.offered.map(|n| n),
        answered: data.answered.map(|n| n),
        abandoned: data.abandoned.map(|n| n),
        callbacks_waiting: data.callbacks_waiting.map(|n| n),
        oldest_callback: data.oldest_callback.map(Into::into),
        agents: data.agents.map(|n| n),
        coverage: told_word("coverage", &data.coverage)?,
        by: person(data.by.as_deref(), data.valid_until)?,
        valid_until: data.valid_until.map(Into::into),
    })
}

pub(super) fn task(data: TaskStep, stage: TaskStage) -> Checked<Said> {
    let id = TaskId::new(opaque("task", &data.task)?);
    let step = domain::TaskStep {
        stage,
        kind: data.kind.map(task_kind),
        urgency: data.urgency.as_deref().map(urgency).transpose()?,
        zone: data.zone.as_deref().map(|zone| word("zone", zone)).transpose()?,
        unit: data.unit.as_deref().map(unit_id).transpose()?,
        outcome: data.outcome.as_deref().map(|outcome| word("outcome", outcome)).transpose()?,
    };
    Ok(Said::Task(id, step))
}

pub(super) fn unit(data: UnitStatus) -> Checked<domain::UnitStatus> {
    Ok(domain::UnitStatus {
        unit: unit_id(&data.unit)?,
        state: data.state.map(unit_state),
        zone: told_word("zone", &data.zone)?,
        competence: told_word("competence", &data.competence)?,
        until: data.until.map(Into::into),
    })
}

pub(super) fn notice(data: NoticePosted) -> Checked<Said> {
    if let (Some(from), Some(until)) = (data.from, data.until) {
        in_order("from", from.0, "until", until.0)?;
    }
    let notice = domain::Notice {
        kind: notice_kind(data.kind),
        text: notice_text(data.text)?,
        from: data.from.map(Into::into),
        until: data.until.map(Into::into),
    };
    Ok(Said::NoticePosted(notice_id(&data.notice)?, notice))
}

pub(super) fn notice_id(text: &str) -> Checked<NoticeId> {
    word("notice", text).map(|word| NoticeId::new(word.as_str()))
}

fn notice_text(text: NoticeText) -> Checked<domain::NoticeText> {
    let NoticeText { fi, sv, en } = text;
    if fi.is_none() && sv.is_none() && en.is_none() {
        return Err("text is in no language: write it in fi, sv or en".to_owned());
    }
    for (member, text) in [("text.fi", &fi), ("text.sv", &sv), ("text.en", &en)] {
        if let Some(text) = text {
            limited(member, text, MAX_NOTICE_BYTES)?;
        }
    }
    Ok(domain::NoticeText { fi, sv, en })
}

pub(super) fn staffing(data: StaffingReported) -> Checked<domain::StaffingObserved> {
    Ok(domain::StaffingObserved {
        role: word("role", &data.role)?,
        lane: data
            .lane
            .as_deref()
            .map(|lane| Ok::<_, String>(word("lane", lane)?.as_str().into()))
            .transpose()?,
        on_duty: data.on_duty.map(|n| n),
        called: data.called.map(|n| n),
        arriving: data.arriving.map(|n| n),
        absent: data.absent.map(|n| n),
        by: person(data.by.as_deref(), data.valid_until)?,
        valid_until: data.valid_until.map(Into::into),
    })
}

pub(super) fn capacity(data: CapacityReported) -> Checked<domain::CapacityObserved> {
    Ok(domain::CapacityObserved {
        resource: Word::new(resource(data.resource)),
        total: data.total.map(|n| n),
        staffed: data.staffed.map(|n| n),
        occupied: data.occupied.map(|n| n),
        reserved: data.reserved.map(|n| n),
        boarding: data.boarding.map(|n| n),
        planned_discharges: data.planned_discharges.map(|n| n),
        by: person(data.by.as_deref(), data.valid_until)?,
        valid_until: data.valid_until.map(Into::into),
    })
}

fn unit_id(text: &str) -> Checked<UnitId> {
    word("unit", text).map(|word| UnitId::new(word.as_str()))
}

fn told_word(member: &str, told: &Told<String>) -> Checked<domain::Told<Word>> {
    Ok(match told {
        Told::Unsaid => domain::Told::Unsaid,
        Told::Withdrawn => domain::Told::Withdrawn,
        Told::Value(text) => domain::Told::Value(word(member, text)?),
    })
}

same_words! { task_kind: TaskKind { Dispatch, HomeVisit, SafetyPhone, Transport, Interpreter, } }
same_words! { unit_state: UnitState { Free, Assigned, Travelling, OnScene, Off, } }
same_words! { notice_kind: NoticeKind { Outage, Road, Epidemic, MajorIncident, Other, } }
