//! plex.tv's error lists: one type for all their forms.

use std::fmt;

use serde_json::{Map, Value};

use super::{
    json,
    text::{cut, text_of},
};
use crate::runtime::xml;

/// The most entries of one refusal that are kept. Those of plex.tv have one or two.
const MOST_ENTRIES: usize = 32;
/// The most values of JSON, or elements and attributes of XML, that are read from one refusal.
const MOST_VALUES: usize = 4096;
/// The most levels of nesting in which entries are searched for.
const MAX_DEPTH: usize = 8;
/// The most bytes of a message or a field that are kept.
const MOST_TEXT: usize = 4096;

/// One entry of plex.tv's error list.
///
/// `Debug` leaves out the message: it is plex.tv's text, and may repeat what was sent.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct PlexError {
    code: Option<i64>,
    message: Option<String>,
    status: Option<i64>,
    field: Option<String>,
}

impl PlexError {
    /// plex.tv's code, such as 1001.
    pub fn code(&self) -> Option<i64> {
        self.code
    }

    /// plex.tv's message for people, cut to 4 KiB. It may change without notice.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// The status inside the entry, which may differ from the reply's.
    pub fn status(&self) -> Option<i64> {
        self.status
    }

    /// The field that a validation refused, such as `email` or `user.email`.
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// Drops the texts that may repeat parts of the request.
    pub(super) fn drop_texts(&mut self) {
        self.message = None;
        self.field = None;
    }

    /// Whether a 422 reports an invalid token, as a 401 should. The code, if there is one, is a
    /// general one: others are about the tokens of discounts and providers.
    pub(super) fn is_of_a_dead_token(&self) -> bool {
        let names_it = |message: &str| {
            let message = message.to_ascii_lowercase();
            message.contains("invalid token") || message.contains("invalid authentication token")
        };
        matches!(self.code, None | Some(1001 | 1008 | 1998 | 1999)) && self.message().is_some_and(names_it)
    }

    /// Reads an entry that is an object or an element, by the names of its members. An HTTP status
    /// may be called `code`, too.
    fn from_members(members: &Map<String, Value>) -> Self {
        let mut entry = Self::default();
        let (mut text, mut title, mut named_code) = (None, None, None);
        for (name, value) in members {
            match plain(name).as_str() {
                "code" => named_code = integer(value),
                "statuscode" => entry.status = integer(value),
                "status" => {
                    entry.status = entry.status.or(integer(value));
                    title = title.or_else(|| words(value).filter(|_| integer(value).is_none()));
                }
                "message" => entry.message = words(value),
                "error" | "errors" => title = words(value),
                "field" => entry.field = words(value),
                xml::TEXT => text = words(value),
                _ => {}
            }
        }
        match named_code {
            Some(status @ 100..=599) => entry.status = entry.status.or(Some(status)),
            code => entry.code = code,
        }
        entry.message = entry.message.or(text).or(title);
        entry
    }

    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl fmt::Debug for PlexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlexError").field("code", &self.code).field("status", &self.status).finish_non_exhaustive()
    }
}

/// Reads the errors of a refusal from JSON or XML. The known forms are:
///
/// - `{"errors":[{"code":1001,"message":"…","status":401}]}`, also with texts in place of objects,
///   and with a single entry in place of the list
/// - `{"error":"…"}`, `{"message":"…","statusCode":400}`, and `"…"` alone
/// - `{"Error":{"error":"Bad Request","message":"…","statusCode":400}}`, as sent by the hosts of
///   providers
/// - `{"errors":{"email":["…"]}}`, which maps fields to their messages
/// - each of these as XML, with members as attributes or elements, and the message as the text of
///   its element
/// - `<Response code="410" status="…"/>`
///
/// XML may be cut off. Empty entries are left out.
pub(crate) fn parse_plex_errors(body: &[u8]) -> Vec<PlexError> {
    let text = text_of(body);
    let mut entries = Entries(Vec::new());
    if let Some(value) = json::beginning(text.trim(), MOST_VALUES) {
        let place = if value.is_object() { Place::Around } else { Place::Within(None) };
        entries.read(&value, &place, 0);
    } else if let Some((root, value)) = xml::beginning_to_json(&text, MOST_VALUES) {
        entries.read(&Value::Object(Map::from_iter([(root, value)])), &Place::Around, 0);
    }
    entries.0
}

