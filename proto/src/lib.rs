//! How it is said: wire and disk types, codecs, subject names, golden vectors.
//!
//! This crate is the only one that knows bytes. It depends on `situation` and converts: domain types
//! are never wire types, so that renaming a field in a rule is not a migration of a disk.
//!
//! | module | what |
//! |---|---|
//! | [`event`] | CloudEvents in: JSON to `situation::event::Event`, or the sentence that refuses it |
//! | [`fact`] | facts on disk (bincode) and as JSON lines |
//! | [`block`] | groups of facts on disk: compression, checksum, chain |
//! | [`commit`] | one append in a tail file: a run of blocks that stands or falls together |
//! | [`volume`] | the index of a closed store: where each block lies, what its files must be |
//! | [`area`] | the area file |
//! | [`board`] | boards as JSON, their hashes and patches |
//! | [`definitions`] | what each number on a board means |
//! | [`handover`] | a shift's report as JSON, HTML and Markdown |
//! | [`live`] | what projector, recorder and gateway say to each other |
//! | [`receipt`] | what a source gets back |
//! | [`snapshot`] | the folded state on disk, so that a start need not fold everything |
//! | [`schema`] | JSON Schema of all that comes in |

pub mod area;
pub mod block;
pub mod board;
pub mod canonical;
mod codec;
pub mod command;
pub mod commit;
pub mod definitions;
pub mod event;
pub mod fact;
pub mod handover;
pub mod intake;
pub mod live;
pub mod patch;
pub mod receipt;
pub mod schema;
pub mod snapshot;
pub mod subject;
pub mod time;
pub mod volume;
