//! Asking projectors and recorders over the bus.

use std::sync::Arc;
use std::time::Duration;

use bus::Bus;
use bytes::Bytes;
use proto::live::{BoardAnswer, BoardQuery, FactsForm, FactsQuery};
use proto::subject::Subject;
use serde_json::value::RawValue;
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use crate::Error;
use crate::config::{Config, PROMPT, UNCONNECTED, ms};

/// A document, or why there is none, as a projector answers.
pub(crate) type Answer = Result<Box<RawValue>, Error>;

/// A projector by its name; `None` is whoever answers.
pub(crate) type Name = Option<Arc<str>>;

/// Whom to ask, as the hub follows them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Whom {
    /// The projector that is followed.
    pub(crate) chosen: Name,
    /// The one to turn to if it does not answer.
    pub(crate) other: Name,
}

/// Asks the area's projectors for boards; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Projector {
    bus: Bus,
    area: Arc<str>,
    config: Arc<Config>,
    whom: watch::Receiver<Whom>,
}

/// Asks the area's recorders for facts; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Recorder {
    bus: Bus,
    subject: Subject,
    config: Arc<Config>,
}

impl Projector {
    /// Asks whom the sender of `whom` names.
    pub(crate) const fn new(
        bus: Bus,
        area: Arc<str>,
        config: Arc<Config>,
        whom: watch::Receiver<Whom>,
    ) -> Self {
        Self { bus, area, config, whom }
    }

    /// The document that answers `query`: from the projector that is followed, or once from another. Both together take
    /// no longer than an answer may.
    pub(crate) async fn ask(&self, query: &BoardQuery) -> Answer {
        let Whom { chosen, other } = self.whom.borrow().clone();
        let (begun, longest) = (Instant::now(), ms(self.config.answer_ms));
        // What a projector answers at once it answers soon or not at all. The past takes it time, and asking a second
        // one as well would not make it quicker.
        let at_once = *query == BoardQuery::Areas && other.is_some();
        let first = if at_once { longest.min(PROMPT) } else { longest };
        let error = match self.ask_of(chosen, query, first).await {
            Ok(answer) => return answer,
            Err(error) => error,
        };
        let left = longest.saturating_sub(begun.elapsed());
        let is_the_last = error == bus::Error::Unconnected || (error == bus::Error::Deadline && !at_once);
        if is_the_last || left.is_zero() {
            return Err(unanswered("projector", error));
        }
        self.ask_of(other, query, left).await.unwrap_or_else(|error| Err(unanswered("projector", error)))
    }

    /// What one projector answers.
    ///
    /// # Errors
    /// If it does not.
    pub(crate) async fn ask_of(
        &self,
        name: Name,
        query: &BoardQuery,
        within: Duration,
    ) -> Result<Answer, bus::Error> {
        let question = match serde_json::to_vec(query) {
            Ok(question) => Bytes::from(question),
            Err(error) => return Ok(Err(Error::BadQuestion(error.to_string()))),
        };
        // One that tells no name has no address of its own.
        let subject = match name.filter(|name| !name.is_empty()) {
            Some(name) => Subject::boards_of(&self.area, &name),
            None => Subject::boards_read(&self.area),
        };
        let answer = answer(&self.bus, &subject, question, within).await?;
        Ok(match serde_json::from_slice(&answer) {
            Ok(BoardAnswer::Found(document)) => Ok(document),
            Ok(BoardAnswer::NotFound(text)) => Err(Error::NotFound(text)),
            Ok(BoardAnswer::BadQuestion(text)) => Err(Error::BadQuestion(text)),
            Ok(BoardAnswer::Busy(text)) => Err(Error::Busy(text)),
            Err(error) => {
                tracing::error!(%error, "the projector's answer cannot be read");
                Err(Error::Busy("the projector's answer cannot be read: ask again later".into()))
            }
        })
    }
}

impl Recorder {
    pub(crate) fn new(bus: Bus, area: &str, config: Arc<Config>) -> Self {
        Self { bus, subject: Subject::journal_read(area), config }
    }

    /// Up to `limit` facts after `after`, one JSON object a line; empty after the last. Whoever has the journal
    /// answers, so a second question may reach another than the first, which did not.
    pub(crate) async fn facts(&self, after: u64, limit: u32) -> Result<Bytes, Error> {
        let query = FactsQuery { after, limit, form: FactsForm::Json };
        let question = serde_json::to_vec(&query).map_err(|error| Error::BadQuestion(error.to_string()))?;
        let (begun, longest) = (Instant::now(), ms(self.config.answer_ms));
        let question = Bytes::from(question);
        match answer(&self.bus, &self.subject, question.clone(), longest.min(PROMPT)).await {
            Err(error @ (bus::Error::Unconnected | bus::Error::Closed | bus::Error::TooLarge { .. })) => {
                Err(error)
            }
            Err(_) => {
                let left = longest.saturating_sub(begun.elapsed());
                answer(&self.bus, &self.subject, question, left).await
            }
            page => page,
        }
        .map_err(|error| unanswered("recorder", error))
    }
}

/// Asks, and waits no longer once it is clear that nobody is reached.
async fn answer(
    bus: &Bus,
    subject: &Subject,
    question: Bytes,
    within: Duration,
) -> Result<Bytes, bus::Error> {
    tokio::select! {
        answer = bus.request(subject, question, within) => answer,
        () = unconnected(bus) => Err(bus::Error::Unconnected),
    }
}

/// Waits until there has been no connection for [`UNCONNECTED`]; for ever where none is needed.
async fn unconnected(bus: &Bus) {
    let Some(mut connected) = bus.connected() else { return std::future::pending().await };
    // Where the bus is gone, the question's own answer says so.
    while connected.wait_for(|up| !*up).await.is_ok() {
        if timeout(UNCONNECTED, connected.wait_for(|up| *up)).await.is_err() {
            return;
        }
    }
    std::future::pending().await
}

/// Why a question got no answer. The bus's own sentences are for writers, who must not guess what became of
/// their message; a reader may simply ask again.
pub(crate) fn unanswered(who: &str, error: bus::Error) -> Error {
    Error::Busy(match error {
        bus::Error::NoResponder | bus::Error::NoStream | bus::Error::NoLeader | bus::Error::Closed => {
            format!("the {who} is not running: ask again in a moment")
        }
        bus::Error::Unconnected => {
            format!("no NATS server is reached, and so no {who}: ask again in a moment")
        }
        bus::Error::Full => {
            format!("the {who} has more to do than it can answer in time: ask again in a moment")
        }
        bus::Error::Deadline => format!("the {who} has not answered in time: ask again in a moment"),
        bus::Error::Dropped => format!("the {who} let the question go: ask again in a moment"),
        bus::Error::TooLarge { size } => {
            format!(
                "the {who}'s answer or its question has {size} bytes, more than can be carried: ask for less"
            )
        }
    })
}
