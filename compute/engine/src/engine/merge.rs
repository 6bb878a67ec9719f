//! JSON merge patch for pipeline documents.

use serde_json::{Map, Value};

/// The arrays whose entries have names, with the key that names them.
const NAMED: [(&str, &str); 2] = [("PLUGINS", "SIGNATURE"), ("INSTANCES", "INSTANCE_ID")];
/// The key by which a patch takes a named entry away.
const REMOVE: &str = "REMOVE";

/// Changes a document as RFC 7396 says, except that entries of `PLUGINS` and `INSTANCES` are merged by their names.
pub(super) fn merge_patch(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(target) = target else { return };
    for (key, change) in patch {
        let name_key = NAMED.iter().find(|(array, _)| array == key).map(|(_, name_key)| *name_key);
        match (change, name_key) {
            (Value::Null, _) => {
                target.remove(key);
            }
            (Value::Array(changes), Some(name_key)) => {
                merge_named(target.entry(key.clone()).or_insert(Value::Array(Vec::new())), changes, name_key);
            }
            _ => merge_patch(target.entry(key.clone()).or_insert(Value::Null), change),
        }
    }
}

/// Merges each change into the entry of the same name, or adds it.
fn merge_named(target: &mut Value, changes: &[Value], name_key: &str) {
    if !target.is_array() {
        *target = Value::Array(Vec::new());
    }
    let Value::Array(entries) = target else { return };
    for change in changes {
        let name = change.get(name_key);
        let known = entries.iter().position(|entry| name.is_some() && entry.get(name_key) == name);
        match (known, change.get(REMOVE)) {
            (Some(at), Some(Value::Bool(true))) => {
                entries.remove(at);
            }
            (Some(at), _) => merge_patch(&mut entries[at], change),
            (None, _) => {
                // A merge into nothing drops what the patch only takes away.
                let mut entry = Value::Null;
                merge_patch(&mut entry, change);
                entries.push(entry);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn merged(mut target: Value, patch: Value) -> Value {
        merge_patch(&mut target, &patch);
        target
    }

    /// The examples of RFC 7396, appendix A.
    #[test]
    fn the_examples_of_the_standard_hold() {
        for (target, patch, result) in [
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
        ] {
            assert_eq!(merged(target.clone(), patch.clone()), result, "{target} with {patch}");
        }
    }

    #[test]
    fn plugins_and_instances_are_merged_by_name() {
        let target = json!({ "PLUGINS": [
            { "SIGNATURE": "A", "INSTANCES": [{ "INSTANCE_ID": "one", "X": 1, "Y": 2 }, { "INSTANCE_ID": "two", "X": 1 }] },
            { "SIGNATURE": "B", "INSTANCES": [{ "INSTANCE_ID": "one" }] },
        ]});
        let patch = json!({ "PLUGINS": [
            { "SIGNATURE": "A", "INSTANCES": [
                { "INSTANCE_ID": "one", "X": 7, "Y": null }, { "INSTANCE_ID": "two", "REMOVE": true }, { "INSTANCE_ID": "three", "Z": null },
            ] },
            { "SIGNATURE": "B", "REMOVE": true },
            { "SIGNATURE": "C", "INSTANCES": [{ "INSTANCE_ID": "one" }] },
        ]});
        let expected = json!({ "PLUGINS": [
            { "SIGNATURE": "A", "INSTANCES": [{ "INSTANCE_ID": "one", "X": 7 }, { "INSTANCE_ID": "three" }] },
            { "SIGNATURE": "C", "INSTANCES": [{ "INSTANCE_ID": "one" }] },
        ]});
        assert_eq!(merged(target, patch), expected);
    }
}
