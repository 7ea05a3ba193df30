//! The AsyncAPI document of what travels over NATS: every subject, who says what under it, and the answers.
//!
//! It is seen from the house: `receive` is what its services take from others or from each other's askers, `send`
//! what they say. Addresses come from [`crate::subject`] and payloads from the types that are read and written.

use serde_json::{Map, Value, json};

use super::{REQUIRED, data_of_each, envelope, schema_of};
use crate::subject::{Family, Subject};
use crate::{event, intake, live, receipt};

/// Stands for an area's id in an address.
const AREA: &str = "{area}";
/// Stands for a view's id in an address.
const VIEW: &str = "{view}";
/// Stands for the name of one recorder in an address.
const RECORDER: &str = "{recorder}";
/// Stands for the name of one projector in an address.
const PROJECTOR: &str = "{projector}";

/// The document.
pub(super) fn document() -> Value {
    let mut parts = Parts::default();
    parts.events();
    parts.own();
    parts.question("journal", &Subject::journal_read(AREA), "whoever needs facts", FACTS);
    parts.question("journal-of", &Subject::journal_of(AREA, RECORDER), "whoever follows one recorder", FACTS);
    parts.question("boards", &Subject::boards_read(AREA), "the gateway", BOARDS);
    parts.question("boards-of", &Subject::boards_of(AREA, PROJECTOR), "the gateway", BOARDS);
    parts.told("recorded", &Subject::recorded(AREA), &["Recorded"]);
    parts.told("board", &Subject::board(AREA, VIEW), &["BoardChange"]);
    parts.told("heartbeat", &Subject::heartbeat(AREA), &["Heartbeat", "Withheld"]);
    parts.schemas();
    let Parts { channels, operations, messages, schemas } = parts;
    json!({
        "asyncapi": "3.0.0",
        "info": {
            "title": "Tilannekeskus over NATS",
            "version": "1",
            "description": "What the services of a situation centre say to each other, and how events come in. \
                An event goes into the area's intake stream; its receipts come to the subject that its header \
                `Tilanne-Receipt-To` names, one from each recorder. A question goes to the queue group \
                `responders`; its answer comes to the reply subject.",
        },
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": schemas},
    })
}

#[derive(Default)]
struct Parts {
    channels: Map<String, Value>,
    operations: Map<String, Value>,
    messages: Map<String, Value>,
    schemas: Map<String, Value>,
}

/// A question's payload, and what it is answered with.
#[derive(Clone, Copy)]
struct Exchange {
    asked: &'static str,
    answer: &'static str,
    what: &'static str,
}

const FACTS: Exchange = Exchange {
    asked: "FactsQuery",
    answer: "FactsPage",
    what: "Facts after a sequence: JSON lines or encoded blocks, nothing where none follows",
};

const BOARDS: Exchange = Exchange {
    asked: "BoardQuery",
    answer: "BoardAnswer",
    what: "A board, of this moment or a past one, or a page of what changed on it (a ReplayPage)",
};

fn reference(place: &str, name: &str) -> Value {
    json!({"$ref": format!("#/{place}/{name}")})
}

fn parameters(address: &str) -> Value {
    let known = [
        ("area", "the area's id"),
        ("view", "situation, evening, weekend or station:{id}"),
        ("recorder", "the name of one of several recorders"),
        ("projector", "the name of one of several projectors"),
    ];
    let used = known.into_iter().filter(|(name, _)| address.contains(&format!("{{{name}}}")));
    used.map(|(name, what)| (name.to_owned(), json!({"description": what}))).collect::<Map<_, _>>().into()
}

impl Parts {
    fn channel(&mut self, id: &str, address: &str, what: &str, messages: &[&str]) {
        let messages: Map<String, Value> = messages
            .iter()
            .map(|name| ((*name).to_owned(), reference("components/messages", name)))
            .collect();
        let channel = json!({
            "address": address, "description": what, "parameters": parameters(address), "messages": messages,
        });
        self.channels.insert(id.to_owned(), channel);
    }

