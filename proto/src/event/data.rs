//! The contract's table of events: `data` of each type, in JSON and on disk.
//!
//! One struct serves both, because both are version 1 for ever: the `.v1` of a type's name pins the
//! JSON, and the golden files pin the bytes. A change is a new type beside the old one. Never
//! reorder fields or variants here, and never add a field: bincode would misread old stores silently. A new
//! variant goes to the end, with the version of the facts that first have it: see [`Data::version`].

use std::collections::BTreeMap;

use bincode::{Decode, Encode};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::told::Told;
use crate::time::Moment;

/// `data` of every type, by variant. The order is the order on disk.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[expect(missing_docs, reason = "each variant is the type that it holds")]
pub enum Data {
    QueueObserved(QueueObserved),
    QueueJoined(QueueJoined),
    QueueTriaged(QueueTriaged),
    QueueMoved(QueueMoved),
    QueueWaitingFor(QueueWaitingFor),
    QueueCareStarted(QueueCareStarted),
    QueueLeft(QueueLeft),
    QueueCorrected(QueueCorrected),
    StaffingObserved(StaffingObserved),
    StaffingPlanned(StaffingPlanned),
    StaffingOnCall(StaffingOnCall),
    CapacityObserved(CapacityObserved),
    CapacitySlots(CapacitySlots),
    StationStatus(StationStatus),
    FeedHeartbeat(FeedHeartbeat),
    ContactObserved(ContactObserved),
    TaskReceived(TaskStep),
    TaskAssigned(TaskStep),
    TaskOnScene(TaskStep),
    TaskClosed(TaskStep),
    UnitStatus(UnitStatus),
    NoticePosted(NoticePosted),
    NoticeWithdrawn(NoticeWithdrawn),
    StaffingReported(StaffingReported),
    CapacityReported(CapacityReported),
    AlarmAcknowledged(AlarmAcknowledged),
    AlarmShelved(AlarmShelved),
    NoteAdded(NoteAdded),
    NoteRemoved(NoteRemoved),
    HandoverSigned(HandoverSigned),
}

impl Data {
    /// The first version of stored facts that could say this. A program that does not know it says so of the
    /// version, before it stumbles over the bytes.
    #[must_use]
    pub const fn version(&self) -> u8 {
        match self {
            Self::QueueObserved(_)
            | Self::QueueJoined(_)
            | Self::QueueTriaged(_)
            | Self::QueueMoved(_)
            | Self::QueueWaitingFor(_)
            | Self::QueueCareStarted(_)
            | Self::QueueLeft(_)
            | Self::QueueCorrected(_)
            | Self::StaffingObserved(_)
            | Self::StaffingPlanned(_)
            | Self::StaffingOnCall(_)
            | Self::CapacityObserved(_)
            | Self::CapacitySlots(_)
            | Self::StationStatus(_)
            | Self::FeedHeartbeat(_) => 1,
            Self::ContactObserved(_)
            | Self::TaskReceived(_)
            | Self::TaskAssigned(_)
            | Self::TaskOnScene(_)
            | Self::TaskClosed(_)
            | Self::UnitStatus(_)
            | Self::NoticePosted(_)
            | Self::NoticeWithdrawn(_)
            | Self::StaffingReported(_)
            | Self::CapacityReported(_) => 2,
            Self::AlarmAcknowledged(_)
            | Self::AlarmShelved(_)
            | Self::NoteAdded(_)
            | Self::NoteRemoved(_) => 3,
            Self::HandoverSigned(_) => 4,
        }
    }
}

/// Declares the struct of one event type: JSON with unknown members refused, disk in field order.
macro_rules! data {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $kind:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name { $($(#[$field_doc])* pub $field: $kind,)* }
    };
}

/// Declares an enum of the contract's words.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident,)* }) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, Serialize, Deserialize, JsonSchema,
        )]
        #[serde(rename_all = "snake_case")]
        #[expect(missing_docs, reason = "the contract's own words")]
        pub enum $name { $($variant,)* }
    };
}

// After the macros, which they use.
mod desk;
mod valvomo;

