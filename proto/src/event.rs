//! CloudEvents in: from JSON to an event that rules can decide about, or the sentence that refuses it.

pub(crate) mod convert;
pub mod data;
mod kinds;
pub(crate) mod restate;
mod scan;
mod told;

pub use kinds::{SHORT_NAMES, family_of, kind_of, may_come_as};
pub(crate) use kinds::{read as read_data, to_json};
pub use told::Told;

use bincode::{Decode, Encode};
use serde::Deserialize;
use serde_json::value::RawValue;
use situation::event as domain;
use situation::identity::contains_identity_code;
use situation::time::Instant;

use crate::codec::codec;
use crate::subject::Family;
use crate::time::{Moment, cut};
use data::Data;

/// One event's JSON may be this long: ten times the largest real one.
pub const MAX_EVENT_BYTES: usize = 64 * 1024;
/// Ids, sources and subjects may be this long.
pub const MAX_NAME_BYTES: usize = 256;

/// An event as it is stored: version 1 for ever, in this order of fields.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct StoredEvent {
    /// The source's id for it.
    pub id: String,
    /// The feed.
    pub source: String,
    /// The station, if it is about one.
    pub subject: Option<String>,
    /// When it happened.
    pub time: Moment,
    /// What it says; the variant is its type.
    pub data: Data,
}

/// An event on its way in: as it will be stored, and as the rules see it.
#[derive(Debug, Clone)]
pub struct Decoded {
    /// For the journal.
    pub stored: StoredEvent,
    /// For the rules.
    pub event: domain::Event,
    /// The extension attribute `expectedversion`: record this only while the station's stream stands there.
    /// A condition of the intake and no part of what is said, so it is neither stored nor compared.
    pub expected: Option<u64>,
}

/// Why an event could not be read, and whose it was as far as that could be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The id, if it is text.
    pub id: Option<String>,
    /// The source, if it is text.
    pub source: Option<String>,
    /// What is wrong and what to do.
    pub reason: String,
}

/// The CloudEvents envelope. Attributes that are not named here are extensions and may be anything.
#[derive(Deserialize)]
struct Envelope<'a> {
    specversion: String,
    id: String,
    source: String,
    #[serde(rename = "type")]
    kind: String,
    subject: Option<String>,
    time: String,
    datacontenttype: Option<String>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    #[serde(borrow)]
    expectedversion: Option<&'a RawValue>,
    #[serde(borrow)]
    data_base64: Option<&'a RawValue>,
}

/// Whose an event is, as far as that can be read.
#[derive(Deserialize, Default)]
struct Names {
    id: Option<serde_json::Value>,
    source: Option<serde_json::Value>,
}

/// Reads one CloudEvent in structured JSON.
///
/// # Errors
/// [`Unreadable`], whose reason says what is wrong and what to do. A text in it that may be an
/// identity code is never repeated.
pub fn decode(json: &[u8]) -> Result<Decoded, Unreadable> {
    let refuse = |reason: String| {
        let names: Names = serde_json::from_slice(json).unwrap_or_default();
        let text = |value: Option<serde_json::Value>| {
            value
                .as_ref()
                .and_then(|value| value.as_str())
                .filter(|text| !contains_identity_code(text))
                .map(cut)
        };
        Unreadable { id: text(names.id), source: text(names.source), reason }
    };
    if json.len() > MAX_EVENT_BYTES {
        return Err(refuse(format!("the event is longer than {MAX_EVENT_BYTES} bytes")));
    }
    let text = std::str::from_utf8(json).map_err(|_| refuse("the event is not UTF-8".to_owned()))?;
    let unreadable =
        |error: serde_json::Error| refuse(format!("not a CloudEvent: {}", cut(&error.to_string())));
    let found = scan::scan(text).map_err(unreadable)?;
    if found.identity_code {
        return Err(refuse(
            "the event holds a Finnish personal identity code: send opaque tickets and case references instead"
                .to_owned(),
        ));
    }
    if found.repeated_member {
        return Err(refuse("a member is there twice: send each name once in an object".to_owned()));
    }
    only_object("an event", text).map_err(refuse)?;
    let envelope: Envelope<'_> = serde_json::from_str(text).map_err(unreadable)?;
    let expected = envelope.expectedversion.map(version).transpose().map_err(refuse)?;
    let stored = read(envelope).map_err(refuse)?;
    let event = stored.clone().into_event().map_err(refuse)?;
    Ok(Decoded { stored, event, expected })
}