    /// One channel a family: an event goes into the stream, and is answered with its receipts.
    fn events(&mut self) {
        for family in Family::ALL.into_iter().chain([Family::Desk]) {
            let of_family = |short: &&&str| event::family_of(&full(short)) == Some(family);
            let kinds: Vec<&str> = event::SHORT_NAMES.iter().filter(of_family).copied().collect();
            let id = format!("intake-{}", family.as_str());
            let address = Subject::intake(AREA, family);
            self.channel(
                &id,
                address.as_str(),
                "Events on their way to the recorders; the stream keeps them",
                &kinds,
            );
            self.operation(&id, "receive", &kinds, Some(&["Receipt", "Unavailable"]));
        }
        self.channel("receipts", "", "The source's inbox", &["Receipt", "Unavailable"]);
        self.answers("receipts");
    }

    /// What recorders say to each other in the order of the stream. Of no use to anybody else.
    fn own(&mut self) {
        let what = "What recorders say to each other in the order of the stream, which keeps it";
        let opening = "Recorders' votes on which fact their logs go on from a new stream";
        for (id, subject, what, message) in [
            ("intake-own", Subject::intake_own(AREA), what, "Own"),
            ("intake-opening", Subject::intake_opening(AREA), opening, "Vote"),
        ] {
            self.channel(id, subject.as_str(), what, &[message]);
            self.operation(id, "send", &[message], None);
        }
    }

    fn question(&mut self, id: &str, subject: &Subject, who: &str, exchange: Exchange) {
        let Exchange { asked, answer, what } = exchange;
        self.channel(id, &subject.question(), &format!("{what}; asked by {who}"), &[asked]);
        let answers = format!("{id}-answers");
        self.channel(&answers, "", "The asker's inbox", &[answer]);
        self.answers(&answers);
        self.operation(id, "receive", &[asked], Some(&[answer]));
    }

    fn told(&mut self, id: &str, subject: &Subject, messages: &[&str]) {
        self.channel(id, subject.as_str(), "Told to whoever listens; nothing is kept", messages);
        self.operation(id, "send", messages, None);
    }

    /// A channel of answers has no address of its own: the question's reply subject is its address.
    fn answers(&mut self, id: &str) {
        if let Some(Value::Object(channel)) = self.channels.get_mut(id) {
            channel.insert("address".to_owned(), Value::Null);
        }
    }

    fn operation(&mut self, id: &str, action: &str, messages: &[&str], answers: Option<&[&str]>) {
        let of = |channel: &str, messages: &[&str]| -> Vec<Value> {
            let place = format!("channels/{channel}/messages");
            messages.iter().map(|name| reference(&place, name)).collect()
        };
        let mut operation = json!({
            "action": action, "channel": reference("channels", id), "messages": of(id, messages),
        });
        if let (Some(answers), Some(operation)) = (answers, operation.as_object_mut()) {
            let (channel, location, what) = if id.starts_with("intake-") {
                ("receipts".to_owned(), "$message.header#/Tilanne-Receipt-To", "an inbox of the source's own")
            } else {
                (format!("{id}-answers"), "$message.header#/reply", "the NATS message's reply subject")
            };
            let reply = json!({
                "address": {"location": location, "description": what},
                "channel": reference("channels", &channel),
                "messages": of(&channel, answers),
            });
            operation.insert("reply".to_owned(), reply);
        }
        self.operations.insert(id.to_owned(), operation);
    }

    fn schemas(&mut self) {
        self.schemas.insert(
            "Envelope".to_owned(),
            json!({
                "description": "A CloudEvent (structured JSON).",
                "type": "object", "required": REQUIRED, "properties": envelope(),
            }),
        );
        for (short, data) in data_of_each() {
            self.schema(&format!("data.{short}"), data);
            let kind = json!({"properties": {
                "type": {"const": full(short)}, "data": reference("components/schemas", &format!("data.{short}")),
            }});
            let payload = json!({"allOf": [reference("components/schemas", "Envelope"), kind]});
            self.message(short, "application/cloudevents+json", payload);
        }
        let documents = [
            ("Receipt", schema_of::<receipt::Receipt>()),
            ("Unavailable", schema_of::<receipt::Unavailable>()),
            ("Recorded", schema_of::<live::Recorded>()),
            ("BoardChange", schema_of::<live::BoardChange>()),
            ("Heartbeat", schema_of::<live::Heartbeat>()),
            ("Withheld", schema_of::<live::Withheld>()),
            ("FactsQuery", schema_of::<live::FactsQuery>()),
            ("BoardQuery", schema_of::<live::BoardQuery>()),
            ("BoardAnswer", schema_of::<live::BoardAnswer>()),
            ("ReplayPage", schema_of::<live::ReplayPage>()),
            ("Own", schema_of::<intake::Own>()),
            ("Vote", schema_of::<intake::Vote>()),
        ];
        for (name, schema) in documents {
            self.schema(name, schema);
            self.message(name, "application/json", reference("components/schemas", name));
        }
        let page = json!({"description": FACTS.what});
        self.message("FactsPage", "application/octet-stream", page);
    }

