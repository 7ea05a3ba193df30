//! The power goes while a journal is made, before anything was acknowledged: what is left opens.

use std::path::Path;

use bytes::Bytes;
use journal::open;

use super::story::Story;
use super::tape::below;
use super::workload::options;
use crate::dice::{Dice, full, zero};
use crate::inspection::{End, inspect};
use crate::scratch;

const STATES: usize = 30;
const STATES_IN_FULL: usize = 300;

#[test]
fn a_journal_that_was_being_made_can_be_made_again() {
    let mut dice = Dice::thrown();
    let scratch = scratch::directory();
    let root = scratch.path().join("journal");
    drop(open(&root, &options(1 << 30)).expect("a journal"));
    let made = below(&root);
    let states = if full() { STATES_IN_FULL } else { STATES };
    let mut failures = Vec::new();
    for _ in 0..states {
        // The marker is made durable before anything else is made: without it there is nothing.
        let marked = dice.chance(70);
        let mut left = Vec::new();
        for (path, bytes) in &made {
            let marker = path == Path::new("format");
            let parent = path.parent().is_none_or(|parent| {
                parent.as_os_str().is_empty() || left.iter().any(|(path, _)| path == parent)
            });
            match bytes {
                Some(bytes) if marker && marked => left.push((path.clone(), Some(bytes.clone()))),
                Some(_) if marker && dice.chance(50) => left.push((path.clone(), Some(Bytes::new()))),
                Some(bytes) if !marker && marked && parent && dice.chance(50) => {
                    let kept = if dice.chance(50) { bytes.len() } else { 0 };
                    left.push((path.clone(), Some(bytes.slice(..kept))));
                }
                None if marked && parent && dice.chance(50) => left.push((path.clone(), None)),
                Some(_) | None => {}
            }
        }
        let scratch = scratch::directory();
        let root = scratch.path().join("journal");
        scratch::write(&left, &root);
        if let Err(failure) = inspect(&root, &Story::default(), false, End::Killed) {
            let names: Vec<_> =
                left.iter().map(|(path, bytes)| (path, bytes.as_ref().map(Bytes::len))).collect();
            eprintln!("{failure:?}: {names:?}");
            failures.push(failure);
        }
    }
    let failed = zero(failures.len(), "not opening", states);
    eprintln!("power cuts while a journal is made: {states} states, {failed}; seed {}", dice.seed);
    assert_eq!(failures, []);
}
