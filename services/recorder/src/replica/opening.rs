//! A stream that the journals do not go on from yet: the votes in it, and going on from it once it is open.

use std::time::Duration;

use bus::nats;
use bus::nats::intake::StreamState;
use bytes::Bytes;
use proto::fact::{StoredBody, hex};
use proto::intake::Vote;
use proto::subject::Subject;
use situation::fact::Body;
use situation::time::Instant as Moment;
use tokio::time::timeout;

use super::votes::Opening;
use super::{Ended, Replica};
use crate::{Error, new_epoch};

/// How long a vote may take to reach the stream: who waits for longer would fall silent to the others.
const VOTE: Duration = Duration::from_secs(1);

/// What became of this recorder's own vote.
#[derive(Debug, Clone, Copy)]
pub(super) enum OwnVote {
    /// This process has said nothing; one before it may have.
    None,
    /// It is, or may be, in the stream.
    Stands,
    /// It is taken back by the message `at`.
    TakenBack { at: u64 },
}

impl Replica {
    /// Reads the votes in the stream that have not been counted.
    pub(super) async fn count_votes(&mut self, state: &StreamState) -> Result<(), nats::Error> {
        self.votes.of(&state.identity, state.last);
        let subject = Subject::intake_opening(&self.founding.area.id);
        loop {
            let from = self.votes.next().max(state.first);
            // A server that follows its leader may be a moment behind: what it lacks is read the next time.
            let Some(entry) = self.stream.next_on(&subject, from).await? else { return Ok(()) };
            match serde_json::from_slice::<Vote>(&entry.payload) {
                Ok(vote) => {
                    let received = Moment::from_micros(entry.received_us);
                    self.votes.take(vote, entry.sequence, received, self.peers.all());
                }
                Err(_unreadable) => self.votes.looked_to(entry.sequence),
            }
        }
    }

    /// Says that this recorder would go on from where it stands.
    pub(super) async fn vote(&mut self) -> Result<(), Error> {
        let head = self.desk.journal.head();
        let epoch = if head.sequence == 0 { Some(new_epoch()?) } else { None };
        // One that seems lost may have arrived.
        self.own_vote = OwnVote::Stands;
        if self.put_vote(head.sequence, hex(&head.hash), epoch).await.is_some() {
            tracing::info!(sequence = head.sequence, "would go on from the stream as it is");
        }
        Ok(())
    }

    /// Says that it would not any more.
    pub(super) async fn take_back(&mut self) {
        if let Some(at) = self.put_vote(0, String::new(), None).await {
            self.own_vote = OwnVote::TakenBack { at };
            tracing::info!("takes back its vote: another recorder has more");
        }
    }

    /// Whether a vote of this recorder may still be counted that has led to nothing yet.
    pub(super) fn has_voted(&self) -> bool {
        match self.own_vote {
            OwnVote::None => self.votes.said_by(&self.config.name).is_some(),
            OwnVote::Stands => true,
            OwnVote::TakenBack { at } => self.votes.next() <= at,
        }
    }

    async fn put_vote(&self, sequence: u64, head: String, epoch: Option<String>) -> Option<u64> {
        let Ok(Some(state)) = self.stream.state().await else { return None };
        let vote = Vote {
            by: self.config.name.clone(),
            identity: state.identity,
            from: state.first,
            sequence,
            head,
            epoch,
            simulated: self.founding.simulated,
            of: self.peers.all().iter().cloned().collect(),
        };
        let payload = Bytes::from(serde_json::to_vec(&vote).unwrap_or_default());
        let subject = Subject::intake_opening(&self.founding.area.id);
        match timeout(VOTE, self.stream.put(&subject, payload)).await {
            Ok(Ok(at)) => return Some(at),
            Ok(Err(error)) => tracing::warn!(%error, "the vote did not reach the stream: it is tried again"),
            Err(_) => tracing::warn!("the stream has not taken the vote in time: it is tried again"),
        }
        None
    }

    /// Goes on from a stream that a majority has opened: recorded, so that it is known after a restart.
    pub(super) async fn adopt(&mut self, opening: Opening) -> Result<Ended, Error> {
        let identity = self.votes.identity().to_owned();
        let Opening { from, sequence, epoch, simulated, received, .. } = opening;
        let cursor = from.saturating_sub(1);
        let mut bodies = Vec::new();
        if sequence == 0 {
            let Some(epoch) = epoch else {
                tracing::error!("the votes for a log that begins name no epoch: nothing is begun");
                return Ok(Ended::LookAgain);
            };
            if simulated != self.founding.simulated {
                return Err(Error::OtherWorld { simulated });
            }
            self.voice.epoch.clone_from(&epoch);
            let body = Body::LogBegun { epoch: epoch.as_str().into(), simulated };
            bodies.push((body, StoredBody::LogBegun { epoch, simulated }));
        }
        let body = Body::StreamChanged { identity: identity.as_str().into() };
        bodies.push((body, StoredBody::StreamChanged { identity: identity.clone() }));
        let recorded = self.at_desk(move |desk| desk.record_together(bodies, received, cursor)).await;
        match recorded {
            Err(Error::Journal(journal::Error::ReadOnly(why))) => return Ok(Ended::ReadOnly(why)),
            other => other?,
        }
        tracing::info!(stream = identity, sequence, "the intake comes from this stream from here on");
        (self.cursor, self.own_vote) = (cursor, OwnVote::None);
        Ok(Ended::LookAgain)
    }
}
