//! From the wire's words to the rules' types, and the limits on texts that no schema states.

use std::collections::BTreeMap;
use std::time::Duration;

use situation::event as domain;
use situation::event::{Said, Step, TaskStage};
use situation::name::{TicketId, UrgencyCode, Word};

use super::data::{
    Amendment, CapacityObserved, CapacitySlots, Channel, Data, Need, Outcome, QueueCorrected, QueueObserved,
    Resource, ServiceState, SlotUrgency, StaffingObserved, StaffingOnCall, StaffingPlanned, StationStatus,
};
use super::told::Told;
use crate::time::{Moment, cut};

/// Declares a total mapping between the wire's words and the rules'.
macro_rules! same_words {
    ($name:ident: $wire:ident { $($variant:ident,)* }) => {
        pub(crate) const fn $name(word: $wire) -> domain::$wire {
            match word { $($wire::$variant => domain::$wire::$variant,)* }
        }
    };
}

// After the macro, which they use.
mod desk;
pub(crate) mod valvomo;

/// A word of the area's: role, lane, urgency, profession.
const MAX_WORD_BYTES: usize = 128;
/// A sentence of a station's: why it is closed, how to reach somebody.
const MAX_SENTENCE_BYTES: usize = 2_048;
/// Members of one map: urgencies, services, appointments.
const MAX_MEMBERS: usize = 64;
/// A ticket, task or case reference, of `[A-Za-z0-9._-]`.
const MAX_TICKET_BYTES: usize = 64;
/// A heartbeat slower than a week is a mistake of unit.
const MAX_INTERVAL_S: u32 = 7 * 24 * 3600;

type Checked<T> = Result<T, String>;

pub(super) fn said(data: Data) -> Checked<Said> {
    let step = |ticket: &str, step: Step| Ok(Said::Ticket(self::ticket(ticket)?, step));
    match data {
        Data::QueueObserved(data) => Ok(Said::QueueObserved(queue_observed(data)?)),
        Data::QueueJoined(data) => step(
            &data.ticket,
            Step::Joined {
                lane: word("lane", &data.lane)?.as_str().into(),
                urgency: data.urgency.as_deref().map(urgency).transpose()?,
                channel: data.channel.map(channel),
            },
        ),
        Data::QueueTriaged(data) => step(&data.ticket, Step::Triaged { urgency: urgency(&data.urgency)? }),
        Data::QueueMoved(data) => {
            step(&data.ticket, Step::Moved { lane: word("lane", &data.lane)?.as_str().into() })
        }
        Data::QueueWaitingFor(data) => step(&data.ticket, Step::WaitingFor { what: needs(&data.what) }),
        Data::QueueCareStarted(data) => step(&data.ticket, Step::CareStarted),
        Data::QueueLeft(data) => step(&data.ticket, Step::Left { outcome: data.outcome.map(outcome) }),
        Data::QueueCorrected(data) => Ok(Said::Corrected(corrected(data)?)),
        Data::StaffingObserved(data) => Ok(Said::StaffingObserved(staffing_observed(data)?)),
        Data::StaffingPlanned(data) => Ok(Said::StaffingPlanned(staffing_planned(data)?)),
        Data::StaffingOnCall(data) => Ok(Said::OnCall(on_call(data)?)),
        Data::CapacityObserved(data) => Ok(Said::CapacityObserved(capacity_observed(data))),
        Data::CapacitySlots(data) => Ok(Said::Slots(slots(data)?)),
        Data::StationStatus(data) => Ok(Said::StationStatus(station_status(data)?)),
        Data::StaffingReported(data) => Ok(Said::StaffingObserved(valvomo::staffing(data)?)),
        Data::CapacityReported(data) => Ok(Said::CapacityObserved(valvomo::capacity(data)?)),
        Data::ContactObserved(data) => Ok(Said::ContactObserved(valvomo::contact(data)?)),
        Data::TaskReceived(data) => valvomo::task(data, TaskStage::Received),
        Data::TaskAssigned(data) => valvomo::task(data, TaskStage::Assigned),
        Data::TaskOnScene(data) => valvomo::task(data, TaskStage::OnScene),
        Data::TaskClosed(data) => valvomo::task(data, TaskStage::Closed),
        Data::UnitStatus(data) => Ok(Said::UnitStatus(valvomo::unit(data)?)),
        Data::NoticePosted(data) => valvomo::notice(data),
        Data::NoticeWithdrawn(data) => Ok(Said::NoticeWithdrawn(valvomo::notice_id(&data.notice)?)),
        Data::AlarmAcknowledged(data) => desk::acknowledged(data),
        Data::AlarmShelved(data) => desk::shelved(data),
        Data::NoteAdded(data) => desk::note(data),
        Data::NoteRemoved(data) => desk::removed(&data),
        Data::HandoverSigned(data) => desk::signed(&data),
        Data::FeedHeartbeat(data) => match data.interval_s {
            1..=MAX_INTERVAL_S => {
                Ok(Said::Heartbeat { interval: Duration::from_secs(data.interval_s.into()) })
            }
            other => Err(format!("interval_s is {other}: it must be 1 to {MAX_INTERVAL_S} seconds")),
        },
    }
}

