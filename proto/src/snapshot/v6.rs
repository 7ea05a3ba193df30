//! What version 6 adds to a body: waits of each situation in it. Frozen, as `v1.rs` is.

use bincode::{BorrowDecode, Encode};

use super::v5;

/// What the recorder decides on.
#[derive(Encode, BorrowDecode)]
pub(super) struct Decisions<'a> {
    pub fifth: v5::Decisions<'a>,
    pub more: Situation<'a>,
    pub days: Vec<Day>,
}

/// What the projector draws from.
#[derive(Encode, BorrowDecode)]
pub(super) struct Projection<'a> {
    pub fifth: v5::Projection<'a>,
    pub more: Situation<'a>,
    /// Of the past situations, in their order.
    pub kept: Vec<Situation<'a>>,
    pub days: Vec<Day>,
}

#[derive(Encode, BorrowDecode)]
pub(super) struct Situation<'a> {
    pub waits: Vec<Waits<'a>>,
}

/// Of a lane in which anybody waited.
#[derive(Encode, BorrowDecode)]
pub(super) struct Waits<'a> {
    /// Its station's place in version 1's list.
    pub place: u32,
    pub lane: &'a str,
    /// Their places in the list of days.
    pub days: Vec<u32>,
}

/// Waits that ended on one day, by when they ended. Situations of the past share most of their days.
#[derive(Encode, BorrowDecode)]
pub(super) struct Day {
    /// The first moment, then differences, in microseconds.
    pub ended: Vec<i64>,
    /// How long each lasted, in microseconds.
    pub lasted: Vec<i64>,
    /// Whether each ended with care.
    pub seen: Vec<bool>,
    /// The word for each one's urgency, 1 the first of the situation's; 0 of who was not judged.
    pub urgency: Vec<u32>,
}
