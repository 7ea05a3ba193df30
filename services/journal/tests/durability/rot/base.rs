//! Journals to be spoilt, with volumes and tails.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use journal::open_on;

use crate::cuts::recorder::{LeftOut, Recorder};
use crate::cuts::tape::below;
use crate::cuts::workload::options;
use crate::records::{Kind, group};
use crate::scratch;

/// Binds only when asked to.
const UNBOUND: u64 = 1 << 30;

/// A journal's files, and how to tell what it must say.
pub struct Base {
    pub kind: Kind,
    pub seed: u64,
    pub records: u64,
    pub files: Vec<(PathBuf, Option<Bytes>)>,
    /// The same files earlier on, where they were other ones.
    pub older: Vec<(PathBuf, Bytes)>,
}

impl Base {
    /// Groups of so many records; 0 binds what there is, and a process ends where a 1 stands alone.
    pub fn made(kind: Kind, seed: u64, groups: &[usize]) -> Self {
        let scratch = scratch::directory();
        let root = scratch.path().join("journal");
        let start = || {
            let recorder = Arc::new(Recorder::new(&root, LeftOut::Nothing, seed));
            let journal = open_on(&root, &options(UNBOUND), Arc::clone(&recorder) as _).expect("a journal");
            (recorder, journal)
        };
        let (mut recorder, mut journal) = start();
        let mut older: Vec<(PathBuf, Bytes)> = Vec::new();
        for &records in groups {
            older.extend(below(&root).into_iter().filter_map(|(path, bytes)| Some((path, bytes?))));
            match records {
                0 => journal.settle().expect("bound"),
                1 => {
                    recorder.kill();
                    drop(journal);
                    (recorder, journal) = start();
                }
                records => {
                    let group = group(kind, seed, journal.head().sequence, records, 0);
                    journal.append(&group).expect("appended");
                }
            }
        }
        let records = journal.head().sequence;
        // What a dropped journal would still bind stays in its tail.
        recorder.kill();
        drop(journal);
        let files = below(&root);
        Self { kind, seed, records, older: earlier(older, &files), files }
    }

    /// Those of various makes.
    pub fn all(seed: u64) -> Vec<Self> {
        let layout: &[usize] = &[64, 7, 64, 64, 0, 300, 64, 0, 7, 7, 64, 1, 64, 7];
        let mut bases: Vec<Self> =
            Kind::all().into_iter().map(|kind| Self::made(kind, seed, layout)).collect();
        bases.push(Self::made(Kind::Random, seed + 1, &[7, 64, 7, 64]));
        // More than 8 MiB in the first volume, so that it stays one.
        bases.push(Self::made(Kind::Large, seed + 2, &[500, 500, 0, 64, 0, 7, 7]));
        bases
    }

    pub fn restore(&self, root: &Path) {
        scratch::write(&self.files, root);
    }
}

/// Earlier copies of files of the same name: in the same place, or in a volume that was merged since.
fn earlier(older: Vec<(PathBuf, Bytes)>, files: &[(PathBuf, Option<Bytes>)]) -> Vec<(PathBuf, Bytes)> {
    let mut copies = Vec::new();
    for (path, bytes) in files {
        let Some(bytes) = bytes else { continue };
        for (old, copy) in &older {
            let same_place = old == path || in_volume(old).is_some() && in_volume(old) == in_volume(path);
            if same_place && copy != bytes && !copies.contains(&(path.clone(), copy.clone())) {
                copies.push((path.clone(), copy.clone()));
            }
        }
    }
    copies
}

/// Where a file lies in its volume.
fn in_volume(path: &Path) -> Option<PathBuf> {
    let inside = path.strip_prefix("volumes").ok()?;
    Some(inside.components().skip(1).collect())
}
