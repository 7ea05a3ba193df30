//! What answers about the past are made of.

use std::sync::Arc;
use std::time::Duration;

use proto::live::{BoardAnswer, HandoverSpan, Moment};
use runtime::Clock;
use situation::board::{Boards, View};
use situation::time::Instant;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::{BUSY, OfView, found};
use crate::handover::Route;
use crate::reader::Reader;
use crate::rooms::{Rooms, SharedRooms, lock};
use crate::stood::{Past, Span, Stood};
use crate::timeline::{Files, Kept, Known, Place, Route as MomentRoute, Stored, Unopened};
use crate::{Error, Meters, moments};

/// So far ahead of this machine's clock an asker's may be.
const AHEAD: Duration = Duration::from_secs(60);

/// What answers about the past are made of.
#[derive(Clone)]
pub(super) struct Library {
    pub reader: Reader,
    pub rooms: SharedRooms,
    pub past: Past,
    pub files: Files,
    /// Where no state is near, what people saw is folded from the journal's beginning: one at a time, so that it holds
    /// up nobody else.
    pub long_workers: Arc<Semaphore>,
    pub long_questions: Arc<Semaphore>,
    /// Which of the projectors this is.
    pub name: Arc<str>,
    pub clock: Clock,
    pub meters: Meters,
}

impl Library {
    /// What a past moment looked like, or what changed after it. The worker is one of those for whom nobody waits long.
    pub async fn past(
        &self,
        view: View,
        asked: OfView,
        worker: SemaphorePermit<'_>,
    ) -> Result<BoardAnswer, Error> {
        let nothing = format!(
            "there is no view {view} at that moment: the area had no such station, or no journal yet"
        );
        let newest = lock(&self.rooms).gallery.boards().sequence();
        let beyond = || format!("the journal stands at fact {newest}: ask for that or an earlier one");
        let sequence = match asked {
            OfView::Board(Moment::Now) => {
                let shown = lock(&self.rooms).gallery.shown(&view).map(proto::board::Board::to_text);
                return Ok(found(shown, &nothing));
            }
            OfView::Board(Moment::At(text)) => {
                return match proto::time::parse(&text) {
                    Ok(at) => Ok(found(self.board_at(view, at).await?, &nothing)),
                    Err(sentence) => Ok(BoardAnswer::BadQuestion(format!("at: {sentence}"))),
                };
            }
            OfView::Board(Moment::Shown(text)) => match proto::time::parse(&text) {
                Ok(at) if self.is_to_come(at) => {
                    return Ok(BoardAnswer::NotFound(format!(
                        "nobody has seen anything at {text} yet: ask for a moment that is past"
                    )));
                }
                Ok(at) => self.past.stood_at(at, newest).await?,
                Err(sentence) => return Ok(BoardAnswer::BadQuestion(format!("shown: {sentence}"))),
            },
            OfView::Board(Moment::Sequence(sequence)) | OfView::Changes { after: sequence, .. }
                if sequence > newest =>
            {
                return Ok(BoardAnswer::NotFound(beyond()));
            }
            OfView::Board(Moment::Sequence(sequence)) => sequence,
            OfView::Changes { after, to, step } => {
                let _turn = worker;
                let span = Span { view, after, to, step };
                let page = self.past.changes(&span, newest, &self.name).await?;
                return Ok(found(page.and_then(|page| serde_json::to_string(&page).ok()), &nothing));
            }
        };
        match self.stood(sequence, worker).await? {
            Some(stood) => Ok(found(moments::seen(stood, view).await?, &nothing)),
            None => Ok(BoardAnswer::Busy(BUSY.to_owned())),
        }
    }

    /// Whether a moment lies ahead of the clock, and of the boards: facts may have been received by another one.
    fn is_to_come(&self, at: Instant) -> bool {
        let now = Instant::from_micros(self.clock.now_us()).max(lock(&self.rooms).gallery.boards().clock());
        at > now.plus(AHEAD)
    }

    /// A shift's report.
    pub async fn handover(
        &self,
        span: &HandoverSpan,
        sequence: Option<u64>,
        worker: SemaphorePermit<'_>,
    ) -> Result<BoardAnswer, Error> {
        let route = match Route::find(&self.rooms, &self.past, span, sequence).await? {
            Ok(route) => route,
            Err(answer) => return Ok(answer),
        };
        let nothing = "the journal does not hold all facts of it yet: ask again in a moment";
        if !self.past.is_far(route.before) {
            let _turn = worker;
            return Ok(found(route.report(&self.past).await?, nothing));
        }
        let Ok(_place) = self.long_questions.try_acquire() else {
            return Ok(BoardAnswer::Busy(BUSY.to_owned()));
        };
        drop(worker);
        let _turn = self.long_workers.acquire().await;
        Ok(found(route.report(&self.past).await?, nothing))
    }

