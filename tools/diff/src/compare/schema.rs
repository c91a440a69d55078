//! Compares schemas.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde_json::Value;

use super::{
    Comparer, Frame, MAX_NESTED, Spot,
    align::{is_similar, leaves_of, share, without_texts},
    keys, parts, reference,
};
use crate::{
    canonical::HIDDEN,
    flatten::{flattened, members_of, of_the_parts},
    level::{Level, Side},
    rule::Rule,
    spec::Spec,
    told::{brief, change, code, listed},
};
use plex_tv_openapi::pointer::join;

/// Members next to a choice or a reference that do not change what it accepts.
const AROUND: [&str; 9] =
    ["nullable", "description", "title", "deprecated", "readOnly", "writeOnly", "default", "example", "externalDocs"];
/// Lower bounds, which are stricter when they are higher. Upper bounds are stricter when lower.
const LOWER: [&str; 4] = ["minimum", "minLength", "minItems", "minProperties"];
const UPPER: [&str; 4] = ["maximum", "maxLength", "maxItems", "maxProperties"];
/// Bounds, and what says that they are exclusive.
const EXCLUSIVE: [(&str, &str); 2] = [("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")];
const OTHER_LIMITS: [&str; 5] = ["exclusiveMinimum", "exclusiveMaximum", "uniqueItems", "multipleOf", "pattern"];

impl<'a> Comparer<'a> {
    pub(super) fn schema(&mut self, base: &'a Value, head: &'a Value, spot: &Spot) {
        if base == head {
            return;
        }
        if self.one_branch(base, head, spot) {
            return;
        }
        match (reference(base), reference(head)) {
            (None, None) => self.inline(base, head, spot),
            (old, new) => {
                // Members next to a reference apply to the value. The target is compared on its
                // own.
                let is_both = old.is_some() && new.is_some();
                if is_both {
                    self.annotations(base, head, spot);
                    self.members(base, head, spot);
                }
                self.follow((base, head), spot, Rule::SchemaMoved, move |comparer, old, new, spot| {
                    if is_both {
                        comparer.schema(old, new, spot)
                    } else {
                        comparer.moved_schema(base, head, (old, new), spot)
                    }
                });
            }
        }
    }

