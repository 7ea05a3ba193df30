//! Stations, both ways. Every member is named, so that a new one stops the build until it is stored.

use std::sync::Arc;
use std::time::Duration;

use ::situation::event::{OnCall, ServiceState, StaffingPlanned};
use ::situation::fold::state::{
    CapacityState, FeedState, LaneState, Post, StaffState, Stamp, StationState, StatusState,
};
use ::situation::name::{FeedId, LaneId, StationId, Word};
use ::situation::time::Instant;

use super::stamps::{Numbers, Stamps};
use super::{Error, people, v1};
use crate::event::data;

pub(super) fn out<'a>(
    id: &'a StationId,
    state: &'a StationState,
    numbers: &mut Numbers<'a>,
) -> v1::Station<'a> {
    let StationState {
        lanes,
        tickets,
        // Follow from the tickets and the tasks.
        present: _,
        open_tasks: _,
        // Version 4 has them: see `desk`.
        departures: _,
        // Version 6 has them: see `waits`.
        waits: _,
        // Version 3 has them: see `valvomo`.
        contacts: _,
        tasks: _,
        units: _,
        notices: _,
        staff,
        plans,
        on_call,
        capacity,
        slots,
        status,
        feeds,
    } = state;
    v1::Station {
        id: id.as_str(),
        lanes: lanes.iter().map(|(id, lane)| lane_out(id, lane, numbers)).collect(),
        tickets: tickets.iter().map(|(id, ticket)| people::out(id, ticket)).collect(),
        staff: staff.iter().map(|(post, staff)| staff_out(post, staff, numbers)).collect(),
        plans: plans.values().map(|(stamp, plan)| plan_out(stamp, plan, numbers)).collect(),
        on_call: on_call.values().map(|(stamp, duty)| duty_out(stamp, duty, numbers)).collect(),
        capacity: capacity.iter().map(|(id, places)| capacity_out(id, places, numbers)).collect(),
        slots: slots
            .iter()
            .map(|((profession, urgency), slots)| v1::Slots {
                profession: profession.as_str(),
                urgency: urgency.as_str(),
                next_free: numbers
                    .told(slots, |slots| slots.iter().map(|(rank, at)| (*rank, at.as_micros())).collect()),
            })
            .collect(),
        status: status_out(status, numbers),
        feeds: feeds.iter().map(|(id, feed)| feed_out(id, feed, numbers)).collect(),
    }
}

fn status_out<'a>(status: &'a StatusState, numbers: &mut Numbers<'a>) -> v1::Status<'a> {
    let StatusState { open, intake_until, last_care_until, doors_until, services, reason } = status;
    v1::Status {
        open: numbers.told(open, |open| *open),
        intake_until: numbers.moment(intake_until),
        last_care_until: numbers.moment(last_care_until),
        doors_until: numbers.moment(doors_until),
        services: services
            .iter()
            .map(|(name, told)| (name.as_str(), numbers.told(told, |state| service_out(*state))))
            .collect(),
        reason: numbers.told(reason, String::as_str),
    }
}

/// A station without knowing yet who is here.
pub(super) fn back(station: v1::Station<'_>, stamps: &Stamps) -> Result<(StationId, StationState), Error> {
    let v1::Station { id, lanes, tickets, staff, plans, on_call, capacity, slots, status, feeds } = station;
    let plans = plans.into_iter().map(|plan| {
        let (stamp, plan) = plan_back(plan, stamps)?;
        Ok(((plan.from, (plan.role.clone(), plan.lane.clone())), (stamp, plan)))
    });
    let on_call = on_call.into_iter().map(|duty| {
        let (stamp, duty) = duty_back(duty, stamps)?;
        Ok(((duty.from, duty.duty.clone(), duty.role.clone()), (stamp, duty)))
    });
    let slots = slots.into_iter().map(|v1::Slots { profession, urgency, next_free }| {
        let next_free = stamps.register(next_free, |slots| {
            slots.into_iter().map(|(rank, at)| (rank, Instant::from_micros(at))).collect()
        })?;
        Ok(((profession.into(), urgency.into()), next_free))
    });
    let tickets = tickets.into_iter().map(people::back);
    let state = StationState {
        lanes: lanes.into_iter().map(|lane| lane_back(lane, stamps)).collect::<Result<_, _>>()?,
        tickets: tickets.map(|(id, ticket)| (id, Arc::new(ticket))).collect(),
        staff: staff.into_iter().map(|staff| staff_back(staff, stamps)).collect::<Result<_, _>>()?,
        plans: plans.collect::<Result<_, Error>>()?,
        on_call: on_call.collect::<Result<_, Error>>()?,
        capacity: capacity.into_iter().map(|it| capacity_back(it, stamps)).collect::<Result<_, _>>()?,
        slots: slots.collect::<Result<_, Error>>()?,
        status: status_back(status, stamps)?,
        feeds: feeds.into_iter().map(|feed| feed_back(feed, stamps)).collect::<Result<_, _>>()?,
        ..StationState::default()
    };
    Ok((id.into(), state))
}

