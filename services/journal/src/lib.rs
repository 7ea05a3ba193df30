//! Remembers: appends what the recorder decided, in order and durably, and reads it back from any
//! sequence. It understands nothing of what it keeps: a record is a byte string.
//!
//! ```text
//!   decisions ──► pack into blocks ──► one batch ──► flush ──► fdatasync ──► head moves, append returns
//! ```
//!
//! [`Journal`] is the port and states the promise. [`open`] keeps it on a disk, in sled; [`in_memory`]
//! keeps it for as long as the process lives. Both run the same contract suite, and both share
//! everything but the shelf that blocks are put on: `ledger.rs` is the journal, a `Shelf` its store.

mod error;
mod journal;
mod ledger;
mod memory;
mod pack;
mod read;
mod salvage;
mod shelf;
mod sled_store;
mod verify;

#[cfg(test)]
mod contract;

pub use error::Error;
pub use journal::{Blocks, Decision, Head, Journal, Page};
pub use memory::in_memory;
pub use read::MAX_PAGE_BYTES;
pub use salvage::{Dispute, Findings, Gap, Salvage, Searched, Spot};
pub use sled_store::{Options, open};
pub use verify::{Damage, Place, Progress, Report, Stat};
