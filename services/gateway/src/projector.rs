//! Asking projectors and recorders over the bus.

use std::sync::Arc;
use std::time::Duration;

use bus::Bus;
use bytes::Bytes;
use proto::live::{BoardAnswer, BoardQuery, FactsForm, FactsQuery};
use proto::subject::Subject;
use serde_json::value::RawValue;
use tokio::sync::watch;

use crate::Error;
use crate::config::{Config, PROMPT, ms};

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

    /// The document that answers `query`: from the projector that is followed, or once from another.
    pub(crate) async fn ask(&self, query: &BoardQuery) -> Answer {
        let Whom { chosen, other } = self.whom.borrow().clone();
        let longest = ms(self.config.answer_ms);
        // What a projector answers at once it answers soon or not at all. The past takes it time, and asking a second
        // one as well would not make it quicker.
        let at_once = *query == BoardQuery::Areas && other.is_some();
        let first = if at_once { longest.min(PROMPT) } else { longest };
        match self.ask_of(chosen, query, first).await {
            Ok(answer) => answer,
            Err(bus::Error::Deadline) if !at_once => Err(unanswered("projector", bus::Error::Deadline)),
            Err(_) => match self.ask_of(other, query, longest).await {
                Ok(answer) => answer,
                Err(error) => Err(unanswered("projector", error)),
            },
        }
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
        let answer = self.bus.request(&subject, question, within).await?;
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
        let (question, longest) = (Bytes::from(question), ms(self.config.answer_ms));
        match self.bus.request(&self.subject, question.clone(), longest.min(PROMPT)).await {
            Err(error @ (bus::Error::Closed | bus::Error::TooLarge { .. })) => Err(error),
            Err(_) => self.bus.request(&self.subject, question, longest).await,
            page => page,
        }
        .map_err(|error| unanswered("recorder", error))
    }
}

/// Why a question got no answer. The bus's own sentences are for writers, who must not guess what became of
/// their message; a reader may simply ask again.
pub(crate) fn unanswered(who: &str, error: bus::Error) -> Error {
    Error::Busy(match error {
        bus::Error::NoResponder | bus::Error::NoStream | bus::Error::Closed => {
            format!("the {who} is not running: ask again in a moment")
        }
        bus::Error::Full | bus::Error::Deadline => {
            format!("the {who} has more to do than it can answer in time: ask again in a moment")
        }
        bus::Error::Dropped => format!("the {who} let the question go: ask again in a moment"),
        bus::Error::TooLarge { size } => {
            format!(
                "the {who}'s answer or its question has {size} bytes, more than can be carried: ask for less"
            )
        }
    })
}
