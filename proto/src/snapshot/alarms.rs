//! Alarms, both ways.

use std::sync::Arc;

use ::situation::alarm::{Acknowledged, Alarm, AlarmLog, Cause, Shelved};
use ::situation::event::Person;
use ::situation::name::{AlarmId, FeedId, LaneId, StationId, UrgencyCode};
use ::situation::time::Instant;

use super::{Error, body_error, v4};

pub(super) fn out(log: &AlarmLog) -> v4::Alarms<'_> {
    let AlarmLog { standing, ended, new } = log;
    v4::Alarms {
        standing: standing.iter().map(|(id, alarm)| alarm_out(id, alarm)).collect(),
        ended: ended.iter().map(|(id, alarm)| alarm_out(id, alarm)).collect(),
        new: new.iter().map(|raised| raised.as_micros()).collect(),
    }
}

pub(super) fn back(alarms: v4::Alarms<'_>) -> Result<AlarmLog, Error> {
    let v4::Alarms { standing, ended, new } = alarms;
    let shared = |alarm| alarm_back(alarm).map(|(id, alarm)| (id, Arc::new(alarm)));
    Ok(AlarmLog {
        standing: standing.into_iter().map(alarm_back).collect::<Result<_, _>>()?,
        ended: ended.into_iter().map(shared).collect::<Result<_, _>>()?,
        new: new.into_iter().map(Instant::from_micros).collect(),
    })
}

fn alarm_out<'a>(id: &'a AlarmId, alarm: &'a Alarm) -> v4::Alarm<'a> {
    let Alarm { cause, told, raised, cleared, acknowledged, shelved, superseded, in_summary } = alarm;
    v4::Alarm {
        id: id.as_str(),
        cause: cause_out(cause),
        told: told.as_micros(),
        raised: raised.as_micros(),
        cleared: cleared.map(Instant::as_micros),
        acknowledged: acknowledged
            .as_ref()
            .map(|Acknowledged { at, by, reason }| handled_out(*at, by, reason.as_deref(), None)),
        shelved: shelved
            .as_ref()
            .map(|Shelved { at, until, by, reason }| handled_out(*at, by, Some(reason), Some(*until))),
        superseded: superseded.map(Instant::as_micros),
        in_summary: *in_summary,
    }
}

fn alarm_back(alarm: v4::Alarm<'_>) -> Result<(AlarmId, Alarm), Error> {
    let v4::Alarm { id, cause, told, raised, cleared, acknowledged, shelved, superseded, in_summary } = alarm;
    let alarm = Alarm {
        cause: cause_back(cause),
        told: Instant::from_micros(told),
        raised: Instant::from_micros(raised),
        cleared: cleared.map(Instant::from_micros),
        acknowledged: acknowledged.map(|handled| {
            let by = person(&handled);
            let v4::Handled { at, reason, .. } = handled;
            Acknowledged { at: Instant::from_micros(at), by, reason: reason.map(Into::into) }
        }),
        shelved: shelved.map(shelved_back).transpose()?,
        superseded: superseded.map(Instant::from_micros),
        in_summary,
    };
    Ok((id.into(), alarm))
}

fn shelved_back(handled: v4::Handled<'_>) -> Result<Shelved, Error> {
    let by = person(&handled);
    let v4::Handled { at, reason, until, .. } = handled;
    let (Some(reason), Some(until)) = (reason, until) else {
        return Err(body_error("an alarm is shelved without a reason or an end"));
    };
    let (at, until) = (Instant::from_micros(at), Instant::from_micros(until));
    Ok(Shelved { at, until, by, reason: reason.to_owned() })
}

fn handled_out<'a>(
    at: Instant,
    by: &'a Person,
    reason: Option<&'a str>,
    until: Option<Instant>,
) -> v4::Handled<'a> {
    let Person { actor, role } = by;
    v4::Handled {
        at: at.as_micros(),
        actor: actor.as_str(),
        role: role.as_str(),
        reason,
        until: until.map(Instant::as_micros),
    }
}

fn person(handled: &v4::Handled<'_>) -> Person {
    Person { actor: handled.actor.into(), role: handled.role.into() }
}

fn cause_out(cause: &Cause) -> v4::Cause<'_> {
    let Cause { rule, station, lane, urgency, role, feed, since, until, count } = cause;
    v4::Cause {
        rule: rule.as_str(),
        station: station.as_ref().map(StationId::as_str),
        lane: lane.as_ref().map(LaneId::as_str),
        urgency: urgency.as_ref().map(UrgencyCode::as_str),
        role: role.as_deref(),
        feed: feed.as_ref().map(FeedId::as_str),
        since: since.map(Instant::as_micros),
        until: until.map(Instant::as_micros),
        count: *count,
    }
}

fn cause_back(cause: v4::Cause<'_>) -> Cause {
    let v4::Cause { rule, station, lane, urgency, role, feed, since, until, count } = cause;
    Cause {
        rule: rule.into(),
        station: station.map(Into::into),
        lane: lane.map(Into::into),
        urgency: urgency.map(Into::into),
        role: role.map(Into::into),
        feed: feed.map(Into::into),
        since: since.map(Instant::from_micros),
        until: until.map(Instant::from_micros),
        count,
    }
}
