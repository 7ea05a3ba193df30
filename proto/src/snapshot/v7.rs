//! What version 7 adds to a body: when the log began, and who signed the reports of shifts. Frozen, as `v1.rs` is.

use bincode::{BorrowDecode, Encode};

use super::v6;

/// What the recorder decides on.
#[derive(Encode, BorrowDecode)]
pub(super) struct Decisions<'a> {
    pub sixth: v6::Decisions<'a>,
    pub begun: Option<i64>,
    pub signed: Vec<Signed<'a>>,
}

/// What the projector draws from.
#[derive(Encode, BorrowDecode)]
pub(super) struct Projection<'a> {
    pub sixth: v6::Projection<'a>,
    pub begun: Option<i64>,
    pub signed: Vec<Signed<'a>>,
    /// Of the past situations, in their order.
    pub kept: Vec<Vec<Signed<'a>>>,
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
