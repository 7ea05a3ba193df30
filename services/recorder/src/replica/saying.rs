//! What this recorder says of itself, and hears the others say.

use std::time::Duration;

use bus::Delivery;
use proto::live::{Cause, Recorded, StreamStand};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::{Ended, Replica};
use crate::Error;
use crate::metrics::gauge;
use crate::voice::Word;

/// How often it is looked again whether what is waited for has come.
const LOOK_AGAIN: Duration = Duration::from_millis(300);

impl Replica {
    /// Says why nothing is taken in; aloud when it is news.
    pub(super) fn stands_still(&mut self, why: &str) {
        self.checks.intake.failed(why);
        if self.said != why {
            tracing::warn!("nothing is taken in: {why}");
            self.said = why.to_owned();
        }
        self.takes_nothing(Cause::IntakeStopped);
    }

    /// From now on nothing is taken in, for a reason that is told.
    pub(super) fn takes_nothing(&mut self, cause: Cause) {
        self.stopped = Some(cause);
        self.meters.follows.set(0);
        self.meters.receipts.set(0);
        self.company.rest(&self.checks.receipts);
    }

    /// Says where it stands, and waits a moment, or until told to stop.
    pub(super) async fn pause(&mut self, stop: &CancellationToken) -> Result<Ended, Error> {
        self.announce(false).await?;
        tokio::select! {
            () = stop.cancelled() => return Ok(Ended::Stopped),
            () = sleep(LOOK_AGAIN) => {}
        }
        Ok(Ended::LookAgain)
    }

    pub(super) fn hear_all(&mut self) {
        while let Some(delivery) = self.words.try_next() {
            self.hear(&delivery);
        }
    }

    pub(super) fn hear(&mut self, delivery: &Delivery) -> bool {
        let Delivery::Message(message) = delivery else { return false };
        let Ok(word) = serde_json::from_slice::<Recorded>(&message.payload) else { return false };
        self.peers.hear(word, Instant::now())
    }

    /// Counts who takes what comes in beside this one.
    pub(super) fn count_company(&mut self) {
        let now = Instant::now();
        let there = self.peers.followers(&self.identity, now).count() + 1;
        let enough = self.company.count(there, &self.checks.receipts, now);
        self.meters.receipts.set(i64::from(enough));
    }

    /// Says where it stands.
    pub(super) async fn announce(&self, follows: bool) -> Result<(), Error> {
        let stream = self.desk.decider.stream().map(|stream| StreamStand {
            identity: stream.identity.to_string(),
            cursor: self.cursor,
            kept: self.desk.journal.cursor(),
            follows,
        });
        let head = self.desk.journal.head();
        self.meters.sequence.set(gauge(head.sequence));
        let degraded = self.stopped.or_else(|| self.company.cause(Instant::now()));
        Ok(self.voice.say(head, Word { lends: self.lends, stream, degraded }).await?)
    }
}
