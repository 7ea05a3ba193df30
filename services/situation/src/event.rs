//! What sources and people say. One enum: this application has one table of events, and here it is.
//!
//! An event is what somebody said, not yet what was recorded: see [`crate::fact`].

mod contact;
mod desk;
mod dispatch;
mod notice;
mod ticket;

use std::collections::BTreeMap;
use std::time::Duration;

pub use contact::ContactObserved;
pub use desk::{Acknowledgement, Note, Part, Person, Shelving, Signing};
pub use dispatch::{TaskKind, TaskStage, TaskStep, UnitState, UnitStatus};
pub use notice::{Notice, NoticeKind, NoticeText};
pub use ticket::{Amendment, Channel, Correction, Need, Outcome, Step};

use crate::name::{
    AlarmId, EventId, FeedId, LaneId, NoteId, NoticeId, StationId, TaskId, TicketId, UrgencyCode, Word,
};
use crate::time::Instant;

/// One event, decoded. Its `type` is the variant of `said`.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Given by the source; with `source` it names the event for ever.
    pub id: EventId,
    /// The feed.
    pub source: FeedId,
    /// The subject. `None` only for a heartbeat that speaks for the whole feed, for a notice to the whole area, and
    /// for what people at the desk say.
    pub station: Option<StationId>,
    /// When it happened.
    pub time: Instant,
    /// What is said.
    pub said: Said,
    /// Digest of `(source, id)`: what the event is remembered by.
    pub key: Digest,
    /// Digest of type, subject, instant and data: two events with one `(source, id)` and one digest
    /// are the same event sent twice.
    pub digest: Digest,
    /// Of a correction, the `key` of the event that it names.
    pub corrects: Option<Digest>,
}

/// The first 16 bytes of a BLAKE3 hash. Who decodes the bytes computes it; here it is only compared.
pub type Digest = [u8; 16];

/// What an event says.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// Counts of a lane.
    QueueObserved(QueueObserved),
    /// Something in the life of one ticket.
    Ticket(TicketId, Step),
    /// An earlier ticket event was wrong.
    Corrected(Correction),
    /// People of a role, now.
    StaffingObserved(StaffingObserved),
    /// People of a role, planned.
    StaffingPlanned(StaffingPlanned),
    /// Who is on call.
    OnCall(OnCall),
    /// Places of a kind, now.
    CapacityObserved(CapacityObserved),
    /// The next free appointments.
    Slots(Slots),
    /// Whether the station is open, until when, and which services it gives.
    StationStatus(StationStatus),
    /// The traffic of a telephone line, a chat or a form.
    ContactObserved(ContactObserved),
    /// Something in the life of one task.
    Task(TaskId, TaskStep),
    /// What a unit does.
    UnitStatus(UnitStatus),
    /// Everybody should know this.
    NoticePosted(NoticeId, Notice),
    /// It need not be known any more.
    NoticeWithdrawn(NoticeId),
    /// Somebody has taken notice of an alarm.
    AlarmAcknowledged(AlarmId, Acknowledgement),
    /// Somebody wants to hear nothing of an alarm for a while.
    AlarmShelved(AlarmId, Shelving),
    /// A note to whoever is at the desk.
    NoteAdded(NoteId, Note),
    /// It need not be read any more.
    NoteRemoved(NoteId, Person),
    /// Somebody has signed the report of a shift.
    HandoverSigned(Signing),
    /// The feed lives, and how often it means to speak.
    Heartbeat {
        /// The interval it promises.
        interval: Duration,
    },
}

/// A member of an observation: not mentioned, withdrawn (`null`), or told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Told<T> {
    /// Absent: the earlier value stands.
    #[default]
    Unsaid,
    /// `null`: what was known no longer is.
    Withdrawn,
    /// A value.
    Value(T),
}

