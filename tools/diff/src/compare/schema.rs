//! Schemas.

use serde_json::Value;

use super::{Comparer, Spot, align::is_similar, align::without_texts, brief, keys, listed, reference};
use crate::{
    level::{Level, Side},
    rule::Rule,
};
use plex_tv_openapi::pointer::join;

/// A lower bound is tighter when it is higher, an upper bound when it is lower.
const LOWER: [&str; 4] = ["minimum", "minLength", "minItems", "minProperties"];
const UPPER: [&str; 4] = ["maximum", "maxLength", "maxItems", "maxProperties"];
const OTHER_LIMITS: [&str; 5] = ["exclusiveMinimum", "exclusiveMaximum", "uniqueItems", "multipleOf", "pattern"];

impl<'a> Comparer<'a> {
    pub(super) fn schema(&mut self, base: &'a Value, head: &'a Value, spot: &Spot) {
        if base == head {
            return;
        }
        match (reference(base), reference(head)) {
            (None, None) => self.inline(base, head, spot),
            (old, new) => {
                // What stands around a reference counts for the value; the target is compared by itself.
                let is_both = old.is_some() && new.is_some();
                if is_both {
                    self.annotations(base, head, spot);
                }
                self.follow((base, head), spot, Rule::SchemaMoved, |comparer, old, new, spot| {
                    if is_both {
                        comparer.schema(old, new, spot)
                    } else {
                        comparer.moved_schema(base, head, (old, new), spot)
                    }
                });
            }
        }
    }

    /// One side is a reference: its target, with what stands around the reference, against the other side.
    fn moved_schema(&mut self, base: &Value, head: &Value, (old, new): (&'a Value, &'a Value), spot: &Spot) {
        let around = |value: &Value, key: &str| reference(value).is_some() && value[key] == Value::Bool(true);
        let is_null =
            |value: &Value, target: &Value| around(value, "nullable") || target["nullable"] == Value::Bool(true);
        match (is_null(base, old), is_null(head, new)) {
            (false, true) => {
                self.tell(Rule::NullableAdded, spot, &["nullable"], "may be null now");
            }
            (true, false) => {
                self.tell(Rule::NullableRemoved, spot, &["nullable"], "may not be null any more");
            }
            _ => self.frame.consumed.push(join(&spot.at, "nullable")),
        }
        self.without_nullable(old, new, spot);
    }

    fn inline(&mut self, base: &'a Value, head: &'a Value, spot: &Spot) {
        let rules = [Rule::NullableAdded, Rule::NullableRemoved];
        self.flag((base, head), spot, "nullable", rules, ["may be null now", "may not be null any more"]);
        self.without_nullable(base, head, spot);
    }

    fn without_nullable(&mut self, base: &'a Value, head: &'a Value, spot: &Spot) {
        if !base.is_object() || !head.is_object() {
            return;
        }
        self.kind(base, head, spot);
        self.values(base, head, spot);
        self.limits(base, head, spot);
        self.properties(base, head, spot);
        self.other_members(base, head, spot);
        if let (Some(old), Some(new)) = (base.get("items"), head.get("items")) {
            self.schema(old, new, &spot.below(&["items"], "[]"));
        } else if base.get("items") != head.get("items") && base.get("type") == head.get("type") {
            self.tell(Rule::Composition, spot, &["items"], "has other items");
        }
        self.composition(base, head, spot);
        self.notes(base, head, spot);
    }

    /// What may stand around a reference.
    fn annotations(&mut self, base: &Value, head: &Value, spot: &Spot) {
        let rules = [Rule::NullableAdded, Rule::NullableRemoved];
        self.flag((base, head), spot, "nullable", rules, ["may be null now", "may not be null any more"]);
        self.notes(base, head, spot);
    }

