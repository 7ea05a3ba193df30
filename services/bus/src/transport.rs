//! What a way of carrying bytes must offer; private, so that services know only [`Bus`](crate::Bus).

use std::future::Future;
use std::pin::Pin;

use bytes::Bytes;
use proto::subject::{Filter, Subject};
use tokio::sync::watch;
use tokio::time::Instant;

use crate::delivery::Answer;
use crate::{Error, Subscription};

/// A way of carrying bytes. It keeps the promise at the top of this crate; the handle adds sizes and
/// deadlines. No method has a default: a silent nothing would hide a missing one.
pub(crate) trait Transport: Send + Sync {
    /// Hands `payload` to every subscriber, without waiting for any of them.
    fn publish<'a>(&'a self, subject: &'a Subject, payload: Bytes) -> Step<'a, Result<(), Error>>;

    /// Registers a listener. When this is done, later messages reach it.
    fn subscribe<'a>(&'a self, filter: &'a Filter) -> Step<'a, Result<Subscription, Error>>;

    /// Hands `payload` to one responder, waiting for room in its queue. The answer is still to come. As long
    /// as this is not done, the responder has heard nothing. The handle stops waiting at `until`.
    fn request<'a>(
        &'a self,
        subject: &'a Subject,
        payload: Bytes,
        until: Instant,
    ) -> Step<'a, Result<Answer, Error>>;

    /// Hands an event to the intake. Otherwise as [`Transport::request`]; the answer is its receipt.
    fn hand_in<'a>(
        &'a self,
        subject: &'a Subject,
        payload: Bytes,
        until: Instant,
    ) -> Step<'a, Result<Answer, Error>>;

    /// Whether there is a connection, where there can be none.
    fn connected(&self) -> Option<watch::Receiver<bool>>;

    /// Ends everything, once; later calls do nothing.
    fn close(&self) -> Step<'_, ()>;
}

/// A result that is there at once, as nearly always inside one process, or a future that must be waited
/// for. Only the latter costs an allocation.
pub(crate) enum Step<'a, T> {
    Done(T),
    Wait(Pin<Box<dyn Future<Output = T> + Send + 'a>>),
}

impl<T> Step<'_, T> {
    pub(crate) async fn finish(self) -> T {
        match self {
            Self::Done(value) => value,
            Self::Wait(future) => future.await,
        }
    }
}
