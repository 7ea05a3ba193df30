//! One thing that goes wrong with one file.

use std::fmt;
use std::path::{Path, PathBuf};

use bytes::Bytes;

use super::base::Base;
use crate::dice::Dice;

#[derive(Debug, Clone)]
pub struct Mutation {
    pub path: PathBuf,
    pub what: What,
}

#[derive(Debug, Clone)]
pub enum What {
    Flip {
        at: usize,
        bit: u8,
    },
    Zero {
        from: usize,
        to: usize,
    },
    Truncate {
        to: usize,
    },
    /// Two stretches of one length change places.
    Swap {
        first: usize,
        second: usize,
        length: usize,
    },
    /// The file as it was earlier on.
    Older(Older),
    Delete,
}

#[derive(Clone)]
pub struct Older(Bytes);

impl fmt::Debug for Older {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl Mutation {
    /// One that makes a difference to the file: any file is met as often as any other.
    pub fn thrown(base: &Base, dice: &mut Dice) -> Self {
        let files: Vec<_> =
            base.files.iter().filter_map(|(path, bytes)| Some((path, bytes.as_ref()?))).collect();
        loop {
            let (path, bytes) = files[dice.index(files.len())];
            let what = what(base, path, bytes.len(), dice);
            let mutation = Self { path: path.clone(), what };
            if mutation.applied(bytes).is_none_or(|changed| changed != *bytes) {
                return mutation;
            }
        }
    }

    /// The file's bytes afterwards; none if there is no file.
    pub fn applied(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let mut bytes = bytes.to_vec();
        match &self.what {
            What::Flip { at, bit } => bytes[*at] ^= 1 << bit,
            What::Zero { from, to } => bytes[*from..*to].fill(0),
            What::Truncate { to } => bytes.truncate(*to),
            What::Swap { first, second, length } => {
                let (left, right) = bytes.split_at_mut(*second);
                left[*first..*first + *length].swap_with_slice(&mut right[..*length]);
            }
            What::Older(Older(copy)) => return Some(copy.to_vec()),
            What::Delete => return None,
        }
        Some(bytes)
    }

    pub fn apply(&self, root: &Path) {
        let path = root.join(&self.path);
        match self.applied(&std::fs::read(&path).expect("a file")) {
            Some(bytes) => std::fs::write(path, bytes).expect("written"),
            None => std::fs::remove_file(path).expect("removed"),
        }
    }
}

fn what(base: &Base, path: &Path, length: usize, dice: &mut Dice) -> What {
    let copies: Vec<&Bytes> =
        base.older.iter().filter_map(|(old, copy)| (old == path).then_some(copy)).collect();
    let kind = dice.index(14);
    if length == 0 || kind == 0 {
        return What::Delete;
    }
    let sector = dice.pick(&[64, 512, 4_096]);
    match kind {
        1 | 2 if !copies.is_empty() => What::Older(Older(copies[dice.index(copies.len())].clone())),
        3..=5 => What::Truncate { to: dice.index(length) },
        6 | 7 if length >= 2 * sector => {
            let sectors = length / sector;
            let first = dice.index(sectors - 1);
            let second = dice.between(first + 1, sectors - 1);
            What::Swap { first: first * sector, second: second * sector, length: sector }
        }
        8..=10 => {
            let from = dice.index(length);
            What::Zero { from, to: (from + dice.between(1, sector)).min(length) }
        }
        _ => {
            // As often near an end, where headers are, as anywhere.
            let near = dice.index(length.min(64));
            let anywhere = dice.index(length);
            let at = dice.pick(&[anywhere, near, length - 1 - near]);
            What::Flip { at, bit: u8::try_from(dice.index(8)).expect("of eight") }
        }
    }
}
