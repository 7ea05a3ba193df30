//! What people at the desk ask for: commands in, events for the one door out.
//!
//! A command is not stored: what is recorded is the event that says what somebody did. Its id is the command's
//! `Idempotency-Key`, so that a command sent again is recorded once.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::event::MAX_NAME_BYTES;
use crate::event::data::HandoverPart;
use crate::time::cut;

/// A command's JSON may be this long: a note, its members, and room.
pub const MAX_COMMAND_BYTES: usize = 16 * 1024;

/// What somebody asks for. Who they are is recorded unverified until there is sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(tag = "kind")]
pub enum Command {
    /// Takes notice of an alarm.
    #[serde(rename = "alarm.acknowledge")]
    AcknowledgeAlarm(AcknowledgeAlarm),
    /// Wants to hear nothing of an alarm for a while.
    #[serde(rename = "alarm.shelve")]
    ShelveAlarm(ShelveAlarm),
    /// Writes a note.
    #[serde(rename = "note.add")]
    AddNote(AddNote),
    /// Removes a note.
    #[serde(rename = "note.remove")]
    RemoveNote(RemoveNote),
    /// Signs the report of a shift.
    #[serde(rename = "handover.sign")]
    SignHandover(SignHandover),
}

/// `alarm.acknowledge`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AcknowledgeAlarm {
    /// Its key under `alarms` of a board; `summary` for all that it tells of.
    pub alarm: String,
    /// Who.
    pub actor: String,
    /// In which role.
    pub role: String,
    /// Why, or what is being done.
    pub reason: Option<String>,
    /// Only if the alarm is still this one.
    pub expected: Option<ExpectedAlarm>,
}

/// Which alarm somebody looks at.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedAlarm {
    /// Its `raised_at`.
    pub raised_at: String,
}

/// `alarm.shelve`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShelveAlarm {
    /// Its key under `alarms` of a board.
    pub alarm: String,
    /// Until then, within a day: RFC 3339.
    pub until: String,
    /// Why.
    pub reason: String,
    /// Who.
    pub actor: String,
    /// In which role.
    pub role: String,
}

/// `note.add`. The note's name is the command's key.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddNote {
    /// What it says.
    pub text: String,
    /// Shown until, within a month: RFC 3339.
    pub until: String,
    /// Of which station, if of one.
    pub station: Option<String>,
    /// Who.
    pub actor: String,
    /// In which role.
    pub role: String,
}

/// `note.remove`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoveNote {
    /// Its key under `notes` of a board.
    pub note: String,
    /// Who.
    pub actor: String,
    /// In which role.
    pub role: String,
}

/// `handover.sign`: once by whoever hands over, and then, of the same report, by whoever receives.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignHandover {
    /// Whether they hand over or receive.
    pub part: HandoverPart,
    /// The report's `shift.from`.
    pub from: String,
    /// The report's `shift.to`.
    pub to: String,
    /// The report's `sequence`.
    pub sequence: u64,
    /// The report's `hash`.
    pub hash: String,
    /// Who.
    pub actor: String,
    /// In which role.
    pub role: String,
}

