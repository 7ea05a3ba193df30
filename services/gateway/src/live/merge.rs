//! JSON Merge Patch (RFC 7396): applying one, and putting two into one.
//!
//! Not every pair of merge patches has a sum: "remove `k`" followed by "`k` is an object" cannot be
//! said in one patch without knowing what `k` held before. [`compose`] refuses such a pair, and the
//! caller sends the two one after the other.

use serde_json::{Map, Value};

/// Applies `patch` to `target`.
pub(crate) fn apply(target: &mut Value, patch: &Value) {
    let Value::Object(members) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    if let Value::Object(object) = target {
        for (key, value) in members {
            if value.is_null() {
                object.remove(key);
            } else {
                apply(object.entry(key.as_str()).or_insert(Value::Null), value);
            }
        }
    }
}

/// Makes `first` the patch that does what `first` and then `second` do. Answers `false`, and leaves
/// `first` alone, where no single patch can.
pub(crate) fn compose(first: &mut Value, second: &Value) -> bool {
    if !composable(first, second) {
        return false;
    }
    merge(first, second);
    true
}

fn composable(first: &Value, second: &Value) -> bool {
    match (first, second) {
        (Value::Object(first), Value::Object(second)) => {
            second.iter().all(|(key, value)| first.get(key).is_none_or(|earlier| composable(earlier, value)))
        }
        // An object patch keeps what it does not name, which the earlier replacement has taken away.
        (_, Value::Object(_)) => false,
        (_, _) => true,
    }
}

fn merge(first: &mut Value, second: &Value) {
    match (first, second) {
        (Value::Object(first), Value::Object(second)) => {
            for (key, value) in second {
                match first.get_mut(key) {
                    Some(earlier) => merge(earlier, value),
                    None => {
                        first.insert(key.clone(), value.clone());
                    }
                }
            }
        }
        (first, second) => *first = second.clone(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::btree_map;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// The examples of RFC 7396, appendix A.
    #[test]
    fn applies_as_the_standard_says() {
        let table = [
            (json!({"a":"b"}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"b"}), json!({"b":"c"}), json!({"a":"b","b":"c"})),
            (json!({"a":"b"}), json!({"a":null}), json!({})),
            (json!({"a":"b","b":"c"}), json!({"a":null}), json!({"b":"c"})),
            (json!({"a":["b"]}), json!({"a":"c"}), json!({"a":"c"})),
            (json!({"a":"c"}), json!({"a":["b"]}), json!({"a":["b"]})),
            (json!({"a":{"b":"c"}}), json!({"a":{"b":"d","c":null}}), json!({"a":{"b":"d"}})),
            (json!({"a":[{"b":"c"}]}), json!({"a":[1]}), json!({"a":[1]})),
            (json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"])),
            (json!({"a":"b"}), json!(["c"]), json!(["c"])),
            (json!({"a":"foo"}), json!(null), json!(null)),
            (json!({"a":"foo"}), json!("bar"), json!("bar")),
            (json!({"e":null}), json!({"a":1}), json!({"e":null,"a":1})),
            (json!([1, 2]), json!({"a":"b","c":null}), json!({"a":"b"})),
            (json!({}), json!({"a":{"bb":{"ccc":null}}}), json!({"a":{"bb":{}}})),
        ];
        for (target, patch, expected) in table {
            let mut result = target.clone();
            apply(&mut result, &patch);
            assert_eq!(result, expected, "{target} patched by {patch}");
        }
    }

    #[test]
    fn what_was_removed_and_came_back_as_an_object_is_not_composed() {
        let mut first = json!({"a": null, "b": 1});
        assert!(!compose(&mut first, &json!({"a": {"x": 1}})));
        assert_eq!(first, json!({"a": null, "b": 1}));
        assert!(compose(&mut first, &json!({"a": 7, "b": null})));
        assert_eq!(first, json!({"a": 7, "b": null}));
    }

    fn document() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![Just(Value::Null), (0..3i64).prop_map(Value::from)];
        leaf.prop_recursive(4, 24, 3, |inner| {
            btree_map("[ab]", inner, 0..3).prop_map(|members| Value::Object(members.into_iter().collect()))
        })
    }

    proptest! {
        #[test]
        fn applying_the_sum_is_applying_one_after_the_other(
            base in document(), first in document(), second in document(), third in document(),
        ) {
            let mut stepwise = base.clone();
            apply(&mut stepwise, &first);
            apply(&mut stepwise, &second);
            let mut sum = first.clone();
            prop_assume!(compose(&mut sum, &second));
            let mut at_once = base.clone();
            apply(&mut at_once, &sum);
            prop_assert_eq!(&at_once, &stepwise);

            apply(&mut stepwise, &third);
            if compose(&mut sum, &third) {
                let mut at_once = base;
                apply(&mut at_once, &sum);
                prop_assert_eq!(at_once, stepwise);
            }
        }
    }
}
