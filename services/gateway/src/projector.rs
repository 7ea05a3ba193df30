//! Asking the projector and the recorder over the bus.

use std::sync::Arc;

use bus::Bus;
use bytes::Bytes;
use proto::live::{BoardAnswer, BoardQuery, FactsForm, FactsQuery};
use proto::subject::Subject;
use serde_json::value::RawValue;

use crate::Error;
use crate::config::{Config, ms};

/// Asks the area's projector for boards; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Projector {
    bus: Bus,
    subject: Subject,
    config: Arc<Config>,
}

/// Asks the area's recorder for facts; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Recorder {
    bus: Bus,
    subject: Subject,
    config: Arc<Config>,
}

impl Projector {
    pub(crate) fn new(bus: Bus, area: &str, config: Arc<Config>) -> Self {
        Self { bus, subject: Subject::boards_read(area), config }
    }

    /// The document that answers `query`.
    pub(crate) async fn ask(&self, query: &BoardQuery) -> Result<Box<RawValue>, Error> {
        let question = serde_json::to_vec(query).map_err(|error| Error::BadQuestion(error.to_string()))?;
        let answer = self
            .bus
            .request(&self.subject, question.into(), ms(self.config.answer_ms))
            .await
            .map_err(|error| unanswered("projector", error))?;
        match serde_json::from_slice(&answer) {
            Ok(BoardAnswer::Found(document)) => Ok(document),
            Ok(BoardAnswer::NotFound(text)) => Err(Error::NotFound(text)),
            Ok(BoardAnswer::BadQuestion(text)) => Err(Error::BadQuestion(text)),
            Ok(BoardAnswer::Busy(text)) => Err(Error::Busy(text)),
            Err(error) => {
                tracing::error!(%error, "the projector's answer cannot be read");
                Err(Error::Busy("the projector's answer cannot be read: ask again later".into()))
            }
        }
    }
}

impl Recorder {
    pub(crate) fn new(bus: Bus, area: &str, config: Arc<Config>) -> Self {
        Self { bus, subject: Subject::journal_read(area), config }
    }

    /// Up to `limit` facts after `after`, one JSON object a line; empty after the last.
    pub(crate) async fn facts(&self, after: u64, limit: u32) -> Result<Bytes, Error> {
        let query = FactsQuery { after, limit, form: FactsForm::Json };
        let question = serde_json::to_vec(&query).map_err(|error| Error::BadQuestion(error.to_string()))?;
        self.bus
            .request(&self.subject, question.into(), ms(self.config.answer_ms))
            .await
            .map_err(|error| unanswered("recorder", error))
    }
}

/// Why a question got no answer. The bus's own sentences are for writers, who must not guess what became of
/// their message; a reader may simply ask again.
fn unanswered(who: &str, error: bus::Error) -> Error {
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
