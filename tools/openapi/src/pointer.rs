//! JSON pointers: the one place that escapes and takes apart their steps, and what `$ref` points to.

use serde_json::Value;

/// `pointer` with one more step, escaped as JSON pointers want it.
pub fn join(pointer: &str, key: &str) -> String {
    if key.contains(['~', '/']) {
        format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
    } else {
        format!("{pointer}/{key}")
    }
}

/// The pointer above, and the last step as it is written there.
pub fn split(pointer: &str) -> Option<(&str, &str)> {
    pointer.rsplit_once('/')
}

/// Is `pointer` at or below `above`?
pub fn is_within(pointer: &str, above: &str) -> bool {
    pointer.strip_prefix(above).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// One step, unescaped.
pub fn unescaped(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

/// The pointer of a reference inside the document, with `%7B` and the like read: a reference is part of an address.
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

/// What a `$ref` inside a document points to, or the value itself.
#[must_use]
pub fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    followed(document, value, String::new()).0
}

/// What a `$ref` inside the document points to, or the value itself, and its pointer.
pub fn followed<'a>(root: &'a Value, mut value: &'a Value, pointer: String) -> (&'a Value, String) {
    /// References that are followed before a circle is assumed.
    const MAX_HOPS: usize = 32;

    let mut at = pointer;
    for _ in 0..MAX_HOPS {
        let Some(next) = value.get("$ref").and_then(Value::as_str).and_then(target) else { break };
        let Some(found) = root.pointer(&next) else { break };
        (value, at) = (found, next);
    }
    (value, at)
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
    fn references_are_followed_and_circles_end() {
        let root = json!({ "a": { "$ref": "#/%62" }, "b": { "$ref": "#/c" }, "c": 7, "d": { "$ref": "#/d" } });

        assert_eq!(followed(&root, &root["a"], "/a".to_owned()), (&root["c"], "/c".to_owned()));
        assert_eq!(resolved(&root, &root["d"]), &root["d"]);
    }
}
