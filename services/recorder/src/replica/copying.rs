//! What is missing, copied from another recorder's journal and folded, while the others go on hearing of this one.

use std::sync::Arc;
use std::time::Instant as Stopwatch;

use proto::live::Cause;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::catch_up::{self, catch_up};
use super::loan::Loan;
use super::{Ended, Replica};
use crate::Error;
use crate::desk::Desk;
use crate::metrics::gauge;
use crate::standstill::SAY_AGAIN;
use crate::voice::Word;

impl Replica {
    /// Copies what is missing from another recorder and folds it.
    pub(super) async fn copy_from(
        &mut self,
        peer: &str,
        loan: &Loan,
        stop: &CancellationToken,
    ) -> Result<Ended, Error> {
        let from = self.desk.journal.head().sequence;
        // Where the other stands now: what comes after is in the stream.
        let until = self
            .peers
            .alive(Instant::now())
            .find(|word| word.recorder == peer)
            .map_or(0, |word| word.sequence);
        self.checks.intake.failed(format!("catching up from recorder {peer}, at fact {from}"));
        self.takes_nothing(Cause::IntakeStopped);
        self.lends = false;
        loan.lend(false);
        let begun = Stopwatch::now();
        let (journal, area) = (Arc::clone(&self.desk.journal), self.founding.area.id.clone());
        let bus = self.bus.clone();
        let copying = catch_up(&bus, &area, peer, &journal, until);
        tokio::pin!(copying);
        let result = loop {
            tokio::select! {
                result = &mut copying => break result,
                () = sleep(SAY_AGAIN) => {
                    let at = journal.head().sequence;
                    self.checks.intake.failed(format!("catching up from recorder {peer}, at fact {at}"));
                    self.announce(false).await?;
                }
                () = stop.cancelled() => return Ok(Ended::Stopped),
            }
        };
        let facts = self.desk.journal.head().sequence - from;
        self.meters.copied.inc_by(facts);
        tracing::info!(peer, facts, seconds = begun.elapsed().as_secs_f64(), "copied from another recorder");
        self.fold_copied().await?;
        if self.desk.decider.sequence() > 0 {
            self.founding.fits(&self.desk)?;
            self.voice.epoch = self.desk.decider.epoch().map_or_else(String::new, ToString::to_string);
        }
        self.cursor = self.desk.journal.cursor();
        self.meters.sequence.set(gauge(self.desk.decider.sequence()));
        self.lends = true;
        loan.lend(true);
        match result {
            Ok(()) => Ok(Ended::LookAgain),
            Err(catch_up::Error::Peer { peer, why }) => {
                tracing::warn!(peer, why, "copying from another recorder ended early: it is tried again");
                self.pause(stop).await
            }
            Err(differs @ catch_up::Error::Differs { .. }) => {
                tracing::error!(peer, "nothing is copied from there: {differs}");
                if self.peers.differs(peer) {
                    return Ok(Ended::Disagrees(differs.to_string()));
                }
                self.pause(stop).await
            }
            Err(catch_up::Error::Journal(journal::Error::ReadOnly(why))) => Ok(Ended::ReadOnly(why)),
            Err(catch_up::Error::Journal(error)) => Err(error.into()),
            Err(catch_up::Error::CutOff(error)) => Err(error.into()),
        }
    }

    /// Folds what was copied: of a journal of years that takes its time.
    async fn fold_copied(&mut self) -> Result<(), Error> {
        let (voice, journal) = (self.voice.clone(), Arc::clone(&self.desk.journal));
        let folding = Desk::aside(&mut self.desk, Desk::fold_up);
        tokio::pin!(folding);
        loop {
            tokio::select! {
                folded = &mut folding => return folded,
                () = sleep(SAY_AGAIN) => {
                    let word = Word { lends: false, stream: None, degraded: Some(Cause::IntakeStopped) };
                    voice.say(journal.head(), word).await?;
                }
            }
        }
    }
}
