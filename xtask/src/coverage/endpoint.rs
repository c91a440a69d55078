//! The parts of an operation that can be compared, from any OpenAPI document.

use std::collections::{BTreeMap, BTreeSet};

use plex_tv_openapi::{Server, endpoints};
use serde_json::Value;

use super::fields::Fields;

/// One operation of any document.
#[derive(Clone, Debug, Default)]
pub(super) struct Endpoint {
    /// The `operationId`, where there is one.
    pub(super) id: String,
    pub(super) method: String,
    /// The path of the server and of the operation, as written in the document.
    pub(super) path: String,
    /// The same path, with path parameters by position.
    pub(super) key: String,
    /// `None` if the address of the server has no host.
    pub(super) host: Option<String>,
    /// Each parameter, such as `query strong`, and whether it is required.
    pub(super) parameters: BTreeMap<String, bool>,
    pub(super) statuses: BTreeSet<String>,
    pub(super) request: Option<Fields>,
    pub(super) reply: Option<Fields>,
}

/// Returns the operations of a document.
pub(super) fn of(document: &Value) -> Vec<Endpoint> {
    endpoints(document).map(|found| Endpoint::new(document, &found)).collect()
}

impl Endpoint {
    fn new(document: &Value, found: &plex_tv_openapi::Endpoint<'_>) -> Self {
        let Server { host, base_path } = found.server();
        let path = format!("{base_path}{}", found.path());
        let successes = found.responses().filter(|(status, _)| status.starts_with('2'));
        Self {
            id: found.id().unwrap_or_default().to_owned(),
            method: found.method().to_ascii_uppercase(),
            key: key(&path),
            path,
            host,
            parameters: parameters(found),
            statuses: found.responses().map(|(status, _)| status.replace('x', "X")).collect(),
            request: found.request_body().and_then(|body| Fields::of(document, body)),
            reply: successes.filter_map(|(_, reply)| Fields::of(document, reply)).reduce(Fields::and),
        }
    }
}

/// Returns a path with path parameters by position: `/pins/{id}/` and `/pins/{pinId}` are the same.
fn key(path: &str) -> String {
    let mut key = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((_, after)) = after.split_once('}') else { break };
        key.push_str(before);
        key.push_str("{}");
        rest = after;
    }
    key.push_str(rest);
    key.trim_end_matches('/').to_owned()
}

/// Returns the parameters without those of the path, which are compared by position, and without
/// the headers that clients send with every call.
fn parameters(found: &plex_tv_openapi::Endpoint<'_>) -> BTreeMap<String, bool> {
    let mut parameters = BTreeMap::new();
    for parameter in found.parameters() {
        let (Some(place), Some(name)) = (parameter["in"].as_str(), parameter["name"].as_str()) else { continue };
        let is_identity = place == "header" && name.to_ascii_lowercase().starts_with("x-plex-");
        let name = if place == "header" { name.to_ascii_lowercase() } else { name.to_owned() };
        if place != "path" && !is_identity {
            parameters.insert(format!("{place} {name}"), parameter["required"] == true);
        }
    }
    parameters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_told_apart_by_position() {
        assert_eq!(key("/pins/{id}/"), key("/pins/{pinId}"));
        assert_eq!(key("/devices/{id}.xml"), "/devices/{}.xml");
        assert_ne!(key("/pins/link"), key("/pins/{id}"));
        assert_eq!(key("/broken/{id"), "/broken/{id");
    }
}
