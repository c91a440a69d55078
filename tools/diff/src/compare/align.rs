//! Matches operations and components of two descriptions, also when their names changed.

use std::collections::{BTreeMap, HashMap, HashSet};

use plex_tv_openapi::pointer::target;
use serde_json::Value;

use crate::spec::{Key, Operation, Spec, Uses, name_of};

/// The matched operations of both sides, by index.
pub(super) struct Aligned {
    /// Operations with the same address or the same id.
    pub(super) pairs: Vec<(usize, usize)>,
    pub(super) removed: Vec<usize>,
    pub(super) added: Vec<usize>,
}

pub(super) fn operations(base: &Spec<'_>, head: &Spec<'_>) -> Aligned {
    let mut pairs = Vec::new();
    let mut added: Vec<usize> = (0..head.operations.len()).collect();
    let mut removed: Vec<usize> = (0..base.operations.len()).collect();
    // Operations that keep both address and id are matched first, since addresses may be swapped.
    let both = |each: &Operation| each.id.as_ref().map(|id| (Some(id.clone()), Some(address(each))));
    let by_address = |each: &Operation| Some((None, Some(address(each))));
    let by_id = |each: &Operation| each.id.as_ref().map(|id| (Some(id.clone()), None));
    for key in [&both as &dyn Fn(&Operation) -> Option<Identity>, &by_address, &by_id] {
        let mut open: HashMap<Identity, Vec<usize>> = HashMap::new();
        for new in added.iter().rev() {
            if let Some(key) = head.operations.get(*new).and_then(key) {
                open.entry(key).or_default().push(*new);
            }
        }
        let mut taken = HashSet::new();
        removed.retain(|old| {
            let key = base.operations.get(*old).and_then(key);
            match key.and_then(|key| open.get_mut(&key)?.pop()) {
                Some(new) => {
                    pairs.push((*old, new));
                    taken.insert(new);
                    false
                }
                None => true,
            }
        });
        added.retain(|new| !taken.contains(new));
    }
    pairs.sort_unstable_by_key(|(_, new)| *new);
    Aligned { pairs, removed, added }
}

/// Names the users of the components in `base` as `head` does: a renamed operation is one user.
pub(super) fn rename_users(base: &mut Spec<'_>, head: &Spec<'_>) {
    let aligned = operations(base, head);
    let pairs =
        aligned.pairs.into_iter().filter_map(|(old, new)| Some((base.operations.get(old)?, head.operations.get(new)?)));
    let renamed = pairs.filter(|(old, new)| old.id != new.id).map(|(old, new)| (old.label(), new.label()));
    let names: HashMap<String, String> = renamed.collect();
    for Uses { operations, .. } in base.uses.values_mut().chain(base.inner_uses.values_mut()) {
        if operations.iter().any(|label| names.contains_key(label)) {
            let old = std::mem::take(operations);
            operations.extend(old.into_iter().map(|label| names.get(&label).cloned().unwrap_or(label)));
        }
    }
}

type Identity = (Option<String>, Option<(String, String)>);

fn address(operation: &Operation) -> (String, String) {
    (operation.method.clone(), operation.shape.clone())
}

/// Finds renamed components: those with another name and the same, or nearly the same, content.
/// Renames the references in `base` accordingly.
pub(super) fn renamed_components(base: &mut Spec<'_>, head: &Spec<'_>) -> Vec<(Key, Key)> {
    let mut renamed: Vec<(Key, Key)> = Vec::new();
    // A component that refers to a renamed one is recognized in the next round. Longer chains are
    // not treated as renames.
    for _ in 0..ROUNDS {
        let (old, new) = candidates(base, head, &renamed);
        let (old, new) = (by_content(base, old), by_content(head, new));
        let mut found: Vec<(Key, Key)> = old
            .into_iter()
            .filter_map(|(content, old)| match (old.as_slice(), new.get(&content)?.as_slice()) {
                ([old], [new]) if is_likely(&content.1, old, new) => Some((old.clone(), new.clone())),
                _ => None,
            })
            .collect();
        if found.is_empty() {
            let (old, new) = candidates(base, head, &renamed);
            found = similar(base, &old, head, &new);
        }
        if found.is_empty() {
            break;
        }
        let names: HashMap<String, String> =
            found.iter().map(|(old, new)| (format!("#{old}"), format!("#{new}"))).collect();
        base.components.values_mut().for_each(|component| rename(&mut component.value, &names));
        base.operations.iter_mut().for_each(|operation| rename(&mut operation.value, &names));
        base.aliases.extend(found.iter().map(|(old, new)| (new.clone(), old.clone())));
        // References into a renamed component are renamed too.
        let inner = base.inner.keys().filter_map(|key| {
            let (root, rest) = key.split_at(key.match_indices('/').nth(3)?.0);
            let new = names.get(&format!("#{root}"))?.trim_start_matches('#');
            Some((format!("{new}{rest}"), key.clone()))
        });
        base.aliases.extend(inner.collect::<Vec<_>>());
        renamed.extend(found);
    }
    renamed
}

