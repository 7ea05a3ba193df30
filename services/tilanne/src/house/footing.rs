//! What a house stands on: its journal, and the disk below that.

use std::path::Path;
use std::sync::Arc;

use journal::{Disk, Journal, SystemDisk};
use proto::fact::StoredFact;
use situation::time::Instant;

use crate::Error;

/// What a house stands on: the disk that its journal is written to, and when the journal binds its tail. The
/// program as it is shipped takes the default; a harness brings a disk that fails, forgets or kills.
pub struct Footing {
    /// The calls that durability rests on.
    pub disk: Arc<dyn Disk>,
    /// How the journal is kept.
    pub options: journal::Options,
}

impl Default for Footing {
    fn default() -> Self {
        Self { disk: Arc::new(SystemDisk), options: journal::Options::default() }
    }
}

/// The journal lies in a directory of its own below the data directory.
pub const JOURNAL: &str = "journal";

/// Opens the journal below a data directory.
///
/// # Errors
/// See [`journal::open`].
pub async fn open_journal(data: &Path) -> Result<Arc<dyn Journal>, Error> {
    let directory = data.join(JOURNAL);
    let opened = tokio::task::spawn_blocking(move || journal::open(&directory, &journal::Options::default()));
    Ok(opened.await??)
}

/// Opens the journal below a data directory on a footing.
pub(super) async fn open_journal_on(data: &Path, footing: Footing) -> Result<Arc<dyn Journal>, Error> {
    let directory = data.join(JOURNAL);
    let Footing { disk, options } = footing;
    let opened = tokio::task::spawn_blocking(move || journal::open_on(&directory, &options, disk));
    Ok(opened.await??)
}

/// When the newest fact of a journal was received.
pub(super) fn last_received(journal: &dyn Journal) -> Result<Option<Instant>, Error> {
    let Some(before) = journal.head().sequence.checked_sub(1) else { return Ok(None) };
    let page = journal.read_from(before, 1)?;
    let Some(record) = page.records.first() else { return Ok(None) };
    Ok(Some(StoredFact::from_bytes(record)?.received.into()))
}
