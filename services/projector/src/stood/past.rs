//! Going to a fact of the past.

use std::sync::Arc;

use proto::block::{ChainHash, NOTHING};
use situation::board::Boards;
use situation::fact::Fact;

use super::leg::Mark;
use super::{Archive, Leg};
use crate::Error;
use crate::reader::{Page, Read, Reader};
use crate::rooms::{Rooms, SharedRooms, lock};

/// From further away than this it takes a second or more, and those who ask take turns.
const FAR: u64 = 131_072;

/// From no further away than this it is quicker to go on from a state in memory, fact by fact, than to begin at a leg.
const AT_HAND: u64 = 512;

/// Boards as they stood.
#[derive(Clone)]
pub(crate) struct Stood {
    pub boards: Boards,
    /// The chain's head there.
    pub head: ChainHash,
    /// The last fact that may be folded from here on.
    pub until: u64,
}

impl Stood {
    /// Of before the first fact, from where any may be folded.
    pub(super) fn nothing() -> Self {
        Self { boards: Boards::default(), head: NOTHING, until: u64::MAX }
    }

    /// The newest fact in it.
    pub const fn sequence(&self) -> u64 {
        self.boards.sequence()
    }

    /// Folds what a page holds, up to a fact.
    pub(super) fn go(
        &mut self,
        page: &Page,
        to: u64,
        mut pass: impl FnMut(&Fact, &Boards, &ChainHash),
    ) -> Result<(), Error> {
        let Read { facts, heads } = page.read_to(self.head, to)?;
        for (fact, head) in facts.iter().zip(&heads) {
            pass(fact, &self.boards, &self.head);
            self.boards.apply(fact);
            self.head = *head;
        }
        Ok(())
    }
}

/// The way to any fact of the past; cheap to clone.
#[derive(Clone)]
pub(crate) struct Past {
    pub(super) reader: Reader,
    pub(super) rooms: SharedRooms,
    pub(super) archive: Arc<Archive>,
}

/// Where a way begins.
enum Start {
    /// At a state in memory.
    Near(Arc<Stood>),
    /// At the beginning of the leg that is open.
    Open(Box<Leg>),
    /// At a file that says that it is of this fact.
    Filed(u64),
    /// At the first fact.
    Nothing,
}

/// What a leg begins with.
enum Begun {
    /// Boards that are to be gone on from.
    At(Arc<Stood>),
    /// The journal does not go as far.
    TooFar,
    /// The mark is of no use, and the leg has to be gone from its beginning.
    MarkOfOtherFacts,
}

impl Past {
    pub const fn new(reader: Reader, rooms: SharedRooms, archive: Arc<Archive>) -> Self {
        Self { reader, rooms, archive }
    }

    /// Whether it takes seconds to go to a fact.
    pub fn is_far(&self, sequence: u64) -> bool {
        sequence > FAR && matches!(self.start(sequence, sequence), Start::Nothing)
    }

    /// The boards as the journal stood at a fact, from where facts up to `reach` may be folded; `None` if it does not go
    /// as far.
    ///
    /// # Errors
    /// If the journal cannot be read.
    pub async fn at(&self, sequence: u64, reach: u64) -> Result<Option<Arc<Stood>>, Error> {
        let mut by_marks = true;
        loop {
            let (mut leg, first, filed) = match self.start(sequence, reach) {
                Start::Near(stood) => return self.walk(stood, sequence).await,
                Start::Open(leg) => (*leg, None, None),
                Start::Filed(from) => {
                    // The facts that follow come while the file is read.
                    let first = self.reader.page_towards(from, sequence);
                    match tokio::join!(self.read(from, sequence), first) {
                        (Ok(Some(leg)), first) => (leg, Some(first?), Some(from)),
                        (Ok(None), _) => continue,
                        (Err(error), _) => return Err(error),
                    }
                }
                Start::Nothing => return self.fold_from_nothing(sequence, false).await,
            };
            let (from, mark) = (leg.from, leg.take_mark_before(sequence).filter(|_| by_marks));
            let begun = match self.begin(leg, mark, first).await {
                Ok(Begun::At(begun)) => self.walk(begun, sequence).await,
                Ok(Begun::TooFar) => return Ok(None),
                Ok(Begun::MarkOfOtherFacts) => {
                    self.archive.ignore_marks(from, "they are of other facts");
                    by_marks = false;
                    continue;
                }
                Err(error) => Err(error),
            };
            match begun {
                Err(error) if error.is_misfit() && filed.is_some() => {
                    // Either is wrong: without the file it turns out whether it was the journal.
                    self.archive.ignore(filed.unwrap_or_default(), &error.to_string());
                }
                other => return other,
            }
        }
    }