/// The position of a value.
enum Place<'a> {
    /// Around the errors, or next to them.
    Around,
    /// Within the errors, below this field if it is one.
    Within(Option<&'a str>),
}

impl Place<'_> {
    fn field(&self) -> Option<&str> {
        match self {
            Self::Around => None,
            Self::Within(field) => *field,
        }
    }
}

struct Entries(Vec<PlexError>);

impl Entries {
    fn read(&mut self, value: &Value, place: &Place<'_>, depth: usize) {
        if depth > MAX_DEPTH {
            return;
        }
        match (value, place) {
            (Value::Object(members), _) => self.read_object(members, place, depth),
            (Value::Array(items), Place::Within(_)) => items.iter().for_each(|item| self.read(item, place, depth + 1)),
            (Value::String(_), Place::Within(_)) => {
                self.add(PlexError { message: words(value), ..PlexError::default() }, place);
            }
            (Value::Number(_), Place::Within(_)) => {
                let code = integer(value).filter(|code| (1000..2000).contains(code));
                self.add(PlexError { code, ..PlexError::default() }, place);
            }
            _ => {}
        }
    }

    fn read_object(&mut self, members: &Map<String, Value>, place: &Place<'_>, depth: usize) {
        let before = self.0.len();
        // A list is more specific than a text next to it.
        for wanted in ["errors", "error"] {
            let errors = members.iter().filter(|(name, value)| plain(name) == wanted && !value.is_string());
            errors.for_each(|(_, value)| self.read(value, &Place::Within(place.field()), depth + 1));
            if self.0.len() > before {
                return;
            }
        }
        self.add(PlexError::from_members(members), place);
        if self.0.len() > before {
            return;
        }
        for (name, value) in members {
            match place {
                Place::Around if value.is_object() => self.read(value, &Place::Around, depth + 1),
                Place::Within(field) if !xml::is_mark(name, value) => {
                    let name = cut(name, MOST_TEXT);
                    let path = field.map_or_else(|| name.to_owned(), |field| format!("{field}.{name}"));
                    self.read(value, &Place::Within(Some(cut(&path, MOST_TEXT))), depth + 1);
                }
                _ => {}
            }
        }
    }

    fn add(&mut self, mut entry: PlexError, place: &Place<'_>) {
        if entry.is_empty() || self.0.len() >= MOST_ENTRIES {
            return;
        }
        entry.field = entry.field.or_else(|| place.field().map(str::to_owned));
        self.0.push(entry);
    }
}

/// Normalises the spelling of a name: `status_code` and `StatusCode` become `statuscode`.
fn plain(name: &str) -> String {
    name.replace(['-', '_'], "").to_ascii_lowercase()
}

/// Returns a text that is not blank, cut to the limit.
fn words(value: &Value) -> Option<String> {
    value.as_str().filter(|text| !text.trim().is_empty()).map(|text| cut(text, MOST_TEXT).to_owned())
}

fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::String(text) => text.trim().parse().ok(),
        _ => {
            value.as_i64().or_else(|| value.as_f64().filter(|number| number.fract() == 0.0).map(|number| number as i64))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Said<'a> = (Option<i64>, Option<&'a str>, Option<i64>, Option<&'a str>);

    fn said(errors: &[PlexError]) -> Vec<Said<'_>> {
        errors.iter().map(|error| (error.code(), error.message(), error.status(), error.field())).collect()
    }

    #[track_caller]
    fn assert_says(body: &str, wanted: &[Said<'_>]) {
        assert_eq!(said(&parse_plex_errors(body.as_bytes())), wanted, "{body}");
    }

    fn only(message: &str) -> Said<'_> {
        (None, Some(message), None, None)
    }

    fn of_field<'a>(field: &'a str, message: &'a str) -> Said<'a> {
        (None, Some(message), None, Some(field))
    }

    #[test]
    fn lists_of_objects_and_of_texts_are_read() {
        let full = [(Some(1001), Some("No."), Some(401), None)];

        assert_says(r#"{"errors":[{"code":1001,"message":"No.","status":401}]}"#, &full);
        assert_says("\u{feff} {\"errors\":{\"code\":\"1001\",\"message\":\"No.\",\"status\":401.0}}\n", &full);
        assert_says(r#"[{"code":1001,"message":"No.","status":"401"}]"#, &full);
        assert_says(r#"{"code":1001,"message":"No.","statusCode":401}"#, &full);
        assert_says(
            r#"{"error":{"code":1001,"message":"No."},"status":401}"#,
            &[(Some(1001), Some("No."), None, None)],
        );
        assert_says(r#"{"errors":["One.","Two."]}"#, &[only("One."), only("Two.")]);
        assert_says(
            r#"{"errors":[{"code":1020},"Gone."],"message":"Both"}"#,
            &[(Some(1020), None, None, None), only("Gone.")],
        );
        assert_says(r#"{"errors":"No."}"#, &[only("No.")]);
        assert_says(r#"{"error":["No."]}"#, &[only("No.")]);
        assert_says(r#"{"error":"No."}"#, &[only("No.")]);
        assert_says(r#""No.""#, &[only("No.")]);
        assert_says(r#"["No."]"#, &[only("No.")]);
        assert_says(r#"{"error":1041}"#, &[(Some(1041), None, None, None)]);
        assert_says(r#"{"error":true,"message":"No."}"#, &[only("No.")]);
        assert_says("{\"error\":\"No,\u{1} \nno.\"}", &[only("No,   no.")]);
        assert_says(r#"{"response":{"data":null,"errors":[{"message":"No."}]}}"#, &[only("No.")]);
    }

    #[test]
    fn errors_from_the_hosts_of_providers_are_read() {
        let wanted = [(None, Some("Missing required param \"limit\"!"), Some(400), None)];

        assert_says(
            r#"{"Error":{"error":"Bad Request","message":"Missing required param \"limit\"!","statusCode":400}}"#,
            &wanted,
        );
        assert_says(
            r#"{"error":"Bad Request","message":"Missing required param \"limit\"!","status_code":"400"}"#,
            &wanted,
        );
        assert_says(
            r#"<Error statusCode="400" error="Bad Request" message="Missing required param &quot;limit&quot;!"/>"#,
            &wanted,
        );
        assert_says(
            r#"<MediaContainer size="0"><Error statusCode="400" message='Missing required param "limit"!'/></MediaContainer>"#,
            &wanted,
        );
        assert_says(
            r#"{"Error":{"error":"Not Found","statusCode":404}}"#,
            &[(None, Some("Not Found"), Some(404), None)],
        );
    }

    #[test]
    fn fields_with_their_messages_are_read() {
        let wanted = [of_field("email", "is taken"), of_field("email", "is odd"), of_field("user.name", "is blank")];

        assert_says(r#"{"errors":{"email":["is taken","is odd"],"user":{"name":"is blank"}}}"#, &wanted);
        assert_says(
            "<errors type='array'><email>is taken</email><email>is odd</email><user><name>is blank</name></user></errors>",
            &wanted,
        );
        assert_says(
            r#"{"errors":{"code":["is wrong"],"message":["is long","is rude"]}}"#,
            &[of_field("code", "is wrong"), of_field("message", "is long"), of_field("message", "is rude")],
        );
        assert_says(
            r#"{"errors":{"email":[{"error":"taken","value":"a"},{"code":1011,"field":"own"}],"x":[],"y":null}}"#,
            &[of_field("email", "taken"), (Some(1011), None, None, Some("own"))],
        );
    }

    #[test]
    fn xml_is_read_as_xml() {
        assert_says(
            r#"<?xml version="1.0"?><errors><error code="1999" field="base" status="400"/></errors>"#,
            &[(Some(1999), None, Some(400), Some("base"))],
        );
        assert_says(
            r#"<errors><error message="limit must be > 0 &amp; &lt; &#57;" status="400"/><error code='1001'>No.</error></errors>"#,
            &[(None, Some("limit must be > 0 & < 9"), Some(400), None), (Some(1001), Some("No."), None, None)],
        );
        for text in [
            "<errors>\n  <error>Invalid &lt;token&gt;</error>\n</errors>",
            "<errors><error><![CDATA[Invalid <token>]]></error></errors>",
            "<errors><error type=\"String\">Invalid &lt;<!-- -->token></error></errors>",
            "<error>Invalid &lt;token></error>",
            "<hash><error>Invalid &#x3c;token&#62;</error></hash>",
            "<errors>Invalid &lt;token></errors>",
        ] {
            assert_says(text, &[only("Invalid <token>")]);
        }
        assert_says("<error><code>1001</code><message>No.</message></error>", &[(Some(1001), Some("No."), None, None)]);
        assert_says(
            r#"<Response code="410" status="This was &quot;removed&quot;"/>"#,
            &[(None, Some("This was \"removed\""), Some(410), None)],
        );
        assert_says("<errors><error code='1001'/><error code='10", &[(Some(1001), None, None, None)]);
        assert_says("<error message='A & B, &nbsp;C'/>", &[only("A & B, &nbsp;C")]);
    }

    #[test]
    fn bodies_without_errors_give_no_entries() {
        for body in [
            "",
            " ",
            "null",
            "7",
            "true",
            "[]",
            "{}",
            "[null,[],{}]",
            "\u{0}",
            "\"\"",
            "{\"error\":\"\"}",
            r#"{"errors":7}"#,
            r#"{"errors":[{}]}"#,
            r#"{"errors":{"email":[""]}}"#,
            r#"{"errors":[{"request":{"id":7}}]}"#,
            "<html>",
            "<html><error>No.</error></html>",
            "<!DOCTYPE html><html><error code='1001'/>",
            "Bad gateway",
            "<error",
            "<error code=",
            "<error code=\"",
            "<error é=\"1\"",
            "<error/>",
            "<errors><error code=''/></errors>",
        ] {
            assert_says(body, &[]);
        }
    }

    #[test]
    fn however_long_a_refusal_is_its_first_entries_are_read_and_no_more() {
        for size in [1_000, 10_000, 100_000] {
            let json = r#"{"code":1001,"message":"No."},"#.repeat(size);
            let xml = "<error code='1001' message='No.'/>".repeat(size);
            for body in [
                format!(r#"{{"errors":[{json}null]}}"#),
                format!("[{json}null]"),
                format!("<errors>{xml}</errors>"),
                format!("<errors>{xml}"),
            ] {
                let errors = parse_plex_errors(body.as_bytes());

                assert_eq!((errors.len(), errors[0].code()), (MOST_ENTRIES, Some(1001)));
            }
        }
    }

    #[test]
    fn bodies_that_are_made_to_take_long_do_not() {
        const MANY: usize = 50_000;
        for body in [
            "<error ".repeat(MANY),
            "<error ".repeat(MANY) + ">",
            format!("<error {}/>", "code='1' ".repeat(MANY)),
            "<Response a='".repeat(MANY),
            "<error>".repeat(MANY),
            "{\"errors\":".repeat(MANY),
            "[".repeat(MANY),
            format!("{{\"errors\":{{\"{}\":[{}0]}}}}", "a".repeat(MANY), "{\"b\":[\"c\"]},".repeat(MANY)),
            "&amp;".repeat(MANY),
        ] {
            let errors = parse_plex_errors(body.as_bytes());

            assert!(errors.len() <= MOST_ENTRIES);
            assert!(errors.iter().all(|error| error.field().is_none_or(|field| field.len() <= MOST_TEXT)));
        }
    }

    #[test]
    fn debug_leaves_the_servers_text_out() {
        let error = &parse_plex_errors(br#"{"errors":[{"code":1001,"message":"bad token CANARY"}]}"#)[0];

        assert!(!format!("{error:?}").contains("CANARY"));
    }
}
