//! What version 5 adds to a body: what each hour of the last weeks was like, at each lane and line, and in which of them which
//! feeds gave a sign of life; and which levels of strain stand and stood. Frozen, as `v1.rs` is.
//!
//! Past situations share nearly all of their days, so each day is written once and named by its place in [`Days`].

use bincode::{BorrowDecode, Encode};

use super::v4;

/// What the recorder decides on.
#[derive(Encode, BorrowDecode)]
pub(super) struct Decisions<'a> {
    pub fourth: v4::Decisions<'a>,
    pub more: Situation<'a>,
    pub days: Days,
}

/// What the projector draws from.
#[derive(Encode, BorrowDecode)]
pub(super) struct Projection<'a> {
    pub fourth: v4::Projection<'a>,
    pub more: Situation<'a>,
    /// Of the past situations, in their order.
    pub kept: Vec<Situation<'a>>,
    pub days: Days,
    pub strain: Strain<'a>,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct Situation<'a> {
    pub lanes: Vec<Lane<'a>>,
    pub lines: Vec<Line<'a>>,
    pub feeds: Vec<Feed<'a>>,
}

/// Days by their number since the epoch, each with its place in a list of [`Days`].
pub(super) type ByDay = Vec<(i64, u32)>;

#[derive(Encode, BorrowDecode)]
pub(super) struct Lane<'a> {
    /// Its station's place in version 1's list.
    pub place: u32,
    pub lane: &'a str,
    pub days: ByDay,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct Line<'a> {
    /// As of a lane.
    pub place: u32,
    pub line: &'a str,
    pub language: Option<&'a str>,
    pub days: ByDay,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct Feed<'a> {
    /// The station that it spoke of; `None`: its heartbeats.
    pub place: Option<u32>,
    pub feed: &'a str,
    pub days: ByDay,
}

/// The hours of a day of which anything is known, from 0 to 23 UTC.
#[derive(Encode, BorrowDecode)]
pub(super) struct Days {
    pub lanes: Vec<Vec<(u8, LaneHour)>>,
    pub lines: Vec<Vec<(u8, LastWord)>>,
    /// A bit an hour.
    pub feeds: Vec<u32>,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct LaneHour {
    pub arrived: i32,
    pub waiting: i32,
    pub told: LastWord,
}

/// When, and how many.
pub(super) type LastWord = Option<(i64, Option<u32>)>;

/// Levels that stand and stood.
#[derive(Encode, BorrowDecode)]
pub(super) struct Strain<'a> {
    pub standing: Vec<Standing<'a>>,
    pub ended: Vec<Stood<'a>>,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct Standing<'a> {
    /// `None`: the area.
    pub station: Option<&'a str>,
    /// From 1 to 4; `None`: not known.
    pub level: Option<u8>,
    pub since: i64,
    /// The level that stands or stood last, and since when.
    pub stood: Option<(u8, i64)>,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct Stood<'a> {
    /// As of what stands.
    pub station: Option<&'a str>,
    pub level: u8,
    pub from: i64,
    pub to: i64,
}
