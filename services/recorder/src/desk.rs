//! Where a group of intakes is decided and written: all blocking work in one place.

use std::ops::ControlFlow;
use std::sync::Arc;

use bytes::Bytes;
use journal::{Decision as Group, Journal};
use proto::block::Block;
use proto::event::{Decoded, StoredEvent, family_of, kind_of, may_come_as};
use proto::fact::{StoredBody, StoredFact};
use proto::receipt::{Position, Receipt, Status};
use proto::subject::Family;
use runtime::snapshots::Shelf;
use situation::decide::{Decider, Decision, Intake, Refusal};
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

/// One thing that comes in.
pub(crate) struct Incoming {
    pub what: What,
    /// When it was received.
    pub received: Instant,
    /// Where in the intake's stream it stands; 0 where there is none.
    pub cursor: u64,
}

pub(crate) enum What {
    /// An event, and the family under whose name it was handed in.
    Event { json: Bytes, family: Option<Family> },
    /// Something of the recorders' own.
    Own(Box<Own>),
    /// What this program does not understand. It keeps its place and changes nothing.
    Unknown,
}

/// A group's receipts in the order of its intakes, `None` for what was no event or can't be judged yet, and how many facts it made.
pub(crate) struct Outcome {
    pub receipts: Vec<Option<Receipt>>,
    pub facts: usize,
}

impl Desk {
    /// Folds the journal, from a snapshot on where there is one: the state that the next decision rests on.
    /// Answers with the facts that came from the snapshot, too.
    pub fn open(journal: Arc<dyn Journal>, shelf: Option<&Shelf>) -> Result<(Self, u64), Error> {
        let decider = shelf.and_then(|shelf| snapshot::newest(journal.as_ref(), shelf)).unwrap_or_default();
        let from_snapshot = decider.sequence();
        let mut desk = Self { decider, journal };
        desk.fold_up()?;
        Ok((desk, from_snapshot))
    }

    /// Folds what the journal holds beyond the state.
    pub fn fold_up(&mut self) -> Result<(), Error> {
        let Self { decider, journal } = self;
        let from = decider.sequence();
        let mut folded = Ok(());
        journal::scan(
            journal.as_ref(),
            from,
            |block| facts(block, from),
            |facts| {
                folded = facts.and_then(|facts| fold(decider, &facts));
                if folded.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            },
        )?;
        folded?;
        let head = journal.head().sequence;
        if decider.sequence() != head {
            return Err(Error::Gap { after: decider.sequence(), got: head });
        }
        Ok(())
    }

