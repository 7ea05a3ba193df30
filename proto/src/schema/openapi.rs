//! The OpenAPI document of what is asked over HTTP. The same requests are put to the real program by a test that holds every
//! answer to it.

mod handover;

use serde_json::{Map, Value, json};

use super::schema_of;
use crate::command::Command;
use crate::receipt::{CommandAnswer, Receipts};

/// What each refusal says.
const REFUSALS: [(&str, &str); 8] = [
    ("400", "The question or the body is wrong; the sentence says what to do"),
    ("403", "Not from this page"),
    ("404", "There is no such area, view, station or moment"),
    ("408", "The body came too slowly"),
    ("413", "The body is longer than what is taken at once"),
    ("415", "The body is of another form than those that are read here"),
    ("429", "The door is full: try again after `Retry-After` seconds"),
    ("503", "Not now, or the outcome is unknown: try the same again after `Retry-After` seconds"),
];

/// The document.
pub(super) fn document() -> Value {
    let mut schemas = Map::new();
    lift("Event", super::event(), &mut schemas);
    lift("Command", schema_of::<Command>(), &mut schemas);
    lift("Receipts", schema_of::<Receipts>(), &mut schemas);
    lift("CommandAnswer", schema_of::<CommandAnswer>(), &mut schemas);
    schemas.insert("Board".into(), board());
    schemas.insert("Handover".into(), handover::document());
    schemas.insert("Error".into(), error());
    schemas.insert("Names".into(), names());
    schemas.insert("Areas".into(), areas());
    schemas.insert("Definitions".into(), definitions());
    schemas.insert("Fact".into(), fact());
    schemas.insert("Readiness".into(), readiness());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Tilannekeskus",
            "version": "1",
            "description": "Events go in, boards come out. Live boards are pushed over the WebSocket `/v1/live`; between services events \
                travel over NATS, which `asyncapi.json` tells of. Where a member may be absent, absent means: not known.",
        },
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "servers": [{"url": "http://127.0.0.1:8080", "description": "the public listener"}],
        "paths": {
            "/v1/areas": {"get": get("The areas that are shown here", &[], body("Areas"), &["503"])},
            "/v1/definitions": {"get": get("What each number on a board means", &[], body("Definitions"), &[])},
            "/v1/areas/{area}/boards/{view}": {"get": get(
                "A board: as it stands, as it was, or as it was shown. At most one moment may be named",
                &[path("area", "the area's id"), path("view", "situation, evening, weekend or station:{id}"),
                  query("at", json!({"type": "string", "format": "date-time"}), "what was: everything that is known now, up to this moment"),
                  query("shown", json!({"type": "string", "format": "date-time"}), "what people saw at this moment"),
                  query("sequence", json!({"type": "integer", "minimum": 0}), "what people saw after this fact")],
                body("Board"), &["400", "404", "503"])},
            "/v1/areas/{area}/handover": {"get": handover::report("Accept", None)},
            "/v1/areas/{area}/handover.json": {"get": handover::report("always JSON", Some("application/json"))},
            "/v1/areas/{area}/handover.html": {"get": handover::report("a page that prints on A4", Some("text/html"))},
            "/v1/areas/{area}/handover.md": {"get": handover::report("Markdown", Some("text/markdown"))},
            "/v1/areas/{area}/facts": {"get": get(
                "What was recorded, a line a fact, in order",
                &[path("area", "the area's id"),
                  query("after", json!({"type": "integer", "minimum": 0, "default": 0}), "facts after this sequence"),
                  query("limit", json!({"type": "integer", "minimum": 0}), "at most so many")],
                json!({"application/x-ndjson": {"schema": reference("Fact")}}), &["400", "404", "503"])},
            "/v1/areas/{area}/commands": {"post": command()},
            "/v1/events": {"post": events()},
            "/v1/live": {"get": live()},
            "/livez": plain("Whether the process lives", "One word"),
            "/readyz": ready(),
            "/metrics": plain("Metrics, each named tilanne_…", "Prometheus text"),
        },
        "components": {"schemas": schemas},
    })
}

