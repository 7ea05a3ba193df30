//! Every answer is one that the OpenAPI document tells of, and every path of the document is answered.

use std::collections::BTreeSet;

use acceptance::door::http;
use acceptance::events::{event, now};
use acceptance::program;
use acceptance::server::{Plan, Server};
use serde_json::{Value, json};

use crate::PROGRAM;

const AREA: &str = "itauusimaa";

/// The document, and what of it has been seen.
struct Document {
    text: Value,
    seen: BTreeSet<(String, String, String)>,
}

impl Document {
    fn read() -> Self {
        let file = program::root().join("proto/schema/openapi.json");
        let text = std::fs::read_to_string(file).expect("the document");
        Self { text: serde_json::from_str(&text).expect("JSON"), seen: BTreeSet::new() }
    }

    /// Holds an answer to what the document says of it.
    async fn hold(&mut self, method: &str, path: &str, answer: reqwest::Response) {
        let status = answer.status().as_u16().to_string();
        let told = &self.text["paths"][path][method]["responses"][&status];
        let kind = answer.headers().get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
        let retry = answer.headers().contains_key("retry-after");
        let body = answer.text().await.expect("a body");
        assert!(
            !told.is_null(),
            "{method} {path} answered {status}, which the document does not tell of: {body}"
        );
        assert_eq!(retry, told["headers"]["Retry-After"].is_object(), "{method} {path}: {status}");
        self.seen.insert((method.to_owned(), path.to_owned(), status.clone()));
        let Some(content) = told["content"].as_object() else { return };
        let kind = kind.unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default();
        let content = content.get(kind).unwrap_or_else(|| panic!("{method} {path}: {status} of {kind}"));
        if kind.starts_with("text/") {
            return;
        }
        let lines: Vec<&str> =
            if kind == "application/x-ndjson" { body.lines().collect() } else { vec![&body] };
        for line in lines {
            let value: Value = serde_json::from_str(line).expect("JSON");
            let wrong = self.differences(&content["schema"], &value, "");
            assert!(wrong.is_empty(), "{method} {path}: {status}: {wrong:?}\n{value}");
        }
    }

    /// Where a value is not what a schema says, in as much of JSON Schema as the document uses for answers.
    fn differences(&self, schema: &Value, value: &Value, place: &str) -> Vec<String> {
        if let Some(name) = schema["$ref"].as_str().and_then(|it| it.strip_prefix("#/components/schemas/")) {
            let named = &self.text["components"]["schemas"][name];
            assert!(named.is_object(), "the document has no schema {name}");
            return self.differences(named, value, place);
        }
        if let Some(choices) = schema["anyOf"].as_array() {
            let fits = |choice: &Value| self.differences(choice, value, place).is_empty();
            return if choices.iter().any(fits) { Vec::new() } else { vec![format!("{place} is {value}")] };
        }
        let kind = &schema["type"];
        let one = if kind.is_null() { Vec::new() } else { vec![kind.clone()] };
        let kinds = kind.as_array().cloned().unwrap_or(one);
        let is_of = |kind: &Value| match kind.as_str() {
            Some("object") => value.is_object(),
            Some("array") => value.is_array(),
            Some("string") => value.is_string(),
            Some("integer") => value.is_i64() || value.is_u64(),
            Some("boolean") => value.is_boolean(),
            Some("null") => value.is_null(),
            other => panic!("a kind that this test does not know: {other:?}"),
        };
        let mut wrong = Vec::new();
        if !kinds.is_empty() && !kinds.iter().any(is_of) {
            wrong.push(format!("{place} is {value}, not {kinds:?}"));
        }
        if schema["enum"].as_array().is_some_and(|known| !known.contains(value)) {
            wrong.push(format!("{place} is {value}, not of {}", schema["enum"]));
        }
        if schema["minimum"].as_i64().zip(value.as_i64()).is_some_and(|(least, value)| value < least) {
            wrong.push(format!("{place} is {value}, less than {}", schema["minimum"]));
        }
        for required in schema["required"].as_array().into_iter().flatten() {
            if value.get(required.as_str().unwrap()).is_none() {
                wrong.push(format!("{place} has no {required}"));
            }
        }
        for (index, value) in value.as_array().into_iter().flatten().enumerate() {
            wrong.extend(self.differences(&schema["items"], value, &format!("{place}/{index}")));
        }
        for (key, value) in value.as_object().into_iter().flatten() {
            let known = schema["properties"].get(key).unwrap_or(&schema["additionalProperties"]);
            wrong.extend(self.differences(known, value, &format!("{place}/{key}")));
        }
        wrong
    }

    /// The answers of the document that were not seen.
    fn unseen(&self) -> Vec<(String, String, String)> {
        let paths = self.text["paths"].as_object().expect("paths");
        let mut unseen = Vec::new();
        for (path, item) in paths {
            for method in ["get", "post"] {
                for status in item[method]["responses"].as_object().into_iter().flat_map(|it| it.keys()) {
                    let one = (method.to_owned(), path.clone(), status.clone());
                    if !self.seen.contains(&one) {
                        unseen.push(one);
                    }
                }
            }
        }
        unseen
    }
}

