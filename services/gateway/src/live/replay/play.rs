//! One replay: asks the projector for pages of what people saw, and shows each change when its moment comes.

use std::collections::VecDeque;
use std::future::pending;
use std::time::Duration;

use axum::extract::ws::Utf8Bytes;
use proto::live::{BoardChange, BoardQuery, ReplayPage};
use proto::time::Moment;
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, sleep_until};

use super::frames::Said;
use super::pace::{Pace, Speed};
use super::{Order, Stage};
use crate::Error;
use crate::config::{RELOAD_PAUSE, RELOAD_STEPS};

/// At most one change in this time, as an eye follows them: what happened between two goes out as one.
const FRAME: Duration = Duration::from_millis(50);
/// How often a client hears which moment is shown although nothing changes.
const TICK: Duration = Duration::from_secs(1);
/// How often a projector that is busy or away is asked again before the replay halts: with the pauses, ten seconds.
const TRIES: u32 = 8;

/// Where a board stands.
#[derive(Deserialize)]
struct Stand {
    revision: u64,
    sequence: u64,
}

pub(super) struct Play {
    stage: Stage,
    view: String,
    from: Moment,
    to: Moment,
    pace: Pace,
    number: u64,
    told: mpsc::Sender<(u64, Utf8Bytes)>,
    orders: mpsc::Receiver<Order>,
    /// What the client's board shows.
    revision: u64,
    /// The fact up to which it was asked what changed.
    asked: u64,
    coming: VecDeque<BoardChange>,
    /// Nothing comes after that.
    all_came: bool,
    /// The client knows that it is over.
    is_over: bool,
    /// The client has no board of the moment that was sought.
    is_lost: bool,
}

/// The connection is gone.
struct Gone;

impl Play {
    pub(super) fn new(
        stage: Stage,
        view: &str,
        (from, to): (Moment, Moment),
        speed: Speed,
        (number, told): (u64, mpsc::Sender<(u64, Utf8Bytes)>),
        orders: mpsc::Receiver<Order>,
    ) -> Self {
        Self {
            stage,
            view: view.to_owned(),
            from,
            to,
            pace: Pace::new(speed, from),
            number,
            told,
            orders,
            revision: 0,
            asked: 0,
            coming: VecDeque::new(),
            all_came: false,
            is_over: false,
            is_lost: true,
        }
    }

    /// Plays until nobody wants it any more.
    pub(super) async fn run(mut self) {
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        tick.reset();
        if self.begin_at(self.from).await.is_err() {
            return;
        }
        loop {
            let (next, plays) = (self.next(), self.plays());
            let done = tokio::select! {
                biased;
                order = self.orders.recv() => match order {
                    Some(order) => self.obey(order).await,
                    None => return,
                },
                () = due(next) => self.go_on().await,
                _ = tick.tick(), if plays => self.tell_state().await,
            };
            if done.is_err() {
                return;
            }
        }
    }

    const fn plays(&self) -> bool {
        !self.pace.is_paused() && !self.is_over
    }

    /// When there is something to do: a change to show, more to ask for, or the end to tell.
    fn next(&self) -> Option<Instant> {
        if !self.plays() {
            return None;
        }
        Some(match self.coming.front() {
            Some(change) => self.pace.due(moment_of(change).unwrap_or(self.from)),
            None if self.all_came => self.pace.due(self.to),
            None => Instant::now(),
        })
    }

    async fn go_on(&mut self) -> Result<(), Gone> {
        let Some(change) = self.coming.pop_front() else {
            if !self.all_came {
                return self.fetch().await;
            }
            self.is_over = true;
            return self.say(self.to, |_| Said::ReplayEnded {}).await;
        };
        let moment = moment_of(&change).unwrap_or_else(|| self.pace.now());
        if change.prev != self.revision {
            // The view came and went in the meantime: its board tells all.
            return self.begin_at(moment).await;
        }
        self.revision = change.revision;
        self.say(moment, |_| Said::delta(&change)).await?;
        self.pace.show(moment);
        Ok(())
    }