    /// Compares a choice with a plain schema that matches one of its branches. Returns whether the
    /// pair is of this kind.
    fn one_branch(&mut self, base: &'a Value, head: &'a Value, spot: &Spot) -> bool {
        if self.nested >= MAX_NESTED {
            return false;
        }
        let choice = |value: &'a Value| {
            ["oneOf", "anyOf"].into_iter().find_map(|kind| Some((kind, value.get(kind)?.as_array()?.as_slice())))
        };
        let is_plain = |value: &Value| !["allOf", "oneOf", "anyOf"].iter().any(|kind| value.get(kind).is_some());
        let alone = |value: &Value| {
            let mut value = value.clone();
            if let Some(members) = value.as_object_mut() {
                members.retain(|key, _| !AROUND.contains(&key.as_str()));
            }
            vec![value]
        };
        let (kind, old, new, rule, verb) = match (choice(base), choice(head)) {
            (Some((kind, old)), None) if is_plain(head) => {
                (kind, old.to_vec(), alone(head), Rule::OneofRemoved, "may no longer be")
            }
            (None, Some((kind, new))) if is_plain(base) => {
                (kind, alone(base), new.to_vec(), Rule::OneofAdded, "may also be")
            }
            _ => return false,
        };
        // Everything else beside a choice limits its branches, so they do not stand for the whole.
        let is_note = |key: &str| key.starts_with("x-") && key != "x-extensible-enum";
        let is_around = |key: &str| [kind, "discriminator"].contains(&key) || AROUND.contains(&key) || is_note(key);
        let choice = if rule == Rule::OneofAdded { head } else { base };
        if !choice.as_object().is_some_and(|members| members.keys().all(|key| is_around(key))) {
            return false;
        }
        let matched = parts::matched(&old, &new, None);
        let [(one, other)] = matched.pairs.as_slice() else { return false };
        self.annotations(base, head, spot);
        let (numbers, parts) = if rule == Rule::OneofAdded { (&matched.added, &new) } else { (&matched.removed, &old) };
        let names: Vec<_> =
            numbers.iter().filter_map(|number| Some(parts::name(parts.get(*number)?, *number, None))).collect();
        let what = format!("{verb} {}", listed(names.iter().map(String::as_str)));
        let related: Vec<_> = parts.iter().flat_map(super::exchange::related).collect();
        self.tell(rule, spot, &[kind], what).related.extend(related);
        if let (Some(old), Some(new)) = (old.get(*one), new.get(*other)) {
            self.with_copies((old, new), spot, |comparer, (old, new), spot| comparer.schema(old, new, spot));
        }
        self.frame.consumed.insert(spot.at.clone());
        true
    }

    /// Compares values that were made for the comparison. Findings get the place that they come
    /// from.
    fn with_copies(
        &mut self,
        pair: (&Value, &Value),
        spot: &Spot,
        compare: impl for<'b> FnOnce(&mut Comparer<'b>, (&'b Value, &'b Value), &Spot),
    ) {
        let mut inner = Comparer {
            base: self.base,
            head: self.head,
            findings: Vec::new(),
            subject: self.subject.clone(),
            used_by: self.used_by.clone(),
            referrers: self.referrers.clone(),
            frame: Frame::new(&Value::Null, &Value::Null, "", ""),
            open: Vec::new(),
            told: std::mem::take(&mut self.told),
            nested: self.nested + 1,
            is_one: self.is_one,
        };
        let roots = [&self.frame.base_root, &self.frame.head_root].map(|root| format!("{root}{}", spot.at));
        inner.within(pair, (&roots[0], &roots[1]), spot, |comparer, spot| compare(comparer, pair, spot));
        inner.finish(0);
        self.findings.extend(inner.findings);
        self.told = inner.told;
    }

    /// Compares a pair in which one side is a reference: its target and the members next to the
    /// reference against the other side.
    fn moved_schema(&mut self, base: &Value, head: &Value, (old, new): (&'a Value, &'a Value), spot: &Spot) {
        let around = |value: &Value, key: &str| reference(value).is_some() && value[key] == Value::Bool(true);
        let is_null =
            |value: &Value, target: &Value| around(value, "nullable") || target["nullable"] == Value::Bool(true);
        match (is_null(base, old), is_null(head, new)) {
            (false, true) => {
                self.tell(Rule::NullableAdded, spot, &["nullable"], "may be null now");
            }
            (true, false) => {
                self.tell(Rule::NullableRemoved, spot, &["nullable"], "may no longer be null");
            }
            _ => {
                self.frame.consumed.insert(join(&spot.at, "nullable"));
            }
        }
        self.without_nullable(old, new, spot);
    }

    fn inline(&mut self, base: &'a Value, head: &'a Value, spot: &Spot) {
        self.nullable((base, head), spot);
        self.without_nullable(base, head, spot);
    }

    fn without_nullable(&mut self, base: &'a Value, head: &'a Value, spot: &Spot) {
        if !base.is_object() || !head.is_object() {
            return;
        }
        if self.written_out(base, head, spot) {
            return;
        }
        self.members(base, head, spot);
        self.notes(base, head, spot);
    }

    fn members(&mut self, base: &'a Value, head: &'a Value, spot: &Spot) {
        self.kind(base, head, spot);
        self.values(base, head, spot);
        self.limits(base, head, spot);
        self.properties(base, head, spot);
        self.other_members(base, head, spot);
        if let (Some(old), Some(new)) = (base.get("items"), head.get("items")) {
            self.schema(old, new, &spot.below(&["items"], "[]"));
        } else if base.get("items") != head.get("items") && base.get("type") == head.get("type") {
            let verb = if base.get("items").is_none() { "were added" } else { "were removed" };
            self.tell(Rule::Composition, spot, &["items"], format!("items {verb}"));
        }
        self.composition(base, head, spot);
        self.definitions(base, head, spot);
    }

    /// Compares the schemas in `$defs` that something refers to.
    fn definitions(&mut self, base: &'a Value, head: &'a Value, spot: &Spot) {
        for name in keys(&base["$defs"], &head["$defs"]) {
            let at = spot.below(&["$defs", name], &format!("$defs.{name}"));
            let is_used = self.head.inner_uses.contains_key(&format!("{}{}", self.frame.head_root, at.at));
            if let (true, Some(old), Some(new)) = (is_used, base["$defs"].get(name), head["$defs"].get(name)) {
                self.schema(old, new, &at);
            }
        }
    }

    /// Compares flattened schemas if only one side has `allOf`, or if the parts are split
    /// differently: how a schema is split into parts has no meaning. Returns whether it did.
    fn written_out(&mut self, base: &'a Value, head: &'a Value, spot: &Spot) -> bool {
        let list = |value: &'a Value| value["allOf"].as_array().map(Vec::as_slice).unwrap_or_default();
        let (old_parts, new_parts) = (list(base), list(head));
        if old_parts == new_parts || self.nested >= MAX_NESTED {
            return false;
        }
        let matched = parts::matched(old_parts, new_parts, None);
        let is_matched = matched.removed.is_empty() && matched.added.is_empty();
        // A change in matched parts is told best by comparing them, unless members only moved.
        if is_matched && members_of(old_parts) != members_of(new_parts) {
            return false;
        }
        let lost = [of_the_parts(old_parts), of_the_parts(new_parts)];
        let is_other_text = lost[0] != lost[1];
        let [was_more, is_more] = lost.map(|members| {
            members.into_iter().filter(|(key, _)| ["discriminator", "xml"].contains(key)).collect::<Vec<_>>()
        });
        let is_one_sided = base.get("allOf").is_none() || head.get("allOf").is_none();
        let (Some(old), Some(new)) = (flattened(self.base, base), flattened(self.head, head)) else { return false };
        let content = |value: &Value| {
            let mut value = value.clone();
            without_texts(&mut value);
            value
        };
        if !is_one_sided && (was_more != is_more || content(&old) != content(&new)) {
            return false;
        }
        if !is_one_sided && is_other_text {
            self.tell_of(Rule::Docs, spot, &["allOf"], ": ", "the texts of its parts changed".to_owned());
        }
        let is_same_null = base.get("nullable") == head.get("nullable");
        let referrers = self.referrers.clone();
        self.referrers.extend(super::exchange::related(base).into_iter().chain(super::exchange::related(head)));
        self.with_copies((&old, &new), spot, |comparer, (old, new), spot| {
            // It was already reported, unless the parts say it.
            if is_same_null {
                comparer.nullable((old, new), spot);
            }
            comparer.frame.consumed.insert("/nullable".to_owned());
            comparer.without_nullable(old, new, spot);
        });
        self.referrers = referrers;
        self.frame.consumed.insert(spot.at.clone());
        true
    }

    /// Compares the members next to a reference.
    fn annotations(&mut self, base: &Value, head: &Value, spot: &Spot) {
        self.nullable((base, head), spot);
        self.notes(base, head, spot);
    }

    fn nullable(&mut self, pair: (&Value, &Value), spot: &Spot) {
        let rules = [Rule::NullableAdded, Rule::NullableRemoved];
        self.flag(pair, spot, "nullable", rules, ["may be null now", "may no longer be null"]);
    }

    fn notes(&mut self, base: &Value, head: &Value, spot: &Spot) {
        const TEXTS: [&str; 5] = ["description", "example", "examples", "externalDocs", "$comment"];

        let pair = (base, head);
        for (key, rule, name) in
            [("readOnly", Rule::ReadOnly, "read-only"), ("writeOnly", Rule::WriteOnly, "write-only")]
        {
            let what = [format!("is {name} now"), format!("is no longer {name}")];
            self.flag(pair, spot, key, [rule, rule], [&what[0], &what[1]]);
        }
        let rules = [Rule::FieldDeprecated, Rule::FieldUndeprecated];
        self.flag(pair, spot, "deprecated", rules, ["is deprecated now", "is no longer deprecated"]);
        self.default(base, head, spot);
        if base.get("title") != head.get("title") {
            let what = format!("title {}", change(base.get("title"), head.get("title")));
            self.tell_of(Rule::SchemaTitle, spot, &["title"], ": ", what);
        }
        if base.get("xml") != head.get("xml") {
            let what = format!("XML form {}", change(base.get("xml"), head.get("xml")));
            self.tell_of(Rule::XmlChanged, spot, &["xml"], ": ", what);
        }
        self.texts(Rule::Docs, pair, spot, &TEXTS);
        self.texts(Rule::Docs, (&base[HIDDEN], &head[HIDDEN]), &spot.key(HIDDEN), &TEXTS);
        self.extensions(Rule::SchemaExtension, pair, spot, &["x-extensible-enum"]);
    }

    fn default(&mut self, base: &Value, head: &Value, spot: &Spot) {
        let (old, new) = (base.get("default"), head.get("default"));
        if old == new {
            return;
        }
        let rule = match (spot.is_parameter, old) {
            (false, _) => Rule::DefaultProp,
            (true, None) => Rule::ParamDefaultAdded,
            (true, Some(_)) => Rule::ParamDefaultChanged,
        };
        self.tell_of(rule, spot, &["default"], ": ", format!("default {}", change(old, new)));
    }

    fn kind(&mut self, base: &Value, head: &Value, spot: &Spot) {
        let (old, new) = (base.get("type"), head.get("type"));
        let told = |value: &Value| {
            let format = value["format"].as_str().map(|format| format!(" ({format})")).unwrap_or_default();
            let kind = value.get("type").map_or_else(|| "of any type".to_owned(), |kind| brief(kind).replace('"', ""));
            format!("{kind}{format}")
        };
        let (before, after) = (types(old), types(new));
        if before == after {
            self.frame.consumed.insert(join(&spot.at, "type"));
        } else {
            let rule = match () {
                () if accepts(&after, &before) => Rule::TypeWidened,
                () if accepts(&before, &after) => Rule::TypeNarrowed,
                () => Rule::TypeChanged,
            };
            // `format` and `items` belong to the type, unless a type with a format stays.
            let stays = before.is_some_and(|before| after.is_some_and(|after| !before.is_disjoint(&after)))
                && base.get("format").is_some();
            let keys: &[&str] = if stays { &["items"] } else { &["format", "items"] };
            let mut told_keys = vec!["type"];
            told_keys.extend(keys.iter().filter(|key| base.get(key) != head.get(key)));
            self.tell(rule, spot, &told_keys, format!("is now {}, was {}", told(head), told(base)));
            if !stays {
                return;
            }
        }
        let (old, new) = (base["format"].as_str(), head["format"].as_str());
        if base.get("format") == head.get("format") {
            return;
        }
        let what = format!("is now {}, was {}", told(head), told(base));
        match (old, new) {
            (Some("int32"), Some("int64")) => {
                self.tell(Rule::IntWidth, spot, &["format"], what);
            }
            (Some("int64"), Some("int32")) => {
                let found = self.tell(Rule::IntWidth, spot, &["format"], what);
                let is_sent = found.side.has(Side::Request);
                found.level = if is_sent { Level::Breaking } else { Level::Compatible };
            }
            (None, _) => {
                self.tell(Rule::FormatAdded, spot, &["format"], what);
            }
            (_, None) => {
                self.tell(Rule::FormatRemoved, spot, &["format"], what);
            }
            _ => {
                self.tell(Rule::FormatChanged, spot, &["format"], what);
            }
        }
    }

    fn values(&mut self, base: &Value, head: &Value, spot: &Spot) {
        if self.constant(base, head, spot) {
            return;
        }
        let closed = |value: &'_ Value| value.get("enum").is_some();
        match (closed(base), closed(head)) {
            (true, true) => {
                let rules = [Rule::EnumAdded, Rule::EnumRemoved];
                self.value_lists("enum", (&base["enum"], &head["enum"]), spot, rules);
            }
            (false, true) => {
                let what = format!("may only be {} now", listed(keys(&head["enum"], &head["enum"])));
                self.tell(Rule::EnumClosed, spot, &["enum", "x-extensible-enum"], what);
                return;
            }
            (true, false) => {
                let what = format!("is no longer limited to {}", listed(keys(&base["enum"], &base["enum"])));
                self.tell(Rule::EnumOpened, spot, &["enum", "x-extensible-enum"], what);
                // The values that the open list no longer has may be refused.
                let open = &head["x-extensible-enum"];
                let lost: Vec<_> = keys(&base["enum"], &Value::Null);
                let lost: Vec<_> = lost.into_iter().filter(|value| open.get(value).is_none()).collect();
                if open.is_object() && !lost.is_empty() {
                    let what = format!("no longer includes {}", listed(lost.iter().copied()));
                    self.tell(Rule::OpenEnumRemoved, &spot.key("enum"), &lost, what);
                }
                return;
            }
            (false, false) => {}
        }
        let rules = [Rule::OpenEnumAdded, Rule::OpenEnumRemoved];
        let key = "x-extensible-enum";
        self.value_lists(key, (&base[key], &head[key]), spot, rules);
    }

    /// Compares `const`, which is a list of one value. Returns whether either side has it.
    fn constant(&mut self, base: &Value, head: &Value, spot: &Spot) -> bool {
        let (old, new) = (base.get("const"), head.get("const"));
        if old.is_none() && new.is_none() {
            return false;
        }
        let values = |value: &Value| -> Option<BTreeSet<String>> {
            let list = value["enum"].as_object().map(|values| values.values().map(Value::to_string).collect());
            value.get("const").map(|only| BTreeSet::from([only.to_string()])).or(list)
        };
        let (before, after) = (values(base), values(head));
        // The side on which it breaks.
        let breaks = match (&before, &after) {
            (one, other) if one == other => None,
            // More values are accepted, or any value.
            (Some(_), None) => Some(Side::Response),
            (Some(before), Some(after)) if before.is_subset(after) => Some(Side::Response),
            (Some(before), Some(after)) if !after.is_subset(before) => Some(Side::Both),
            _ => Some(Side::Request),
        };
        match breaks {
            Some(breaks) => {
                let told = |value: &Value| match value.get("const") {
                    Some(only) => brief(only),
                    None if value.get("enum").is_some() => {
                        format!("one of {}", listed(keys(&value["enum"], &value["enum"])))
                    }
                    None => "any value".to_owned(),
                };
                let what = format!("is now {}, was {}", told(head), told(base));
                let found = self.tell(Rule::ConstChanged, spot, &["const", "enum", "x-extensible-enum"], what);
                let is_seen = found.side != found.side.without(breaks);
                found.level = if is_seen { Level::Breaking } else { Level::Compatible };
            }
            None => self.frame.consumed.extend(["const", "enum"].map(|key| join(&spot.at, key))),
        }
        true
    }

    fn value_lists(&mut self, key: &str, (base, head): (&Value, &Value), spot: &Spot, [added, removed]: [Rule; 2]) {
        let at = spot.key(key);
        // Without a list, any value is accepted, like before.
        let is_list_gone = head.is_null();
        for (one, other, rule, verb) in
            [(head, base, added, "now includes"), (base, head, removed, "no longer includes")]
        {
            let values: Vec<_> = keys(one, one).into_iter().filter(|value| other.get(value).is_none()).collect();
            if !values.is_empty() {
                let what = format!("{verb} {}", listed(values.iter().copied()));
                let found = self.tell(rule, &at, &values, what);
                if is_list_gone {
                    found.level = Level::Compatible;
                }
            }
        }
    }

    fn limits(&mut self, base: &Value, head: &Value, spot: &Spot) {
        for key in LOWER.into_iter().chain(UPPER).chain(OTHER_LIMITS) {
            let (old, new) = (base.get(key), head.get(key));
            if old == new || self.frame.consumed.contains(&join(&spot.at, key)) {
                continue;
            }
            let rule = match (old, new) {
                (None, _) => Rule::LimitTightened,
                (_, None) => Rule::LimitLoosened,
                (Some(old), Some(new)) => tightened(key, old, new),
            };
            self.tell_of(rule, spot, &[key], ": ", format!("{key} {}", change(old, new)));
            // Once a bound moved, it does not matter whether it is exclusive.
            if let Some((_, exclusive)) = EXCLUSIVE.iter().find(|(bound, _)| *bound == key)
                && [base, head].iter().all(|schema| schema.get(exclusive).is_none_or(Value::is_boolean))
            {
                self.frame.consumed.insert(join(&spot.at, exclusive));
            }
        }
    }

    fn properties(&mut self, base: &'a Value, head: &'a Value, spot: &Spot) {
        let (old, new) = (&base["properties"], &head["properties"]);
        let only = |one: &'a Value, other: &Value| -> Vec<&'a str> {
            keys(one, one).into_iter().filter(|key| other.get(key).is_none()).collect()
        };
        let (mut gone, mut added) = (only(old, new), only(new, old));
        for (from, to) in renamed((old, &gone), (new, &added)) {
            gone.retain(|name| *name != from);
            added.retain(|name| *name != to);
            self.renamed_property((base, from), (head, to), spot);
        }
        let refuses_more = |schema: &Value| {
            ["additionalProperties", "unevaluatedProperties"].iter().any(|key| schema[key] == Value::Bool(false))
        };
        let [was_closed, is_closed] = spot.closed;
        let (was_closed, is_closed) = (was_closed || refuses_more(base), is_closed || refuses_more(head));
        let is_required = |schema: &Value, name: &str| schema["required"].get(name).is_some();
        let pointers = |name: &str| [spot.keys(&["properties", name]).at, spot.keys(&["required", name]).at];
        for name in gone {
            let (rule, what) = if is_required(base, name) {
                (Rule::PropRemovedRequired, "was removed, and was required")
            } else {
                (Rule::PropRemovedOptional, "was removed")
            };
            let side = self.seen(spot.side, &[&old[name]], &[]);
            let at = Spot { at: spot.at.clone(), ..spot.below(&[], name) }.on(side);
            let [property, required] = pointers(name);
            // It may be required all the same.
            let told = if is_required(head, name) { vec![property] } else { vec![property, required] };
            let found = self.tell_at(rule, &at, &told, what);
            found.related.extend(super::exchange::related(&old[name]));
            // Requests that still contain it are refused.
            if is_closed && found.side.has(Side::Request) {
                found.level = Level::Breaking;
            }
        }
        for name in added {
            let (rule, what) = if is_required(head, name) {
                (Rule::PropRequiredAdded, "was added, and is required")
            } else {
                (Rule::PropOptionalAdded, "was added")
            };
            let side = self.seen(spot.side, &[], &[&new[name]]);
            let at = Spot { at: spot.at.clone(), ..spot.below(&[], name) }.on(side);
            let found = self.tell_at(rule, &at, &pointers(name), what);
            found.related.extend(super::exchange::related(&new[name]));
            // Readers of the old description refuse it.
            if was_closed && found.side.has(Side::Response) {
                found.level = Level::Breaking;
            }
        }
        for name in keys(old, new) {
            if let (Some(old), Some(new)) = (old.get(name), new.get(name)) {
                let side = self.seen(spot.side, &[old], &[new]);
                self.schema(old, new, &spot.below(&["properties", name], name).on(side));
            }
        }
        self.required(base, head, spot);
    }

    /// Returns the side that sees a property: read-only properties are not in requests, and
    /// write-only ones are not in replies.
    fn seen(&self, side: Side, old: &[&Value], new: &[&Value]) -> Side {
        let all = |flag: &str| {
            let is =
                |value: &Value, target: &Value| value[flag] == Value::Bool(true) || target[flag] == Value::Bool(true);
            old.iter().all(|value| is(value, super::exchange::resolved(self.base, value)))
                && new.iter().all(|value| is(value, super::exchange::resolved(self.head, value)))
        };
        let side = if all("readOnly") { side.without(Side::Request) } else { side };
        if all("writeOnly") { side.without(Side::Response) } else { side }
    }

    /// Compares `required` of properties that both sides have, or that another part of a
    /// composition has.
    fn required(&mut self, base: &'a Value, head: &'a Value, spot: &Spot) {
        let (old, new) = (&base["required"], &head["required"]);
        if old == new {
            return;
        }
        // The property may be in a part.
        let flat = |spec, schema: &Value| schema.get("allOf").and_then(|_| flattened(spec, schema)).unwrap_or_default();
        let (old_flat, new_flat) = (flat(self.base, base), flat(self.head, head));
        for name in keys(old, new) {
            let side = match (property(base, &old_flat, name), property(head, &new_flat, name)) {
                (Some(old), Some(new)) => self.seen(spot.side, &[old], &[new]),
                _ => spot.side,
            };
            let at = Spot { at: spot.at.clone(), ..spot.below(&[], name) }.on(side);
            // It was already reported with the added or removed property.
            if self.frame.consumed.contains(&spot.keys(&["required", name]).at) {
                continue;
            }
            let pointers = [spot.keys(&["properties", name]).at, spot.keys(&["required", name]).at];
            let [_, required] = &pointers;
            match (old.get(name), new.get(name)) {
                (None, Some(_)) => {
                    self.tell_at(Rule::PropRequired, &at, std::slice::from_ref(required), "is required now");
                }
                (Some(_), None) => {
                    self.tell_at(Rule::PropOptional, &at, std::slice::from_ref(required), "is optional now");
                }
                _ => {}
            }
        }
    }

    fn renamed_property(&mut self, (base, from): (&'a Value, &'a str), (head, to): (&'a Value, &'a str), spot: &Spot) {
        let side = self.seen(spot.side, &[&base["properties"][from]], &[&head["properties"][to]]);
        let at = Spot { at: spot.at.clone(), ..spot.below(&[], to) }.on(side);
        let pointers = [["properties", to], ["properties", from], ["required", to], ["required", from]];
        let pointers = pointers.map(|keys| spot.keys(&keys).at);
        self.tell_at(Rule::PropRenamed, &at, &pointers, format!("seems to be the new name of {}", code(from)));
        let is_required = |schema: &Value, name: &str| schema["required"].get(name).is_some();
        match (is_required(base, from), is_required(head, to)) {
            (false, true) => {
                self.tell_at(Rule::PropRequired, &at, &pointers[2..], "is required now");
            }
            (true, false) => {
                self.tell_at(Rule::PropOptional, &at, &pointers[2..], "is optional now");
            }
            _ => {}
        }
        let roots =
            (format!("{}{}", self.frame.base_root, pointers[1]), format!("{}{}", self.frame.head_root, pointers[0]));
        let (old, new) = (&base["properties"][from], &head["properties"][to]);
        self.within((old, new), (&roots.0, &roots.1), &at, |comparer, spot| comparer.schema(old, new, spot));
    }

    /// Compares `additionalProperties`.
    fn other_members(&mut self, base: &'a Value, head: &'a Value, spot: &Spot) {
        const KEY: &str = "additionalProperties";
        let (old, new) = (base.get(KEY), head.get(KEY));
        if old == new {
            return;
        }
        let is_refused = |value: Option<&Value>| value == Some(&Value::Bool(false));
        let is_schema =
            |value: Option<&Value>| value.and_then(Value::as_object).is_some_and(|schema| !schema.is_empty());
        match (old, new) {
            (_, new) if is_refused(new) => {
                self.tell(Rule::AddlFalse, spot, &[KEY], "refuses members that are not listed");
            }
            (old, _) if is_refused(old) => {
                let found = self.tell(Rule::AddlTrue, spot, &[KEY], "accepts members that are not listed");
                // Readers of the old description refuse the new members.
                if found.side.has(Side::Response) {
                    found.level = Level::Potential;
                }
            }
            (Some(one), Some(other)) if is_schema(old) && is_schema(new) => {
                let at = spot.below(&[KEY], "{}");
                self.as_one(Rule::AddlSchema, &at, "changed", |comparer| comparer.schema(one, other, &at));
            }
            (_, new) if is_schema(new) => {
                self.tell(Rule::AddlSchema, spot, &[KEY], "has a schema for members that are not listed");
            }
            _ => {
                let what = if new.is_some() {
                    "accepts any member that is not listed"
                } else {
                    "no longer mentions members that are not listed"
                };
                let found = self.tell(Rule::AddlTrue, spot, &[KEY], what);
                // Readers of the old description refuse members that do not fit its schema.
                if is_schema(old) && found.side.has(Side::Response) {
                    found.level = Level::Potential;
                }
            }
        }
    }

    fn composition(&mut self, base: &'a Value, head: &'a Value, spot: &Spot) {
        self.discriminator(base, head, spot);
        let kinds = ["allOf", "oneOf", "anyOf"];
        let only = |one: &Value, other: &Value| {
            kinds.into_iter().find(|kind| one.get(kind).is_some() && other.get(kind).is_none())
        };
        match (only(base, head), only(head, base)) {
            (None, None) => {}
            (Some(old), Some(new)) => {
                self.tell(Rule::Composition, spot, &[new, old], format!("uses {new} instead of {old}"));
            }
            (None, Some(new)) => {
                self.tell(Rule::Composition, spot, &[new], format!("now uses {new}"));
            }
            (Some(old), None) => {
                self.tell(Rule::Composition, spot, &[old], format!("no longer uses {old}"));
            }
        }
        for kind in kinds {
            if let (Some(Value::Array(old)), Some(Value::Array(new))) = (base.get(kind), head.get(kind)) {
                self.parts(kind, (base, old), (head, new), spot);
            }
        }
    }

    /// Compares discriminators. Adding one changes nothing on the wire; changing its property or
    /// its mapping does.
    fn discriminator(&mut self, base: &Value, head: &Value, spot: &Spot) {
        const KEY: &str = "discriminator";
        let (old, new) = (base.get(KEY), head.get(KEY));
        if old == new {
            return;
        }
        let spot_at = spot.key(KEY);
        let (Some(old), Some(new)) = (old, new) else {
            let verb = if old.is_none() { "was added" } else { "was removed" };
            let found = self.tell_of(Rule::Discriminator, spot, &[KEY], ": ", format!("discriminator {verb}"));
            // Readers may have used a removed one to tell branches apart.
            if old.is_none() {
                found.level = Level::Compatible;
            }
            return;
        };
        if old["propertyName"] != new["propertyName"] {
            let what = format!("discriminator {}", change(old.get("propertyName"), new.get("propertyName")));
            self.tell_of(Rule::Discriminator, &spot_at, &["propertyName"], ": ", what);
        }
        let (before, after) = (&old["mapping"], &new["mapping"]);
        let meanings = (meanings(self.base, base), meanings(self.head, head));
        let changed: Vec<&str> = keys(before, after)
            .into_iter()
            .filter(|word| match (meanings.0.of(word), meanings.1.of(word)) {
                (Some(old), Some(new)) => old != new,
                // A word that comes or goes with its branch is reported with the branch.
                (Some(old), None) => meanings.1.may_have(&old),
                (None, Some(new)) => meanings.0.may_have(&new),
                (None, None) => false,
            })
            .collect();
        self.frame.consumed.insert(spot_at.key("mapping").at);
        if !changed.is_empty() {
            let what = format!("discriminator: meaning of {} changed", listed(changed.iter().copied()));
            let mut pointers: Vec<String> = changed.iter().map(|word| spot_at.keys(&["mapping", word]).at).collect();
            pointers.push(spot_at.key("mapping").at);
            let named = spot.told().map_or_else(String::new, |told| format!("{told}: "));
            self.tell_at(Rule::Discriminator, spot, &pointers, "").message = format!("{named}{what}");
        }
    }

    fn parts(
        &mut self,
        kind: &str,
        (base, old): (&'a Value, &'a [Value]),
        (head, new): (&'a Value, &'a [Value]),
        spot: &Spot,
    ) {
        let tag = |schema: &'a Value| schema["discriminator"]["propertyName"].as_str();
        let discriminator = tag(head).or_else(|| tag(base));
        let mut matched = parts::matched(old, new, discriminator);
        if !matched.removed.is_empty() && !matched.added.is_empty() {
            // An inline branch may have become a component, or the reverse.
            let of = |spec, parts: &[Value]| -> Vec<Value> {
                parts.iter().map(|part| super::exchange::resolved(spec, part).clone()).collect()
            };
            parts::match_content(&mut matched, &of(self.base, old), new);
            parts::match_content(&mut matched, old, &of(self.head, new));
        }
        let at = spot.key(kind);
        let rules = if kind == "allOf" { [Rule::Composition; 2] } else { [Rule::OneofAdded, Rule::OneofRemoved] };
        let sides = [
            (matched.added, new, rules[0], ["gained the part", ""], "may also be"),
            (matched.removed, old, rules[1], ["lost the part", ""], "may no longer be"),
        ];
        for (numbers, parts, rule, of_all, verb) in sides {
            for number in numbers {
                let Some(part) = parts.get(number) else { continue };
                let name = code(&parts::name(part, number, discriminator));
                let what = if kind == "allOf" {
                    format!("{} {name}{}", of_all[0].trim(), of_all[1])
                } else {
                    format!("{verb} {name}")
                };
                let is_new = rule == rules[0] && numbers_are_new(parts, new);
                let root = if is_new { &self.frame.head_root } else { &self.frame.base_root };
                let root = format!("{root}{}/{number}", at.at);
                let pair = if is_new { (&Value::Null, part) } else { (part, &Value::Null) };
                self.beside(pair, (&root, &root), |comparer| {
                    let spot = Spot { at: String::new(), ..at.clone() };
                    comparer.tell(rule, &spot, &[], what).related.extend(super::exchange::related(part));
                });
            }
        }
        for (one, other) in matched.pairs {
            let (Some(old), Some(new)) = (old.get(one), new.get(other)) else { continue };
            let name = format!("<{}>", parts::name(new, other, discriminator));
            let roots = (
                format!("{}{}/{one}", self.frame.base_root, at.at),
                format!("{}{}/{other}", self.frame.head_root, at.at),
            );
            let mut inner = spot.below(&[], &name);
            if kind == "allOf" {
                let refuses_more = |schema: &Value| schema["unevaluatedProperties"] == Value::Bool(false);
                let [was_closed, is_closed] = spot.closed;
                inner.closed = [was_closed || refuses_more(base), is_closed || refuses_more(head)];
            }
            self.within((old, new), (&roots.0, &roots.1), &inner, |comparer, spot| comparer.schema(old, new, spot));
        }
        self.frame.consumed.insert(at.at);
    }
}

