//! Answering questions about boards, of now and then, beside the loop that folds.

mod library;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant as Stopwatch};

use bus::{Delivery, Message, Reply};
use bytes::Bytes;
use proto::live::{BoardAnswer, BoardQuery, HandoverSpan, Moment};
use runtime::Clock;
use serde_json::value::RawValue;
use situation::board::View;
use situation::time::Instant;
use tokio::sync::Semaphore;

use crate::reader::Reader;
use crate::rooms::{SharedRooms, lock};
use crate::stood::Past;
use crate::timeline::Files;
use crate::{Config, Meters};

use self::library::Library;

/// Questions that may wait for what people saw where no state is near: each takes a second or more.
const LONG_QUESTIONS: usize = 8;

/// Folding ahead takes at most one part in so many of a core: late facts, one after the other, make what was folded untrue again and
/// again.
const AHEAD_SHARE: u32 = 5;

const BUSY: &str = "too many questions about the past at once: ask again in a second";

/// Whoever asks, asks here.
pub(crate) struct Answers {
    library: Library,
    questions: Arc<Semaphore>,
    workers: Arc<Semaphore>,
    /// When the timeline may be folded ahead again.
    rests_until: Arc<Mutex<Option<Stopwatch>>>,
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

impl Answers {
    pub fn new(
        config: &Config,
        reader: Reader,
        rooms: SharedRooms,
        (past, files): (Past, Files),
        (clock, meters): (Clock, Meters),
    ) -> Self {
        let library = Library {
            reader,
            rooms,
            past,
            files,
            long_workers: Arc::new(Semaphore::new(1)),
            long_questions: Arc::new(Semaphore::new(LONG_QUESTIONS)),
            name: config.name.as_str().into(),
            clock,
            meters,
        };
        Self {
            library,
            questions: Arc::new(Semaphore::new(config.moments_waiting.max(1))),
            workers: Arc::new(Semaphore::new(config.moments_at_once.max(1))),
            rests_until: Arc::default(),
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
        let (library, workers) = (self.library.clone(), Arc::clone(&self.workers));
        let meters = library.meters.clone();
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
        let rests = *self.rests_until.lock().unwrap_or_else(PoisonError::into_inner);
        if rests.is_some_and(|until| Stopwatch::now() < until)
            || lock(&self.library.rooms).timeline.ahead().is_none()
        {
            return;
        }
        let Ok(permit) = Arc::clone(&self.workers).try_acquire_owned() else { return };
        let (library, rests_until) = (self.library.clone(), Arc::clone(&self.rests_until));
        tokio::spawn(async move {
            let begun = Stopwatch::now();
            if let Err(error) = library.fold_ahead().await {
                tracing::warn!(%error, "the timeline could not be folded ahead");
            }
            let until = Stopwatch::now() + begun.elapsed() * (AHEAD_SHARE - 1);
            *rests_until.lock().unwrap_or_else(PoisonError::into_inner) = Some(until);
            drop(permit);
        });
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
