//! What a store must be able to do. Everything else a journal does is said once, in the ledger.

use std::ops::ControlFlow;
use std::sync::Arc;

use bytes::Bytes;

use crate::{Bearing, Error};

/// An encoded block and the sequence of its first record, which is its key.
#[derive(Debug, Clone)]
pub(crate) struct Keyed {
    pub key: u64,
    pub block: Bytes,
}

/// Is shown blocks with their keys until it has seen enough.
pub(crate) type Visit<'a> = dyn FnMut(u64, &[u8]) -> ControlFlow<()> + 'a;

/// What an opening finds behind the last block.
#[derive(Debug, Clone, Default)]
pub(crate) struct LooseEnds {
    /// What lies there in no whole append and is not shown.
    pub remains: Vec<String>,
    /// What can't be known, where nothing says how far the acknowledged records went.
    pub unwitnessed: Option<String>,
}

/// The blocks of a moment. What is put up later may be seen in it or not.
pub(crate) trait Stock: Send + Sync {
    /// The last block whose key is at most `sequence`.
    fn at_or_before(&self, sequence: u64) -> Result<Option<Keyed>, Error>;

    /// Shows blocks from the key `from` on, in order, until told to stop.
    fn walk(&self, from: u64, visit: &mut Visit<'_>) -> Result<(), Error>;
}

/// Keeps encoded blocks in the order of their keys.
pub(crate) trait Shelf: Send + Sync {
    /// Puts blocks up, all or none, and returns once they are durable. `last` is the sequence of the last
    /// record in them. After an error nobody knows whether they are there: the ledger never puts anything
    /// up again.
    fn put(&self, blocks: &[Keyed], last: u64) -> Result<(), Error>;

    /// What is there now. Whoever reads takes it once: between two of them blocks may have been packed
    /// together, and the end of one would not meet the beginning of the other.
    fn now(&self) -> Arc<dyn Stock>;

    /// Moves everything to where it will stay.
    fn settle(&self) -> Result<(), Error>;

    /// How it fares.
    fn bearing(&self) -> Bearing;

    /// What is wrong with the store besides its blocks, if anything is.
    fn complaint(&self) -> Result<Option<String>, Error>;

    /// What was found at its end besides the blocks.
    fn loose_ends(&self) -> LooseEnds;

    /// Bytes that the store takes on its disk.
    fn disk_bytes(&self) -> Result<u64, Error>;
}
