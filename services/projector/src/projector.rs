//! The projector's life: catch up, then fold, push, beat and answer until told to stop.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant as Stopwatch};

use bus::{Bus, Delivery, Message, Reply, Subscription};
use bytes::Bytes;
use proto::live::{BoardAnswer, BoardQuery, Heartbeat, Moment};
use proto::subject::{Filter, Subject};
use runtime::Clock;
use runtime::health::Check;
use serde_json::value::RawValue;
use situation::board::View;
use situation::time::Instant;
use tokio::sync::Semaphore;
use tokio::time::{Interval, MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::gallery::Gallery;
use crate::moments;
use crate::reader::{Page, Reader};
use crate::timeline::Timeline;
use crate::{Config, Error, Meters};

/// Without a wake-up for this long the journal is asked anyway: a lost one must not stop the boards.
const ASK_ANYWAY: Duration = Duration::from_secs(1);

/// The pause after the recorder did not answer.
const ASK_AGAIN: Duration = Duration::from_millis(100);

/// Keeps one area's boards.
pub struct Projector {
    config: Config,
    area: String,
    bus: Bus,
    clock: Clock,
    meters: Meters,
    check: Check,
    reader: Reader,
    rooms: Arc<Mutex<Rooms>>,
    questions: Arc<Semaphore>,
    workers: Arc<Semaphore>,
    last_push: Option<Stopwatch>,
    /// Whether the journal could be read when it was last asked.
    reachable: bool,
}

/// Now and then, folded together so that they always agree.
#[derive(Default)]
struct Rooms {
    gallery: Gallery,
    timeline: Timeline,
}

impl Projector {
    /// A projector of an area, not yet reading.
    #[must_use]
    pub fn new(config: Config, area: &str, bus: Bus, clock: Clock, meters: Meters, check: Check) -> Self {
        check.starting("folding the journal");
        Self {
            reader: Reader::new(bus.clone(), area),
            questions: Arc::new(Semaphore::new(config.moments_waiting.max(1))),
            workers: Arc::new(Semaphore::new(config.moments_at_once.max(1))),
            area: area.to_owned(),
            rooms: Arc::default(),
            last_push: None,
            reachable: true,
            config,
            bus,
            clock,
            meters,
            check,
        }
    }

    /// Folds the whole journal, then follows it until told to stop.
    ///
    /// # Errors
    /// If the journal cannot be read; the boards then stand still, and the missing heartbeat says so.
    pub async fn run(mut self, stop: CancellationToken) -> Result<(), Error> {
        let mut recorded = self.bus.subscribe(&Filter::exactly(&Subject::recorded(&self.area))).await?;
        let mut asked = self.bus.subscribe(&Filter::exactly(&Subject::boards_read(&self.area))).await?;
        while self.follow().await? || !self.reachable {
            if stop.is_cancelled() {
                return Ok(());
            }
        }
        self.push().await?;
        self.check.ok(format!("folded up to fact {}", self.sequence()));
        let mut beat = steady(self.config.heartbeat.into());
        let mut anyway = steady(ASK_ANYWAY);
        let mut behind = false;
        loop {
            let push_due = self.push_due();
            tokio::select! {
                biased;
                () = stop.cancelled() => return Ok(()),
                // Whoever cannot read the journal does not know how things stand, and must not say so.
                _ = beat.tick(), if self.reachable => self.beat().await?,
                () = wait_for(push_due) => self.push().await?,
                delivery = asked.next() => match delivery {
                    Some(delivery) => self.answer(delivery),
                    None => return Ok(()),
                },
                () = std::future::ready(()), if behind => behind = self.follow().await?,
                more = wake_up(&mut recorded) => {
                    if !more {
                        return Ok(());
                    }
                    behind = true;
                }
                _ = anyway.tick() => behind = true,
            }
        }
    }

    fn sequence(&self) -> u64 {
        lock(&self.rooms).gallery.boards().sequence()
    }

    /// Folds the next page, bearing with a recorder that is away for a while.
    async fn follow(&mut self) -> Result<bool, Error> {
        match self.fold_page().await {
            Err(error) if error.is_passing() => {
                if std::mem::replace(&mut self.reachable, false) {
                    tracing::warn!(%error, "the boards stand still until the journal can be read again");
                }
                tokio::time::sleep(ASK_AGAIN).await;
                Ok(false)
            }
            other => {
                if !std::mem::replace(&mut self.reachable, true) {
                    tracing::info!("the journal can be read again");
                }
                other
            }
        }
    }

    /// Folds the next page of the journal, if there is one.
    async fn fold_page(&mut self) -> Result<bool, Error> {
        let page = self.reader.page_after(self.sequence()).await?;
        if page.is_empty() {
            self.keep_up();
            return Ok(false);
        }
        let rooms = Arc::clone(&self.rooms);
        let folded = tokio::task::spawn_blocking(move || fold(&rooms, &page)).await??;
        self.meters.facts.inc_by(folded);
        self.meters.sequence.set(i64::try_from(self.sequence()).unwrap_or(i64::MAX));
        Ok(true)
    }

    /// When what was folded should be pushed: at once after a quiet time, else no more often than configured.
    fn push_due(&self) -> Option<Duration> {
        let gap = Duration::from_secs(1) / self.config.pushes_per_second.max(1);
        lock(&self.rooms)
            .gallery
            .is_changed()
            .then(|| self.last_push.map_or(Duration::ZERO, |last| gap.saturating_sub(last.elapsed())))
    }

    async fn push(&mut self) -> Result<(), Error> {
        let rooms = Arc::clone(&self.rooms);
        let (pushes, received) = tokio::task::spawn_blocking(move || {
            let mut rooms = lock(&rooms);
            (rooms.gallery.changes(), rooms.gallery.boards().clock())
        })
        .await?;
        self.last_push = Some(Stopwatch::now());
        if pushes.is_empty() {
            return Ok(());
        }
        self.meters.pushes.inc_by(pushes.len() as u64);
        for push in pushes {
            self.bus.publish(&Subject::board(&self.area, &push.view), push.payload).await?;
        }
        #[expect(clippy::cast_precision_loss, reason = "a lag is far below 2^52 µs")]
        let lag = (self.clock.now_us() - received.as_micros()).max(0) as f64 / 1e6;
        self.meters.lag.observe(lag);
        Ok(())
    }

    /// Says that the boards live and where they stand. Only the loop that folds may say so.
    async fn beat(&mut self) -> Result<(), Error> {
        let heartbeat = {
            let rooms = lock(&self.rooms);
            let boards = rooms.gallery.boards();
            Heartbeat {
                server_time: proto::time::format(Instant::from_micros(self.clock.now_us())),
                epoch: boards.epoch().map_or_else(String::new, ToString::to_string),
                sequence: boards.sequence(),
                boards: rooms.gallery.stands(),
            }
        };
        let payload = Bytes::from(serde_json::to_vec(&heartbeat).unwrap_or_default());
        Ok(self.bus.publish(&Subject::heartbeat(&self.area), payload).await?)
    }

    /// Keeps situations near the end of the timeline, so that the first to ask of the past need not wait.
    fn keep_up(&self) {
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

    fn answer(&self, delivery: Delivery) {
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
        let Ok(place) = Arc::clone(&self.questions).try_acquire_owned() else {
            let busy = "too many questions about the past at once: ask again in a second";
            return send(reply, &BoardAnswer::Busy(busy.to_owned()));
        };
        let (reader, rooms) = (self.reader.clone(), Arc::clone(&self.rooms));
        let (workers, meters) = (Arc::clone(&self.workers), self.meters.clone());
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

fn fold(rooms: &Mutex<Rooms>, page: &Page) -> Result<u64, Error> {
    let facts = page.decode()?;
    let mut rooms = lock(rooms);
    let Rooms { gallery, timeline } = &mut *rooms;
    for fact in &facts {
        gallery.apply(fact);
        timeline.insert(fact, gallery.boards());
    }
    Ok(facts.len() as u64)
}

/// A panic in a fold would poison the lock; what it left is still the fold of whole facts or will be
/// thrown away with the process.
fn lock(rooms: &Mutex<Rooms>) -> std::sync::MutexGuard<'_, Rooms> {
    rooms.lock().unwrap_or_else(PoisonError::into_inner)
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

fn steady(every: Duration) -> Interval {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

async fn wait_for(due: Option<Duration>) {
    match due {
        Some(due) => tokio::time::sleep(due).await,
        None => std::future::pending().await,
    }
}

/// Waits for word of new facts, and takes all the words there are: one reading serves them all.
async fn wake_up(recorded: &mut Subscription) -> bool {
    let more = recorded.next().await.is_some();
    while recorded.try_next().is_some() {}
    more
}
