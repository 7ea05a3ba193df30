//! What the recorder counts.

use prometheus::{Histogram, IntCounter, IntCounterVec, IntGauge};
use proto::receipt::Status;
use runtime::metrics::Metrics;

/// The recorder's meters.
#[derive(Clone)]
pub struct Meters {
    /// Intakes by what became of them.
    pub(crate) intakes: IntCounterVec,
    /// Seconds from the first decision of a group to its flush.
    pub(crate) commit: Histogram,
    /// Facts a group.
    pub(crate) group: Histogram,
    /// The newest durable fact.
    pub(crate) sequence: IntGauge,
    /// 1 while nothing is recorded because the journal can only be read.
    pub(crate) read_only: IntGauge,
    /// Bytes of full tail files that wait to be bound.
    pub(crate) unbound: IntGauge,
    /// 1 while binding fails.
    pub(crate) binding_failing: IntGauge,
    /// How often it has failed.
    pub(crate) binding_failures: IntCounter,
    /// 1 while what comes in over a stream is taken.
    pub(crate) follows: IntGauge,
    /// 1 while so many recorders take it that a source gets its receipt.
    pub(crate) receipts: IntGauge,
    /// The last message of the stream that has been decided.
    pub(crate) cursor: IntGauge,
    /// Messages of the stream that wait to be decided.
    pub(crate) waiting: IntGauge,
    /// Facts copied from other recorders.
    pub(crate) copied: IntCounter,
    /// 1 once this recorder holds other facts than most of the others.
    pub(crate) disagrees: IntGauge,
}

/// A number as a gauge takes it.
pub(crate) fn gauge(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl Meters {
    /// Counts a decided intake.
    pub(crate) fn count(&self, status: Status) {
        let status = match status {
            Status::Recorded => "recorded",
            Status::Duplicate => "duplicate",
            Status::Rejected => "rejected",
        };
        self.intakes.with_label_values(&[status]).inc();
    }

    /// Registers them.
    ///
    /// # Errors
    /// If a name is taken.
    pub fn new(metrics: &Metrics) -> Result<Self, runtime::Error> {
        Ok(Self {
            intakes: metrics.counter_vec(
                "recorder_intakes_total",
                "Intakes decided, by what became of them",
                &["status"],
            )?,
            commit: metrics.histogram(
                "recorder_commit_seconds",
                "Time to decide, append and flush one group",
                &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0],
            )?,
            group: metrics.histogram(
                "recorder_group_facts",
                "Facts flushed together",
                &[1.0, 4.0, 16.0, 64.0, 256.0, 1024.0],
            )?,
            sequence: metrics.gauge("recorder_sequence", "Newest durable fact")?,
            read_only: metrics
                .gauge("journal_read_only", "1 while nothing is recorded: the journal can only be read")?,
            unbound: metrics.gauge(
                "journal_unbound_bytes",
                "Bytes of full tail files that are durable and wait to be made into volumes: some hundred MiB in a \
                 burst, and soon 0 again; a worry while journal_binding_failing is 1, for at 1 GiB nothing more is \
                 recorded",
            )?,
            binding_failing: metrics.gauge(
                "journal_binding_failing",
                "1 while making the journal's full tail files into volumes fails: the log says why",
            )?,
            binding_failures: metrics.counter(
                "journal_binding_failures_total",
                "How often making the journal's full tail files into volumes has failed",
            )?,
            follows: metrics.gauge("recorder_follows", "1 while events are taken from the intake stream")?,
            receipts: metrics.gauge(
                "recorder_receipts",
                "1 while so many recorders take events, this one among them, that a source gets its receipt",
            )?,
            cursor: metrics
                .gauge("recorder_stream_cursor", "Last message of the intake stream that has been decided")?,
            waiting: metrics
                .gauge("recorder_stream_waiting", "Messages of the intake stream that wait to be decided")?,
            copied: metrics
                .counter("recorder_copied_facts_total", "Facts copied from other recorders' journals")?,
            disagrees: metrics.gauge(
                "recorder_disagrees",
                "1 once this journal holds other facts than most of the others",
            )?,
        })
    }
}
