//! What plex.tv says was wrong: one type for all the forms it says it in.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;

/// One entry of plex.tv's error list.
///
/// `Debug` leaves out the message: it is plex.tv's text, and may repeat what was sent.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
pub struct PlexError {
    #[serde(default, deserialize_with = "crate::runtime::wire::read::deserialize")]
    code: Option<i64>,
    #[serde(default, deserialize_with = "crate::runtime::wire::read::deserialize")]
    message: Option<String>,
    #[serde(default, deserialize_with = "crate::runtime::wire::read::deserialize")]
    status: Option<i64>,
    #[serde(default, deserialize_with = "crate::runtime::wire::read::deserialize")]
    field: Option<String>,
}

impl PlexError {
    /// plex.tv's code, as in 1001.
    pub fn code(&self) -> Option<i64> {
        self.code
    }

    /// plex.tv's text, for people; it changes without notice.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// The status inside the entry, which may differ from the reply's.
    pub fn status(&self) -> Option<i64> {
        self.status
    }

    /// The field that a validation refused.
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }
}

impl fmt::Debug for PlexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlexError").field("code", &self.code).field("status", &self.status).finish_non_exhaustive()
    }
}

/// Reads `{"errors":[…]}`, `{"error":"…"}`, `<errors><error …/></errors>` and `<Response …/>`; empty for all else.
pub(crate) fn parse_plex_errors(body: &[u8]) -> Vec<PlexError> {
    let text = text_of(body);
    match serde_json::from_str(&text) {
        Ok(value) => from_json(&value),
        Err(_) => from_xml(&text),
    }
}

/// A body as text, without the byte order mark; what is not UTF-8 is replaced.
pub(crate) fn text_of(body: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body))
}

fn from_json(value: &Value) -> Vec<PlexError> {
    let entries = match &value["errors"] {
        Value::Array(entries) => entries.as_slice(),
        entry @ Value::Object(_) => std::slice::from_ref(entry),
        _ => &[],
    };
    let mut errors: Vec<PlexError> = entries.iter().filter_map(|entry| PlexError::deserialize(entry).ok()).collect();
    if let (true, Some(message)) = (errors.is_empty(), value["error"].as_str()) {
        errors.push(PlexError { message: Some(message.to_owned()), ..PlexError::default() });
    }
    errors
}

/// Error replies are a few flat elements, so their attributes are all there is to read.
fn from_xml(text: &str) -> Vec<PlexError> {
    let of = |element: &str, attribute: &str| attribute_of(element, attribute);
    let elements = |name: &'static str| {
        text.match_indices(name).filter_map(move |(start, _)| {
            let element = &text[start + name.len()..];
            element.starts_with([' ', '\t', '\n', '\r']).then(|| element.split('>').next().unwrap_or_default())
        })
    };
    let errors: Vec<PlexError> = elements("<error")
        .map(|element| PlexError {
            code: of(element, "code").and_then(|code| code.parse().ok()),
            message: of(element, "message"),
            status: of(element, "status").and_then(|status| status.parse().ok()),
            field: of(element, "field"),
        })
        .collect();
    if !errors.is_empty() {
        return errors;
    }
    elements("<Response")
        .map(|element| PlexError {
            status: of(element, "code").and_then(|status| status.parse().ok()),
            message: of(element, "status"),
            ..PlexError::default()
        })
        .collect()
}

fn attribute_of(element: &str, name: &str) -> Option<String> {
    let start = element
        .match_indices(name)
        .find(|(at, _)| element[..*at].ends_with(char::is_whitespace) && element[at + name.len()..].starts_with('='))?
        .0;
    let value = &element[start + name.len() + 1..];
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let value = value[1..].split(quote).next()?;
    let entities = [("&quot;", "\""), ("&apos;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")];
    Some(entities.iter().fold(value.to_owned(), |text, (entity, plain)| text.replace(entity, plain)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(body: &str) -> Vec<Option<i64>> {
        parse_plex_errors(body.as_bytes()).iter().map(PlexError::code).collect()
    }

    #[test]
    fn all_forms_of_an_error_body_are_read() {
        assert_eq!(codes(r#"{"errors":[{"code":1020,"message":"gone"}]}"#), [Some(1020)]);
        assert_eq!(codes(r#"{"errors":[{"code":"1041"}]}"#), [Some(1041)]);
        assert_eq!(codes("\u{feff}{\"errors\":[{\"code\":1001}]}"), [Some(1001)]);
        assert_eq!(
            codes(r#"<?xml version="1.0"?><errors><error code="1999" field="base" status="400"/></errors>"#),
            [Some(1999)]
        );

        let single = &parse_plex_errors(br#"{"error":"Invalid token"}"#)[0];
        assert_eq!((single.code(), single.message()), (None, Some("Invalid token")));

        let first_version = &parse_plex_errors(br#"<Response code="410" status="This was &quot;removed&quot;"/>"#)[0];
        assert_eq!((first_version.status(), first_version.message()), (Some(410), Some("This was \"removed\"")));
    }

    #[test]
    fn bodies_without_errors_give_none_and_never_panic() {
        for body in [
            "",
            "null",
            "[]",
            "{}",
            "<html>",
            "<error",
            "<error code=",
            "<error code=\"",
            "<error é=\"1\"",
            "\u{0}",
            r#"{"errors":7}"#,
        ] {
            assert_eq!(
                codes(body),
                Vec::<Option<i64>>::new()
                    .into_iter()
                    .chain(body.starts_with("<error ").then_some(None))
                    .collect::<Vec<_>>(),
                "{body}"
            );
        }
    }

    #[test]
    fn debug_leaves_the_servers_text_out() {
        let error = &parse_plex_errors(br#"{"errors":[{"code":1001,"message":"bad token CANARY"}]}"#)[0];

        assert!(!format!("{error:?}").contains("CANARY"));
    }
}