impl Command {
    /// Reads one.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn read(json: &[u8]) -> Result<Self, String> {
        if json.len() > MAX_COMMAND_BYTES {
            return Err(format!("the command is longer than {MAX_COMMAND_BYTES} bytes"));
        }
        let value: Value = serde_json::from_slice(json)
            .map_err(|error| format!("not a command: {}", cut(&error.to_string())))?;
        if !value.is_object() {
            return Err("a command is a JSON object with a kind".to_owned());
        }
        serde_json::from_value(value).map_err(|error| format!("not a command: {}", cut(&error.to_string())))
    }

    /// The CloudEvent that says so: `key` names it, `area` is where, `time` (RFC 3339) is when.
    ///
    /// # Errors
    /// If the key can name no event.
    pub fn to_event(&self, key: &str, area: &str, time: &str) -> Result<Value, String> {
        if key.is_empty() || key.len() > MAX_NAME_BYTES || key.chars().any(char::is_control) {
            return Err(format!(
                "Idempotency-Key must be 1 to {MAX_NAME_BYTES} bytes without control characters"
            ));
        }
        let (kind, mut data) = self.said(key);
        crate::canonical::prune(&mut data);
        Ok(json!({
            "specversion": "1.0",
            "id": key,
            "source": format!("/desk/{area}"),
            "type": format!("fi.tilanne.{kind}.v1"),
            "time": time,
            "data": data,
        }))
    }

    fn said(&self, key: &str) -> (&'static str, Value) {
        match self {
            Self::AcknowledgeAlarm(AcknowledgeAlarm { alarm, actor, role, reason, expected }) => {
                let raised_at = expected.as_ref().map(|expected| &expected.raised_at);
                let data = json!({
                    "alarm": alarm, "actor": actor, "role": role, "reason": reason, "raised_at": raised_at,
                });
                ("alarm.acknowledged", data)
            }
            Self::ShelveAlarm(ShelveAlarm { alarm, until, reason, actor, role }) => {
                let data =
                    json!({"alarm": alarm, "until": until, "reason": reason, "actor": actor, "role": role});
                ("alarm.shelved", data)
            }
            Self::AddNote(AddNote { text, until, station, actor, role }) => {
                let data = json!({
                    "note": key, "text": text, "until": until, "station": station, "actor": actor, "role": role,
                });
                ("note.added", data)
            }
            Self::SignHandover(SignHandover { part, from, to, sequence, hash, actor, role }) => {
                let data = json!({
                    "part": part, "from": from, "to": to, "sequence": sequence, "hash": hash,
                    "actor": actor, "role": role,
                });
                ("handover.signed", data)
            }
            Self::RemoveNote(RemoveNote { note, actor, role }) => {
                ("note.removed", json!({"note": note, "actor": actor, "role": role}))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::decode;

    const AT: &str = "2026-11-26T15:00:00Z";

    fn read(command: Value) -> Result<Command, String> {
        Command::read(&serde_json::to_vec(&command).unwrap())
    }

    fn said(command: Value) -> Value {
        read(command).unwrap().to_event("k-1", "itauusimaa", AT).unwrap()
    }

    #[test]
    fn every_command_becomes_an_event_that_the_door_reads() {
        let until = "2026-11-26T18:00:00Z";
        let commands = [
            json!({"kind": "alarm.acknowledge", "alarm": "r:s", "actor": "a", "role": "koordinaattori",
                "reason": "soitettu", "expected": {"raised_at": AT}}),
            json!({"kind": "alarm.acknowledge", "alarm": "summary", "actor": "a", "role": "r"}),
            json!({"kind": "alarm.shelve", "alarm": "r:s", "until": until, "reason": "remontti", "actor": "a", "role": "r"}),
            json!({"kind": "note.add", "text": "hissi rikki", "until": until, "station": "s", "actor": "a", "role": "r"}),
            json!({"kind": "note.remove", "note": "k-0", "actor": "a", "role": "r"}),
            json!({"kind": "handover.sign", "part": "given", "from": AT, "to": until, "sequence": 7, "hash": "0".repeat(64),
                "actor": "a", "role": "r"}),
        ];
        for command in commands {
            let event = said(command.clone());
            let decoded = decode(&serde_json::to_vec(&event).unwrap());
            assert!(decoded.is_ok(), "{command}: {decoded:?}");
        }
    }

    #[test]
    fn a_command_said_again_later_is_the_same_event() {
        let command = read(json!({"kind": "note.remove", "note": "k-0", "actor": "a", "role": "r"})).unwrap();
        let digest = |time: &str| {
            let event = command.to_event("k-1", "itauusimaa", time).unwrap();
            decode(&serde_json::to_vec(&event).unwrap()).unwrap().event.digest
        };
        assert_eq!(digest(AT), digest("2026-11-26T15:00:09Z"));
    }

    #[test]
    fn what_is_no_command_is_told_so() {
        for (command, why) in [
            (json!({"kind": "alarm.silence"}), "unknown variant"),
            (json!({"kind": "note.add", "text": "x", "until": AT, "actor": "a"}), "missing field `role`"),
            (
                json!({"kind": "note.remove", "note": "k", "actor": "a", "role": "r", "why": 1}),
                "unknown field `why`",
            ),
            (json!([1]), "JSON object"),
        ] {
            let error = read(command).unwrap_err();
            assert!(error.contains(why), "{error}");
        }
        let command = read(json!({"kind": "note.remove", "note": "k-0", "actor": "a", "role": "r"})).unwrap();
        assert!(command.to_event("", "x", AT).unwrap_err().contains("Idempotency-Key"));
    }
}
