//! Back from the rules' types to the stored form, for events that a snapshot keeps whole. What means the
//! same is said the same: a `null` in a map is not there any more, so the content's digest may differ.

use situation::event as domain;
use situation::event::{Said, Step};
use situation::name::{LaneId, Word};

use super::StoredEvent;
use super::data::{
    Amendment, CapacitySlots, Channel, Data, FeedHeartbeat, Need, NoticeWithdrawn, Outcome, QueueCareStarted,
    QueueCorrected, QueueJoined, QueueLeft, QueueMoved, QueueObserved, QueueTriaged, QueueWaitingFor,
    Resource, ServiceState, SlotUrgency, StaffingOnCall, StaffingPlanned, StationStatus,
};
use super::told::Told;

/// Declares a total mapping between the rules' words and the wire's.
macro_rules! same_words {
    ($name:ident: $wire:ident { $($variant:ident,)* }) => {
        pub(crate) const fn $name(word: domain::$wire) -> $wire {
            match word { $(domain::$wire::$variant => $wire::$variant,)* }
        }
    };
}

// After the macro, which they use.
mod desk;
pub(crate) mod valvomo;

type Needs = std::collections::BTreeMap<Need, Option<bool>>;

impl StoredEvent {
    /// The stored form of an event.
    ///
    /// # Errors
    /// A sentence, if it says what no event of the contract can: never for one that was recorded.
    pub fn of(event: &domain::Event) -> Result<Self, String> {
        Ok(Self {
            id: event.id.to_string(),
            source: event.source.to_string(),
            subject: event.station.as_ref().map(ToString::to_string),
            time: event.time.into(),
            data: data(&event.said)?,
        })
    }
}

fn data(said: &Said) -> Result<Data, String> {
    Ok(match said {
        Said::QueueObserved(observed) => Data::QueueObserved(queue_observed(observed)),
        Said::Ticket(ticket, step) => life(ticket.to_string(), step),
        Said::Corrected(correction) => Data::QueueCorrected(QueueCorrected {
            ticket: correction.ticket.to_string(),
            corrects: correction.corrects.to_string(),
            set: Some(amendment(&correction.set)),
            void: correction.void,
        }),
        Said::StaffingObserved(observed) => valvomo::staffing(observed).stored(),
        Said::StaffingPlanned(plan) => Data::StaffingPlanned(StaffingPlanned {
            role: plan.role.to_string(),
            lane: lane(plan.lane.as_ref()),
            from: plan.from.into(),
            to: plan.to.into(),
            required: plan.required,
            planned: plan.planned,
        }),
        Said::OnCall(duty) => Data::StaffingOnCall(StaffingOnCall {
            duty: duty.duty.to_string(),
            role: duty.role.to_string(),
            from: duty.from.into(),
            to: duty.to.into(),
            contact: duty.contact.clone(),
            languages: duty.languages.iter().map(ToString::to_string).collect(),
        }),
        Said::CapacityObserved(observed) => valvomo::capacity(observed)?.stored(),
        Said::Slots(slots) => Data::CapacitySlots(CapacitySlots {
            profession: slots.profession.to_string(),
            urgency: slot_urgency(&slots.urgency)?,
            next_free: slots
                .next_free
                .iter()
                .map(|(rank, at)| (rank.to_string(), Some((*at).into())))
                .collect(),
        }),
        Said::StationStatus(status) => Data::StationStatus(station_status(status)),
        Said::ContactObserved(observed) => Data::ContactObserved(valvomo::contact(observed)),
        Said::Task(id, step) => valvomo::task(id, step),
        Said::UnitStatus(status) => Data::UnitStatus(valvomo::unit(status)),
        Said::NoticePosted(id, notice) => Data::NoticePosted(valvomo::notice(id, notice)),
        Said::NoticeWithdrawn(id) => Data::NoticeWithdrawn(NoticeWithdrawn { notice: id.to_string() }),
        Said::AlarmAcknowledged(id, said) => Data::AlarmAcknowledged(desk::acknowledged(id, said)),
        Said::AlarmShelved(id, said) => Data::AlarmShelved(desk::shelved(id, said)),
        Said::NoteAdded(id, note) => Data::NoteAdded(desk::note(id, note)),
        Said::NoteRemoved(id, by) => Data::NoteRemoved(desk::removed(id, by)),
        Said::HandoverSigned(signing) => Data::HandoverSigned(desk::signed(signing)),
        Said::Heartbeat { interval } => Data::FeedHeartbeat(FeedHeartbeat {
            interval_s: u32::try_from(interval.as_secs()).map_err(|error| error.to_string())?,
        }),
    })
}

