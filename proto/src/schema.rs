//! JSON Schema of what comes in and what goes back, made from the types that read and write it, an AsyncAPI
//! document of everything that travels over NATS, and an OpenAPI document of what is asked over HTTP.
//!
//! The files under `proto/schema/` are these documents; a test fails when they differ. Write them
//! again with `TILANNE_WRITE_SCHEMA=1 cargo test -p proto schema`.

mod asyncapi;
mod openapi;

use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::{Value, json};

use crate::event::{data, family_of};
use crate::subject::Family;
use crate::{area, command, receipt};

fn schema_of<T: JsonSchema>() -> Value {
    let schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>();
    let mut value = schema.to_value();
    if let Some(members) = value.as_object_mut() {
        members.remove("title");
    }
    value
}

/// The `data` of each type, by its short name.
fn data_of_each() -> [(&'static str, Value); 28] {
    [
        ("queue.observed", schema_of::<data::QueueObserved>()),
        ("queue.joined", schema_of::<data::QueueJoined>()),
        ("queue.triaged", schema_of::<data::QueueTriaged>()),
        ("queue.moved", schema_of::<data::QueueMoved>()),
        ("queue.waiting_for", schema_of::<data::QueueWaitingFor>()),
        ("queue.care_started", schema_of::<data::QueueCareStarted>()),
        ("queue.left", schema_of::<data::QueueLeft>()),
        ("queue.corrected", schema_of::<data::QueueCorrected>()),
        ("staffing.observed", schema_of::<data::StaffingReported>()),
        ("staffing.planned", schema_of::<data::StaffingPlanned>()),
        ("staffing.on_call", schema_of::<data::StaffingOnCall>()),
        ("capacity.observed", schema_of::<data::CapacityReported>()),
        ("capacity.slots", schema_of::<data::CapacitySlots>()),
        ("station.status", schema_of::<data::StationStatus>()),
        ("feed.heartbeat", schema_of::<data::FeedHeartbeat>()),
        ("contact.observed", schema_of::<data::ContactObserved>()),
        ("task.received", schema_of::<data::TaskStep>()),
        ("task.assigned", schema_of::<data::TaskStep>()),
        ("task.on_scene", schema_of::<data::TaskStep>()),
        ("task.closed", schema_of::<data::TaskStep>()),
        ("unit.status", schema_of::<data::UnitStatus>()),
        ("notice.posted", schema_of::<data::NoticePosted>()),
        ("notice.withdrawn", schema_of::<data::NoticeWithdrawn>()),
        ("alarm.acknowledged", schema_of::<data::AlarmAcknowledged>()),
        ("alarm.shelved", schema_of::<data::AlarmShelved>()),
        ("note.added", schema_of::<data::NoteAdded>()),
        ("note.removed", schema_of::<data::NoteRemoved>()),
        ("handover.signed", schema_of::<data::HandoverSigned>()),
    ]
}

/// The members of the envelope that every event has.
const REQUIRED: [&str; 6] = ["specversion", "id", "source", "type", "time", "data"];

/// The members of the envelope.
fn envelope() -> Value {
    json!({
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "minLength": 1, "maxLength": crate::event::MAX_NAME_BYTES},
        "source": {"type": "string", "minLength": 1, "maxLength": crate::event::MAX_NAME_BYTES,
            "description": "the feed, such as /feeds/porvoo"},
        "subject": {"type": "string", "minLength": 1, "maxLength": crate::event::MAX_NAME_BYTES,
            "description": "the station's id; only a heartbeat of a listed feed and a notice to the whole area may leave it out"},
        "time": {"type": "string", "format": "date-time"},
        "expectedversion": {"type": "integer", "minimum": 0,
            "description": "record this only if the subject's last fact has this sequence, 0 if it has none; else reject it"},
    })
}

/// Whether a type comes in by the door for events; what people at the desk say comes as commands.
fn comes_by_the_door(short: &str) -> bool {
    family_of(&format!("fi.tilanne.{short}.v1")) != Some(Family::Desk)
}

/// The schema of an event: the envelope, and `data` of each type.
fn event() -> Value {
    let kinds = data_of_each().into_iter().filter(|(short, _)| comes_by_the_door(short));
    let mut definitions = serde_json::Map::new();
    let one_of: Vec<Value> = kinds
        .map(|(short, mut schema)| {
            if let Some(members) = schema.as_object_mut() {
                members.remove("$schema");
                if let Some(Value::Object(shared)) = members.remove("$defs") {
                    definitions.extend(shared);
                }
            }
            json!({"properties": {"type": {"const": format!("fi.tilanne.{short}.v1")}, "data": schema}})
        })
        .collect();
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Tilannekeskus event",
        "description": "A CloudEvent (structured JSON) as POST /v1/events takes it.",
        "type": "object",
        "required": REQUIRED,
        "properties": envelope(),
        "oneOf": one_of,
        "$defs": definitions,
    })
}

/// Every document by its file name.
#[must_use]
pub fn documents() -> Vec<(&'static str, Value)> {
    vec![
        ("event.schema.json", event()),
        ("command.schema.json", schema_of::<command::Command>()),
        ("receipts.schema.json", schema_of::<receipt::Receipts>()),
        ("area.schema.json", schema_of::<area::AreaFile>()),
        ("asyncapi.json", asyncapi::document()),
        ("openapi.json", openapi::document()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_files_say_what_the_types_say() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("schema");
        for (name, document) in documents() {
            let text = format!("{}\n", serde_json::to_string_pretty(&document).unwrap());
            let path = folder.join(name);
            if std::env::var_os("TILANNE_WRITE_SCHEMA").is_some() {
                std::fs::write(&path, &text).unwrap();
            }
            let stored = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(
                stored == text,
                "{name} is out of date: TILANNE_WRITE_SCHEMA=1 cargo test -p proto schema"
            );
        }
    }

    #[test]
    fn the_schema_names_every_type() {
        let text = event().to_string();
        for short in crate::event::SHORT_NAMES.iter().filter(|short| comes_by_the_door(short)) {
            assert!(text.contains(&format!("\"fi.tilanne.{short}.v1\"")), "{short}");
        }
    }
}