pub use desk::{AlarmAcknowledged, AlarmShelved, HandoverPart, HandoverSigned, NoteAdded, NoteRemoved};
pub use valvomo::{
    CapacityReported, ContactObserved, NoticeKind, NoticePosted, NoticeText, NoticeWithdrawn,
    StaffingReported, TaskKind, TaskStep, UnitState, UnitStatus,
};

data! {
    /// `queue.observed`: counts of a lane.
    QueueObserved {
        /// The lane.
        lane: String,
        /// People waiting.
        #[serde(default, skip_serializing_if = "Told::is_unsaid")]
        waiting: Told<u32>,
        /// People waiting by urgency code; told as a whole.
        #[serde(default, skip_serializing_if = "Told::is_unsaid")]
        waiting_by_urgency: Told<BTreeMap<String, Option<u32>>>,
        /// People in care.
        #[serde(default, skip_serializing_if = "Told::is_unsaid")]
        in_care: Told<u32>,
        /// People present.
        #[serde(default, skip_serializing_if = "Told::is_unsaid")]
        present: Told<u32>,
        /// The longest wait so far, in seconds.
        #[serde(default, skip_serializing_if = "Told::is_unsaid")]
        longest_wait_s: Told<u32>,
        /// The role of the person who says so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
        /// Until when a person's word holds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        valid_until: Option<Moment>,
    }
}

data! {
    /// `queue.joined`: somebody came.
    QueueJoined {
        /// The lane.
        lane: String,
        /// An opaque name of the visit.
        ticket: String,
        /// A code of the lane's scheme, or `untriaged`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        urgency: Option<String>,
        /// How they came.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel: Option<Channel>,
    }
}

data! {
    /// `queue.triaged`: somebody was judged.
    QueueTriaged {
        /// The visit.
        ticket: String,
        /// A code of a scheme of the station's, or `untriaged`.
        urgency: String,
    }
}

data! {
    /// `queue.moved`: over to another lane.
    QueueMoved {
        /// The visit.
        ticket: String,
        /// The lane.
        lane: String,
    }
}

data! {
    /// `queue.waiting_for`: what somebody begins (`true`) or ceases (`null`) to wait for.
    QueueWaitingFor {
        /// The visit.
        ticket: String,
        /// Only what is mentioned changes.
        what: BTreeMap<Need, Option<bool>>,
    }
}

data! {
    /// `queue.care_started`: taken in.
    QueueCareStarted {
        /// The visit.
        ticket: String,
    }
}

data! {
    /// `queue.left`: gone.
    QueueLeft {
        /// The visit.
        ticket: String,
        /// How it ended.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outcome: Option<Outcome>,
    }
}

data! {
    /// `queue.corrected`: an earlier event about a ticket, of the same source, was wrong.
    QueueCorrected {
        /// The visit.
        ticket: String,
        /// The wrong event's id.
        corrects: String,
        /// Members to put in the wrong ones' place.
        #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "only_object")]
        set: Option<Amendment>,
        /// It never happened.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        void: Option<bool>,
    }
}

data! {
    /// What a correction may set.
    Amendment {
        /// The right lane.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lane: Option<String>,
        /// The right urgency.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        urgency: Option<String>,
        /// The right channel.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        channel: Option<Channel>,
        /// The right outcome.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outcome: Option<Outcome>,
        /// The right needs.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        what: Option<BTreeMap<Need, Option<bool>>>,
    }
}

data! {
    /// `staffing.observed`: people of a role, now.
    StaffingObserved {
        /// The role.
        role: String,
        /// The lane they serve.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lane: Option<String>,
        /// At work.
        #[serde(default, skip_serializing_if = "Told::is_unsaid")]
        on_duty: Told<u32>,
        /// Called in.
        #[serde(default, skip_serializing_if = "Told::is_unsaid")]
        called: Told<u32>,
        /// On their way.
        #[serde(default, skip_serializing_if = "Told::is_unsaid")]
        arriving: Told<u32>,
        /// Absent.
        #[serde(default, skip_serializing_if = "Told::is_unsaid")]
        absent: Told<u32>,
    }
}

data! {
    /// `staffing.planned`: a shift's plan for a role.
    StaffingPlanned {
        /// The role.
        role: String,
        /// The lane they serve.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lane: Option<String>,
        /// From here …
        from: Moment,
        /// … to here.
        to: Moment,
        /// How many are needed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        required: Option<u32>,
        /// How many are planned.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        planned: Option<u32>,
    }
}

