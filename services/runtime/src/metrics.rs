//! A registry whose constructors keep the naming rules: prefix `tilanne_`, base units, counters in `_total`.

use std::sync::Arc;

use prometheus::core::Collector;
use prometheus::{HistogramOpts, Opts, Registry, TextEncoder};

use crate::Error;

pub use prometheus::{
    Gauge, GaugeVec, Histogram, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec,
};

/// Bounds in seconds for what should take milliseconds: from 100 µs to 10 s.
pub const LATENCY_BUCKETS: [f64; 16] = [
    0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// What every name begins with.
const PREFIX: &str = "tilanne";

/// Ends of names that are not a base unit, with the base unit to use.
const WRONG_UNITS: [(&str, &str); 10] = [
    ("_ms", "_seconds"),
    ("_us", "_seconds"),
    ("_millis", "_seconds"),
    ("_milliseconds", "_seconds"),
    ("_microseconds", "_seconds"),
    ("_minutes", "_seconds"),
    ("_kb", "_bytes"),
    ("_mb", "_bytes"),
    ("_kilobytes", "_bytes"),
    ("_percent", "_ratio"),
];

/// A handle to the process's metrics, cheap to clone. Names are given without the prefix.
#[derive(Debug, Clone)]
pub struct Metrics(Arc<Registry>);

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Counter,
    Gauge,
    Histogram,
}

impl Metrics {
    /// A registry with the process's own figures (`tilanne_process_…`) and `tilanne_build_info{version}`.
    ///
    /// # Errors
    /// [`Error::Metric`].
    pub fn new(version: &str) -> Result<Self, Error> {
        let metrics = Self(Arc::new(Registry::new()));
        #[cfg(target_os = "linux")]
        if let Ok(pid) = i32::try_from(std::process::id()) {
            let process = prometheus::process_collector::ProcessCollector::new(pid, PREFIX);
            metrics.register("tilanne_process", process)?;
        }
        let build =
            metrics.gauge_vec("build_info", "Always 1; the label tells the version.", &["version"])?;
        build.with_label_values(&[version]).set(1);
        Ok(metrics)
    }

    /// The registry itself, for crates that bring their own meters.
    #[must_use]
    pub fn registry(&self) -> &Registry {
        &self.0
    }

    /// A counter; its name ends in `_total`.
    ///
    /// # Errors
    /// [`Error::Metric`], here and below, if the name breaks a rule or exists.
    pub fn counter(&self, name: &str, help: &str) -> Result<IntCounter, Error> {
        let name = full(Kind::Counter, name)?;
        self.keep(&name, IntCounter::new(&name, help))
    }

    /// Counters by label.
    ///
    /// # Errors
    /// As [`Metrics::counter`].
    pub fn counter_vec(&self, name: &str, help: &str, labels: &[&str]) -> Result<IntCounterVec, Error> {
        let name = full(Kind::Counter, name)?;
        self.keep(&name, IntCounterVec::new(Opts::new(&name, help), labels))
    }

    /// A whole number that goes up and down.
    ///
    /// # Errors
    /// As [`Metrics::counter`].
    pub fn gauge(&self, name: &str, help: &str) -> Result<IntGauge, Error> {
        let name = full(Kind::Gauge, name)?;
        self.keep(&name, IntGauge::new(&name, help))
    }

    /// Whole numbers that go up and down, by label.
    ///
    /// # Errors
    /// As [`Metrics::counter`].
    pub fn gauge_vec(&self, name: &str, help: &str, labels: &[&str]) -> Result<IntGaugeVec, Error> {
        let name = full(Kind::Gauge, name)?;
        self.keep(&name, IntGaugeVec::new(Opts::new(&name, help), labels))
    }

    /// A fraction that goes up and down, such as an age in seconds.
    ///
    /// # Errors
    /// As [`Metrics::counter`].
    pub fn fraction(&self, name: &str, help: &str) -> Result<Gauge, Error> {
        let name = full(Kind::Gauge, name)?;
        self.keep(&name, Gauge::new(&name, help))
    }

    /// How often a value fell below each of `buckets`; [`LATENCY_BUCKETS`] for times.
    ///
    /// # Errors
    /// As [`Metrics::counter`].
    pub fn histogram(&self, name: &str, help: &str, buckets: &[f64]) -> Result<Histogram, Error> {
        let name = full(Kind::Histogram, name)?;
        let options = HistogramOpts::new(&name, help).buckets(buckets.to_vec());
        self.keep(&name, Histogram::with_opts(options))
    }

