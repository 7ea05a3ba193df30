//! What version 4 adds to a body: departures, hours at work and notes of each situation in it, and alarms. Frozen, as `v1.rs` is.

use bincode::{BorrowDecode, Encode};

use super::v3;

/// What the recorder decides on.
#[derive(Encode, BorrowDecode)]
pub(super) struct Decisions<'a> {
    pub third: v3::Decisions<'a>,
    pub more: Situation<'a>,
}

/// What the projector draws from.
#[derive(Encode, BorrowDecode)]
pub(super) struct Projection<'a> {
    pub third: v3::Projection<'a>,
    pub more: Situation<'a>,
    /// Of the past situations, in their order.
    pub kept: Vec<Situation<'a>>,
    pub alarms: Alarms<'a>,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct Situation<'a> {
    pub departures: Vec<Departures<'a>>,
    pub hours: Vec<Hours<'a>>,
    pub notes: Vec<Note<'a>>,
}

/// Of a station from which anybody departed lately.
#[derive(Encode, BorrowDecode)]
pub(super) struct Departures<'a> {
    /// Its place in version 1's list.
    pub place: u32,
    /// When, and whose ticket.
    pub left: Vec<(i64, &'a str)>,
}

/// How many of a role were at work at a station, hour by hour.
#[derive(Encode, BorrowDecode)]
pub(super) struct Hours<'a> {
    /// Its place in version 1's list.
    pub place: u32,
    pub role: &'a str,
    pub lane: Option<&'a str>,
    /// The hour since the epoch, who told it, and how many.
    pub told: Vec<(i64, u32, Option<u32>)>,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct Note<'a> {
    pub id: &'a str,
    pub written: Option<Written<'a>>,
    pub removed: u32,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct Written<'a> {
    pub stamp: u32,
    pub station: Option<&'a str>,
    pub text: &'a str,
    pub until: i64,
    pub actor: &'a str,
    pub role: &'a str,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct Alarms<'a> {
    pub standing: Vec<Alarm<'a>>,
    pub ended: Vec<Alarm<'a>>,
    pub new: Vec<i64>,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct Alarm<'a> {
    pub id: &'a str,
    pub cause: Cause<'a>,
    pub told: i64,
    pub raised: i64,
    pub cleared: Option<i64>,
    pub acknowledged: Option<Handled<'a>>,
    pub shelved: Option<Handled<'a>>,
    pub superseded: Option<i64>,
    pub in_summary: bool,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct Cause<'a> {
    pub rule: &'a str,
    pub station: Option<&'a str>,
    pub lane: Option<&'a str>,
    pub urgency: Option<&'a str>,
    pub role: Option<&'a str>,
    pub feed: Option<&'a str>,
    pub since: Option<i64>,
    pub until: Option<i64>,
    pub count: Option<u32>,
}

/// That somebody took notice, or (with `until`) wants to hear nothing of it.
#[derive(Encode, BorrowDecode)]
pub(super) struct Handled<'a> {
    pub at: i64,
    pub actor: &'a str,
    pub role: &'a str,
    pub reason: Option<&'a str>,
    pub until: Option<i64>,
}
