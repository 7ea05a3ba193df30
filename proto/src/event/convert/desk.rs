//! What people at the desk say.

use situation::event as domain;
use situation::event::{Person, Said};
use situation::name::{AlarmId, NoteId};

use super::{Checked, limited, sentence, word};
use crate::event::data::{
    AlarmAcknowledged, AlarmShelved, HandoverPart, HandoverSigned, NoteAdded, NoteRemoved,
};

/// A key of an alarm on a board: a rule, a station and what there.
const MAX_ALARM_BYTES: usize = 512;
/// A note: what is read at a glance.
const MAX_NOTE_BYTES: usize = 1_024;

pub(super) fn acknowledged(data: AlarmAcknowledged) -> Checked<Said> {
    let by = person(&data.actor, &data.role)?;
    let reason = data.reason.map(|reason| sentence("reason", reason)).transpose()?;
    let raised = data.raised_at.map(Into::into);
    Ok(Said::AlarmAcknowledged(alarm(&data.alarm)?, domain::Acknowledgement { by, reason, raised }))
}

pub(super) fn shelved(data: AlarmShelved) -> Checked<Said> {
    let (by, reason) = (person(&data.actor, &data.role)?, sentence("reason", data.reason)?);
    let until = data.until.into();
    Ok(Said::AlarmShelved(alarm(&data.alarm)?, domain::Shelving { by, reason, until }))
}

pub(super) fn note(data: NoteAdded) -> Checked<Said> {
    limited("text", &data.text, MAX_NOTE_BYTES)?;
    let station = data.station.as_deref().map(|id| word("station", id)).transpose()?;
    let note = domain::Note {
        station: station.map(|id| id.as_str().into()),
        text: data.text,
        until: data.until.into(),
        by: person(&data.actor, &data.role)?,
    };
    Ok(Said::NoteAdded(note_id(&data.note)?, note))
}

pub(super) fn removed(data: &NoteRemoved) -> Checked<Said> {
    Ok(Said::NoteRemoved(note_id(&data.note)?, person(&data.actor, &data.role)?))
}

pub(super) fn signed(data: &HandoverSigned) -> Checked<Said> {
    let HandoverSigned { part, from, to, sequence, hash, actor, role } = data;
    let is_hash = hash.len() == 64 && hash.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if !is_hash {
        return Err(
            "hash is not a report's: send its 64 hex digits in lower case, as the report has them".to_owned()
        );
    }
    Ok(Said::HandoverSigned(domain::Signing {
        by: person(actor, role)?,
        part: match part {
            HandoverPart::Given => domain::Part::Given,
            HandoverPart::Received => domain::Part::Received,
        },
        from: (*from).into(),
        to: (*to).into(),
        sequence: *sequence,
        hash: hash.as_str().into(),
    }))
}

fn person(actor: &str, role: &str) -> Checked<Person> {
    Ok(Person { actor: word("actor", actor)?, role: word("role", role)? })
}

fn alarm(text: &str) -> Checked<AlarmId> {
    limited("alarm", text, MAX_ALARM_BYTES).map(AlarmId::new)
}

fn note_id(text: &str) -> Checked<NoteId> {
    limited("note", text, crate::event::MAX_NAME_BYTES).map(NoteId::new)
}
