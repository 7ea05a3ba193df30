//! fjall.

use std::ops::RangeInclusive;
use std::path::Path;

use fjall::{Database, Keyspace, KeyspaceCreateOptions, PersistMode};

use super::Sink;
use super::packed::{Entries, EntriesReader};
use crate::Error;

const NAME: &str = "fjall";

fn open(directory: &Path) -> Result<(Database, Keyspace), Error> {
    let open = || {
        let database = Database::builder(directory.join("fjall")).open()?;
        let facts = database.keyspace("facts", KeyspaceCreateOptions::default)?;
        Ok((database, facts))
    };
    open().map_err(Error::peer::<fjall::Error>(NAME))
}

/// Being written.
pub struct Fjall {
    database: Database,
    facts: Keyspace,
}

impl Fjall {
    /// Opens or makes the directory.
    pub fn open(directory: &Path) -> Result<Self, Error> {
        let (database, facts) = open(directory)?;
        Ok(Self { database, facts })
    }
}

impl Entries for Fjall {
    fn put(&mut self, entries: &[(u64, &[u8])]) -> Result<(), Error> {
        // fdatasync, as everyone here; SyncAll would be a full fsync.
        let mut batch = self.database.batch().durability(Some(PersistMode::SyncData));
        for (key, value) in entries {
            batch.insert(&self.facts, key.to_be_bytes().as_slice(), *value);
        }
        batch.commit().map_err(Error::peer(NAME))
    }

    fn settle(&mut self) -> Result<(), Error> {
        self.facts.rotate_memtable_and_wait().map_err(Error::peer(NAME))
    }
}

/// Being read.
pub struct FjallReader {
    facts: Keyspace,
    /// Keeps the keyspace's workers alive.
    _database: Database,
}

impl FjallReader {
    /// Without a writer beside it.
    pub fn open(directory: &Path) -> Result<Self, Error> {
        let (database, facts) = open(directory)?;
        Ok(Self { facts, _database: database })
    }
}

impl EntriesReader for FjallReader {
    fn values(&self, range: RangeInclusive<u64>, sink: &mut Sink<'_>) -> Result<(), Error> {
        for entry in self.facts.range(range.start().to_be_bytes()..=range.end().to_be_bytes()) {
            sink(&entry.value().map_err(Error::peer(NAME))?)?;
        }
        Ok(())
    }
}