    /// The boards as the journal stood at a fact that it has; `None` if too many wait for what takes long.
    async fn stood(&self, sequence: u64, worker: SemaphorePermit<'_>) -> Result<Option<Arc<Stood>>, Error> {
        if !self.past.is_far(sequence) {
            let _turn = worker;
            return self.past.at(sequence, sequence).await;
        }
        let Ok(_place) = self.long_questions.try_acquire() else { return Ok(None) };
        drop(worker);
        let _turn = self.long_workers.acquire().await;
        self.past.at(sequence, sequence).await
    }

    /// Folds to the end of the timeline, a stride at a time, as long as that keeps something.
    pub async fn fold_ahead(&self) -> Result<(), Error> {
        let mut before = None;
        loop {
            let ahead = lock(&self.rooms).timeline.ahead();
            let Some((to, from)) = ahead.filter(|(_, from)| before != Some(*from)) else { return Ok(()) };
            before = Some(from);
            self.board_at(View::Situation, to).await?;
        }
    }

    async fn board_at(&self, view: View, at: Instant) -> Result<Option<String>, Error> {
        let (begun, route, stem) = self.begin(at).await?;
        let (number, mut kept) = (route.number, Vec::new());
        let board = moments::at((&self.reader, &self.files), (begun, route), stem, view, at, &mut kept).await;
        self.arrive(number, kept).await?;
        board
    }

    /// The kept situation that is nearest before a moment, and how to go on from there.
    async fn begin(&self, at: Instant) -> Result<(Kept, MomentRoute, Boards), Error> {
        loop {
            let nearest = lock(&self.rooms).timeline.nearest(at);
            let begun = match &nearest {
                None => Kept::default(),
                Some((place, stored)) => match self.open(*place, stored).await? {
                    Some(kept) => kept,
                    None => continue,
                },
            };
            let Rooms { timeline, gallery, trail, growing: _ } = &mut *lock(&self.rooms);
            let known = Known::at(trail.sequence(), &trail.head());
            // A fact that has come in meanwhile may have made it untrue.
            if let Some(route) = timeline.route(at, nearest.as_ref(), known) {
                return Ok((begun, route, gallery.boards().stem()));
            }
        }
    }

    /// What is kept at a place; `None` if it is not what was put there, and is kept no longer.
    async fn open(&self, place: Place, stored: &Stored) -> Result<Option<Kept>, Error> {
        let (files, kept) = (self.files.clone(), stored.clone());
        match tokio::task::spawn_blocking(move || files.open(place, &kept)).await? {
            Ok(kept) => return Ok(Some(kept)),
            Err(Unopened::Unreadable(why)) => return Err(Error::Kept(why)),
            Err(Unopened::Gone) => {
                let files = self.files.clone();
                let names = tokio::task::spawn_blocking(move || files.names()).await?;
                let names = names.map_err(|error| Error::Kept(error.to_string()))?;
                let is_there = |place, stored: &Stored| Files::is_among(&names, place, stored);
                lock(&self.rooms).timeline.forget_missing(is_there);
            }
            Err(Unopened::Damaged(why)) => {
                let at = proto::time::format(place.0);
                tracing::warn!(%at, why, "a past situation is left out: it is folded from the journal");
                if lock(&self.rooms).timeline.forget(place, stored) {
                    let (files, gone) = (self.files.clone(), (place, stored.clone()));
                    tokio::task::spawn_blocking(move || files.remove(&[gone])).await?;
                }
            }
        }
        Ok(None)
    }

    async fn arrive(&self, number: u64, kept: Vec<(Place, Stored)>) -> Result<(), Error> {
        let (gone, count, (filed, packed)) = {
            let timeline = &mut lock(&self.rooms).timeline;
            (timeline.arrive(number, kept), timeline.kept().len(), timeline.bytes())
        };
        self.meters.situations.set(i64::try_from(count).unwrap_or(i64::MAX));
        self.meters.situation_bytes.set(i64::try_from(filed.saturating_add(packed)).unwrap_or(i64::MAX));
        if !gone.is_empty() {
            let files = self.files.clone();
            tokio::task::spawn_blocking(move || files.remove(&gone)).await?;
        }
        Ok(())
    }
}
