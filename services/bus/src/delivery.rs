//! What a subscriber receives.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use proto::subject::Subject;
use tokio::sync::oneshot;

use crate::{Error, MAX_PAYLOAD};

/// One thing that a subscription hands out.
#[derive(Debug)]
pub enum Delivery {
    /// A message.
    Message(Message),
    /// Here one or more messages were lost, because this subscriber was too slow, or may have been, because
    /// the connection broke: read up from the journal.
    Gap,
}

/// A payload under its name.
#[derive(Debug)]
pub struct Message {
    /// What it was published under.
    pub subject: Subject,
    /// The bytes, as the sender gave them.
    pub payload: Bytes,
    /// Present when the sender asked for an answer.
    pub reply: Option<Reply>,
}

/// The right to answer one request, once. Dropped unused, it tells the asker [`Error::Dropped`].
#[derive(Debug)]
pub struct Reply(oneshot::Sender<Result<Bytes, Error>>);

/// The asker's end of a question.
pub(crate) enum Answer {
    /// Of a [`Reply`] in this process.
    Here(oneshot::Receiver<Result<Bytes, Error>>),
    /// Of one elsewhere.
    Far(Exchange),
    /// Of recorders, who may say before the deadline that they can't give the answer yet.
    Handed(Exchange, LastWord),
}

/// What brings an answer from elsewhere.
pub(crate) type Exchange = Pin<Box<dyn Future<Output = Result<Bytes, Error>> + Send>>;

/// What an asker is told when no answer has come until the deadline, if anything.
pub(crate) type LastWord = Arc<Mutex<Option<Bytes>>>;

/// Both ends of one question inside a process.
pub(crate) fn question() -> (Reply, Answer) {
    let (send, receive) = oneshot::channel();
    (Reply(send), Answer::Here(receive))
}

impl Reply {
    /// Answers the asker. One who has given up meanwhile does not hear it, which is no error of the
    /// responder's. An answer above [`MAX_PAYLOAD`] reaches the asker as [`Error::TooLarge`].
    pub fn send(self, payload: Bytes) {
        let size = payload.len();
        let answer = if size > MAX_PAYLOAD { Err(Error::TooLarge { size }) } else { Ok(payload) };
        // The asker's deadline may have passed: nobody is left to tell.
        let _ = self.0.send(answer);
    }
}

impl Answer {
    /// Waits for the responder: its answer, or [`Error::Dropped`].
    pub(crate) async fn received(&mut self) -> Result<Bytes, Error> {
        match self {
            Self::Here(receiver) => receiver.await.unwrap_or(Err(Error::Dropped)),
            Self::Far(exchange) | Self::Handed(exchange, _) => exchange.as_mut().await,
        }
    }

    /// What it comes to when the deadline has passed.
    pub(crate) fn last_word(&self) -> Result<Bytes, Error> {
        match self {
            Self::Here(_) | Self::Far(_) => Err(Error::Deadline),
            Self::Handed(_, word) => {
                let word = word.lock().unwrap_or_else(PoisonError::into_inner).take();
                word.ok_or(Error::Deadline)
            }
        }
    }
}
