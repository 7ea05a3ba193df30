//! The recovery: which blocks belong together, in order.

use std::ops::ControlFlow;

use proto::block::{Block, ChainHash, MAX_RECORDS, NOTHING, chain};

use super::{Dispute, Findings, Found, Gap, Recovered, Salvage, Take};
use crate::Error;

pub(super) fn recover(salvage: &Salvage, take: &mut Take<'_>) -> Result<Findings, Error> {
    let mut recovery = Recovery {
        salvage,
        next: 1,
        head: NOTHING,
        cursor: 0,
        active: Vec::new(),
        upcoming: 0,
        findings: Findings::default(),
    };
    while let Some(chosen) = recovery.step()? {
        if recovery.accept(&chosen, take)?.is_break() {
            break;
        }
    }
    Ok(recovery.findings)
}

/// Blocks followed on from one that is disputed. An append that was cut off leaves fewer: they hold a group.
const MOST_FOLLOWED: usize = 4_096;

/// A block that may come next, with its records.
struct Candidate {
    found: Found,
    block: Block,
}

struct Recovery<'a> {
    salvage: &'a Salvage,
    /// The sequence looked for.
    next: u64,
    /// The head before it.
    head: ChainHash,
    /// The stream cursor before it.
    cursor: u64,
    /// Blocks that hold `next`.
    active: Vec<Found>,
    /// The first block that begins after `next`.
    upcoming: usize,
    findings: Findings,
}