/// What the words of a discriminator mean.
struct Meanings<'v> {
    spec: &'v Spec<'v>,
    mapping: &'v Value,
    /// The references of the branches.
    branches: HashSet<String>,
}

fn meanings<'v>(spec: &'v Spec<'v>, schema: &'v Value) -> Meanings<'v> {
    let lists = ["oneOf", "anyOf"].into_iter().filter_map(|kind| schema.get(kind)?.as_array());
    let branches = lists.flatten().filter_map(reference).map(str::to_owned).collect();
    Meanings { spec, mapping: &schema["discriminator"]["mapping"], branches }
}

impl Meanings<'_> {
    /// Returns the reference that a word stands for. Without an entry, it is the name of a branch,
    /// or of any schema if there are no branches.
    fn of(&self, word: &str) -> Option<String> {
        if let Some(to) = self.mapping.get(word) {
            return Some(to.as_str().map_or_else(|| to.to_string(), str::to_owned));
        }
        let name = format!("#{}", join("/components/schemas", word));
        let is_known =
            if self.branches.is_empty() { self.spec.component(&name).is_some() } else { self.branches.contains(&name) };
        is_known.then_some(name)
    }

    /// Returns whether the schema may have a branch. Without a list of branches, heirs are
    /// branches.
    fn may_have(&self, branch: &str) -> bool {
        self.branches.is_empty() || self.branches.contains(branch)
    }
}

