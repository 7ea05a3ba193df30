//! The bodies of version 1. Frozen: disks hold them. A change of what is folded, of the order of members
//! or of their types is a `v2` beside this and golden files; old snapshots may then be left aside, because
//! the journal holds it all.
//!
//! Texts are borrowed, so that writing copies none and reading makes no strings on the way. Lists of what
//! there are millions of lie in columns of differences, which are short and compress well. A stamp is
//! written once and named by its place in the list, counted from 1; 0 is "never told". Moments are
//! microseconds since the Unix epoch.

use bincode::{BorrowDecode, Encode};

use super::{Error, MAX_BODY, body_error};
use crate::event::StoredEvent;
use crate::event::data::ServiceState;

/// What a decode may claim: a body's bytes, and what its lists take in memory.
const DECODE_LIMIT: usize = 2 * MAX_BODY;

const fn layout() -> impl bincode::config::Config {
    bincode::config::standard().with_little_endian().with_variable_int_encoding().with_limit::<DECODE_LIMIT>()
}

pub(super) fn encode(body: &impl Encode) -> Result<Vec<u8>, Error> {
    bincode::encode_to_vec(body, layout()).map_err(body_error)
}

pub(super) fn decode<'a, T: BorrowDecode<'a, ()>>(bytes: &'a [u8]) -> Result<T, Error> {
    let (body, read) = bincode::borrow_decode_from_slice(bytes, layout()).map_err(body_error)?;
    if read != bytes.len() {
        return Err(Error::Body(format!("{} bytes follow it", bytes.len() - read)));
    }
    Ok(body)
}

/// What the recorder decides on.
#[derive(Encode, BorrowDecode)]
pub(super) struct Decisions<'a> {
    pub log: Log<'a>,
    pub document: Option<&'a str>,
    pub received: i64,
    pub versions: Vec<(&'a str, u64)>,
    pub sources: Vec<&'a str>,
    pub marks: Vec<(u32, i64)>,
    pub remembered: Remembered<'a>,
    pub situation: Situation<'a>,
    pub stamps: Vec<Stamp<'a>>,
}

/// What the projector draws from.
#[derive(Encode, BorrowDecode)]
pub(super) struct Projection<'a> {
    pub log: Log<'a>,
    pub areas: Vec<(i64, &'a str)>,
    pub stations: Vec<(&'a str, Changed)>,
    pub views: Vec<(String, Changed)>,
    pub window_changed: Changed,
    pub places: Places,
    pub corrections: Vec<Held>,
    pub situation: Situation<'a>,
    pub kept: Vec<Kept<'a>>,
    pub stamps: Vec<Stamp<'a>>,
}

/// Where the log stands.
#[derive(Encode, BorrowDecode)]
pub(super) struct Log<'a> {
    pub epoch: Option<&'a str>,
    pub simulated: bool,
    /// To which moment it was restored, and when.
    pub restored: Option<(i64, i64)>,
    pub clock: i64,
    pub sequence: u64,
    pub held: Vec<Held>,
}

/// An event that is kept whole.
#[derive(Encode, BorrowDecode)]
pub(super) struct Held {
    pub sequence: u64,
    pub received: i64,
    pub event: StoredEvent,
}

/// Columns: differences of sequences and of times, sources, and 16 bytes each of keys and digests.
#[derive(Encode, BorrowDecode)]
pub(super) struct Remembered<'a> {
    pub sequences: Vec<u64>,
    pub times: Vec<i64>,
    pub sources: Vec<u32>,
    pub keys: std::borrow::Cow<'a, [u8]>,
    pub digests: std::borrow::Cow<'a, [u8]>,
}

