//! Answering questions about boards, of now and then, beside the loop that folds.

use std::sync::Arc;
use std::time::{Duration, Instant as Stopwatch};

use bus::{Delivery, Message, Reply};
use bytes::Bytes;
use proto::live::{BoardAnswer, BoardQuery, HandoverSpan, Moment};
use runtime::Clock;
use serde_json::value::RawValue;
use situation::board::View;
use situation::time::Instant;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::handover::Route;
use crate::reader::Reader;
use crate::rooms::{SharedRooms, lock};
use crate::stood::{Past, Span, Stood};
use crate::{Config, Error, Meters, moments};

/// Questions that may wait for what people saw where no state is near: each takes a second or more.
const LONG_QUESTIONS: usize = 8;

/// So far ahead of this machine's clock an asker's may be.
const AHEAD: Duration = Duration::from_secs(60);

const BUSY: &str = "too many questions about the past at once: ask again in a second";

/// Whoever asks, asks here.
pub(crate) struct Answers {
    library: Library,
    questions: Arc<Semaphore>,
    workers: Arc<Semaphore>,
    meters: Meters,
}

/// What is asked of the past.
#[derive(Debug)]
enum Asked {
    Of(View, OfView),
    Handover { span: HandoverSpan, sequence: Option<u64> },
}

/// What is asked of a view.
#[derive(Debug, PartialEq, Eq)]
enum OfView {
    Board(Moment),
    Changes { after: u64, to: Instant, step: Duration },
}

/// What answers about the past are made of.
#[derive(Clone)]
struct Library {
    reader: Reader,
    rooms: SharedRooms,
    past: Past,
    /// Where no state is near, what people saw is folded from the journal's beginning: one at a time, so that it holds
    /// up nobody else.
    long_workers: Arc<Semaphore>,
    long_questions: Arc<Semaphore>,
    /// Which of the projectors this is.
    name: Arc<str>,
    clock: Clock,
}

impl Answers {
    pub fn new(
        config: &Config,
        reader: Reader,
        rooms: SharedRooms,
        past: Past,
        (clock, meters): (Clock, Meters),
    ) -> Self {
        let library = Library {
            reader,
            rooms,
            past,
            long_workers: Arc::new(Semaphore::new(1)),
            long_questions: Arc::new(Semaphore::new(LONG_QUESTIONS)),
            name: config.name.as_str().into(),
            clock,
        };
        Self {
            library,
            questions: Arc::new(Semaphore::new(config.moments_waiting.max(1))),
            workers: Arc::new(Semaphore::new(config.moments_at_once.max(1))),
            meters,
        }
    }

    pub fn answer(&self, delivery: Delivery) {
        let Delivery::Message(Message { payload, reply: Some(reply), .. }) = delivery else { return };
        let query = match serde_json::from_slice(&payload) {
            Ok(query) => query,
            Err(error) => return send(reply, &BoardAnswer::BadQuestion(error.to_string())),
        };
        let (view, asked) = match query {
            BoardQuery::Areas => {
                let area = lock(&self.library.rooms).gallery.boards().area().cloned();
                let areas = area.map(|area| proto::board::areas(&area).to_string());
                return send(reply, &found(areas, "no area is configured yet"));
            }
            BoardQuery::Board { view, moment } => (view, OfView::Board(moment)),
            BoardQuery::Handover { span, sequence } => {
                return self.answer_later(Asked::Handover { span, sequence }, reply);
            }
            BoardQuery::Replay { view, after, to, step_us } => {
                (view, OfView::Changes { after, to: to.into(), step: Duration::from_micros(step_us) })
            }
        };
        let Some(view) = View::parse(&view) else {
            let hint = format!(
                "there is no view {view:?}: the views are situation, evening, weekend, station:{{id}}"
            );
            return send(reply, &BoardAnswer::NotFound(hint));
        };
        if asked == OfView::Board(Moment::Now) {
            let shown = lock(&self.library.rooms).gallery.shown(&view).map(proto::board::Board::to_text);
            return send(
                reply,
                &found(shown, &format!("there is no view {view}: the area has no such station")),
            );
        }
        self.answer_later(Asked::Of(view, asked), reply);
    }

    /// Past moments are worked out beside the loop, a few at a time.
    fn answer_later(&self, asked: Asked, reply: Reply) {
        let Ok(place) = Arc::clone(&self.questions).try_acquire_owned() else {
            return send(reply, &BoardAnswer::Busy(BUSY.to_owned()));
        };
        let (library, workers, meters) =
            (self.library.clone(), Arc::clone(&self.workers), self.meters.clone());
        tokio::spawn(async move {
            let Ok(worker) = workers.acquire().await else { return };
            let started = Stopwatch::now();
            let answer = match asked {
                Asked::Of(view, asked) => library.past(view, asked, worker).await,
                Asked::Handover { span, sequence } => library.handover(&span, sequence, worker).await,
            };
            let answer = answer.unwrap_or_else(|error| {
                tracing::error!(%error, "a past moment could not be folded");
                BoardAnswer::Busy(format!("the past cannot be read now: {error}"))
            });
            meters.moments.observe(started.elapsed().as_secs_f64());
            send(reply, &answer);
            drop(place);
        });
    }

    /// Keeps situations near the end of the timeline, so that the first to ask of the past need not wait.
    pub fn fold_ahead(&self) {
        if lock(&self.library.rooms).timeline.ahead().is_none() {
            return;
        }
        let Ok(permit) = Arc::clone(&self.workers).try_acquire_owned() else { return };
        let library = self.library.clone();
        tokio::spawn(async move {
            if let Err(error) = library.fold_ahead().await {
                tracing::warn!(%error, "the timeline could not be folded ahead");
            }
            drop(permit);
        });
    }
}

impl Library {
    /// What a past moment looked like, or what changed after it. The worker is one of those for whom nobody waits long.
    async fn past(
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
    async fn handover(
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
    async fn fold_ahead(&self) -> Result<(), Error> {
        let mut before = None;
        loop {
            let ahead = lock(&self.rooms).timeline.ahead();
            let Some((to, from)) = ahead.filter(|(_, from)| before != Some(*from)) else { return Ok(()) };
            before = Some(from);
            self.board_at(View::Situation, to).await?;
        }
    }

    async fn board_at(&self, view: View, at: Instant) -> Result<Option<String>, Error> {
        let (route, stem) = {
            let mut rooms = lock(&self.rooms);
            (rooms.timeline.route(at), rooms.gallery.boards().stem())
        };
        let number = route.number;
        let mut kept = Vec::new();
        let board = moments::at(&self.reader, route, stem, view, at, &mut kept).await;
        lock(&self.rooms).timeline.arrive(number, kept);
        board
    }
}

fn found(board: Option<String>, otherwise: &str) -> BoardAnswer {
    match board.map(RawValue::from_string) {
        Some(Ok(board)) => BoardAnswer::Found(board),
        Some(Err(_)) | None => BoardAnswer::NotFound(otherwise.to_owned()),
    }
}

fn send(reply: Reply, answer: &BoardAnswer) {
    match serde_json::to_vec(answer) {
        Ok(bytes) => reply.send(Bytes::from(bytes)),
        Err(error) => tracing::error!(%error, "an answer could not be written"),
    }
}