#[tokio::test]
async fn every_answer_is_as_the_document_says() {
    let server = Server::start(Plan::demo(PROGRAM).with("TILANNE_INTAKE__BODY_BYTES", "65536")).await;
    let mut document = Document::read();
    let http = http();
    let public = format!("http://{}", server.public);
    let admin = format!("http://{}", server.admin);

    let boards = "/v1/areas/{area}/boards/{view}";
    let facts = "/v1/areas/{area}/facts";
    let [report, as_json, as_page, as_text] =
        ["", ".json", ".html", ".md"].map(|form| format!("/v1/areas/{{area}}/handover{form}"));
    let at = "at=2026-11-26T17:00:00%2B02:00";
    for (path, asked) in [
        ("/v1/areas", "/v1/areas".to_owned()),
        ("/v1/definitions", "/v1/definitions".to_owned()),
        (boards, format!("/v1/areas/{AREA}/boards/situation")),
        (boards, format!("/v1/areas/{AREA}/boards/evening?{at}")),
        (boards, format!("/v1/areas/{AREA}/boards/weekend?sequence=40")),
        (boards, format!("/v1/areas/{AREA}/boards/station:porvoo-paivystys")),
        (boards, format!("/v1/areas/{AREA}/boards/evening?{at}&sequence=3")),
        (boards, format!("/v1/areas/{AREA}/boards/evening?when=now")),
        (boards, format!("/v1/areas/{AREA}/boards/morning")),
        (boards, "/v1/areas/nowhere/boards/evening".to_owned()),
        (facts, format!("/v1/areas/{AREA}/facts?limit=50")),
        (facts, format!("/v1/areas/{AREA}/facts?after=minus")),
        (facts, "/v1/areas/nowhere/facts".to_owned()),
        (&report, format!("/v1/areas/{AREA}/handover?shift=now")),
        (&report, format!("/v1/areas/{AREA}/handover?from=now")),
        (&report, format!("/v1/areas/{AREA}/handover?shift=2020-01-01T00:00:00Z")),
        (&as_json, format!("/v1/areas/{AREA}/handover.json?shift=now")),
        (&as_json, format!("/v1/areas/{AREA}/handover.json?lang=la&shift=now")),
        (&as_json, "/v1/areas/nowhere/handover.json".to_owned()),
        (&as_page, format!("/v1/areas/{AREA}/handover.html?shift=now&lang=sv")),
        (&as_page, format!("/v1/areas/{AREA}/handover.html?shift=evening")),
        (&as_page, "/v1/areas/nowhere/handover.html".to_owned()),
        (&as_text, format!("/v1/areas/{AREA}/handover.md?shift=now&lang=en")),
        (&as_text, format!("/v1/areas/{AREA}/handover.md?to=2026-11-26T22:00:00%2B02:00")),
        (&as_text, "/v1/areas/nowhere/handover.md".to_owned()),
        ("/v1/live", "/v1/live".to_owned()),
    ] {
        let answer = http.get(format!("{public}{asked}")).send().await.expect("an answer");
        document.hold("get", path, answer).await;
    }
    for path in ["/livez", "/readyz", "/metrics"] {
        let answer = http.get(format!("{admin}{path}")).send().await.expect("an answer");
        document.hold("get", path, answer).await;
    }

    let counted = event(
        "one",
        "/feeds/sipoo",
        "sipoo-sote",
        "queue.observed",
        now(),
        &json!({"lane": "kiire", "waiting": 3}),
    );
    let long = " ".repeat(100_000);
    for (kind, body) in [
        ("application/cloudevents+json", counted.to_string()),
        ("application/cloudevents-batch+json", json!([counted]).to_string()),
        ("application/x-ndjson", counted.to_string()),
        ("application/cloudevents+json", "{".to_owned()),
        ("text/html", counted.to_string()),
        ("application/x-ndjson", long),
    ] {
        let asked = http.post(format!("{public}/v1/events")).header("content-type", kind).body(body);
        document.hold("post", "/v1/events", asked.send().await.expect("an answer")).await;
    }

    let commands = "/v1/areas/{area}/commands";
    let note = json!({"kind": "note.add", "text": "Tie 170 on liukas", "until": "2026-11-26T22:00:00+02:00",
        "actor": "koordinaattori-1", "role": "koordinaattori"});
    for (area, kind, key, body) in [
        (AREA, "application/json", Some("first"), note.to_string()),
        (AREA, "application/json", None, note.to_string()),
        (AREA, "application/json", Some("second"), json!({"kind": "dance"}).to_string()),
        (AREA, "text/plain", Some("third"), note.to_string()),
        ("nowhere", "application/json", Some("fourth"), note.to_string()),
    ] {
        let mut asked =
            http.post(format!("{public}/v1/areas/{area}/commands")).header("content-type", kind).body(body);
        if let Some(key) = key {
            asked = asked.header("idempotency-key", key);
        }
        document.hold("post", commands, asked.send().await.expect("an answer")).await;
    }

    // What only a full, slow or broken house answers is shown where that is tried: here, that it is told of.
    let hard = ["101", "403", "408", "426", "429", "503"];
    let unseen: Vec<_> =
        document.unseen().into_iter().filter(|(_, _, status)| !hard.contains(&status.as_str())).collect();
    assert!(unseen.is_empty(), "the document tells of answers that never came: {unseen:?}");
}
