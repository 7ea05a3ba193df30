//! What people at the desk say.

use situation::event as domain;
use situation::name::{AlarmId, NoteId};

use crate::event::data::{
    AlarmAcknowledged, AlarmShelved, HandoverPart, HandoverSigned, NoteAdded, NoteRemoved,
};

pub(super) fn acknowledged(id: &AlarmId, said: &domain::Acknowledgement) -> AlarmAcknowledged {
    let domain::Acknowledgement { by: domain::Person { actor, role }, reason, raised } = said;
    AlarmAcknowledged {
        alarm: id.to_string(),
        actor: actor.to_string(),
        role: role.to_string(),
        reason: reason.clone(),
        raised_at: raised.map(Into::into),
    }
}

pub(super) fn shelved(id: &AlarmId, said: &domain::Shelving) -> AlarmShelved {
    let domain::Shelving { by: domain::Person { actor, role }, reason, until } = said;
    AlarmShelved {
        alarm: id.to_string(),
        until: (*until).into(),
        reason: reason.clone(),
        actor: actor.to_string(),
        role: role.to_string(),
    }
}

pub(super) fn note(id: &NoteId, note: &domain::Note) -> NoteAdded {
    let domain::Note { station, text, until, by: domain::Person { actor, role } } = note;
    NoteAdded {
        note: id.to_string(),
        station: station.as_ref().map(ToString::to_string),
        text: text.clone(),
        until: (*until).into(),
        actor: actor.to_string(),
        role: role.to_string(),
    }
}

pub(super) fn removed(id: &NoteId, by: &domain::Person) -> NoteRemoved {
    let domain::Person { actor, role } = by;
    NoteRemoved { note: id.to_string(), actor: actor.to_string(), role: role.to_string() }
}

pub(super) fn signed(signing: &domain::Signing) -> HandoverSigned {
    let domain::Signing { by: domain::Person { actor, role }, part, from, to, sequence, hash } = signing;
    HandoverSigned {
        part: match part {
            domain::Part::Given => HandoverPart::Given,
            domain::Part::Received => HandoverPart::Received,
        },
        from: (*from).into(),
        to: (*to).into(),
        sequence: *sequence,
        hash: hash.to_string(),
        actor: actor.to_string(),
        role: role.to_string(),
    }
}
