//! What a store must be able to do. Everything else a journal does is said once, in the ledger.

use std::ops::ControlFlow;

use bytes::Bytes;

use crate::Error;

/// An encoded block and the sequence of its first record, which is its key.
#[derive(Debug, Clone)]
pub(crate) struct Keyed {
    pub key: u64,
    pub block: Bytes,
}

/// Keeps encoded blocks in the order of their keys.
pub(crate) trait Shelf: Send + Sync {
    /// Puts blocks up, all or none, and returns once they are durable. `last` is the sequence of the last
    /// record in them. An error means that nobody
    /// knows: the ledger never puts anything up after one.
    fn put(&self, blocks: &[Keyed], last: u64) -> Result<(), Error>;

    /// The last block whose key is at most `sequence`.
    fn at_or_before(&self, sequence: u64) -> Result<Option<Keyed>, Error>;

    /// Shows blocks from the key `from` on, in order, until told to stop.
    fn walk(&self, from: u64, visit: &mut dyn FnMut(u64, &[u8]) -> ControlFlow<()>) -> Result<(), Error>;

    /// What is wrong with the store besides its blocks, if anything is.
    fn complaint(&self) -> Result<Option<String>, Error>;

    /// Bytes that the store takes on its disk.
    fn disk_bytes(&self) -> Result<u64, Error>;
}
