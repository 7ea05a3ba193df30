//! Answering questions about boards, of now and then, beside the loop that folds.

use std::sync::{Arc, Mutex};
use std::time::Instant as Stopwatch;

use bus::{Delivery, Message, Reply};
use bytes::Bytes;
use proto::live::{BoardAnswer, BoardQuery, Moment};
use serde_json::value::RawValue;
use situation::board::View;
use situation::time::Instant;
use tokio::sync::Semaphore;

use crate::reader::Reader;
use crate::rooms::{Rooms, SharedRooms, lock};
use crate::{Config, Error, Meters, moments};

/// Questions for what people saw that may wait: each takes a second or more of a large journal.
const LONG_QUESTIONS: usize = 8;

/// Whoever asks, asks here.
pub(crate) struct Answers {
    reader: Reader,
    rooms: SharedRooms,
    questions: Arc<Semaphore>,
    workers: Arc<Semaphore>,
    /// What people saw is folded from the journal's beginning: one at a time, so that it holds up nobody else.
    long_workers: Arc<Semaphore>,
    long_questions: Arc<Semaphore>,
    meters: Meters,
}

impl Answers {
    pub fn new(config: &Config, reader: Reader, rooms: SharedRooms, meters: Meters) -> Self {
        Self {
            reader,
            rooms,
            questions: Arc::new(Semaphore::new(config.moments_waiting.max(1))),
            workers: Arc::new(Semaphore::new(config.moments_at_once.max(1))),
            long_workers: Arc::new(Semaphore::new(1)),
            long_questions: Arc::new(Semaphore::new(LONG_QUESTIONS)),
            meters,
        }
    }

    pub fn answer(&self, delivery: Delivery) {
        let Delivery::Message(Message { payload, reply: Some(reply), .. }) = delivery else { return };
        let query = match serde_json::from_slice(&payload) {
            Ok(query) => query,
            Err(error) => return send(reply, &BoardAnswer::BadQuestion(error.to_string())),
        };
        let (view, moment) = match query {
            BoardQuery::Areas => {
                let area = lock(&self.rooms).gallery.boards().area().cloned();
                let areas = area.map(|area| proto::board::areas(&area).to_string());
                return send(reply, &found(areas, "no area is configured yet"));
            }
            BoardQuery::Board { view, moment } => (view, moment),
        };
        let Some(view) = View::parse(&view) else {
            let hint = format!(
                "there is no view {view:?}: the views are situation, evening, weekend, station:{{id}}"
            );
            return send(reply, &BoardAnswer::NotFound(hint));
        };
        if moment == Moment::Now {
            let shown = lock(&self.rooms).gallery.shown(&view).map(proto::board::Board::to_text);
            return send(
                reply,
                &found(shown, &format!("there is no view {view}: the area has no such station")),
            );
        }
        self.answer_past(view, moment, reply);
    }

    /// Past moments are worked out beside the loop, a few at a time.
    fn answer_past(&self, view: View, moment: Moment, reply: Reply) {
        let (questions, workers) = match moment {
            Moment::Shown(_) | Moment::Sequence(_) => (&self.long_questions, &self.long_workers),
            Moment::Now | Moment::At(_) => (&self.questions, &self.workers),
        };
        let Ok(place) = Arc::clone(questions).try_acquire_owned() else {
            let busy = "too many questions about the past at once: ask again in a second";
            return send(reply, &BoardAnswer::Busy(busy.to_owned()));
        };
        let (reader, rooms) = (self.reader.clone(), Arc::clone(&self.rooms));
        let (workers, meters) = (Arc::clone(workers), self.meters.clone());
        tokio::spawn(async move {
            let Ok(_worker) = workers.acquire().await else { return };
            let started = Stopwatch::now();
            let answer = past(&reader, &rooms, view, moment).await.unwrap_or_else(|error| {
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
        let end = {
            let rooms = lock(&self.rooms);
            if rooms.timeline.tail_is_long() { rooms.timeline.end() } else { None }
        };
        if let (Some(end), Ok(permit)) = (end, Arc::clone(&self.workers).try_acquire_owned()) {
            let (reader, rooms) = (self.reader.clone(), Arc::clone(&self.rooms));
            tokio::spawn(async move {
                if let Err(error) = board_at(&reader, &rooms, View::Situation, end).await {
                    tracing::warn!(%error, "the timeline could not be folded ahead");
                }
                drop(permit);
            });
        }
    }
}

async fn past(
    reader: &Reader,
    rooms: &Mutex<Rooms>,
    view: View,
    moment: Moment,
) -> Result<BoardAnswer, Error> {
    let nothing =
        format!("there is no view {view} at that moment: the area had no such station, or no journal yet");
    let newest = lock(rooms).gallery.boards().sequence();
    let board = match moment {
        Moment::Now => lock(rooms).gallery.shown(&view).map(proto::board::Board::to_text),
        Moment::At(text) => match proto::time::parse(&text) {
            Ok(at) => board_at(reader, rooms, view, at).await?,
            Err(sentence) => return Ok(BoardAnswer::BadQuestion(format!("at: {sentence}"))),
        },
        Moment::Shown(text) => match proto::time::parse(&text) {
            Ok(at) => {
                let sequence = moments::stood_at(reader, at, newest).await?;
                moments::sequence(reader, view, sequence).await?
            }
            Err(sentence) => return Ok(BoardAnswer::BadQuestion(format!("shown: {sentence}"))),
        },
        Moment::Sequence(sequence) if sequence > newest => {
            return Ok(BoardAnswer::NotFound(format!(
                "the journal stands at fact {newest}: ask for that or an earlier one"
            )));
        }
        Moment::Sequence(sequence) => moments::sequence(reader, view, sequence).await?,
    };
    Ok(found(board, &nothing))
}

async fn board_at(
    reader: &Reader,
    rooms: &Mutex<Rooms>,
    view: View,
    at: Instant,
) -> Result<Option<String>, Error> {
    let (route, stem) = {
        let mut rooms = lock(rooms);
        (rooms.timeline.route(at), rooms.gallery.boards().stem())
    };
    let number = route.number;
    let mut kept = Vec::new();
    let board = moments::at(reader, route, stem, view, at, &mut kept).await;
    lock(rooms).timeline.arrive(number, kept);
    board
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
