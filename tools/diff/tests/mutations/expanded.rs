//! Finds the operations that a change affects, by expanding every reference: slow, simple, and
//! independent of the engine.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use plex_tv_openapi::METHODS;

/// Returns the operations that differ after expanding all references: by id, or by method and path
/// if there is no id. If the id changed, it is the new one.
pub(crate) fn changed_operations(base: &Value, head: &Value) -> BTreeSet<String> {
    let (old, new) = (operations(base), operations(head));
    let addresses: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    let mut found = BTreeSet::new();
    for address in addresses {
        match (old.get(address), new.get(address)) {
            (Some((_, old)), Some((label, new))) if old != new => drop(found.insert(label.clone())),
            (Some((label, _)), None) | (None, Some((label, _))) => drop(found.insert(label.clone())),
            _ => {}
        }
    }
    found
}

/// Maps the address of each operation to its label and content.
fn operations(document: &Value) -> BTreeMap<String, (String, Value)> {
    let mut found = BTreeMap::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        let rest: Map<_, _> = item
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(key, _)| !METHODS.contains(&key.as_str()))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        for method in METHODS {
            if let Some(operation) = item.get(method) {
                let address = format!("{} {path}", method.to_uppercase());
                let label = operation["operationId"].as_str().map_or_else(|| address.clone(), str::to_owned);
                let schemes = schemes(document, operation);
                let content = json!([rest, written_out(document, operation, &mut Vec::new()), schemes]);
                // The names of path parameters do not count.
                let shape = address.split(['{', '}']).step_by(2).collect::<Vec<_>>().join("{}");
                found.insert(shape, (label, content));
            }
        }
    }
    found
}

/// Returns the security schemes that an operation names.
fn schemes(document: &Value, operation: &Value) -> Vec<Value> {
    let names = operation["security"].as_array().into_iter().flatten().filter_map(Value::as_object).flatten();
    names.map(|(name, _)| document["components"]["securitySchemes"][name].clone()).collect()
}

fn written_out(document: &Value, value: &Value, above: &mut Vec<String>) -> Value {
    match value {
        Value::Object(members) => {
            if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                if above.iter().any(|other| other == reference) {
                    return value.clone();
                }
                above.push(reference.to_owned());
                let target = document.pointer(reference.trim_start_matches('#')).cloned().unwrap_or_default();
                let inner = written_out(document, &target, above);
                above.pop();
                let mut all = members.clone();
                all.insert("target".to_owned(), inner);
                return Value::Object(all);
            }
            members.iter().map(|(key, value)| (key.clone(), written_out(document, value, above))).collect()
        }
        Value::Array(items) => items.iter().map(|item| written_out(document, item, above)).collect(),
        other => other.clone(),
    }
}
