//! What version 2 adds to a body. Frozen, as `v1.rs` is.

use bincode::{BorrowDecode, Encode};

use super::v1;

/// What the recorder decides on.
#[derive(Encode, BorrowDecode)]
pub(super) struct Decisions<'a> {
    pub first: v1::Decisions<'a>,
    /// The stream that the intake comes from, and the fact since which it is the one.
    pub stream: Option<(&'a str, u64)>,
}