    fn notes(&mut self, base: &Value, head: &Value, spot: &Spot) {
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
            self.tell(Rule::SchemaTitle, spot, &["title"], "has another title");
        }
        if base.get("xml") != head.get("xml") {
            let told = |value: &Value| value.get("xml").map_or_else(|| "nothing".to_owned(), brief);
            let what = format!("is {} in XML, and was {}", told(head), told(base));
            self.tell(Rule::XmlChanged, spot, &["xml"], what);
        }
        self.texts(Rule::Docs, pair, spot, &["description", "example", "examples", "externalDocs", "$comment"]);
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
        let told = |value: Option<&Value>| value.map_or_else(|| "none".to_owned(), brief);
        self.tell(rule, spot, &["default"], format!("has the default {}, and had {}", told(new), told(old)));
    }

    fn kind(&mut self, base: &Value, head: &Value, spot: &Spot) {
        let (old, new) = (base.get("type"), head.get("type"));
        let told = |value: &Value| {
            let format = value["format"].as_str().map(|format| format!(" ({format})")).unwrap_or_default();
            let kind = value.get("type").map_or_else(|| "of any type".to_owned(), |kind| brief(kind).replace('"', ""));
            format!("{kind}{format}")
        };
        if old != new {
            let is = |value: Option<&Value>, kind: &str| value.is_some_and(|value| value == kind);
            let rule = match () {
                () if is(old, "integer") && is(new, "number") => Rule::TypeWidened,
                () if is(old, "number") && is(new, "integer") => Rule::TypeNarrowed,
                () => Rule::TypeChanged,
            };
            // A format belongs to its type, and so do items.
            let mut told_keys = vec!["type"];
            told_keys.extend(["format", "items"].into_iter().filter(|key| base.get(key) != head.get(key)));
            self.tell(rule, spot, &told_keys, format!("is {}, and was {}", told(head), told(base)));
            return;
        }
        let (old, new) = (base["format"].as_str(), head["format"].as_str());
        if base.get("format") == head.get("format") {
            return;
        }
        let what = format!("is {}, and was {}", told(head), told(base));
        let side = spot.side;
        match (old, new) {
            (Some("int32"), Some("int64")) => {
                self.tell(Rule::IntWidth, spot, &["format"], what);
            }
            (Some("int64"), Some("int32")) => {
                let level = if side == Side::Response { Level::Compatible } else { Level::Breaking };
                let level = if side == Side::None { Level::Compatible } else { level };
                self.tell(Rule::IntWidth, spot, &["format"], what).level = level;
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
                let what = format!("may be other than {} now", listed(keys(&base["enum"], &base["enum"])));
                self.tell(Rule::EnumOpened, spot, &["enum", "x-extensible-enum"], what);
                return;
            }
            (false, false) => {}
        }
        let rules = [Rule::OpenEnumAdded, Rule::OpenEnumRemoved];
        let key = "x-extensible-enum";
        self.value_lists(key, (&base[key], &head[key]), spot, rules);
        if base.get("const") != head.get("const") {
            let told = |value: &Value| value.get("const").map_or_else(|| "any value".to_owned(), brief);
            self.tell(Rule::ConstChanged, spot, &["const"], format!("is {}, and was {}", told(head), told(base)));
        }
    }

    fn value_lists(&mut self, key: &str, (base, head): (&Value, &Value), spot: &Spot, [added, removed]: [Rule; 2]) {
        let at = spot.key(key);
        for (one, other, rule, verb) in [(head, base, added, "knows"), (base, head, removed, "no longer knows")] {
            let values: Vec<_> = keys(one, one).into_iter().filter(|value| other.get(value).is_none()).collect();
            if !values.is_empty() {
                let what = format!("{verb} {}", listed(values.iter().copied()));
                self.tell(rule, &at, &values, what);
            }
        }
    }

    fn limits(&mut self, base: &Value, head: &Value, spot: &Spot) {
        for key in LOWER.into_iter().chain(UPPER).chain(OTHER_LIMITS) {
            let (old, new) = (base.get(key), head.get(key));
            if old == new {
                continue;
            }
            let rule = match (old, new) {
                (None, _) => Rule::LimitTightened,
                (_, None) => Rule::LimitLoosened,
                (Some(old), Some(new)) => tightened(key, old, new),
            };
            let what = match (old, new) {
                (None, Some(new)) => format!("has {key} {} now", brief(new)),
                (Some(old), None) => format!("has no {key} any more, and had {}", brief(old)),
                (old, new) => format!(
                    "has {key} {}, and had {}",
                    new.map(brief).unwrap_or_default(),
                    old.map(brief).unwrap_or_default()
                ),
            };
            self.tell(rule, spot, &[key], what);
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
        let is_required = |schema: &Value, name: &str| schema["required"].get(name).is_some();
        let pointers = |name: &str| [spot.keys(&["properties", name]).at, spot.keys(&["required", name]).at];
        for name in gone {
            let (rule, what) = if is_required(base, name) {
                (Rule::PropRemovedRequired, "was removed, and was required")
            } else {
                (Rule::PropRemovedOptional, "was removed")
            };
            let at = Spot { at: spot.at.clone(), ..spot.below(&[], name) };
            self.tell_at(rule, &at, &pointers(name), what).related.extend(super::exchange::related(&old[name]));
        }
        for name in added {
            let (rule, what) = if is_required(head, name) {
                (Rule::PropRequiredAdded, "was added, and is required")
            } else {
                (Rule::PropOptionalAdded, "was added")
            };
            let at = Spot { at: spot.at.clone(), ..spot.below(&[], name) };
            self.tell_at(rule, &at, &pointers(name), what).related.extend(super::exchange::related(&new[name]));
        }
        for name in keys(old, new) {
            if let (Some(old), Some(new)) = (old.get(name), new.get(name)) {
                self.schema(old, new, &spot.below(&["properties", name], name));
            }
        }
        self.required(base, head, spot);
    }

    /// Properties that both sides have, or that stand in another part of a composition.
    fn required(&mut self, base: &Value, head: &Value, spot: &Spot) {
        let (old, new) = (&base["required"], &head["required"]);
        for name in keys(old, new) {
            let at = Spot { at: spot.at.clone(), ..spot.below(&[], name) };
            // A property that came or went has told it.
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
        let at = Spot { at: spot.at.clone(), ..spot.below(&[], to) };
        let pointers = [["properties", to], ["properties", from], ["required", to], ["required", from]];
        let pointers = pointers.map(|keys| spot.keys(&keys).at);
        self.tell_at(Rule::PropRenamed, &at, &pointers, format!("seems to be the new name of `{from}`"));
        let is_required = |schema: &Value, name: &str| schema["required"].get(name).is_some();
        match (is_required(base, from), is_required(head, to)) {
            (false, true) => {
                self.tell_at(Rule::PropRequired, &at, &pointers[..1], "is required now");
            }
            (true, false) => {
                self.tell_at(Rule::PropOptional, &at, &pointers[..1], "is optional now");
            }
            _ => {}
        }
        let roots =
            (format!("{}{}", self.frame.base_root, pointers[1]), format!("{}{}", self.frame.head_root, pointers[0]));
        let (old, new) = (&base["properties"][from], &head["properties"][to]);
        self.within((old, new), (&roots.0, &roots.1), &at, |comparer, spot| comparer.schema(old, new, spot));
    }

    /// `additionalProperties`.
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
                self.tell(Rule::AddlTrue, spot, &[KEY], "takes members that are not listed");
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
                    "takes any member that is not listed"
                } else {
                    "says nothing of members that are not listed"
                };
                self.tell(Rule::AddlTrue, spot, &[KEY], what);
            }
        }
    }

    fn composition(&mut self, base: &'a Value, head: &'a Value, spot: &Spot) {
        if base.get("discriminator") != head.get("discriminator") {
            let told = |value: &Value| value.get("discriminator").map_or_else(|| "none".to_owned(), brief);
            let what = format!("has the discriminator {}, and had {}", told(head), told(base));
            self.tell(Rule::Discriminator, spot, &["discriminator"], what);
        }
        for kind in ["allOf", "oneOf", "anyOf"] {
            let (old, new) = match (base.get(kind), head.get(kind)) {
                (Some(old), Some(new)) => (old, new),
                (None, None) => continue,
                (old, _) => {
                    let what = if old.is_none() {
                        format!("is made by {kind} now")
                    } else {
                        format!("is not made by {kind} any more")
                    };
                    self.tell(Rule::Composition, spot, &[kind], what);
                    continue;
                }
            };
            let [added, removed] = match kind {
                "allOf" => [Rule::Composition, Rule::Composition],
                _ => [Rule::OneofAdded, Rule::OneofRemoved],
            };
            for part in keys(old, new) {
                let at = spot.keys(&[kind, part]);
                let name = part.rsplit('/').next().unwrap_or(part);
                match (old.get(part), new.get(part)) {
                    (None, Some(schema)) => {
                        let found = self.tell(added, &at, &[], format!("may also be `{name}`"));
                        found.related.extend(super::exchange::related(schema));
                        if kind == "allOf" {
                            found.message = format!("{} has the part `{name}` too", spot.told());
                        }
                    }
                    (Some(schema), None) => {
                        let found = self.tell(removed, &at, &[], format!("may no longer be `{name}`"));
                        found.related.extend(super::exchange::related(schema));
                        if kind == "allOf" {
                            found.message = format!("{} has no part `{name}` any more", spot.told());
                        }
                    }
                    (Some(old), Some(new)) => self.schema(old, new, &spot.below(&[kind, part], &format!("<{name}>"))),
                    (None, None) => {}
                }
            }
        }
    }
}

