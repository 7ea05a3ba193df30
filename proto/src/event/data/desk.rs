//! What people at the desk say. It comes in as commands: see [`crate::command`].

use super::{Decode, Deserialize, Encode, JsonSchema, Moment, Serialize};

data! {
    /// `alarm.acknowledged`: somebody has taken notice of an alarm.
    AlarmAcknowledged {
        /// Which, by its key on a board.
        alarm: String,
        /// Who, as they name themselves; unverified.
        actor: String,
        /// In which role.
        role: String,
        /// Why, or what is being done.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// Only of the one that was raised then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        raised_at: Option<Moment>,
    }
}

data! {
    /// `alarm.shelved`: somebody wants to hear nothing of an alarm for a while.
    AlarmShelved {
        /// Which, by its key on a board.
        alarm: String,
        /// Until then, within a day.
        until: Moment,
        /// Why.
        reason: String,
        /// Who, as they name themselves; unverified.
        actor: String,
        /// In which role.
        role: String,
    }
}

data! {
    /// `note.added`: a note to whoever is at the desk.
    NoteAdded {
        /// Its name.
        note: String,
        /// Of which station, if of one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        station: Option<String>,
        /// What it says.
        text: String,
        /// Shown until, within a month.
        until: Moment,
        /// Whose it is, as they name themselves; unverified.
        actor: String,
        /// In which role.
        role: String,
    }
}

data! {
    /// `note.removed`: it need not be read any more.
    NoteRemoved {
        /// Which.
        note: String,
        /// Who says so, as they name themselves; unverified.
        actor: String,
        /// In which role.
        role: String,
    }
}

data! {
    /// `handover.signed`: somebody has handed over, or taken over, by the report of a shift.
    HandoverSigned {
        /// Whether they hand over or receive.
        part: HandoverPart,
        /// The shift began.
        from: Moment,
        /// It ended.
        to: Moment,
        /// The last fact in the report that they signed.
        sequence: u64,
        /// Its hash: 64 hex digits in lower case.
        hash: String,
        /// Who, as they name themselves; unverified.
        actor: String,
        /// In which role.
        role: String,
    }
}

words! {
    /// What somebody does with a report.
    HandoverPart { Given, Received, }
}
