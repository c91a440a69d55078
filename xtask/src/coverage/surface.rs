//! What any OpenAPI document says about its operations, as far as it can be compared.

use std::collections::{BTreeMap, BTreeSet};

use plex_tv_diff::resolved;
use serde_json::Value;

use plex_tv_openapi::METHODS;
/// Schemas looked at for one body, and inside each other: a document may multiply them without end.
const MAX_STEPS: usize = 20_000;
const MAX_DEPTH: usize = 64;

/// One operation of any document.
#[derive(Clone, Debug, Default)]
pub(super) struct Endpoint {
    /// The `operationId`, where there is one.
    pub(super) id: String,
    pub(super) method: String,
    /// Path of the server and path, as it is told.
    pub(super) path: String,
    /// The same with path parameters by position.
    pub(super) key: String,
    pub(super) host: Option<String>,
    /// `query strong`, and whether it is required.
    pub(super) parameters: BTreeMap<String, bool>,
    pub(super) statuses: BTreeSet<String>,
    pub(super) request: Option<Fields>,
    pub(super) reply: Option<Fields>,
}

/// The fields of a body, by path: `[].connections[].port`.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields {
    pub(super) known: BTreeSet<String>,
    /// Below these nothing is said: free values, and where a schema comes back to itself.
    pub(super) open: BTreeSet<String>,
    steps: usize,
}

/// The operations of a document.
pub(super) fn of(document: &Value) -> Vec<Endpoint> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        let item = resolved(document, item);
        for method in METHODS {
            if item[method].is_object() {
                found.push(endpoint(document, path, item, method));
            }
        }
    }
    found
}

fn endpoint(document: &Value, path: &str, item: &Value, method: &str) -> Endpoint {
    let operation = &item[method];
    let server = [operation, item, document].into_iter().find_map(|owner| owner["servers"].get(0));
    let url = server.map(address).unwrap_or_default();
    let path = format!("{}{path}", path_of(&url));
    let responses = operation["responses"].as_object();
    Endpoint {
        id: operation["operationId"].as_str().unwrap_or_default().to_owned(),
        method: method.to_ascii_uppercase(),
        key: key(&path),
        path,
        host: host(&url),
        parameters: parameters(document, item, operation),
        statuses: responses
            .into_iter()
            .flat_map(|replies| replies.keys())
            .filter(|status| !status.starts_with("x-"))
            .map(|status| status.replace('x', "X"))
            .collect(),
        request: body(document, &operation["requestBody"]),
        reply: responses
            .into_iter()
            .flatten()
            .filter(|(status, _)| status.starts_with('2'))
            .filter_map(|(_, reply)| body(document, reply))
            .reduce(|mut all, fields| {
                all.known.extend(fields.known);
                all.open.extend(fields.open);
                all
            }),
    }
}

/// The address of a server, with the defaults of its variables.
fn address(server: &Value) -> String {
    let url = server["url"].as_str().unwrap_or_default().to_owned();
    server["variables"].as_object().into_iter().flatten().fold(url, |url, (name, variable)| {
        url.replace(&format!("{{{name}}}"), variable["default"].as_str().unwrap_or_default())
    })
}

/// The host of an address, without user and port, in small letters.
pub(super) fn host(url: &str) -> Option<String> {
    let authority = url.split_once("://")?.1.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?.split(':').next()?;
    (!host.is_empty()).then(|| host.to_ascii_lowercase())
}

fn path_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest.find('/').map_or("", |at| &rest[at..]));
    rest.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/')
}

/// `/pins/{id}/` and `/pins/{pinId}` are the same.
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

fn parameters(document: &Value, item: &Value, operation: &Value) -> BTreeMap<String, bool> {
    let lists = [&item["parameters"], &operation["parameters"]];
    let all = lists.into_iter().filter_map(Value::as_array).flatten().map(|each| resolved(document, each));
    let mut found = BTreeMap::new();
    for parameter in all {
        let (Some(place), Some(name)) = (parameter["in"].as_str(), parameter["name"].as_str()) else { continue };
        let is_identity = place == "header" && name.to_ascii_lowercase().starts_with("x-plex-");
        let name = if place == "header" { name.to_ascii_lowercase() } else { name.to_owned() };
        if place != "path" && !is_identity {
            found.insert(format!("{place} {name}"), parameter["required"] == true);
        }
    }
    found
}

/// The fields of all forms of a request body or a reply.
fn body(document: &Value, owner: &Value) -> Option<Fields> {
    let content = resolved(document, owner)["content"].as_object()?;
    let schemas: Vec<_> = content.values().filter_map(|media| media.get("schema")).collect();
    if schemas.is_empty() {
        return None;
    }
    let mut fields = Fields::default();
    for schema in schemas {
        walk(document, schema, "", &mut Vec::new(), &mut fields);
    }
    Some(fields)
}

