//! The report of a span: walked as people saw it, leg by leg.

use std::sync::Arc;

use situation::board::Boards;
use situation::handover::{Chronicle, Report, Span};

use super::{Past, Stood};
use crate::Error;
use crate::reader::{Page, Read};

/// The most facts of one report: the shift of a county that says three things a second, and some seconds of folding. Their
/// people and what was said of them are in memory meanwhile.
pub(crate) const MOST_FACTS: u64 = 131_072;

impl Past {
    /// The report of a span, of the facts after `before` (which was received before the span) up to `last`. `ended`: these
    /// are all that were received within the span. `None` if the journal does not go as far, or had no area then.
    ///
    /// # Errors
    /// If the journal cannot be read.
    pub async fn report(
        &self,
        span: Span,
        (before, last): (u64, u64),
        ended: bool,
    ) -> Result<Option<Report>, Error> {
        let reach = last.min(before.saturating_add(1));
        let Some(stood) = self.at(before, reach).await? else { return Ok(None) };
        let chronicle = Chronicle::begin(span, &stood.boards);
        let mut walk = Walk { stood: Arc::unwrap_or_clone(stood), chronicle };
        while walk.stood.sequence() < last {
            if walk.stood.until <= walk.stood.sequence() && !self.go_over(&mut walk, last).await? {
                return Ok(None);
            }
            let page = self.reader.page_after(walk.stood.sequence()).await?;
            if page.is_empty() {
                return Ok(None);
            }
            let to = last.min(walk.stood.until);
            walk = tokio::task::spawn_blocking(move || walk.go(&page, to, ended)).await??;
        }
        let Walk { stood, chronicle } = walk;
        let boards: Boards = stood.boards;
        Ok(tokio::task::spawn_blocking(move || chronicle.report(&boards, ended)).await?)
    }

    /// At a leg's end the next one's state is gone on from: it has the stories that its own facts go on.
    async fn go_over(&self, walk: &mut Walk, last: u64) -> Result<bool, Error> {
        walk.chronicle.gather(&walk.stood.boards);
        let stands = walk.stood.sequence();
        let Some(next) = self.at(stands, last.min(stands + 1)).await? else { return Ok(false) };
        walk.stood = Arc::unwrap_or_clone(next);
        Ok(walk.stood.until > stands)
    }
}

/// A report that is being made.
struct Walk {
    stood: Stood,
    chronicle: Chronicle,
}

impl Walk {
    fn go(mut self, page: &Page, to: u64, ended: bool) -> Result<Self, Error> {
        let Self { stood, chronicle } = &mut self;
        let Read { facts, heads } = page.read(stood.head)?;
        for (fact, head) in facts.iter().zip(&heads).take_while(|(fact, _)| fact.sequence <= to) {
            if !chronicle.holds(fact) {
                chronicle.end(&stood.boards, ended);
            }
            stood.boards.apply(fact);
            stood.head = *head;
            chronicle.pass(fact, &stood.boards);
        }
        Ok(self)
    }
}
