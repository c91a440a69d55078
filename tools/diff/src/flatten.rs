//! Flattens a schema: merges the parts of its `allOf` into it.

use serde_json::{Map, Value};

use crate::spec::Spec;

/// The most schemas that are merged into one. More than that is taken for a cycle.
const MAX_MERGED: usize = 100;
/// Members that describe only the part, not the whole schema.
const OF_THE_PART: [&str; 9] =
    ["description", "title", "example", "examples", "externalDocs", "discriminator", "nullable", "xml", "$comment"];

/// Returns the members of all parts, sorted, with each property and required name on its own.
pub(crate) fn members_of(parts: &[Value]) -> Vec<(&str, &str, String)> {
    let mut found = Vec::new();
    for (key, value) in parts.iter().filter_map(Value::as_object).flatten() {
        match value {
            Value::Object(named) if ["properties", "required"].contains(&key.as_str()) => {
                found.extend(named.iter().map(|(name, value)| (key.as_str(), name.as_str(), value.to_string())));
            }
            value => found.push((key.as_str(), "", value.to_string())),
        }
    }
    found.sort_unstable();
    found
}

/// Returns what a flat schema loses of its parts, sorted. Whether null is allowed is not lost.
pub(crate) fn of_the_parts(parts: &[Value]) -> Vec<(&str, String)> {
    let members = parts.iter().filter_map(Value::as_object).flatten();
    let mut lost: Vec<_> = members
        .filter(|(key, _)| OF_THE_PART.contains(&key.as_str()) && *key != "nullable")
        .map(|(key, value)| (key.as_str(), value.to_string()))
        .collect();
    lost.sort_unstable();
    lost
}

/// Returns the schema without `allOf`, or `None` if its parts contradict each other or form a
/// cycle.
pub(crate) fn flattened(spec: &Spec<'_>, schema: &Value) -> Option<Value> {
    let mut budget = MAX_MERGED;
    let mut flat = merged(spec, schema, &mut budget)?;
    // A schema with properties is meant to be an object.
    if flat.contains_key("properties") && !flat.contains_key("type") {
        flat.insert("type".to_owned(), "object".into());
    }
    Some(Value::Object(flat))
}

fn merged(spec: &Spec<'_>, schema: &Value, budget: &mut usize) -> Option<Map<String, Value>> {
    *budget = budget.checked_sub(1)?;
    let mut whole = schema.as_object()?.clone();
    let mut parts = Vec::new();
    if let Some(reference) = whole.remove("$ref") {
        let (_, target) = spec.component(reference.as_str()?)?;
        parts.push(merged(spec, target, budget)?);
    }
    if let Some(list) = whole.remove("allOf") {
        for part in list.as_array()? {
            parts.push(merged(spec, part, budget)?);
        }
    }
    // A closed part refuses what the other parts have.
    let is_closed = |members: &Map<String, Value>, keys: &[&str]| {
        let is_open = |value: &Value| *value == Value::Bool(true) || *value == Value::Object(Map::new());
        keys.iter().any(|key| members.get(*key).is_some_and(|value| !is_open(value)))
    };
    let is_alone = parts.len() == 1 && !whole.contains_key("properties");
    let is_any_closed = || {
        is_closed(&whole, &["additionalProperties"])
            || parts.iter().any(|part| is_closed(part, &["additionalProperties", "unevaluatedProperties"]))
    };
    if !parts.is_empty() && !is_alone && is_any_closed() {
        return None;
    }
    // Null is allowed if all parts allow it.
    let is_nullable = |part: &Map<String, Value>| part.get("nullable") == Some(&Value::Bool(true));
    if !parts.is_empty() && parts.iter().all(is_nullable) && !whole.contains_key("type") {
        whole.insert("nullable".to_owned(), Value::Bool(true));
    }
    for mut part in parts {
        part.retain(|key, _| !OF_THE_PART.contains(&key.as_str()));
        for (key, value) in part {
            add(&mut whole, key, value)?;
        }
    }
    Some(whole)
}

fn add(whole: &mut Map<String, Value>, key: String, value: Value) -> Option<()> {
    match (key.as_str(), whole.get_mut(&key), value) {
        (_, None, value) => {
            whole.insert(key, value);
        }
        (_, Some(old), value) if *old == value => {}
        ("properties" | "required", Some(Value::Object(old)), Value::Object(new)) => {
            for (name, value) in new {
                if old.get(&name).is_some_and(|other| *other != value && key == "properties") {
                    return None;
                }
                old.insert(name, value);
            }
        }
        _ => return None,
    }
    Some(())
}
