//! Marks the parts of a JSON text that cannot be read, so that the rest can be.
//!
//! A JSON reader stops at text that is not UTF-8, at a control character or half a surrogate pair
//! in a text, and at a number that no float can hold. One broken name would make a whole list
//! unreadable.

use std::fmt::Write as _;

use serde_json::Value;

/// The member that replaces a broken text or number. No API has a member of this name.
pub(super) const UNREADABLE: &str = "\u{0}unreadable";

const VALUE: &str = r#"{"\u0000unreadable":0}"#;
const NAME: &str = r#""\u0000unreadable""#;

/// Returns the JSON with each broken text and number replaced by an object that fits no slot.
/// Returns `None` if there is none, or if the JSON is broken elsewhere.
pub(super) fn repaired(json: &[u8]) -> Option<String> {
    let mut text = String::with_capacity(json.len());
    let mut is_changed = false;
    let mut rest = json;
    while let Some(&first) = rest.first() {
        let length = match first {
            b'"' => end_of_text(rest)?,
            b'-' | b'0'..=b'9' => {
                let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
                rest.iter().take_while(|byte| is_part(byte)).count()
            }
            _ => 1,
        };
        let (token, behind) = rest.split_at_checked(length)?;
        rest = behind;
        let is_readable = match first {
            b'"' => serde_json::from_slice::<String>(token).is_ok(),
            b'-' | b'0'..=b'9' => serde_json::from_slice::<f64>(token).is_ok(),
            _ => first.is_ascii(),
        };
        match std::str::from_utf8(token) {
            Ok(token) if is_readable => text.push_str(token),
            _ if first.is_ascii() => {
                let is_name = rest.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':');
                // Writing to a `String` cannot fail.
                let _ = write!(text, "{}", if is_name { NAME } else { VALUE });
                is_changed = true;
            }
            _ => return None,
        }
    }
    is_changed.then_some(text)
}

/// Returns the length of a text, including its quotes.
fn end_of_text(rest: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        match rest.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// Whether there is a replaced text or number anywhere in a value.
pub(super) fn is_unreadable(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.contains_key(UNREADABLE) || members.values().any(is_unreadable),
        Value::Array(items) => items.iter().any(is_unreadable),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_texts_and_numbers_are_marked_and_the_rest_stays() {
        let cases: [(&[u8], &str); 5] = [
            (b"[{\"a\":\"\xe9\",\"b\":1}]", r#"[{"a":{"\u0000unreadable":0},"b":1}]"#),
            (b"[\"a\x01b\", \"c\"]", r#"[{"\u0000unreadable":0}, "c"]"#),
            (b"{\"\x02\" : 2}", r#"{"\u0000unreadable" : 2}"#),
            (b"[1e400,-7.5,\"\\ud800\"]", r#"[{"\u0000unreadable":0},-7.5,{"\u0000unreadable":0}]"#),
            ("[\"\u{0}\", \"é\"]".as_bytes(), r#"[{"\u0000unreadable":0}, "é"]"#),
        ];

        for (json, wanted) in cases {
            assert_eq!(repaired(json).as_deref(), Some(wanted));
        }
    }

    #[test]
    fn json_that_is_intact_or_broken_elsewhere_is_left_alone() {
        for json in [r#"{"a":["é","\"",1.5]}"#, "{\"a\"", "\"abc", ""] {
            assert_eq!(repaired(json.as_bytes()), None, "{json}");
        }
        assert_eq!(repaired(b"[\xff]"), None);
    }
}
