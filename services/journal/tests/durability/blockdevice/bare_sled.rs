//! sled itself as the log, as it comes: its own segments, values of a size that it moves into blob files,
//! and its `flush` for a receipt. Kept to show that the harness tells a log that loses from one that does not.

use std::path::Path;

use super::writer::Receipts;
use crate::dice::Dice;

/// Above a quarter of sled's segment of 512 KiB.
const VALUE_BYTES: usize = 150_000;
const MOST_VALUES: u64 = 1_000;

fn value(seed: u64, n: u64) -> Vec<u8> {
    let mut dice = Dice::from(seed ^ n.rotate_left(32));
    let length = dice.pick(&[200, 20_000, VALUE_BYTES]);
    dice.bytes(length)
}

/// Writes until it is killed.
pub fn write(root: &Path, receipts: &Path, seed: u64) {
    let mut receipts = Receipts::new(receipts);
    let db = sled::open(root).expect("a store");
    for n in 1..MOST_VALUES {
        db.insert(n.to_be_bytes(), value(seed, n)).expect("inserted");
        db.flush().expect("flushed");
        receipts.note(n);
    }
    loop {
        std::thread::sleep(std::time::Duration::from_secs(1));
    }
}

/// Ends well if all that was acknowledged is there.
pub fn read(root: &Path, seed: u64, acknowledged: u64) {
    let db = sled::open(root).expect("it opens");
    for n in 1..=acknowledged {
        let found = db.get(n.to_be_bytes()).expect("it can be read").expect("it is there");
        assert!(found == value(seed, n), "{n} is another");
    }
}
