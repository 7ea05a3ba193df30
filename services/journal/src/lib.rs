//! Remembers: appends what the recorder decided, in order and durably, and reads it back from any
//! sequence. It understands nothing of what it keeps: a record is a byte string.
//!
//! ```text
//!   decisions ──► pack into blocks ──► tail file ──► fdatasync ──► head moves, append returns
//!                                         │ beside the appends, in bulk
//!                                         ▼
//!                                      volume: a closed sled store with an index
//! ```
//!
//! [`Journal`] is the port and states the promise. [`open`] keeps it on a disk; [`in_memory`] keeps it for
//! as long as the process lives. Both run the same contract suite, and both share everything but the
//! shelf that blocks are put on: `ledger.rs` is the journal, a `Shelf` its store.

mod directory;
mod disk;
mod error;
mod format1;
mod journal;
mod lanes;
mod ledger;
mod memory;
mod pack;
mod read;
mod run;
mod salvage;
mod scan;
mod shelf;
mod store;
mod tail;
mod verify;
mod volume;
mod witness;

#[cfg(test)]
mod contract;

pub use disk::{Disk, SystemDisk};
pub use error::{Error, ReadOnly};
pub use journal::{Bearing, Blocks, Decision, Head, Journal, Page};
pub use memory::in_memory;
pub use read::MAX_PAGE_BYTES;
pub use salvage::{Dispute, Findings, Gap, Recovered, Salvage, Searched, Spot};
pub use scan::scan;
pub use store::{Options, open, open_on, open_to_read};
pub use verify::{Damage, Place, Progress, Report, Stat};
