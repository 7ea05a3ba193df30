//! The hub: one task that hears what projectors publish and keeps the boards that people look at.

mod following;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bus::{Bus, Delivery, Subscription};
use proto::live::{BoardChange, BoardQuery, Moment};
use proto::subject::{Filter, Subject};
use runtime::health::Check;
use serde_json::value::RawValue;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};
use tokio_util::sync::CancellationToken;

use self::following::Following;
use super::pulse::{Listener, Pulse};
use super::slot::{Next, Slot, Waiting};
use super::view::View;
use crate::Error;
use crate::config::{ASKS, Config, PROMPT, RELOAD_PAUSE, RELOAD_STEPS, SWEEP, ms};
use crate::metrics::Metrics;
use crate::projector::{Answer, Projector, Whom, unanswered};

/// How connections and handlers reach the hub; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct HubHandle {
    asks: mpsc::Sender<Ask>,
    pulse: watch::Receiver<Pulse>,
    /// How long a board may take to be loaded before whoever asks is told to come back.
    patience: Duration,
}

struct Ask {
    view: String,
    waiting: Waiting,
}

impl std::fmt::Debug for Ask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ask").field("view", &self.view).finish_non_exhaustive()
    }
}

impl HubHandle {
    /// The view, loaded if nobody looked at it before, within the time that an answer may take.
    pub(crate) async fn view(&self, view: &str) -> Result<Arc<View>, Error> {
        let (waiting, answer) = oneshot::channel();
        let busy = || Error::Busy("the boards are being started or stopped: ask again in a moment".into());
        self.asks.try_send(Ask { view: view.to_owned(), waiting }).map_err(|_full| busy())?;
        let late = || Error::Busy("the board could not be read in time: ask again in a moment".into());
        timeout(self.patience, answer).await.map_err(|_elapsed| late())?.map_err(|_stopped| busy())?
    }

    /// Whether the projector is heard.
    pub(crate) fn pulse(&self) -> watch::Receiver<Pulse> {
        self.pulse.clone()
    }
}

/// The hub before and while it runs.
pub(crate) struct Hub {
    area: Arc<str>,
    config: Arc<Config>,
    bus: Bus,
    projector: Projector,
    metrics: Metrics,
    asks: mpsc::Receiver<Ask>,
    listener: Listener,
    following: Following,
    /// By the subject that a view's changes are published under, so that those of views that nobody
    /// looks at are passed over unread.
    slots: HashMap<Subject, (String, Slot)>,
    asked: JoinSet<Asked>,
}

/// What has been asked of a projector, and what came of it.
struct Asked {
    /// The view whose board it is; `None` where only an answer counts.
    board: Option<Subject>,
    /// Which following of a projector it belongs to.
    turn: u64,
    result: Result<Answer, bus::Error>,
}

impl Hub {
    /// A hub that asks `projector`, which `whom` tells whom to ask.
    pub(crate) fn new(
        area: Arc<str>,
        config: Arc<Config>,
        bus: Bus,
        (projector, whom): (Projector, watch::Sender<Whom>),
        metrics: Metrics,
    ) -> (Self, HubHandle) {
        let (sender, asks) = mpsc::channel(ASKS);
        let (listener, pulse) = Listener::new(ms(config.silent_after_ms));
        let patience = ms(config.answer_ms);
        let following = Following::new(config.leave_after(), whom);
        let (slots, asked) = (HashMap::new(), JoinSet::new());
        let hub = Self { area, config, bus, projector, metrics, asks, listener, following, slots, asked };
        (hub, HubHandle { asks: sender, pulse, patience })
    }

    /// From now on this check tells whether a projector is heard.
    pub(crate) fn checked(&mut self, check: Check) {
        self.following.checked(check);
    }

