//! Whether receipts come at all: a source that hands events in and hears nothing looks as well as one with nothing to say.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use runtime::health::Check;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

/// Without a receipt for so long, although events are handed in, a source is not ready: longer than servers and recorders
/// take to choose another leader or to start anew.
const DEAF_AFTER: Duration = Duration::from_secs(30);

/// Whom nobody gives anything to hand in finds out nothing: so long after the last one it is ready for the next.
const TRY_AGAIN: Duration = Duration::from_secs(60);

/// How often it is looked at.
const LOOK: Duration = Duration::from_secs(1);

/// When receipts came and did not come; shared by all who hand in.
#[derive(Debug, Clone, Default)]
pub struct Receiving {
    heard: Arc<Mutex<Heard>>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Heard {
    /// Since when no event got a receipt.
    deaf_since: Option<Instant>,
    /// When an event went without last.
    last_unanswered: Option<Instant>,
    unanswered: u64,
    receipts: u64,
}

/// What can be said of receipts.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Word {
    /// They come, or nothing was handed in lately.
    Fine(String),
    /// None comes.
    Deaf(String),
}

impl Receiving {
    /// An event got its receipt.
    pub(crate) fn received(&self) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        *heard = Heard { receipts: heard.receipts.saturating_add(1), ..Heard::default() };
    }

    /// An event got none in time.
    pub(crate) fn unanswered(&self) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        heard.deaf_since.get_or_insert(now);
        heard.last_unanswered = Some(now);
        heard.unanswered = heard.unanswered.saturating_add(1);
    }

    fn word(&self, now: Instant) -> Word {
        let heard = *self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let Heard { deaf_since, last_unanswered, unanswered, receipts } = heard;
        let spell = deaf_since.zip(last_unanswered);
        // Of one event alone nobody can tell.
        let is_deaf = spell.is_some_and(|(since, last)| last.duration_since(since) >= DEAF_AFTER);
        let is_tried = last_unanswered.is_some_and(|last| now.duration_since(last) < TRY_AGAIN);
        if is_deaf && is_tried {
            let ever = if receipts == 0 { "none has ever come here" } else { "they came before" };
            return Word::Deaf(format!(
                "no receipt in {unanswered} tries, and {ever}: look whether recorders run (`/readyz` of each), whether \
                 nats.name, nats.receipts and recorder.all are as theirs, and whether this user may publish this family and read \
                 its receipts"
            ));
        }
        Word::Fine(match deaf_since {
            Some(_) => format!("{unanswered} tries without a receipt: waiting for the next event"),
            None => format!("{receipts} came"),
        })
    }

    /// Says by a check how it is, until told to stop; in the log when that changes.
    pub async fn tell(self, check: Check, stop: CancellationToken) {
        let mut was_deaf = false;
        loop {
            match self.word(Instant::now()) {
                Word::Fine(text) => {
                    if was_deaf {
                        tracing::info!("receipts: {text}");
                    }
                    was_deaf = false;
                    check.ok(text);
                }
                Word::Deaf(text) => {
                    if !was_deaf {
                        tracing::warn!("{text}");
                    }
                    was_deaf = true;
                    check.failed(text);
                }
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = sleep(LOOK) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_deaf(receiving: &Receiving) -> bool {
        matches!(receiving.word(Instant::now()), Word::Deaf(_))
    }

    async fn unanswered_for(receiving: &Receiving, seconds: u64) {
        for _ in 0..seconds {
            receiving.unanswered();
            tokio::time::advance(Duration::from_secs(1)).await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_hands_in_and_hears_nothing_is_not_ready_until_a_receipt_comes() {
        let receiving = Receiving::default();
        assert!(!is_deaf(&receiving), "with nothing to say there is nothing to hear");
        unanswered_for(&receiving, 29).await;
        assert!(!is_deaf(&receiving), "another leader may be being chosen");
        unanswered_for(&receiving, 2).await;
        assert!(is_deaf(&receiving));
        receiving.received();
        assert!(!is_deaf(&receiving));
        unanswered_for(&receiving, 31).await;
        assert!(is_deaf(&receiving), "one receipt is no promise of the next");
    }

    #[tokio::test(start_paused = true)]
    async fn whom_nobody_gives_anything_any_more_is_tried_again() {
        let receiving = Receiving::default();
        unanswered_for(&receiving, 40).await;
        assert!(is_deaf(&receiving));
        tokio::time::advance(TRY_AGAIN).await;
        assert!(!is_deaf(&receiving));
    }
}
