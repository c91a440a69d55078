//! Finds the secrets of a request, because its reply may repeat them.

use reqwest::{Request, Url};
use serde_json::Value;

use crate::runtime::{error::is_sensitive, secret::Token};

/// Returns the secrets of a request: its token, the arguments in its path, and values with
/// sensitive names.
///
/// They are needed only when the reply is an error, because a server may repeat a password that it
/// refuses. An argument of the path `template` may be a PIN code.
pub(super) fn secrets(request: &Request, template: &str, token: Option<&Token>) -> Vec<String> {
    let mut secrets: Vec<String> = token.iter().map(|token| token.expose().to_owned()).collect();
    let url = request.url();
    secrets.extend(arguments(url, template));
    let mut fields = pairs(url);
    let body = request.body().and_then(|body| body.as_bytes()).map(String::from_utf8_lossy).unwrap_or_default();
    match serde_json::from_str::<Value>(&body) {
        Ok(value) => collect(&value, false, &mut secrets),
        Err(_) => {
            let mut form = url.clone();
            form.set_query(Some(&body));
            fields.extend(pairs(&form));
        }
    }
    // `urls[]` is the list of webhooks. Anyone who knows the URL of one can call it.
    let is_secret = |name: &str| name == "code" || name == "urls[]" || is_sensitive(name);
    secrets.extend(fields.into_iter().filter(|(name, _)| is_secret(name)).map(|(_, value)| value));
    secrets
}

/// Returns the arguments in the path, except numbers. Path and template are compared from their
/// ends, because the base URL may have a path prefix.
fn arguments(url: &Url, template: &str) -> Vec<String> {
    let segments = url.path().rsplit('/').zip(template.rsplit('/'));
    let arguments = segments
        .filter(|(segment, pattern)| pattern.contains('{') && !segment.bytes().all(|byte| byte.is_ascii_digit()));
    arguments.map(|(segment, _)| decoded(segment)).collect()
}

/// Decodes the percent-encoding of a path segment.
fn decoded(segment: &str) -> String {
    let mut url = Url::parse("http://localhost/").ok();
    let query = segment.replace('+', "%2B");
    url.as_mut().map_or_else(String::new, |url| {
        url.set_query(Some(&format!("a={query}")));
        url.query_pairs().next().map(|(_, value)| value.into_owned()).unwrap_or_default()
    })
}

fn pairs(url: &Url) -> Vec<(String, String)> {
    url.query_pairs().into_owned().collect()
}

/// Collects every text below a sensitive name.
fn collect(value: &Value, secret: bool, secrets: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| collect(value, secret || is_sensitive(name), secrets));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, secret, secrets)),
        Value::String(text) if secret => secrets.push(text.clone()),
        _ => {}
    }
}