fn status_back(status: v1::Status<'_>, stamps: &Stamps) -> Result<StatusState, Error> {
    let v1::Status { open, intake_until, last_care_until, doors_until, services, reason } = status;
    let services =
        services.into_iter().map(|(name, told)| Ok((name.into(), stamps.register(told, service_back)?)));
    Ok(StatusState {
        open: stamps.register(open, |open| open)?,
        intake_until: stamps.moment(intake_until)?,
        last_care_until: stamps.moment(last_care_until)?,
        doors_until: stamps.moment(doors_until)?,
        services: services.collect::<Result<_, Error>>()?,
        reason: stamps.register(reason, str::to_owned)?,
    })
}

fn lane_out<'a>(id: &'a LaneId, lane: &'a LaneState, numbers: &mut Numbers<'a>) -> v1::Lane<'a> {
    let LaneState {
        waiting,
        waiting_by_urgency,
        in_care,
        present,
        longest_wait_s,
        named,
        // Version 5 has these hours: see `history`.
        by_hour: _,
        // And version 7 these: see `present`.
        present_by_hour: _,
    } = lane;
    v1::Lane {
        id: id.as_str(),
        waiting: numbers.count(waiting),
        waiting_by_urgency: numbers.told(waiting_by_urgency, |counts| {
            counts.iter().map(|(code, count)| (code.as_str(), *count)).collect()
        }),
        in_care: numbers.count(in_care),
        present: numbers.count(present),
        longest_wait_s: numbers.count(longest_wait_s),
        named: numbers.of(named.as_ref()),
    }
}

fn lane_back(lane: v1::Lane<'_>, stamps: &Stamps) -> Result<(LaneId, LaneState), Error> {
    let v1::Lane { id, waiting, waiting_by_urgency, in_care, present, longest_wait_s, named } = lane;
    let state = LaneState {
        waiting: stamps.count(waiting)?,
        waiting_by_urgency: stamps.register(waiting_by_urgency, |counts| {
            counts.into_iter().map(|(code, count)| (code.into(), count)).collect()
        })?,
        in_care: stamps.count(in_care)?,
        present: stamps.count(present)?,
        longest_wait_s: stamps.count(longest_wait_s)?,
        named: stamps.get(named)?,
        ..LaneState::default()
    };
    Ok((id.into(), state))
}

fn staff_out<'a>(post: &'a Post, staff: &'a StaffState, numbers: &mut Numbers<'a>) -> v1::Staff<'a> {
    // Version 4 has the hours: see `desk`.
    let StaffState { on_duty, called, arriving, absent, by_hour: _ } = staff;
    v1::Staff {
        role: post.0.as_str(),
        lane: post.1.as_ref().map(LaneId::as_str),
        on_duty: numbers.count(on_duty),
        called: numbers.count(called),
        arriving: numbers.count(arriving),
        absent: numbers.count(absent),
    }
}

fn staff_back(staff: v1::Staff<'_>, stamps: &Stamps) -> Result<(Post, StaffState), Error> {
    let v1::Staff { role, lane, on_duty, called, arriving, absent } = staff;
    let state = StaffState {
        on_duty: stamps.count(on_duty)?,
        called: stamps.count(called)?,
        arriving: stamps.count(arriving)?,
        absent: stamps.count(absent)?,
        ..StaffState::default()
    };
    Ok(((role.into(), lane.map(Into::into)), state))
}

fn plan_out<'a>(stamp: &'a Arc<Stamp>, plan: &'a StaffingPlanned, numbers: &mut Numbers<'a>) -> v1::Plan<'a> {
    let StaffingPlanned { role, lane, from, to, required, planned } = plan;
    v1::Plan {
        stamp: numbers.of(Some(stamp)),
        role: role.as_str(),
        lane: lane.as_ref().map(LaneId::as_str),
        from: from.as_micros(),
        to: to.as_micros(),
        required: *required,
        planned: *planned,
    }
}

