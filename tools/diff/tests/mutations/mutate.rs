//! One random change of a description.

use std::fmt;

use fastrand::Rng;
use serde_json::{Map, Value, json};

/// A changed description, and what was changed.
pub(crate) struct Mutation {
    pub(crate) value: Value,
    what: String,
}

impl fmt::Display for Mutation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)
    }
}

/// Makes one change. The same seed gives the same change.
pub(crate) fn mutated(description: &Value, seed: u64) -> Mutation {
    let mut rng = Rng::with_seed(seed);
    let pointers = pointers(description);
    loop {
        let pointer = &pointers[rng.usize(..pointers.len())];
        let mut value = description.clone();
        if let Some(what) = change(&mut value, pointer, &mut rng)
            && !is_silent(description, &value, pointer)
        {
            return Mutation { value, what: format!("{what} at {pointer} (seed {seed})") };
        }
    }
}

/// Returns all pointers in paths and components. The rest of a description affects no operation.
fn pointers(description: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for part in ["paths", "components"] {
        walk(&description[part], format!("/{part}"), &mut found);
    }
    found
}

fn walk(value: &Value, at: String, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                walk(value, format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), found);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                walk(value, format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
    found.push(at);
}

fn change(root: &mut Value, pointer: &str, rng: &mut Rng) -> Option<String> {
    let (above, step) = pointer.rsplit_once('/')?;
    match rng.u8(..6) {
        0 => {
            let value = root.pointer_mut(pointer)?;
            *value = match &*value {
                Value::Null => json!(1),
                Value::Bool(flag) => Value::Bool(!flag),
                Value::Number(number) => json!(number.as_f64()? + 1.0),
                Value::String(text) if text.starts_with("#/") => return None,
                Value::String(text) => Value::String(format!("{text}X")),
                Value::Array(_) | Value::Object(_) => return None,
            };
            Some("changed".to_owned())
        }
        1 | 2 => {
            let step = step.replace("~1", "/").replace("~0", "~");
            match root.pointer_mut(above)? {
                Value::Object(members) => drop(members.remove(&step)?),
                Value::Array(items) => drop(items.remove(step.parse().ok()?)),
                _ => return None,
            }
            Some("removed".to_owned())
        }
        3 => {
            let members = root.pointer_mut(pointer)?.as_object_mut()?;
            let (key, value) = addition(pointer, members, rng)?;
            members.insert(key.to_owned(), value);
            Some(format!("added {key}"))
        }
        4 => {
            let members = root.pointer_mut(above)?.as_object_mut()?;
            let step = step.replace("~1", "/").replace("~0", "~");
            let value = members.remove(&step)?;
            members.insert(format!("{step}x"), value);
            Some("renamed".to_owned())
        }
        _ => {
            let items = root.pointer_mut(pointer)?.as_array_mut()?;
            items.push(match items.first()? {
                Value::String(text) => Value::String(format!("{text}2")),
                Value::Object(first) if first.contains_key("in") => {
                    json!({ "name": "another", "in": "query", "required": rng.bool(), "schema": { "type": "string" } })
                }
                // A security requirement that occurs twice means the same.
                _ => return None,
            });
            Some("added an item".to_owned())
        }
    }
}

/// Returns a key and a value that more or less fit at the pointer.
fn addition(pointer: &str, members: &Map<String, Value>, rng: &mut Rng) -> Option<(&'static str, Value)> {
    if pointer.ends_with("/properties") {
        return Some(("another", json!({ "type": "integer", "format": "int64" })));
    }
    if members.contains_key("type") || members.contains_key("$ref") {
        let choices = [
            ("nullable", json!(true)),
            ("maxLength", json!(7)),
            ("format", json!("date-time")),
            ("deprecated", json!(true)),
            ("x-another", json!(1)),
            ("not", json!({})),
            ("enum", json!(["a", "b"])),
            ("default", json!("a")),
            ("additionalProperties", json!(false)),
        ];
        return choices.into_iter().nth(rng.usize(..9)).filter(|(key, _)| !members.contains_key(*key));
    }
    if members.contains_key("operationId") {
        let choices = [
            ("deprecated", json!(true)),
            ("servers", json!([{ "url": "https://other.plex.tv" }])),
            ("callbacks", json!({ "a": {} })),
        ];
        return choices.into_iter().nth(rng.usize(..3)).filter(|(key, _)| !members.contains_key(*key));
    }
    (!members.contains_key("another")).then(|| ("another", json!({ "a": 1 })))
}

/// Returns whether the change only removed a default, such as `required: false`.
fn is_silent(old: &Value, new: &Value, pointer: &str) -> bool {
    let is_default = |value: Option<&Value>| value == Some(&Value::Bool(false));
    let key = pointer.rsplit('/').next().unwrap_or_default();
    matches!(key, "required" | "nullable" | "deprecated" | "explode")
        && (is_default(old.pointer(pointer)) && new.pointer(pointer).is_none())
}

/// Makes one change, preferably to references, compositions or webhooks. Also returns whether the
/// meaning may be unchanged.
pub(crate) fn mutated_structure(description: &Value, seed: u64) -> (Mutation, bool) {
    let mut rng = Rng::with_seed(seed);
    let mut all = Vec::new();
    for part in ["paths", "components", "webhooks"] {
        walk(&description[part], format!("/{part}"), &mut all);
    }
    // Half of the changes are made to structure.
    let is_structure = |pointer: &&String| {
        ["/$ref", "/allOf", "/oneOf", "/anyOf", "/mapping/", "/discriminator", "/webhooks"]
            .iter()
            .any(|part| pointer.contains(part))
    };
    let structure: Vec<&String> = all.iter().filter(is_structure).collect();
    loop {
        let pointer = if rng.bool() && !structure.is_empty() {
            structure[rng.usize(..structure.len())].clone()
        } else {
            all[rng.usize(..all.len())].clone()
        };
        let mut value = description.clone();
        let told = match rng.u8(..3) {
            0 => restructure(&mut value, &pointer, &mut rng),
            _ => change(&mut value, &pointer, &mut rng).map(|what| (what, false)),
        };
        if let Some((what, may_be_silent)) = told
            && value != *description
            && !is_silent(description, &value, &pointer)
        {
            return (Mutation { value, what: format!("{what} at {pointer} (seed {seed})") }, may_be_silent);
        }
    }
}

fn restructure(root: &mut Value, pointer: &str, rng: &mut Rng) -> Option<(String, bool)> {
    let names: Vec<String> = root["components"]["schemas"].as_object()?.keys().cloned().collect();
    let another = format!("#/components/schemas/{}", names[rng.usize(..names.len())]);
    let value = root.pointer_mut(pointer)?;
    match value {
        Value::String(text) if text.starts_with("#/") => {
            *text = if rng.bool() { another } else { format!("{text}Gone") };
            Some(("led elsewhere".to_owned(), false))
        }
        Value::Array(items)
            if items.len() > 1 && ["/allOf", "/oneOf", "/anyOf"].iter().any(|end| pointer.ends_with(end)) =>
        {
            if rng.bool() {
                items.reverse();
                return Some(("turned around".to_owned(), true));
            }
            items.push(json!({ "$ref": another }));
            // A new part of `allOf` may add nothing.
            Some(("got a part".to_owned(), pointer.ends_with("/allOf")))
        }
        Value::Object(members) if members.contains_key("type") && pointer.contains("/properties/") => {
            *value = json!({ "oneOf": [value.clone(), { "$ref": another }] });
            Some(("became a choice".to_owned(), false))
        }
        _ => None,
    }
}
