//! What is asked of shifts' reports.

use serde_json::{Map, Value, json};

use super::{get, path, query, reference};

/// The question for a report, answered in one form or in that which the client takes.
pub(super) fn report(form: &str, only: Option<&str>) -> Value {
    let forms = ["application/json", "text/html", "text/markdown"];
    let content = forms.into_iter().filter(|kind| only.is_none_or(|only| only == *kind)).map(|kind| {
        let schema =
            if kind == "application/json" { reference("Handover") } else { json!({"type": "string"}) };
        (kind.to_owned(), json!({"schema": schema}))
    });
    let moment = || json!({"type": "string", "format": "date-time"});
    let parameters = [
        path("area", "the area's id"),
        query(
            "shift",
            json!({"type": "string"}),
            "a moment within the shift (RFC 3339), or now; without it and from and to the shift that ended last",
        ),
        query("from", moment(), "with to: from this moment"),
        query("to", moment(), "with from: to before this one, three days at the most"),
        query(
            "sequence",
            json!({"type": "integer", "minimum": 0}),
            "of the facts up to this one; otherwise up to the last that was received within the shift",
        ),
        query(
            "lang",
            json!({"enum": ["fi", "sv", "en"], "default": "fi"}),
            "the language of the page; the JSON has all three",
        ),
    ];
    let what = format!("A shift's report ({form})");
    get(&what, &parameters, Value::Object(content.collect::<Map<_, _>>()), &["400", "404", "503"])
}

/// What every report has.
pub(super) fn document() -> Value {
    let count = json!({"type": "integer", "minimum": 0});
    let time = json!({"type": "string", "format": "date-time"});
    let shift = json!({"type": "object", "required": ["from", "to"], "properties": {
        "name": reference("Names"), "from": time, "to": time,
    }});
    let station = json!({"type": "object", "required": ["name"], "properties": {"name": reference("Names")}});
    json!({
        "type": "object",
        "required": ["form", "area", "epoch", "shift", "ended", "until", "sequence", "hash"],
        "properties": {
            "form": count, "area": {"type": "string"}, "epoch": {"type": "string"}, "shift": shift,
            "ended": {"type": "boolean"}, "until": time, "sequence": count,
            "hash": {"type": "string", "pattern": "^[0-9a-f]{64}$", "description": "what is signed"},
            "stations": {"type": "object", "additionalProperties": station},
        },
    })
}
