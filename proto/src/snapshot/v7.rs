//! What version 7 adds to a body: how many were present in each hour, of each situation in it. Frozen, as `v1.rs` is.

use bincode::{BorrowDecode, Encode};

use super::{v5, v6};

/// What the recorder decides on.
#[derive(Encode, BorrowDecode)]
pub(super) struct Decisions<'a> {
    pub sixth: v6::Decisions<'a>,
    pub more: Situation<'a>,
    pub days: Days,
}

/// What the projector draws from.
#[derive(Encode, BorrowDecode)]
pub(super) struct Projection<'a> {
    pub sixth: v6::Projection<'a>,
    pub more: Situation<'a>,
    /// Of the past situations, in their order.
    pub kept: Vec<Situation<'a>>,
    pub days: Days,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct Situation<'a> {
    pub present: Vec<v5::Lane<'a>>,
}

/// As of version 5: the hours of a day of which anything is known, from 0 to 23 UTC, each day once.
pub(super) type Days = Vec<Vec<(u8, PresentHour)>>;

#[derive(Encode, BorrowDecode)]
pub(super) struct PresentHour {
    pub counted: i32,
    pub told: v5::LastWord,
}
