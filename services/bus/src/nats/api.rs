//! Questions to the JetStream of a server. Each has an inbox of its own, which ends with it: the client's common one
//! keeps a place for every question that was never answered, and a recorder asks for as long as a server is away.

use std::time::Duration;

use async_nats::jetstream::response::Response;
use async_nats::{Client, Message, Request, RequestErrorKind};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use super::Error;
use super::link::Link;

/// How long one question may take, with waiting for a connection: a leader is chosen within it.
pub(super) const ANSWER: Duration = Duration::from_secs(5);

/// How long a server may take to say what it has in memory: so long that one under load gets to it, and so short that
/// whoever asks soon says that there is no leader.
pub(super) const PROMPT_ANSWER: Duration = Duration::from_secs(2);

/// Asks; `None` where nobody listens.
pub(super) async fn ask(
    link: &Link,
    doing: &'static str,
    subject: String,
    question: Bytes,
    within: Duration,
) -> Result<Option<Message>, Error> {
    let silent = || Error::Silent { doing, seconds: within.as_secs() };
    let asked = async {
        link.up().await.map_err(|closed| Error::JetStream { doing, why: closed.to_string() })?;
        send(&link.client, doing, subject, question).await
    };
    timeout(within, asked).await.unwrap_or_else(|_elapsed| Err(silent()))
}

async fn send(
    client: &Client,
    doing: &'static str,
    subject: String,
    question: Bytes,
) -> Result<Option<Message>, Error> {
    let request = Request::new().inbox(client.new_inbox()).timeout(None).payload(question);
    match client.send_request(subject, request).await {
        Ok(answer) => Ok(Some(answer)),
        Err(error) if error.kind() == RequestErrorKind::NoResponders => Ok(None),
        Err(error) => Err(Error::JetStream { doing, why: error.to_string() }),
    }
}

/// Asks the part of the API that answers in JSON.
pub(super) async fn ask_json<T: DeserializeOwned>(
    link: &Link,
    doing: &'static str,
    subject: String,
    question: Bytes,
    within: Duration,
) -> Result<Response<T>, Error> {
    let answer = ask(link, doing, subject, question, within).await?.ok_or(Error::NoJetStream)?;
    serde_json::from_slice(&answer.payload)
        .map_err(|error| Error::JetStream { doing, why: format!("its answer cannot be read: {error}") })
}
