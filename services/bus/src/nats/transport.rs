//! The bus's verbs over a NATS connection, and what is done when that connection changes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::Duration;

use async_nats::{Event, ServerError};
use bytes::Bytes;
use proto::subject::{Filter, Subject};
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use super::asker::Asker;
use super::hand_in::Porch;
use super::link::Link;
use super::listener::Listeners;
use super::{Error as NatsError, NatsOptions, connect};
use crate::delivery::Answer;
use crate::transport::{Step, Transport};
use crate::{Error, Limits, Subscription};

/// Pause before an unsuitable server is left for another: long enough not to keep its log busy.
const UNSUITABLE_PAUSE: Duration = Duration::from_secs(1);

/// While no server is reached the log is told so this often: at every try it would hold nothing else.
const SAID_EVERY: Duration = Duration::from_secs(60);

/// What servers and the client say of a user that is not let in.
const REFUSALS: [&str; 3] = ["authori", "authentication", "nonce"];

/// A bus over NATS. Dropped, it closes.
pub(crate) struct Nats {
    house: Arc<House>,
}

/// What the connection's events are told to.
struct House {
    link: Arc<Link>,
    asker: Arc<Asker>,
    porch: Porch,
    listeners: Arc<Listeners>,
    /// The connection broke, and what follows from that is still to be done.
    broken: AtomicBool,
    said: Mutex<Complaints>,
}

/// When it was last said why there is no connection.
#[derive(Default)]
struct Complaints {
    refused: Option<Instant>,
    unreached: Option<Instant>,
}

impl Nats {
    pub(crate) async fn connect(options: &NatsOptions, limits: Limits) -> Result<Self, NatsError> {
        // Events begin before there is anybody to tell: the first of them only says that we are connected.
        let told: Arc<OnceLock<Weak<House>>> = Arc::default();
        let on_event = {
            let told = Arc::clone(&told);
            move |event| {
                if let Some(house) = told.get().and_then(Weak::upgrade) {
                    house.hear(event);
                }
            }
        };
        let client = connect::connect(options, on_event).await?;
        let link = Link::open(client).await.map_err(|error| NatsError::Unreachable {
            servers: options.servers_shown(),
            why: error.to_string(),
        })?;
        let asker = Arc::new(Asker::new(Arc::clone(&link), limits));
        let porch = Porch::new(Arc::clone(&link), options.receipts, options.recorders.clone().into());
        let listeners = Listeners::new(Arc::clone(&link), limits);
        let house = Arc::new(House {
            link,
            asker,
            porch,
            listeners,
            broken: AtomicBool::new(false),
            said: Mutex::default(),
        });
        // Cannot be set already: it was made here.
        drop(told.set(Arc::downgrade(&house)));
        Ok(Self { house })
    }

    /// The connection itself.
    pub(super) fn link(&self) -> &Arc<Link> {
        &self.house.link
    }
}

impl Transport for Nats {
    fn publish<'a>(&'a self, subject: &'a Subject, payload: Bytes) -> Step<'a, Result<(), Error>> {
        Step::Wait(Box::pin(self.house.link.publish(subject.as_str(), None, payload)))
    }

    fn subscribe<'a>(&'a self, filter: &'a Filter) -> Step<'a, Result<Subscription, Error>> {
        Step::Wait(Box::pin(self.house.listeners.subscribe(filter)))
    }

    fn request<'a>(
        &'a self,
        subject: &'a Subject,
        payload: Bytes,
        until: Instant,
    ) -> Step<'a, Result<Answer, Error>> {
        Step::Wait(Box::pin(self.house.asker.ask(subject.clone(), payload, until)))
    }

    fn hand_in<'a>(
        &'a self,
        subject: &'a Subject,
        payload: Bytes,
        _until: Instant,
    ) -> Step<'a, Result<Answer, Error>> {
        Step::Wait(Box::pin(self.house.porch.hand_in(subject, payload)))
    }

    fn connected(&self) -> Option<watch::Receiver<bool>> {
        Some(self.house.link.connected.subscribe())
    }

    fn close(&self) -> Step<'_, ()> {
        Step::Wait(Box::pin(async {
            let House { link, listeners, .. } = &*self.house;
            link.closed.cancel();
            // Before: what was published until now has arrived, where it is for this process. After: the server
            // sends no more requests here.
            link.settle_if_up().await;
            listeners.close().await;
            link.settle_if_up().await;
        }))
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        self.house.link.closed.cancel();
        self.house.listeners.stop();
    }
}

impl House {
    fn hear(self: &Arc<Self>, event: Event) {
        match event {
            Event::Disconnected => {
                self.broken.store(true, Ordering::Relaxed);
                self.link.connected.send_replace(false);
                tracing::warn!("the connection to the NATS server is broken: trying again until it is back");
            }
            Event::Connected => {
                // Also told of the very first connection, which nothing was lost before.
                if self.broken.swap(false, Ordering::Relaxed) {
                    tokio::spawn(Arc::clone(self).reconnected());
                }
            }
            Event::SlowConsumer(_) => self.listeners.mark_lost(),
            Event::ServerError(ServerError::Other(sentence)) => self.hear_refusal(&sentence),
            Event::ServerError(error @ ServerError::AuthorizationViolation) => {
                self.complain(&error.to_string())
            }
            Event::ServerError(error) => tracing::warn!(%error, "the NATS server says"),
            Event::ClientError(error) => self.complain(&error.to_string()),
            Event::LameDuckMode => tracing::info!("the NATS server is about to stop"),
            Event::Draining | Event::Closed => {}
        }
    }

    /// After a break every subscription may have lost something, as soon as the server knows of it again.
    async fn reconnected(self: Arc<Self>) {
        while !self.link.settle().await {
            if self.link.closed.is_cancelled() {
                return;
            }
        }
        if let Err(error) = connect::check(&self.link.client) {
            tracing::error!("{error}");
            sleep(UNSUITABLE_PAUSE).await;
            drop(self.link.client.force_reconnect().await);
            return;
        }
        *self.said.lock().unwrap_or_else(PoisonError::into_inner) = Complaints::default();
        if !self.link.connected.send_replace(true) {
            tracing::info!("connected to the NATS server again");
        }
        // Last: who hears of the gap may at once ask for what it missed.
        self.listeners.mark_lost();
    }

    /// Says why there is no connection: at every try it is much the same, so each reason is said when it is news, and now and
    /// then.
    fn complain(&self, why: &str) {
        let is_refused = REFUSALS.iter().any(|word| why.to_lowercase().contains(word));
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let said = if is_refused { &mut said.refused } else { &mut said.unreached };
        if said.is_some_and(|at| at.elapsed() < SAID_EVERY) {
            return;
        }
        *said = Some(Instant::now());
        if is_refused {
            tracing::error!(
                "the NATS server refuses this user ({why}): its key was taken back, or the server knows other users; look at \
                 nats.seed_file and at the server's configuration"
            );
        } else {
            tracing::warn!(why, "no NATS server can be reached: trying again until one is");
        }
    }

    fn hear_refusal(&self, sentence: &str) {
        tracing::error!("the NATS server refuses: {sentence}; give this user that permission");
        let mut quoted = sentence.split('"').skip(1);
        if let (Some(filter), true) = (quoted.next(), sentence.to_lowercase().contains("subscription")) {
            self.listeners.end_refused(filter);
        }
    }
}