    /// The boards at a mark of a leg, or at its beginning where there is none; `first` is the page that follows its beginning,
    /// if that was asked for already.
    async fn begin(&self, leg: Leg, mark: Option<Mark>, first: Option<Page>) -> Result<Begun, Error> {
        let Some(mark) = mark else {
            let begun = tokio::task::spawn_blocking(move || leg.begin()).await?;
            return Ok(Begun::At(self.archive.remember(begun)));
        };
        // Of a leg from a file nobody else holds the state: what a fold changes of one that is shared, it must copy first.
        let Leg { from: _, until, head, state, described: _, marks: _ } = leg;
        let unseen = (Boards::unseen(state), head);
        let Some((boards, head)) = self.fold_unseen(unseen, first, mark.told.sequence).await? else {
            return Ok(Begun::TooFar);
        };
        if head != mark.head {
            return Ok(Begun::MarkOfOtherFacts);
        }
        let told = move || Stood { boards: boards.told(mark.told), head, until };
        Ok(Begun::At(self.archive.remember(tokio::task::spawn_blocking(told).await?)))
    }

    /// Folds up to a fact, at which nobody looks before. `None` if the journal does not go as far.
    async fn fold_unseen(
        &self,
        (mut boards, mut head): (Boards, ChainHash),
        first: Option<Page>,
        to: u64,
    ) -> Result<Option<(Boards, ChainHash)>, Error> {
        let mut after = boards.sequence();
        let mut page = match first {
            Some(page) => page,
            None => self.reader.page_towards(after, to).await?,
        };
        while after < to {
            if page.is_empty() {
                return Ok(None);
            }
            let Read { facts, heads } = tokio::task::spawn_blocking(move || page.read_to(head, to)).await??;
            (head, after) = (heads.last().copied().unwrap_or(head), after + facts.len() as u64);
            let folding = tokio::task::spawn_blocking(move || {
                facts.iter().for_each(|fact| boards.fold(fact));
                boards
            });
            if after >= to {
                boards = folding.await?;
                break;
            }
            // The next page comes meanwhile.
            let (folded, next) = tokio::join!(folding, self.reader.page_towards(after, to));
            (boards, page) = (folded?, next?);
        }
        Ok(Some((boards, head)))
    }

    /// Keeps boards for whoever goes on from them. Those of a long way from the first fact hold everybody who ever came.
    pub(super) fn remember(&self, stood: Stood) {
        if stood.until < u64::MAX || stood.sequence() <= FAR {
            self.archive.remember(stood);
        }
    }

    /// Where the way to a fact begins.
    fn start(&self, sequence: u64, reach: u64) -> Start {
        let remembered = self.archive.remembered(sequence, reach);
        let is_at_hand = |stood: &Arc<Stood>| sequence - stood.sequence() <= AT_HAND;
        if let Some(stood) = remembered.clone().filter(is_at_hand) {
            return Start::Near(stood);
        }
        let filed = self.archive.beginning(sequence, reach);
        let open = {
            let Rooms { growing, gallery, .. } = &*lock(&self.rooms);
            let now = gallery.boards().sequence();
            let nearer = growing.from().filter(|from| *from <= sequence && reach <= now);
            nearer
                .filter(|from| *from > filed.unwrap_or_default())
                .and_then(|_| growing.so_far(now, sequence))
        };
        match (open, filed, remembered) {
            (Some(leg), ..) => Start::Open(Box::new(leg)),
            (None, Some(from), _) => Start::Filed(from),
            (None, None, Some(stood)) => Start::Near(stood),
            (None, None, None) => Start::Nothing,
        }
    }

    /// A leg from its files, with the last mark before a fact, if the journal agrees that it is of its facts.
    async fn read(&self, from: u64, sequence: u64) -> Result<Option<Leg>, Error> {
        let archive = Arc::clone(&self.archive);
        let reading = tokio::task::spawn_blocking(move || archive.read(from, sequence));
        let (leg, head) = tokio::join!(reading, self.reader.head_at(from));
        let why = match leg? {
            Ok(leg) => match head? {
                Some(head) if head == proto::fact::hex(&leg.head) => return Ok(Some(leg)),
                Some(_) => format!("the journal holds other facts up to {from}"),
                None => format!("the journal has no fact {from}"),
            },
            Err(why) => why,
        };
        self.archive.ignore(from, &why);
        Ok(None)
    }

    async fn walk(&self, start: Arc<Stood>, to: u64) -> Result<Option<Arc<Stood>>, Error> {
        if start.sequence() == to {
            return Ok(Some(start));
        }
        let mut stood = Arc::unwrap_or_clone(start);
        while stood.sequence() < to {
            let page = self.reader.page_towards(stood.sequence(), to).await?;
            if page.is_empty() {
                return Ok(None);
            }
            stood = tokio::task::spawn_blocking(move || {
                stood.go(&page, to, |_, _, _| {})?;
                Ok::<_, Error>(stood)
            })
            .await??;
        }
        Ok(Some(Arc::new(stood)))
    }
}
