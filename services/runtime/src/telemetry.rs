//! Logging, and panics that nobody would see otherwise.

use std::io::IsTerminal;
use std::panic::PanicHookInfo;

use prometheus::IntCounter;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::ParseError;
use tracing_subscriber::util::SubscriberInitExt;

use crate::Error;
use crate::config::{Log, LogFormat};

/// The NATS client tells again, some of it every second, what the bus tells once and with what to do about it.
const TOLD_BY_THE_BUS: &str = "async_nats";

/// Starts logging to standard error, once a process. From then on a panic in any task is logged as an error
/// with its place and counted in `panics`, whoever catches it.
///
/// # Errors
/// [`Error::Telemetry`] if `log.filter` does not parse or logging was started before.
pub fn start(log: &Log, panics: IntCounter) -> Result<(), Error> {
    let filter = filter(&log.filter)?;
    // Standard output belongs to what a command prints; logs never mix with it.
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let started = match log.format {
        LogFormat::Human => builder.with_ansi(std::io::stderr().is_terminal()).finish().try_init(),
        LogFormat::Json => builder.json().flatten_event(true).finish().try_init(),
    };
    started.map_err(|cause| Error::Telemetry { cause: cause.to_string() })?;
    std::panic::set_hook(Box::new(move |panic| {
        panics.inc();
        report(panic);
    }));
    Ok(())
}

/// What is logged. A filter that names the NATS client hears it too.
fn filter(directives: &str) -> Result<EnvFilter, Error> {
    let wrong =
        |cause: ParseError| Error::Telemetry { cause: format!("`log.filter` is not a filter: {cause}") };
    let filter = EnvFilter::try_new(directives).map_err(wrong)?;
    if directives.contains(TOLD_BY_THE_BUS) {
        return Ok(filter);
    }
    Ok(filter.add_directive(format!("{TOLD_BY_THE_BUS}=off").parse().map_err(wrong)?))
}

fn report(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string).unwrap_or_default();
    let thread = std::thread::current().name().unwrap_or("unnamed").to_owned();
    let payload = panic.payload();
    let formatted = payload.downcast_ref::<String>().map(String::as_str);
    let message = formatted.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("no message");
    tracing::error!(place, thread, message, "a task panicked; please report this");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nats_client_is_heard_by_those_who_name_it() {
        for (asked, heard) in [("info", false), ("debug,bus=trace", false), ("info,async_nats=debug", true)] {
            let filter = filter(asked).unwrap().to_string();
            assert_eq!(!filter.contains("async_nats=off"), heard, "{asked}: {filter}");
        }
    }

    /// One test, since a process has one subscriber and one panic hook.
    #[tokio::test]
    async fn logging_starts_once_refuses_a_bad_filter_and_counts_panics() {
        let panics = IntCounter::new("panics_total", "Panics.").unwrap();
        let mut log = Log { filter: "info,=nonsense=".into(), format: LogFormat::Json };
        let error = start(&log, panics.clone()).unwrap_err().to_string();
        assert!(error.contains("`log.filter`"), "{error}");
        log.filter = "off".into();
        start(&log, panics.clone()).unwrap();
        assert!(start(&log, panics.clone()).is_err());
        assert!(tokio::spawn(async { panic!("on purpose") }).await.is_err());
        assert_eq!(panics.get(), 1);
    }
}