/// Whether a limit that both sides have is tighter in `new`.
fn tightened(key: &str, old: &Value, new: &Value) -> Rule {
    let (Some(old), Some(new)) = (old.as_f64(), new.as_f64()) else { return Rule::LimitChanged };
    let is_multiple = |one: f64, other: f64| other != 0.0 && (one / other).fract() == 0.0;
    match key {
        _ if LOWER.contains(&key) && new > old || UPPER.contains(&key) && new < old => Rule::LimitTightened,
        _ if LOWER.contains(&key) || UPPER.contains(&key) => Rule::LimitLoosened,
        "multipleOf" if is_multiple(new, old) => Rule::LimitTightened,
        "multipleOf" if is_multiple(old, new) => Rule::LimitLoosened,
        _ => Rule::LimitChanged,
    }
}

/// Pairs of a property that went and one that came, with the same schema and similar names; each name at most once.
fn renamed<'v>((old, gone): (&Value, &[&'v str]), (new, added): (&Value, &[&'v str])) -> Vec<(&'v str, &'v str)> {
    let content = |value: &Value| {
        let mut value = value.clone();
        without_texts(&mut value);
        value
    };
    let candidates = |one: &str, others: &[&'v str], to_new: bool| -> Vec<&'v str> {
        let is_one = |other: &&&'v str| {
            let (from, to) = if to_new { (one, **other) } else { (**other, one) };
            is_similar(from, to) && content(&old[from]) == content(&new[to])
        };
        others.iter().filter(is_one).copied().collect()
    };
    // Only where it is the one candidate either way: a guess among several would mislead.
    gone.iter()
        .filter_map(|from| match candidates(from, added, true).as_slice() {
            [to] if candidates(to, gone, false).len() == 1 => Some((*from, *to)),
            _ => None,
        })
        .collect()
}
