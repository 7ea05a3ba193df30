//! Canonical JSON (RFC 8785), for values of strings, booleans, integers and objects.
//!
//! Boards hold nothing else: no fractions, no arrays. Null members, and then empty objects, are left
//! out all the way down, because an absent member means the same as `null`: not known.

use std::fmt::Write;

use serde_json::{Map, Value};

/// Takes null members and then empty objects out, recursively.
pub fn prune(value: &mut Value) {
    if let Value::Object(members) = value {
        members.retain(|_, member| {
            prune(member);
            !member.is_null() && !member.as_object().is_some_and(Map::is_empty)
        });
    }
}

/// The canonical text. Arrays keep their order; numbers that are not integers are written as
/// `serde_json` does, which boards never need.
#[must_use]
pub fn text(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

/// BLAKE3 of a text, in lower-case hex.
#[must_use]
pub fn hash(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

/// Writes a value canonically.
pub fn write(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(yes) => out.push_str(if *yes { "true" } else { "false" }),
        // Writing to a String cannot fail.
        Value::Number(number) => drop(write!(out, "{number}")),
        Value::String(text) => write_string(text, out),
        Value::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        Value::Object(members) => write_object(members, out),
    }
}

fn write_object(members: &Map<String, Value>, out: &mut String) {
    let mut members: Vec<_> = members.iter().collect();
    // By UTF-16 code units, as RFC 8785 wants it. For ASCII that is the order of the bytes.
    if members.iter().all(|(name, _)| name.is_ascii()) {
        members.sort_unstable_by(|a, b| a.0.cmp(b.0));
    } else {
        members.sort_unstable_by(|a, b| a.0.encode_utf16().cmp(b.0.encode_utf16()));
    }
    out.push('{');
    for (at, (name, value)) in members.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write_string(name, out);
        out.push(':');
        write(value, out);
    }
    out.push('}');
}

/// Writes a JSON string with the escapes of RFC 8785.
pub fn write_string(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            c if u32::from(c) < 0x20 => drop(write!(out, "\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn sorts_by_utf_16_and_escapes_as_rfc_8785_does() {
        let value =
            json!({"\u{20ac}": 1, "\r": 2, "1": 3, "\u{1f600}": 4, "\u{fb33}": 5, "a": "\u{1}\"\\/\u{7f}"});
        assert_eq!(
            text(&value),
            "{\"\\r\":2,\"1\":3,\"a\":\"\\u0001\\\"\\\\/\u{7f}\",\"\u{20ac}\":1,\"\u{1f600}\":4,\"\u{fb33}\":5}"
        );
    }

    #[test]
    fn what_is_not_known_leaves_no_trace() {
        let mut value =
            json!({"a": null, "b": {"c": null, "d": {}}, "e": {"f": 0, "g": {"h": null}}, "i": false});
        prune(&mut value);
        assert_eq!(text(&value), "{\"e\":{\"f\":0},\"i\":false}");
    }
}
