//! JSON Merge Patch (RFC 7396): what became unknown is set to null.

use serde_json::{Map, Value};

/// The patch that leads from one object to another; `None` where they are equal.
///
/// Both must be free of null members, which merge patches cannot express: canonical boards are.
#[must_use]
pub fn between(before: &Value, after: &Value) -> Option<Value> {
    let (Value::Object(old), Value::Object(new)) = (before, after) else {
        return (before != after).then(|| after.clone());
    };
    let mut patch = Map::new();
    for (name, value) in new {
        match old.get(name) {
            None => {
                patch.insert(name.clone(), value.clone());
            }
            Some(known) => {
                if let Some(change) = between(known, value) {
                    patch.insert(name.clone(), change);
                }
            }
        }
    }
    for name in old.keys().filter(|name| !new.contains_key(*name)) {
        patch.insert(name.clone(), Value::Null);
    }
    (!patch.is_empty()).then_some(Value::Object(patch))
}

/// Applies a patch in place.
pub fn apply(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        target.clone_from(patch);
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(members) = target else { return };
    for (name, change) in changes {
        if change.is_null() {
            members.remove(name);
        } else {
            apply(members.entry(name.clone()).or_insert(Value::Null), change);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn leads_from_one_board_to_the_next() {
        let before = json!({"a": 1, "b": {"c": 2, "d": 3}, "e": {"f": 4}});
        let after = json!({"a": 1, "b": {"c": 5}, "g": {"h": {"i": 6}}});
        let patch = between(&before, &after).unwrap();
        assert_eq!(patch, json!({"b": {"c": 5, "d": null}, "e": null, "g": {"h": {"i": 6}}}));
        let mut applied = before;
        apply(&mut applied, &patch);
        assert_eq!(applied, after);
        assert_eq!(between(&after, &after), None);
    }
}
