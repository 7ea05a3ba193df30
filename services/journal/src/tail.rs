//! The tail: what was appended lately, in files of our own.
//!
//! An append is one [commit](proto::commit) written at the end of the last file and synced, and nothing
//! else: as much as a disk must do for a durable write, and as much as can be reasoned about. sled takes
//! the records over later, in bulk ([`crate::volume`]), when nobody waits for it.

mod recover;
mod segment;
mod writer;

pub(crate) use recover::{Found, overwrite, recover, rewrite};
pub(crate) use segment::Segment;
pub(crate) use writer::{Writer, is_full};
