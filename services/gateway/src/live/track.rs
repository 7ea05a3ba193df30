//! One view as the gateway knows it: the newest board and the last changes that led to it. Pure.

use std::collections::{BTreeMap, VecDeque};

use axum::extract::ws::Utf8Bytes;
use bytes::Bytes;
use proto::live::BoardChange;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use super::frames::{Position, ResetReason, ServerFrame};
use super::merge;

/// The newest board of a view, and how to get there from its recent revisions.
#[derive(Debug)]
pub(crate) struct Track {
    board: Value,
    head: Position,
    /// Where the oldest remembered change starts from.
    floor: Position,
    ring: VecDeque<Step>,
    ring_limit: usize,
    snapshot: Option<Snapshot>,
    /// Merged deltas up to the head, by the revision they start from: clients that fell behind
    /// together share one. Emptied by every change.
    merged: BTreeMap<u64, Vec<Utf8Bytes>>,
}

#[derive(Debug)]
struct Step {
    change: BoardChange,
    frame: Utf8Bytes,
}

#[derive(Debug, Clone)]
struct Snapshot {
    board: Bytes,
    frame: Utf8Bytes,
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Applied {
    /// The board has moved on.
    Moved,
    /// The board had it already.
    Known,
    /// It does not follow on the board: something was missed, ask for the whole board.
    Broken,
}

impl Track {
    /// Starts from a whole board. `None` if the document lacks what a board must have.
    pub(crate) fn new(board: &RawValue, ring_limit: usize) -> Option<Self> {
        let (board, head) = read(board)?;
        Some(Self {
            board,
            floor: head.clone(),
            head,
            ring: VecDeque::new(),
            ring_limit,
            snapshot: None,
            merged: BTreeMap::new(),
        })
    }

    /// Takes a whole board that was asked for after something was missed. Nothing is forgotten if
    /// it turns out that nothing was. `None` if the document is not a board.
    pub(crate) fn replace(&mut self, board: &RawValue) -> Option<()> {
        let (board, head) = read(board)?;
        if head != self.head {
            self.ring.clear();
            self.floor = head.clone();
            self.head = head;
        }
        self.board = board;
        self.forget_texts();
        Some(())
    }

    /// Takes a whole board of another projector. Where it is a later one of the same log, those who have the board as
    /// it was are taken there by one change, whatever happened in between.
    pub(crate) fn renew(&mut self, board: &RawValue) -> Option<()> {
        let (after, head) = read(board)?;
        if head.epoch == self.head.epoch
            && head.revision > self.head.revision
            && let Some(change) = self.change_to(&after, head)
            && self.apply(change) == Applied::Moved
        {
            self.board = after;
            return Some(());
        }
        self.replace(board)
    }

    fn change_to(&self, after: &Value, Position { epoch, revision, hash }: Position) -> Option<BoardChange> {
        let text = |name: &str| after.get(name).and_then(Value::as_str).map(str::to_owned);
        Some(BoardChange {
            projector: String::new(),
            area: text("area")?,
            view: text("view")?,
            epoch,
            prev: self.head.revision,
            revision,
            sequence: after.get("sequence").and_then(Value::as_u64)?,
            event_time: None,
            received_time: None,
            hash,
            patch: to_raw_value(&proto::patch::between(&self.board, after)?).ok()?,
        })
    }

    /// Whether this board of the same log is newer than another.
    pub(crate) fn is_ahead_of(&self, board: &RawValue) -> bool {
        let other = serde_json::from_str::<Position>(board.get());
        other.is_ok_and(|other| other.epoch == self.head.epoch && other.revision < self.head.revision)
    }

    /// The projector has folded facts up to `sequence` and the board still stands where it stood: it is as
    /// new as that, although nothing on it changed.
    pub(crate) fn confirm(&mut self, at: &Position, sequence: u64) {
        let known = self.board.get("sequence").and_then(Value::as_u64);
        if *at == self.head && known < Some(sequence) {
            if let Some(members) = self.board.as_object_mut() {
                members.insert("sequence".to_owned(), sequence.into());
            }
            self.forget_texts();
        }
    }

    /// Applies the next change.
    pub(crate) fn apply(&mut self, change: BoardChange) -> Applied {
        if change.epoch != self.head.epoch {
            return Applied::Broken;
        }
        if change.revision <= self.head.revision {
            return Applied::Known;
        }
        if change.prev != self.head.revision {
            return Applied::Broken;
        }
        let Ok(patch) = serde_json::from_str::<Value>(change.patch.get()) else {
            return Applied::Broken;
        };
        let frame = match delta(&change, change.prev, &patch) {
            Some(frame) if revision(&patch) == Some(change.revision) => frame,
            _ => return Applied::Broken,
        };
        merge::apply(&mut self.board, &patch);
        self.forget_texts();
        self.head.revision = change.revision;
        self.head.hash.clone_from(&change.hash);
        self.ring.push_back(Step { change, frame });
        if self.ring.len() > self.ring_limit
            && let Some(oldest) = self.ring.pop_front()
        {
            self.floor.revision = oldest.change.revision;
            self.floor.hash = oldest.change.hash;
        }
        Applied::Moved
    }