    async fn obey(&mut self, order: Order) -> Result<(), Gone> {
        match order {
            Order::Seek(to) if to > self.to => {
                let error = format!("the replay ends at {}: seek an earlier moment", text(self.to));
                return self.say(self.pace.now(), |_| Said::Error { error: &error }).await;
            }
            Order::Seek(to) => return self.begin_at(to).await,
            Order::Pause => self.pace.pause(),
            Order::Resume(speed) => {
                self.pace.resume(speed);
                if self.is_lost {
                    return self.begin_at(self.pace.now()).await;
                }
            }
        }
        self.tell_state().await
    }

    /// Shows the board as it stood at a moment, and plays on from there.
    async fn begin_at(&mut self, moment: Moment) -> Result<(), Gone> {
        self.coming.clear();
        (self.all_came, self.is_over, self.is_lost) = (false, false, true);
        self.pace.seek(moment);
        self.tell_state_at(moment).await?;
        let query =
            BoardQuery::Board { view: self.view.clone(), moment: proto::live::Moment::Shown(text(moment)) };
        let Some(board) = self.ask(&query, moment).await? else { return Ok(()) };
        let Ok(stand) = serde_json::from_str::<Stand>(board.get()) else {
            tracing::error!("the projector's board cannot be read");
            return self.halt(moment, "the board cannot be read: ask again later").await;
        };
        (self.revision, self.asked, self.is_lost) = (stand.revision, stand.sequence, false);
        self.say(moment, |_| Said::Snapshot { board: &board }).await?;
        // What the asking took was no time of the past.
        self.pace.seek(moment);
        Ok(())
    }

    async fn fetch(&mut self) -> Result<(), Gone> {
        let step_us = u64::try_from(self.pace.speed().past_us(FRAME)).unwrap_or(0);
        let query = BoardQuery::Replay { view: self.view.clone(), after: self.asked, to: self.to, step_us };
        let now = self.pace.now();
        let Some(page) = self.ask(&query, now).await? else { return Ok(()) };
        match serde_json::from_str::<ReplayPage>(page.get()) {
            Ok(page) => {
                self.all_came = page.ended || page.sequence <= self.asked;
                self.asked = page.sequence;
                self.coming.extend(page.changes);
                Ok(())
            }
            Err(error) => {
                tracing::error!(%error, "a page of a replay cannot be read");
                self.halt(now, "what changed cannot be read: ask again later").await
            }
        }
    }

    /// What the projector answers; nothing after the client was told why there is none.
    async fn ask(
        &mut self,
        query: &BoardQuery,
        moment: Moment,
    ) -> Result<Option<Box<serde_json::value::RawValue>>, Gone> {
        let mut tries = 0;
        let why = loop {
            match self.stage.projector.ask(query).await {
                Ok(document) => return Ok(Some(document)),
                Err(Error::Busy(_)) if tries < TRIES => {
                    tries += 1;
                    sleep(RELOAD_PAUSE.saturating_mul(tries.min(RELOAD_STEPS))).await;
                }
                Err(error) => break error.to_string(),
            }
        };
        self.halt(moment, &why).await?;
        Ok(None)
    }

    /// It cannot go on from here: whoever watches may seek elsewhere, or resume.
    async fn halt(&mut self, moment: Moment, error: &str) -> Result<(), Gone> {
        let moment = moment.min(self.to);
        self.pace.pause();
        // What the asking took was no time of the past.
        self.pace.seek(moment);
        self.say(moment, |_| Said::Error { error }).await?;
        self.tell_state_at(moment).await
    }

    async fn tell_state(&self) -> Result<(), Gone> {
        self.tell_state_at(self.pace.now().min(self.to)).await
    }

    async fn tell_state_at(&self, moment: Moment) -> Result<(), Gone> {
        self.say(moment, |play| Said::Replaying {
            from: play.from,
            to: play.to,
            speed: play.pace.speed().value(),
            paused: play.pace.is_paused(),
        })
        .await
    }

    async fn say<'a>(&'a self, moment: Moment, said: impl FnOnce(&'a Self) -> Said<'a>) -> Result<(), Gone> {
        let Some(frame) = said(self).text(&self.stage.area, &self.view, moment) else { return Ok(()) };
        self.told.send((self.number, frame)).await.map_err(|_closed| Gone)
    }
}

async fn due(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => pending().await,
    }
}

fn moment_of(change: &BoardChange) -> Option<Moment> {
    proto::time::parse(change.received_time.as_deref()?).ok().map(Moment::from)
}

fn text(moment: Moment) -> String {
    proto::time::format(moment.into())
}
