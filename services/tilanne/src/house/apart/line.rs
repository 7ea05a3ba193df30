//! The line to the NATS servers: waited for at the start, watched ever after.

use std::collections::BTreeSet;
use std::time::Duration;

use runtime::health::Check;
use tokio::sync::watch;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use bus::nats::Error;

/// How often it is tried to connect: soon after a server is there, and no noise while it is not.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// Reasons that are logged: several servers may each have one of their own, and more of them say nothing new.
const REASONS: usize = 16;

/// Tries until there is an answer; `None` if told to stop before. Each reason is logged once.
pub(super) async fn connected<T, F>(
    check: &Check,
    stop: &CancellationToken,
    mut connect: impl FnMut() -> F,
) -> Option<T>
where
    F: Future<Output = Result<T, Error>>,
{
    let mut said = BTreeSet::new();
    loop {
        let tried = tokio::select! {
            tried = connect() => tried,
            () = stop.cancelled() => return None,
        };
        match tried {
            Ok(line) => {
                check.ok("connected");
                return Some(line);
            }
            Err(error) => {
                let sentence = error.to_string();
                check.failed(sentence.as_str());
                if said.len() < REASONS && said.insert(sentence.clone()) {
                    tracing::error!("{sentence}; trying again until it is so");
                }
            }
        }
        tokio::select! {
            () = sleep(TRY_AGAIN) => {}
            () = stop.cancelled() => return None,
        }
    }
}

/// Says by the check whether there is a connection, until told to stop.
pub(super) async fn watched(mut connected: watch::Receiver<bool>, check: Check, stop: CancellationToken) {
    loop {
        let up = *connected.borrow_and_update();
        if up {
            check.ok("connected")
        } else {
            check.failed("the connection to the NATS servers is broken")
        }
        tokio::select! {
            changed = connected.changed() => if changed.is_err() { return },
            () = stop.cancelled() => return,
        }
    }
}
