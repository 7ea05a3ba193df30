//! Contacts, tasks, units, notices; and staff and places, whoever told of them.

use situation::event as domain;
use situation::event::TaskStage;
use situation::name::{NoticeId, TaskId};

use super::{lane, resource, told};
use crate::event::data::{
    CapacityReported, ContactObserved, Data, NoticeKind, NoticePosted, NoticeText, StaffingReported,
    TaskKind, TaskStep, UnitState, UnitStatus,
};
use crate::event::told::Told;

pub(super) fn contact(observed: &domain::ContactObserved) -> ContactObserved {
    ContactObserved {
        line: observed.line.to_string(),
        language: observed.language.as_ref().map(ToString::to_string),
        offered: told(&observed.offered),
        answered: told(&observed.answered),
        abandoned: told(&observed.abandoned),
        callbacks_waiting: told(&observed.callbacks_waiting),
        oldest_callback: told(&observed.oldest_callback),
        agents: told(&observed.agents),
        coverage: written(&observed.coverage, ToString::to_string),
        by: observed.by.as_ref().map(ToString::to_string),
        valid_until: observed.valid_until.map(Into::into),
    }
}

pub(super) fn task(id: &TaskId, step: &domain::TaskStep) -> Data {
    let data = TaskStep {
        task: id.to_string(),
        kind: step.kind.map(task_kind),
        urgency: step.urgency.as_ref().map(ToString::to_string),
        zone: step.zone.as_ref().map(ToString::to_string),
        unit: step.unit.as_ref().map(ToString::to_string),
        outcome: step.outcome.as_ref().map(ToString::to_string),
    };
    match step.stage {
        TaskStage::Received => Data::TaskReceived(data),
        TaskStage::Assigned => Data::TaskAssigned(data),
        TaskStage::OnScene => Data::TaskOnScene(data),
        TaskStage::Closed => Data::TaskClosed(data),
    }
}

pub(super) fn unit(status: &domain::UnitStatus) -> UnitStatus {
    UnitStatus {
        unit: status.unit.to_string(),
        state: written(&status.state, |state| unit_state(*state)),
        zone: written(&status.zone, ToString::to_string),
        competence: written(&status.competence, ToString::to_string),
        until: status.until.map(Into::into),
    }
}

pub(super) fn notice(id: &NoticeId, notice: &domain::Notice) -> NoticePosted {
    let domain::Notice { kind, text: domain::NoticeText { fi, sv, en }, from, until } = notice;
    NoticePosted {
        notice: id.to_string(),
        kind: notice_kind(*kind),
        text: NoticeText { fi: fi.clone(), sv: sv.clone(), en: en.clone() },
        from: from.map(Into::into),
        until: until.map(Into::into),
    }
}

pub(super) fn staffing(observed: &domain::StaffingObserved) -> StaffingReported {
    StaffingReported {
        role: observed.role.to_string(),
        lane: lane(observed.lane.as_ref()),
        on_duty: told(&observed.on_duty),
        called: told(&observed.called),
        arriving: told(&observed.arriving),
        absent: told(&observed.absent),
        by: observed.by.as_ref().map(ToString::to_string),
        valid_until: observed.valid_until.map(Into::into),
    }
}

pub(super) fn capacity(observed: &domain::CapacityObserved) -> Result<CapacityReported, String> {
    Ok(CapacityReported {
        resource: resource(&observed.resource)?,
        total: told(&observed.total),
        staffed: told(&observed.staffed),
        occupied: told(&observed.occupied),
        reserved: told(&observed.reserved),
        boarding: told(&observed.boarding),
        planned_discharges: told(&observed.planned_discharges),
        by: observed.by.as_ref().map(ToString::to_string),
        valid_until: observed.valid_until.map(Into::into),
    })
}

fn written<T, U>(told: &domain::Told<T>, write: impl FnOnce(&T) -> U) -> Told<U> {
    match told {
        domain::Told::Unsaid => Told::Unsaid,
        domain::Told::Withdrawn => Told::Withdrawn,
        domain::Told::Value(value) => Told::Value(write(value)),
    }
}

same_words! { task_kind: TaskKind { Dispatch, HomeVisit, SafetyPhone, Transport, Interpreter, } }
same_words! { unit_state: UnitState { Free, Assigned, Travelling, OnScene, Off, } }
same_words! { notice_kind: NoticeKind { Outage, Road, Epidemic, MajorIncident, Other, } }
