//! The fact with which a log goes on from a copy of itself.

use ::journal::{Decision, Head, Journal};
use bytes::Bytes;
use proto::block::{Block, frames};
use proto::fact::{LogRestored, Lost, Origin, StoredBody, StoredFact};
use proto::time::Moment;
use runtime::Clock;

use crate::Error;

/// Blocks read at once.
const PAGE_BYTES: usize = 4 * 1024 * 1024;
/// Lost ranges that the fact names at the most; what else is lost is in its count.
const NAMED_RANGES: usize = 1_000;

/// What the facts say of the log that they are in.
#[derive(Debug, Default)]
pub struct Log {
    /// The epoch at the end.
    pub epoch: Option<String>,
    /// Whether the simulator feeds it.
    pub simulated: Option<bool>,
    /// The last fact's sequence, as it was numbered before.
    pub last_sequence: u64,
    /// When the last fact was received.
    pub last_received: Option<Moment>,
}

impl Log {
    /// Takes the next fact in.
    pub fn take(&mut self, fact: &StoredFact, sequence: u64) {
        self.last_sequence = sequence;
        self.last_received = Some(fact.received);
        match &fact.body {
            StoredBody::LogBegun { epoch, simulated }
            | StoredBody::LogRestored(LogRestored { epoch, simulated, .. }) => {
                self.epoch = Some(epoch.clone());
                self.simulated = Some(*simulated);
            }
            StoredBody::AreaConfigured { .. }
            | StoredBody::ClockReached { .. }
            | StoredBody::Event(_)
            | StoredBody::StreamChanged { .. } => {}
        }
    }
}

/// Shows every fact up to a sequence, with its stored bytes.
pub fn each_fact(
    journal: &dyn Journal,
    up_to: u64,
    visit: &mut dyn FnMut(StoredFact, &[u8]),
) -> Result<(), Error> {
    let mut after = 0;
    while after < up_to {
        let page = journal.read_blocks(after, PAGE_BYTES)?;
        let begun = after;
        for stored in page.blocks.iter().flat_map(|blocks| frames(blocks)) {
            let next = after + 1;
            let damaged = |error| Error::Bad(format!("damaged at sequence {next}: {error}"));
            let block = Block::decode(stored.map_err(damaged)?).map_err(damaged)?;
            for (sequence, record) in block.records_from(next) {
                if sequence <= up_to {
                    visit(StoredFact::from_bytes(record)?, record);
                }
            }
            after = after.max(block.last_sequence());
        }
        if after == begun {
            return Err(Error::Bad(format!("damaged at sequence {}: no block holds it", after + 1)));
        }
    }
    Ok(())
}

/// Appends the fact that begins a new epoch after everything else in a journal.
pub fn begin(journal: &dyn Journal, log: Log, origin: Origin, lost: &[Lost]) -> Result<Head, Error> {
    let at = Moment(Clock::system().now_us());
    let to = log.last_received.unwrap_or(at);
    let simulated = log.simulated.unwrap_or(false);
    // A simulated log has a time of its own, which this machine's clock must not move.
    let received = if simulated { to } else { to.max(at) };
    let body = StoredBody::LogRestored(LogRestored {
        epoch: recorder::new_epoch()?,
        simulated,
        from_epoch: log.epoch.unwrap_or_default(),
        from_sequence: log.last_sequence,
        to,
        at,
        origin,
        lost_facts: lost.iter().map(|range| range.last - range.first + 1).sum(),
        lost: lost.iter().take(NAMED_RANGES).copied().collect(),
    });
    let fact = StoredFact { sequence: journal.head().sequence + 1, received, body };
    let records = vec![Bytes::from(fact.to_bytes()?)];
    // It came from no stream: the recorder goes on where it was.
    Ok(journal.append(&[Decision { records, cursor: journal.cursor() }])?)
}
