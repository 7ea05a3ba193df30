//! One connection: what goes out, bounded; and the inbox, where what comes back finds whoever waits for it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use async_nats::client::PublishErrorKind;
use async_nats::{Client, HeaderMap, Subscriber};
use bytes::Bytes;
use futures_util::StreamExt;
use proto::intake::TOGETHER;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch};
use tokio::time::timeout;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::receipts::Tally;
use super::together::apart;
use super::wire::{self, Verdict};
use crate::Error;

/// Bytes of large payloads on their way to the socket: four of the largest, so that one can be written while
/// the next are made ready.
pub(super) const OUTBOX_BYTES: usize = 4 * crate::MAX_PAYLOAD;

/// From this size on the client keeps a payload as it is until it is written; smaller ones it copies.
const LARGE: usize = 4_096;

/// How long a publication may wait for a socket that takes nothing, before it is lost.
const STUCK: Duration = Duration::from_secs(2);

/// How long a message to oneself may take before it counts as lost with the connection.
const ROUND_TRIP: Duration = Duration::from_secs(5);

/// A connection to a server, and what waits on it.
pub(super) struct Link {
    pub(super) client: Client,
    /// Cancelled when the bus closes: no new calls. What is under way still comes home.
    pub(super) closed: CancellationToken,
    /// Whether there is a connection at the moment.
    pub(super) connected: watch::Sender<bool>,
    outbox: Arc<Semaphore>,
    /// The beginning of the names under which answers come back, up to and with the last dot.
    inbox: String,
    waiting: Mutex<HashMap<u64, Expected>>,
    next: AtomicU64,
    /// Ends the reader of the inbox.
    _alive: DropGuard,
}

/// What is still to come to the inbox.
enum Expected {
    /// One verdict.
    Verdict {
        verdict: oneshot::Sender<Verdict>,
        /// Room at the asker's side, until the responder has taken the request.
        room: Option<OwnedSemaphorePermit>,
    },
    /// Receipts of several recorders.
    Receipts {
        tally: Box<Tally>,
        /// Empty when enough have come.
        enough: Option<oneshot::Sender<Bytes>>,
    },
}

/// The right to one verdict. Dropped, it gives up its place.
pub(super) struct Waiting {
    link: Arc<Link>,
    token: u64,
    verdict: oneshot::Receiver<Verdict>,
}

/// The right to receipts. Dropped, it gives up its place: what comes later is ignored.
pub(super) struct Receipts {
    link: Arc<Link>,
    token: u64,
    enough: oneshot::Receiver<Bytes>,
}

impl Link {
    /// Opens the inbox on a new connection.
    pub(super) async fn open(client: Client) -> Result<Arc<Self>, Error> {
        let inbox = format!("{}.", client.new_inbox());
        let letters = client.subscribe(format!("{inbox}*")).await.map_err(|_closed| Error::Closed)?;
        let ended = CancellationToken::new();
        let link = Arc::new(Self {
            client,
            closed: CancellationToken::new(),
            connected: watch::Sender::new(true),
            outbox: Arc::new(Semaphore::new(OUTBOX_BYTES)),
            inbox,
            waiting: Mutex::default(),
            next: AtomicU64::new(0),
            _alive: ended.clone().drop_guard(),
        });
        tokio::spawn(read_inbox(Arc::downgrade(&link), letters, ended));
        Ok(link)
    }

    /// Hands a message to the connection, waiting for its turn. One that waits when the connection breaks goes
    /// out on the next.
    pub(super) async fn send(
        &self,
        to: String,
        reply: Option<String>,
        headers: Option<HeaderMap>,
        payload: Bytes,
    ) -> Result<(), Error> {
        let size = payload.len();
        let payload = self.charge(payload).await;
        let headers = headers.unwrap_or_default();
        let sent = match reply {
            Some(reply) => self.client.publish_with_reply_and_headers(to, reply, headers, payload).await,
            None if headers.is_empty() => self.client.publish(to, payload).await,
            None => self.client.publish_with_headers(to, headers, payload).await,
        };
        sent.map_err(|error| match error.kind() {
            PublishErrorKind::MaxPayloadExceeded => Error::TooLarge { size },
            PublishErrorKind::Send | PublishErrorKind::InvalidSubject => Error::Closed,
        })
    }

    /// Publishes now or never: what cannot go out soon is lost, as if nobody had been listening.
    pub(super) async fn publish(
        &self,
        to: &str,
        headers: Option<HeaderMap>,
        payload: Bytes,
    ) -> Result<(), Error> {
        if self.closed.is_cancelled() {
            return Err(Error::Closed);
        }
        if !*self.connected.borrow() {
            return Ok(());
        }
        timeout(STUCK, self.send(to.to_owned(), None, headers, payload)).await.unwrap_or_else(|_stuck| {
            tracing::warn!(subject = to, "a publication is lost: the NATS server takes nothing");
            Ok(())
        })
    }

    /// Tells an asker what became of its request. What cannot be told, its own deadline tells it.
    pub(super) async fn tell(&self, reply: String, verdict: Verdict) {
        let (headers, payload) = wire::write(verdict);
        let mut told = self.send(reply.clone(), None, headers, payload).await;
        if let Err(error @ Error::TooLarge { .. }) = told {
            let (headers, payload) = wire::write(Verdict::Final(Err(error)));
            told = self.send(reply, None, headers, payload).await;
        }
        // A bus that is closing is soon dropped with its process: nothing may stay in a buffer.
        if told.is_ok() && self.closed.is_cancelled() {
            drop(self.client.flush().await);
        }
    }

