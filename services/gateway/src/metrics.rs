//! What the gateway counts.

use prometheus::{IntCounter, IntCounterVec, IntGauge, Opts, Registry};

use crate::live::ResetReason;

/// The gateway's metrics; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Metrics {
    pub(crate) connections: IntGauge,
    pub(crate) views: IntGauge,
    pub(crate) replays: IntGauge,
    pub(crate) frames: IntCounter,
    pub(crate) frame_bytes: IntCounter,
    pub(crate) refused: IntCounterVec,
    pub(crate) closed: IntCounterVec,
    pub(crate) reloads: IntCounter,
    pub(crate) switches: IntCounter,
    resets: IntCounterVec,
}

impl Metrics {
    pub(crate) fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let counters = |name: &str, help: &str, label: &str| {
            let counters = IntCounterVec::new(Opts::new(name, help), &[label])?;
            registry.register(Box::new(counters.clone()))?;
            Ok::<_, prometheus::Error>(counters)
        };
        let counter = |name: &str, help: &str| {
            let counter = IntCounter::new(name, help)?;
            registry.register(Box::new(counter.clone()))?;
            Ok::<_, prometheus::Error>(counter)
        };
        let gauge = |name: &str, help: &str| {
            let gauge = IntGauge::new(name, help)?;
            registry.register(Box::new(gauge.clone()))?;
            Ok::<_, prometheus::Error>(gauge)
        };
        Ok(Self {
            connections: gauge("tilanne_gateway_connections", "Live connections open.")?,
            views: gauge("tilanne_gateway_views", "Views kept because someone looks at them.")?,
            replays: gauge("tilanne_gateway_replays", "Past spans being replayed.")?,
            frames: counter("tilanne_gateway_frames_total", "Frames sent to live connections.")?,
            frame_bytes: counter("tilanne_gateway_frame_bytes_total", "Bytes of frames sent.")?,
            refused: counters(
                "tilanne_gateway_refused_total",
                "Live connections refused before they began, by reason.",
                "reason",
            )?,
            closed: counters(
                "tilanne_gateway_closed_total",
                "Live connections that the gateway closed, by close code.",
                "code",
            )?,
            reloads: counter(
                "tilanne_gateway_board_reloads_total",
                "Boards asked for anew because a change had been missed.",
            )?,
            switches: counter(
                "tilanne_gateway_projector_switches_total",
                "Times that a projector was left for another.",
            )?,
            resets: counters(
                "tilanne_gateway_resets_total",
                "Subscriptions that began or went on from a snapshot, by reason. `ahead` means that the server \
                 lost something.",
                "reason",
            )?,
        })
    }

    pub(crate) fn reset(&self, reason: ResetReason) {
        self.resets.with_label_values(&[reason.as_str()]).inc();
    }
}
