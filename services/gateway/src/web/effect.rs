//! Whether a command changes anything that is on the board: it is recorded all the same, but who gave it is told.

use proto::command::{AcknowledgeAlarm, Command};
use proto::receipt::WithoutEffect;
use proto::time::parse;
use serde_json::Value;

/// Why a command changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Idle {
    /// No such alarm stands, or it is over and somebody has taken notice.
    NoSuchAlarm,
    /// One that was raised at another time stands.
    AnotherAlarm,
    /// Somebody has taken notice before.
    AlreadyAcknowledged,
    /// No such note is there.
    NoSuchNote,
}

impl Idle {
    const fn code(self) -> &'static str {
        match self {
            Self::NoSuchAlarm => "no_such_alarm",
            Self::AnotherAlarm => "another_alarm",
            Self::AlreadyAcknowledged => "already_acknowledged",
            Self::NoSuchNote => "no_such_note",
        }
    }

    const fn text(self) -> &'static str {
        match self {
            Self::NoSuchAlarm => "no such alarm stands: it is recorded and changes nothing",
            Self::AnotherAlarm => {
                "the alarm that stands was raised at another time: look at it and acknowledge that one"
            }
            Self::AlreadyAcknowledged => "it was acknowledged before: that stays",
            Self::NoSuchNote => "no such note is there: it is recorded and changes nothing",
        }
    }

    /// As it is answered.
    pub(crate) fn told(self) -> WithoutEffect {
        WithoutEffect { code: self.code().to_owned(), text: self.text().to_owned() }
    }

    /// What makes `command` idle on `board`, the area's whole one; `None` if it changes something.
    pub(crate) fn of(command: &Command, board: &Value) -> Option<Self> {
        let alarm = |id: &str| board.get("alarms").and_then(|alarms| alarms.get(id));
        let summary = alarm("summary").and_then(|summary| summary.get("causes"));
        let is_summed = |id: &str| summary.is_some_and(|causes| causes.get(id).is_some());
        let state = |alarm: &Value| alarm.get("state").and_then(Value::as_str).map(str::to_owned);
        match command {
            // Of an alarm that the summary tells of, the board tells no more.
            Command::AcknowledgeAlarm(AcknowledgeAlarm { alarm: id, .. }) if is_summed(id) => None,
            Command::ShelveAlarm(it) if is_summed(&it.alarm) => None,
            Command::AcknowledgeAlarm(AcknowledgeAlarm { alarm: id, expected, .. }) => {
                let Some(alarm) = alarm(id) else { return Some(Self::NoSuchAlarm) };
                let raised = alarm.get("raised_at").and_then(Value::as_str).and_then(|at| parse(at).ok());
                let is_another = expected.as_ref().is_some_and(|it| parse(&it.raised_at).ok() != raised);
                // A summary stands as its worst does: its members may have been raised at any time.
                if is_another && alarm.get("causes").is_none() {
                    return Some(Self::AnotherAlarm);
                }
                alarm.get("acknowledged").is_some().then_some(Self::AlreadyAcknowledged)
            }
            Command::ShelveAlarm(it) => {
                let state = alarm(&it.alarm).and_then(state);
                let stands = state.is_some_and(|state| state != "cleared_unacknowledged");
                (!stands).then_some(Self::NoSuchAlarm)
            }
            Command::RemoveNote(it) => {
                let note = board.get("notes").and_then(|notes| notes.get(&it.note));
                note.is_none().then_some(Self::NoSuchNote)
            }
            Command::AddNote(_) | Command::SignHandover(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn idle(command: &Value) -> Option<Idle> {
        let raised = "2026-11-26T15:01:00Z";
        let board = json!({
            "alarms": {
                "late:porvoo": {"state": "unacknowledged", "raised_at": raised},
                "seen:porvoo": {"state": "shelved", "raised_at": raised, "acknowledged": {"actor": "m.k"}},
                "summary": {"state": "unacknowledged", "raised_at": raised, "causes": {"many:porvoo": {"rule": "many"}}},
                "over:porvoo": {"state": "cleared_unacknowledged", "raised_at": raised},
            },
            "notes": {"n1": {"text": "soita"}},
        });
        let command = Command::read(command.to_string().as_bytes()).unwrap();
        Idle::of(&command, &board)
    }

    fn acknowledge(alarm: &str, raised: Option<&str>) -> Option<Idle> {
        let expected = raised.map(|raised| json!({"raised_at": raised}));
        let mut command =
            json!({"kind": "alarm.acknowledge", "alarm": alarm, "actor": "m.k", "role": "koordinaattori"});
        if let Some(expected) = expected {
            command["expected"] = expected;
        }
        idle(&command)
    }

    #[test]
    fn who_takes_notice_of_nothing_is_told() {
        assert_eq!(acknowledge("late:porvoo", None), None);
        assert_eq!(acknowledge("late:porvoo", Some("2026-11-26T15:01:00Z")), None);
        assert_eq!(acknowledge("late:porvoo", Some("2026-11-26T17:01:00+02:00")), None);
        assert_eq!(acknowledge("late:porvoo", Some("2026-11-26T14:00:00Z")), Some(Idle::AnotherAlarm));
        assert_eq!((acknowledge("many:porvoo", None), acknowledge("summary", None)), (None, None));
        assert_eq!(acknowledge("seen:porvoo", None), Some(Idle::AlreadyAcknowledged));
        assert_eq!(acknowledge("over:porvoo", None), None);
        assert_eq!(acknowledge("late:sipoo", None), Some(Idle::NoSuchAlarm));
    }

    #[test]
    fn what_is_not_there_can_be_neither_shelved_nor_removed() {
        let shelve = |alarm: &str| {
            idle(&json!({"kind": "alarm.shelve", "alarm": alarm, "until": "2026-11-26T16:00:00Z",
                "reason": "korjaaja tulee", "actor": "m.k", "role": "koordinaattori"}))
        };
        assert_eq!((shelve("late:porvoo"), shelve("seen:porvoo")), (None, None));
        assert_eq!(shelve("over:porvoo"), Some(Idle::NoSuchAlarm));
        let remove = |note: &str| {
            idle(&json!({"kind": "note.remove", "note": note, "actor": "m.k", "role": "koordinaattori"}))
        };
        assert_eq!((remove("n1"), remove("n2")), (None, Some(Idle::NoSuchNote)));
    }
}