/// The reader of structs would also take an array of their members in order.
fn only_object(what: &str, json: &str) -> Result<(), String> {
    if json.trim_start().starts_with('{') { Ok(()) } else { Err(format!("{what} is a JSON object")) }
}

fn version(written: &RawValue) -> Result<u64, String> {
    let wrong = |_| {
        let written = cut(written.get());
        format!(
            "expectedversion is {written}: it must be a whole number from 0, the sequence of the subject's last fact"
        )
    };
    serde_json::from_str(written.get()).map_err(wrong)
}

fn read(envelope: Envelope<'_>) -> Result<StoredEvent, String> {
    if envelope.specversion != "1.0" {
        return Err(format!("specversion is {:?}: only \"1.0\" is read", cut(&envelope.specversion)));
    }
    if envelope.data_base64.is_some() {
        return Err("data_base64 is not read: send data as a JSON object".to_owned());
    }
    if let Some(kind) = &envelope.datacontenttype {
        let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if kind != "application/json" && !kind.ends_with("+json") {
            return Err(format!("datacontenttype is {:?}: only application/json is read", cut(&kind)));
        }
    }
    convert::limited("id", &envelope.id, MAX_NAME_BYTES)?;
    convert::limited("source", &envelope.source, MAX_NAME_BYTES)?;
    if let Some(subject) = &envelope.subject {
        convert::limited("subject", subject, MAX_NAME_BYTES)?;
    }
    let time = crate::time::parse(&envelope.time).map_err(|error| format!("time: {error}"))?;
    let data = envelope.data.ok_or("data is missing")?;
    only_object("data", data.get())?;
    Ok(StoredEvent {
        data: kinds::read(&envelope.kind, data.get())?,
        id: envelope.id,
        source: envelope.source,
        subject: envelope.subject,
        time: time.into(),
    })
}

impl StoredEvent {
    /// The event as the rules see it.
    ///
    /// # Errors
    /// A sentence, if a text in it is beyond the limits: never for one that was recorded.
    pub fn into_event(self) -> Result<domain::Event, String> {
        let key = digest(&(&self.source, &self.id));
        let corrects = if let Data::QueueCorrected(correction) = &self.data {
            Some(digest(&(&self.source, &correction.corrects)))
        } else {
            None
        };
        // What a person says is stamped by the door: said again with the same name, it is the same.
        let time = (kinds::family_of(&kinds::kind_of(&self.data)) != Some(Family::Desk)).then_some(self.time);
        let content = match time {
            Some(time) => digest(&(&self.subject, &time, &self.data)),
            None => digest(&(&self.subject, &self.data)),
        };
        Ok(domain::Event {
            id: self.id.as_str().into(),
            source: self.source.as_str().into(),
            station: self.subject.as_deref().map(Into::into),
            time: Instant::from(self.time),
            said: convert::said(self.data)?,
            key,
            digest: content,
            corrects,
        })
    }
}

/// The first half of BLAKE3 over the stored form: what two sendings of one event have in common,
/// however their JSON was written.
fn digest(content: &impl Encode) -> domain::Digest {
    let mut hasher = Hashing(blake3::Hasher::new());
    // Hashing takes every byte, and encoding into it can fail in no other way.
    drop(bincode::encode_into_writer(content, &mut hasher, codec()));
    let mut half = domain::Digest::default();
    half.copy_from_slice(hasher.0.finalize().as_bytes().first_chunk::<16>().unwrap_or(&[0; 16]));
    half
}

struct Hashing(blake3::Hasher);

impl bincode::enc::write::Writer for Hashing {
    fn write(&mut self, bytes: &[u8]) -> Result<(), bincode::error::EncodeError> {
        self.0.update(bytes);
        Ok(())
    }
}
