//! What is left to do for a recorder that takes nothing any more: to say why.

use proto::live::Cause;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::Replica;
use super::loan::Loan;
use crate::{Error, standstill};

impl Replica {
    /// Records nothing more and says why, until told to stop: what is in the journal can be read as before.
    pub(super) async fn hold_read_only(
        &mut self,
        why: journal::ReadOnly,
        loan: &Loan,
        stop: &CancellationToken,
    ) -> Result<(), Error> {
        let cause = standstill::said_aloud(&why, &self.checks.journal, &self.meters);
        self.checks.intake.failed("nothing is taken in: the journal can only be read");
        self.takes_nothing(cause);
        loan.lend(true);
        self.keep_saying(stop).await
    }

    /// Takes nothing, lends nothing and says why, until told to stop.
    pub(super) async fn hold_apart(
        &mut self,
        why: &str,
        loan: &Loan,
        stop: &CancellationToken,
    ) -> Result<(), Error> {
        tracing::error!(
            "this recorder's journal holds other facts than the others': {why}. Nothing is taken in or shown from it: \
             keep its data directory, and start it on an empty one, which it fills from the others"
        );
        self.checks.journal.failed(format!(
            "holds other facts than the other recorders' ({why}): keep the data directory and start on an empty one"
        ));
        self.checks.intake.failed("nothing is taken in: this recorder disagrees with the others");
        self.meters.disagrees.set(1);
        self.takes_nothing(Cause::IntakeStopped);
        self.lends = false;
        loan.lend(false);
        self.keep_saying(stop).await
    }

    async fn keep_saying(&mut self, stop: &CancellationToken) -> Result<(), Error> {
        loop {
            self.announce(false).await?;
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = sleep(standstill::SAY_AGAIN) => self.hear_all(),
            }
        }
    }
}
