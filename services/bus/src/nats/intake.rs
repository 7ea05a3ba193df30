//! The recorder's end of the intake stream: it reads by sequence, answers sources, and trims what is recorded.

mod answer;
mod entry;
mod reader;

use std::sync::Arc;

use async_nats::StatusCode;
use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::publish::PublishAck;
use async_nats::jetstream::response::Response;
use async_nats::jetstream::stream::ClusterInfo;
use bytes::Bytes;
use proto::subject::{Subject, intake_stream};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::watch;

use super::copies::{Copies, is_leaderless};
use super::hand_in::is_full;
use super::link::Link;
use super::transport::Nats;
use super::{Error, NatsOptions, api};
use crate::Limits;
use crate::transport::Transport;

pub use answer::Addressed;
pub use entry::Entry;
pub use reader::Reader;

/// A recorder's own connection to an area's intake stream. Cheap to clone; closes with its last clone. Whether
/// there is such a stream is asked anew by each call.
#[derive(Clone)]
pub struct IntakeEnd {
    nats: Arc<Nats>,
    stream: Arc<str>,
    receipts: usize,
}

/// What a stream says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamState {
    /// Name and moment of making: a stream that was deleted and made again has another.
    pub identity: String,
    /// The sequence of the first message that is there; one above `last` where there is none.
    pub first: u64,
    /// The sequence of the last message that was ever there; 0 before the first.
    pub last: u64,
}

/// What the server tells, as far as it is needed.
#[derive(Deserialize)]
struct Info {
    created: String,
    cluster: Option<ClusterInfo>,
    state: Held,
}

#[derive(Deserialize)]
struct Held {
    first_seq: u64,
    last_seq: u64,
}

/// Any answer of which only matters whether it is a refusal.
#[derive(Deserialize)]
struct Done {}

impl IntakeEnd {
    /// Connects. A stream need not be there yet.
    ///
    /// # Errors
    /// A sentence for each thing that may be wrong with the server, the files or the connection.
    pub async fn open(options: &NatsOptions, area: &str) -> Result<Self, Error> {
        let nats = Nats::connect(options, Limits::default()).await?;
        Ok(Self { nats: Arc::new(nats), stream: intake_stream(area).into(), receipts: options.receipts })
    }

    /// From how many recorders the sources of this house want each receipt.
    #[must_use]
    pub const fn receipts(&self) -> usize {
        self.receipts
    }

    /// What the stream says of itself; `None` where there is no such stream.
    ///
    /// # Errors
    /// [`Error::NoLeader`], also where the leader has heard of no majority lately; [`Error::Silent`];
    /// [`Error::NoJetStream`]; [`Error::JetStream`].
    pub async fn state(&self) -> Result<Option<StreamState>, Error> {
        const DOING: &str = "look at the intake stream";
        let subject = format!("$JS.API.STREAM.INFO.{}", self.stream);
        match api::ask_json::<Info>(self.link(), DOING, subject, Bytes::new(), api::PROMPT_ANSWER).await? {
            Response::Ok(Info { created, cluster, state: Held { first_seq, last_seq } }) => {
                if let Some(copies) = cluster.as_ref().map(Copies::of).filter(|it| !it.can_go_on()) {
                    return Err(Error::NoLeader { why: copies.to_string() });
                }
                let identity = format!("{}@{created}", self.stream);
                // A stream that has never had a message tells 0 for both.
                Ok(Some(StreamState { identity, first: first_seq.max(1), last: last_seq }))
            }
            Response::Err { error } if error.error_code() == ErrorCode::STREAM_NOT_FOUND => Ok(None),
            Response::Err { error } => Err(refused(DOING, &self.stream, &error)),
        }
    }

    /// Every message from the sequence `from` on (1 is the first), in order.
    ///
    /// # Errors
    /// [`Error::Gap`] where the stream begins after `from` or ends more than one before it; [`Error::NoStream`];
    /// [`Error::JetStream`].
    pub async fn read(&self, from: u64) -> Result<Reader, Error> {
        let from = from.max(1);
        let reader = Reader::begin(Arc::clone(self.link()), &self.stream, from).await?;
        let StreamState { first, last, .. } = self.state().await?.ok_or_else(|| self.missing())?;
        if from < first {
            return Err(Error::Gap { after: from - 1, got: first });
        }
        if from - 1 > last {
            return Err(Error::Gap { after: from - 1, got: last + 1 });
        }
        Ok(reader)
    }

    /// The newest message on a subject that some server of the stream has: one that follows its leader may be a
    /// moment behind.
    ///
    /// # Errors
    /// [`Error::NoStream`], [`Error::JetStream`].
    pub async fn last_on(&self, subject: &Subject) -> Result<Option<Entry>, Error> {
        self.get(json!({"last_by_subj": subject.as_str()})).await
    }