/// Returns a property of a schema, or of its parts.
fn property<'v>(schema: &'v Value, flat: &'v Value, name: &str) -> Option<&'v Value> {
    schema["properties"].get(name).or(flat["properties"].get(name))
}

fn numbers_are_new(parts: &[Value], new: &[Value]) -> bool {
    std::ptr::eq(parts, new)
}

/// All types apart from `null`, which is a flag here, and `integer`.
const ALL_TYPES: [&str; 5] = ["array", "boolean", "number", "object", "string"];

/// Returns the types that a schema accepts, without `integer` if any number will do; `None` if it
/// accepts all.
fn types(kind: Option<&Value>) -> Option<BTreeSet<String>> {
    let kind = kind?;
    let list = kind.as_array().cloned().unwrap_or_else(|| vec![kind.clone()]);
    let mut types: BTreeSet<String> =
        list.iter().map(|kind| kind.as_str().map_or_else(|| kind.to_string(), str::to_owned)).collect();
    if types.contains("number") {
        types.remove("integer");
    }
    (!ALL_TYPES.iter().all(|kind| types.contains(*kind))).then_some(types)
}

/// Returns whether `one` accepts every type that `other` accepts. Every integer is a number.
fn accepts(one: &Option<BTreeSet<String>>, other: &Option<BTreeSet<String>>) -> bool {
    match (one, other) {
        (None, _) => true,
        (_, None) => false,
        (Some(one), Some(other)) => {
            other.iter().all(|kind| one.contains(kind) || kind == "integer" && one.contains("number"))
        }
    }
}

