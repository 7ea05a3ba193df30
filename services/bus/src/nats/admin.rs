//! What an operator asks of a server: to make the intake stream, and whether everything is as it must be.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_nats::jetstream::context::{
    CreateStreamErrorKind, GetStreamErrorKind, RequestError, RequestErrorKind,
};
use async_nats::jetstream::stream::Info;
use async_nats::jetstream::{self, Context, ErrorCode};
use async_nats::{Client, Event, ServerError};

use super::copies::{Copies, is_leaderless};
use super::stream::{Drift, IntakeStream};
use super::{Error, NatsOptions, connect, wire};
use crate::MAX_PAYLOAD;

/// How long a server may take for one question. A stream with replicas is made within a second or two.
const ANSWER: Duration = Duration::from_secs(10);

/// What it has in memory it says sooner, or nobody leads.
const LOOK: Duration = Duration::from_secs(4);

/// Refusals that are kept: an operator asks for a handful of things.
const REFUSALS: usize = 16;

/// A connection for an operator's questions.
pub struct NatsAdmin {
    client: Client,
    context: Context,
    encrypted: bool,
    /// What the server did not let this user do, in its words.
    refusals: Arc<Mutex<Vec<String>>>,
}

/// What a server says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerFacts {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Whether this connection is encrypted.
    pub encrypted: bool,
    /// The largest message that it takes, in bytes, headers included.
    pub max_payload: usize,
}

impl ServerFacts {
    /// The `max_payload` that a server needs to carry everything that this bus allows.
    pub const MAX_PAYLOAD: usize = MAX_PAYLOAD + wire::HEADER_BYTES;
}

impl NatsAdmin {
    /// Connects once.
    ///
    /// # Errors
    /// A sentence for each thing that may be wrong with the server, the files or the connection.
    pub async fn connect(options: &NatsOptions) -> Result<Self, Error> {
        let refusals: Arc<Mutex<Vec<String>>> = Arc::default();
        let client = {
            let refusals = Arc::clone(&refusals);
            let on_event = move |event| {
                if let Event::ServerError(ServerError::Other(sentence)) = event {
                    note(&refusals, sentence);
                }
            };
            connect::connect(options, on_event).await?
        };
        let mut context = jetstream::new(client.clone());
        context.set_timeout(ANSWER);
        let demanded = options.authority.is_some() || options.certificate.is_some();
        let by_address = options.servers.iter().any(|server| server.starts_with("tls://"));
        let encrypted = demanded || by_address || client.server_info().tls_required;
        Ok(Self { client, context, encrypted, refusals })
    }

    pub(super) const fn client(&self) -> &Client {
        &self.client
    }

    /// Whether the server has refused this user a subject.
    pub(super) fn is_refused(&self, subject: &str) -> bool {
        let quoted = format!("\"{subject}\"");
        let refusals = self.refusals.lock().unwrap_or_else(PoisonError::into_inner);
        refusals.iter().any(|sentence| sentence.contains(&quoted))
    }

    /// What the server says of itself.
    #[must_use]
    pub fn server(&self) -> ServerFacts {
        let info = self.client.server_info();
        ServerFacts {
            name: info.server_name,
            version: info.version,
            encrypted: self.encrypted,
            max_payload: info.max_payload,
        }
    }

    /// Where an area's intake stream is not as it should be; `None` where there is no stream.
    ///
    /// # Errors
    /// [`Error::NoLeader`], [`Error::Silent`], [`Error::NoJetStream`], [`Error::JetStream`].
    pub async fn drift(&self, wanted: &IntakeStream) -> Result<Option<Vec<Drift>>, Error> {
        Ok(self.info(wanted).await?.map(|info| wanted.drift(&info.config)))
    }

    /// How the copies of an area's intake stream are; `None` where there is no stream.
    ///
    /// # Errors
    /// As [`NatsAdmin::drift`].
    pub async fn copies(&self, wanted: &IntakeStream) -> Result<Option<Copies>, Error> {
        let info = self.info(wanted).await?;
        Ok(info.map(|info| info.cluster.as_ref().map_or_else(Copies::one, Copies::of)))
    }

    async fn info(&self, wanted: &IntakeStream) -> Result<Option<Info>, Error> {
        const DOING: &str = "look at the intake stream";
        let mut context = self.context.clone();
        context.set_timeout(LOOK);
        let error = match context.get_stream(wanted.name()).await {
            Ok(stream) => return Ok(Some(stream.cached_info().clone())),
            Err(error) => error,
        };
        let code = if let GetStreamErrorKind::JetStream(told) = error.kind() {
            Some(told.error_code())
        } else {
            None
        };
        match code {
            Some(ErrorCode::STREAM_NOT_FOUND) => Ok(None),
            Some(code) if is_absent(code) => Err(Error::NoJetStream),
            Some(code) if is_leaderless(code) => Err(Error::NoLeader { why: error.to_string() }),
            None => Err(match asked(&error) {
                Some(RequestErrorKind::NoResponders) => Error::NoJetStream,
                Some(RequestErrorKind::TimedOut) => Error::Silent { doing: DOING, seconds: LOOK.as_secs() },
                Some(RequestErrorKind::InvalidSubject | RequestErrorKind::Other) | None => {
                    refused(DOING, &error)
                }
            }),
            Some(_) => Err(refused(DOING, &error)),
        }
    }

    /// Makes an area's intake stream. Never alters one that is there.
    ///
    /// # Errors
    /// [`Error::NoLeader`], [`Error::Silent`], [`Error::NoJetStream`], [`Error::JetStream`].
    pub async fn create(&self, wanted: &IntakeStream) -> Result<(), Error> {
        let Err(error) = self.context.create_stream(wanted.config()).await else { return Ok(()) };
        let kind = error.kind();
        let doing = "make the intake stream";
        let code =
            if let CreateStreamErrorKind::JetStream(told) = &kind { Some(told.error_code()) } else { None };
        Err(match code {
            Some(code) if is_absent(code) => Error::NoJetStream,
            Some(code) if is_leaderless(code) => Error::NoLeader { why: error.to_string() },
            None if kind == CreateStreamErrorKind::JetStreamUnavailable => Error::NoJetStream,
            None if kind == CreateStreamErrorKind::TimedOut => {
                Error::Silent { doing, seconds: ANSWER.as_secs() }
            }
            Some(_) | None => refused(doing, &error),
        })
    }
}

fn note(refusals: &Mutex<Vec<String>>, sentence: String) {
    let mut refusals = refusals.lock().unwrap_or_else(PoisonError::into_inner);
    if refusals.len() < REFUSALS {
        refusals.push(sentence);
    }
}

fn is_absent(code: ErrorCode) -> bool {
    code == ErrorCode::JETSTREAM_NOT_ENABLED || code == ErrorCode::JETSTREAM_NOT_ENABLED_FOR_ACCOUNT
}

/// Why a question was not answered at all: nobody listens where no server of the cluster has JetStream.
fn asked(error: &dyn std::error::Error) -> Option<RequestErrorKind> {
    let cause = error.source().and_then(|cause| cause.downcast_ref::<RequestError>())?;
    Some(cause.kind())
}

fn refused(doing: &'static str, error: &dyn std::error::Error) -> Error {
    Error::JetStream { doing, why: error.to_string() }
}
