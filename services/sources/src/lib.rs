//! Listens outward: turns what source systems publish into events for the intake.
//!
//! * [`demo`]: an invented evening and simulated days after it, for those who have no feed yet;
//! * [`door`]: `POST /v1/events`, for whoever sends events;
//! * [`intake`]: the queue, staffing and capacity services that hand events to the recorder;
//! * [`tabular`]: a published table (CSV), described wholly by one TOML file, read into CloudEvents;
//! * [`poll`]: fetches such a table from a URL or a file, again and again, and submits what is new.
//! * [`receiving`]: whether receipts come at all.
//!
//! Nothing here decides whether an event is true, late or a duplicate: that is the recorder's work.

pub mod demo;
pub mod door;
mod error;
pub mod intake;
pub mod poll;
pub mod receiving;
pub mod tabular;

pub use error::Error;
