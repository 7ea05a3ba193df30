//! Facts as JSON lines: one compact object each, from which the stored bytes can be made again.
//!
//! The chain runs over the stored bytes. A reader of lines makes the bytes of each, computes the head, and
//! compares it with the one that the line carries: so a file of lines proves itself.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::{
    AREA_CONFIGURED, CLOCK_REACHED, Error, LOG_BEGUN, LOG_RESTORED, STREAM_CHANGED, StoredBody, StoredFact,
    unhex,
};
use crate::block::ChainHash;
use crate::event::{self, StoredEvent};
use crate::time::{Moment, cut, format};
use crate::{area, canonical};

/// The source of what the recorder says by itself.
const OWN_SOURCE: &str = "/tilanne/recorder";

/// Why a line is not a fact's.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// Not the JSON object that a fact is written as.
    #[error("not a fact: {0}")]
    Form(String),
    /// It says something that its fact would not say: a member was changed or added.
    #[error("not as it was written: the fact it tells of would be written otherwise")]
    Changed,
}

/// A line's members.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    sequence: u64,
    head: String,
    id: String,
    source: String,
    #[serde(rename = "type")]
    kind: String,
    subject: Option<String>,
    event_time: Moment,
    received_time: Moment,
    #[serde(borrow)]
    data: &'a RawValue,
}

#[derive(Deserialize)]
struct Begun {
    epoch: String,
    simulated: bool,
}

#[derive(Deserialize)]
struct Configured {
    area: Value,
}

#[derive(Deserialize)]
struct Reached {
    due: Moment,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Changed {
    identity: String,
}

impl StoredFact {
    /// The fact as one compact JSON object, with the chain's head after it.
    ///
    /// # Errors
    /// [`Error::Meaning`] if its document is not JSON.
    pub fn to_line(&self, head: &str) -> Result<String, Error> {
        let sequence = self.sequence;
        let meaning = |error: serde_json::Error| Error::Meaning { sequence, reason: error.to_string() };
        let own = |id: String, data: Value| json!({"id": id, "source": OWN_SOURCE, "data": data});
        let mut line = match &self.body {
            StoredBody::LogBegun { epoch, simulated } => {
                own(format!("log-{epoch}"), json!({"epoch": epoch, "simulated": simulated}))
            }
            StoredBody::AreaConfigured { document } => {
                let area: Value = serde_json::from_str(document).map_err(meaning)?;
                own(format!("area-{sequence}"), json!({"area": area}))
            }
            StoredBody::ClockReached { due } => {
                let due = format((*due).into());
                own(format!("clock-{due}"), json!({"due": due}))
            }
            StoredBody::Event(event) => json!({
                "id": event.id, "source": event.source, "subject": event.subject,
                "data": event::to_json(&event.data).map_err(meaning)?,
            }),
            StoredBody::LogRestored(restored) => {
                let data = serde_json::to_value(restored).map_err(meaning)?;
                own(format!("log-{}", restored.epoch), data)
            }
            StoredBody::StreamChanged { identity } => {
                own(format!("stream-{sequence}"), json!({"identity": identity}))
            }
        };
        if let Value::Object(members) = &mut line {
            members.retain(|name, value| name == "data" || !value.is_null());
            members.insert("type".into(), self.body.kind().into());
            members.insert("sequence".into(), sequence.into());
            members.insert("head".into(), head.into());
            members.insert("event_time".into(), format(self.event_time().into()).into());
            members.insert("received_time".into(), format(self.received.into()).into());
        }
        Ok(canonical::text(&line))
    }

    /// Reads a line of [`StoredFact::to_line`]: the fact, and the head that the line claims. Blanks and the
    /// order of members do not matter; any other difference does.
    ///
    /// # Errors
    /// [`LineError`]: not a fact, or not as it was written. Whether the head follows is not looked at.
    pub fn from_line(line: &str) -> Result<(Self, ChainHash), LineError> {
        let form = |error: serde_json::Error| LineError::Form(cut(&error.to_string()));
        let parsed: Line<'_> = serde_json::from_str(line).map_err(form)?;
        let head = unhex(&parsed.head)
            .ok_or_else(|| LineError::Form("head is not a hash in 64 hex digits".to_owned()))?;
        let (sequence, received, text) = (parsed.sequence, parsed.received_time, parsed.head.clone());
        let body = read_body(parsed)?;
        let fact = Self { sequence, received, body };
        let written = fact.to_line(&text).map_err(|error| LineError::Form(error.to_string()))?;
        if written != line {
            let value: Value = serde_json::from_str(line).map_err(form)?;
            if canonical::text(&value) != written {
                return Err(LineError::Changed);
            }
        }
        Ok((fact, head))
    }

    /// When it happened; for the recorder's own facts, when they were recorded.
    #[must_use]
    pub const fn event_time(&self) -> Moment {
        match &self.body {
            StoredBody::Event(event) => event.time,
            StoredBody::ClockReached { due } => *due,
            StoredBody::LogBegun { .. }
            | StoredBody::AreaConfigured { .. }
            | StoredBody::LogRestored(_)
            | StoredBody::StreamChanged { .. } => self.received,
        }
    }
}

fn read_body(line: Line<'_>) -> Result<StoredBody, LineError> {
    Ok(match line.kind.as_str() {
        LOG_BEGUN => {
            let Begun { epoch, simulated } = data(line.data)?;
            StoredBody::LogBegun { epoch, simulated }
        }
        AREA_CONFIGURED => {
            let document = canonical::text(&data::<Configured>(line.data)?.area);
            area::from_document(&document).map_err(|error| LineError::Form(error.to_string()))?;
            StoredBody::AreaConfigured { document }
        }
        CLOCK_REACHED => StoredBody::ClockReached { due: data::<Reached>(line.data)?.due },
        LOG_RESTORED => StoredBody::LogRestored(data(line.data)?),
        STREAM_CHANGED => StoredBody::StreamChanged { identity: data::<Changed>(line.data)?.identity },
        kind => StoredBody::Event(StoredEvent {
            data: event::read_data(kind, line.data.get()).map_err(LineError::Form)?,
            id: line.id,
            source: line.source,
            subject: line.subject,
            time: line.event_time,
        }),
    })
}

fn data<T: DeserializeOwned>(json: &RawValue) -> Result<T, LineError> {
    serde_json::from_str(json.get())
        .map_err(|error| LineError::Form(format!("data: {}", cut(&error.to_string()))))
}
