//! Where a group of intakes is decided and written: all blocking work in one place.

use std::ops::ControlFlow;
use std::sync::Arc;

use bytes::Bytes;
use journal::{Decision as Group, Journal};
use proto::block::Block;
use proto::event::Decoded;
use proto::fact::{StoredBody, StoredFact};
use proto::receipt::{Position, Receipt, Status};
use runtime::snapshots::Shelf;
use situation::decide::{Decider, Decision, Intake};
use situation::fact::{Body, Fact};
use situation::time::Instant;

use crate::{Error, snapshot};

/// The decider, and the journal that it alone writes.
pub(crate) struct Desk {
    pub decider: Decider,
    pub journal: Arc<dyn Journal>,
}

/// What comes in by the recorder's own hand: the log's beginning, the area, the clock.
pub(crate) struct Own {
    pub intake: Intake,
    pub body: StoredBody,
}

/// A group's receipts in the order of its intakes, and how many facts it made.
pub(crate) struct Outcome {
    pub receipts: Vec<Receipt>,
    pub facts: usize,
}

impl Desk {
    /// Folds the journal, from a snapshot on where there is one: the state that the next decision rests on.
    /// Answers with the facts that came from the snapshot, too.
    pub fn open(journal: Arc<dyn Journal>, shelf: Option<&Shelf>) -> Result<(Self, u64), Error> {
        let mut decider =
            shelf.and_then(|shelf| snapshot::newest(journal.as_ref(), shelf)).unwrap_or_default();
        let from_snapshot = decider.sequence();
        let mut folded = Ok(());
        journal::scan(
            journal.as_ref(),
            from_snapshot,
            |block| facts(block, from_snapshot),
            |facts| {
                folded = facts.and_then(|facts| fold(&mut decider, &facts));
                if folded.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            },
        )?;
        folded?;
        let head = journal.head().sequence;
        if decider.sequence() != head {
            return Err(Error::Gap { after: decider.sequence(), got: head });
        }
        Ok((Self { decider, journal }, from_snapshot))
    }

    /// Records something of the recorder's own, unless it is recorded or past already.
    pub fn record_own(&mut self, own: Own, now: Instant) -> Result<bool, Error> {
        let received = self.decider.stamp(now);
        let Decision::Record(body) = self.decider.decide(own.intake, received) else { return Ok(false) };
        let mut group = Vec::new();
        self.evolve(body, own.body, received, &mut group)?;
        self.journal.append(&group)?;
        Ok(true)
    }

    /// Decides a group of events in order and makes what is recorded of them durable.
    pub fn commit(&mut self, intakes: &[Bytes], now: Instant) -> Result<Outcome, Error> {
        let received = self.decider.stamp(now);
        let mut group = Vec::with_capacity(intakes.len());
        let mut receipts = Vec::with_capacity(intakes.len());
        for json in intakes {
            receipts.push(self.decide(json, received, &mut group)?);
        }
        if !group.is_empty() {
            self.journal.append(&group)?;
        }
        Ok(Outcome { receipts, facts: group.len() })
    }

    fn decide(&mut self, json: &[u8], received: Instant, group: &mut Vec<Group>) -> Result<Receipt, Error> {
        let Decoded { stored, event, expected } = match proto::event::decode(json) {
            Ok(decoded) => decoded,
            Err(unreadable) => {
                return Ok(Receipt {
                    id: unreadable.id,
                    source: unreadable.source,
                    status: Status::Rejected,
                    position: None,
                    reason: Some(unreadable.reason),
                });
            }
        };
        let (id, source) = (stored.id.clone(), stored.source.clone());
        let event = Box::new(event);
        let intake = match expected {
            Some(version) => Intake::Expecting(event, version),
            None => Intake::Event(event),
        };
        let (status, sequence, reason) = match self.decider.decide(intake, received) {
            Decision::Record(body) => {
                let sequence = self.evolve(body, StoredBody::Event(stored), received, group)?;
                (Status::Recorded, Some(sequence), None)
            }
            Decision::Known(sequence) => (Status::Duplicate, Some(sequence), None),
            Decision::Refuse(refusal) => (Status::Rejected, None, Some(refusal.to_string())),
            // Only the clock and the area can have nothing to say.
            Decision::Nothing => (Status::Rejected, None, Some("nothing to record".to_owned())),
        };
        let epoch = self.decider.epoch().map_or_else(String::new, ToString::to_string);
        let position = sequence.map(|sequence| Position { epoch, sequence });
        Ok(Receipt { id: Some(id), source: Some(source), status, position, reason })
    }

    /// The next fact: into the state, and into the group that is to be written. The state runs ahead
    /// of the disk until the group is appended; should that fail, the process ends.
    fn evolve(
        &mut self,
        body: Body,
        stored: StoredBody,
        received: Instant,
        group: &mut Vec<Group>,
    ) -> Result<u64, Error> {
        let sequence = self.decider.sequence() + 1;
        let stored = StoredFact { sequence, received: received.into(), body: stored };
        let record = Bytes::from(stored.to_bytes()?);
        self.decider.evolve(&Fact { sequence, received, body });
        group.push(Group { records: vec![record], cursor: 0 });
        Ok(sequence)
    }
}

/// A block's facts after a sequence.
fn facts(block: &Block, after: u64) -> Result<Vec<Fact>, Error> {
    block
        .records_from(after + 1)
        .map(|(_, record)| Ok(StoredFact::from_bytes(record)?.into_fact()?))
        .collect()
}

fn fold(decider: &mut Decider, facts: &[Fact]) -> Result<(), Error> {
    for fact in facts {
        if fact.sequence != decider.sequence() + 1 {
            // A state that lacks facts would decide wrongly, and for ever once it is put away.
            return Err(Error::Gap { after: decider.sequence(), got: fact.sequence });
        }
        decider.evolve(fact);
    }
    Ok(())
}