fn queue_observed(data: QueueObserved) -> Checked<domain::QueueObserved> {
    if let Told::Value(counts) = &data.waiting_by_urgency {
        few("waiting_by_urgency", counts)?;
        counts.keys().try_for_each(|code| urgency(code).map(drop))?;
    }
    let by = person(data.by.as_deref(), data.valid_until)?;
    Ok(domain::QueueObserved {
        lane: Some(word("lane", &data.lane)?.as_str().into()),
        waiting: data.waiting.map(|n| n),
        waiting_by_urgency: data.waiting_by_urgency.map(|counts| {
            counts.into_iter().filter_map(|(code, count)| Some((UrgencyCode::new(code), count?))).collect()
        }),
        in_care: data.in_care.map(|n| n),
        present: data.present.map(|n| n),
        longest_wait_s: data.longest_wait_s.map(|n| n),
        by,
        valid_until: data.valid_until.map(Into::into),
    })
}

/// The role of the person who says it, if one does. What a feed says holds until it says something else.
fn person(by: Option<&str>, valid_until: Option<Moment>) -> Checked<Option<Word>> {
    if valid_until.is_some() && by.is_none() {
        return Err("valid_until belongs to a person's word: name the role in by".to_owned());
    }
    by.map(|by| word("by", by)).transpose()
}

fn corrected(data: QueueCorrected) -> Checked<domain::Correction> {
    if data.set.is_none() && data.void.is_none() {
        return Err("a correction needs set or void: say what is right, or that it never happened".to_owned());
    }
    Ok(domain::Correction {
        ticket: ticket(&data.ticket)?,
        corrects: name("corrects", &data.corrects)?.into(),
        void: data.void,
        set: data.set.map(amendment).transpose()?.unwrap_or_default(),
    })
}

fn amendment(set: Amendment) -> Checked<domain::Amendment> {
    Ok(domain::Amendment {
        lane: set
            .lane
            .as_deref()
            .map(|lane| Ok::<_, String>(word("lane", lane)?.as_str().into()))
            .transpose()?,
        urgency: set.urgency.as_deref().map(urgency).transpose()?,
        channel: set.channel.map(channel),
        outcome: set.outcome.map(outcome),
        what: set.what.map(|what| needs(&what)),
    })
}

fn staffing_observed(data: StaffingObserved) -> Checked<domain::StaffingObserved> {
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
        by: None,
        valid_until: None,
    })
}

fn staffing_planned(data: StaffingPlanned) -> Checked<domain::StaffingPlanned> {
    in_order("from", data.from.0, "to", data.to.0)?;
    Ok(domain::StaffingPlanned {
        role: word("role", &data.role)?,
        lane: data
            .lane
            .as_deref()
            .map(|lane| Ok::<_, String>(word("lane", lane)?.as_str().into()))
            .transpose()?,
        from: data.from.into(),
        to: data.to.into(),
        required: data.required,
        planned: data.planned,
    })
}

fn on_call(data: StaffingOnCall) -> Checked<domain::OnCall> {
    in_order("from", data.from.0, "to", data.to.0)?;
    if data.languages.len() > MAX_MEMBERS {
        return Err(format!("languages has more than {MAX_MEMBERS} members"));
    }
    Ok(domain::OnCall {
        duty: word("duty", &data.duty)?,
        role: word("role", &data.role)?,
        from: data.from.into(),
        to: data.to.into(),
        contact: data.contact.map(|contact| sentence("contact", contact)).transpose()?,
        languages: data
            .languages
            .iter()
            .map(|language| word("languages", language))
            .collect::<Checked<_>>()?,
    })
}

fn capacity_observed(data: CapacityObserved) -> domain::CapacityObserved {
    domain::CapacityObserved {
        resource: Word::new(resource(data.resource)),
        total: data.total.map(|n| n),
        staffed: data.staffed.map(|n| n),
        occupied: data.occupied.map(|n| n),
        reserved: data.reserved.map(|n| n),
        boarding: data.boarding.map(|n| n),
        planned_discharges: data.planned_discharges.map(|n| n),
        by: None,
        valid_until: None,
    }
}

