//! One look after the other at where everybody stands, until something can be followed.

use bus::nats;
use bus::nats::intake::StreamState;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::level::{self, Mine, Step};
use super::loan::Loan;
use super::{Ended, Replica, peers};
use crate::{Error, standstill};

impl Replica {
    /// One look at where everybody stands, and what follows from it.
    pub(super) async fn look_and_go_on(
        &mut self,
        loan: &Loan,
        stop: &CancellationToken,
    ) -> Result<Ended, Error> {
        self.hear_all();
        let intruder = self.peers.intruder(Instant::now()).map(ToString::to_string);
        if let Some(why) = intruder {
            self.stands_still(&why);
            return self.pause(stop).await;
        }
        if self.still_listens() {
            return self.pause(stop).await;
        }
        // Asked for after the words were heard: nobody has read beyond what it says.
        let state = match self.asked_state().await? {
            Ok(state) => state,
            Err(error) => {
                self.stands_still(&format!("the intake stream can't be looked at: {error}"));
                return self.pause(stop).await;
            }
        };
        if let Some(state) = &state
            && let Err(error) = self.count_votes(state).await
        {
            self.stands_still(&format!("the recorders' votes can't be read: {error}"));
            return self.pause(stop).await;
        }
        let known = self.desk.decider.stream();
        let mine = Mine {
            head: self.desk.journal.head(),
            stream: known,
            cursor: self.cursor,
            beyond_hole: self.hole.as_ref().and_then(|hole| hole.beyond(&self.votes)),
            has_voted: self.has_voted(),
        };
        match level::next(&mine, state.as_ref(), &self.votes, &self.peers, Instant::now()) {
            Step::Follow { from } => self.follow(from, loan, stop).await,
            Step::Adopt(opening) => self.adopt(opening).await,
            Step::CatchUp { peer } => self.copy_from(&peer, loan, stop).await,
            Step::Vote => {
                self.vote().await?;
                self.pause(stop).await
            }
            Step::TakeBack => {
                self.take_back().await;
                self.pause(stop).await
            }
            Step::Wait(wait) => {
                self.stands_still(&wait.to_string());
                self.pause(stop).await
            }
            Step::Disagree(why) => Ok(Ended::Disagrees(why)),
        }
    }

    /// Whether what the others know is still to be heard: one of them may have read further than the stream goes now.
    fn still_listens(&mut self) -> bool {
        let Some(since) = self.listens_since else { return false };
        let heard = self.peers.alive(Instant::now()).count() + 1;
        if heard >= self.peers.majority() || since.elapsed() >= peers::SILENT {
            self.listens_since = None;
        }
        self.listens_since.is_some()
    }

    /// Asks how the stream stands. A stream without a leader takes its time to say so: meanwhile the others hear of this
    /// one as usual, or they would take it for dead.
    async fn asked_state(&self) -> Result<Result<Option<StreamState>, nats::Error>, Error> {
        let asked = self.stream.state();
        tokio::pin!(asked);
        loop {
            tokio::select! {
                state = &mut asked => return Ok(state),
                () = sleep(standstill::SAY_AGAIN) => self.announce(false).await?,
            }
        }
    }
}