    /// Where the newest board stands.
    pub(crate) const fn head(&self) -> &Position {
        &self.head
    }

    /// Whether a client at `position` can be taken to the head by deltas, and if not, why.
    pub(crate) fn judge(&self, position: &Position) -> Result<(), ResetReason> {
        if position.epoch != self.head.epoch {
            return Err(ResetReason::EpochChanged);
        }
        if position.revision > self.head.revision {
            return Err(ResetReason::Ahead);
        }
        let hash = if position.revision == self.floor.revision {
            &self.floor.hash
        } else {
            let index = self.first_after(position.revision).checked_sub(1).ok_or(ResetReason::TooOld)?;
            let step = self.ring.get(index).ok_or(ResetReason::TooOld)?;
            if step.change.revision != position.revision {
                return Err(ResetReason::TooOld);
            }
            &step.change.hash
        };
        if *hash == position.hash { Ok(()) } else { Err(ResetReason::HashMismatch) }
    }

    /// The frames that take a client from `from` (judged before) to the head: none if it is there, the
    /// shared delta if it is one behind, else one merged delta (more only where patches have no sum).
    pub(crate) fn since(&mut self, from: u64) -> Vec<Utf8Bytes> {
        let first = self.first_after(from);
        match self.ring.len().saturating_sub(first) {
            0 => Vec::new(),
            1 => self.ring.back().map(|step| step.frame.clone()).into_iter().collect(),
            _ => {
                if let Some(frames) = self.merged.get(&from) {
                    return frames.clone();
                }
                let frames = self.merge_from(first);
                self.merged.insert(from, frames.clone());
                frames
            }
        }
    }

    /// The newest board's text, as `GET` answers it.
    pub(crate) fn board(&mut self) -> Option<Bytes> {
        self.snapshot().map(|snapshot| snapshot.board)
    }

    /// The newest board as a `snapshot` frame.
    pub(crate) fn snapshot_frame(&mut self) -> Option<Utf8Bytes> {
        self.snapshot().map(|snapshot| snapshot.frame)
    }

    fn snapshot(&mut self) -> Option<Snapshot> {
        if self.snapshot.is_none() {
            let raw = to_raw_value(&self.board).ok()?;
            let frame = ServerFrame::Snapshot { board: &raw }.text()?;
            let board = Bytes::from(String::from(Box::<str>::from(raw)));
            self.snapshot = Some(Snapshot { board, frame });
        }
        self.snapshot.clone()
    }

    fn first_after(&self, revision: u64) -> usize {
        self.ring.partition_point(|step| step.change.revision <= revision)
    }

    fn merge_from(&self, first: usize) -> Vec<Utf8Bytes> {
        let mut frames = Vec::new();
        let mut open: Option<(u64, Value, &BoardChange)> = None;
        for Step { change, .. } in self.ring.range(first..) {
            // It was read once already, when it was applied.
            let Ok(patch) = serde_json::from_str::<Value>(change.patch.get()) else { continue };
            open = Some(match open.take() {
                None => (change.prev, patch, change),
                Some((prev, mut sum, last)) => {
                    if merge::compose(&mut sum, &patch) {
                        (prev, sum, change)
                    } else {
                        frames.extend(delta(last, prev, &sum));
                        (change.prev, patch, change)
                    }
                }
            });
        }
        if let Some((prev, sum, last)) = open {
            frames.extend(delta(last, prev, &sum));
        }
        frames
    }

    fn forget_texts(&mut self) {
        self.snapshot = None;
        self.merged.clear();
    }
}

/// The `delta` frame from `prev` to where `last` leads.
fn delta(last: &BoardChange, prev: u64, patch: &Value) -> Option<Utf8Bytes> {
    ServerFrame::Delta {
        area: &last.area,
        view: &last.view,
        epoch: &last.epoch,
        prev,
        revision: last.revision,
        sequence: last.sequence,
        event_time: last.event_time.as_deref(),
        received_time: last.received_time.as_deref(),
        hash: &last.hash,
        patch,
    }
    .text()
}

fn revision(board: &Value) -> Option<u64> {
    board.get("revision").and_then(Value::as_u64)
}

fn read(board: &RawValue) -> Option<(Value, Position)> {
    let board: Value = serde_json::from_str(board.get()).ok()?;
    let text = |name: &str| board.get(name).and_then(Value::as_str).map(str::to_owned);
    let head = Position { epoch: text("epoch")?, revision: revision(&board)?, hash: text("hash")? };
    Some((board, head))
}

#[cfg(test)]
#[path = "track_tests.rs"]
mod tests;
