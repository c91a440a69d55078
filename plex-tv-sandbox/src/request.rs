use serde_json::{Map, Value};

use crate::host::Host;

/// A line of the log that [`Sandbox::requests`](crate::Sandbox::requests) returns. Tokens,
/// passwords, PINs and codes are replaced by `[redacted]`, also inside addresses. Headers are left
/// out.
///
/// # Example
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let sandbox = plex_tv_sandbox::Sandbox::start().await?;
/// let polls = sandbox.requests().iter().filter(|request| request.operation == Some("getToken")).count();
/// assert_eq!(polls, 0);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// `GET`, `POST`, …
    pub method: String,
    /// The host that the operation belongs to. `plex.tv` if there is no operation.
    pub host: Host,
    /// The path as it was sent, without the query. If the path holds a secret, this is the template
    /// of the operation, or the path up to the secret if there is no operation.
    pub path: String,
    /// The query parameters, in order. Empty if there is no operation.
    pub query: Vec<(String, String)>,
    /// A JSON body as it was sent, or a form as an object. Repeated names of a form have a list of
    /// values. Null for any other body.
    pub body: Value,
    /// The operation, if the sandbox serves one here.
    pub operation: Option<&'static str>,
    /// The status of the reply, or `None` if the connection was closed instead.
    pub status: Option<u16>,
}

impl Request {
    /// The first value of a query parameter.
    ///
    /// ```
    /// # async fn f(sandbox: plex_tv_sandbox::Sandbox) {
    /// let added = sandbox.requests().pop().and_then(|request| request.parameter("ratingKey").map(String::from));
    /// # }
    /// ```
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

const REDACTED: &str = "[redacted]";

/// A token that is shorter than this is not searched for in other values: it would be found by
/// chance.
const LEAST_TOKEN: usize = 8;

/// How many times a value is decoded in search of a secret: JSON or an address inside a value.
const MOST_DEPTH: u8 = 4;

/// Hides the secrets of one request. Secrets are found by the name of a parameter or member, also
/// in an address or in JSON inside a value, and the token of the caller is hidden everywhere. It
/// has no `Debug`, because it holds that token.
pub(crate) struct Redaction {
    token: Option<String>,
}

impl Redaction {
    pub(crate) fn new(token: Option<String>) -> Self {
        Self { token: token.filter(|token| token.len() >= LEAST_TOKEN) }
    }

    pub(crate) fn pairs(&self, pairs: Vec<(String, String)>) -> Vec<(String, String)> {
        let redact = |(name, value): (String, String)| {
            let value = if is_secret(&name) { String::from(REDACTED) } else { self.text(&value) };
            (name, value)
        };
        pairs.into_iter().map(redact).collect()
    }

    pub(crate) fn value(&self, value: Value) -> Value {
        self.value_at(value, MOST_DEPTH)
    }

    pub(crate) fn text(&self, text: &str) -> String {
        self.text_at(text, MOST_DEPTH)
    }

    fn value_at(&self, value: Value, depth: u8) -> Value {
        match value {
            Value::Object(members) => {
                let is_key = members.contains_key("kty");
                let redact = |(name, value): (String, Value)| {
                    // `d` is the private part of a JSON Web Key.
                    let hidden = (is_secret(&name) || is_key && name == "d") && !value.is_null();
                    let value = if hidden { Value::from(REDACTED) } else { self.value_at(value, depth) };
                    (name, value)
                };
                members.into_iter().map(redact).collect()
            }
            Value::Array(items) => items.into_iter().map(|item| self.value_at(item, depth)).collect(),
            Value::String(text) => Value::String(self.text_at(&text, depth)),
            other => other,
        }
    }

