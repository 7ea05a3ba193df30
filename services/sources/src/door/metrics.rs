//! What the door counts.

use prometheus::{IntCounter, IntCounterVec};
use runtime::metrics::Metrics;

/// The door's meters.
#[derive(Clone)]
pub struct Meters {
    /// Bodies by the status of their answer.
    pub(crate) bodies: IntCounterVec,
    /// Events in bodies that could be read.
    pub(crate) events: IntCounter,
}

impl Meters {
    /// Registers them.
    ///
    /// # Errors
    /// If a name is taken.
    pub fn new(metrics: &Metrics) -> Result<Self, runtime::Error> {
        Ok(Self {
            bodies: metrics.counter_vec(
                "intake_bodies_total",
                "Bodies of POST /v1/events by answer",
                &["status"],
            )?,
            events: metrics.counter("intake_events_total", "Events in bodies that could be read")?,
        })
    }
}
