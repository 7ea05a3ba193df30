//! One message of the stream, however it came.

use async_nats::Message;
use bytes::Bytes;
use proto::subject::Subject;
use proto::time::{Moment, parse};

use crate::nats::wire;

/// A message as the stream keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the stream.
    pub sequence: u64,
    /// When the stream took it, in microseconds since the Unix epoch.
    pub received_us: i64,
    /// What it was published under.
    pub subject: Subject,
    /// What it says.
    pub payload: Bytes,
    /// Where its source waits for a receipt, if it does.
    pub receipt_to: Option<String>,
    /// Whether its source takes the receipts of several events in one message.
    pub together: bool,
}

/// What the server writes about a message that it delivers to a consumer, in the name to which it would be
/// acknowledged.
pub(super) struct Place {
    /// In the stream.
    pub(super) sequence: u64,
    /// Among what this consumer was sent: without a hole, whatever the stream has lost.
    pub(super) delivered: u64,
    received_us: i64,
}

impl Place {
    /// Reads `$JS.ACK.[domain.account.]stream.consumer.times.sequence.delivered.time.pending[.token]`.
    pub(super) fn of(message: &Message) -> Option<Self> {
        let tokens: Vec<&str> = message.reply.as_ref()?.strip_prefix("$JS.ACK.")?.split('.').collect();
        let skipped = if tokens.len() == 7 { 0 } else { 2 };
        let number = |place: usize| tokens.get(skipped + place)?.parse::<u64>().ok();
        let nanoseconds = i64::try_from(number(5)?).ok()?;
        Some(Self { sequence: number(3)?, delivered: number(4)?, received_us: nanoseconds / 1_000 })
    }
}

impl Entry {
    /// Of what a consumer was sent.
    pub(super) fn of_delivered(message: Message, place: &Place) -> Self {
        Self {
            sequence: place.sequence,
            received_us: place.received_us,
            subject: Subject::from_wire(&message.subject),
            receipt_to: wire::receipt_to_of(message.headers.as_ref()),
            together: wire::takes_together(message.headers.as_ref()),
            payload: message.payload,
        }
    }

    /// Of what was asked for by itself.
    pub(super) fn of_direct(message: Message) -> Option<Self> {
        let headers = message.headers.as_ref()?;
        let header = |name| headers.get(name).map(async_nats::HeaderValue::as_str);
        Some(Self {
            sequence: header("Nats-Sequence")?.parse().ok()?,
            received_us: Moment::from(parse(header("Nats-Time-Stamp")?).ok()?).0,
            subject: Subject::from_wire(header("Nats-Subject")?),
            receipt_to: wire::receipt_to_of(Some(headers)),
            together: wire::takes_together(Some(headers)),
            payload: message.payload,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(reply: &str) -> Option<(u64, u64, i64)> {
        let message = Message {
            subject: "tilanne.x.intake.queue".into(),
            reply: Some(reply.into()),
            payload: Bytes::new(),
            headers: None,
            status: None,
            description: None,
            length: 0,
        };
        Place::of(&message).map(|place| (place.sequence, place.delivered, place.received_us))
    }

    #[test]
    fn both_ways_of_telling_a_place_are_read() {
        let place_told = Some((41, 7, 1_700_000_000_000_000));
        assert_eq!(place("$JS.ACK.S.C.1.41.7.1700000000000000999.0"), place_told);
        assert_eq!(place("$JS.ACK.hub.ACC.S.C.1.41.7.1700000000000000999.0.token"), place_told);
        assert_eq!(place("$JS.ACK.hub.ACC.S.C.1.41.7.1700000000000000999.0"), place_told);
        for other in ["", "$JS.ACK.", "$JS.ACK.S.C.1.41.7", "$JS.ACK.S.C.1.x.7.1700000000000000999.0"] {
            assert_eq!(place(other), None);
        }
    }
}