    /// Runs work that waits for the disk where waiting is allowed.
    pub async fn aside<T: Send + 'static>(
        this: &mut Self,
        work: impl FnOnce(&mut Self) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let journal = Arc::clone(&this.journal);
        let mut desk = std::mem::replace(this, Self { decider: Decider::default(), journal });
        let (desk, result) = tokio::task::spawn_blocking(move || {
            let result = work(&mut desk);
            (desk, result)
        })
        .await?;
        *this = desk;
        result
    }

    /// Records something of the recorder's own, unless it is recorded or past already.
    pub fn record_own(&mut self, own: Own, now: Instant) -> Result<bool, Error> {
        let own = Incoming { what: What::Own(Box::new(own)), received: now, cursor: 0 };
        Ok(self.commit(vec![own])?.facts > 0)
    }

    /// Makes facts durable that stand or fall together, without asking the rules: how a log goes on from a stream.
    pub fn record_together(
        &mut self,
        bodies: Vec<(Body, StoredBody)>,
        received: Instant,
        cursor: u64,
    ) -> Result<(), Error> {
        let received = self.decider.stamp(received);
        let mut group = Vec::new();
        for (body, stored) in bodies {
            self.evolve(body, stored, (received, cursor), &mut group)?;
        }
        let records = group.into_iter().flat_map(|decision| decision.records).collect();
        self.journal.append(&[Group { records, cursor }])?;
        Ok(())
    }

    /// Decides a group in order and makes what is recorded of it durable.
    pub fn commit(&mut self, incoming: Vec<Incoming>) -> Result<Outcome, Error> {
        let mut group = Vec::with_capacity(incoming.len());
        let mut receipts = Vec::with_capacity(incoming.len());
        for Incoming { what, received, cursor } in incoming {
            let at = (self.decider.stamp(received), cursor);
            receipts.push(match what {
                What::Event { json, family } => self.decide(&json, family, at, &mut group)?,
                What::Own(own) => {
                    if let Decision::Record(body) = self.decider.decide(own.intake, at.0) {
                        self.evolve(body, own.body, at, &mut group)?;
                    }
                    None
                }
                What::Unknown => None,
            });
        }
        if !group.is_empty() {
            self.journal.append(&group)?;
        }
        Ok(Outcome { receipts, facts: group.len() })
    }

    fn decide(
        &mut self,
        json: &[u8],
        family: Option<Family>,
        at: (Instant, u64),
        group: &mut Vec<Group>,
    ) -> Result<Option<Receipt>, Error> {
        let Decoded { stored, event, expected } = match proto::event::decode(json) {
            Ok(decoded) => decoded,
            Err(unreadable) => {
                return Ok(Some(Receipt {
                    id: unreadable.id,
                    source: unreadable.source,
                    status: Status::Rejected,
                    position: None,
                    reason: Some(unreadable.reason),
                }));
            }
        };
        let (id, source) = (stored.id.clone(), stored.source.clone());
        if let Some(reason) = misplaced(&stored, family) {
            // Who may hand in what is decided by where it is handed in.
            let (id, source, reason) = (Some(id), Some(source), Some(reason));
            return Ok(Some(Receipt { id, source, status: Status::Rejected, position: None, reason }));
        }
        let event = Box::new(event);
        let intake = match expected {
            Some(version) => Intake::Expecting(event, version),
            None => Intake::Event(event),
        };
        let (status, sequence, reason) = match self.decider.decide(intake, at.0) {
            Decision::Record(body) => {
                let sequence = self.evolve(body, StoredBody::Event(stored), at, group)?;
                (Status::Recorded, Some(sequence), None)
            }
            Decision::Known(sequence) => (Status::Duplicate, Some(sequence), None),
            // Not a word about the event: it came before the log knew its area, and its source sends it again.
            Decision::Refuse(Refusal::NoArea) => return Ok(None),
            Decision::Refuse(refusal) => (Status::Rejected, None, Some(refusal.to_string())),
            // Only the clock and the area can have nothing to say.
            Decision::Nothing => (Status::Rejected, None, Some("nothing to record".to_owned())),
        };
        let epoch = self.decider.epoch().map_or_else(String::new, ToString::to_string);
        let position = sequence.map(|sequence| Position { epoch, sequence });
        Ok(Some(Receipt { id: Some(id), source: Some(source), status, position, reason }))
    }

    /// The next fact: into the state, and into the group that is to be written. The state runs ahead
    /// of the disk until the group is appended; should that fail, the process ends.
    fn evolve(
        &mut self,
        body: Body,
        stored: StoredBody,
        (received, cursor): (Instant, u64),
        group: &mut Vec<Group>,
    ) -> Result<u64, Error> {
        let sequence = self.decider.sequence() + 1;
        let stored = StoredFact { sequence, received: received.into(), body: stored };
        let record = Bytes::from(stored.to_bytes()?);
        self.decider.evolve(&Fact { sequence, received, body });
        group.push(Group { records: vec![record], cursor });
        Ok(sequence)
    }
}

/// Why an event may not come in under a family's name, if it may not.
fn misplaced(event: &StoredEvent, family: Option<Family>) -> Option<String> {
    let family = family?;
    let kind = kind_of(&event.data);
    let own = family_of(&kind)?;
    (!may_come_as(&kind, family)).then(|| {
        format!("{kind} was handed in as {}: publish it under intake.{}", family.as_str(), own.as_str())
    })
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