/// Counts of one lane. Absent members leave earlier values.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct QueueObserved {
    /// Which lane; required by the contract, so empty text never passes the door.
    pub lane: Option<LaneId>,
    /// People waiting.
    pub waiting: Told<u32>,
    /// People waiting, by urgency. Told as a whole: a code that is left out is not known any more.
    pub waiting_by_urgency: Told<BTreeMap<UrgencyCode, u32>>,
    /// People in care.
    pub in_care: Told<u32>,
    /// People present.
    pub present: Told<u32>,
    /// How long the one who has waited longest has waited, in seconds.
    pub longest_wait_s: Told<u32>,
    /// The role of the person who said it, where a person did.
    pub by: Option<Word>,
    /// Until when a person's word holds.
    pub valid_until: Option<Instant>,
}

/// People of a role at work.
#[derive(Debug, Clone, PartialEq)]
pub struct StaffingObserved {
    /// The role.
    pub role: Word,
    /// The lane they serve, where they serve one.
    pub lane: Option<LaneId>,
    /// At work.
    pub on_duty: Told<u32>,
    /// Called in.
    pub called: Told<u32>,
    /// On their way.
    pub arriving: Told<u32>,
    /// Absent.
    pub absent: Told<u32>,
    /// The role of the person who said it, where a person did.
    pub by: Option<Word>,
    /// Until when a person's word holds.
    pub valid_until: Option<Instant>,
}

/// A shift's plan for a role.
#[derive(Debug, Clone, PartialEq)]
pub struct StaffingPlanned {
    /// The role.
    pub role: Word,
    /// The lane they serve, where they serve one.
    pub lane: Option<LaneId>,
    /// The plan holds from here …
    pub from: Instant,
    /// … to here.
    pub to: Instant,
    /// How many are needed.
    pub required: Option<u32>,
    /// How many are planned.
    pub planned: Option<u32>,
}

/// Who can be reached.
#[derive(Debug, Clone, PartialEq)]
pub struct OnCall {
    /// What for.
    pub duty: Word,
    /// The role.
    pub role: Word,
    /// From here …
    pub from: Instant,
    /// … to here.
    pub to: Instant,
    /// A role's number, never a person's name.
    pub contact: Option<String>,
    /// Languages they answer in, in order of preference.
    pub languages: Vec<Word>,
}

/// Places of one kind.
#[derive(Debug, Clone, PartialEq)]
pub struct CapacityObserved {
    /// `room`, `bed`, `stretcher` …
    pub resource: Word,
    /// That exist.
    pub total: Told<u32>,
    /// That have staff.
    pub staffed: Told<u32>,
    /// In use (may exceed the others).
    pub occupied: Told<u32>,
    /// Kept for somebody.
    pub reserved: Told<u32>,
    /// Used by people who wait for a place elsewhere.
    pub boarding: Told<u32>,
    /// Discharges planned.
    pub planned_discharges: Told<u32>,
    /// The role of the person who said it, where a person did.
    pub by: Option<Word>,
    /// Until when a person's word holds.
    pub valid_until: Option<Instant>,
}

/// The next free appointments of a profession.
#[derive(Debug, Clone, PartialEq)]
pub struct Slots {
    /// Whose.
    pub profession: Word,
    /// `urgent` or `routine`.
    pub urgency: Word,
    /// Rank (1 is the first) to moment.
    pub next_free: BTreeMap<u32, Instant>,
}

/// How a service of a station stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the contract's own words")]
pub enum ServiceState {
    Available,
    Limited,
    Suspended,
}

/// What a station says of itself. Absent members leave earlier values.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StationStatus {
    /// Open or not.
    pub open: Told<bool>,
    /// Takes people in until.
    pub intake_until: Told<Instant>,
    /// The last care ends.
    pub last_care_until: Told<Instant>,
    /// The doors close.
    pub doors_until: Told<Instant>,
    /// Only the services mentioned change; `None` withdraws one.
    pub services: BTreeMap<Word, Option<ServiceState>>,
    /// Why, in the station's own words.
    pub reason: Told<String>,
    /// How long this holds.
    pub until: Option<Instant>,
}
