//! Reads the journal through a recorder, which alone may open it.

use std::sync::Arc;
use std::time::Duration;

use bus::Bus;
use bytes::Bytes;
use proto::block::{Block, ChainHash, chain, frames};
use proto::fact::StoredFact;
use proto::live::{FactsForm, FactsQuery};
use proto::subject::Subject;
use situation::fact::Fact;
use situation::time::Instant;
use tokio::time::Instant as Stopwatch;

use crate::Error;
use crate::roster::{SharedRoster, Whom, lock};

/// Bytes of blocks asked for at once: some thousand facts, a few hundredths of a second to fold, so
/// that nothing else waits long.
const PAGE_BYTES: u32 = 64 * 1024;
/// A page comes from a local disk; one that takes this long is not coming from there, but may from elsewhere.
const DEADLINE: Duration = Duration::from_secs(2);
/// What a fact takes in a block, roughly: how much to ask for when few are needed.
const BYTES_A_FACT: u64 = 64;

/// A reader of one area's journal, from whichever recorder the roster says.
#[derive(Clone)]
pub(crate) struct Reader {
    bus: Bus,
    area: Arc<str>,
    roster: SharedRoster,
}

impl Reader {
    pub fn new(bus: Bus, area: &str, roster: SharedRoster) -> Self {
        Self { bus, area: Arc::from(area), roster }
    }

    /// The next page after a fact: encoded blocks, none at the end. Where the chosen recorder has no more and
    /// another said that it has, it is that one's.
    pub async fn page_after(&self, after: u64) -> Result<Page, Error> {
        let page = self.page(after, PAGE_BYTES).await?;
        let further = match page.is_empty() {
            true => lock(&self.roster).beyond(after, &page.from, Stopwatch::now()),
            false => None,
        };
        let Some(further) = further else { return Ok(page) };
        let blocks = self.ask_of(&further, blocks_after(after, PAGE_BYTES)).await?;
        Ok(Page { from: further, after, blocks })
    }

    /// The next page after a fact, with no more than it takes to come to another.
    pub async fn page_towards(&self, after: u64, to: u64) -> Result<Page, Error> {
        let span = to.saturating_sub(after).saturating_mul(BYTES_A_FACT);
        let page = self.page(after, u32::try_from(span).unwrap_or(PAGE_BYTES).clamp(1, PAGE_BYTES)).await?;
        // Who has none may not be the one that has.
        if page.is_empty() { self.page_after(after).await } else { Ok(page) }
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
        let far_enough = lock(&self.roster).beyond(after, &Whom::Nobody, Stopwatch::now());
        let line = match far_enough {
            Some(whom) => self.ask_of(&whom, query).await?,
            None => self.ask(query).await?.1,
        };
        let line: Option<Line> = serde_json::from_slice(&line).ok();
        Ok(line.filter(|line| line.sequence == sequence).map(|line| line.head))
    }

    async fn page(&self, after: u64, limit: u32) -> Result<Page, Error> {
        let (from, blocks) = self.ask(blocks_after(after, limit)).await?;
        Ok(Page { from, after, blocks })
    }

    /// Asks the chosen recorder, and where it does not answer the next best, once.
    async fn ask(&self, query: FactsQuery) -> Result<(Whom, Bytes), Error> {
        let first = self.whom();
        match self.ask_of(&first, query).await {
            Err(error) if error.is_passing() && matches!(first, Whom::One(_)) => {
                let second = self.whom();
                let answer = self.ask_of(&second, query).await?;
                Ok((second, answer))
            }
            answer => Ok((first, answer?)),
        }
    }

    fn whom(&self) -> Whom {
        lock(&self.roster).whom(Stopwatch::now())
    }

    async fn ask_of(&self, whom: &Whom, query: FactsQuery) -> Result<Bytes, Error> {
        let subject = match whom {
            Whom::Anybody => Subject::journal_read(&self.area),
            Whom::One(name) => Subject::journal_of(&self.area, name),
            Whom::Nobody => return Err(Error::AllDiffer),
        };
        let question = Bytes::from(serde_json::to_vec(&query).unwrap_or_default());
        let answer = self.bus.request(&subject, question, DEADLINE).await;
        if let (Whom::One(name), Err(_)) = (whom, &answer) {
            lock(&self.roster).unanswered(name);
        }
        Ok(answer?)
    }
}

const fn blocks_after(after: u64, limit: u32) -> FactsQuery {
    FactsQuery { after, limit, form: FactsForm::Blocks }
}

/// Some blocks of the journal.
pub(crate) struct Page {
    /// Whose.
    pub from: Whom,
    after: u64,
    blocks: Bytes,
}

/// What a page says.
pub(crate) struct Read {
    pub facts: Vec<Fact>,
    /// The journal's head after each of them.
    pub heads: Vec<ChainHash>,
}

impl Page {
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// The facts after the one that was asked for, whose head was `before`. Nothing of a page is handed out that
    /// does not go on from there, record by record, to the heads that its blocks were written with. Work for a
    /// thread that may take its time.
    pub fn read(&self, before: ChainHash) -> Result<Read, Error> {
        self.read_to(before, u64::MAX)
    }

    /// The same as far as a fact: those after it only have to be there as they were written.
    pub fn read_to(&self, before: ChainHash, to: u64) -> Result<Read, Error> {
        let wrong = |source| Error::Block { after: self.after, source };
        let mut read = Read { facts: Vec::new(), heads: Vec::new() };
        let (mut next, mut head) = (self.after + 1, before);
        for frame in frames(&self.blocks) {
            let block = Block::decode(frame.map_err(wrong)?).map_err(wrong)?;
            let first = next;
            if !(block.first_sequence()..=block.last_sequence()).contains(&first) {
                return Err(Error::Gap { wanted: first, got: block.first_sequence() });
            }
            if first > to {
                break;
            }
            for (sequence, record) in block.records_from(first) {
                head = chain(&head, record);
                if sequence <= to {
                    read.heads.push(head);
                }
                next += 1;
            }
            if head != *block.head() {
                return Err(Error::Chain { from: first, to: block.last_sequence() });
            }
            for (_, record) in block.records_from(first).take_while(|(sequence, _)| *sequence <= to) {
                read.facts.push(StoredFact::from_bytes(record)?.into_fact()?);
            }
        }
        Ok(read)
    }

    /// When its facts after the one that was asked for were received, whatever their chain.
    pub fn received(&self) -> Result<Vec<(u64, Instant)>, Error> {
        let mut received = Vec::new();
        self.each(self.after + 1, |sequence, stored| {
            received.push((sequence, stored.received.into()));
            Ok(())
        })?;
        Ok(received)
    }

    /// The facts from one on, whatever their chain.
    fn each(
        &self,
        from: u64,
        mut take: impl FnMut(u64, StoredFact) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let wrong = |source| Error::Block { after: self.after, source };
        for frame in frames(&self.blocks) {
            let block = Block::decode(frame.map_err(wrong)?).map_err(wrong)?;
            for (sequence, record) in block.records_from(from) {
                take(sequence, StoredFact::from_bytes(record)?)?;
            }
        }
        Ok(())
    }
}
