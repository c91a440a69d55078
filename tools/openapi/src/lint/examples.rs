//! `example-shape`: examples agree with their schemas. Documentation and doctests are made from
//! them.

use serde_json::Value;

use super::{Report, context::Context, near::did_you_mean, node::Node};

/// The most levels of a schema that an example is compared with.
const MAX_DEPTH: usize = 32;

pub(super) fn check(context: &Context<'_>, report: &mut Report<'_>) {
    for operation in &context.operations {
        for parameter in operation.parameters().filter_map(|parameter| context.resolve(&parameter)) {
            if let (Some(example), Some(schema)) = (parameter.get("example"), parameter.get("schema")) {
                compare(context, report, &schema, &example, 0);
            }
        }
        let request = operation.node.get("requestBody").and_then(|body| context.resolve(&body));
        let responses = operation.node.map("responses").filter_map(|(_, response)| context.resolve(&response));
        let media = request.into_iter().chain(responses).flat_map(|body| body.map("content"));
        for (content_type, media) in media {
            let Some(schema) = media.get("schema") else { continue };
            // XML has no types: its elements contain text.
            if content_type.ends_with("xml") {
                continue;
            }
            let named = media.map("examples").filter_map(|(_, example)| example.get("value"));
            for example in media.get("example").into_iter().chain(named) {
                compare(context, report, &schema, &example, 0);
            }
        }
    }
}

fn compare<'a>(context: &Context<'a>, report: &mut Report<'_>, schema: &Node<'a>, example: &Node<'a>, depth: usize) {
    let is_nullable = schema.is("nullable");
    let Some(schema) = context.resolve(schema) else { return };
    if depth == MAX_DEPTH || example.value.is_null() && (is_nullable || schema.is("nullable")) {
        return;
    }
    // A reference with its own description is wrapped in an `allOf` with one part.
    let parts: Vec<_> = schema.list("allOf").collect();
    if let [part] = parts.as_slice()
        && !schema.has("properties")
    {
        return compare(context, report, part, example, depth + 1);
    }
    if !parts.is_empty() || schema.has("oneOf") || schema.has("anyOf") {
        return;
    }
    let due = schema.text("type").unwrap_or_default();
    let found = kind(example.value);
    let fits = match (due, found) {
        ("number", "integer") | ("", _) => true,
        // plex.tv writes times as numbers and as text.
        ("integer" | "string", _) if schema.text("format").is_some_and(|format| format.ends_with("time")) => {
            matches!(found, "integer" | "string")
        }
        (due, found) => due == found,
    };
    if !fits {
        let what = format!("the type of the example is {found}, but its schema says {due}");
        report.add("example-shape", &example.pointer, what, "fix the example or the type");
        return;
    }
    match example.value {
        Value::Array(_) => {
            if let Some(items) = schema.get("items") {
                example.items().for_each(|item| compare(context, report, &items, &item, depth + 1));
            }
        }
        Value::Object(members) => {
            let keeps_unknown =
                schema.get("additionalProperties").is_some_and(|extra| *extra.value != Value::Bool(false));
            let is_free = !schema.has("properties");
            // A name that is not in the schema may be a new member, or a typo for one that is
            // missing.
            let missing: Vec<_> = schema.map("properties").filter(|(name, _)| !members.contains_key(*name)).collect();
            for (name, member) in example.entries() {
                let property = schema.get("properties").and_then(|properties| properties.get(name));
                let entry = schema.get("additionalProperties").filter(|extra| extra.value.is_object());
                let meant = did_you_mean(name, missing.iter().map(|(missing, _)| *missing));
                if property.is_none() && keeps_unknown && !meant.is_empty() {
                    let what = format!("the schema has no property `{name}`{meant}");
                    report.add("example-shape", &member.pointer, what, "fix the name, or add it to the schema");
                    continue;
                }
                match property.or(entry) {
                    Some(property) => compare(context, report, &property, &member, depth + 1),
                    None if keeps_unknown || is_free => {}
                    None => {
                        let what = format!("the schema has no property `{name}`");
                        let mend = "add it to the schema, or remove it from the example";
                        report.add("example-shape", &member.pointer, what, mend);
                    }
                }
            }
            for required in schema.list("required").filter_map(|name| name.value.as_str()) {
                if !members.contains_key(required) {
                    let what = format!("the example has no `{required}`, which is required");
                    report.add("example-shape", &example.pointer, what, "add it");
                }
            }
        }
        _ => {}
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
