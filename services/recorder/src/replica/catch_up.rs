//! Copying from another recorder's journal what is missing here.
//!
//! Three things go on at once, on three pages: one travels, one is unpacked, one is checked and written.

use std::sync::Arc;
use std::time::Duration;

use bus::Bus;
use bytes::Bytes;
use journal::{Decision, Journal};
use proto::block::{Block, frames};
use proto::live::{FactsForm, FactsQuery};
use proto::subject::Subject;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

/// Bytes of blocks asked for at once: the most that a recorder lends.
const PAGE_BYTES: u32 = 1024 * 1024;

/// Pages that wait between two of the three: one, so that none waits for the next, and memory holds a few.
const BETWEEN: usize = 1;

/// A page comes from a disk over a network; one that takes this long is not coming.
const DEADLINE: Duration = Duration::from_secs(5);

/// Why copying ended before the other's journal did.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// Nothing is wrong here: somebody else may have it.
    #[error("the journal of recorder {peer} can't be read: {why}")]
    Peer { peer: String, why: String },
    /// The facts that both hold differ.
    #[error("recorder {peer} holds other facts up to {sequence}")]
    Differs { peer: String, sequence: u64 },
    /// The journal here failed.
    #[error(transparent)]
    Journal(#[from] journal::Error),
    /// A blocking task did not come back.
    #[error("the copying was cut off: {0}")]
    CutOff(#[from] tokio::task::JoinError),
}

/// Copies up to the fact `until` at least, or until the other journal has nothing more. Each fact is checked to continue the chain before it is written.
pub(crate) async fn catch_up(
    bus: &Bus,
    area: &str,
    peer: &str,
    journal: &Arc<dyn Journal>,
    until: u64,
) -> Result<(), Error> {
    let peer = Peer { bus, subject: Subject::journal_of(area, peer), name: peer.into() };
    let (packed, mut pages) = mpsc::channel(BETWEEN);
    let (unpacked, mut groups) = mpsc::channel::<Vec<Block>>(BETWEEN);
    let travel = peer.pages(journal.head().sequence, until, packed);
    let unpack = async {
        while let Some(page) = pages.recv().await {
            let blocks = spawn_blocking(move || decode(&page)).await?.map_err(|why| peer.lost(why))?;
            // Only a writer that has failed hears no more, and tells why.
            if unpacked.send(blocks).await.is_err() {
                break;
            }
        }
        drop(unpacked);
        Ok(())
    };
    let keep = async {
        while let Some(blocks) = groups.recv().await {
            let (journal, name) = (Arc::clone(journal), Arc::clone(&peer.name));
            spawn_blocking(move || write(journal.as_ref(), &blocks, &name)).await??;
        }
        Ok(())
    };
    tokio::try_join!(travel, unpack, keep)?;
    Ok(())
}

/// Another recorder, whose journal is read.
struct Peer<'a> {
    bus: &'a Bus,
    subject: Subject,
    name: Arc<str>,
}

impl Peer<'_> {
    /// Page after page beyond the fact `after`, until one holds the fact `until` or is empty.
    async fn pages(&self, mut after: u64, until: u64, to: mpsc::Sender<Bytes>) -> Result<(), Error> {
        while after < until {
            let page = self.ask(after).await?;
            if page.is_empty() {
                break;
            }
            let last = last_of(&page).map_err(|why| self.lost(why))?;
            if last <= after {
                return Err(self.lost(format!("it answered with facts up to {last} once more")));
            }
            after = last;
            if to.send(page).await.is_err() {
                break;
            }
        }
        Ok(())
    }

    async fn ask(&self, after: u64) -> Result<Bytes, Error> {
        let query = FactsQuery { after, limit: PAGE_BYTES, form: FactsForm::Blocks };
        let question = Bytes::from(serde_json::to_vec(&query).unwrap_or_default());
        let answer = self.bus.request(&self.subject, question, DEADLINE).await;
        answer.map_err(|error| self.lost(error.to_string()))
    }

    fn lost(&self, why: String) -> Error {
        Error::Peer { peer: self.name.to_string(), why }
    }
}

/// The last fact of a page: the next page can be asked for before this one is unpacked.
fn last_of(page: &[u8]) -> Result<u64, String> {
    let mut last = None;
    for frame in frames(page) {
        last = Some(frame.map_err(|error| error.to_string())?);
    }
    let block = last.map(Block::decode).transpose().map_err(|error| error.to_string())?;
    Ok(block.map_or(0, |block| block.last_sequence()))
}

fn decode(page: &[u8]) -> Result<Vec<Block>, String> {
    frames(page)
        .map(|frame| frame.and_then(Block::decode))
        .collect::<Result<_, _>>()
        .map_err(|error| error.to_string())
}

fn write(journal: &dyn Journal, blocks: &[Block], peer: &str) -> Result<(), Error> {
    let mut head = journal.head();
    let mut group = Vec::with_capacity(blocks.len());
    for block in blocks {
        let mut records = Vec::with_capacity(block.count());
        for (sequence, record) in block.records_from(head.sequence + 1) {
            let left_out = || format!("it left out fact {}", head.sequence + 1);
            let shared = block.shared(sequence).filter(|_| sequence == head.sequence + 1);
            let shared = shared.ok_or_else(|| Error::Peer { peer: peer.to_owned(), why: left_out() })?;
            head = head.then(record);
            records.push(shared);
        }
        if records.is_empty() {
            continue;
        }
        if head.hash != *block.head() {
            return Err(Error::Differs { peer: peer.to_owned(), sequence: head.sequence });
        }
        group.push(Decision { records, cursor: block.cursor() });
    }
    journal.append(&group)?;
    Ok(())
}