    /// Histograms by label.
    ///
    /// # Errors
    /// As [`Metrics::counter`].
    pub fn histogram_vec(
        &self,
        name: &str,
        help: &str,
        buckets: &[f64],
        labels: &[&str],
    ) -> Result<HistogramVec, Error> {
        let name = full(Kind::Histogram, name)?;
        let options = HistogramOpts::new(&name, help).buckets(buckets.to_vec());
        self.keep(&name, HistogramVec::new(options, labels))
    }

    /// Everything in Prometheus' text format, version 0.0.4.
    ///
    /// # Errors
    /// [`Error::Gather`].
    pub fn text(&self) -> Result<String, Error> {
        TextEncoder::new().encode_to_string(&self.0.gather()).map_err(Error::Gather)
    }

    fn keep<M>(&self, name: &str, made: prometheus::Result<M>) -> Result<M, Error>
    where
        M: Collector + Clone + 'static,
    {
        let metric = made.map_err(|cause| refused(name, cause))?;
        self.register(name, metric.clone())?;
        Ok(metric)
    }

    fn register(&self, name: &str, metric: impl Collector + 'static) -> Result<(), Error> {
        self.0.register(Box::new(metric)).map_err(|cause| refused(name, cause))
    }
}

/// The name with its prefix, if it keeps the rules for its kind.
fn full(kind: Kind, name: &str) -> Result<String, Error> {
    let full = format!("{PREFIX}_{name}");
    let stem = name.strip_suffix("_total").unwrap_or(name);
    let broken = if !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') {
        Some("use lower-case letters, digits and underscores only".to_owned())
    } else if name.starts_with(PREFIX) {
        Some("leave the prefix out; it is added here".to_owned())
    } else if (kind == Kind::Counter) != name.ends_with("_total") {
        Some("the names of counters end in _total, and no others".to_owned())
    } else if let Some((_, base)) = WRONG_UNITS.iter().find(|(unit, _)| stem.ends_with(unit)) {
        Some(format!("use the base unit {base}"))
    } else {
        None
    };
    match broken {
        Some(cause) => Err(Error::Metric { name: full, cause }),
        None => Ok(full),
    }
}

fn refused(name: &str, cause: impl ToString) -> Error {
    Error::Metric { name: name.to_owned(), cause: cause.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_written_out_under_the_prefix() {
        let metrics = Metrics::new("1.2.3").unwrap();
        metrics
            .counter_vec("events_total", "Events.", &["family"])
            .unwrap()
            .with_label_values(&["queue"])
            .inc();
        metrics.histogram("commit_seconds", "Commits.", &LATENCY_BUCKETS).unwrap().observe(0.002);
        let text = metrics.text().unwrap();
        for line in [
            "tilanne_events_total{family=\"queue\"} 1",
            "tilanne_build_info{version=\"1.2.3\"} 1",
            "tilanne_commit_seconds_bucket{le=\"0.0025\"} 1",
        ] {
            assert!(text.contains(line), "{line} is not in:\n{text}");
        }
        #[cfg(target_os = "linux")]
        assert!(text.contains("tilanne_process_resident_memory_bytes "), "{text}");
        let foreign = text.lines().find(|line| !line.starts_with('#') && !line.starts_with("tilanne_"));
        assert_eq!(foreign, None);
    }

    #[test]
    fn names_that_break_the_rules_are_refused_with_the_rule() {
        let metrics = Metrics::new("1").unwrap();
        let said = |made: Result<(), Error>| made.unwrap_err().to_string();
        assert!(said(metrics.counter("events", "x").map(drop)).contains("_total"));
        assert!(said(metrics.gauge("events_total", "x").map(drop)).contains("_total"));
        assert!(said(metrics.fraction("age_ms", "x").map(drop)).contains("_seconds"));
        assert!(said(metrics.counter("spent_minutes_total", "x").map(drop)).contains("_seconds"));
        assert!(said(metrics.gauge("tilanne_x", "x").map(drop)).contains("prefix"));
        assert!(said(metrics.gauge("Stations", "x").map(drop)).contains("lower-case"));
        metrics.gauge("stations", "x").unwrap();
        assert!(said(metrics.gauge("stations", "x").map(drop)).contains("tilanne_stations"));
    }
}
