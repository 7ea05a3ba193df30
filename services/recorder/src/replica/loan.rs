//! Who may read this recorder's journal: the other recorders always, at its own address; those who draw boards, at the
//! shared one, only while it is not far behind and agrees with the others.

use std::sync::Arc;

use bus::Bus;
use journal::Journal;
use proto::subject::{Filter, Subject};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::{Error, library};

/// The say over whether the journal is lent at the shared address.
pub(crate) struct Loan(watch::Sender<bool>);

impl Loan {
    /// Begins to lend, everywhere.
    pub async fn begin(
        bus: &Bus,
        area: &str,
        recorder: &str,
        journal: Arc<dyn Journal>,
        stop: &CancellationToken,
    ) -> Result<Self, Error> {
        let own = bus.subscribe(&Filter::exactly(&Subject::journal_of(area, recorder))).await?;
        tokio::spawn(library::lend(own, Arc::clone(&journal), stop.clone()));
        let (say, lends) = watch::channel(true);
        let shared = Filter::exactly(&Subject::journal_read(area));
        tokio::spawn(lend_while(bus.clone(), shared, journal, lends, stop.clone()));
        Ok(Self(say))
    }

    /// Lends at the shared address, or does not.
    pub fn lend(&self, lends: bool) {
        self.0.send_if_modified(|before| std::mem::replace(before, lends) != lends);
    }
}

/// Answers there only while it may: a subscription that only refused would still be asked.
async fn lend_while(
    bus: Bus,
    shared: Filter,
    journal: Arc<dyn Journal>,
    mut lends: watch::Receiver<bool>,
    stop: CancellationToken,
) {
    while !stop.is_cancelled() {
        if lends.wait_for(|lends| *lends).await.is_err() {
            return;
        }
        let Ok(questions) = bus.subscribe(&shared).await else { return };
        let ended = stop.child_token();
        let lending = library::lend(questions, Arc::clone(&journal), ended.clone());
        tokio::select! {
            () = lending => return,
            changed = lends.wait_for(|lends| !*lends) => if changed.is_err() { return },
        }
        ended.cancel();
    }
}
