//! Draws boards: folds the journal, says what changed, and answers what any past moment looked like.
//!
//! ```text
//!   bus: recorded (a wake-up) ──► reader: pages of the journal ──► gallery: boards of now ──► bus: board
//!                 └──► roster ─────┘           │                                        └──► bus: heartbeat
//!                      (whose journal)         └────────────► timeline: facts by event time
//!   bus: boards.read ──────────────────────────────────────► moments: boards of then ◄── stood: what people saw
//! ```
//!
//! Where there are several recorders, whichever is well is read from. They hold the same facts, and that is never
//! taken on trust: a page is drawn only if it continues the chain of the facts before it.
//!
//! Everything here can be thrown away: it is folded again from the journal, to the same hashes. A snapshot of
//! it only spares most of that folding.

mod answers;
mod config;
mod error;
mod gallery;
mod handover;
mod metrics;
mod moments;
mod projector;
mod reader;
mod rooms;
mod roster;
mod snapshot;
mod stood;
mod timeline;
mod trail;

pub use config::Config;
pub use error::Error;
pub use gallery::{Gallery, Push};
pub use metrics::Meters;
pub use projector::Projector;
