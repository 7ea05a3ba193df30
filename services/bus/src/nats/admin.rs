//! What an operator asks of a server: to make the intake stream, and whether everything is as it must be.

use std::time::Duration;

use async_nats::Client;
use async_nats::jetstream::context::{
    CreateStreamErrorKind, GetStreamErrorKind, RequestError, RequestErrorKind,
};
use async_nats::jetstream::{self, Context, ErrorCode};

use super::stream::{Drift, IntakeStream};
use super::{Error, NatsOptions, connect, wire};
use crate::MAX_PAYLOAD;

/// How long a server may take for one question. A stream with replicas is made within a second or two.
const ANSWER: Duration = Duration::from_secs(10);

/// A connection for an operator's questions.
pub struct NatsAdmin {
    client: Client,
    context: Context,
    encrypted: bool,
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
        let client = connect::connect(options, |_event| {}).await?;
        let mut context = jetstream::new(client.clone());
        context.set_timeout(ANSWER);
        let demanded = options.authority.is_some() || options.certificate.is_some();
        let by_address = options.servers.iter().any(|server| server.starts_with("tls://"));
        let encrypted = demanded || by_address || client.server_info().tls_required;
        Ok(Self { client, context, encrypted })
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
    /// [`Error::NoJetStream`], [`Error::JetStream`].
    pub async fn drift(&self, wanted: &IntakeStream) -> Result<Option<Vec<Drift>>, Error> {
        let error = match self.context.get_stream(wanted.name()).await {
            Ok(stream) => return Ok(Some(wanted.drift(&stream.cached_info().config))),
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
            None if nobody_answers(&error) => Err(Error::NoJetStream),
            Some(_) | None => Err(refused("look at the intake stream", &error)),
        }
    }

    /// Makes an area's intake stream. Never alters one that is there.
    ///
    /// # Errors
    /// [`Error::NoJetStream`], [`Error::JetStream`].
    pub async fn create(&self, wanted: &IntakeStream) -> Result<(), Error> {
        let Err(error) = self.context.create_stream(wanted.config()).await else { return Ok(()) };
        let kind = error.kind();
        let absent = if let CreateStreamErrorKind::JetStream(told) = &kind {
            is_absent(told.error_code())
        } else {
            kind == CreateStreamErrorKind::JetStreamUnavailable
        };
        Err(if absent { Error::NoJetStream } else { refused("make the intake stream", &error) })
    }
}

fn is_absent(code: ErrorCode) -> bool {
    code == ErrorCode::JETSTREAM_NOT_ENABLED || code == ErrorCode::JETSTREAM_NOT_ENABLED_FOR_ACCOUNT
}

/// Whether the question went nowhere, as it does where no server of the cluster has JetStream.
fn nobody_answers(error: &dyn std::error::Error) -> bool {
    let cause = error.source().and_then(|cause| cause.downcast_ref::<RequestError>());
    cause.is_some_and(|cause| cause.kind() == RequestErrorKind::NoResponders)
}

fn refused(doing: &'static str, error: &dyn std::error::Error) -> Error {
    Error::JetStream { doing, why: error.to_string() }
}
