//! Hashes of boards, computed from the contract's words alone and apart from the product.

use serde_json::Value;

/// What a board's hash leaves out.
const NOT_HASHED: [&str; 5] = ["hash", "epoch", "revision", "sequence", "as_of"];

/// The hash that a board should have.
#[must_use]
pub fn board_hash(board: &Value) -> String {
    let mut board = board.clone();
    let members = board.as_object_mut().expect("a board is an object");
    members.retain(|name, _| !NOT_HASHED.contains(&name.as_str()));
    if let Some(stations) = members.get_mut("stations").and_then(Value::as_object_mut) {
        for station in stations.values_mut() {
            let mut shown = station.clone();
            forget_when_received(&mut shown);
            *station = Value::String(blake3(&shown));
        }
    }
    blake3(&board)
}

fn forget_when_received(value: &mut Value) {
    if let Some(members) = value.as_object_mut() {
        members.remove("last_received");
        members.values_mut().for_each(forget_when_received);
    }
}

fn blake3(value: &Value) -> String {
    blake3::hash(text(value).unwrap_or_default().as_bytes()).to_hex().to_string()
}

/// RFC 8785 of what is known: nothing for null, and for an object in which nothing is left.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Object(members) => {
            let mut known: Vec<_> =
                members.iter().filter_map(|(name, value)| Some((name, text(value)?))).collect();
            known.sort_by_key(|(name, _)| name.encode_utf16().collect::<Vec<_>>());
            let known: Vec<_> =
                known.iter().map(|(name, value)| format!("{}:{value}", Value::from(name.as_str()))).collect();
            (!known.is_empty()).then(|| format!("{{{}}}", known.join(",")))
        }
        Value::Number(number) => {
            assert!(number.is_i64() || number.is_u64(), "boards hold integers only, not {number}");
            Some(number.to_string())
        }
        Value::String(_) | Value::Bool(_) => Some(value.to_string()),
        Value::Array(_) => panic!("boards hold no arrays"),
    }
}

/// Applies a JSON Merge Patch (RFC 7396).
#[must_use]
pub fn patched(target: Value, patch: &Value) -> Value {
    let Value::Object(changes) = patch else { return patch.clone() };
    let mut members = if let Value::Object(members) = target { members } else { serde_json::Map::new() };
    for (name, change) in changes {
        let before = members.remove(name).unwrap_or_default();
        if !change.is_null() {
            members.insert(name.clone(), patched(before, change));
        }
    }
    Value::Object(members)
}
