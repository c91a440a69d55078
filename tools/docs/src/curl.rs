//! The curl sample of an operation: everything that is required, with the values of the examples.

use plex_tv_openapi::{
    Auth, Operation,
    pointer::{followed, join},
};
use serde_json::Value;

use crate::{book::Module, example};

/// The client identifier in the samples.
pub(crate) const CLIENT: &str = "c0ffee-desk-01";

/// Returns the command that sends an operation.
pub(crate) fn sample(module: &Module, operation: &Operation, node: &Value) -> String {
    let mut path = operation.path.clone();
    let mut query = Vec::new();
    // plex.tv answers with JSON only for exactly this header. The SDK sends it with every call.
    let mut headers = vec!["Accept: application/json".to_owned()];
    let needs_body = node["requestBody"]["required"] == Value::Bool(true);
    let all = module.parameters(operation, node);
    let is_required = |parameter: &Value| parameter["required"] == Value::Bool(true);
    // A request that changes something needs at least one parameter to be a useful sample.
    let changes = operation.method != "GET" && !needs_body;
    let says_nothing = !all.iter().any(|parameter| parameter["in"] == "query" && is_required(parameter));
    let mut first = all.iter().position(|parameter| parameter["in"] == "query").filter(|_| changes && says_nothing);
    for (index, parameter) in all.iter().enumerate() {
        let name = parameter["name"].as_str().unwrap_or_default();
        if !is_required(parameter) && first.take_if(|first| *first == index).is_none() {
            continue;
        }
        let value = plain(parameter.get("example").unwrap_or(&parameter["schema"]["example"]));
        match parameter["in"].as_str() {
            Some("path") => path = path.replace(&format!("{{{name}}}"), &encoded(&value)),
            Some("query") => query.push(format!("{}={}", encoded(name), encoded(&value))),
            _ => headers.push(format!("{name}: {value}")),
        }
    }
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    let method = if operation.method == "GET" { String::new() } else { format!("-X {} ", operation.method) };
    // Without `-g`, curl expands brackets and braces.
    let address = quoted(&format!("{}{path}{query}", module.base(operation)));
    let mut lines = vec![format!("curl -g {method}{address}")];
    if operation.auth != Auth::None {
        headers.push(format!("X-Plex-Client-Identifier: {CLIENT}"));
    }
    lines.extend(headers.iter().map(|header| format!("-H {}", quoted(header))));
    if operation.auth == Auth::Token {
        // The shell inserts the token, so that it is not stored in a file or the history.
        lines.push("-H \"X-Plex-Token: $PLEX_TOKEN\"".to_owned());
    }
    // An optional body is left out, like optional parameters.
    if needs_body {
        lines.extend(body(module, operation, node));
    }
    lines.join(" \\\n  ")
}

fn body(module: &Module, operation: &Operation, node: &Value) -> Vec<String> {
    let pointer = join(&join(&operation.pointer, "requestBody"), "content");
    let Some((media, content)) = node["requestBody"]["content"].as_object().and_then(|all| all.iter().next()) else {
        return Vec::new();
    };
    let (content, pointer) = followed(module.document.value(), content, join(&pointer, media));
    let sent = &content["example"];
    if media == "application/x-www-form-urlencoded" {
        let mut fields: Vec<_> = sent.as_object().into_iter().flatten().collect();
        let pointer = join(&pointer, "example");
        fields.sort_by_key(|(name, _)| module.document.line(&join(&pointer, name)));
        let fields = fields.into_iter().flat_map(|(name, value)| {
            let values = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
            values.into_iter().map(move |value| format!("{name}={}", plain(&value)))
        });
        return fields.map(|field| format!("--data-urlencode {}", quoted(&field))).collect();
    }
    let text = example::json(&module.document, &join(&pointer, "example"), sent).text;
    vec![format!("-H {}", quoted(&format!("Content-Type: {media}"))), format!("-d {}", quoted(&text))]
}

/// Returns a value as it appears in an address or a form.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(","),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// Percent-encodes everything that is special in an address.
fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => encoded.push(char::from(byte)),
            other => encoded.push_str(&format!("%{other:02X}")),
        }
    }
    encoded
}

/// Quotes a word for a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_addresses_are_escaped() {
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(encoded("a b/ü[]"), "a%20b%2F%C3%BC%5B%5D");
    }
}