/// Puts a schema made from a type among the document's, and beside it what it defines.
fn lift(name: &str, mut schema: Value, schemas: &mut Map<String, Value>) {
    if let Some(members) = schema.as_object_mut() {
        members.remove("$schema");
        if let Some(Value::Object(defined)) = members.remove("$defs") {
            for (name, mut schema) in defined {
                point_to_document(&mut schema);
                schemas.insert(name, schema);
            }
        }
    }
    point_to_document(&mut schema);
    schemas.insert(name.to_owned(), schema);
}

/// References into a schema of its own become references into the document.
fn point_to_document(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if let Some(Value::String(target)) = members.get_mut("$ref") {
                *target = target.replace("#/$defs/", "#/components/schemas/");
            }
            members.values_mut().for_each(point_to_document);
        }
        Value::Array(values) => values.iter_mut().for_each(point_to_document),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

fn body(schema: &str) -> Value {
    json!({"application/json": {"schema": reference(schema)}})
}

fn path(name: &str, what: &str) -> Value {
    json!({"name": name, "in": "path", "required": true, "description": what, "schema": {"type": "string"}})
}

fn query(name: &str, schema: Value, what: &str) -> Value {
    json!({"name": name, "in": "query", "required": false, "description": what, "schema": schema})
}

fn get(what: &str, parameters: &[Value], content: Value, refused: &[&str]) -> Value {
    json!({"summary": what, "parameters": parameters, "responses": responses(content, refused)})
}

fn responses(content: Value, refused: &[&str]) -> Value {
    let mut responses =
        Map::from_iter([("200".to_owned(), json!({"description": "The answer", "content": content}))]);
    for (status, what) in REFUSALS.iter().filter(|(status, _)| refused.contains(status)) {
        let after = json!({"Retry-After": {"schema": {"type": "integer"}, "description": "seconds"}});
        let headers = if matches!(*status, "429" | "503") { after } else { json!({}) };
        let refusal = json!({"description": what, "headers": headers, "content": body("Error")});
        responses.insert((*status).to_owned(), refusal);
    }
    Value::Object(responses)
}

fn events() -> Value {
    let one = reference("Event");
    let batch = json!({"type": "array", "items": one});
    json!({
        "summary": "Hands in events; answered when everything in the body is durable, a receipt an event in the same order",
        "requestBody": {"required": true, "content": {
            "application/cloudevents+json": {"schema": one},
            "application/cloudevents-batch+json": {"schema": batch},
            "application/x-ndjson": {"schema": one},
        }},
        "responses": responses(body("Receipts"), &["400", "408", "413", "415", "429", "503"]),
    })
}

fn command() -> Value {
    let key = json!({
        "name": "Idempotency-Key", "in": "header", "required": true, "schema": {"type": "string"},
        "description": "names the command: the same one sent again is a duplicate and does nothing twice",
    });
    json!({
        "summary": "What somebody at the desk asks for",
        "parameters": [path("area", "the area's id"), key],
        "requestBody": {"required": true, "content": body("Command")},
        "responses": responses(body("CommandAnswer"), &["400", "404", "415", "503"]),
    })
}

fn live() -> Value {
    let mut responses = responses(json!({}), &["400", "403", "503"]);
    if let Some(responses) = responses.as_object_mut() {
        responses.remove("200");
        let what = "A WebSocket of the subprotocol `tilanne.board.v1`, JSON text frames";
        responses.insert("101".into(), json!({"description": what}));
        let what = "The request is no WebSocket's";
        responses.insert("426".into(), json!({"description": what}));
    }
    json!({"summary": "Live boards", "responses": responses})
}

fn ready() -> Value {
    let content = body("Readiness");
    let responses = json!({
        "200": {"description": "Every check passes", "content": content},
        "503": {"description": "Not every check passes: the entries say why", "content": content},
    });
    let what = "Whether every check passes, an entry a check";
    json!({"servers": admin_server(), "get": {"summary": what, "responses": responses}})
}

fn plain(what: &str, answer: &str) -> Value {
    let content = json!({"text/plain": {"schema": {"type": "string"}}});
    let responses = json!({"200": {"description": answer, "content": content}});
    json!({"servers": admin_server(), "get": {"summary": what, "responses": responses}})
}

fn admin_server() -> Value {
    json!([{"url": "http://127.0.0.1:9464", "description": "the admin listener"}])
}

fn error() -> Value {
    json!({"type": "object", "required": ["error"], "properties": {
        "error": {"type": "string", "description": "a sentence that says what to do"},
    }})
}

