//! What version 7 adds to a body: how many were present in each hour, of each situation in it; when the log began, and who signed
//! the reports of shifts. Frozen, as `v1.rs` is.

use bincode::{BorrowDecode, Encode};

use super::{v5, v6};

/// What the recorder decides on.
#[derive(Encode, BorrowDecode)]
pub(super) struct Decisions<'a> {
    pub sixth: v6::Decisions<'a>,
    pub more: Situation<'a>,
    pub days: Days,
    pub begun: Option<i64>,
}

/// What the projector draws from.
#[derive(Encode, BorrowDecode)]
pub(super) struct Projection<'a> {
    pub sixth: v6::Projection<'a>,
    pub more: Situation<'a>,
    /// Of the past situations, in their order.
    pub kept: Vec<Situation<'a>>,
    pub days: Days,
    pub begun: Option<i64>,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct Situation<'a> {
    pub present: Vec<v5::Lane<'a>>,
    pub signed: Vec<Signed<'a>>,
}

/// As of version 5: the hours of a day of which anything is known, from 0 to 23 UTC, each day once.
pub(super) type Days = Vec<Vec<(u8, PresentHour)>>;

#[derive(Encode, BorrowDecode)]
pub(super) struct PresentHour {
    pub counted: i32,
    pub told: v5::LastWord,
}

/// A shift, and who signed its report.
#[derive(Encode, BorrowDecode)]
pub(super) struct Signed<'a> {
    pub from: i64,
    pub to: i64,
    pub given: Option<Signature<'a>>,
    pub received: Option<Signature<'a>>,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct Signature<'a> {
    pub at: i64,
    pub fact: u64,
    pub actor: &'a str,
    pub role: &'a str,
    /// The last fact in the report.
    pub sequence: u64,
    pub hash: &'a str,
}
