//! Reads the journal through the recorder, which alone may open it.

use std::time::Duration;

use bus::Bus;
use bytes::Bytes;
use proto::block::{Block, ChainHash, NOTHING, frames};
use proto::fact::StoredFact;
use proto::live::{FactsForm, FactsQuery};
use proto::subject::Subject;
use situation::fact::Fact;

use crate::Error;

/// Bytes of blocks asked for at once: some thousand facts, a few hundredths of a second to fold, so
/// that nothing else waits long.
const PAGE_BYTES: u32 = 64 * 1024;
/// A page comes from a local disk; one that takes this long is not coming.
const DEADLINE: Duration = Duration::from_secs(10);
/// What a fact takes in a block, roughly: how much to ask for when few are needed.
const BYTES_A_FACT: u64 = 64;

/// A reader of one area's journal.
#[derive(Clone)]
pub(crate) struct Reader {
    bus: Bus,
    subject: Subject,
}

impl Reader {
    pub fn new(bus: Bus, area: &str) -> Self {
        Self { bus, subject: Subject::journal_read(area) }
    }

    /// The next page after a fact: encoded blocks, none at the end.
    pub async fn page_after(&self, after: u64) -> Result<Page, Error> {
        self.page(after, PAGE_BYTES).await
    }

    /// The facts of a list of sequences, which must be sorted, in their order.
    pub async fn facts(&self, sequences: &[u64]) -> Result<Vec<Fact>, Error> {
        let mut found = Vec::with_capacity(sequences.len());
        let mut wanted = sequences.iter().copied().peekable();
        let last = sequences.last().copied().unwrap_or_default();
        while let Some(&first) = wanted.peek() {
            let span = (last - first + 1).saturating_mul(BYTES_A_FACT);
            let bytes = u32::try_from(span).unwrap_or(PAGE_BYTES).clamp(1, PAGE_BYTES);
            let page = self.page(first.saturating_sub(1), bytes).await?;
            let before = found.len();
            page.each(first, |sequence, stored| {
                if wanted.next_if_eq(&sequence).is_some() {
                    found.push(stored.into_fact()?);
                }
                Ok(())
            })?;
            if found.len() == before {
                return Err(Error::Gap { wanted: first, got: 0 });
            }
        }
        Ok(found)
    }

    /// The journal's head, in hex, as it was at a sequence; `None` if it does not go as far.
    pub async fn head_at(&self, sequence: u64) -> Result<Option<String>, Error> {
        #[derive(serde::Deserialize)]
        struct Line {
            sequence: u64,
            head: String,
        }
        let Some(after) = sequence.checked_sub(1) else { return Ok(None) };
        let query = FactsQuery { after, limit: 1, form: FactsForm::Json };
        let question = Bytes::from(serde_json::to_vec(&query).unwrap_or_default());
        let line = self.bus.request(&self.subject, question, DEADLINE).await?;
        let line: Option<Line> = serde_json::from_slice(&line).ok();
        Ok(line.filter(|line| line.sequence == sequence).map(|line| line.head))
    }

    async fn page(&self, after: u64, limit: u32) -> Result<Page, Error> {
        let query = FactsQuery { after, limit, form: FactsForm::Blocks };
        let question = Bytes::from(serde_json::to_vec(&query).unwrap_or_default());
        Ok(Page { after, blocks: self.bus.request(&self.subject, question, DEADLINE).await? })
    }
}

/// Some blocks of the journal.
pub(crate) struct Page {
    after: u64,
    blocks: Bytes,
}

impl Page {
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// The facts after the one that was asked for, and the journal's head after the last of them. Work for a
    /// thread that may take its time.
    pub fn decode(&self) -> Result<(Vec<Fact>, ChainHash), Error> {
        let mut facts = Vec::new();
        let mut next = self.after + 1;
        let head = self.each(next, |sequence, stored| {
            if sequence != next {
                return Err(Error::Gap { wanted: next, got: sequence });
            }
            next += 1;
            facts.push(stored.into_fact()?);
            Ok(())
        })?;
        Ok((facts, head))
    }

    /// Answers with the head after the last block.
    fn each(
        &self,
        from: u64,
        mut take: impl FnMut(u64, StoredFact) -> Result<(), Error>,
    ) -> Result<ChainHash, Error> {
        let wrong = |source| Error::Block { after: self.after, source };
        let mut head = NOTHING;
        for frame in frames(&self.blocks) {
            let block = Block::decode(frame.map_err(wrong)?).map_err(wrong)?;
            for (sequence, record) in block.records_from(from) {
                take(sequence, StoredFact::from_bytes(record)?)?;
            }
            head = *block.head();
        }
        Ok(head)
    }
}
