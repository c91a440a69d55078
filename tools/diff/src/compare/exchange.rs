//! What goes over the wire around the schemas: parameters, bodies, responses, headers.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Comparer, Spot, brief, keys, reference};
use crate::{
    level::{Level, Side},
    rule::Rule,
    spec::Spec,
};
use plex_tv_openapi::pointer::unescaped;

const NOTHING: &Value = &Value::Null;

impl<'a> Comparer<'a> {
    pub(super) fn parameters(&mut self, base: &'a Value, head: &'a Value, spot: &Spot) {
        let only = |one: &'a Value, other: &Value| -> Vec<&'a str> {
            keys(one, one).into_iter().filter(|key| other.get(key).is_none()).collect()
        };
        let (mut gone, mut new) = (only(base, head), only(head, base));
        // The same name in another place moved.
        for old in gone.clone() {
            let name = self.base_target(&base[old])["name"].clone();
            let twin = new.iter().position(|new| !name.is_null() && self.head_target(&head[*new])["name"] == name);
            if let Some(new) = twin.map(|index| new.remove(index)) {
                gone.retain(|key| *key != old);
                self.moved((old, &base[old]), (new, &head[new]), spot);
            }
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

    fn moved(&mut self, (old_key, old): (&str, &'a Value), (new_key, new): (&str, &'a Value), spot: &Spot) {
        let (old, new) = (self.base_target(old), self.head_target(new));
        let place = |value: &Value| value["in"].as_str().unwrap_or("nowhere").to_owned();
        let name = new["name"].as_str().unwrap_or_default();
        let told = spot.named(format!("parameter `{name}`"));
        let what = format!("is sent in the {}, and was in the {}", place(new), place(old));
        let pointers = [told.key(new_key).at, told.key(old_key).at];
        self.tell_at(Rule::ParamLocation, &told, &pointers, what);
        let roots =
            (format!("{}{}", self.frame.base_root, pointers[1]), format!("{}{}", self.frame.head_root, pointers[0]));
        self.within((old, new), (&roots.0, &roots.1), &told, |comparer, spot| {
            comparer.frame.consumed.push("/in".to_owned());
            comparer.parameter(old, new, spot);
        });
    }

    fn parameter_name(&self, parameter: &Value) -> String {
        let place = parameter["in"].as_str().unwrap_or("unknown");
        format!("{place} parameter `{}`", parameter["name"].as_str().unwrap_or_default())
    }

    /// A parameter or a header.
    pub(super) fn parameter(&mut self, base: &'a Value, head: &'a Value, spot: &Spot) {
        let pair = (base, head);
        if base.get("name") != head.get("name") {
            let rule = if head["in"] == "header" { Rule::ParamCase } else { Rule::OpPathParamRenamed };
            let what = format!("is called {}, and was {}", brief(&head["name"]), brief(&base["name"]));
            // The name of a path parameter is seen by callers only.
            let side = if rule == Rule::ParamCase { Side::Request } else { Side::Both };
            self.tell(rule, &spot.on(side), &["name"], what);
        }
        let rules = [Rule::ParamRequired, Rule::ParamOptional];
        self.flag(pair, spot, "required", rules, ["is required now", "is optional now"]);
        let rules = [Rule::FieldDeprecated, Rule::FieldUndeprecated];
        self.flag(pair, spot, "deprecated", rules, ["is deprecated now", "is no longer deprecated"]);
        let encoding = ["style", "explode", "allowReserved"];
        let changed: Vec<_> = encoding.into_iter().filter(|key| base.get(key) != head.get(key)).collect();
        if !changed.is_empty() {
            self.tell(Rule::ParamStyle, spot, &changed, format!("has another {}", changed.join(", ")));
        }
        match (base.get("schema"), head.get("schema"), base.get("content"), head.get("content")) {
            (Some(old), Some(new), ..) => {
                self.schema(old, new, &Spot { is_parameter: true, ..spot.key("schema") });
            }
            (None, Some(_), Some(_), None) => {
                self.tell(Rule::ParamContent, spot, &["schema", "content"], "has a `schema`, and had `content`");
            }
            (Some(_), None, None, Some(_)) => {
                self.tell(Rule::ParamContent, spot, &["content", "schema"], "has `content`, and had a `schema`");
            }
            (.., Some(old), Some(new)) => self.content(old, new, &spot.key("content")),
            _ => {}
        }
        self.texts(Rule::Docs, pair, spot, &["description", "example", "examples"]);
        self.extensions(Rule::Docs, pair, spot, &[]);
    }

    /// A request body, which may not be there.
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
        for media in keys(base, head) {
            let at = spot.key(media);
            match (base.get(media), head.get(media)) {
                (None, Some(new)) => {
                    self.tell(Rule::MediaAdded, &at, &[], format!("may be `{media}`")).related.extend(related(new));
                }
                (Some(old), None) => {
                    self.tell(Rule::MediaRemoved, &at, &[], format!("is no longer `{media}`"))
                        .related
                        .extend(related(old));
                }
                (Some(old), Some(new)) => {
                    match (old.get("schema"), new.get("schema")) {
                        (None, Some(schema)) => {
                            let found = self.tell(Rule::MediaSchemaAdded, &at, &["schema"], "has a schema now");
                            found.related.extend(related(schema));
                        }
                        (Some(schema), None) => {
                            let found = self.tell(Rule::MediaSchemaRemoved, &at, &["schema"], "has no schema any more");
                            found.related.extend(related(schema));
                        }
                        (Some(old), Some(new)) => self.schema(old, new, &at.key("schema")),
                        (None, None) => {}
                    }
                    self.texts(Rule::Docs, (old, new), &at, &["example", "examples"]);
                    self.extensions(Rule::Docs, (old, new), &at, &[]);
                }
                (None, None) => {}
            }
        }
    }

    pub(super) fn responses(&mut self, base: &'a Value, head: &'a Value, spot: &Spot) {
        let only = |one: &'a Value, other: &Value| -> Vec<&'a str> {
            keys(one, one).into_iter().filter(|key| !key.starts_with("x-") && other.get(key).is_none()).collect()
        };
        let (mut gone, mut new) = (only(base, head), only(head, base));
        let is_success = |status: &&str| status.starts_with('2');
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
                let at = spot.key(status).named(format!("response {status}"));
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
                let at = spot.key(status).named(format!("response {status}"));
                let is_success = is_success(&status);
                self.follow((old, new), &at, Rule::ComponentMoved, |comparer, old, new, spot| {
                    if is_success { comparer.response(old, new, spot) } else { comparer.error_response(old, new, spot) }
                });
            }
        }
        self.extensions(Rule::Docs, (base, head), spot, &[]);
    }

    fn success_changed(&mut self, (old, base): (&str, &'a Value), (new, head): (&str, &'a Value), spot: &Spot) {
        let told = spot.named("the success");
        let pointers = [told.key(new).at, told.key(old).at];
        let found = self.tell_at(Rule::StatusSuccessChanged, &told, &pointers, format!("is {new}, and was {old}"));
        found.related.extend(related(base).into_iter().chain(related(head)));
        let roots =
            (format!("{}{}", self.frame.base_root, pointers[1]), format!("{}{}", self.frame.head_root, pointers[0]));
        let spot = spot.named(format!("response {new}"));
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

    /// The transport reads every failure alike, so the body of one is a single finding.
    fn error_response(&mut self, base: &'a Value, head: &'a Value, spot: &Spot) {
        let content = spot.key("content");
        self.as_one(Rule::StatusErrorSchema, &content, "has another body", |comparer| {
            comparer.content(&base["content"], &head["content"], &content);
        });
        self.headers(&base["headers"], &head["headers"], &spot.key("headers"));
        self.texts(Rule::Docs, (base, head), spot, &["description"]);
        self.extensions(Rule::Docs, (base, head), spot, &[]);
    }

    fn headers(&mut self, base: &'a Value, head: &'a Value, spot: &Spot) {
        for name in keys(base, head) {
            let at = spot.key(name).named(format!("{} header `{name}`", spot.of));
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

    /// Generated code reads no headers, so what changed in one is a single finding.
    pub(super) fn header(&mut self, base: &'a Value, head: &'a Value, spot: &Spot) {
        self.texts(Rule::Docs, (base, head), spot, &["description", "example", "examples"]);
        self.extensions(Rule::Docs, (base, head), spot, &[]);
        let changed: Vec<_> = ["schema", "content", "required", "style", "explode", "deprecated"]
            .into_iter()
            .filter(|key| base.get(key) != head.get(key))
            .collect();
        if !changed.is_empty() {
            let what = match (base.get("schema"), head.get("schema")) {
                (Some(old), Some(new)) if old != new => format!("is {}, and was {}", brief(new), brief(old)),
                _ => format!("has another {}", changed.join(", ")),
            };
            self.tell(Rule::HeaderType, &spot.on(Side::Response), &changed, what);
        }
    }

    pub(super) fn base_target(&self, value: &'a Value) -> &'a Value {
        resolved(self.base, value)
    }

    pub(super) fn head_target(&self, value: &'a Value) -> &'a Value {
        resolved(self.head, value)
    }
}

/// The value behind a reference; nothing where the reference leads nowhere.
fn resolved<'v>(spec: &'v Spec<'_>, mut value: &'v Value) -> &'v Value {
    for _ in 0..32 {
        let Some(text) = reference(value) else { return value };
        value = spec.component(text).map_or(NOTHING, |(_, value)| value);
    }
    NOTHING
}

/// The names of the components that a value refers to.
pub(super) fn related(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    crate::spec::references(value, &mut found);
    found.into_iter().map(|(_, name)| unescaped(&name)).collect()
}

/// The different bodies that the errors of an operation have.
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
