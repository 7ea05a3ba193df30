//! How a projector comes to be abreast of the recorders: from a snapshot, then from the journal.

use std::time::{Duration, Instant as Stopwatch};

use bus::Subscription;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{ASK_AGAIN, Projector};
use crate::rooms::lock;
use crate::{Error, roster, snapshot};

/// Every recorder that is there is heard within this time: each speaks once a second.
const ALL_HEARD: Duration = Duration::from_millis(1_500);

impl Projector {
    /// Puts the newest snapshot in place that the journal agrees to. Answers with the facts in it.
    pub(super) async fn take_out(
        &mut self,
        recorded: &mut Subscription,
        stop: &CancellationToken,
    ) -> Result<u64, Error> {
        let Some((shelf, loading)) = self.keeper.shelf().cloned().zip(self.loading.take()) else {
            return Ok(0);
        };
        let mut found = loading.await?;
        let (mut heard, mut since) = (None, self.begun);
        while let Some(newest_found) = &found {
            self.hear_waiting(recorded);
            let newest = roster::lock(&self.roster).newest(Instant::now());
            if newest.is_some() && heard.is_none() {
                since = Stopwatch::now();
            }
            heard = newest;
            // One that is behind cannot tell whether the snapshot is right: another may come that can.
            if newest < Some(newest_found.sequence()) && since.elapsed() < ALL_HEARD {
                if stop.run_until_cancelled(tokio::time::sleep(ASK_AGAIN)).await.is_none() {
                    return Ok(0);
                }
                continue;
            }
            let settled = tokio::select! {
                biased;
                () = stop.cancelled() => return Ok(0),
                settled = snapshot::settle(&shelf, &self.reader, (&self.rooms, &self.files), found) => settled,
            };
            match settled {
                Ok(spared) => return Ok(spared),
                Err((error, rest)) if error.is_passing() => {
                    self.check.starting(format!("waiting for a recorder: {error}"));
                    found = rest;
                    tokio::time::sleep(ASK_AGAIN).await;
                }
                Err((error, _)) => return Err(error),
            }
        }
        Ok(0)
    }

    /// Folds until it has all that a recorder announced. False if it was told to stop before.
    pub(super) async fn catch_up(
        &mut self,
        recorded: &mut Subscription,
        stop: &CancellationToken,
    ) -> Result<bool, Error> {
        let mut reading = self.read(Duration::ZERO);
        loop {
            self.keep();
            tokio::select! {
                biased;
                () = stop.cancelled() => return Ok(false),
                word = recorded.next() => {
                    let Some(word) = word else { return Ok(false) };
                    self.hear_all(word, recorded);
                    if self.is_abreast() {
                        return Ok(true);
                    }
                }
                page = &mut reading => {
                    let more = self.take(page).await?;
                    if more.is_none() && self.is_abreast() {
                        return Ok(true);
                    }
                    self.say_starting();
                    reading = self.read(more.unwrap_or(ASK_AGAIN));
                }
            }
        }
    }

    fn hear_waiting(&self, recorded: &mut Subscription) {
        if let Some(word) = recorded.try_next() {
            self.hear_all(word, recorded);
        }
    }

    /// Whether everything is folded that the recorders which are heard say they have, and there is something to
    /// draw: a log that has not begun has no boards.
    fn is_abreast(&self) -> bool {
        let newest = roster::lock(&self.roster).newest(Instant::now());
        let begun = lock(&self.rooms).gallery.boards().area().is_some();
        self.reachable && begun && newest.is_some_and(|newest| newest <= self.sequence())
    }

    fn say_starting(&self) {
        let now = Instant::now();
        let (newest, differ) = {
            let roster = roster::lock(&self.roster);
            (roster.newest(now), roster.all_differ(now))
        };
        self.check.starting(match newest {
            _ if differ => Error::AllDiffer.to_string(),
            Some(0) => "waiting for the log to begin: nothing is recorded yet".to_owned(),
            Some(newest) => format!("folding the journal: fact {} of {newest}", self.sequence()),
            None => "waiting for a recorder: none is heard".to_owned(),
        });
    }
}