/// Returns the schemas whose names are values on the wire: those that a discriminator without
/// `mapping` for them tells apart.
pub(super) fn tags(spec: &Spec<'_>) -> HashSet<Key> {
    let mut found = HashSet::new();
    let components = spec.components.values().map(|component| &component.value);
    for value in components.chain(spec.operations.iter().map(|operation| &operation.value)) {
        tags_below(value, &mut found);
    }
    for (parent, child) in spec.heirs() {
        let parent = spec.components.get(parent).map_or(&Value::Null, |parent| &parent.value);
        // An inherited discriminator is that of an earlier pair.
        if parent.get("discriminator").is_some() && !is_mapped(&parent["discriminator"], child) {
            found.insert(child.to_owned());
        }
    }
    found
}

fn tags_below(value: &Value, found: &mut HashSet<Key>) {
    if let Some(discriminator) = value.get("discriminator").filter(|value| value.is_object()) {
        let branches = ["oneOf", "anyOf"].into_iter().filter_map(|kind| value[kind].as_array()).flatten();
        let branches = branches.filter_map(|branch| target(branch["$ref"].as_str()?));
        found.extend(branches.filter(|branch| !is_mapped(discriminator, branch)));
    }
    match value {
        Value::Object(members) => members.values().for_each(|value| tags_below(value, found)),
        Value::Array(items) => items.iter().for_each(|item| tags_below(item, found)),
        _ => {}
    }
}

fn is_mapped(discriminator: &Value, key: &str) -> bool {
    let words = discriminator["mapping"].as_object().into_iter().flat_map(serde_json::Map::values);
    words.filter_map(|word| target(word.as_str()?)).any(|mapped| mapped == key)
}

/// How many rounds look for renamed components.
const ROUNDS: usize = 16;
/// The most pairs of components that are checked for similarity.
const MAX_PAIRS: usize = 10_000;
/// The share of leaves that two similar components have in common, from 0 to 1.
const SIMILAR: f64 = 0.7;
/// The same, if their names are similar too.
const SIMILAR_BY_NAME: f64 = 0.5;

/// Returns the components that only one side has.
fn candidates(base: &Spec<'_>, head: &Spec<'_>, renamed: &[(Key, Key)]) -> (Vec<Key>, Vec<Key>) {
    let old: HashSet<&Key> = renamed.iter().map(|(old, _)| old).collect();
    let new: HashSet<&Key> = renamed.iter().map(|(_, new)| new).collect();
    let only = |one: &Spec<'_>, other: &Spec<'_>, told: &HashSet<&Key>| -> Vec<Key> {
        let mine = one.components.keys();
        mine.filter(|key| !other.components.contains_key(*key) && !told.contains(key)).cloned().collect()
    };
    (only(base, head, &old), only(head, base, &new))
}

/// Returns pairs of similar components, the most similar first. Each component has at most one
/// partner.
fn similar(base: &Spec<'_>, old: &[Key], head: &Spec<'_>, new: &[Key]) -> Vec<(Key, Key)> {
    if old.len().saturating_mul(new.len()) > MAX_PAIRS {
        return Vec::new();
    }
    let leaves = |spec: &Spec<'_>, keys: &[Key]| -> Vec<(Key, String, HashSet<String>)> {
        let all = keys.iter().filter_map(|key| {
            let component = spec.components.get(key)?;
            Some((key.clone(), component.kind.clone(), leaves_of(&component.value)))
        });
        all.collect()
    };
    let (old, new) = (leaves(base, old), leaves(head, new));
    let mut found = Vec::new();
    for (key, kind, leaves) in &old {
        let fits = new.iter().filter(|(_, other, _)| other == kind).filter_map(|(other, _, others)| {
            let share = share(leaves, others);
            // One or two leaves are too few to recognize a component by.
            let is_known = leaves.len().min(others.len()) > 2 && share >= SIMILAR
                || share >= SIMILAR_BY_NAME && is_similar(&name_of(key), &name_of(other));
            is_known.then_some((share, other))
        });
        let best = fits.max_by(|(one, _), (other, _)| one.total_cmp(other));
        found.extend(best.map(|(share, other)| (share, key.clone(), other.clone())));
    }
    found.sort_by(|(one, ..), (other, ..)| other.total_cmp(one));
    let mut taken = HashSet::new();
    found.into_iter().filter(|(_, _, new)| taken.insert(new.clone())).map(|(_, old, new)| (old, new)).collect()
}

