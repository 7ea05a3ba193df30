//! SQLite.

use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};

use super::Sink;
use super::packed::{Entries, EntriesReader};
use crate::Error;

const NAME: &str = "sqlite";
const INSERT: &str = "INSERT INTO facts (sequence, record) VALUES (?1, ?2)";
const SELECT: &str = "SELECT record FROM facts WHERE sequence BETWEEN ?1 AND ?2 ORDER BY sequence";
/// The strictest setting that keeps its promise in WAL mode: the log is synced at each commit.
const SETTINGS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
     CREATE TABLE IF NOT EXISTS facts (sequence INTEGER PRIMARY KEY, record BLOB NOT NULL) STRICT;";

/// Being written.
pub struct Sqlite(Connection);

impl Sqlite {
    /// Opens or makes the file.
    pub fn open(directory: &Path) -> Result<Self, Error> {
        let connection = Connection::open(directory.join("facts.sqlite")).map_err(Error::peer(NAME))?;
        connection.execute_batch(SETTINGS).map_err(Error::peer(NAME))?;
        Ok(Self(connection))
    }
}

impl Entries for Sqlite {
    fn put(&mut self, entries: &[(u64, &[u8])]) -> Result<(), Error> {
        let mut put = || {
            let transaction = self.0.transaction()?;
            let mut insert = transaction.prepare_cached(INSERT)?;
            for (key, value) in entries {
                insert.execute(params![key.cast_signed(), value])?;
            }
            drop(insert);
            transaction.commit()
        };
        put().map_err(Error::peer(NAME))
    }

    fn settle(&mut self) -> Result<(), Error> {
        let checkpoint = self.0.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        checkpoint.map_err(Error::peer(NAME))
    }
}

/// Being read: a connection a scan.
pub struct SqliteReader(PathBuf);

impl SqliteReader {
    /// Of a directory.
    pub fn new(directory: &Path) -> Self {
        Self(directory.join("facts.sqlite"))
    }
}

impl EntriesReader for SqliteReader {
    fn values(&self, range: RangeInclusive<u64>, sink: &mut Sink<'_>) -> Result<(), Error> {
        let connection = Connection::open(&self.0).map_err(Error::peer(NAME))?;
        let mut select = connection.prepare(SELECT).map_err(Error::peer(NAME))?;
        let between = params![range.start().cast_signed(), range.end().cast_signed()];
        let mut rows = select.query(between).map_err(Error::peer(NAME))?;
        while let Some(row) = rows.next().map_err(Error::peer(NAME))? {
            let value = row.get_ref(0).map_err(Error::peer(NAME))?;
            sink(value.as_blob().map_err(Error::peer(NAME))?)?;
        }
        Ok(())
    }
}
