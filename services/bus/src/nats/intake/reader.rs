//! Reading the stream in order, without missing anything silently.
//!
//! A consumer of its own, kept in the memory of one server, is asked for messages in advance. It does not survive
//! that server, nor this connection: whatever ends it is told, and the caller reads again from the next sequence.
//! Two counts are held against each other: the consumer's own has no hole, so a hole there means that something
//! was lost on its way to us, and a hole in the stream's alone that the stream does not have it any more.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::response::Response;
use async_nats::{Message, StatusCode, Subscriber};
use bytes::Bytes;
use futures_util::{FutureExt, StreamExt};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::watch;
use tokio::task::coop;
use tokio::time::{Instant, timeout, timeout_at};

use super::entry::{Entry, Place};
use crate::nats::link::Link;
use crate::nats::{Error, api};

/// Messages asked for at once: two of the recorder's largest groups, so that one is on its way while the other is
/// written. Asked again when half of them have been taken, so that at most one and a half times as many wait here.
const BATCH: usize = 2_048;

/// Bytes of one such question: room for the largest message, which must fit with its headers or the server would
/// send nothing for ever.
const BATCH_BYTES: usize = 2 * crate::MAX_PAYLOAD;

/// How long a question for messages stands. The server lets go of questions whose asker has vanished by then.
const EXPIRES: Duration = Duration::from_secs(30);

/// How often the server says that it still knows of a question, where there are no messages.
const HEARTBEAT: Duration = Duration::from_secs(1);

/// How long a server may say nothing before it is asked whether it still knows of this reader: several heartbeats,
/// of which some may be late.
const SILENCE: Duration = Duration::from_secs(4);

/// How long it may take to say that.
const WORD: Duration = Duration::from_secs(1);

/// How long it may go on saying that and nothing else. A server that has much to write to its disk says nothing to
/// readers meanwhile; but what was lost on its way would be waited for in vain.
const LONGEST_SILENCE: Duration = Duration::from_secs(30);

/// How long the server keeps a consumer that nobody asks: longer than a question stands, so that a recorder that
/// writes for a while does not lose it.
const FORGOTTEN: Duration = Duration::from_secs(60);

/// The stream from one sequence on.
pub struct Reader {
    link: Arc<Link>,
    stream: String,
    consumer: String,
    inbox: String,
    messages: Subscriber,
    connected: watch::Receiver<bool>,
    /// Messages that were asked for and have not been taken from `messages`.
    asked: usize,
    /// The last sequence given out, or the one before the first that is wanted.
    after: u64,
    /// The last of the consumer's own count.
    delivered: u64,
    heard: Instant,
    /// Why it has ended, once the caller has been told of everything before.
    ended: Option<End>,
}

/// Why a reader goes no further.
#[derive(Debug, Clone)]
enum End {
    Broken(String),
    Gap { after: u64, got: u64 },
}

/// Any answer of which only matters whether it is a refusal.
#[derive(Deserialize)]
struct Made {}

/// What a server says of a consumer, as far as it is needed.
#[derive(Deserialize)]
struct Known {
    delivered: Delivered,
    num_waiting: u64,
}

#[derive(Deserialize)]
struct Delivered {
    consumer_seq: u64,
}

impl Reader {
    pub(super) async fn begin(link: Arc<Link>, stream: &str, from: u64) -> Result<Self, Error> {
        const DOING: &str = "make a reader of the intake stream";
        // A break that has been seen already is not one of this reader's.
        drop(timeout(SILENCE, link.up()).await);
        let connected = link.connected.subscribe();
        let inbox = link.client.new_inbox();
        let messages = link.client.subscribe(inbox.clone()).await;
        let messages = messages.map_err(|error| Error::JetStream { doing: DOING, why: error.to_string() })?;
        let unique = inbox.rsplit_once('.').map_or(inbox.as_str(), |(_, unique)| unique);
        let consumer = format!("reader-{unique}");
        let nanoseconds = |span: Duration| u64::try_from(span.as_nanos()).unwrap_or(u64::MAX);
        let question = json!({
            "stream_name": stream,
            "config": {
                "name": consumer,
                "description": "a recorder",
                "deliver_policy": "by_start_sequence",
                "opt_start_seq": from,
                "ack_policy": "none",
                "replay_policy": "instant",
                "inactive_threshold": nanoseconds(FORGOTTEN),
                "num_replicas": 1,
                "mem_storage": true,
            },
        });
        let subject = format!("$JS.API.CONSUMER.CREATE.{stream}.{consumer}");
        match api::ask_json::<Made>(&link, DOING, subject, question.to_string().into(), api::ANSWER).await? {
            Response::Ok(Made {}) => {}
            Response::Err { error } => return Err(super::refused(DOING, stream, &error)),
        }
        let (stream, asked, delivered) = (stream.to_owned(), 0, 0);
        let (after, heard) = (from.saturating_sub(1), Instant::now());
        let ended = None;
        Ok(Self { link, stream, consumer, inbox, messages, connected, asked, after, delivered, heard, ended })
    }

    /// Waits for one message, then takes what is there, `max` at the most (and at least 1), and puts all of it at
    /// the end of `out`. Returns how many. Safe to cancel: what is in `out` counts as given out, and nothing else.
    ///
    /// # Errors
    /// [`Error::Broken`] as soon as something may have been missed; [`Error::Gap`] where the stream does not have
    /// what should come next. Both stay: begin a new reader.
    pub async fn next_many(&mut self, max: usize, out: &mut Vec<Entry>) -> Result<usize, Error> {
        // A stream that is never at its end would otherwise keep its reader's thread for itself.
        coop::consume_budget().await;
        let before = out.len();
        while out.len() == before {
            if let Some(end) = &self.ended {
                return Err(end.into());
            }
            self.ask().await;
            match self.message().await {
                Ok(message) => self.take(message, out),
                Err(end) => self.ended = Some(end),
            }
        }
        while out.len() - before < max && self.ended.is_none() {
            let Some(Some(message)) = self.messages.next().now_or_never() else { break };
            self.take(message, out);
        }
        Ok(out.len() - before)
    }

