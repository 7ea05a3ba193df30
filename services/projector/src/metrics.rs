//! What the projector counts.

use prometheus::{Histogram, IntCounter, IntGauge};
use runtime::metrics::Metrics;

/// The projector's meters.
#[derive(Clone)]
pub struct Meters {
    /// Facts folded.
    pub(crate) facts: IntCounter,
    /// The newest fact folded.
    pub(crate) sequence: IntGauge,
    /// Changes published.
    pub(crate) pushes: IntCounter,
    /// Seconds from a fact's receiving to the publishing of what it changed.
    pub(crate) lag: Histogram,
    /// Seconds to answer a question about a past moment.
    pub(crate) moments: Histogram,
    /// States of the past that are put away.
    pub(crate) legs: IntGauge,
    /// Their bytes.
    pub(crate) leg_bytes: IntGauge,
    /// Situations of the past that are kept.
    pub(crate) situations: IntGauge,
    /// Their bytes.
    pub(crate) situation_bytes: IntGauge,
}

impl Meters {
    /// Registers them.
    ///
    /// # Errors
    /// If a name is taken.
    pub fn new(metrics: &Metrics) -> Result<Self, runtime::Error> {
        let seconds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];
        Ok(Self {
            facts: metrics.counter("projector_facts_total", "Facts folded")?,
            sequence: metrics.gauge("projector_sequence", "Newest fact folded")?,
            pushes: metrics.counter("projector_pushes_total", "Board changes published")?,
            lag: metrics.histogram(
                "projector_lag_seconds",
                "From the receiving of the newest fact to the publishing of what it changed",
                &seconds,
            )?,
            moments: metrics.histogram(
                "projector_moment_seconds",
                "Time to answer for a past moment",
                &seconds,
            )?,
            legs: metrics.gauge("projector_legs", "States put away, from which what people saw is folded")?,
            leg_bytes: metrics.gauge("projector_leg_bytes", "Bytes of their files")?,
            situations: metrics.gauge(
                "projector_situations",
                "Situations kept, from which what was at a moment is folded",
            )?,
            situation_bytes: metrics
                .gauge("projector_situation_bytes", "Bytes of situations kept, as files or in memory")?,
        })
    }
}
