//! Compares what surrounds the schemas on the wire: parameters, bodies, responses and headers.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::Value;

use super::{
    Comparer, Spot,
    align::{is_similar, without_texts},
    keys, reference,
};
use crate::{
    level::{Level, Side},
    rule::Rule,
    spec::{Spec, name_of},
    told::{brief, change, code},
};

const NOTHING: &Value = &Value::Null;

impl<'a> Comparer<'a> {
    pub(super) fn parameters(&mut self, base: &'a Value, head: &'a Value, spot: &Spot) {
        let only = |one: &'a Value, other: &Value| -> Vec<&'a str> {
            keys(one, one).into_iter().filter(|key| other.get(key).is_none()).collect()
        };
        let (mut gone, mut new) = (only(base, head), only(head, base));
        // Two references to the same component are the same parameter. Its changes are reported for
        // the component.
        let names: HashMap<&str, &str> = new.iter().filter_map(|key| Some((reference(&head[*key])?, *key))).collect();
        let mut shared = HashSet::new();
        for old in &gone {
            if let Some(new) = reference(&base[*old]).and_then(|text| names.get(text)) {
                shared.extend([*old, *new]);
                self.frame.consumed.extend([spot.key(old).at, spot.key(new).at]);
            }
        }
        gone.retain(|key| !shared.contains(key));
        new.retain(|key| !shared.contains(key));
        for (from, to) in self.renamed_parameters((base, &gone), (head, &new)) {
            gone.retain(|key| *key != from);
            new.retain(|key| *key != to);
            self.moved((from, &base[from]), (to, &head[to]), spot);
        }
        for key in gone {
            let spot = spot.key(key).named(self.parameter_name(self.base_target(&base[key])));
            self.tell(Rule::ParamRemoved, &spot, &[], "was removed").related.extend(related(&base[key]));
        }
        for key in new {
            let parameter = self.head_target(&head[key]);
            let spot = spot.key(key).named(self.parameter_name(parameter));
            let is_required = parameter["required"] == Value::Bool(true);
            let (rule, what) = match () {
                () if parameter["in"] == "cookie" => (Rule::ParamCookie, "was added"),
                () if is_required => (Rule::ParamRequiredAdded, "was added, and is required"),
                () => (Rule::ParamOptionalAdded, "was added"),
            };
            self.tell(rule, &spot, &[], what).related.extend(related(&head[key]));
        }
        for key in keys(base, head) {
            if let (Some(old), Some(new)) = (base.get(key), head.get(key)) {
                let spot = spot.key(key).named(self.parameter_name(self.head_target(new)));
                self.follow((old, new), &spot, Rule::ComponentMoved, Self::parameter);
            }
        }
    }

