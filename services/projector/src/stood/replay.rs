//! What people saw of a view, change by change, in pages.

use std::sync::Arc;
use std::time::Duration;

use proto::block::ChainHash;
use proto::live::{BoardChange, ReplayPage};
use proto::time::Moment;
use situation::board::View;
use situation::time::Instant;

use super::leg::SHORTEST;
use super::{Past, Stood};
use crate::Error;
use crate::gallery::Gallery;
use crate::reader::{Page, Read};

/// Facts of one page: as many as a short leg has, so that nobody waits for it longer than for a board.
const MAX_FACTS: u64 = SHORTEST;

/// Bytes of patches after which a page ends: far below what NATS carries, and hundreds of changes.
const MAX_BYTES: usize = 256 * 1024;

/// Which part of which board.
#[derive(Clone)]
pub(crate) struct Span {
    pub view: View,
    /// The fact at which the asker's board stands.
    pub after: u64,
    /// Nothing that was received later.
    pub to: Instant,
    /// What was received within this time is one change.
    pub step: Duration,
}

impl Past {
    /// What changed on a view after a fact. `None` if the journal does not go as far, or had no such view then.
    ///
    /// # Errors
    /// If the journal cannot be read.
    pub async fn changes(
        &self,
        span: &Span,
        newest: u64,
        projector: &Arc<str>,
    ) -> Result<Option<ReplayPage>, Error> {
        let reach = newest.min(span.after + 1);
        let Some(stood) = self.at(span.after, reach).await? else { return Ok(None) };
        let last = newest.min(stood.until).min(span.after + MAX_FACTS);
        let Some(mut reel) = Reel::new(stood, span.clone(), projector) else { return Ok(None) };
        while reel.goes_on(last) {
            let page = self.reader.page_after(reel.sequence()).await?;
            if page.is_empty() {
                break;
            }
            reel = tokio::task::spawn_blocking(move || reel.wind(&page, last)).await??;
        }
        let (stood, page) = reel.cut(newest);
        self.remember(stood);
        Ok(Some(page))
    }
}

/// A page that is being made.
struct Reel {
    gallery: Gallery,
    head: ChainHash,
    until: u64,
    span: Span,
    projector: Arc<str>,
    changes: Vec<BoardChange>,
    bytes: usize,
    /// When the first fact was received that is not in a change yet.
    since: Option<Instant>,
    received: Option<Instant>,
    /// What comes next was received too late.
    ended: bool,
}

impl Reel {
    /// `None` if there was no such view.
    fn new(stood: Arc<Stood>, span: Span, projector: &Arc<str>) -> Option<Self> {
        let Stood { boards, head, until } = Arc::unwrap_or_clone(stood);
        let mut gallery = Gallery::of(boards);
        gallery.follow(&span.view, projector);
        gallery.shown(&span.view)?;
        Some(Self {
            gallery,
            head,
            until,
            span,
            projector: Arc::clone(projector),
            changes: Vec::new(),
            bytes: 0,
            since: None,
            received: None,
            ended: false,
        })
    }

    fn sequence(&self) -> u64 {
        self.gallery.boards().sequence()
    }

    fn goes_on(&self, last: u64) -> bool {
        !self.ended && self.bytes < MAX_BYTES && self.sequence() < last
    }

    fn wind(mut self, page: &Page, last: u64) -> Result<Self, Error> {
        let Read { facts, heads } = page.read(self.head)?;
        for (fact, head) in facts.iter().zip(heads) {
            if self.since.is_some_and(|since| fact.received >= since.plus(self.span.step)) {
                self.show();
            }
            self.ended = fact.received > self.span.to;
            if !self.goes_on(last) {
                break;
            }
            self.gallery.apply(fact);
            self.head = head;
            self.since.get_or_insert(fact.received);
            self.received = Some(fact.received);
        }
        Ok(self)
    }

    /// Tells of the facts since the last time.
    fn show(&mut self) {
        self.since = None;
        if let Some(change) = self.gallery.follow(&self.span.view, &self.projector) {
            self.bytes += change.patch.get().len();
            self.changes.push(change);
        }
    }

    /// The page, and from where the next one goes on.
    fn cut(mut self, newest: u64) -> (Stood, ReplayPage) {
        self.show();
        let sequence = self.sequence();
        let page = ReplayPage {
            changes: self.changes,
            sequence,
            received_time: self.received.map(Moment::from),
            ended: self.ended || sequence >= newest,
        };
        (Stood { boards: self.gallery.into_boards(), head: self.head, until: self.until }, page)
    }
}
