//! Decode errors: the path and the reason, without the value.

use serde::de::DeserializeOwned;

use super::{Error, ErrorKind};

/// The error for a body that did not decode as `T`.
pub(crate) fn decode_failure<T: DeserializeOwned>(body: &[u8]) -> Error {
    let (path, message) = decode_message::<T>(body);
    Error::new(ErrorKind::Decode, format!("the reply does not fit the description: {message}")).with_json_path(path)
}

/// Decodes again, slowly, to learn `(path, reason with the path)`. Only failures pay for the path.
pub(crate) fn decode_message<T: DeserializeOwned>(body: &[u8]) -> (Option<String>, String) {
    let deserializer = &mut serde_json::Deserializer::from_slice(body);
    let Err(error) = serde_path_to_error::deserialize::<_, T>(deserializer) else {
        let message = match std::str::from_utf8(body) {
            Ok(_) => "there is more after its end".to_owned(),
            Err(error) => format!("its byte {} is no UTF-8", error.valid_up_to()),
        };
        return (None, message);
    };
    let path = error.path().to_string();
    // `?` stands for a place that has no name yet: the text ended there.
    let path = path.trim_end_matches(".?");
    let reason = without_values(&error.into_inner().to_string());
    match path {
        "." | "?" => (None, reason),
        _ => (Some(path.to_owned()), format!("{reason} at {path}")),
    }
}

/// serde quotes the value it stumbled over, which may be a secret: `invalid type: string "…", expected …`.
fn without_values(message: &str) -> String {
    let mut message = message.to_owned();
    if let Some(end) = message.rfind(" at line ") {
        message.truncate(end);
    }
    let Some((before, after)) = message.split_once(", expected ") else {
        return message;
    };
    let before = match before.find(['"', '`']) {
        Some(start) if before.starts_with("invalid ") || before.starts_with("unknown variant") => {
            before[..start].trim_end()
        }
        _ => before,
    };
    // A value may itself contain the words `, expected `; the last ones are serde's.
    let expected = after.rsplit(", expected ").next().unwrap_or(after);
    format!("{before}, expected {expected}")
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    struct Outer {
        rows: Vec<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    struct Inner {
        id: u8,
    }

    #[test]
    fn what_follows_the_end_and_what_is_no_text_is_told_apart() {
        let reason = |body: &[u8]| decode_message::<Outer>(body).1;

        assert_eq!(reason(br#"{"rows":[]} {}"#), "there is more after its end");
        assert_eq!(reason(b"{\"rows\":[],\"other\":\"\xff\"}"), "its byte 20 is no UTF-8");
    }

    #[test]
    fn the_path_and_the_reason_are_told_and_the_value_is_not() {
        let cases = [
            (
                r#"{"rows":[{"id":1},{"id":"CANARY, expected CANARY"}]}"#,
                "invalid type: string, expected u8 at rows[1].id",
            ),
            (r#"{"rows":[{}]}"#, "missing field `id` at rows[0]"),
            (r#"{"rows":[{"id":300}]}"#, "invalid value: integer, expected u8 at rows[0].id"),
            (r#"{"rows":"CANARY"}"#, "invalid type: string, expected a sequence at rows"),
            (r#""CANARY""#, "invalid type: string, expected struct Outer"),
            (r#"{"rows":[{"id":1"#, "EOF while parsing an object at rows[0]"),
        ];

        for (body, wanted) in cases {
            assert_eq!(decode_message::<Outer>(body.as_bytes()).1, wanted, "{body}");
        }
    }
}