    /// A place in the inbox, and the name to which its verdict must be sent.
    pub(super) fn expect(self: &Arc<Self>, room: Option<OwnedSemaphorePermit>) -> (Waiting, String) {
        let token = self.next.fetch_add(1, Ordering::Relaxed);
        let (send, verdict) = oneshot::channel();
        self.waiting().insert(token, Expected::Verdict { verdict: send, room });
        (Waiting { link: Arc::clone(self), token, verdict }, format!("{}{token}", self.inbox))
    }

    /// A place in the inbox for receipts until there are enough for `tally`, and the name to which they must be
    /// sent.
    pub(super) fn expect_receipts(self: &Arc<Self>, tally: Tally) -> (Receipts, String) {
        let token = self.next.fetch_add(1, Ordering::Relaxed);
        let (send, enough) = oneshot::channel();
        let expected = Expected::Receipts { tally: Box::new(tally), enough: Some(send) };
        self.waiting().insert(token, expected);
        (Receipts { link: Arc::clone(self), token, enough }, format!("{}{token}", self.inbox))
    }

    /// A message to oneself: when it is back, the server has done everything that was asked before it, and
    /// everything that it had sent before has arrived. False if it did not come back in time.
    pub(super) async fn settle(self: &Arc<Self>) -> bool {
        let (mut waiting, name) = self.expect(None);
        let there_and_back = async {
            self.send(name, None, None, Bytes::new()).await?;
            waiting.verdict().await;
            Ok::<(), Error>(())
        };
        matches!(timeout(ROUND_TRIP, there_and_back).await, Ok(Ok(())))
    }

    /// The same, where there is a connection at the moment.
    pub(super) async fn settle_if_up(self: &Arc<Self>) {
        if *self.connected.borrow() {
            self.settle().await;
        }
    }

    /// Waits until there is a connection.
    pub(super) async fn up(&self) -> Result<(), Error> {
        let mut connected = self.connected.subscribe();
        tokio::select! {
            biased;
            () = self.closed.cancelled() => Err(Error::Closed),
            up = connected.wait_for(|up| *up) => up.map(drop).map_err(|_gone| Error::Closed),
        }
    }

    /// A large payload carries its share of the outbox with it until it is written.
    async fn charge(&self, payload: Bytes) -> Bytes {
        let share = u32::try_from(payload.len().min(OUTBOX_BYTES)).unwrap_or(u32::MAX);
        if payload.len() < LARGE {
            return payload;
        }
        match Arc::clone(&self.outbox).acquire_many_owned(share).await {
            Ok(share) => Bytes::from_owner(Charged { payload, _share: share }),
            Err(_never_closed) => payload,
        }
    }

    fn deliver(&self, message: async_nats::Message) {
        let Some((_, token)) = message.subject.rsplit_once('.') else { return };
        let mut waiting = self.waiting();
        if token == TOGETHER {
            let recorder = wire::recorder_of(message.headers.as_ref());
            for (token, receipt) in apart(&message.payload) {
                if let Some(Expected::Receipts { tally, enough }) = waiting.get_mut(&token) {
                    hear_receipt(tally, enough, recorder, receipt);
                }
            }
            return;
        }
        let Ok(token) = token.parse::<u64>() else { return };
        // Who has given up meanwhile does not hear it.
        let Some(expected) = waiting.get_mut(&token) else { return };
        match expected {
            Expected::Receipts { tally, enough } => {
                let recorder = wire::recorder_of(message.headers.as_ref());
                hear_receipt(tally, enough, recorder, message.payload);
            }
            Expected::Verdict { room, .. } => match wire::read(message) {
                Verdict::Taken => drop(room.take()),
                last @ (Verdict::Final(_) | Verdict::Gone) => {
                    if let Some(Expected::Verdict { verdict, .. }) = waiting.remove(&token) {
                        drop(verdict.send(last));
                    }
                }
            },
        }
    }

    /// No code panics while it holds the lock.
    fn waiting(&self) -> MutexGuard<'_, HashMap<u64, Expected>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn hear_receipt(
    tally: &mut Tally,
    enough: &mut Option<oneshot::Sender<Bytes>>,
    recorder: &str,
    receipt: Bytes,
) {
    if let Some(receipt) = tally.add(recorder, receipt)
        && let Some(enough) = enough.take()
    {
        drop(enough.send(receipt));
    }
}

impl Waiting {
    /// Waits for the last word about a request.
    pub(super) async fn verdict(&mut self) -> Verdict {
        (&mut self.verdict).await.unwrap_or(Verdict::Final(Err(Error::Closed)))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let expected = self.link.waiting().remove(&self.token);
        drop(expected);
    }
}

impl Receipts {
    /// Waits until enough recorders have answered alike.
    pub(super) async fn enough(&mut self) -> Result<Bytes, Error> {
        (&mut self.enough).await.map_err(|_gone| Error::Closed)
    }
}

impl Drop for Receipts {
    fn drop(&mut self) {
        let expected = self.link.waiting().remove(&self.token);
        drop(expected);
    }
}

struct Charged {
    payload: Bytes,
    _share: OwnedSemaphorePermit,
}

impl AsRef<[u8]> for Charged {
    fn as_ref(&self) -> &[u8] {
        &self.payload
    }
}

async fn read_inbox(link: Weak<Link>, mut letters: Subscriber, ended: CancellationToken) {
    loop {
        let letter = tokio::select! {
            () = ended.cancelled() => return,
            letter = letters.next() => letter,
        };
        let (Some(letter), Some(link)) = (letter, link.upgrade()) else { return };
        link.deliver(letter);
    }
}
