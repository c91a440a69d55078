//! The parts of a composition: matches the parts of two lists, and names them for readers.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::align::{leaves_of, share, without_texts};
use crate::spec::name_of;

/// The most unmatched parts on each side that are checked for similarity.
const MAX_SIMILAR: usize = 50;
/// The share of leaves that two similar parts have in common, from 0 to 1.
const SIMILAR: f64 = 0.3;

/// The matched parts of both sides, by index.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Matched {
    pub(super) pairs: Vec<(usize, usize)>,
    pub(super) removed: Vec<usize>,
    pub(super) added: Vec<usize>,
}

/// Matches parts with the same content first, then those with the same tag, then those that are the
/// only one of their type, then similar ones.
pub(super) fn matched(old: &[Value], new: &[Value], discriminator: Option<&str>) -> Matched {
    let mut found = Matched { pairs: Vec::new(), removed: (0..old.len()).collect(), added: (0..new.len()).collect() };
    let kind = |part: &Value| part.get("type").map(|kind| format!("{kind} {}", part["format"]));
    pair(&mut found, old, new, &content, false);
    pair(&mut found, old, new, &|part| tag(part, discriminator), true);
    pair(&mut found, old, new, &|part| kind(part).filter(|_| tag(part, discriminator).is_none()), true);
    let kind = |part: &Value| part["type"].as_str().map(str::to_owned);
    pair(&mut found, old, new, &|part| kind(part).filter(|_| tag(part, discriminator).is_none()), true);
    if found.removed.len().max(found.added.len()) <= MAX_SIMILAR {
        pair_similar(&mut found, old, new, discriminator);
    }
    found.pairs.sort_unstable();
    found
}

/// Matches the remaining parts with the same content. The lists have the targets of references in
/// place of these.
pub(super) fn match_content(found: &mut Matched, old: &[Value], new: &[Value]) {
    pair(found, old, new, &content, false);
    found.pairs.sort_unstable();
}

fn content(part: &Value) -> Option<String> {
    let mut part = part.clone();
    without_texts(&mut part);
    Some(part.to_string())
}

/// Matches the remaining parts by a key. With `once`, only keys that are unique on both sides
/// count.
fn pair(found: &mut Matched, old: &[Value], new: &[Value], key: &dyn Fn(&Value) -> Option<String>, once: bool) {
    let by_key = |parts: &[Value], numbers: &[usize]| -> HashMap<String, Vec<usize>> {
        let mut all: HashMap<String, Vec<usize>> = HashMap::new();
        for number in numbers.iter().rev() {
            if let Some(key) = parts.get(*number).and_then(key) {
                all.entry(key).or_default().push(*number);
            }
        }
        all
    };
    let (mine, mut theirs) = (by_key(old, &found.removed), by_key(new, &found.added));
    let mut taken = HashSet::new();
    for (key, mut mine) in mine {
        let Some(theirs) = theirs.get_mut(&key) else { continue };
        if once && (mine.len() > 1 || theirs.len() > 1) {
            continue;
        }
        while let (Some(_), Some(_)) = (mine.last(), theirs.last()) {
            if let (Some(one), Some(other)) = (mine.pop(), theirs.pop()) {
                found.pairs.push((one, other));
                taken.insert((true, one));
                taken.insert((false, other));
            }
        }
    }
    found.removed.retain(|number| !taken.contains(&(true, *number)));
    found.added.retain(|number| !taken.contains(&(false, *number)));
}

fn pair_similar(found: &mut Matched, old: &[Value], new: &[Value], discriminator: Option<&str>) {
    let leaves = |parts: &[Value], numbers: &[usize]| -> Vec<(usize, HashSet<String>)> {
        numbers.iter().filter_map(|number| Some((*number, leaves_of(parts.get(*number)?)))).collect()
    };
    let (mine, theirs) = (leaves(old, &found.removed), leaves(new, &found.added));
    // Two parts with tags were not matched by them, so they are different parts.
    let has_tag =
        |parts: &[Value], number: usize| parts.get(number).is_some_and(|part| tag(part, discriminator).is_some());
    let mut fits: Vec<(f64, usize, usize)> = Vec::new();
    for (one, leaves) in &mine {
        let others = theirs.iter().filter(|(other, _)| !has_tag(old, *one) || !has_tag(new, *other));
        fits.extend(others.map(|(other, others)| (share(leaves, others), *one, *other)));
    }
    fits.retain(|(share, ..)| *share >= SIMILAR);
    fits.sort_by(|(one, ..), (other, ..)| other.total_cmp(one));
    for (_, one, other) in fits {
        if found.removed.contains(&one) && found.added.contains(&other) {
            found.pairs.push((one, other));
            found.removed.retain(|number| *number != one);
            found.added.retain(|number| *number != other);
        }
    }
}

/// Returns what identifies a branch: the name it refers to, its title, or the only value of one of
/// its properties.
pub(super) fn tag(part: &Value, discriminator: Option<&str>) -> Option<String> {
    if let Some(text) = part["$ref"].as_str().or(part["title"].as_str()) {
        return Some(name_of(text));
    }
    let properties = part["properties"].as_object()?;
    let only = |name: &str| {
        let schema = properties.get(name)?;
        let values = schema["enum"].as_object().filter(|values| values.len() == 1);
        let value = schema.get("const").or_else(|| values?.values().next())?;
        Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    };
    let named = discriminator.and_then(only);
    named.or_else(|| properties.keys().find_map(|name| only(name)))
}

/// Returns the name of a part for readers.
pub(super) fn name(part: &Value, number: usize, discriminator: Option<&str>) -> String {
    let kind = || {
        let format = part["format"].as_str().map(|format| format!(" ({format})")).unwrap_or_default();
        part["type"].as_str().map(|kind| format!("{kind}{format}"))
    };
    tag(part, discriminator)
        .or_else(|| kind().filter(|_| part.get("properties").is_none()))
        .unwrap_or_else(|| format!("part {}", number + 1))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(value: Value) -> Vec<Value> {
        value.as_array().unwrap().clone()
    }

    #[test]
    fn parts_are_matched_whatever_their_order() {
        let old = of(
            json!([{ "type": "string" }, { "$ref": "#/a" }, { "properties": { "k": { "const": "cat" }, "x": { "type": "integer" } } }]),
        );
        let new = of(
            json!([{ "properties": { "k": { "const": "dog" } } }, { "properties": { "k": { "const": "cat" }, "x": { "type": "string" } } }, { "$ref": "#/a" }, { "type": "string" }]),
        );

        let found = matched(&old, &new, None);

        assert_eq!(found, Matched { pairs: vec![(0, 3), (1, 2), (2, 1)], removed: vec![], added: vec![0] });
        assert_eq!(name(&new[0], 0, None), "dog");
        assert_eq!(name(&json!({ "type": "string", "format": "uuid" }), 1, None), "string (uuid)");
    }

    #[test]
    fn equal_parts_are_matched_one_by_one() {
        let parts = vec![json!({ "type": "string" }); 3];

        let found = matched(&parts, &parts[..2], None);

        assert_eq!((found.pairs.len(), found.removed.len(), found.added.len()), (2, 1, 0));
    }
}