fn plan_back(plan: v1::Plan<'_>, stamps: &Stamps) -> Result<(Arc<Stamp>, StaffingPlanned), Error> {
    let v1::Plan { stamp, role, lane, from, to, required, planned } = plan;
    let (from, to) = (Instant::from_micros(from), Instant::from_micros(to));
    let plan = StaffingPlanned { role: role.into(), lane: lane.map(Into::into), from, to, required, planned };
    Ok((stamps.must(stamp)?, plan))
}

fn duty_out<'a>(stamp: &'a Arc<Stamp>, on_call: &'a OnCall, numbers: &mut Numbers<'a>) -> v1::Duty<'a> {
    let OnCall { duty, role, from, to, contact, languages } = on_call;
    v1::Duty {
        stamp: numbers.of(Some(stamp)),
        duty: duty.as_str(),
        role: role.as_str(),
        from: from.as_micros(),
        to: to.as_micros(),
        contact: contact.as_deref(),
        languages: languages.iter().map(Word::as_str).collect(),
    }
}

fn duty_back(on_call: v1::Duty<'_>, stamps: &Stamps) -> Result<(Arc<Stamp>, OnCall), Error> {
    let v1::Duty { stamp, duty, role, from, to, contact, languages } = on_call;
    let on_call = OnCall {
        duty: duty.into(),
        role: role.into(),
        from: Instant::from_micros(from),
        to: Instant::from_micros(to),
        contact: contact.map(str::to_owned),
        languages: languages.into_iter().map(Into::into).collect(),
    };
    Ok((stamps.must(stamp)?, on_call))
}

fn capacity_out<'a>(id: &'a Word, places: &'a CapacityState, numbers: &mut Numbers<'a>) -> v1::Capacity<'a> {
    let CapacityState { total, staffed, occupied, reserved, boarding, planned_discharges } = places;
    v1::Capacity {
        resource: id.as_str(),
        total: numbers.count(total),
        staffed: numbers.count(staffed),
        occupied: numbers.count(occupied),
        reserved: numbers.count(reserved),
        boarding: numbers.count(boarding),
        planned_discharges: numbers.count(planned_discharges),
    }
}

fn capacity_back(places: v1::Capacity<'_>, stamps: &Stamps) -> Result<(Word, CapacityState), Error> {
    let v1::Capacity { resource, total, staffed, occupied, reserved, boarding, planned_discharges } = places;
    let state = CapacityState {
        total: stamps.count(total)?,
        staffed: stamps.count(staffed)?,
        occupied: stamps.count(occupied)?,
        reserved: stamps.count(reserved)?,
        boarding: stamps.count(boarding)?,
        planned_discharges: stamps.count(planned_discharges)?,
    };
    Ok((resource.into(), state))
}

pub(super) fn feed_out<'a>(id: &'a FeedId, feed: &'a FeedState, numbers: &mut Numbers<'a>) -> v1::Feed<'a> {
    // Version 5 has the hours: see `history`.
    let FeedState { last_event, family, interval, last_received, spoke: _ } = feed;
    // An interval beyond half a million years is no longer than the longest that is kept.
    let micros = |span: &Duration| u64::try_from(span.as_micros()).unwrap_or(u64::MAX);
    v1::Feed {
        id: id.as_str(),
        last_event: numbers.of(last_event.as_ref()),
        family: numbers.told(family, Word::as_str),
        interval: numbers.told(interval, micros),
        last_received: last_received.map(Instant::as_micros),
    }
}

pub(super) fn feed_back(feed: v1::Feed<'_>, stamps: &Stamps) -> Result<(FeedId, FeedState), Error> {
    let v1::Feed { id, last_event, family, interval, last_received } = feed;
    let state = FeedState {
        last_event: stamps.get(last_event)?,
        family: stamps.register(family, Into::into)?,
        interval: stamps.register(interval, Duration::from_micros)?,
        last_received: last_received.map(Instant::from_micros),
        ..FeedState::default()
    };
    Ok((id.into(), state))
}

const fn service_out(state: ServiceState) -> data::ServiceState {
    match state {
        ServiceState::Available => data::ServiceState::Available,
        ServiceState::Limited => data::ServiceState::Limited,
        ServiceState::Suspended => data::ServiceState::Suspended,
    }
}

const fn service_back(state: data::ServiceState) -> ServiceState {
    match state {
        data::ServiceState::Available => ServiceState::Available,
        data::ServiceState::Limited => ServiceState::Limited,
        data::ServiceState::Suspended => ServiceState::Suspended,
    }
}
