//! JSON pointers: escapes and splits their steps, and resolves `$ref`.

use serde_json::Value;

/// The member of the root that holds the other files of the document, each under its path relative
/// to the document.
pub const FILES: &str = "$files";

/// Returns `pointer` with one more step, escaped as JSON pointers require.
pub fn join(pointer: &str, key: &str) -> String {
    if key.contains(['~', '/']) {
        format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
    } else {
        format!("{pointer}/{key}")
    }
}

/// Returns the pointer of the parent, and the last step as it is written, without unescaping it.
pub fn split(pointer: &str) -> Option<(&str, &str)> {
    pointer.rsplit_once('/')
}

/// Returns whether `pointer` is at or below `above`.
pub fn is_within(pointer: &str, above: &str) -> bool {
    pointer.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Returns one step, unescaped.
pub fn unescaped(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

/// Returns the pointer of a reference inside the document. Escapes such as `%7B` are decoded,
/// because a reference is part of a URL.
pub fn target(reference: &str) -> Option<String> {
    let pointer = reference.strip_prefix('#')?;
    let mut parts = pointer.split('%');
    let mut decoded = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let byte = part.get(..2).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        decoded.push(byte.unwrap_or(b'%'));
        decoded.extend_from_slice(part.as_bytes().get(if byte.is_some() { 2 } else { 0 }..).unwrap_or_default());
    }
    Some(String::from_utf8_lossy(&decoded).into_owned())
}

/// Returns the value that a `$ref` inside a document points to, or the value itself.
#[must_use]
pub fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    followed(document, value, String::new()).0
}

/// Returns the value that a `$ref` inside the document points to, or the value itself, with its
/// pointer.
pub fn followed<'a>(root: &'a Value, mut value: &'a Value, pointer: String) -> (&'a Value, String) {
    /// The most references that are followed before a cycle is assumed.
    const MAX_HOPS: usize = 32;

    let mut at = pointer;
    for _ in 0..MAX_HOPS {
        let Some(next) = value.get("$ref").and_then(Value::as_str).and_then(target) else { break };
        let Some(found) = root.pointer(&next) else { break };
        (value, at) = (found, next);
    }
    (value, at)
}

/// Returns whether this member holds a value of the API rather than a part of the description.
#[must_use]
pub fn is_value(key: &str) -> bool {
    VALUES.contains(&key) || key.starts_with("x-")
}

/// Returns whether this text of a discriminator's `mapping` is the name of a schema rather than a
/// reference. A name may contain dots, but not end like the name of a file.
#[must_use]
pub fn is_schema_name(text: &str) -> bool {
    !text.contains(['#', '/']) && ![".yaml", ".yml", ".json"].iter().any(|end| text.ends_with(end))
}

/// Returns whether this member is a map with keys chosen by the author.
#[must_use]
pub fn has_names(key: &str) -> bool {
    NAMES.contains(&key)
}

const VALUES: [&str; 5] = ["example", "default", "enum", "const", "value"];
const NAMES: [&str; 18] = [
    "properties",
    "patternProperties",
    "$defs",
    "definitions",
    "dependentSchemas",
    "schemas",
    "responses",
    "parameters",
    "examples",
    "requestBodies",
    "headers",
    "links",
    "callbacks",
    "pathItems",
    "paths",
    "webhooks",
    "content",
    "encoding",
];

/// Calls `found` with the pointer and the text of each reference: each `$ref`, and each value of a
/// discriminator's `mapping`. Anything inside an example that looks like one is skipped. A text
/// named `$ref` is also a reference where names are expected: no name has a text as its value.
pub fn each_reference(value: &mut Value, found: &mut dyn FnMut(&str, &mut String)) {
    walk(value, &mut String::new(), false, found);
}

fn walk(value: &mut Value, at: &mut String, are_names: bool, found: &mut dyn FnMut(&str, &mut String)) {
    match value {
        Value::Object(members) => {
            for (key, inner) in members {
                let length = at.len();
                *at = join(at, key);
                match inner {
                    Value::String(text) if key == "$ref" => found(at, text),
                    Value::Object(discriminator) if key == "discriminator" && !are_names => {
                        let mapping = discriminator.get_mut("mapping").and_then(Value::as_object_mut);
                        for (word, inner) in mapping.into_iter().flatten() {
                            if let Value::String(text) = inner
                                && !is_schema_name(text)
                            {
                                found(&join(&join(at, "mapping"), word), text);
                            }
                        }
                    }
                    _ if !are_names && is_value(key) => {}
                    // A schema has a list of examples, and anything else has a map of them.
                    Value::Array(_) if !are_names && key == "examples" => {}
                    _ => walk(inner, at, !are_names && has_names(key), found),
                }
                at.truncate(length);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter_mut().enumerate() {
                let length = at.len();
                *at = join(at, &index.to_string());
                walk(item, at, false, found);
                at.truncate(length);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_pointer_is_within_itself_and_below_but_not_beside() {
        assert!(is_within("/a/b", "/a/b") && is_within("/a/b/c", "/a/b") && is_within("/a", ""));
        assert!(!is_within("/a/bc", "/a/b") && !is_within("/a", "/a/b"));
    }

    #[test]
    fn steps_are_escaped_and_back() {
        assert_eq!(join("/paths", "/a~b"), "/paths/~1a~0b");
        assert_eq!(
            split("/paths/~1a~0b").map(|(above, step)| (above, unescaped(step))),
            Some(("/paths", "/a~b".into()))
        );
    }

    #[test]
    fn references_are_followed_and_cycles_end() {
        let root = json!({ "a": { "$ref": "#/%62" }, "b": { "$ref": "#/c" }, "c": 7, "d": { "$ref": "#/d" } });

        assert_eq!(followed(&root, &root["a"], "/a".to_owned()), (&root["c"], "/c".to_owned()));
        assert_eq!(resolved(&root, &root["d"]), &root["d"]);
    }
}