    /// Asks for more in time.
    async fn ask(&mut self) {
        if self.asked > BATCH / 2 {
            return;
        }
        let nanoseconds = |span: Duration| u64::try_from(span.as_nanos()).unwrap_or(u64::MAX);
        let question = json!({
            "batch": BATCH,
            "max_bytes": BATCH_BYTES,
            "expires": nanoseconds(EXPIRES),
            "idle_heartbeat": nanoseconds(HEARTBEAT),
        });
        let subject = format!("$JS.API.CONSUMER.MSG.NEXT.{}.{}", self.stream, self.consumer);
        let question = Bytes::from(question.to_string());
        match self.link.send(subject, Some(self.inbox.clone()), None, question).await {
            Ok(()) => {
                self.asked = self.asked.saturating_add(BATCH);
                self.heard = Instant::now();
            }
            Err(error) => self.ended = Some(End::Broken(error.to_string())),
        }
    }

    /// The next thing that the server says.
    async fn message(&mut self) -> Result<Message, End> {
        if let Some(end) = &self.ended {
            return Err(end.clone());
        }
        let mut until = self.heard + SILENCE;
        loop {
            match timeout_at(until, self.said()).await {
                Ok(Some(message)) => {
                    self.heard = Instant::now();
                    return Ok(message);
                }
                Ok(None) => return Err(End::Broken("the connection to the server broke".to_owned())),
                Err(_elapsed) if self.heard.elapsed() < LONGEST_SILENCE && self.is_known().await => {
                    until = Instant::now() + SILENCE;
                }
                Err(_elapsed) => {
                    let silent = self.heard.elapsed().as_secs();
                    return Err(End::Broken(format!("the server has said nothing for {silent} s")));
                }
            }
        }
    }

    async fn said(&mut self) -> Option<Message> {
        tokio::select! {
            biased;
            // Whatever was on its way is lost, or may come again from another server.
            _ = self.connected.changed() => None,
            message = self.messages.next() => message,
        }
    }

    /// Whether the server still has a question of this reader, or has answered more than has come.
    async fn is_known(&self) -> bool {
        const DOING: &str = "look at a reader of the intake stream";
        let subject = format!("$JS.API.CONSUMER.INFO.{}.{}", self.stream, self.consumer);
        let asked = api::ask_json::<Known>(&self.link, DOING, subject, Bytes::new(), WORD);
        let Ok(Response::Ok(known)) = asked.await else { return false };
        known.num_waiting > 0 || known.delivered.consumer_seq > self.delivered
    }

    fn take(&mut self, message: Message, out: &mut Vec<Entry>) {
        match message.status {
            None | Some(StatusCode::OK) => {}
            Some(status) => return self.hear(status, &message),
        }
        let Some(place) = Place::of(&message) else {
            self.ended = Some(End::Broken("a message does not say its sequence".to_owned()));
            return;
        };
        self.asked = self.asked.saturating_sub(1);
        self.delivered += 1;
        let next = self.after.saturating_add(1);
        if place.delivered != self.delivered {
            let why = format!("message {} of this reader was lost on its way", self.delivered);
            self.ended = Some(End::Broken(why));
        } else if place.sequence != next {
            self.ended = Some(End::Gap { after: self.after, got: place.sequence });
        } else {
            self.after = next;
            out.push(Entry::of_delivered(message, &place));
        }
    }

    /// What the server says instead of a message: that it still knows of us, that a question has ended with so
    /// much of it unanswered, or why it goes no further.
    fn hear(&mut self, status: StatusCode, message: &Message) {
        if status == StatusCode::IDLE_HEARTBEAT {
            return;
        }
        let described = message.description.as_deref().unwrap_or_default();
        let ends_a_question = status == StatusCode::TIMEOUT
            || described.eq_ignore_ascii_case("Message Size Exceeds MaxBytes")
            || described.eq_ignore_ascii_case("Batch Completed");
        if ends_a_question {
            let headers = message.headers.as_ref();
            let left = headers.and_then(|headers| headers.get("Nats-Pending-Messages"));
            let left = left.and_then(|left| left.as_str().parse().ok()).unwrap_or(BATCH);
            self.asked = self.asked.saturating_sub(left);
        } else {
            self.ended = Some(End::Broken(format!("the server says {status} {described}")));
        }
    }
}

impl From<&End> for Error {
    fn from(end: &End) -> Self {
        match end {
            End::Broken(why) => Self::Broken { why: why.clone() },
            End::Gap { after, got } => Self::Gap { after: *after, got: *got },
        }
    }
}

impl Drop for Reader {
    /// Tells the server that this consumer is not needed any more; otherwise it finds out by itself.
    fn drop(&mut self) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let subject = format!("$JS.API.CONSUMER.DELETE.{}.{}", self.stream, self.consumer);
        let link = Arc::clone(&self.link);
        runtime.spawn(async move { link.publish(&subject, None, Bytes::new()).await });
    }
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reader")
            .field("stream", &self.stream)
            .field("after", &self.after)
            .finish_non_exhaustive()
    }
}
