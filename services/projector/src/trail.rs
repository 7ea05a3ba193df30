//! The journal's heads after the newest facts that are drawn: what a recorder says of itself is held against them.

use std::collections::VecDeque;

use proto::block::{ChainHash, NOTHING};
use proto::fact::hex;

/// Heads kept. A recorder that is further behind is compared once it has come closer; 128 KiB.
const KEPT: usize = 4_096;

/// The head after the last fact drawn, and those before it.
#[derive(Debug, Clone)]
pub(crate) struct Trail {
    sequence: u64,
    heads: VecDeque<ChainHash>,
}

impl Default for Trail {
    /// Of nothing drawn.
    fn default() -> Self {
        Self::from(0, NOTHING)
    }
}

impl Trail {
    /// Of what was drawn elsewhere: only the last head is known.
    pub fn from(sequence: u64, head: ChainHash) -> Self {
        Self { sequence, heads: VecDeque::from([head]) }
    }

    /// Goes on by the heads after the facts that were drawn next.
    pub fn extend(&mut self, heads: &[ChainHash]) {
        self.sequence += heads.len() as u64;
        self.heads.extend(heads);
        self.heads.drain(..self.heads.len().saturating_sub(KEPT));
    }

    /// The last fact drawn.
    pub const fn sequence(&self) -> u64 {
        self.sequence
    }

    /// The head after it.
    pub fn head(&self) -> ChainHash {
        self.heads.back().copied().unwrap_or(NOTHING)
    }

    /// Whether somebody whose head after `sequence` is `head`, in hex, holds the facts that are drawn. `None` if
    /// that cannot be told from here.
    pub fn agrees(&self, sequence: u64, head: &str) -> Option<bool> {
        let back = usize::try_from(self.sequence.checked_sub(sequence)?).ok()?;
        let own = self.heads.iter().nth_back(back).filter(|_| !head.is_empty())?;
        Some(hex(own) == head)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_compared_as_far_back_as_they_are_kept() {
        let mut trail = Trail::default();
        let heads: Vec<ChainHash> = (0..6_000_u32).map(some_head).collect();
        for some in heads.chunks(1_000) {
            trail.extend(some);
        }
        assert_eq!((trail.sequence(), trail.head()), (6_000, heads[5_999]));
        assert_eq!(trail.agrees(6_000, &hex(&heads[5_999])), Some(true));
        assert_eq!(trail.agrees(5_000, &hex(&heads[4_999])), Some(true));
        assert_eq!(trail.agrees(5_000, &hex(&heads[5_000])), Some(false));
        assert_eq!(trail.agrees(6_001, &hex(&heads[0])), None, "nobody knows yet");
        assert_eq!(trail.agrees(1_904, &hex(&heads[0])), None, "it is long ago");
        assert_eq!(trail.agrees(6_000, ""), None, "nothing was said");
        assert_eq!(trail.heads.len(), KEPT);
    }

    #[test]
    fn a_trail_begins_where_a_snapshot_stands() {
        let mut trail = Trail::from(70, [7; 32]);
        assert_eq!(trail.agrees(70, &hex(&[7; 32])), Some(true));
        assert_eq!(trail.agrees(69, &hex(&[7; 32])), None);
        trail.extend(&[[8; 32]]);
        assert_eq!((trail.sequence(), trail.agrees(70, &hex(&[8; 32]))), (71, Some(false)));
    }

    fn some_head(number: u32) -> ChainHash {
        let mut head = [0; 32];
        head[..4].copy_from_slice(&number.to_le_bytes());
        head
    }
}
