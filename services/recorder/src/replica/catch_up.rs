//! Copying from another recorder's journal what is missing here.

use std::sync::Arc;
use std::time::Duration;

use bus::Bus;
use bytes::Bytes;
use journal::{Decision, Head, Journal};
use proto::block::{Block, frames};
use proto::live::{FactsForm, FactsQuery};
use proto::subject::Subject;

/// Bytes of blocks asked for at once: the most that a recorder lends.
const PAGE_BYTES: u32 = 1024 * 1024;

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
    let subject = Subject::journal_of(area, peer);
    let mut page = ask(bus, &subject, peer, journal.head().sequence).await?;
    while !page.is_empty() && journal.head().sequence < until {
        let lost = |why: String| Error::Peer { peer: peer.to_owned(), why };
        let blocks = decode(&page).map_err(lost)?;
        let last = blocks.last().map_or(0, Block::last_sequence);
        if last <= journal.head().sequence {
            return Err(lost(format!("it answered with facts up to {last} once more")));
        }
        // While these are written the next ones travel.
        let next = ask(bus, &subject, peer, last);
        let (journal, name) = (Arc::clone(journal), peer.to_owned());
        let write = tokio::task::spawn_blocking(move || write(journal.as_ref(), &blocks, &name));
        let (next, written) = tokio::join!(next, write);
        written??;
        page = next?;
    }
    Ok(())
}

async fn ask(bus: &Bus, subject: &Subject, peer: &str, after: u64) -> Result<Bytes, Error> {
    let query = FactsQuery { after, limit: PAGE_BYTES, form: FactsForm::Blocks };
    let question = Bytes::from(serde_json::to_vec(&query).unwrap_or_default());
    let answer = bus.request(subject, question, DEADLINE).await;
    answer.map_err(|error| Error::Peer { peer: peer.to_owned(), why: error.to_string() })
}

fn decode(page: &[u8]) -> Result<Vec<Block>, String> {
    frames(page)
        .map(|frame| frame.and_then(Block::decode))
        .collect::<Result<_, _>>()
        .map_err(|error| error.to_string())
}

fn write(journal: &dyn Journal, blocks: &[Block], peer: &str) -> Result<Head, Error> {
    let mut head = journal.head();
    let mut group = Vec::with_capacity(blocks.len());
    for block in blocks {
        let differs = |sequence| Error::Differs { peer: peer.to_owned(), sequence };
        let mut records = Vec::new();
        for (sequence, record) in block.records_from(head.sequence + 1) {
            if sequence != head.sequence + 1 {
                return Err(Error::Peer {
                    peer: peer.to_owned(),
                    why: format!("it left out fact {}", head.sequence + 1),
                });
            }
            head = head.then(record);
            records.push(Bytes::copy_from_slice(record));
        }
        if records.is_empty() {
            continue;
        }
        if head.hash != *block.head() {
            return Err(differs(head.sequence));
        }
        group.push(Decision { records, cursor: block.cursor() });
    }
    Ok(journal.append(&group)?)
}
