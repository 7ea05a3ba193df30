//! What can go wrong between two services.

/// Why a message did not get through, and what the caller can do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Nobody subscribes to the subject of a request. Nothing was sent.
    #[error("no service answers on this subject; start the one that does, then send again")]
    NoResponder,
    /// No stream keeps an event that was handed in, nor has one kept any since the connection was made: it is missing,
    /// or its servers have no leader yet. Nothing was sent.
    #[error(
        "no stream takes this event; make a missing one with `tilanne nats init`, see `tilanne nats check`, \
         then send again"
    )]
    NoStream,
    /// The stream that kept an event not long ago has no leader at the moment. Nothing was sent.
    #[error(
        "the intake stream has no leader at the moment: its servers choose one within seconds where a majority of them \
         runs; send again then"
    )]
    NoLeader,
    /// There was no connection to a NATS server until the deadline. Nothing was sent.
    #[error("no NATS server is reached (it is tried all the time): start the servers, then send again")]
    Unconnected,
    /// The responder's queue had no room before the deadline, or the stream is full. Nothing was sent.
    #[error("the answering service is full; slow down, then send again")]
    Full,
    /// The responder took the request but gave no answer in time. It may still act on it.
    #[error("no answer came before the deadline and the outcome is unknown; send again")]
    Deadline,
    /// The responder let the request go without an answer, as one does that stops or fails on the way.
    #[error("the answering service let the request go and the outcome is unknown; send again")]
    Dropped,
    /// The bus is closed, as it is while the process stops.
    #[error("the bus is closed; send again after the restart")]
    Closed,
    /// The payload is larger than [`MAX_PAYLOAD`](crate::MAX_PAYLOAD). Nothing was sent.
    #[error("a payload of {size} bytes is over the limit of {limit}; split it", limit = crate::MAX_PAYLOAD)]
    TooLarge {
        /// Size of the refused payload, in bytes.
        size: usize,
    },
}
