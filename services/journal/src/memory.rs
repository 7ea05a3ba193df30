//! A shelf in memory: for tests, simulations and demonstrations that need no disk.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use bytes::Bytes;

use crate::ledger::Ledger;
use crate::shelf::{Keyed, LooseEnds, Shelf, Stock, Visit};
use crate::{Bearing, Error, Journal};

/// A journal that lasts as long as the process: "durable" means nothing more here.
#[must_use]
pub fn in_memory() -> Arc<dyn Journal> {
    Arc::new(Ledger::empty(Memory::default()))
}

/// The blocks, encoded as on a disk, so that what is tested here is what is stored there. They only grow, so
/// that those of now are those of every moment.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    pub(crate) blocks: Arc<RwLock<BTreeMap<u64, Bytes>>>,
}

impl Stock for RwLock<BTreeMap<u64, Bytes>> {
    fn at_or_before(&self, sequence: u64) -> Result<Option<Keyed>, Error> {
        let blocks = self.read().unwrap_or_else(PoisonError::into_inner);
        Ok(blocks.range(..=sequence).next_back().map(|(&key, block)| Keyed { key, block: block.clone() }))
    }

    fn walk(&self, from: u64, visit: &mut Visit<'_>) -> Result<(), Error> {
        let blocks = self.read().unwrap_or_else(PoisonError::into_inner);
        for (&key, block) in blocks.range(from..) {
            if visit(key, block).is_break() {
                break;
            }
        }
        Ok(())
    }
}

impl Shelf for Memory {
    fn put(&self, blocks: &[Keyed], _last: u64) -> Result<(), Error> {
        let mut shelf = self.blocks.write().unwrap_or_else(PoisonError::into_inner);
        shelf.extend(blocks.iter().map(|keyed| (keyed.key, keyed.block.clone())));
        Ok(())
    }

    fn now(&self) -> Arc<dyn Stock> {
        self.blocks.clone()
    }

    fn settle(&self) -> Result<(), Error> {
        Ok(())
    }

    fn bearing(&self) -> Bearing {
        Bearing::default()
    }

    fn complaint(&self) -> Result<Option<String>, Error> {
        Ok(None)
    }

    fn loose_ends(&self) -> LooseEnds {
        LooseEnds::default()
    }

    fn disk_bytes(&self) -> Result<u64, Error> {
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{contract_suite, damage_is_found_where_it_is, group};

    struct Fixture {
        journal: Arc<dyn Journal>,
    }

    contract_suite!(contract, super::Fixture { journal: super::in_memory() });

    /// Three blocks, of which the middle one can be replaced.
    fn damaged_by(wreck: impl FnOnce(Bytes) -> Option<Bytes>) {
        let journal = Ledger::empty(Memory::default());
        for n in 0..3 {
            journal.append(&group(n * 10 + 1..=n * 10 + 10)).unwrap();
        }
        let replace = |key, block: Option<Bytes>| {
            let mut shelf = journal.shelf().blocks.write().unwrap();
            match block {
                Some(block) => drop(shelf.insert(key, block)),
                None => drop(shelf.remove(&key)),
            }
        };
        damage_is_found_where_it_is(&journal, 11, wreck, replace);
    }

    #[test]
    fn a_flipped_bit_is_found() {
        damaged_by(|block| {
            let mut bytes = block.to_vec();
            bytes[40] ^= 4;
            Some(bytes.into())
        });
    }

    #[test]
    fn a_missing_block_is_found() {
        damaged_by(|_| None);
    }

    #[test]
    fn a_block_under_the_wrong_key_is_found() {
        let other = Ledger::empty(Memory::default());
        other.append(&group(1..=10)).unwrap();
        damaged_by(|_| Some(other.read_blocks(0, 1).unwrap().blocks.remove(0)));
    }
}