fn names() -> Value {
    let text = json!({"type": "string"});
    json!({"type": "object", "properties": {"fi": text, "sv": text, "en": text}})
}

fn areas() -> Value {
    let area = json!({"type": "object", "required": ["id", "name"], "properties": {
        "id": {"type": "string"}, "name": reference("Names"),
        "stations": {"type": "object", "additionalProperties": {"type": "object", "required": ["name", "kind", "counted"], "properties": {
            "name": reference("Names"), "kind": {"type": "string"}, "rank": {"type": "integer", "minimum": 1},
            "counted": {"type": "boolean", "description": "people come to it"},
        }}},
        "words": {"type": "object", "additionalProperties": reference("Names"), "description": "names of other ids on its boards"},
    }});
    json!({"type": "object", "required": ["areas"], "properties": {
        "areas": {"type": "object", "additionalProperties": area},
    }})
}

fn definitions() -> Value {
    let one = json!({"type": "object", "required": ["path", "text"], "properties": {
        "path": {"type": "string", "description": "where the number stands on a board, * for any one key"},
        "text": reference("Names"),
    }});
    json!({"type": "object", "required": ["definitions"], "properties": {
        "definitions": {"type": "object", "additionalProperties": one},
    }})
}

fn fact() -> Value {
    let time = json!({"type": "string", "format": "date-time"});
    json!({"type": "object", "required": ["sequence", "head", "id", "type", "received_time"], "properties": {
        "sequence": {"type": "integer", "minimum": 1},
        "head": {"type": "string", "description": "the chain's BLAKE3 after this fact"},
        "id": {"type": "string"}, "source": {"type": "string"}, "type": {"type": "string"}, "subject": {"type": "string"},
        "event_time": time, "received_time": time, "data": {},
    }})
}

fn readiness() -> Value {
    let check = json!({"type": "object", "required": ["state"], "properties": {
        "state": {"type": "string"}, "detail": {"type": "string"},
    }});
    json!({"type": "object", "properties": {
        "ready": {"type": "boolean"},
        "checks": {"type": "object", "additionalProperties": check},
    }})
}

/// What every board has; what else may stand on one is said by `/v1/definitions`.
fn board() -> Value {
    let count = json!({"type": "integer", "minimum": 0});
    let time = json!({"type": "string", "format": "date-time"});
    let keyed = |schema: Value| json!({"type": "object", "additionalProperties": schema});
    let feed = json!({"type": "object", "required": ["state"], "properties": {
        "family": {"type": "string"}, "state": {"enum": ["fresh", "ageing", "stale", "lost", "never"]},
        "last_event_time": time, "last_received": time,
    }});
    let lane = json!({"type": "object", "properties": {
        "feed": {"type": "string"}, "waiting": count, "waiting_by_urgency": keyed(count.clone()), "overdue": count,
        "oldest_since": time, "in_care": count, "present": count,
    }});
    let staff = json!({"type": "object", "properties": {
        "feed": {"type": "string"}, "on_duty": count, "required": count, "arriving": count,
    }});
    let capacity = json!({"type": "object", "properties": {
        "feed": {"type": "string"}, "total": count, "staffed": count, "occupied": count, "reserved": count,
        "free": {"type": "integer", "description": "below 0 when over-full"},
    }});
    let station = json!({"type": "object", "required": ["name"], "properties": {
        "name": reference("Names"), "kind": {"type": "string"}, "organisation": {"type": "string"}, "open": {"type": "boolean"},
        "intake_until": time, "doors_until": time, "feeds": keyed(feed), "lanes": keyed(lane), "staff": keyed(staff),
        "capacity": keyed(capacity),
    }});
    let window = json!({"type": "object", "required": ["kind"], "properties": {
        "kind": {"enum": ["office", "evening", "night", "weekend", "holiday"]}, "name": reference("Names"), "from": time, "to": time,
    }});
    json!({
        "type": "object",
        "required": ["area", "view", "epoch", "revision", "sequence", "as_of", "hash"],
        "properties": {
            "area": {"type": "string"}, "view": {"type": "string"}, "epoch": {"type": "string"}, "revision": count,
            "sequence": count, "as_of": time, "hash": {"type": "string", "pattern": "^[0-9a-f]{64}$"}, "window": window,
            "stations": keyed(station),
        },
    })
}
