//! The process that appends until it is killed.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use journal::{Decision, Disk, SystemDisk, open_on};

use crate::cuts::recorder::LeftOut;
use crate::cuts::workload::options;
use crate::dice::Dice;
use crate::records::{Kind, flat, group};

/// So small that volumes are built and merged all the time.
const BIND_BYTES: u64 = 128 << 10;
/// What fits into the image, with room for a volume on its way and for the tail.
const MOST_BYTES: u64 = 16 << 20;

/// The group that such a process appends after a sequence: any process with this seed the same.
pub fn next(seed: u64, after: u64) -> Vec<Decision> {
    let mut dice = Dice::from(seed ^ after.rotate_left(20));
    let kinds = Kind::all();
    let kind = kinds[usize::try_from(seed).unwrap_or(0) % kinds.len()];
    let count = dice.pick(&[1, 1, 7, 64, if kind == Kind::Large { 100 } else { 1_024 }]);
    group(kind, seed, after, count, 0)
}

/// The same as records.
pub fn next_records(seed: u64, after: u64) -> Vec<Bytes> {
    flat(&next(seed, after)).cloned().collect()
}

/// Makes a journal in `root`, appends to it and notes each receipt behind the last one in `receipts`, on
/// another file system. Stops only when it is killed.
pub fn write(root: &Path, receipts: &Path, seed: u64, left_out: &str) {
    // What takes its time is done before the clock of the cut starts.
    drop(Kind::all());
    let mut receipts = Receipts::new(receipts);
    let left_out = if left_out == "files" { LeftOut::FileSync } else { LeftOut::Nothing };
    let journal = open_on(root, &options(BIND_BYTES), Arc::new(Careless(left_out))).expect("a journal");
    let mut bytes = 0;
    while bytes < MOST_BYTES {
        let group = next(seed, journal.head().sequence);
        bytes += flat(&group).map(|record| record.len() as u64).sum::<u64>();
        let head = journal.append(&group).expect("appended");
        receipts.note(head.sequence);
    }
    loop {
        std::thread::sleep(Duration::from_secs(1));
    }
}

/// Receipts in a file: each is there once its write has returned, whatever then happens to the process.
pub struct Receipts(File);

impl Receipts {
    pub fn new(path: &Path) -> Self {
        Self(OpenOptions::new().create(true).append(true).open(path).expect("a file for receipts"))
    }

    pub fn note(&mut self, sequence: u64) {
        self.0.write_all(&sequence.to_le_bytes()).expect("a receipt");
    }

    /// The last one; 0 before there is one.
    pub fn last(path: &Path) -> u64 {
        let bytes = std::fs::read(path).unwrap_or_default();
        bytes.chunks_exact(8).next_back().map_or(0, |last| u64::from_le_bytes(last.try_into().expect("8")))
    }
}

/// The real disk, with or without its syncs.
struct Careless(LeftOut);

impl Disk for Careless {
    fn create(&self, path: &Path) -> io::Result<File> {
        SystemDisk.create(path)
    }

    fn append(&self, file: &File, path: &Path, bytes: &[u8]) -> io::Result<()> {
        SystemDisk.append(file, path, bytes)
    }

    fn sync(&self, file: &File, path: &Path) -> io::Result<()> {
        if self.0 == LeftOut::FileSync { Ok(()) } else { SystemDisk.sync(file, path) }
    }

    fn sync_directory(&self, path: &Path) -> io::Result<()> {
        if self.0 == LeftOut::DirectorySync { Ok(()) } else { SystemDisk.sync_directory(path) }
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        SystemDisk.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        SystemDisk.remove(path)
    }
}
