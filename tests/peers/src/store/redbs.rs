//! redb.

use std::ops::RangeInclusive;
use std::path::Path;

use redb::{Database, Durability, ReadableDatabase, TableDefinition};

use super::Sink;
use super::packed::{Entries, EntriesReader};
use crate::Error;

const NAME: &str = "redb";
const FACTS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("facts");

fn open(directory: &Path) -> Result<Database, Error> {
    Database::create(directory.join("facts.redb")).map_err(Error::peer(NAME))
}

/// Being written.
pub struct Redb(Database);

impl Redb {
    /// Opens or makes the file.
    pub fn open(directory: &Path) -> Result<Self, Error> {
        Ok(Self(open(directory)?))
    }
}

impl Entries for Redb {
    fn put(&mut self, entries: &[(u64, &[u8])]) -> Result<(), Error> {
        let put = || -> Result<(), redb::Error> {
            let mut transaction = self.0.begin_write()?;
            transaction.set_durability(Durability::Immediate)?;
            let mut facts = transaction.open_table(FACTS)?;
            for (key, value) in entries {
                facts.insert(key, value)?;
            }
            drop(facts);
            transaction.commit()?;
            Ok(())
        };
        put().map_err(Error::peer(NAME))
    }

    fn settle(&mut self) -> Result<(), Error> {
        Ok(())
    }
}

/// Being read.
pub struct RedbReader(Database);

impl RedbReader {
    /// Without a writer beside it.
    pub fn open(directory: &Path) -> Result<Self, Error> {
        Ok(Self(open(directory)?))
    }
}

impl EntriesReader for RedbReader {
    fn values(&self, range: RangeInclusive<u64>, sink: &mut Sink<'_>) -> Result<(), Error> {
        let transaction = self.0.begin_read().map_err(Error::peer(NAME))?;
        let facts = transaction.open_table(FACTS).map_err(Error::peer(NAME))?;
        for entry in facts.range(range).map_err(Error::peer(NAME))? {
            let (_, value) = entry.map_err(Error::peer(NAME))?;
            sink(value.value())?;
        }
        Ok(())
    }
}
