//! One tail file and where the blocks in it lie.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use proto::volume::Placed;

use crate::run::{self, Source};

/// A tail file. Its index holds only what is durable, so that no reader sees more.
#[derive(Debug)]
pub(crate) struct Segment {
    first: u64,
    path: PathBuf,
    file: File,
    index: RwLock<Vec<Placed>>,
}

impl Segment {
    pub(crate) const fn new(first: u64, path: PathBuf, file: File, index: Vec<Placed>) -> Self {
        Self { first, path, file, index: RwLock::new(index) }
    }

    /// All of its blocks.
    pub(crate) fn index(&self) -> Vec<Placed> {
        self.index.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Makes blocks visible: they are durable now.
    pub(crate) fn show(&self, blocks: impl IntoIterator<Item = Placed>) {
        self.index.write().unwrap_or_else(PoisonError::into_inner).extend(blocks);
    }

    /// Blocks in it, and their bytes.
    pub(crate) fn size(&self) -> (usize, u64) {
        let index = self.index.read().unwrap_or_else(PoisonError::into_inner);
        (index.len(), index.last().map_or(0, |last| last.at + u64::from(last.stored)))
    }
}

impl Source for Segment {
    fn first(&self) -> u64 {
        self.first
    }

    fn at_or_before(&self, sequence: u64) -> Option<Placed> {
        run::at_or_before(&self.index.read().unwrap_or_else(PoisonError::into_inner), sequence)
    }

    fn from(&self, from: u64) -> Vec<Placed> {
        run::from(&self.index.read().unwrap_or_else(PoisonError::into_inner), from)
    }

    fn file(&self) -> (&File, &Path) {
        (&self.file, &self.path)
    }
}
