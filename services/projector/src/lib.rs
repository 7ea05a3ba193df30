//! Draws boards: folds the journal, says what changed, and answers what any past moment looked like.
//!
//! ```text
//!   bus: recorded (a wake-up) ──► reader: pages of the journal ──► gallery: boards of now ──► bus: board
//!                                            │                                          └──► bus: heartbeat
//!                                            └──────────────► timeline: facts by event time
//!   bus: boards.read ──────────────────────────────────────► moments: boards of then
//! ```
//!
//! Everything here can be thrown away: it is folded again from the journal, to the same hashes. A snapshot of
//! it only spares most of that folding.

mod answers;
mod config;
mod error;
mod gallery;
mod metrics;
mod moments;
mod projector;
mod reader;
mod rooms;
mod snapshot;
mod timeline;

pub use config::Config;
pub use error::Error;
pub use metrics::Meters;
pub use projector::Projector;
