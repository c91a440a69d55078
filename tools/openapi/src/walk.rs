//! Finds the operations of a description.

use heck::ToSnakeCase as _;
use serde_json::{Map, Value};

use crate::pointer::join;

/// The HTTP methods that a path item can have, in the order that OpenAPI lists them.
pub const METHODS: [&str; 8] = ["get", "post", "put", "patch", "delete", "head", "options", "trace"];

/// Who may call an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Auth {
    /// Anyone.
    None,
    /// A client that names itself.
    ClientIdentifier,
    /// A signed-in user.
    Token,
}

/// The parts of an operation that the tools need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// The `operationId`.
    pub id: String,
    /// The method's name in Rust.
    pub rust_name: String,
    /// Its only tag.
    pub tag: String,
    /// The HTTP method in uppercase.
    pub method: String,
    /// The path template, relative to the server.
    pub path: String,
    /// Who may call it.
    pub auth: Auth,
    /// Whether it may be repeated blindly.
    pub safe_to_retry: bool,
    /// Whether the body may be left out.
    pub optional_body: bool,
    /// Whether it is marked `deprecated`.
    pub deprecated: bool,
    /// Whether its description has low confidence.
    pub unstable: bool,
    /// Its server, if it is not that of the description.
    pub server: Option<String>,
    /// The root element of a success body in XML. Empty if the schema does not name it.
    pub xml: Option<String>,
    /// The JSON pointer of the operation.
    pub pointer: String,
}

/// Calls `edit` on every operation.
pub fn operations_mut(description: &mut Value, mut edit: impl FnMut(&mut Map<String, Value>)) {
    let Some(paths) = description.get_mut("paths").and_then(Value::as_object_mut) else {
        return;
    };
    for item in paths.values_mut() {
        for method in METHODS {
            if let Some(operation) = item.get_mut(method).and_then(Value::as_object_mut) {
                edit(operation);
            }
        }
    }
}

/// Returns all operations that have an id.
pub fn operations(description: &Value) -> Vec<Operation> {
    let mut found = Vec::new();
    for (path, item) in description["paths"].as_object().into_iter().flatten() {
        for method in METHODS {
            if let Some(operation) = item.get(method).and_then(|operation| read(description, path, method, operation)) {
                found.push(operation);
            }
        }
    }
    found
}

fn read(description: &Value, path: &str, method: &str, operation: &Value) -> Option<Operation> {
    let id = operation["operationId"].as_str()?;
    let is = |key: &str| operation[key] == Value::Bool(true);
    Some(Operation {
        id: id.to_owned(),
        rust_name: id.to_snake_case(),
        tag: operation["tags"][0].as_str().unwrap_or_default().to_owned(),
        method: method.to_ascii_uppercase(),
        path: path.to_owned(),
        auth: auth(&operation["security"]),
        safe_to_retry: operation["x-plex-safe-to-retry"]
            .as_bool()
            .unwrap_or(matches!(method, "get" | "head" | "options")),
        optional_body: operation.get("requestBody").is_some_and(|body| body["required"] != Value::Bool(true)),
        deprecated: is("deprecated"),
        unstable: operation["x-plex-confidence"] == "low",
        server: operation["servers"][0]["url"].as_str().map(str::to_owned),
        xml: root_element(description, operation),
        pointer: join(&join("/paths", path), method),
    })
}

/// Returns the name of the root element of a success body in XML, from its schema. It is empty if
/// the schema has no name.
fn root_element(description: &Value, operation: &Value) -> Option<String> {
    let replies = operation["responses"].as_object()?.iter().filter(|(status, _)| status.starts_with('2'));
    let media = replies.filter_map(|(_, reply)| reply["content"].get("application/xml")).next()?;
    let pointer = media["schema"]["$ref"].as_str().unwrap_or_default();
    let schema = description.pointer(pointer.trim_start_matches('#')).unwrap_or(&Value::Null);
    Some(schema["xml"]["name"].as_str().unwrap_or_default().to_owned())
}

/// Returns who may call an operation with this `security`.
pub fn auth(security: &Value) -> Auth {
    let has = |scheme: &str| security.as_array().is_some_and(|all| all.iter().any(|one| one.get(scheme).is_some()));
    match (has("Token"), has("ClientIdentifier")) {
        (true, _) => Auth::Token,
        (false, true) => Auth::ClientIdentifier,
        (false, false) => Auth::None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_operation_is_read_with_its_marks() {
        let found = operations(&json!({ "components": { "schemas": { "Pin": { "xml": { "name": "pin" } } } },
            "paths": { "/pins/{id}": { "post": {
            "operationId": "getPin", "tags": ["Authentication"], "x-plex-safe-to-retry": true,
            "x-plex-confidence": "low", "deprecated": true,
            "security": [{ "Token": [], "ClientIdentifier": [] }], "requestBody": {},
            "servers": [{ "url": "https://other.plex.tv" }],
            "responses": { "200": { "content": { "application/xml": {
                "schema": { "$ref": "#/components/schemas/Pin" },
            } } } },
        } } } }));

        assert_eq!(
            found,
            [Operation {
                id: "getPin".into(),
                rust_name: "get_pin".into(),
                tag: "Authentication".into(),
                method: "POST".into(),
                path: "/pins/{id}".into(),
                auth: Auth::Token,
                safe_to_retry: true,
                optional_body: true,
                deprecated: true,
                unstable: true,
                server: Some("https://other.plex.tv".into()),
                xml: Some("pin".into()),
                pointer: "/paths/~1pins~1{id}/post".into(),
            }]
        );
    }

    #[test]
    fn who_may_call_follows_security() {
        assert_eq!(auth(&json!([])), Auth::None);
        assert_eq!(auth(&json!([{ "ClientIdentifier": [] }])), Auth::ClientIdentifier);
        assert_eq!(auth(&json!([{ "Token": [], "ClientIdentifier": [] }])), Auth::Token);
    }
}
