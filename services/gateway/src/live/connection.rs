//! One client's connection, from its hello to its goodbye.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use futures_util::SinkExt;
use proto::live::Cause;
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};
use tokio_util::sync::CancellationToken;

use super::close::Close;
use super::desk::{Desk, degraded};
use super::frames::{ClientFrame, Limits, Position, ServerFrame, Span};
use super::hub::HubHandle;
use super::pulse::Pulse;
use super::replay::{self, Order, Replays, Stage};
use crate::config::{Config, GOODBYE_SPREAD_MS, ms};
use crate::metrics::Metrics;

/// Ends the connection's loop: with a reason to tell, or because the client went away.
type Flow = ControlFlow<Option<Close>>;

/// What a connection needs from the house.
#[derive(Clone)]
pub(crate) struct Doorstep {
    pub(crate) area: Arc<str>,
    pub(crate) config: Arc<Config>,
    pub(crate) hub: HubHandle,
    pub(crate) metrics: Metrics,
    pub(crate) stage: Stage,
    pub(crate) drain: CancellationToken,
}

/// How long a connection that is being closed may take to hear it.
const FAREWELL: Duration = Duration::from_millis(500);
/// Messages are counted over this time.
const MINUTE: Duration = Duration::from_secs(60);

struct Connection {
    socket: WebSocket,
    door: Doorstep,
    desk: Desk,
    replays: Replays,
    pulse: watch::Receiver<Pulse>,
    /// What the client was last told of the pulse.
    beats_told: u64,
    cause_told: Option<Cause>,
    heard: Instant,
    minute: (Instant, u32),
}

/// Serves one client until it leaves, misbehaves or the gateway drains. `number` spreads the
/// reconnects of many clients over time.
pub(crate) async fn serve(socket: WebSocket, door: Doorstep, number: u64) {
    door.metrics.connections.inc();
    let metrics = door.metrics.clone();
    let pulse = door.hub.pulse();
    let desk = Desk::new(Arc::clone(&door.area), door.metrics.clone());
    let replays = Replays::new(door.stage.clone());
    let heard = Instant::now();
    let minute = (heard, 0);
    let mut connection =
        Connection { socket, door, desk, replays, pulse, beats_told: 0, cause_told: None, heard, minute };
    let close = connection.run(number).await;
    if let Some(close) = close {
        metrics.closed.with_label_values(&[&close.code().to_string()]).inc();
        connection.close(close).await;
    }
    metrics.connections.dec();
}

