//! What version 3 adds to a body: contacts, tasks, units and notices of each situation in it. Frozen, as `v1.rs` is.
//! Boards went from version 1 to this.

use bincode::{BorrowDecode, Encode};

use super::v1::Told;
use super::{v1, v2};
use crate::event::data::{NoticeKind, TaskKind, UnitState};

/// What the recorder decides on.
#[derive(Encode, BorrowDecode)]
pub(super) struct Decisions<'a> {
    pub second: v2::Decisions<'a>,
    pub more: Situation<'a>,
}

/// What the projector draws from.
#[derive(Encode, BorrowDecode)]
pub(super) struct Projection<'a> {
    pub first: v1::Projection<'a>,
    pub more: Situation<'a>,
    /// Of the past situations, in their order.
    pub kept: Vec<Situation<'a>>,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct Situation<'a> {
    pub stations: Vec<Station<'a>>,
    pub notices: Vec<Notice<'a>>,
    /// Differences of sequences, the station's place in version 1's list, the task.
    pub remembered: Vec<(u64, u32, &'a str)>,
}

/// A station that any of this was said of.
#[derive(Encode, BorrowDecode)]
pub(super) struct Station<'a> {
    /// Its place in version 1's list.
    pub place: u32,
    pub contacts: Vec<Contact<'a>>,
    pub tasks: Vec<Task<'a>>,
    pub units: Vec<Unit<'a>>,
    pub notices: Vec<Notice<'a>>,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct Contact<'a> {
    pub line: &'a str,
    pub language: Option<&'a str>,
    pub offered: Told<u32>,
    pub answered: Told<u32>,
    pub abandoned: Told<u32>,
    pub callbacks_waiting: Told<u32>,
    pub oldest_callback: Told<i64>,
    pub agents: Told<u32>,
    pub coverage: Told<&'a str>,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct Task<'a> {
    pub id: &'a str,
    pub last_sequence: u64,
    pub steps: Vec<TaskStep<'a>>,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct TaskStep<'a> {
    pub stamp: u32,
    pub stage: Stage,
    pub kind: Option<TaskKind>,
    pub urgency: Option<&'a str>,
    pub zone: Option<&'a str>,
    pub unit: Option<&'a str>,
    pub outcome: Option<&'a str>,
}

#[derive(Encode, BorrowDecode)]
pub(super) enum Stage {
    Received,
    Assigned,
    OnScene,
    Closed,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct Unit<'a> {
    pub id: &'a str,
    pub state: Told<UnitState>,
    pub zone: Told<&'a str>,
    pub competence: Told<&'a str>,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct Notice<'a> {
    pub id: &'a str,
    pub posted: Told<NoticeText<'a>>,
    pub withdrawn: u32,
}

/// What a notice says: kind, Finnish, Swedish, English, from, until.
#[derive(Encode, BorrowDecode)]
pub(super) struct NoticeText<'a> {
    pub kind: NoticeKind,
    pub fi: Option<&'a str>,
    pub sv: Option<&'a str>,
    pub en: Option<&'a str>,
    pub from: Option<i64>,
    pub until: Option<i64>,
}