/// Returns the share of the elements that both sets have, from 0 to 1.
pub(super) fn share(one: &HashSet<String>, other: &HashSet<String>) -> f64 {
    let both = one.intersection(other).count();
    let all = one.len() + other.len() - both;
    if all == 0 { 0.0 } else { both as f64 / all as f64 }
}

/// Returns the scalars in a value, each with its pointer, without descriptive texts.
pub(super) fn leaves_of(value: &Value) -> HashSet<String> {
    let mut value = value.clone();
    without_texts(&mut value);
    let mut found = HashSet::new();
    leaves_below(&value, &mut String::new(), &mut found);
    found
}

fn leaves_below(value: &Value, at: &mut String, found: &mut HashSet<String>) {
    let length = at.len();
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (key, value) in members {
                at.push('/');
                at.push_str(key);
                leaves_below(value, at, found);
                at.truncate(length);
            }
        }
        // The position in a list does not matter.
        Value::Array(items) if !items.is_empty() => {
            at.push_str("/-");
            items.iter().for_each(|item| leaves_below(item, at, found));
            at.truncate(length);
        }
        leaf => drop(found.insert(format!("{at} {leaf}"))),
    }
}

/// Groups components by kind and content.
fn by_content(spec: &Spec<'_>, keys: Vec<Key>) -> BTreeMap<(String, String), Vec<Key>> {
    let mut found: BTreeMap<(String, String), Vec<Key>> = BTreeMap::new();
    for key in keys {
        let Some(component) = spec.components.get(&key) else { continue };
        let mut value = component.value.clone();
        rename(&mut value, &HashMap::from([(format!("#{key}"), "#self".to_owned())]));
        without_texts(&mut value);
        found.entry((component.kind.clone(), value.to_string())).or_default().push(key);
    }
    found
}

/// Returns whether equal content means a rename. Schemas without properties, such as two plain
/// strings, also need similar names.
fn is_likely(content: &str, old: &Key, new: &Key) -> bool {
    content.contains("\"properties\"") || is_similar(&name_of(old), &name_of(new))
}

/// Returns whether two names are similar.
pub(super) fn is_similar(old: &str, new: &str) -> bool {
    const ALIKE: f64 = 0.6;

    let [old, new] = [old, new].map(|name| {
        name.chars().filter(|each| each.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>()
    });
    let contains = old.len() > 2 && new.len() > 2 && (old.contains(&new) || new.contains(&old));
    old == new || contains || strsim::normalized_levenshtein(&old, &new) >= ALIKE
}

/// Removes descriptive texts from a value.
pub(super) fn without_texts(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for key in ["description", "example", "title", "externalDocs"] {
                // A property may have one of these names; its value is an object.
                members.retain(|name, value| name != key || value.is_object() && key != "externalDocs");
            }
            members.values_mut().for_each(without_texts);
        }
        Value::Array(items) => items.iter_mut().for_each(without_texts),
        _ => {}
    }
}

/// Replaces references with the new names in `names`, including references into renamed components.
fn rename(value: &mut Value, names: &HashMap<String, String>) {
    match value {
        Value::String(text) if text.starts_with('#') => {
            if let Some(new) = names.get(text) {
                new.clone_into(text);
            } else if let Some((root, rest)) = text.match_indices('/').nth(3).map(|(at, _)| text.split_at(at))
                && let Some(new) = names.get(root)
            {
                *text = format!("{new}{rest}");
            }
        }
        Value::Object(members) => members.values_mut().for_each(|value| rename(value, names)),
        Value::Array(items) => items.iter_mut().for_each(|value| rename(value, names)),
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
