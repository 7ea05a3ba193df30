//! The only writer: decides what is recorded of what comes in, appends it, and only then answers.
//!
//! ```text
//!   bus: intake ──► decode ──► decide ──► append + fdatasync ──► receipts ──► bus: recorded
//!                                 ▲              │
//!                                 └── evolve ◄───┘          clock: what falls due comes in too
//! ```
//!
//! Where the journal can only be read, as on a full disk, the recorder stands still: it answers that nothing is recorded, and the journal
//! can be read as before. Any other failure of an append ends the process.
//!
//! One group of intakes is decided and appended at a time. While the disk works, the next group
//! gathers in the bus's queue, so that a busy evening costs one flush for many events.

mod bearing;
mod config;
mod desk;
mod error;
mod founding;
mod library;
mod metrics;
mod recorder;
mod replica;
mod shift;
mod snapshot;
mod standstill;
mod voice;

pub use config::Config;
pub use error::Error;
pub use founding::{Founding, new_epoch};
pub use metrics::Meters;
pub use recorder::{Books, Recorder};
pub use replica::{Checks, Replica};