    /// Runs until `stop`.
    pub(crate) async fn run(mut self, stop: CancellationToken) -> Result<(), Error> {
        // Before any board is asked for, so that no change can fall between the answer and the first
        // change heard.
        let mut boards = self.bus.subscribe(&Filter::boards(&self.area)).await.map_err(Error::Listen)?;
        let beats = Filter::exactly(&Subject::heartbeat(&self.area));
        let mut beats = self.bus.subscribe(&beats).await.map_err(Error::Listen)?;
        let mut sweep = interval(SWEEP);
        sweep.set_missed_tick_behavior(MissedTickBehavior::Delay);
        self.following.begin();
        loop {
            if self.following.was_held_up() {
                self.listener.distrust();
            }
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                delivery = boards.next() => self.hear(delivery.ok_or(Error::BusClosed)?),
                delivery = beats.next() => {
                    // The heartbeat speaks of changes published before it: hear those first.
                    self.hear_waiting(&mut boards);
                    self.hear_beat(delivery.ok_or(Error::BusClosed)?);
                }
                Some(asked) = self.asked.join_next() => {
                    if let Ok(asked) = asked {
                        self.answered(asked);
                    }
                }
                Some(ask) = self.asks.recv() => self.is_asked(ask),
                _ = sweep.tick() => self.sweep(),
            }
        }
    }

    fn hear_waiting(&mut self, boards: &mut Subscription) {
        // What is published while this runs is heard in its turn.
        for _ in 0..self.config.ring {
            let Some(delivery) = boards.try_next() else { return };
            self.hear(delivery);
        }
    }

    fn hear(&mut self, delivery: Delivery) {
        let message = match delivery {
            Delivery::Message(message) => message,
            Delivery::Gap => {
                tracing::warn!("board changes were lost on the bus: asking for every watched board anew");
                let subjects: Vec<Subject> = self.slots.keys().cloned().collect();
                for subject in subjects {
                    self.with_slot(subject, Slot::suspect);
                }
                return;
            }
        };
        if !self.slots.contains_key(&message.subject) {
            return;
        }
        let limit = self.config.ring;
        match serde_json::from_slice::<BoardChange>(&message.payload) {
            Ok(change) => {
                if self.following.is_of(&change.projector) {
                    self.with_slot(message.subject, |slot| slot.change(change, limit));
                }
            }
            Err(error) => {
                tracing::warn!(%error, subject = %message.subject, "a board change cannot be read");
                self.with_slot(message.subject, Slot::suspect);
            }
        }
    }

    fn is_asked(&mut self, Ask { view, waiting }: Ask) {
        let subject = Subject::board(&self.area, &view);
        if let Some((_, slot)) = self.slots.get_mut(&subject) {
            slot.ask(waiting);
            return;
        }
        if self.slots.len() >= self.config.views {
            let text = "as many views are watched as this gateway keeps: ask again later";
            drop(waiting.send(Err(Error::Busy(text.into()))));
            return;
        }
        self.slots.insert(subject.clone(), (view, Slot::asked(waiting)));
        self.count_views();
        self.load(subject, 0);
    }

    fn with_slot(&mut self, subject: Subject, act: impl FnOnce(&mut Slot) -> Next) {
        let Some((_, slot)) = self.slots.get_mut(&subject) else { return };
        if let Next::Load { attempts } = act(slot) {
            self.metrics.reloads.inc();
            self.load(subject, attempts);
        }
    }

    /// Asks the projector that is followed for a view's board, and no other: its changes would not fit.
    fn load(&mut self, subject: Subject, attempts: u32) {
        let Some((view, _)) = self.slots.get(&subject) else { return };
        let query = BoardQuery::Board { view: view.clone(), moment: Moment::Now };
        // The first question goes out at once; after a failure the projector gets room to breathe.
        let pause = RELOAD_PAUSE.saturating_mul(attempts.min(RELOAD_STEPS));
        self.ask(Some(subject), query, pause);
    }

    fn ask(&mut self, board: Option<Subject>, query: BoardQuery, pause: Duration) {
        let Whom { chosen, other } = self.following.whom();
        let longest = ms(self.config.answer_ms);
        let within = if other.is_some() { longest.min(PROMPT) } else { longest };
        let (projector, turn) = (self.projector.clone(), self.following.turn());
        self.asked.spawn(async move {
            sleep(pause).await;
            Asked { board, turn, result: projector.ask_of(chosen, &query, within).await }
        });
    }

    fn answered(&mut self, Asked { board, turn, result }: Asked) {
        if turn != self.following.turn() {
            // Somebody else is followed by now, and has been asked.
            return;
        }
        let result = match result {
            Ok(answer) => answer,
            Err(error) => {
                if self.leave_unanswering(error) {
                    return;
                }
                Err(unanswered("projector", error))
            }
        };
        match board {
            Some(subject) => self.loaded(subject, result),
            None => self.following.answers(),
        }
        self.renewed();
    }

    fn loaded(&mut self, subject: Subject, result: Result<Box<RawValue>, Error>) {
        let Some((view, slot)) = self.slots.get_mut(&subject) else { return };
        let next = match result {
            Ok(board) => slot.loaded(&board, self.config.ring).or_else(|| {
                tracing::error!(%view, "the projector's answer is not a board");
                slot.failed(|| Error::Busy("the board cannot be read: ask again later".into()))
            }),
            Err(Error::NotFound(text)) => {
                if let Some((_, slot)) = self.slots.remove(&subject) {
                    slot.gone(|| Error::NotFound(text.clone()));
                }
                self.count_views();
                return;
            }
            Err(error) => {
                let text = error.to_string();
                tracing::warn!(%view, error = %text, "a board could not be loaded");
                slot.failed(|| Error::Busy(text.clone()))
            }
        };
        match next {
            Some(Next::Rest) => {}
            Some(Next::Load { attempts }) => self.load(subject, attempts),
            None => {
                self.slots.remove(&subject);
                self.count_views();
            }
        }
    }

    fn sweep(&mut self) {
        self.follow();
        self.probe();
        self.listener.check(self.following.withheld());
        self.following.tell(self.listener.is_live());
        let subjects: Vec<Subject> = self.slots.keys().cloned().collect();
        for subject in subjects {
            self.with_slot(subject, Slot::look);
        }
        if let Some(before) = Instant::now().checked_sub(ms(self.config.view_idle_ms)) {
            self.slots.retain(|_, (_, slot)| !slot.is_idle(before));
        }
        self.count_views();
    }

    fn count_views(&self) {
        self.metrics.views.set(i64::try_from(self.slots.len()).unwrap_or(i64::MAX));
    }
}
