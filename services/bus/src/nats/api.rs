//! Questions to the JetStream of a server. Each has an inbox of its own, which ends with it: the client's common one
//! keeps a place for every question that was never answered, and a recorder asks for as long as a server is away.

use std::time::Duration;

use async_nats::jetstream::response::Response;
use async_nats::{Client, HeaderMap, Message, Request, RequestErrorKind};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use tokio::time::timeout;

use super::Error;
use super::link::Link;

/// How long one question may take, with waiting for a connection. A leader is chosen within it, and whoever asks
/// can still say within a readiness probe's patience that there is none.
const ANSWER: Duration = Duration::from_secs(5);

/// Asks; `None` where nobody listens.
pub(super) async fn ask(
    link: &Link,
    doing: &'static str,
    subject: String,
    headers: Option<HeaderMap>,
    question: Bytes,
) -> Result<Option<Message>, Error> {
    let silent = || Error::JetStream { doing, why: format!("no answer within {} s", ANSWER.as_secs()) };
    let asked = async {
        link.up().await.map_err(|closed| Error::JetStream { doing, why: closed.to_string() })?;
        send(&link.client, doing, subject, headers, question).await
    };
    timeout(ANSWER, asked).await.unwrap_or_else(|_elapsed| Err(silent()))
}

async fn send(
    client: &Client,
    doing: &'static str,
    subject: String,
    headers: Option<HeaderMap>,
    question: Bytes,
) -> Result<Option<Message>, Error> {
    let mut request = Request::new().inbox(client.new_inbox()).timeout(None).payload(question);
    request.headers = headers;
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
) -> Result<Response<T>, Error> {
    let answer = ask(link, doing, subject, None, question).await?.ok_or(Error::NoJetStream)?;
    serde_json::from_slice(&answer.payload)
        .map_err(|error| Error::JetStream { doing, why: format!("its answer cannot be read: {error}") })
}
