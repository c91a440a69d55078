//! Finds where two values differ, independently of the rules. This proves that no difference is
//! missed.

use serde_json::{Map, Value};

use plex_tv_openapi::pointer::join;

/// Returns the pointers of all leaves that differ, in order. For a map that only one side has,
/// these are the leaves inside it.
pub(crate) fn differences(base: &Value, head: &Value) -> Vec<String> {
    let mut found = Vec::new();
    walk(Some(base), Some(head), String::new(), &mut found);
    found
}

fn walk(base: Option<&Value>, head: Option<&Value>, at: String, found: &mut Vec<String>) {
    if base == head {
        return;
    }
    let empty = Map::new();
    let maps = match (base, head) {
        (Some(Value::Object(base)), Some(Value::Object(head))) => Some((base, head)),
        (Some(Value::Object(base)), None) if !base.is_empty() => Some((base, &empty)),
        (None, Some(Value::Object(head))) if !head.is_empty() => Some((&empty, head)),
        _ => None,
    };
    let Some((base, head)) = maps else { return found.push(at) };
    for (key, value) in base {
        walk(Some(value), head.get(key), join(&at, key), found);
    }
    for (key, value) in head.iter().filter(|(key, _)| !base.contains_key(*key)) {
        walk(None, Some(value), join(&at, key), found);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_leaf_that_differs_is_found_once() {
        let base = json!({ "same": [1], "list": [1, 2], "gone": { "a": 1, "b": {} }, "deep": { "x": 1, "y": 2 } });
        let head = json!({ "same": [1], "list": [2, 1], "deep": { "x": 1, "y": 3 }, "new": null });

        assert_eq!(differences(&base, &head), ["/deep/y", "/gone/a", "/gone/b", "/list", "/new"]);
        assert_eq!(differences(&base, &base), [""; 0]);
    }
}