    /// The first message on a subject from the sequence `from` on, as far as some server of the stream has it: one
    /// that follows its leader may be a moment behind.
    ///
    /// # Errors
    /// [`Error::NoStream`], [`Error::JetStream`].
    pub async fn next_on(&self, subject: &Subject, from: u64) -> Result<Option<Entry>, Error> {
        self.get(json!({"seq": from, "next_by_subj": subject.as_str()})).await
    }

    /// The message of a sequence, if it is there.
    ///
    /// # Errors
    /// [`Error::NoStream`], [`Error::JetStream`].
    pub async fn entry(&self, sequence: u64) -> Result<Option<Entry>, Error> {
        if sequence == 0 {
            return Ok(None);
        }
        self.get(json!({"seq": sequence})).await
    }

    async fn get(&self, question: serde_json::Value) -> Result<Option<Entry>, Error> {
        const DOING: &str = "read one message of the intake stream";
        let subject = format!("$JS.API.DIRECT.GET.{}", self.stream);
        let question = question.to_string().into();
        let answer = api::ask(self.link(), DOING, subject, question, api::ANSWER).await?;
        let answer = answer.ok_or_else(|| self.missing())?;
        match answer.status {
            None | Some(StatusCode::OK) => {}
            Some(StatusCode::NOT_FOUND) => return Ok(None),
            Some(status) => {
                let why = format!("{status} {}", answer.description.unwrap_or_default());
                return Err(Error::JetStream { doing: DOING, why });
            }
        }
        let why = "its answer does not say which message it is".to_owned();
        Entry::of_direct(answer).map(Some).ok_or(Error::JetStream { doing: DOING, why })
    }

    /// Puts a message into the stream and returns its sequence, once the stream keeps it. After an error that is
    /// neither [`Error::NoStream`] nor [`Error::StreamFull`] it may be there all the same.
    ///
    /// # Errors
    /// [`Error::NoStream`], [`Error::StreamFull`], [`Error::JetStream`].
    pub async fn put(&self, subject: &Subject, payload: Bytes) -> Result<u64, Error> {
        const DOING: &str = "put a message into the intake stream";
        let answer = api::ask(self.link(), DOING, subject.to_string(), payload, api::ANSWER).await?;
        let answer = answer.ok_or_else(|| self.missing())?;
        match serde_json::from_slice::<Response<PublishAck>>(&answer.payload) {
            Ok(Response::Ok(kept)) => Ok(kept.sequence),
            Ok(Response::Err { error }) if is_full(error.error_code()) => {
                Err(Error::StreamFull { stream: self.stream.to_string(), why: error.to_string() })
            }
            Ok(Response::Err { error }) => Err(refused(DOING, &self.stream, &error)),
            Err(error) => Err(Error::JetStream { doing: DOING, why: error.to_string() }),
        }
    }

    /// Removes every message below the sequence `before`. Never leaves a hole: beyond the last message nothing is
    /// removed, since the stream would go on at `before`.
    ///
    /// # Errors
    /// [`Error::NoStream`], [`Error::JetStream`].
    pub async fn trim(&self, before: u64) -> Result<(), Error> {
        const DOING: &str = "trim the intake stream";
        let StreamState { first, last, .. } = self.state().await?.ok_or_else(|| self.missing())?;
        let before = before.min(last.saturating_add(1));
        // The server takes 0 for everything.
        if before <= first {
            return Ok(());
        }
        let subject = format!("$JS.API.STREAM.PURGE.{}", self.stream);
        let question = json!({"seq": before}).to_string().into();
        match api::ask_json::<Done>(self.link(), DOING, subject, question, api::ANSWER).await? {
            Response::Ok(Done {}) => Ok(()),
            Response::Err { error } => Err(refused(DOING, &self.stream, &error)),
        }
    }

    /// Whether there is a connection at the moment.
    #[must_use]
    pub fn connected(&self) -> watch::Receiver<bool> {
        self.link().connected.subscribe()
    }

    /// Closes once everything that was said has left.
    pub async fn close(&self) {
        self.nats.close().finish().await;
    }

    fn link(&self) -> &Arc<Link> {
        self.nats.link()
    }

    fn missing(&self) -> Error {
        Error::NoStream { stream: self.stream.to_string() }
    }
}

fn refused(doing: &'static str, stream: &str, error: &async_nats::jetstream::Error) -> Error {
    match error.error_code() {
        ErrorCode::STREAM_NOT_FOUND => Error::NoStream { stream: stream.to_owned() },
        ErrorCode::JETSTREAM_NOT_ENABLED | ErrorCode::JETSTREAM_NOT_ENABLED_FOR_ACCOUNT => Error::NoJetStream,
        code if is_leaderless(code) => Error::NoLeader { why: error.to_string() },
        _ => Error::JetStream { doing, why: error.to_string() },
    }
}

impl std::fmt::Debug for IntakeEnd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IntakeEnd").field("stream", &self.stream).finish_non_exhaustive()
    }
}
