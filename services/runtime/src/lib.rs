//! What every process shares, one module each: nothing here could be named after a thing of the domain.
//!
//! A process is put together in this order: [`config`] is loaded, [`telemetry`] started, [`metrics`] and
//! [`health`] made, [`shutdown`] begins to listen to signals, listeners are bound ([`serve::bind`]), services
//! are spawned, and the process waits in [`shutdown::Shutdown::finish`]. What it returns is one of [`exit`].

pub mod admin;
pub mod clock;
pub mod config;
mod error;
pub mod exit;
pub mod health;
pub mod lag;
pub mod metrics;
pub mod serve;
pub mod shutdown;
pub mod snapshots;
pub mod span;
pub mod telemetry;

pub use clock::Clock;
pub use error::Error;
pub use lag::Lag;
pub use span::Span;
