use serde_json::{Map, Value};

use crate::host::Host;

/// A line of the log that [`Sandbox::requests`](crate::Sandbox::requests) returns. Tokens,
/// passwords, PINs and codes are replaced by `[redacted]`. Headers are left out.
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
    /// of the operation.
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

/// Whether a parameter or member of this name holds a secret.
fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let exactly = ["pin", "code", "jwt", "currentpin", "verificationcode"].contains(&name.as_str());
    exactly || ["token", "password", "secret", "devicejwt"].iter().any(|part| name.contains(part))
}

pub(crate) fn redacted_pairs(pairs: Vec<(String, String)>) -> Vec<(String, String)> {
    let redact = |(name, value): (String, String)| {
        let value = if is_secret(&name) { String::from(REDACTED) } else { value };
        (name, value)
    };
    pairs.into_iter().map(redact).collect()
}

pub(crate) fn redacted(value: Value) -> Value {
    match value {
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| {
                let hidden = is_secret(&name) && !value.is_null();
                let value = if hidden { Value::from(REDACTED) } else { redacted(value) };
                (name, value)
            })
            .collect(),
        Value::Array(items) => items.into_iter().map(redacted).collect(),
        other => other,
    }
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
            redacted(body),
            json!({
                "jwk": {"kid": "a"}, "jwt": REDACTED, "invitedEmail": "friend@example.com",
                "settings": {"allowSync": true}, "user[password]": REDACTED,
                "data": [{"X-Plex-Token": REDACTED, "pin": null, "pinned": 1}],
            })
        );
        let pairs = [("currentPin", "1"), ("deviceJWT", "a"), ("ratingKey", "b")];
        let pairs = pairs.map(|(name, value)| (String::from(name), String::from(value)));
        let hidden: Vec<String> = redacted_pairs(pairs.into()).into_iter().map(|(_, value)| value).collect();
        assert_eq!(hidden, [REDACTED, REDACTED, "b"]);
    }

    #[test]
    fn a_form_keeps_every_value_of_a_name() {
        let pairs = ["a", "b", "c"].map(|value| (String::from("urls[]"), String::from(value)));

        assert_eq!(form_value(pairs.into()), json!({"urls[]": ["a", "b", "c"]}));
    }
}