fn walk(document: &Value, schema: &Value, path: &str, above: &mut Vec<*const Value>, fields: &mut Fields) {
    let target = resolved(document, schema);
    fields.steps += 1;
    let is_circle = above.contains(&std::ptr::from_ref(target));
    if is_circle || above.len() >= MAX_DEPTH || fields.steps > MAX_STEPS {
        fields.open.insert(path.to_owned());
        return;
    }
    above.push(std::ptr::from_ref(target));
    let mut is_open = true;
    if let Some(properties) = target["properties"].as_object() {
        for (name, property) in properties {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            fields.known.insert(path.clone());
            walk(document, property, &path, above, fields);
        }
        is_open = false;
    }
    if target["items"].is_object() {
        walk(document, &target["items"], &format!("{path}[]"), above, fields);
        is_open = false;
    }
    if target["additionalProperties"].as_object().is_some_and(|schema| !schema.is_empty()) {
        walk(document, &target["additionalProperties"], &format!("{path}{{}}"), above, fields);
        is_open = false;
    }
    for part in ["allOf", "oneOf", "anyOf"].into_iter().filter_map(|key| target[key].as_array()).flatten() {
        if part["type"] != "null" {
            walk(document, part, path, above, fields);
        }
        is_open = false;
    }
    let is_scalar = |kind: &Value| matches!(kind.as_str(), Some("string" | "integer" | "number" | "boolean" | "null"));
    let is_value = match &target["type"] {
        Value::Array(kinds) => !kinds.is_empty() && kinds.iter().all(is_scalar),
        kind => is_scalar(kind),
    };
    if is_open && !is_value {
        fields.open.insert(path.to_owned());
    }
    above.pop();
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn paths_are_told_apart_by_position_and_servers_count() {
        assert_eq!(key("/pins/{id}/"), key("/pins/{pinId}"));
        assert_eq!(key("/devices/{id}.xml"), "/devices/{}.xml");
        assert_ne!(key("/pins/link"), key("/pins/{id}"));
        assert_eq!(key("/broken/{id"), "/broken/{id");
        assert_eq!(
            (path_of("https://plex.tv/api/v2/"), path_of("https://plex.tv"), path_of("/api")),
            ("/api/v2", "", "/api")
        );
        assert_eq!(host("HTTPS://user@Plex.tv:443/api").as_deref(), Some("plex.tv"));
        assert_eq!(host("/api/v2"), None);
    }

    #[test]
    fn a_server_has_variables_and_an_operation_may_have_its_own() {
        let document = json!({
            "openapi": "3.1.0",
            "servers": [{ "url": "{scheme}://{host}/api", "variables": {
                "scheme": { "default": "https" }, "host": { "default": "plex.tv" },
            } }],
            "paths": {
                "/a": { "get": {}, "post": { "servers": [{ "url": "https://other.plex.tv/v2" }] } },
                "/b": { "servers": [{ "url": "/c" }], "get": {} },
            },
        });

        let found = of(&document);

        let told: Vec<_> = found.iter().map(|each| (each.host.as_deref(), each.path.as_str())).collect();
        assert_eq!(told, [(Some("plex.tv"), "/api/a"), (Some("other.plex.tv"), "/v2/a"), (None, "/c/b")]);
    }

    #[test]
    fn fields_follow_references_lists_maps_and_choices_and_circles_end() {
        let document = json!({
            "paths": { "/a": { "get": { "responses": { "2xx": { "$ref": "#/components/responses/%41" } } } } },
            "components": {
                "responses": { "A": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/A" } } } } },
                "schemas": {
                    "A": { "properties": {
                        "rows": { "type": "array", "items": { "allOf": [{ "$ref": "#/components/schemas/B" }] } },
                        "map": { "additionalProperties": { "properties": { "x": { "type": ["string", "null"] } } } },
                        "free": { "type": "object" },
                        "id": { "oneOf": [{ "type": "string" }, { "type": "integer" }] },
                    } },
                    "B": { "properties": { "again": { "$ref": "#/components/schemas/A" } } },
                },
            },
        });

        let reply = of(&document).remove(0).reply.unwrap();

        let all = |set: &BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join(" ");
        assert_eq!(all(&reply.known), "free id map map{}.x rows rows[].again");
        assert_eq!(all(&reply.open), "free rows[].again");
    }

    #[test]
    fn bodies_that_multiply_without_end_do_end() {
        let schemas: serde_json::Map<_, _> = (0..100)
            .map(|number| {
                let next = json!({ "$ref": format!("#/components/schemas/{}", number + 1) });
                (number.to_string(), json!({ "allOf": [next, next] }))
            })
            .collect();
        let reply = json!({ "content": { "a": { "schema": { "$ref": "#/components/schemas/0" } } } });
        let document = json!({
            "paths": { "/a": { "get": { "responses": { "200": reply } } } },
            "components": { "schemas": schemas },
        });

        assert!(of(&document).remove(0).reply.unwrap().known.is_empty());
    }
}