/// Returns the rule for a limit that both sides have.
fn tightened(key: &str, old: &Value, new: &Value) -> Rule {
    let (Some(old), Some(new)) = (old.as_f64(), new.as_f64()) else { return Rule::LimitChanged };
    let is_multiple = |one: f64, other: f64| other != 0.0 && (one / other).fract() == 0.0;
    let is_lower = LOWER.contains(&key) || key == "exclusiveMinimum";
    let is_upper = UPPER.contains(&key) || key == "exclusiveMaximum";
    match key {
        _ if is_lower && new > old || is_upper && new < old => Rule::LimitTightened,
        _ if is_lower || is_upper => Rule::LimitLoosened,
        "multipleOf" if is_multiple(new, old) => Rule::LimitTightened,
        "multipleOf" if is_multiple(old, new) => Rule::LimitLoosened,
        _ => Rule::LimitChanged,
    }
}

/// The most pairs of properties that are checked for a rename.
const MAX_PAIRS: usize = 10_000;
/// The share of leaves that a renamed property has in common with the old one, from 0 to 1.
const SIMILAR: f64 = 0.5;

/// Returns pairs of a removed and an added property that look like a rename: their names differ
/// only in case and separators, or their names are similar and their schemas equal or nearly equal.
/// Each name occurs at most once.
fn renamed<'v>((old, gone): (&Value, &[&'v str]), (new, added): (&Value, &[&'v str])) -> Vec<(&'v str, &'v str)> {
    let folded = |name: &str| -> String {
        name.chars().filter(|each| each.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let mut by_name: HashMap<String, Vec<&'v str>> = HashMap::new();
    for name in added {
        by_name.entry(folded(name)).or_default().push(name);
    }
    let is_alone = |from: &str| gone.iter().filter(|other| folded(other) == folded(from)).count() == 1;
    let is_few = gone.len().saturating_mul(added.len()) <= MAX_PAIRS;
    let mut found: Vec<(&str, &str)> = Vec::new();
    if gone.len() <= MAX_PAIRS && is_few {
        found.extend(gone.iter().filter_map(|from| match by_name.get(&folded(from))?.as_slice() {
            [to] if is_alone(from) && !folded(from).is_empty() => Some((*from, *to)),
            _ => None,
        }));
    }
    if !is_few {
        return found;
    }
    let rest = |names: &[&'v str], told: &dyn Fn(&(&'v str, &'v str)) -> &'v str| -> Vec<&'v str> {
        names.iter().filter(|name| !found.iter().any(|pair| told(pair) == **name)).copied().collect()
    };
    let (gone, added) = (rest(gone, &|pair| pair.0), rest(added, &|pair| pair.1));
    let fits = |from: &str, to: &str| {
        let content = |value: &Value| {
            let mut value = value.clone();
            without_texts(&mut value);
            value
        };
        let (one, other) = (&old[from], &new[to]);
        is_similar(from, to)
            && (content(one) == content(other)
                || one.get("type") == other.get("type")
                    && one.get("$ref") == other.get("$ref")
                    && share(&leaves_of(one), &leaves_of(other)) >= SIMILAR)
    };
    // Only if each is the other's only candidate: a guess among several could mislead.
    for from in &gone {
        let candidates: Vec<_> = added.iter().filter(|to| fits(from, to)).collect();
        if let [to] = candidates.as_slice()
            && gone.iter().filter(|from| fits(from, to)).count() == 1
        {
            found.push((from, **to));
        }
    }
    found
}