    fn text_at(&self, text: &str, depth: u8) -> String {
        let json: Option<Value> =
            text.trim_start().starts_with(['{', '[', '"']).then(|| serde_json::from_str(text).ok()).flatten();
        let mut clean = address(text);
        if let Some(token) = &self.token {
            clean = clean.replace(token, REDACTED);
        }
        let decoded = decoded(&clean);
        let Some(deeper) = depth.checked_sub(1) else {
            // What is inside is not looked at any more.
            return if json.is_some() || decoded != clean { String::from(REDACTED) } else { clean };
        };
        if let Some(json) = json {
            let redacted = self.value_at(json.clone(), deeper);
            return if redacted == json { String::from(text) } else { redacted.to_string() };
        }
        if decoded == clean {
            return clean;
        }
        let redacted = self.text_at(&decoded, deeper);
        if redacted == decoded { clean } else { redacted }
    }
}

/// Whether a parameter or member of this name holds a secret.
fn is_secret(name: &str) -> bool {
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let name = name.to_ascii_lowercase();
    let parts = ["token", "password", "passcode", "secret", "devicejwt", "verificationcode"];
    // `removePin` is a flag.
    ["code", "jwt", "otp"].contains(&name.as_str())
        || name.ends_with("pin") && name != "removepin"
        || parts.iter().any(|part| name.contains(part))
}

/// Hides the user information and the secret parameters of an address.
fn address(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    if let Some((scheme, after)) = text.split_once("://") {
        let end = after.find(['/', '?', '#']).unwrap_or(after.len());
        if let Some(at) = after[..end].rfind('@') {
            out.push_str(&format!("{scheme}://{REDACTED}"));
            rest = &after[at..];
        }
    }
    for part in rest.split_inclusive(['?', '&', '#', ';']) {
        let (pair, separator) = match part.char_indices().last() {
            Some((last, '?' | '&' | '#' | ';')) => part.split_at(last),
            _ => (part, ""),
        };
        match pair.split_once('=') {
            Some((name, value)) if !value.is_empty() && is_secret(&decoded(name)) => {
                out.push_str(name);
                out.push('=');
                out.push_str(REDACTED);
            }
            _ => out.push_str(pair),
        }
        out.push_str(separator);
    }
    out
}

/// Decodes percent-encoding. Anything malformed stays as it is.
pub(crate) fn decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let byte = |digits: &[u8]| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok();
        let encoded = after.get(..2).filter(|digits| *first == b'%' && digits.iter().all(u8::is_ascii_hexdigit));
        match encoded.and_then(byte) {
            Some(byte) => {
                out.push(byte);
                rest = &after[2..];
            }
            None => {
                out.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Converts a form to an object.
pub(crate) fn form_value(pairs: Vec<(String, String)>) -> Value {
    let mut members = Map::new();
    for (name, value) in pairs {
        match members.get_mut(&name) {
            Some(Value::Array(values)) => values.push(Value::String(value)),
            Some(first) => *first = Value::Array(Vec::from([first.take(), Value::String(value)])),
            None => {
                members.insert(name, Value::String(value));
            }
        }
    }
    Value::Object(members)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_are_hidden_at_any_depth_and_nothing_else_is() {
        let body = json!({
            "jwk": {"kid": "a"}, "jwt": "a.b.c", "invitedEmail": "friend@example.com", "settings": {"allowSync": true},
            "user[password]": "p", "data": [{"X-Plex-Token": "t", "pin": null, "pinned": 1}],
        });

        assert_eq!(
            Redaction::new(None).value(body),
            json!({
                "jwk": {"kid": "a"}, "jwt": REDACTED, "invitedEmail": "friend@example.com",
                "settings": {"allowSync": true}, "user[password]": REDACTED,
                "data": [{"X-Plex-Token": REDACTED, "pin": null, "pinned": 1}],
            })
        );
        let pairs = [("currentPin", "1"), ("deviceJWT", "a"), ("ratingKey", "b")];
        let pairs = pairs.map(|(name, value)| (String::from(name), String::from(value)));
        let hidden: Vec<String> =
            Redaction::new(None).pairs(pairs.into()).into_iter().map(|(_, value)| value).collect();
        assert_eq!(hidden, [REDACTED, REDACTED, "b"]);
    }

    #[test]
    fn secrets_are_hidden_inside_values() {
        let redaction = Redaction::new(Some(String::from("sandbox-token-1")));
        for (text, hidden) in [
            ("https://host/a?X-Plex-Token=abc&b=c#d", "https://host/a?X-Plex-Token=[redacted]&b=c#d"),
            ("https://host/a?b=c&x%2Dplex-t%6Fken=abc", "https://host/a?b=c&x%2Dplex-t%6Fken=[redacted]"),
            ("https://me:pass@host/hook", "https://[redacted]@host/hook"),
            ("https%3A%2F%2Fhost%3Ftoken%3Dabc", "https://host?token=[redacted]"),
            (r#"[{"id":"a","value":"{\"token\":\"abc\"}"}]"#, r#"[{"id":"a","value":"{\"token\":\"[redacted]\"}"}]"#),
            ("a?token=b&next=c%3Ftoken%3Dd", "a?token=[redacted]&next=c?token=[redacted]"),
            (" {\"code\": \"1\"}", "{\"code\":\"[redacted]\"}"),
            ("a%252525253Ftoken%252525253Db", REDACTED),
            ("/a/sandbox-token-1/b", "/a/[redacted]/b"),
            ("/a/sandbox%2Dtoken-1/b", "/a/[redacted]/b"),
        ] {
            assert_eq!(redaction.text(text), hidden);
            assert_eq!(redaction.text(hidden), hidden, "a second time");
        }
        for text in
            ["", "%", "50%25 off", "{\"a\": 1}", "tmdb://603", "a=b&pinned=1", "me@example.com", "{", "\u{e9}%ff"]
        {
            assert_eq!(redaction.text(text), text);
        }
    }

    #[test]
    fn names_of_secrets_are_recognised_in_any_spelling() {
        for name in ["X-Plex-Token", "x_plex_token", "authToken", "user[pin]", "newPin", "Verification-Code", "OTP"] {
            assert!(is_secret(name), "{name}");
        }
        for name in ["removePin", "pinned", "ratingKey", "countryCode", "login", "jwk", "spinner"] {
            assert!(!is_secret(name), "{name}");
        }
        let jwk = json!({"jwk": {"kty": "OKP", "x": "a", "d": "b"}, "d": 1});
        let hidden = json!({"jwk": {"kty": "OKP", "x": "a", "d": REDACTED}, "d": 1});
        assert_eq!(Redaction::new(None).value(jwk), hidden);
    }

    #[test]
    fn a_form_keeps_every_value_of_a_name() {
        let pairs = ["a", "b", "c"].map(|value| (String::from("urls[]"), String::from(value)));

        assert_eq!(form_value(pairs.into()), json!({"urls[]": ["a", "b", "c"]}));
    }
}
