//! The generator view: the description as progenitor can read it.
//!
//! The published description stays accurate (real status codes, real headers, nullable lists). Only
//! this module adapts it to the generator. It is a pure function of the document, and idempotent.

use serde_json::{Map, Value, json};

use plex_tv_openapi as openapi;

/// Returns the generator view of a description.
pub fn generator_view(description: &Value) -> Value {
    let mut view = description.clone();
    openapi::operations_mut(&mut view, |operation| {
        collapse_responses(operation);
        drop_identity_headers(operation);
    });
    if let Some(schemas) = view.pointer_mut("/components/schemas").and_then(Value::as_object_mut) {
        schemas.values_mut().for_each(|schema| {
            plain_lists(schema);
            rust_names(schema);
        });
    }
    view
}

/// Merges all 2xx responses into one `2XX`: plex.tv mixes 200, 201 and 204, and the generator
/// allows one success body. Removes error responses: the transport reads every failure, whatever
/// its shape, in one place.
fn collapse_responses(operation: &mut Map<String, Value>) {
    let Some(responses) = operation.get_mut("responses").and_then(Value::as_object_mut) else {
        return;
    };
    let success: Vec<Value> =
        responses.iter().filter(|(status, _)| status.starts_with('2')).map(|(_, reply)| reply.clone()).collect();
    let with_body = success.iter().find(|reply| reply.get("content").is_some());
    let reply = with_body.or(success.first()).cloned().unwrap_or_else(|| json!({ "description": "Done." }));
    *responses = Map::from_iter([("2XX".to_owned(), json_body(reply))]);
}

/// Declares XML bodies as JSON: the transport converts XML to JSON before decoding.
fn json_body(mut reply: Value) -> Value {
    if let Some(content) = reply.get_mut("content").and_then(Value::as_object_mut)
        && let Some(xml) = content.remove("application/xml")
    {
        content.entry("application/json").or_insert(xml);
    }
    reply
}

/// Removes the `X-Plex-*` headers: the transport sends them.
fn drop_identity_headers(operation: &mut Map<String, Value>) {
    let Some(parameters) = operation.get_mut("parameters").and_then(Value::as_array_mut) else {
        return;
    };
    parameters.retain(|parameter| {
        parameter["in"] != "header"
            || !parameter["name"].as_str().is_some_and(|name| name.to_ascii_lowercase().starts_with("x-plex-"))
    });
}

/// Turns nullable lists into plain lists: in Rust, null, missing and empty are all the empty `Vec`.
fn plain_lists(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if members.get("type").is_some_and(|kind| kind == "array") {
                members.remove("nullable");
            }
            members.values_mut().for_each(plain_lists);
        }
        Value::Array(items) => items.iter_mut().for_each(plain_lists),
        _ => {}
    }
}

/// Renames each property that has an `x-rust-name`, since `guid` and `Guid` would be one field. The
/// model has the wire name.
fn rust_names(schema: &mut Value) {
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else { return };
    *properties = std::mem::take(properties)
        .into_iter()
        .map(|(name, property)| (property["x-rust-name"].as_str().map_or(name, str::to_owned), property))
        .collect();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn description(operation: Value) -> Value {
        json!({ "paths": { "/x": { "get": operation } } })
    }

    fn viewed(operation: Value) -> Value {
        generator_view(&description(operation)).pointer("/paths/~1x/get").cloned().unwrap()
    }

    #[test]
    fn success_is_one_range_with_the_body_if_any_status_has_one() {
        let body = json!({ "description": "OK", "content": { "application/json": { "schema": {} } } });

        let view = viewed(json!({ "responses": { "204": { "description": "no body" }, "201": body, "404": {} } }));

        assert_eq!(view["responses"], json!({ "2XX": body }));
    }

    #[test]
    fn an_xml_body_is_declared_as_json() {
        let xml = json!({ "content": { "application/xml": { "schema": { "type": "object" } } } });

        let view = viewed(json!({ "responses": { "200": xml } }));

        assert_eq!(
            view["responses"]["2XX"]["content"],
            json!({ "application/json": { "schema": { "type": "object" } } })
        );
    }

    #[test]
    fn identity_headers_are_dropped_and_other_parameters_stay() {
        let view = viewed(json!({ "parameters": [
            { "in": "header", "name": "X-Plex-Product" },
            { "in": "query", "name": "X-Plex-Product" },
        ] }));

        assert_eq!(view["parameters"], json!([{ "in": "query", "name": "X-Plex-Product" }]));
    }

    #[test]
    fn nullable_lists_are_plain_lists_and_nullable_scalars_stay() {
        let view = generator_view(&json!({ "paths": {}, "components": { "schemas": { "A": { "properties": {
            "list": { "type": "array", "nullable": true, "items": { "type": "array", "nullable": true } },
            "text": { "type": "string", "nullable": true },
        } } } } }));

        assert_eq!(
            view["components"]["schemas"]["A"]["properties"],
            json!({
                "list": { "type": "array", "items": { "type": "array" } },
                "text": { "type": "string", "nullable": true },
            })
        );
    }

    #[test]
    fn a_property_takes_its_rust_name() {
        let view = generator_view(&json!({ "paths": {}, "components": { "schemas": { "A": { "properties": {
            "guid": {}, "Guid": { "x-rust-name": "guids" },
        } } } } }));

        assert_eq!(
            view["components"]["schemas"]["A"]["properties"],
            json!({ "guid": {}, "guids": { "x-rust-name": "guids" } })
        );
    }

    #[test]
    fn the_view_of_a_view_is_the_view() {
        let once = generator_view(&description(json!({
            "description": "Polls.",
            "x-plex-errors": [{ "status": 404, "when": "gone" }],
            "responses": { "200": { "description": "OK" } },
        })));

        assert_eq!(generator_view(&once), once);
    }
}
