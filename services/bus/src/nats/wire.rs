//! The headers of this bus's own convention; see [`super`] for what they mean.

use std::time::Duration;

use async_nats::{HeaderMap, HeaderValue};
use bytes::Bytes;

use proto::intake::{RECEIPT_TO, RECEIPTS_TOGETHER, RECORDER};

use crate::Error;

const PATIENCE: &str = "Tilanne-Patience";
const REPLY: &str = "Tilanne-Reply";

/// The queue group of whoever answers.
pub(super) const RESPONDERS: &str = "responders";

/// What a message's headers may add to its payload: a server counts both.
pub(super) const HEADER_BYTES: usize = 64 * 1024;

/// The least time that a verdict gets for its way back.
const LEAST_WAY_BACK: Duration = Duration::from_millis(5);
/// More than any network that still works needs.
const MOST_WAY_BACK: Duration = Duration::from_millis(500);

/// What comes to an asker's inbox.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is in the responder's queue; more will come.
    Taken,
    /// The responder's answer, or why there is none.
    Final(Result<Bytes, Error>),
    /// Nobody responds there any more.
    Gone,
}

/// Headers of a request that may wait for room until `left` has passed at the asker's side.
pub(super) fn patience(left: Duration) -> HeaderMap {
    let way_back = (left / 4).clamp(LEAST_WAY_BACK, MOST_WAY_BACK);
    let mut headers = HeaderMap::new();
    headers.insert(PATIENCE, left.saturating_sub(way_back).as_millis().to_string());
    headers
}

/// How long a request may wait here, if its asker said so.
pub(super) fn patience_of(headers: Option<&HeaderMap>) -> Option<Duration> {
    let value = headers?.get(PATIENCE)?.as_str().parse().ok()?;
    Some(Duration::from_millis(value))
}

/// Headers of an event on its way into the stream: where its receipts must be sent, and that they may come together
/// with others'.
pub(super) fn receipt_to(inbox: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(RECEIPT_TO, inbox);
    headers.insert(RECEIPTS_TOGETHER, "1");
    headers
}

/// Whether the receipts of an event may come together with others'.
pub(super) fn takes_together(headers: Option<&HeaderMap>) -> bool {
    headers.is_some_and(|headers| headers.get(RECEIPTS_TOGETHER).is_some())
}

/// Where the receipts of an event in the stream must be sent, if its source said so.
pub(super) fn receipt_to_of(headers: Option<&HeaderMap>) -> Option<String> {
    Some(headers?.get(RECEIPT_TO)?.as_str().to_owned())
}

/// Headers of a receipt: who gives it. A name that no header can carry is left out.
pub(super) fn recorder(name: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if let Ok(name) = name.parse::<HeaderValue>() {
        headers.insert(RECORDER, name);
    }
    headers
}

/// Who gives a receipt.
pub(super) fn recorder_of(headers: Option<&HeaderMap>) -> &str {
    headers.and_then(|headers| headers.get(RECORDER)).map_or("", HeaderValue::as_str)
}

/// Headers and payload of a verdict.
pub(super) fn write(verdict: Verdict) -> (Option<HeaderMap>, Bytes) {
    let word = match verdict {
        Verdict::Final(Ok(payload)) => return (None, payload),
        Verdict::Taken => "taken".to_owned(),
        Verdict::Gone => "gone".to_owned(),
        Verdict::Final(Err(Error::Full)) => "full".to_owned(),
        Verdict::Final(Err(Error::TooLarge { size })) => format!("too-large {size}"),
        Verdict::Final(Err(
            Error::Dropped
            | Error::NoResponder
            | Error::NoStream
            | Error::NoLeader
            | Error::Unconnected
            | Error::Deadline
            | Error::Closed,
        )) => "dropped".to_owned(),
    };
    let mut headers = HeaderMap::new();
    headers.insert(REPLY, word);
    (Some(headers), Bytes::new())
}

/// What a message in an inbox says.
pub(super) fn read(message: async_nats::Message) -> Verdict {
    if message.status == Some(async_nats::StatusCode::NO_RESPONDERS) {
        return Verdict::Final(Err(Error::NoResponder));
    }
    let Some(word) = message.headers.as_ref().and_then(|headers| headers.get(REPLY)) else {
        return Verdict::Final(Ok(message.payload));
    };
    match word.as_str().split_once(' ').unwrap_or((word.as_str(), "")) {
        ("taken", _) => Verdict::Taken,
        ("gone", _) => Verdict::Gone,
        ("full", _) => Verdict::Final(Err(Error::Full)),
        ("too-large", size) => {
            Verdict::Final(Err(Error::TooLarge { size: size.parse().unwrap_or(usize::MAX) }))
        }
        // A word of a later version: whatever it means, it is no answer.
        (_, _) => Verdict::Final(Err(Error::Dropped)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(verdict: Verdict) -> Verdict {
        let (headers, payload) = write(verdict);
        let subject = "inbox".into();
        let length = payload.len();
        read(async_nats::Message {
            subject,
            reply: None,
            payload,
            headers,
            status: None,
            description: None,
            length,
        })
    }

    #[test]
    fn what_is_written_is_read() {
        let verdicts = || {
            [
                Verdict::Taken,
                Verdict::Gone,
                Verdict::Final(Ok(Bytes::from_static(b"x"))),
                Verdict::Final(Ok(Bytes::new())),
                Verdict::Final(Err(Error::Full)),
                Verdict::Final(Err(Error::Dropped)),
                Verdict::Final(Err(Error::TooLarge { size: 9 })),
            ]
        };
        for (verdict, same) in verdicts().into_iter().zip(verdicts()) {
            assert_eq!(told(verdict), same);
        }
    }

    #[test]
    fn a_verdict_has_time_for_its_way_back() {
        let of = |ms| patience_of(Some(&patience(Duration::from_millis(ms))));
        assert_eq!(of(100), Some(Duration::from_millis(75)));
        assert_eq!(of(20_000), Some(Duration::from_millis(19_500)));
        assert_eq!(of(3), Some(Duration::ZERO));
        assert_eq!(patience_of(None), None);
    }
}