impl Connection {
    /// Answers why the gateway ends the connection, `None` if the client did.
    async fn run(&mut self, number: u64) -> Option<Close> {
        if let ControlFlow::Break(close) = self.hello().await {
            return close;
        }
        let bell = self.desk.bell();
        let drain = self.door.drain.clone();
        let every = ms(self.door.config.ping_ms);
        let mut ping = interval_at(Instant::now() + every, every);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let flow = tokio::select! {
                () = drain.cancelled() => self.goodbye(number).await,
                () = bell.notified() => {
                    let frames = self.desk.catch_up();
                    self.send(frames).await
                }
                message = self.socket.recv() => self.hear(message).await,
                frame = self.replays.next() => self.send([frame]).await,
                Ok(()) = self.pulse.changed() => self.tell_pulse().await,
                _ = ping.tick() => self.ping().await,
            };
            if let ControlFlow::Break(close) = flow {
                return close;
            }
        }
    }

    /// Says hello with the area's time, for which it waits a little if the projector was not heard yet.
    async fn hello(&mut self) -> Flow {
        let wait = ms(self.door.config.hello_wait_ms);
        let drain = self.door.drain.clone();
        tokio::select! {
            () = drain.cancelled() => {}
            _ = timeout(wait, self.pulse.wait_for(|pulse| pulse.beat.is_some())) => {}
        }
        let pulse = self.pulse.borrow_and_update().clone();
        self.beats_told = pulse.count;
        let config = &self.door.config;
        let limits = Limits {
            subscriptions: config.subscriptions,
            message_bytes: config.message_bytes,
            messages_per_minute: config.messages_per_minute,
            replay_speed: replay::FASTEST,
        };
        let server_time = pulse.beat.as_ref().map(|beat| beat.server_time.as_str());
        let hello = ServerFrame::Hello { server_time, heartbeat_ms: config.heartbeat_ms, limits };
        let mut frames: Vec<Utf8Bytes> = hello.text().into_iter().collect();
        self.cause_told = pulse.cause();
        frames.extend(self.cause_told.and_then(degraded));
        self.send(frames).await
    }

    async fn hear(&mut self, message: Option<Result<Message, axum::Error>>) -> Flow {
        self.heard = Instant::now();
        match message {
            Some(Ok(Message::Text(text))) => {
                if self.is_chatty() {
                    return Flow::Break(Some(Close::Chatty));
                }
                match serde_json::from_str(&text) {
                    Ok(frame) => self.answer(frame).await,
                    Err(error) => self.complain(None, &format!("this message cannot be read: {error}")).await,
                }
            }
            Some(Ok(Message::Binary(_))) => Flow::Break(Some(Close::Binary)),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => Flow::Continue(()),
            Some(Ok(Message::Close(_))) | None => Flow::Break(None),
            Some(Err(error)) => {
                tracing::debug!(%error, "a live connection broke");
                // The library tells only in words which limit was passed.
                let too_large = error.to_string().contains("too long");
                Flow::Break(too_large.then_some(Close::TooLarge))
            }
        }
    }

    async fn answer(&mut self, frame: ClientFrame) -> Flow {
        match frame {
            ClientFrame::Ping {} => self.send(ServerFrame::Pong {}.text()).await,
            ClientFrame::Refresh {} => Flow::Continue(()),
            ClientFrame::Unsubscribe { area, view } => {
                if area == *self.door.area && (self.desk.unfollow(&view) || self.replays.end(&view)) {
                    return Flow::Continue(());
                }
                self.complain(Some(&view), "this view is not subscribed").await
            }
            ClientFrame::Seek { area, view, to } => self.order(&area, &view, Order::Seek(to)).await,
            ClientFrame::Pause { area, view } => self.order(&area, &view, Order::Pause).await,
            ClientFrame::ResumeReplay { area, view, speed } => match replay::speed(speed) {
                Ok(speed) => self.order(&area, &view, Order::Resume(speed)).await,
                Err(text) => self.complain(Some(&view), &text).await,
            },
            ClientFrame::Subscribe { area, view, resume, replay } => {
                self.subscribe(&area, view, resume, replay).await
            }
        }
    }

    async fn subscribe(
        &mut self,
        area: &str,
        view: String,
        resume: Option<Position>,
        replay: Option<Span>,
    ) -> Flow {
        if *area != *self.door.area {
            let text = format!("no area {area} here: GET /v1/areas names those there are");
            return self.complain(Some(&view), &text).await;
        }
        let limit = self.door.config.subscriptions;
        if self.desk.beside(&view) + self.replays.beside(&view) >= limit {
            let text = format!("at most {limit} views a connection: unsubscribe from one first");
            return self.complain(Some(&view), &text).await;
        }
        if let Some(span) = replay {
            return self.replay(&view, resume.as_ref(), span).await;
        }
        match self.door.hub.view(&view).await {
            Ok(found) => {
                // A view is shown as it is or as it was: the client could not tell whose its board is.
                self.replays.end(&view);
                let frames = self.desk.follow(view, found, resume, self.cause_told);
                self.send(frames).await
            }
            Err(error) => self.complain(Some(&view), &error.to_string()).await,
        }
    }

    async fn replay(&mut self, view: &str, resume: Option<&Position>, span: Span) -> Flow {
        let now = self.pulse.borrow().beat.as_ref().and_then(|beat| beat.moment());
        let begun = match resume {
            Some(_) => Err("a replay begins where its span does: leave resume out".to_owned()),
            None => self.replays.begin(view, span, now),
        };
        match begun {
            Ok(()) => {
                self.desk.unfollow(view);
                Flow::Continue(())
            }
            Err(text) => self.complain(Some(view), &text).await,
        }
    }

    async fn order(&mut self, area: &str, view: &str, order: Order) -> Flow {
        let known = (*area == *self.door.area).then_some(());
        let done = known.ok_or_else(|| format!("no area {area} here: GET /v1/areas names those there are"));
        match done.and_then(|()| self.replays.order(view, order)) {
            Ok(()) => Flow::Continue(()),
            Err(text) => self.complain(Some(view), &text).await,
        }
    }

    /// Whether all that this client looks at is past: what is live and what not is nothing to it.
    fn looks_back(&self) -> bool {
        self.desk.is_empty() && !self.replays.is_empty()
    }

    async fn complain(&mut self, view: Option<&str>, error: &str) -> Flow {
        let area = view.map(|_| &*self.door.area);
        let frame = ServerFrame::Error { area, view, error }.text();
        self.send(frame).await
    }

    /// Passes on the projector's heartbeat after everything that it speaks of, and tells when boards cease
    /// to be live, and when they are again.
    async fn tell_pulse(&mut self) -> Flow {
        let pulse = self.pulse.borrow_and_update().clone();
        let mut frames = self.desk.catch_up();
        if self.looks_back() {
            (self.beats_told, self.cause_told) = (pulse.count, pulse.cause());
            return self.send(frames).await;
        }
        if pulse.count != self.beats_told {
            self.beats_told = pulse.count;
            frames.extend(pulse.beat.as_ref().and_then(|beat| self.desk.heartbeat(beat)));
        }
        let cause = pulse.cause();
        if cause != std::mem::replace(&mut self.cause_told, cause) {
            frames.extend(match cause {
                Some(cause) => degraded(cause),
                None => ServerFrame::Live { area: None, view: None, revision: None }.text(),
            });
        }
        self.send(frames).await
    }

    async fn ping(&mut self) -> Flow {
        if self.heard.elapsed() >= ms(self.door.config.pong_timeout_ms) {
            return Flow::Break(Some(Close::Silent));
        }
        self.deliver(std::iter::once(Message::Ping(bytes::Bytes::new()))).await
    }

    async fn goodbye(&mut self, number: u64) -> Flow {
        // Neighbours in the order of arrival come back at different times.
        let retry_after_ms = number.wrapping_mul(619) % GOODBYE_SPREAD_MS;
        let frame = ServerFrame::Bye { code: "restart", retry_after_ms }.text();
        self.send(frame).await?;
        Flow::Break(Some(Close::Restart))
    }

    async fn send(&mut self, frames: impl IntoIterator<Item = Utf8Bytes>) -> Flow {
        self.deliver(frames.into_iter().map(Message::Text)).await
    }

    /// Hands frames to the socket and flushes once, so that several leave in one write.
    async fn deliver(&mut self, messages: impl Iterator<Item = Message>) -> Flow {
        let socket = &mut self.socket;
        let metrics = &self.door.metrics;
        let work = async {
            let mut any = false;
            for message in messages {
                if let Message::Text(text) = &message {
                    metrics.frames.inc();
                    metrics.frame_bytes.inc_by(u64::try_from(text.as_str().len()).unwrap_or(u64::MAX));
                }
                socket.feed(message).await?;
                any = true;
            }
            if any { socket.flush().await } else { Ok(()) }
        };
        match timeout(ms(self.door.config.send_timeout_ms), work).await {
            Ok(Ok(())) => Flow::Continue(()),
            Ok(Err(_gone)) => Flow::Break(None),
            Err(_elapsed) => Flow::Break(Some(Close::Slow)),
        }
    }

    async fn close(&mut self, close: Close) {
        let frame = CloseFrame { code: close.code(), reason: close.reason().into() };
        let socket = &mut self.socket;
        let farewell = async {
            socket.send(Message::Close(Some(frame))).await?;
            // Wait for the client's own close, or the reset that follows unread bytes may overtake ours.
            while let Some(Ok(_)) = socket.recv().await {}
            Ok::<(), axum::Error>(())
        };
        // A client that does not listen is left without it.
        drop(timeout(FAREWELL, farewell).await);
    }

    fn is_chatty(&mut self) -> bool {
        let (since, count) = &mut self.minute;
        if since.elapsed() >= MINUTE {
            *since = Instant::now();
            *count = 0;
        }
        *count = count.saturating_add(1);
        *count > self.door.config.messages_per_minute
    }
}
