//! Flattens a schema: merges the parts of its `allOf` into it.

use serde_json::{Map, Value};

use crate::spec::Spec;

/// The most schemas that are merged into one. More than that is taken for a cycle.
const MAX_MERGED: usize = 100;
/// Members that describe only the part, not the whole schema.
const OF_THE_PART: [&str; 9] =
    ["description", "title", "example", "examples", "externalDocs", "discriminator", "nullable", "xml", "$comment"];

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
