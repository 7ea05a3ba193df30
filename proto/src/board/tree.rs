//! A text whose BLAKE3 is kept while the text changes in places.
//!
//! BLAKE3 hashes chunks of 1 KiB and then pairs of hashes, as a tree. What has not been written to since the last
//! time keeps its place in the tree: a change costs its chunks and the nodes above them, not the text.

use std::collections::BTreeSet;
use std::ops::Range;

use blake3::hazmat::{ChainingValue, HasherExt, Mode, merge_subtrees_non_root, merge_subtrees_root};
use blake3::{CHUNK_LEN, Hash, Hasher};

/// A text and the tree over it.
#[derive(Debug, Clone, Default)]
pub(super) struct HashedText {
    bytes: Vec<u8>,
    /// What stands for each chunk, then for each pair of these, and so on until two are left. The last of an odd
    /// number stands for itself one level up. No levels where the text is a single chunk.
    levels: Vec<Vec<ChainingValue>>,
    /// Chunks that were written to since the tree was last brought up to the text.
    written: BTreeSet<usize>,
}

impl HashedText {
    /// A text that was never hashed.
    pub fn new(text: String) -> Self {
        Self { bytes: text.into_bytes(), ..Self::default() }
    }

    /// Bytes of the text.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Puts other bytes in the place of some. Where they are as many, only those that differ count as written; else all
    /// that follow do, for they move. A range beyond the text is cut to it.
    pub fn replace(&mut self, range: Range<usize>, with: &str) {
        let end = range.end.min(self.bytes.len());
        let start = range.start.min(end);
        let (known, with) = (self.bytes.get(start..end).unwrap_or_default(), with.as_bytes());
        let alike = known.iter().zip(with).take_while(|(a, b)| a == b).count();
        if known.len() != with.len() {
            self.bytes.splice(start..end, with.iter().copied());
            self.mark(start + alike..self.bytes.len());
        } else if alike < with.len() {
            let alike_behind = known.iter().zip(with).rev().take_while(|(a, b)| a == b).count();
            if let Some(place) = self.bytes.get_mut(start..end) {
                place.copy_from_slice(with);
            }
            self.mark(start + alike..end - alike_behind);
        }
    }

    /// Marks the chunks of these bytes as written; at least the last of the text, which a shorter one ends in.
    fn mark(&mut self, bytes: Range<usize>) {
        let last = self.bytes.len().saturating_sub(1) / CHUNK_LEN;
        let (from, to) = (bytes.start / CHUNK_LEN, bytes.end.saturating_sub(1) / CHUNK_LEN);
        self.written.extend(from.min(last)..=to.min(last));
    }

    /// BLAKE3 of the text.
    pub fn hash(&mut self) -> Hash {
        let chunks = self.bytes.len().div_ceil(CHUNK_LEN);
        if chunks <= 1 {
            self.levels.clear();
            self.written.clear();
            return blake3::hash(&self.bytes);
        }
        self.hash_chunks(chunks);
        match self.levels.last().map(Vec::as_slice) {
            Some([left, right]) => merge_subtrees_root(left, right, Mode::Hash),
            // More than one chunk always ends in two.
            Some(_) | None => blake3::hash(&self.bytes),
        }
    }

    /// Brings the tree up to a text of so many chunks, at least two.
    fn hash_chunks(&mut self, chunks: usize) {
        let mut written = std::mem::take(&mut self.written);
        let (mut level, mut count) = (0, chunks);
        loop {
            if self.levels.len() <= level {
                self.levels.push(Vec::new());
            }
            let Some((below, [nodes, ..])) = self.levels.split_at_mut_checked(level) else { return };
            // What was not there before is new.
            written.extend(nodes.len()..count);
            nodes.resize(count, ChainingValue::default());
            for at in &written {
                let Some(node) = nodes.get_mut(*at) else { continue };
                *node = below.last().map_or_else(|| chunk(&self.bytes, *at), |nodes| pair(nodes, *at));
            }
            if count <= 2 {
                break;
            }
            written = written.iter().map(|at| at / 2).collect();
            (level, count) = (level + 1, count.div_ceil(2));
        }
        self.levels.truncate(level + 1);
    }
}

/// What stands for a chunk.
fn chunk(bytes: &[u8], at: usize) -> ChainingValue {
    let from = at * CHUNK_LEN;
    let chunk = bytes.get(from..bytes.len().min(from + CHUNK_LEN)).unwrap_or_default();
    Hasher::new().set_input_offset(from as u64).update(chunk).finalize_non_root()
}

/// What stands for a pair of nodes, or for the last one of an odd number.
fn pair(nodes: &[ChainingValue], at: usize) -> ChainingValue {
    match nodes.get(2 * at..) {
        Some([left, right, ..]) => merge_subtrees_non_root(left, right, Mode::Hash),
        Some([last]) => *last,
        Some([]) | None => ChainingValue::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A length around the boundaries of chunks and of full trees, or any.
    fn length() -> impl Strategy<Value = usize> {
        prop_oneof![
            (0..9_usize, 0..5_usize).prop_map(|(chunks, more)| (chunks * CHUNK_LEN + more).saturating_sub(2)),
            0..20_000_usize,
            0..100_usize,
        ]
    }

    fn letters(length: usize, seed: u8) -> String {
        (0..length).map(|at| char::from(b'a' + (at as u8).wrapping_mul(7).wrapping_add(seed) % 26)).collect()
    }

    proptest! {
        #[test]
        fn after_any_changes_the_hash_is_that_of_the_whole_text(
            first in length(),
            changes in prop::collection::vec((any::<prop::sample::Index>(), length(), length(), any::<u8>(), any::<bool>(), any::<bool>()), 1..12),
        ) {
            let mut plain = letters(first, 0);
            let mut kept = HashedText::new(plain.clone());
            for (from, span, with, seed, in_place, asked) in changes {
                let from = from.index(plain.len() + 1);
                let to = plain.len().min(from + span);
                let with = letters(if in_place { to - from } else { with }, seed);
                plain.replace_range(from..to, &with);
                kept.replace(from..to, &with);
                prop_assert_eq!(kept.len(), plain.len());
                // Several changes may come before anybody asks.
                if asked {
                    prop_assert_eq!(kept.hash(), blake3::hash(plain.as_bytes()));
                }
            }
            prop_assert_eq!(kept.hash(), blake3::hash(plain.as_bytes()));
        }
    }

    #[test]
    fn a_change_in_place_costs_its_chunk_and_no_other() {
        let mut text = HashedText::new(letters(100 * CHUNK_LEN, 0));
        text.hash();
        text.replace(50_000..50_003, "ABC");
        assert_eq!(text.written, BTreeSet::from([48]));
        let same = letters(100 * CHUNK_LEN, 0);
        text.hash();
        text.replace(7_000..7_010, &same[7_000..7_010]);
        assert_eq!(text.written, BTreeSet::new(), "what is written as it was is not written");
    }
}
