//! Those who are measured, behind one door: append a group durably, settle, scan.

mod fjalls;
mod ours;
mod packed;
mod plain;
mod redbs;
mod sqlite;

use std::ops::RangeInclusive;
use std::path::Path;

use journal::Decision;

use crate::Error;
use crate::scan::{Deep, Met};

/// One who is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// A growing file: length, CRC32C and bytes of each record, one write and one fdatasync a group.
    Plain,
    /// The journal.
    Journal,
    /// SQLite, WAL and synchronous=FULL, a row a fact.
    Sqlite,
    /// The same, a row for each of our encoded blocks.
    SqliteBlocks,
    /// fjall, an entry a fact, batch and fdatasync a group.
    Fjall,
    /// The same, an entry for each of our encoded blocks.
    FjallBlocks,
    /// redb, an entry a fact, one transaction of immediate durability a group.
    Redb,
    /// The same, an entry for each of our encoded blocks.
    RedbBlocks,
}

/// All of them, in the order in which each round measures them.
pub const ALL: [Who; 8] = [
    Who::Plain,
    Who::Journal,
    Who::Sqlite,
    Who::SqliteBlocks,
    Who::Fjall,
    Who::FjallBlocks,
    Who::Redb,
    Who::RedbBlocks,
];

/// Those who store a row or entry a fact.
pub const PLAIN_PEERS: [Who; 3] = [Who::Sqlite, Who::Fjall, Who::Redb];

impl Who {
    /// As printed.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain-file",
            Self::Journal => "journal",
            Self::Sqlite => "sqlite",
            Self::SqliteBlocks => "sqlite-blocks",
            Self::Fjall => "fjall",
            Self::FjallBlocks => "fjall-blocks",
            Self::Redb => "redb",
            Self::RedbBlocks => "redb-blocks",
        }
    }

    /// By the name that is printed.
    pub fn named(name: &str) -> Result<Self, Error> {
        let known = || ALL.map(Self::name).join("; ");
        let found = ALL.into_iter().find(|who| who.name() == name);
        found.ok_or_else(|| Error::Wrong(format!("there is no {name:?}: use one of {}", known())))
    }

    /// Opens a new or existing store for writing.
    pub fn open(self, directory: &Path) -> Result<Box<dyn Store>, Error> {
        std::fs::create_dir_all(directory).map_err(Error::file(directory))?;
        Ok(match self {
            Self::Plain => Box::new(plain::Plain::open(directory)?),
            Self::Journal => Box::new(ours::Ours::open(directory)?),
            Self::Sqlite => Box::new(packed::Rows(sqlite::Sqlite::open(directory)?)),
            Self::SqliteBlocks => Box::new(packed::Packed::new(sqlite::Sqlite::open(directory)?)),
            Self::Fjall => Box::new(packed::Rows(fjalls::Fjall::open(directory)?)),
            Self::FjallBlocks => Box::new(packed::Packed::new(fjalls::Fjall::open(directory)?)),
            Self::Redb => Box::new(packed::Rows(redbs::Redb::open(directory)?)),
            Self::RedbBlocks => Box::new(packed::Packed::new(redbs::Redb::open(directory)?)),
        })
    }

    /// Opens an existing store for reading.
    pub fn reader(self, directory: &Path) -> Result<Box<dyn Reader>, Error> {
        Ok(match self {
            Self::Plain => Box::new(plain::PlainReader::new(directory)),
            Self::Journal => Box::new(ours::OursReader::open(directory)?),
            Self::Sqlite => Box::new(packed::RowsReader(sqlite::SqliteReader::new(directory))),
            Self::SqliteBlocks => Box::new(packed::PackedReader(sqlite::SqliteReader::new(directory))),
            Self::Fjall => Box::new(packed::RowsReader(fjalls::FjallReader::open(directory)?)),
            Self::FjallBlocks => Box::new(packed::PackedReader(fjalls::FjallReader::open(directory)?)),
            Self::Redb => Box::new(packed::RowsReader(redbs::RedbReader::open(directory)?)),
            Self::RedbBlocks => Box::new(packed::PackedReader(redbs::RedbReader::open(directory)?)),
        })
    }
}

/// A store being written. Dropping it closes it.
pub trait Store {
    /// Appends a group that begins with sequence `first`; it is durable when this returns.
    fn append(&mut self, first: u64, group: &[Decision]) -> Result<(), Error>;

    /// Does now what the store otherwise leaves to its background, as far as it can be asked to.
    fn settle(&mut self) -> Result<(), Error>;

    /// Bytes that have their receipts and still wait for the background; 0 where that is not known.
    fn unsettled(&self) -> Result<u64, Error> {
        Ok(0)
    }
}

/// What a scan hands each record to.
pub type Sink<'a> = dyn FnMut(&[u8]) -> Result<(), Error> + 'a;

/// A store being read, by as many threads as like to.
pub trait Reader: Sync {
    /// Hands over the records of a range of sequences, in order, each checked as the store checks it.
    fn scan(&self, range: RangeInclusive<u64>, sink: &mut Sink<'_>) -> Result<(), Error>;

    /// Meets the records up to a sequence in the way that the store itself offers for that.
    fn scan_all(&self, last: u64, deep: Deep) -> Result<Met, Error> {
        let mut met = (0, 0);
        self.scan(1..=last, &mut |record| deep.look(record, &mut met))?;
        Ok(met)
    }

    /// Whether a scan can begin in the middle.
    fn can_begin_anywhere(&self) -> bool {
        true
    }
}
