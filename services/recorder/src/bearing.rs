//! How the journal fares, as metrics: what it does beside the appends fails without anybody asking for it.

use std::sync::Arc;
use std::time::Duration;

use journal::{Bearing, Journal};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::Meters;
use crate::metrics::gauge;

/// How often the journal is asked: well within the interval at which metrics are usually fetched.
const ASK_EVERY: Duration = Duration::from_secs(1);

/// Shows how the journal fares until told to stop.
pub(crate) async fn watch(journal: Arc<dyn Journal>, meters: Meters, stop: CancellationToken) {
    let mut again = interval(ASK_EVERY);
    again.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = again.tick() => show(&journal.bearing(), &meters),
        }
    }
}

fn show(bearing: &Bearing, meters: &Meters) {
    meters.unbound.set(gauge(bearing.unbound_bytes));
    meters.binding_failing.set(i64::from(bearing.binding_fails.is_some()));
    let more = bearing.binding_failures.saturating_sub(meters.binding_failures.get());
    meters.binding_failures.inc_by(more);
}

#[cfg(test)]
mod tests {
    use runtime::metrics::Metrics;

    use super::*;

    #[test]
    fn binding_that_fails_shows_until_it_succeeds() {
        let metrics = Metrics::new("0").unwrap();
        let meters = Meters::new(&metrics).unwrap();
        let told = |lines: [&str; 3]| {
            let page = metrics.text().unwrap();
            for line in lines {
                assert!(page.lines().any(|there| there == line), "{line} in {page}");
            }
        };
        let failing = Bearing {
            unbound_bytes: 4_096,
            binding_fails: Some("no such directory".to_owned()),
            binding_failures: 2,
            ..Bearing::default()
        };
        show(&failing, &meters);
        show(&failing, &meters);
        told([
            "tilanne_journal_unbound_bytes 4096",
            "tilanne_journal_binding_failing 1",
            "tilanne_journal_binding_failures_total 2",
        ]);
        show(&Bearing { binding_failures: 2, ..Bearing::default() }, &meters);
        told([
            "tilanne_journal_unbound_bytes 0",
            "tilanne_journal_binding_failing 0",
            "tilanne_journal_binding_failures_total 2",
        ]);
    }
}