/// Columns in the order of times: differences of both.
#[derive(Encode, BorrowDecode)]
pub(super) struct Places {
    pub times: Vec<i64>,
    pub sequences: Vec<i64>,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct Changed {
    pub sequence: u64,
    pub event_time: i64,
    pub received: i64,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct Kept<'a> {
    pub time: i64,
    pub sequence: u64,
    pub newest: u64,
    pub situation: Situation<'a>,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct Situation<'a> {
    pub words: Vec<&'a str>,
    pub beats: Vec<Feed<'a>>,
    pub stations: Vec<Station<'a>>,
    /// Differences of sequences, the station's place in the list above, the ticket.
    pub remembered: Vec<(u64, u32, &'a str)>,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct Station<'a> {
    pub id: &'a str,
    pub lanes: Vec<Lane<'a>>,
    pub tickets: Vec<Ticket<'a>>,
    pub staff: Vec<Staff<'a>>,
    pub plans: Vec<Plan<'a>>,
    pub on_call: Vec<Duty<'a>>,
    pub capacity: Vec<Capacity<'a>>,
    pub slots: Vec<Slots<'a>>,
    pub status: Status<'a>,
    pub feeds: Vec<Feed<'a>>,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct Stamp<'a> {
    pub time: i64,
    pub source: &'a str,
    pub id: &'a str,
    pub by: Option<&'a str>,
    pub valid_until: Option<i64>,
}

/// One member of what is observed: its stamp, and its value if that is known.
#[derive(Encode, BorrowDecode)]
pub(super) struct Told<T> {
    pub stamp: u32,
    pub value: Option<T>,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct Lane<'a> {
    pub id: &'a str,
    pub waiting: Told<u32>,
    pub waiting_by_urgency: Told<Vec<(&'a str, u32)>>,
    pub in_care: Told<u32>,
    pub present: Told<u32>,
    pub longest_wait_s: Told<u32>,
    pub named: u32,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct Ticket<'a> {
    pub id: &'a str,
    pub last_sequence: u64,
    pub steps: Vec<Step<'a>>,
    pub fixes: Vec<Fix<'a>>,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct Step<'a> {
    pub time: i64,
    pub source: u32,
    pub id: &'a str,
    pub what: What,
}

/// A step; names are places in the situation's list of words.
#[derive(Encode, BorrowDecode)]
pub(super) enum What {
    Joined { lane: u32, urgency: Option<u32> },
    Triaged { urgency: u32 },
    Moved { lane: u32 },
    WaitingFor { on: u16, off: u16 },
    CareStarted,
    Left,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct Fix<'a> {
    pub time: i64,
    pub source: u32,
    pub id: &'a str,
    pub corrects: &'a str,
    pub void: Option<bool>,
    pub lane: Option<u32>,
    pub urgency: Option<u32>,
    pub needs: Option<(u16, u16)>,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct Staff<'a> {
    pub role: &'a str,
    pub lane: Option<&'a str>,
    pub on_duty: Told<u32>,
    pub called: Told<u32>,
    pub arriving: Told<u32>,
    pub absent: Told<u32>,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct Plan<'a> {
    pub stamp: u32,
    pub role: &'a str,
    pub lane: Option<&'a str>,
    pub from: i64,
    pub to: i64,
    pub required: Option<u32>,
    pub planned: Option<u32>,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct Duty<'a> {
    pub stamp: u32,
    pub duty: &'a str,
    pub role: &'a str,
    pub from: i64,
    pub to: i64,
    pub contact: Option<&'a str>,
    pub languages: Vec<&'a str>,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct Capacity<'a> {
    pub resource: &'a str,
    pub total: Told<u32>,
    pub staffed: Told<u32>,
    pub occupied: Told<u32>,
    pub reserved: Told<u32>,
    pub boarding: Told<u32>,
    pub planned_discharges: Told<u32>,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct Slots<'a> {
    pub profession: &'a str,
    pub urgency: &'a str,
    pub next_free: Told<Vec<(u32, i64)>>,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct Status<'a> {
    pub open: Told<bool>,
    pub intake_until: Told<i64>,
    pub last_care_until: Told<i64>,
    pub doors_until: Told<i64>,
    pub services: Vec<(&'a str, Told<ServiceState>)>,
    pub reason: Told<&'a str>,
}

/// A feed as a station hears it. Its interval is in microseconds.
#[derive(Encode, BorrowDecode)]
pub(super) struct Feed<'a> {
    pub id: &'a str,
    pub last_event: u32,
    pub family: Told<&'a str>,
    pub interval: Told<u64>,
    pub last_received: Option<i64>,
}