    /// Returns pairs of parameters with the same name in another place, or with a similar name and
    /// otherwise equal content.
    fn renamed_parameters(
        &self,
        (base, gone): (&'a Value, &[&'a str]),
        (head, new): (&'a Value, &[&'a str]),
    ) -> Vec<(&'a str, &'a str)> {
        const MAX_PAIRS: usize = 10_000;

        if gone.len().saturating_mul(new.len()) > MAX_PAIRS {
            return Vec::new();
        }
        let of = |parameter: &Value| {
            let mut content = parameter.clone();
            without_texts(&mut content);
            if let Some(members) = content.as_object_mut() {
                members.remove("name");
            }
            (parameter["name"].as_str().unwrap_or_default().to_owned(), content)
        };
        let old: Vec<_> = gone.iter().map(|key| (*key, of(self.base_target(&base[*key])))).collect();
        let mut open: Vec<_> = new.iter().map(|key| (*key, of(self.head_target(&head[*key])))).collect();
        let mut found = Vec::new();
        for (key, (name, content)) in old {
            let moved = open.iter().position(|(_, (other, _))| !name.is_empty() && *other == name);
            let is_renamed = |(other, theirs): &(String, Value)| content == *theirs && is_similar(&name, other);
            let renamed = open.iter().position(|(_, other)| content["in"] != "path" && is_renamed(other));
            if let Some(at) = moved.or(renamed) {
                found.push((key, open.remove(at).0));
            }
        }
        found
    }

    fn moved(&mut self, (old_key, old): (&str, &'a Value), (new_key, new): (&str, &'a Value), spot: &Spot) {
        let (old, new) = (self.base_target(old), self.head_target(new));
        let told = spot.named(self.parameter_name(new));
        let pointers = [told.key(new_key).at, told.key(old_key).at];
        self.frame.consumed.extend(pointers.iter().cloned());
        let roots =
            (format!("{}{}", self.frame.base_root, pointers[1]), format!("{}{}", self.frame.head_root, pointers[0]));
        self.within((old, new), (&roots.0, &roots.1), &told, |comparer, spot| comparer.parameter(old, new, spot));
    }

    fn parameter_name(&self, parameter: &Value) -> String {
        let place = parameter["in"].as_str().unwrap_or("unknown");
        format!("{} parameter {}", plain(place), code(parameter["name"].as_str().unwrap_or_default()))
    }

    /// Compares a parameter or a header.
    pub(super) fn parameter(&mut self, base: &'a Value, head: &'a Value, spot: &Spot) {
        let pair = (base, head);
        if base.get("in") != head.get("in") {
            let place = |value: &Value| plain(value["in"].as_str().unwrap_or("nowhere"));
            let what = format!("is now sent in the {}, was in the {}", place(head), place(base));
            self.tell(Rule::ParamLocation, spot, &["in", "style", "explode"], what);
        }
        if base.get("name") != head.get("name") {
            let folded = |value: &Value| value["name"].as_str().map(str::to_ascii_lowercase);
            let (rule, side) = match head["in"].as_str() {
                Some("header") if folded(base) == folded(head) => (Rule::ParamCase, spot.side),
                // The name of a path parameter is not sent: only callers see it.
                Some("path") if base["in"] == "path" => (Rule::OpPathParamRenamed, Side::Both),
                _ => (Rule::ParamRenamed, spot.side),
            };
            let what = format!("is now called {}, was {}", brief(&head["name"]), brief(&base["name"]));
            let found = self.tell(rule, &spot.on(side), &["name"], what);
            // If the server no longer knows the old name, it ignores an optional parameter.
            if rule == Rule::ParamRenamed && head["required"] != Value::Bool(true) {
                found.level = found.level.min(Level::Potential);
            }
        }
        let rules = [Rule::ParamRequired, Rule::ParamOptional];
        self.flag(pair, spot, "required", rules, ["is required now", "is optional now"]);
        let rules = [Rule::FieldDeprecated, Rule::FieldUndeprecated];
        self.flag(pair, spot, "deprecated", rules, ["is deprecated now", "is no longer deprecated"]);
        let encoding = ["style", "explode", "allowReserved"];
        let is_told = base.get("in") != head.get("in");
        let changed: Vec<_> = encoding
            .into_iter()
            .filter(|key| base.get(key) != head.get(key) && !(is_told && *key != "allowReserved"))
            .collect();
        if !changed.is_empty() {
            self.texts(Rule::ParamStyle, pair, spot, &changed);
        }
        match (base.get("schema"), head.get("schema"), base.get("content"), head.get("content")) {
            (Some(old), Some(new), ..) => {
                self.schema(old, new, &Spot { is_parameter: true, ..spot.key("schema") });
            }
            (None, Some(_), Some(_), None) => {
                self.tell(Rule::ParamContent, spot, &["schema", "content"], "has a `schema` instead of `content`");
            }
            (Some(_), None, None, Some(_)) => {
                self.tell(Rule::ParamContent, spot, &["content", "schema"], "has `content` instead of a `schema`");
            }
            (.., Some(old), Some(new)) => self.content(old, new, &spot.key("content")),
            _ => {}
        }
        self.texts(Rule::Docs, pair, spot, &["description", "example", "examples"]);
        // The only key that changes the type of an argument.
        const LIST: &str = "x-plex-list";
        if base.get(LIST) != head.get(LIST) {
            let what = format!("{} {}", code(LIST), change(base.get(LIST), head.get(LIST)));
            self.tell_of(Rule::SchemaExtension, spot, &[LIST], ": ", what);
        }
        self.extensions(Rule::Docs, pair, spot, &[LIST]);
    }

    /// Compares request bodies. Either may be missing.
    pub(super) fn body(&mut self, base: Option<&'a Value>, head: Option<&'a Value>, spot: &Spot) {
        let spot = spot.named("the request body");
        match (base, head) {
            (None, Some(body)) => {
                let is_required = self.head_target(body)["required"] == Value::Bool(true);
                let (rule, what) = if is_required {
                    (Rule::BodyRequiredAdded, "was added, and is required")
                } else {
                    (Rule::BodyOptionalAdded, "was added")
                };
                self.tell(rule, &spot, &[], what).related.extend(related(body));
            }
            (Some(body), None) => {
                self.tell(Rule::BodyRemoved, &spot, &[], "was removed").related.extend(related(body));
            }
            (Some(old), Some(new)) => self.follow((old, new), &spot, Rule::ComponentMoved, Self::request_body),
            (None, None) => {}
        }
    }

    pub(super) fn request_body(&mut self, base: &'a Value, head: &'a Value, spot: &Spot) {
        let pair = (base, head);
        let rules = [Rule::BodyRequired, Rule::BodyOptional];
        self.flag(pair, spot, "required", rules, ["is required now", "is optional now"]);
        self.content(&base["content"], &head["content"], &spot.key("content").named("body"));
        self.texts(Rule::Docs, pair, spot, &["description"]);
        self.extensions(Rule::Docs, pair, spot, &[]);
    }

    fn content(&mut self, base: &'a Value, head: &'a Value, spot: &Spot) {
        // The media types that only one side has, by their names without parameters.
        let only = |one: &'a Value, other: &Value| -> BTreeMap<&'a str, Vec<&'a str>> {
            let mut found: BTreeMap<_, Vec<_>> = BTreeMap::new();
            for media in keys(one, one).into_iter().filter(|media| other.get(media).is_none()) {
                found.entry(media.split(';').next().unwrap_or_default()).or_default().push(media);
            }
            found
        };
        let mut told = HashSet::new();
        let new = only(head, base);
        for (name, old) in only(base, head) {
            if let ([old], Some([new])) = (old.as_slice(), new.get(name).map(Vec::as_slice)) {
                told.extend([*old, *new]);
                self.other_parameters((old, &base[*old]), (new, &head[*new]), spot);
            }
        }
        let kept = keys(base, base).into_iter().filter(|media| head.get(media).is_some());
        let kept: HashMap<_, _> = kept.map(|media| (without_charset(media), &base[media])).collect();
        for media in keys(base, head).into_iter().filter(|media| !told.contains(media)) {
            let at = spot.key(media);
            match (base.get(media), head.get(media)) {
                (None, Some(new)) => {
                    self.tell(Rule::MediaAdded, &at, &[], format!("may be {}", code(media)))
                        .related
                        .extend(related(new));
                }
                // The same content in another spelling, which is still there.
                (Some(old), None) if kept.get(&without_charset(media)).is_some_and(|other| *other == old) => {
                    let what = format!("is no longer spelled {} too", code(media));
                    self.tell(Rule::MediaParameters, &at, &[], what).level = Level::Compatible;
                }
                (Some(old), None) => {
                    self.tell(Rule::MediaRemoved, &at, &[], format!("is no longer {}", code(media)))
                        .related
                        .extend(related(old));
                }
                (Some(old), Some(new)) => self.media((media, old), new, &at),
                (None, None) => {}
            }
        }
    }

    /// Compares the same media type with other parameters, such as `charset`.
    fn other_parameters(&mut self, (old, base): (&str, &'a Value), (new, head): (&str, &'a Value), spot: &Spot) {
        let pointers = [spot.key(new).at, spot.key(old).at];
        let what = format!("is now {}, was {}", code(new), code(old));
        let is_same = without_charset(old) == without_charset(new);
        let found = self.tell_at(Rule::MediaParameters, spot, &pointers, what);
        if is_same {
            found.level = Level::Compatible;
        }
        let roots =
            (format!("{}{}", self.frame.base_root, pointers[1]), format!("{}{}", self.frame.head_root, pointers[0]));
        self.within((base, head), (&roots.0, &roots.1), spot, |comparer, spot| comparer.media((new, base), head, spot));
    }

    fn media(&mut self, (media, base): (&str, &'a Value), head: &'a Value, spot: &Spot) {
        match (base.get("schema"), head.get("schema")) {
            // Where 3.0 has a schema for a body of bytes, 3.1 has none.
            (old, new) if self.base.version != self.head.version && is_bytes(media, old) && is_bytes(media, new) => {
                self.frame.consumed.insert(spot.key("schema").at);
            }
            (None, Some(schema)) => {
                let found = self.tell(Rule::MediaSchemaAdded, spot, &["schema"], "now has a schema");
                found.related.extend(related(schema));
            }
            (Some(schema), None) => {
                let found = self.tell(Rule::MediaSchemaRemoved, spot, &["schema"], "no longer has a schema");
                found.related.extend(related(schema));
            }
            (Some(old), Some(new)) => self.schema(old, new, &spot.key("schema")),
            (None, None) => {}
        }
        self.texts(Rule::Docs, (base, head), spot, &["example", "examples"]);
        self.extensions(Rule::Docs, (base, head), spot, &[]);
    }

    pub(super) fn responses(&mut self, base: &'a Value, head: &'a Value, spot: &Spot) {
        let only = |one: &'a Value, other: &Value| -> Vec<&'a str> {
            keys(one, one).into_iter().filter(|key| !key.starts_with("x-") && other.get(key).is_none()).collect()
        };
        let (mut gone, mut new) = (only(base, head), only(head, base));
        let has_2xx = |responses: &Value| keys(responses, responses).iter().any(|status| status.starts_with('2'));
        let only_default = !has_2xx(base) && !has_2xx(head);
        // Without a 2xx status, `default` describes the success.
        let is_success = |status: &&str| status.starts_with('2') || only_default && *status == "default";
        if !has_2xx(base)
            && let (Some(old), [now]) = (base.get("default"), successes_of(head).as_slice())
        {
            // The response under `default` now has its own status.
            let (old_at, new_at) = (spot.key("default").at, spot.key(now).at);
            let roots = (format!("{}{old_at}", self.frame.base_root), format!("{}{new_at}", self.frame.head_root));
            let at = spot.named(format!("response {}", plain(now)));
            let pair = (old, &head[*now]);
            self.within(pair, (&roots.0, &roots.1), &at, |comparer, spot| {
                comparer.follow(pair, spot, Rule::ComponentMoved, Self::response);
            });
        }
        let successes = |statuses: &[&'a str]| statuses.iter().copied().filter(is_success).collect::<Vec<_>>();
        if let ([old], [now]) = (successes(&gone).as_slice(), successes(&new).as_slice()) {
            self.success_changed((old, &base[*old]), (now, &head[*now]), spot);
            gone.retain(|status| !is_success(status));
            new.retain(|status| !is_success(status));
        }
        let shapes = [error_shapes(self.base, base), error_shapes(self.head, head)];
        for (statuses, owner, rules, verb) in [
            (gone, base, [Rule::StatusSuccessRemoved, Rule::StatusErrorRemoved], "was removed"),
            (new, head, [Rule::StatusSuccessAdded, Rule::StatusErrorAdded], "was added"),
        ] {
            for status in statuses {
                let at = spot.key(status).named(format!("response {}", plain(status)));
                let [before, after] = &shapes;
                let is_second = before.len() == 1
                    && after.len() > 1
                    && rules[1] == Rule::StatusErrorAdded
                    && error_shape(self.head, &owner[status]).is_some_and(|shape| !before.contains(&shape));
                let rule = match () {
                    () if status == "default" => Rule::StatusDefault,
                    () if is_success(&status) => rules[0],
                    () if is_second => Rule::StatusErrorSecond,
                    () => rules[1],
                };
                self.tell(rule, &at, &[], verb).related.extend(related(&owner[status]));
            }
        }
        for status in keys(base, head).into_iter().filter(|status| !status.starts_with("x-")) {
            if let (Some(old), Some(new)) = (base.get(status), head.get(status)) {
                let at = spot.key(status).named(format!("response {}", plain(status)));
                let is_success = is_success(&status);
                self.follow((old, new), &at, Rule::ComponentMoved, move |comparer, old, new, spot| {
                    if is_success { comparer.response(old, new, spot) } else { comparer.error_response(old, new, spot) }
                });
            }
        }
        self.extensions(Rule::Docs, (base, head), spot, &[]);
    }

    fn success_changed(&mut self, (old, base): (&str, &'a Value), (new, head): (&str, &'a Value), spot: &Spot) {
        let told = spot.named("success");
        let pointers = [told.key(new).at, told.key(old).at];
        let found = self.tell_at(
            Rule::StatusSuccessChanged,
            &told,
            &pointers,
            format!("is now {}, was {}", plain(new), plain(old)),
        );
        found.related.extend(related(base).into_iter().chain(related(head)));
        let roots =
            (format!("{}{}", self.frame.base_root, pointers[1]), format!("{}{}", self.frame.head_root, pointers[0]));
        let spot = spot.named(format!("response {}", plain(new)));
        self.within((base, head), (&roots.0, &roots.1), &spot, |comparer, spot| {
            comparer.follow((base, head), spot, Rule::ComponentMoved, Self::response);
        });
    }

    pub(super) fn response(&mut self, base: &'a Value, head: &'a Value, spot: &Spot) {
        self.headers(&base["headers"], &head["headers"], &spot.key("headers"));
        self.content(&base["content"], &head["content"], &spot.key("content"));
        self.texts(Rule::Docs, (base, head), spot, &["description"]);
        self.extensions(Rule::Docs, (base, head), spot, &[]);
    }

    /// Compares an error response. The transport reads all failures the same way, so all changes of
    /// the body are a single finding.
    fn error_response(&mut self, base: &'a Value, head: &'a Value, spot: &Spot) {
        let content = spot.key("content");
        self.as_one(Rule::StatusErrorSchema, &content, "has a different body", |comparer| {
            comparer.content(&base["content"], &head["content"], &content);
        });
        self.headers(&base["headers"], &head["headers"], &spot.key("headers"));
        self.texts(Rule::Docs, (base, head), spot, &["description"]);
        self.extensions(Rule::Docs, (base, head), spot, &[]);
    }

    fn headers(&mut self, base: &'a Value, head: &'a Value, spot: &Spot) {
        for name in keys(base, head) {
            let of = if spot.of.is_empty() { String::new() } else { format!("{} ", spot.of) };
            let at = spot.key(name).named(format!("{of}header {}", code(name)));
            match (base.get(name), head.get(name)) {
                (Some(old), None) => {
                    let is_required = self.base_target(old)["required"] == Value::Bool(true);
                    let found = self.tell(Rule::HeaderRemoved, &at, &[], "was removed");
                    if !is_required {
                        found.level = Level::Potential;
                    }
                }
                (None, Some(_)) => {
                    self.tell(Rule::HeaderAdded, &at, &[], "was added");
                }
                (Some(old), Some(new)) => self.follow((old, new), &at, Rule::ComponentMoved, Self::header),
                (None, None) => {}
            }
        }
    }

    /// Compares a header. Generated code does not read headers, so all changes of one are a single
    /// finding.
    pub(super) fn header(&mut self, base: &'a Value, head: &'a Value, spot: &Spot) {
        self.texts(Rule::Docs, (base, head), spot, &["description", "example", "examples"]);
        self.extensions(Rule::Docs, (base, head), spot, &[]);
        let rules = [Rule::Docs, Rule::Docs];
        self.flag((base, head), spot, "deprecated", rules, ["is deprecated now", "is no longer deprecated"]);
        let spot = spot.on(Side::Response);
        if let (Some(old), Some(new)) = (base.get("schema"), head.get("schema")) {
            let at = spot.key("schema");
            self.as_one(Rule::HeaderType, &at, "changed", |comparer| comparer.schema(old, new, &at));
        }
        let changed: Vec<_> = ["schema", "content", "required", "style", "explode"]
            .into_iter()
            .filter(|key| {
                base.get(key) != head.get(key)
                    && !(*key == "schema" && base.get(key).is_some() && head.get(key).is_some())
            })
            .collect();
        self.texts(Rule::HeaderType, (base, head), &spot, &changed);
    }

    pub(super) fn base_target(&self, value: &'a Value) -> &'a Value {
        resolved(self.base, value)
    }

    pub(super) fn head_target(&self, value: &'a Value) -> &'a Value {
        resolved(self.head, value)
    }
}

/// Returns the target of a reference, or null if the target is missing.
pub(super) fn resolved<'v>(spec: &'v Spec<'_>, mut value: &'v Value) -> &'v Value {
    for _ in 0..32 {
        let Some(text) = reference(value) else { return value };
        value = spec.component(text).map_or(NOTHING, |(_, value)| value);
    }
    NOTHING
}

/// Returns the names of the components that a value refers to.
pub(super) fn related(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    crate::spec::references(value, &mut found);
    found.iter().map(|key| name_of(key)).collect()
}

/// Returns the different bodies of an operation's errors.
fn error_shapes(spec: &Spec<'_>, responses: &Value) -> BTreeSet<String> {
    keys(responses, responses)
        .into_iter()
        .filter(|status| !status.starts_with('2') && !status.starts_with("x-"))
        .filter_map(|status| error_shape(spec, &responses[status]))
        .collect()
}

fn error_shape(spec: &Spec<'_>, response: &Value) -> Option<String> {
    let content = resolved(spec, response)["content"].as_object()?;
    Some(content.values().next()?.get("schema")?.to_string())
}

/// Returns a media type without its `charset`.
fn without_charset(media: &str) -> String {
    media.split("; ").filter(|part| !part.starts_with("charset=")).collect::<Vec<_>>().join("; ")
}

/// Returns the success statuses.
fn successes_of(responses: &Value) -> Vec<&str> {
    keys(responses, responses).into_iter().filter(|status| status.starts_with('2')).collect()
}

/// Returns a word of the description as it is if it is alphanumeric, and in backticks if not.
fn plain(word: &str) -> String {
    if word.chars().all(|each| each.is_ascii_alphanumeric()) { word.to_owned() } else { code(word) }
}

/// Returns whether a body of this media type and schema is just bytes. JSON, XML, forms and texts
/// are not.
fn is_bytes(media: &str, schema: Option<&Value>) -> bool {
    let is_more = ["json", "xml", "yaml", "form", "multipart", "text"].iter().any(|word| media.contains(word));
    let is_empty = |schema: &Value| schema.as_object().is_some_and(serde_json::Map::is_empty);
    let is_text = |schema: &Value| {
        schema.get("type").is_none_or(|kind| kind == "string")
            && (schema["format"] == "binary"
                || schema["contentMediaType"].as_str().is_some_and(|of| media.starts_with(of)))
    };
    !is_more && schema.is_none_or(|schema| is_empty(schema) || is_text(schema))
}
