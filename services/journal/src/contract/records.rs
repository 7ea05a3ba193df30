//! The records that the suite appends, and what comes of them.

use bytes::Bytes;

use crate::{Decision, Head, Journal};

/// A decision with these records.
pub(crate) fn decision<R: AsRef<[u8]>>(records: &[R], cursor: u64) -> Decision {
    Decision { records: records.iter().map(|r| Bytes::copy_from_slice(r.as_ref())).collect(), cursor }
}

/// The record of sequence `n` in these tests: says which it is, and varies in length.
pub(crate) fn record(n: u64) -> Bytes {
    let tail = "abcdefgh".repeat(usize::try_from(n * 7 % 23).unwrap());
    Bytes::from(format!(r#"{{"n":{n},"tail":"{tail}"}}"#))
}

/// Decisions of one record each, with the sequences of `range`; the cursor is ten times the sequence.
pub(crate) fn group(range: std::ops::RangeInclusive<u64>) -> Vec<Decision> {
    range.map(|n| Decision { records: vec![record(n)], cursor: n * 10 }).collect()
}

/// Bytes that do not compress: a fixed sequence for each seed.
pub(crate) fn noise(seed: u64, length: usize) -> Bytes {
    // xorshift64*: no randomness of the machine, so that every run packs alike.
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        (state.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 56) as u8
    };
    (0..length).map(|_| next()).collect()
}

pub(crate) fn head_after(count: u64) -> Head {
    (1..=count).fold(Head::START, |head, n| head.then(&record(n)))
}

pub(crate) fn all(journal: &dyn Journal) -> Vec<Bytes> {
    let mut records = Vec::new();
    loop {
        let page = journal.read_from(records.len() as u64, 1_000).unwrap();
        if page.records.is_empty() {
            return records;
        }
        records.extend(page.records);
    }
}
