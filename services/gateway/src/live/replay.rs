//! Past spans on a connection, each played by a task of its own. Nothing of them is ever live.

mod frames;
mod pace;
mod play;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::ws::Utf8Bytes;
use proto::time::Moment;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::JoinHandle;

use self::pace::Speed;
use self::play::Play;
use super::frames::Span;
use crate::metrics::Metrics;
use crate::projector::Projector;

pub(crate) use self::pace::FASTEST;

/// Frames that wait for a connection: a replay whose client is slow goes slower.
const FRAMES: usize = 16;
/// What a client may ask of a replay before the first of it is done.
const ORDERS: usize = 8;

/// What replays need from the house; cheap to clone.
#[derive(Clone)]
pub(crate) struct Stage {
    pub(crate) area: Arc<str>,
    pub(crate) projector: Projector,
    /// Replays that this gateway plays at once.
    pub(crate) seats: Arc<Semaphore>,
    pub(crate) metrics: Metrics,
}

/// What a client wants of a replay.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Order {
    Seek(Moment),
    Pause,
    Resume(Option<Speed>),
}

/// The replays of one connection, one a view.
pub(crate) struct Replays {
    stage: Stage,
    playing: BTreeMap<String, Playing>,
    begun: u64,
    frames: mpsc::Receiver<(u64, Utf8Bytes)>,
    /// Kept so that the frames never end.
    told: mpsc::Sender<(u64, Utf8Bytes)>,
}

struct Playing {
    /// Which of the connection's replays it is: what another of the same view still says is passed over.
    number: u64,
    orders: mpsc::Sender<Order>,
    task: JoinHandle<()>,
}

impl Drop for Playing {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A seat taken, and counted.
struct Seat {
    _place: OwnedSemaphorePermit,
    metrics: Metrics,
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.metrics.replays.dec();
    }
}

impl Replays {
    pub(crate) fn new(stage: Stage) -> Self {
        let (told, frames) = mpsc::channel(FRAMES);
        Self { stage, playing: BTreeMap::new(), begun: 0, frames, told }
    }

    /// How many there are, leaving out that of a view.
    pub(crate) fn beside(&self, view: &str) -> usize {
        self.playing.keys().filter(|other| *other != view).count()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.playing.is_empty()
    }

    /// Begins to replay a view; another replay of it ends. `now` is the area's time, beyond which nothing is past.
    ///
    /// # Errors
    /// A sentence for the client.
    pub(crate) fn begin(&mut self, view: &str, span: Span, now: Option<Moment>) -> Result<(), String> {
        let speed = Speed::of(span.speed)?;
        let to = match (span.to, now) {
            (Some(to), Some(now)) => to.min(now),
            (Some(moment), None) | (None, Some(moment)) => moment,
            (None, None) => {
                return Err("the projector is silent: name the moment at which the replay ends".to_owned());
            }
        };
        if span.from >= to {
            return Err("a replay begins before it ends, and in the past: name an earlier from".to_owned());
        }
        // The seat of the one before is free for this one.
        self.end(view);
        let place = Arc::clone(&self.stage.seats).try_acquire_owned().map_err(|_full| {
            "as many replays are played as this gateway takes: ask again later".to_owned()
        })?;
        self.stage.metrics.replays.inc();
        let seat = Seat { _place: place, metrics: self.stage.metrics.clone() };
        self.begun += 1;
        let (orders, taken) = mpsc::channel(ORDERS);
        let (number, told) = (self.begun, self.told.clone());
        let play = Play::new(self.stage.clone(), view, (span.from, to), speed, (number, told), taken);
        let task = tokio::spawn(async move {
            play.run().await;
            drop(seat);
        });
        self.playing.insert(view.to_owned(), Playing { number, orders, task });
        Ok(())
    }

    /// Ends the replay of a view. `false` if there is none.
    pub(crate) fn end(&mut self, view: &str) -> bool {
        self.playing.remove(view).is_some()
    }

    /// Passes an order on.
    ///
    /// # Errors
    /// A sentence for the client.
    pub(crate) fn order(&self, view: &str, order: Order) -> Result<(), String> {
        let none = || "this view is not replayed: subscribe to it with `replay` first".to_owned();
        let playing = self.playing.get(view).ok_or_else(none)?;
        playing.orders.try_send(order).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => {
                "the replay has not done yet what it was asked before: ask again in a moment".to_owned()
            }
            mpsc::error::TrySendError::Closed(_) => none(),
        })
    }

    /// The next frame of a replay that has not been ended. Never ends.
    pub(crate) async fn next(&mut self) -> Utf8Bytes {
        loop {
            let Some((number, frame)) = self.frames.recv().await else { std::future::pending().await };
            if self.playing.values().any(|playing| playing.number == number) {
                return frame;
            }
        }
    }
}

/// A speed as a client wrote it.
///
/// # Errors
/// A sentence for the client.
pub(crate) fn speed(value: Option<f64>) -> Result<Option<Speed>, String> {
    value.map(Speed::of).transpose()
}