data! {
    /// `staffing.on_call`: who can be reached.
    StaffingOnCall {
        /// What for.
        duty: String,
        /// The role.
        role: String,
        /// From here …
        from: Moment,
        /// … to here.
        to: Moment,
        /// A role's number, never a person's name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        contact: Option<String>,
        /// Languages in order of preference.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        languages: Vec<String>,
    }
}

data! {
    /// `capacity.observed`: places of a kind, now.
    CapacityObserved {
        /// The kind.
        resource: Resource,
        /// That exist.
        #[serde(default, skip_serializing_if = "Told::is_unsaid")]
        total: Told<u32>,
        /// That have staff.
        #[serde(default, skip_serializing_if = "Told::is_unsaid")]
        staffed: Told<u32>,
        /// In use.
        #[serde(default, skip_serializing_if = "Told::is_unsaid")]
        occupied: Told<u32>,
        /// Kept for somebody.
        #[serde(default, skip_serializing_if = "Told::is_unsaid")]
        reserved: Told<u32>,
        /// Used by people who wait for a place elsewhere.
        #[serde(default, skip_serializing_if = "Told::is_unsaid")]
        boarding: Told<u32>,
        /// Discharges planned.
        #[serde(default, skip_serializing_if = "Told::is_unsaid")]
        planned_discharges: Told<u32>,
    }
}

data! {
    /// `capacity.slots`: the next free appointments of a profession.
    CapacitySlots {
        /// Whose.
        profession: String,
        /// For what.
        urgency: SlotUrgency,
        /// Rank (`"1"` is the first) to moment.
        next_free: BTreeMap<String, Option<Moment>>,
    }
}

data! {
    /// `station.status`: what a station says of itself.
    StationStatus {
        /// Open or not.
        #[serde(default, skip_serializing_if = "Told::is_unsaid")]
        open: Told<bool>,
        /// Takes people in until.
        #[serde(default, skip_serializing_if = "Told::is_unsaid")]
        intake_until: Told<Moment>,
        /// The last care ends.
        #[serde(default, skip_serializing_if = "Told::is_unsaid")]
        last_care_until: Told<Moment>,
        /// The doors close.
        #[serde(default, skip_serializing_if = "Told::is_unsaid")]
        doors_until: Told<Moment>,
        /// Only the services mentioned change; `null` withdraws one.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        services: BTreeMap<String, Option<ServiceState>>,
        /// Why.
        #[serde(default, skip_serializing_if = "Told::is_unsaid")]
        reason: Told<String>,
        /// How long this holds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Moment>,
    }
}

data! {
    /// `feed.heartbeat`: the feed lives.
    FeedHeartbeat {
        /// The interval at which it means to speak, in seconds.
        interval_s: u32,
    }
}

words! {
    /// How somebody came.
    Channel { WalkIn, Ambulance, Police, Phone, Chat, Referral, }
}
words! {
    /// How a visit ended.
    Outcome { Treated, Unseen, Booked, Advised, Redirected, Remote, Admitted, Transferred, NoShow, Emergency, Died, }
}
words! {
    /// What somebody waits for.
    Need { Triage, Doctor, Nurse, Laboratory, Imaging, Consultation, Bed, Transport, Interpreter, Guard, }
}
words! {
    /// A kind of place.
    Resource { Room, Bed, Stretcher, Isolation, CrisisPlace, Placement, Sobering, Remote, HomeVisit, }
}
words! {
    /// What an appointment is for.
    SlotUrgency { Urgent, Routine, }
}
words! {
    /// How a service stands.
    ServiceState { Available, Limited, Suspended, }
}

/// Derived readers of structs would also take an array of their members in order.
fn only_object<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Amendment>, D::Error> {
    match Option::<serde_json::Value>::deserialize(deserializer)? {
        None => Ok(None),
        Some(members @ serde_json::Value::Object(_)) => {
            Amendment::deserialize(members).map(Some).map_err(serde::de::Error::custom)
        }
        Some(_) => Err(serde::de::Error::custom("set is not an object")),
    }
}