    /// A type's schema, with what it shares with others beside it.
    fn schema(&mut self, name: &str, mut schema: Value) {
        point_to_components(&mut schema);
        if let Some(members) = schema.as_object_mut() {
            members.remove("$schema");
            if let Some(Value::Object(shared)) = members.remove("$defs") {
                self.schemas.extend(shared);
            }
        }
        self.schemas.insert(name.to_owned(), schema);
    }

    fn message(&mut self, name: &str, content: &str, payload: Value) {
        let headers = json!({"type": "object", "properties": {
            "Tilanne-Patience": {"type": "string", "description":
                "of a question: how many milliseconds it may wait for room at the responder"},
            "Tilanne-Reply": {"type": "string", "description":
                "of an answer without payload: taken (more will come), full, gone, dropped or too-large N"},
            "Tilanne-Receipt-To": {"type": "string", "description":
                "of an event: the subject, below _INBOX., to which its receipts are sent"},
            "Tilanne-Recorder": {"type": "string", "description": "of a receipt: the recorder that gives it"},
        }});
        let message = json!({"name": name, "contentType": content, "headers": headers, "payload": payload});
        self.messages.insert(name.to_owned(), message);
    }
}

fn full(short: &str) -> String {
    format!("fi.tilanne.{short}.v1")
}

/// What a schema calls its own definitions lies beside the schemas here.
fn point_to_components(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            for (name, value) in members {
                if let ("$ref", Value::String(place)) = (name.as_str(), &mut *value) {
                    *place = place.replace("#/$defs/", "#/components/schemas/");
                } else {
                    point_to_components(value);
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(point_to_components),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_subject_has_its_channel_and_no_other_has_one() {
        let families = Family::ALL.map(|family| Subject::intake(AREA, family).to_string());
        let mut subjects: BTreeSet<String> = families.into();
        subjects.extend([
            Subject::intake(AREA, Family::Desk).to_string(),
            Subject::recorded(AREA).to_string(),
            Subject::journal_read(AREA).question(),
            Subject::board(AREA, VIEW).to_string(),
            Subject::heartbeat(AREA).to_string(),
            Subject::boards_read(AREA).question(),
            Subject::intake_own(AREA).to_string(),
            Subject::intake_opening(AREA).to_string(),
            Subject::journal_of(AREA, RECORDER).question(),
            Subject::boards_of(AREA, PROJECTOR).question(),
        ]);
        let document = document();
        let channels = document["channels"].as_object().unwrap().values();
        let addresses = channels.filter_map(|channel| channel["address"].as_str().map(str::to_owned));
        assert_eq!(addresses.collect::<BTreeSet<_>>(), subjects);
    }

    #[test]
    fn every_type_of_event_comes_in_under_its_family() {
        let document = document();
        for short in event::SHORT_NAMES {
            let family = event::family_of(&full(short)).unwrap().as_str();
            let channel = &document["channels"][format!("intake-{family}")];
            assert!(channel["messages"][short].is_object(), "{short}");
            assert!(document["components"]["messages"][short].is_object(), "{short}");
        }
    }

    #[test]
    fn what_is_pointed_to_is_there() {
        let document = document();
        let mut pointed = Vec::new();
        collect(&document, &mut pointed);
        assert!(pointed.len() > 50);
        for place in pointed {
            let pointer = place.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{place} points to nothing");
        }
    }

    fn collect<'a>(value: &'a Value, pointed: &mut Vec<&'a str>) {
        match value {
            Value::Object(members) => {
                pointed.extend(members.get("$ref").and_then(Value::as_str));
                members.values().for_each(|value| collect(value, pointed));
            }
            Value::Array(values) => values.iter().for_each(|value| collect(value, pointed)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}
