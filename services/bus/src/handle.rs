//! The handle that services hold.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use proto::subject::{Filter, Subject};
use tokio::sync::watch;
use tokio::task::coop;
use tokio::time::{Instant, timeout_at};

use crate::delivery::Answer;
use crate::in_process::InProcess;
use crate::nats::{self, Nats, NatsOptions};
use crate::transport::{Step, Transport};
use crate::{Error, Limits, MAX_PAYLOAD, Subscription};

/// A handle to the bus, cheap to clone. See the crate's page for what it promises.
#[derive(Clone)]
pub struct Bus {
    transport: Arc<dyn Transport>,
}

impl Bus {
    /// A bus inside this process, with the default [`Limits`]. It closes with its last handle.
    #[must_use]
    pub fn in_process() -> Self {
        Self::in_process_with(Limits::default())
    }

    /// A bus inside this process whose subscribers may each have `limits` waiting.
    #[must_use]
    pub fn in_process_with(limits: Limits) -> Self {
        Self { transport: Arc::new(InProcess::new(limits)) }
    }

    /// A bus over a transport that only a test has.
    #[cfg(test)]
    pub(crate) fn over(transport: impl Transport + 'static) -> Self {
        Self { transport: Arc::new(transport) }
    }

    /// A bus over a NATS server, which is connected when this returns, and connects again by itself whenever
    /// the connection breaks. What it promises less than a bus inside a process stands at [`nats`].
    ///
    /// # Errors
    /// A sentence for each thing that may be wrong with the server, the files or the connection.
    pub async fn nats(options: &NatsOptions, limits: Limits) -> Result<Self, nats::Error> {
        Ok(Self { transport: Arc::new(Nats::connect(options, limits).await?) })
    }

    /// Hands `payload` to everybody who subscribes to `subject` at this moment, and waits for none of them.
    ///
    /// # Errors
    /// [`Error::Closed`], [`Error::TooLarge`]. That nobody listens is not an error.
    pub async fn publish(&self, subject: &Subject, payload: Bytes) -> Result<(), Error> {
        check_size(&payload)?;
        // A loop that only publishes would otherwise never let its subscribers run on the same thread.
        coop::consume_budget().await;
        self.transport.publish(subject, payload).finish().await
    }

    /// Begins to listen: every message published under `filter` after this returns arrives, or its loss is
    /// marked. A subscriber is also a responder to requests under its filter, if it came first.
    ///
    /// # Errors
    /// [`Error::Closed`].
    pub async fn subscribe(&self, filter: &Filter) -> Result<Subscription, Error> {
        self.transport.subscribe(filter).finish().await
    }

    /// Asks the one responder of `subject` and returns its answer. `deadline` covers the wait for room in
    /// the responder's queue and the wait for the answer together.
    ///
    /// # Errors
    /// Nothing was sent: [`Error::NoResponder`], [`Error::Full`], [`Error::Unconnected`], [`Error::TooLarge`] (unless
    /// it speaks of the answer). The outcome is unknown: [`Error::Deadline`], [`Error::Dropped`]. [`Error::Closed`] may be
    /// either over a network, and means that nothing was sent inside a process.
    pub async fn request(
        &self,
        subject: &Subject,
        payload: Bytes,
        deadline: Duration,
    ) -> Result<Bytes, Error> {
        check_size(&payload)?;
        let until = after(deadline);
        self.answered(self.transport.request(subject, payload, until), until).await
    }

    /// Hands an event to the intake and returns its receipt: the recorder's own bytes, which it sends when the
    /// event is durable. Inside a process this is a [`request`](Bus::request); over NATS the event goes into the
    /// area's stream, again and again until enough recorders have answered (see [`nats`]). `deadline` covers the
    /// wait for room and for receipts together.
    ///
    /// Where no recorder records and at least one says why, its `proto::receipt::Unavailable` is returned in the
    /// receipt's place; over NATS at the deadline, since another recorder may still answer.
    ///
    /// # Errors
    /// Nothing was sent: [`Error::NoResponder`], [`Error::NoStream`], [`Error::NoLeader`], [`Error::Full`],
    /// [`Error::Unconnected`], [`Error::TooLarge`]. The outcome is unknown, and handing in the same event again is
    /// always right: [`Error::Deadline`], [`Error::Dropped`], [`Error::Closed`].
    pub async fn hand_in(
        &self,
        subject: &Subject,
        payload: Bytes,
        deadline: Duration,
    ) -> Result<Bytes, Error> {
        check_size(&payload)?;
        let until = after(deadline);
        self.answered(self.transport.hand_in(subject, payload, until), until).await
    }

    /// Whether there is a connection at the moment, for whoever watches over it; `None` inside a process, where there
    /// is nothing to break.
    #[must_use]
    pub fn connected(&self) -> Option<watch::Receiver<bool>> {
        self.transport.connected()
    }

    /// Ends the bus for every handle and wakes everybody who waits on it.
    pub async fn close(&self) {
        self.transport.close().finish().await;
    }

    /// Waits until `until` for what was asked to be handed over, and for its answer.
    async fn answered(&self, asked: Step<'_, Result<Answer, Error>>, until: Instant) -> Result<Bytes, Error> {
        let Ok(handed_over) = timeout_at(until, asked.finish()).await else {
            let is_up = self.connected().is_none_or(|connected| *connected.borrow());
            return Err(if is_up { Error::Full } else { Error::Unconnected });
        };
        let mut answer = handed_over?;
        let received = timeout_at(until, answer.received()).await;
        received.unwrap_or_else(|_elapsed| answer.last_word())
    }
}

/// A deadline beyond what a clock can say is as good as this.
const LONGEST_WAIT: Duration = Duration::from_secs(365 * 24 * 60 * 60);

fn after(deadline: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(deadline).unwrap_or_else(|| now + LONGEST_WAIT)
}

fn check_size(payload: &Bytes) -> Result<(), Error> {
    let size = payload.len();
    if size > MAX_PAYLOAD { Err(Error::TooLarge { size }) } else { Ok(()) }
}

impl std::fmt::Debug for Bus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bus").finish_non_exhaustive()
    }
}
