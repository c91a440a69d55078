//! The fields of a body, as its schemas name them.

use std::collections::BTreeSet;

use plex_tv_openapi::pointer::resolved;
use serde_json::Value;

/// The most schemas that are read for one body. References can multiply them without end.
const MAX_STEPS: usize = 20_000;
/// The deepest nesting of schemas that is read.
const MAX_DEPTH: usize = 64;

/// The fields of a body, by path: `[].connections[].port`.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields {
    pub(super) known: BTreeSet<String>,
    /// Fields below these are not compared: free values, and schemas that contain themselves.
    pub(super) open: BTreeSet<String>,
    steps: usize,
}

impl Fields {
    /// Returns the fields of all content types of a request body or a reply, or `None` if it has no
    /// content.
    pub(super) fn of(document: &Value, body: &Value) -> Option<Self> {
        let content = body["content"].as_object()?;
        let schemas: Vec<_> = content.values().filter_map(|media| media.get("schema")).collect();
        if schemas.is_empty() {
            return None;
        }
        let mut fields = Self::default();
        for schema in schemas {
            walk(document, schema, "", &mut Vec::new(), &mut fields);
        }
        Some(fields)
    }

    /// Merges the fields of two replies of one operation.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.known.extend(other.known);
        self.open.extend(other.open);
        self
    }
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

    /// Returns the fields of the schema `A`.
    fn fields_of(schemas: &Value) -> Fields {
        let document = json!({ "components": { "schemas": schemas } });
        let body = json!({ "content": { "application/json": { "schema": { "$ref": "#/components/schemas/%41" } } } });
        Fields::of(&document, &body).unwrap()
    }

    #[test]
    fn fields_follow_references_lists_maps_and_choices_and_cycles_end() {
        let fields = fields_of(&json!({
            "A": { "properties": {
                "rows": { "type": "array", "items": { "allOf": [{ "$ref": "#/components/schemas/B" }] } },
                "map": { "additionalProperties": { "properties": { "x": { "type": ["string", "null"] } } } },
                "free": { "type": "object" },
                "id": { "oneOf": [{ "type": "string" }, { "type": "integer" }] },
            } },
            "B": { "properties": { "again": { "$ref": "#/components/schemas/A" } } },
        }));

        let all = |set: &BTreeSet<String>| set.iter().cloned().collect::<Vec<_>>().join(" ");
        assert_eq!(all(&fields.known), "free id map map{}.x rows rows[].again");
        assert_eq!(all(&fields.open), "free rows[].again");
    }

    #[test]
    fn bodies_that_multiply_without_end_do_end() {
        let mut schemas: serde_json::Map<_, _> = (0..100)
            .map(|number| {
                let next = json!({ "$ref": format!("#/components/schemas/{}", number + 1) });
                (number.to_string(), json!({ "allOf": [next, next] }))
            })
            .collect();
        schemas.insert("A".to_owned(), json!({ "$ref": "#/components/schemas/0" }));

        assert!(fields_of(&schemas.into()).known.is_empty());
    }
}