fn slots(data: CapacitySlots) -> Checked<domain::Slots> {
    few("next_free", &data.next_free)?;
    let mut next_free = BTreeMap::new();
    for (rank, moment) in data.next_free {
        let number: u32 = rank
            .parse()
            .ok()
            .filter(|number: &u32| *number > 0 && number.to_string() == rank)
            .ok_or_else(|| format!("next_free has {:?}: ranks are 1, 2, 3 …", cut(&rank)))?;
        if let Some(moment) = moment {
            next_free.insert(number, moment.into());
        }
    }
    let urgency = match data.urgency {
        SlotUrgency::Urgent => "urgent",
        SlotUrgency::Routine => "routine",
    };
    Ok(domain::Slots {
        profession: word("profession", &data.profession)?,
        urgency: Word::new(urgency),
        next_free,
    })
}

fn station_status(data: StationStatus) -> Checked<domain::StationStatus> {
    few("services", &data.services)?;
    let mut services = BTreeMap::new();
    for (service, state) in data.services {
        services.insert(word("services", &service)?, state.map(service_state));
    }
    let reason = match data.reason {
        Told::Unsaid => domain::Told::Unsaid,
        Told::Withdrawn => domain::Told::Withdrawn,
        Told::Value(text) => domain::Told::Value(sentence("reason", text)?),
    };
    Ok(domain::StationStatus {
        open: data.open.map(|open| open),
        intake_until: data.intake_until.map(Into::into),
        last_care_until: data.last_care_until.map(Into::into),
        doors_until: data.doors_until.map(Into::into),
        services,
        reason,
        until: data.until.map(Into::into),
    })
}

fn needs(what: &BTreeMap<Need, Option<bool>>) -> BTreeMap<domain::Need, bool> {
    what.iter().map(|(need, begins)| (self::need(*need), *begins == Some(true))).collect()
}

fn ticket(text: &str) -> Checked<TicketId> {
    opaque("ticket", text).map(TicketId::new)
}

/// A name that says nothing of anybody.
fn opaque<'a>(member: &str, text: &'a str) -> Checked<&'a str> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    if text.is_empty() || text.len() > MAX_TICKET_BYTES || !text.bytes().all(allowed) {
        return Err(format!(
            "{member} is {:?}: it must be 1 to {MAX_TICKET_BYTES} of letters A-Z a-z, digits, dot, underscore, hyphen",
            cut(text)
        ));
    }
    Ok(text)
}

fn urgency(text: &str) -> Checked<UrgencyCode> {
    word("urgency", text).map(|word| UrgencyCode::new(word.as_str()))
}

fn word(member: &str, text: &str) -> Checked<Word> {
    limited(member, text, MAX_WORD_BYTES).map(Word::new)
}

/// An id of an event: see the limits of the envelope.
fn name<'a>(member: &str, text: &'a str) -> Checked<&'a str> {
    limited(member, text, super::MAX_NAME_BYTES)
}

fn sentence(member: &str, text: String) -> Checked<String> {
    limited(member, &text, MAX_SENTENCE_BYTES)?;
    Ok(text)
}

/// Not empty, not too long, and no control characters, which no screen can show honestly.
pub(super) fn limited<'a>(member: &str, text: &'a str, max_bytes: usize) -> Checked<&'a str> {
    if text.is_empty() {
        return Err(format!("{member} is empty"));
    }
    if text.len() > max_bytes {
        return Err(format!("{member} is longer than {max_bytes} bytes"));
    }
    if text.chars().any(char::is_control) {
        return Err(format!("{member} holds a control character"));
    }
    Ok(text)
}

fn few<K, V>(member: &str, members: &BTreeMap<K, V>) -> Checked<()> {
    if members.len() > MAX_MEMBERS {
        return Err(format!("{member} has more than {MAX_MEMBERS} members"));
    }
    Ok(())
}

fn in_order(first: &str, from: i64, second: &str, to: i64) -> Checked<()> {
    if from < to { Ok(()) } else { Err(format!("{second} must be after {first}")) }
}

same_words! { channel: Channel { WalkIn, Ambulance, Police, Phone, Chat, Referral, } }
same_words! {
    outcome: Outcome {
        Treated, Unseen, Booked, Advised, Redirected, Remote, Admitted, Transferred, NoShow, Emergency, Died,
    }
}
same_words! {
    need: Need { Triage, Doctor, Nurse, Laboratory, Imaging, Consultation, Bed, Transport, Interpreter, Guard, }
}
same_words! { service_state: ServiceState { Available, Limited, Suspended, } }

const fn resource(resource: Resource) -> &'static str {
    match resource {
        Resource::Room => "room",
        Resource::Bed => "bed",
        Resource::Stretcher => "stretcher",
        Resource::Isolation => "isolation",
        Resource::CrisisPlace => "crisis_place",
        Resource::Placement => "placement",
        Resource::Sobering => "sobering",
        Resource::Remote => "remote",
        Resource::HomeVisit => "home_visit",
    }
}