impl Recovery<'_> {
    /// The block that comes next; none at the end, or where the chain can't tell which.
    fn step(&mut self) -> Result<Option<Candidate>, Error> {
        while let Some(found) = self.coming().filter(|found| found.first <= self.next) {
            self.active.push(found);
            self.upcoming += 1;
        }
        let next = self.next;
        self.active.retain(|found| found.last >= next);
        if self.active.is_empty() { self.resume() } else { self.proceed() }
    }

    fn coming(&self) -> Option<Found> {
        self.salvage.found.get(self.upcoming).copied()
    }

    /// Chooses among the blocks that hold the next sequence.
    fn proceed(&mut self) -> Result<Option<Candidate>, Error> {
        let (mut fitting, mut strange) = (Vec::new(), Vec::new());
        for found in self.active.clone() {
            let candidate = Candidate { found, block: self.salvage.read(&found)? };
            if follows(&candidate.block, self.next, &self.head) {
                fitting.push(candidate);
            } else {
                strange.push(found);
            }
        }
        if fitting.is_empty() {
            self.stop(&strange);
            return Ok(None);
        }
        // Told once: they may hold the sequences after the chosen block's end, too.
        self.active.retain(|found| !strange.contains(found));
        self.choose(fitting, strange)
    }

    /// Goes on behind a gap, if there is anything.
    fn resume(&mut self) -> Result<Option<Candidate>, Error> {
        let Some(first) = self.coming().map(|found| found.first) else { return Ok(None) };
        let mut candidates = Vec::new();
        while let Some(found) = self.coming().filter(|found| found.first == first) {
            candidates.push(Candidate { found, block: self.salvage.read(&found)? });
            self.upcoming += 1;
        }
        self.findings.gaps.push(Gap { first: self.next, last: first - 1 });
        self.next = first;
        self.active.extend(candidates.iter().map(|candidate| candidate.found));
        self.choose(candidates, Vec::new())
    }

    /// Of blocks that all may come next, the longest, if they agree; else the one whose chain goes on farthest.
    fn choose(
        &mut self,
        mut candidates: Vec<Candidate>,
        mut others: Vec<Found>,
    ) -> Result<Option<Candidate>, Error> {
        candidates.sort_by_key(|candidate| std::cmp::Reverse(candidate.found.last));
        let mut camps: Vec<Candidate> = Vec::new();
        for candidate in candidates {
            if !camps.iter().any(|camp| agree(&camp.block, &candidate.block)) {
                camps.push(candidate);
            }
        }
        if camps.len() > 1 {
            let reaches = camps.iter().map(|camp| self.reach(camp)).collect::<Result<Vec<u64>, Error>>()?;
            let farthest = reaches.iter().copied().max().unwrap_or_default();
            let alone = reaches.iter().filter(|reach| **reach == farthest).count() == 1;
            // A block that nothing continues proves nothing, however long it is.
            let ends_there = camps.iter().any(|camp| camp.found.last == farthest);
            if !alone || ends_there {
                let all: Vec<Found> = camps.iter().map(|camp| camp.found).chain(others).collect();
                self.stop(&all);
                return Ok(None);
            }
            let (mut winner, mut losers) = (Vec::new(), Vec::new());
            for (camp, reach) in camps.into_iter().zip(reaches) {
                if reach == farthest { winner.push(camp) } else { losers.push(camp.found) }
            }
            self.active.retain(|found| !losers.contains(found));
            others.extend(losers);
            camps = winner;
        }
        let chosen = camps.into_iter().next();
        if let (Some(chosen), false) = (&chosen, others.is_empty()) {
            self.dispute(self.next, Some(&chosen.found), &others);
        }
        Ok(chosen)
    }

    /// The last sequence to which intact blocks continue the chain from this one. An append that was cut
    /// off may have left several whole blocks, so that one more proves little: the journal went on from the
    /// one whose chain is the longer.
    fn reach(&self, camp: &Candidate) -> Result<u64, Error> {
        let (mut last, mut head) = (camp.found.last, camp.found.head);
        for _ in 0..MOST_FOLLOWED {
            match self.continued(last + 1, &head)? {
                Some(found) => (last, head) = (found.last, found.head),
                None => break,
            }
        }
        Ok(last)
    }

    /// An intact block that continues the chain at this sequence.
    fn continued(&self, next: u64, head: &ChainHash) -> Result<Option<Found>, Error> {
        let all = &self.salvage.found;
        let end = all.partition_point(|found| found.first <= next);
        // No block is longer, so none that begins earlier can hold it.
        let start = all.partition_point(|found| found.first.saturating_add(MAX_RECORDS as u64) < next);
        for found in all.get(start..end).unwrap_or_default() {
            if found.last >= next && follows(&self.salvage.read(found)?, next, head) {
                return Ok(Some(*found));
            }
        }
        Ok(None)
    }

    /// Hands out the chosen block's records and looks whether what lies within it says the same.
    fn accept(&mut self, chosen: &Candidate, take: &mut Take<'_>) -> Result<ControlFlow<()>, Error> {
        for (sequence, record) in chosen.block.records_from(self.next) {
            if sequence == chosen.found.last {
                self.cursor = chosen.block.cursor();
            }
            if take(Recovered { sequence, cursor: self.cursor, record }).is_break() {
                return Ok(ControlFlow::Break(()));
            }
            self.findings.records += 1;
            self.findings.last_sequence = sequence;
        }
        while let Some(found) = self.coming().filter(|found| found.first <= chosen.found.last) {
            self.upcoming += 1;
            if found.last > chosen.found.last {
                // Its turn comes next: the chain judges it then.
                self.active.push(found);
            } else if !agree(&chosen.block, &self.salvage.read(&found)?) {
                self.dispute(found.first, Some(&chosen.found), &[found]);
            }
        }
        self.next = chosen.found.last + 1;
        self.head = chosen.found.head;
        Ok(ControlFlow::Continue(()))
    }

    /// Nothing from here on can be believed.
    fn stop(&mut self, disputed: &[Found]) {
        self.dispute(self.next, None, disputed);
        let last = self.salvage.found.iter().map(|found| found.last).max().unwrap_or(self.next);
        self.findings.gaps.push(Gap { first: self.next, last: last.max(self.next) });
    }

    fn dispute(&mut self, sequence: u64, kept: Option<&Found>, others: &[Found]) {
        let kept = kept.map(|found| self.salvage.spot(found));
        let others = others.iter().map(|found| self.salvage.spot(found)).collect();
        self.findings.disputes.push(Dispute { sequence, kept, others });
    }
}

/// Whether the chain leads from `head`, before `next`, through the block's records from there to its head.
fn follows(block: &Block, next: u64, head: &ChainHash) -> bool {
    block.records_from(next).fold(*head, |head, (_, record)| chain(&head, record)) == *block.head()
}

/// Whether two blocks say the same of the sequences that both hold.
fn agree(one: &Block, other: &Block) -> bool {
    let from = one.first_sequence().max(other.first_sequence());
    let same = one.records_from(from).zip(other.records_from(from)).all(|(one, other)| one == other);
    same && (one.last_sequence() != other.last_sequence() || one.head() == other.head())
}
