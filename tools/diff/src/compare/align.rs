//! Finds what belongs together in two descriptions when names changed.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::spec::{ComponentKey, Spec};

/// Which operations belong together, by their numbers.
pub(super) struct Aligned {
    /// At the same address, or with the same id.
    pub(super) pairs: Vec<(usize, usize)>,
    pub(super) removed: Vec<usize>,
    pub(super) added: Vec<usize>,
}

pub(super) fn operations(base: &Spec<'_>, head: &Spec<'_>) -> Aligned {
    let mut pairs = Vec::new();
    let mut added: Vec<usize> = (0..head.operations.len()).collect();
    let mut removed: Vec<usize> = (0..base.operations.len()).collect();
    let same_address = |old: usize, new: usize| {
        base.operations
            .get(old)
            .zip(head.operations.get(new))
            .is_some_and(|(old, new)| (&old.method, &old.shape) == (&new.method, &new.shape))
    };
    let same_id = |old: usize, new: usize| {
        base.operations
            .get(old)
            .zip(head.operations.get(new))
            .is_some_and(|(old, new)| old.id.is_some() && old.id == new.id)
    };
    // An operation that stays where it is and keeps its id comes first: addresses may be swapped.
    let both = |old, new| same_address(old, new) && same_id(old, new);
    for same in [&both as &dyn Fn(usize, usize) -> bool, &same_address, &same_id] {
        removed.retain(|old| match added.iter().position(|new| same(*old, *new)) {
            Some(at) => {
                pairs.push((*old, added.remove(at)));
                false
            }
            None => true,
        });
    }
    pairs.sort_unstable_by_key(|(_, new)| *new);
    Aligned { pairs, removed, added }
}

/// Named schemas that have another name and the same content; the base then refers to them by the new name.
pub(super) fn renamed_schemas(base: &mut Spec<'_>, head: &Spec<'_>) -> Vec<(ComponentKey, ComponentKey)> {
    let mut renamed: Vec<(ComponentKey, ComponentKey)> = Vec::new();
    // A schema that refers to a renamed one is recognised in the next round.
    loop {
        let is_schema = |key: &&ComponentKey| key.0 == "schemas";
        let old = base
            .components
            .keys()
            .filter(is_schema)
            .filter(|key| !head.components.contains_key(*key) && !renamed.iter().any(|(old, _)| old == *key));
        let new = head
            .components
            .keys()
            .filter(is_schema)
            .filter(|key| !base.components.contains_key(*key) && !renamed.iter().any(|(_, new)| new == *key));
        let (old, new) = (by_content(base, old), by_content(head, new));
        let found: Vec<_> = old
            .into_iter()
            .filter_map(|(content, old)| match (old.as_slice(), new.get(&content)?.as_slice()) {
                ([old], [new]) if is_likely(&content, old, new) => Some((old.clone(), new.clone())),
                _ => None,
            })
            .collect();
        if found.is_empty() {
            return renamed;
        }
        for (old, new) in &found {
            let [old, new] = [old, new].map(|(kind, name)| format!("#/components/{kind}/{name}"));
            base.components.values_mut().for_each(|value| rename(value, &old, &new));
            base.operations.iter_mut().for_each(|operation| rename(&mut operation.value, &old, &new));
        }
        renamed.extend(found);
    }
}

fn by_content<'k>(
    spec: &Spec<'_>,
    keys: impl Iterator<Item = &'k ComponentKey>,
) -> BTreeMap<String, Vec<ComponentKey>> {
    let mut found: BTreeMap<String, Vec<ComponentKey>> = BTreeMap::new();
    for key in keys {
        let mut value = spec.components.get(key).cloned().unwrap_or_default();
        rename(&mut value, &format!("#/components/{}/{}", key.0, key.1), "#self");
        without_texts(&mut value);
        found.entry(value.to_string()).or_default().push(key.clone());
    }
    found
}

/// Two plain texts are not one schema because both are texts.
fn is_likely(content: &str, old: &ComponentKey, new: &ComponentKey) -> bool {
    content.contains("\"properties\"") || is_similar(&old.1, &new.1)
}

/// Do two names look like one?
pub(super) fn is_similar(old: &str, new: &str) -> bool {
    const ALIKE: f64 = 0.6;

    let [old, new] = [old, new].map(|name| {
        name.chars().filter(|each| each.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>()
    });
    let contains = old.len() > 2 && new.len() > 2 && (old.contains(&new) || new.contains(&old));
    old == new || contains || strsim::normalized_levenshtein(&old, &new) >= ALIKE
}

/// The schema without what only readers see.
pub(super) fn without_texts(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for key in ["description", "example", "title", "externalDocs"] {
                // A property may be called like that.
                members.retain(|name, value| name != key || value.is_object() && key != "externalDocs");
            }
            members.values_mut().for_each(without_texts);
        }
        Value::Array(items) => items.iter_mut().for_each(without_texts),
        _ => {}
    }
}

fn rename(value: &mut Value, old: &str, new: &str) {
    match value {
        Value::String(text) if text == old => new.clone_into(text),
        Value::Object(members) => {
            if members.contains_key(old) {
                *members = std::mem::take(members)
                    .into_iter()
                    .map(|(key, value)| (if key == old { new.to_owned() } else { key }, value))
                    .collect::<Map<_, _>>();
            }
            members.values_mut().for_each(|value| rename(value, old, new));
        }
        Value::Array(items) => items.iter_mut().for_each(|value| rename(value, old, new)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_similar_by_case_part_or_few_letters() {
        assert!(is_similar("authToken", "auth_token") && is_similar("token", "authToken"));
        assert!(is_similar("colour", "color"));
        assert!(!is_similar("id", "uuid") && !is_similar("email", "thumb"));
    }
}
