//! What a request carried that its reply may repeat.

use reqwest::{Request, Response, Url};
use serde_json::Value;

use crate::{Operation, Token, error::is_sensitive};

/// Kept with the reply, and only looked at when it is an error: a server may repeat a password that it refuses.
#[derive(Clone, Default)]
pub(super) struct Sent {
    url: Option<Url>,
    /// The path template of the operation: what stands for a placeholder may be a PIN code.
    template: &'static str,
    body: Option<Vec<u8>>,
    token: Option<Token>,
    /// Does the client want one bad row to fail the whole list?
    pub(super) strict: bool,
}

impl Sent {
    pub(super) fn of(request: &Request, operation: Option<&Operation>, token: Option<&Token>, strict: bool) -> Self {
        Self {
            url: Some(request.url().clone()),
            template: operation.map(|operation| operation.path).unwrap_or_default(),
            body: request.body().and_then(|body| body.as_bytes()).map(<[u8]>::to_vec),
            token: token.cloned(),
            strict,
        }
    }

    /// What the request of a reply carried.
    pub(super) fn of_reply(response: &Response) -> Self {
        response.extensions().get().cloned().unwrap_or_default()
    }

    /// The secrets among it.
    pub(super) fn secrets(&self) -> Vec<String> {
        let mut secrets: Vec<String> = self.token.iter().map(|token| token.expose().to_owned()).collect();
        let Some(url) = &self.url else { return secrets };
        secrets.extend(arguments(url, self.template));
        let mut fields = pairs(url);
        let body = self.body.as_deref().map(String::from_utf8_lossy).unwrap_or_default();
        match serde_json::from_str::<Value>(&body) {
            Ok(value) => collect(&value, false, &mut secrets),
            Err(_) => {
                let mut form = url.clone();
                form.set_query(Some(&body));
                fields.extend(pairs(&form));
            }
        }
        let tells = |name: &str| name == "code" || is_sensitive(name);
        secrets.extend(fields.into_iter().filter(|(name, _)| tells(name)).map(|(_, value)| value));
        secrets
    }
}

/// What stands for the placeholders of the path, numbers left out. Both end alike, whatever the base URL has in front.
fn arguments(url: &Url, template: &str) -> Vec<String> {
    let segments = url.path().rsplit('/').zip(template.rsplit('/'));
    let arguments = segments
        .filter(|(segment, pattern)| pattern.contains('{') && !segment.bytes().all(|byte| byte.is_ascii_digit()));
    arguments.map(|(segment, _)| decoded(segment)).collect()
}

/// A path segment without its percent signs.
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

/// Every text below a name that tells.
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