fn life(ticket: String, step: &Step) -> Data {
    match step {
        Step::Joined { lane, urgency, channel: by } => Data::QueueJoined(QueueJoined {
            lane: lane.to_string(),
            ticket,
            urgency: urgency.as_ref().map(ToString::to_string),
            channel: by.map(channel),
        }),
        Step::Triaged { urgency } => {
            Data::QueueTriaged(QueueTriaged { ticket, urgency: urgency.to_string() })
        }
        Step::Moved { lane } => Data::QueueMoved(QueueMoved { ticket, lane: lane.to_string() }),
        Step::WaitingFor { what } => Data::QueueWaitingFor(QueueWaitingFor { ticket, what: needs(what) }),
        Step::CareStarted => Data::QueueCareStarted(QueueCareStarted { ticket }),
        Step::Left { outcome: end } => Data::QueueLeft(QueueLeft { ticket, outcome: end.map(outcome) }),
    }
}

fn queue_observed(observed: &domain::QueueObserved) -> QueueObserved {
    QueueObserved {
        lane: observed.lane.as_ref().map(ToString::to_string).unwrap_or_default(),
        waiting: told(&observed.waiting),
        waiting_by_urgency: match &observed.waiting_by_urgency {
            domain::Told::Unsaid => Told::Unsaid,
            domain::Told::Withdrawn => Told::Withdrawn,
            domain::Told::Value(counts) => {
                Told::Value(counts.iter().map(|(code, count)| (code.to_string(), Some(*count))).collect())
            }
        },
        in_care: told(&observed.in_care),
        present: told(&observed.present),
        longest_wait_s: told(&observed.longest_wait_s),
        by: observed.by.as_ref().map(ToString::to_string),
        valid_until: observed.valid_until.map(Into::into),
    }
}

fn amendment(set: &domain::Amendment) -> Amendment {
    Amendment {
        lane: lane(set.lane.as_ref()),
        urgency: set.urgency.as_ref().map(ToString::to_string),
        channel: set.channel.map(channel),
        outcome: set.outcome.map(outcome),
        what: set.what.as_ref().map(needs),
    }
}

fn station_status(status: &domain::StationStatus) -> StationStatus {
    StationStatus {
        open: told(&status.open),
        intake_until: told(&status.intake_until),
        last_care_until: told(&status.last_care_until),
        doors_until: told(&status.doors_until),
        services: status
            .services
            .iter()
            .map(|(service, state)| (service.to_string(), state.map(service_state)))
            .collect(),
        reason: told(&status.reason),
        until: status.until.map(Into::into),
    }
}

fn told<T: Clone + Into<U>, U>(told: &domain::Told<T>) -> Told<U> {
    match told {
        domain::Told::Unsaid => Told::Unsaid,
        domain::Told::Withdrawn => Told::Withdrawn,
        domain::Told::Value(value) => Told::Value(value.clone().into()),
    }
}

fn lane(lane: Option<&LaneId>) -> Option<String> {
    lane.map(ToString::to_string)
}

fn needs(what: &std::collections::BTreeMap<domain::Need, bool>) -> Needs {
    what.iter().map(|(need, begins)| (self::need(*need), begins.then_some(true))).collect()
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

fn resource(word: &Word) -> Result<Resource, String> {
    Ok(match word.as_str() {
        "room" => Resource::Room,
        "bed" => Resource::Bed,
        "stretcher" => Resource::Stretcher,
        "isolation" => Resource::Isolation,
        "crisis_place" => Resource::CrisisPlace,
        "placement" => Resource::Placement,
        "sobering" => Resource::Sobering,
        "remote" => Resource::Remote,
        "home_visit" => Resource::HomeVisit,
        other => return Err(format!("there is no resource {other:?}")),
    })
}

fn slot_urgency(word: &Word) -> Result<SlotUrgency, String> {
    match word.as_str() {
        "urgent" => Ok(SlotUrgency::Urgent),
        "routine" => Ok(SlotUrgency::Routine),
        other => Err(format!("appointments are urgent or routine, not {other:?}")),
    }
}
