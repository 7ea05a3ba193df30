//! What people saw: boards as the journal stood at any fact, without folding all facts before it.
//!
//! The journal is walked in legs. Of each leg the state at its beginning is put away, with all that its own facts need
//! and nothing else, as a file of its own: small, so that there can be thousands. Whoever asks for a fact goes from
//! the beginning of its leg. A file is worth nothing by itself: it is checked against the journal when it is used, and
//! one that is wrong or missing is made again from the journal.

mod archive;
mod chronicle;
mod fill;
mod growing;
mod leg;
mod past;
mod received;
mod replay;

pub(crate) use archive::Archive;
pub(crate) use chronicle::MOST_FACTS;
pub(crate) use growing::Growing;
pub(crate) use leg::Leg;
pub(crate) use past::{Past, Stood};
pub(crate) use replay::Span;
