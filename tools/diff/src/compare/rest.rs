//! What is neither operation nor schema: the document itself, its servers, its paths, its components.

use std::{collections::BTreeSet, sync::LazyLock};

use serde_json::Value;

use super::{Comparer, Spot, brief, keys};
use crate::{
    finding::Subject,
    level::Side,
    rule::Rule,
    spec::{ComponentKey, Operation, Spec},
};
use plex_tv_openapi::pointer::join;

impl<'a> Comparer<'a> {
    pub(super) fn rest(&mut self) {
        self.subject = Subject::Document;
        let (base, head) = (&self.base.rest, &self.head.rest);
        self.within((base, head), ("", ""), &Spot::new("", Side::None), |comparer, spot| {
            if base.get("openapi") != head.get("openapi") {
                let what =
                    format!("follows OpenAPI {}, and followed {}", brief(&head["openapi"]), brief(&base["openapi"]));
                comparer.tell(Rule::OpenapiVersion, spot, &["openapi"], what);
            }
            comparer.servers(&base["servers"], &head["servers"], &spot.key("servers").on(Side::Both));
            comparer.default_security(base, head, spot);
            for key in ["info", "tags"] {
                let texts: Vec<_> = keys(&base[key], &head[key]);
                for text in texts {
                    if base[key].get(text) != head[key].get(text) {
                        let what = match (base[key].get(text), head[key].get(text)) {
                            (None, _) => format!("`{key}` has `{text}` now"),
                            (_, None) => format!("`{key}` has no `{text}` any more"),
                            _ => format!("`{key}` has another `{text}`"),
                        };
                        comparer.tell(Rule::Docs, &spot.key(key), &[text], what);
                    }
                }
            }
            comparer.texts(Rule::Docs, (base, head), spot, &["externalDocs"]);
            comparer.extensions(Rule::Docs, (base, head), spot, &[]);
        });
    }

    /// What operations inherit is told once for all of them.
    fn default_security(&mut self, base: &Value, head: &Value, spot: &Spot) {
        if base.get("security") == head.get("security") {
            return;
        }
        let heirs =
            |spec: &'a Spec<'_>| spec.operations.iter().filter(|each| each.inherits_security).map(Operation::label);
        let before: BTreeSet<_> = heirs(self.base).collect();
        self.used_by = heirs(self.head).filter(|label| before.contains(label)).collect();
        if self.used_by.is_empty() {
            let what = "asks for other security where an operation says nothing, but every operation says something";
            self.tell(Rule::Docs, spot, &["security"], what);
        } else {
            let spot = spot.key("security").on(Side::Request).named("an operation that says nothing else");
            self.security(&base["security"], &head["security"], &spot);
        }
        self.used_by = Vec::new();
    }

    fn servers(&mut self, base: &Value, head: &Value, spot: &Spot) {
        for index in keys(base, head) {
            let spot = spot.key(index).named("server");
            match (base.get(index), head.get(index)) {
                (None, Some(new)) => {
                    self.tell(Rule::ServerAdded, &spot, &[], format!("{} was added", brief(&new["url"])));
                }
                (Some(old), None) => {
                    self.tell(Rule::ServerRemoved, &spot, &[], format!("{} was removed", brief(&old["url"])));
                }
                (Some(old), Some(new)) => self.server(old, new, &spot),
                (None, None) => {}
            }
        }
    }

    fn server(&mut self, base: &Value, head: &Value, spot: &Spot) {
        let parts = |value: &Value| {
            let url = value["url"].as_str().unwrap_or_default();
            let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
            let (host, path) = rest.find('/').map_or((rest, ""), |at| rest.split_at(at));
            (format!("{scheme}://{host}").to_ascii_lowercase(), path.trim_end_matches('/').to_owned())
        };
        let ((old_host, old_path), (new_host, new_path)) = (parts(base), parts(head));
        if old_host != new_host {
            self.tell(Rule::ServerHostChanged, spot, &["url"], format!("is at `{new_host}`, and was at `{old_host}`"));
        }
        if old_path != new_path {
            let what = format!("has the base path `{new_path}`, and had `{old_path}`");
            self.tell(Rule::ServerPathChanged, spot, &["url"], what);
        }
        for name in keys(&base["variables"], &head["variables"]) {
            let (old, new) = (base["variables"].get(name), head["variables"].get(name));
            let without = |value: Option<&Value>| {
                let mut value = value.cloned().unwrap_or_default();
                value.as_object_mut().map(|members| members.remove("description"));
                value
            };
            let at = spot.key("variables");
            if without(old) != without(new) {
                self.tell(
                    Rule::ServerVariable,
                    &at.on(Side::Request),
                    &[name],
                    format!("has another variable `{name}`"),
                );
            } else if old != new {
                self.tell(Rule::Docs, &at, &[name], format!("has another text for its variable `{name}`"));
            }
        }
        self.texts(Rule::Docs, (base, head), spot, &["description"]);
        self.extensions(Rule::Docs, (base, head), spot, &[]);
    }

    /// What paths say beside their operations.
    pub(super) fn paths(&mut self) {
        self.subject = Subject::Document;
        self.referrers = Vec::new();
        let (base, head) = (&self.base.paths, &self.head.paths);
        let shapes: BTreeSet<&String> = base.keys().chain(head.keys()).collect();
        for shape in shapes {
            let root = join("/paths", shape);
            // A path with nothing beside its operations is as good as none.
            let pair = (base.get(shape).unwrap_or(&EMPTY), head.get(shape).unwrap_or(&EMPTY));
            let of =
                |one: &'a Spec<'_>| one.operations.iter().filter(|each| each.shape == *shape).map(|each| each.label());
            self.used_by = of(self.base).chain(of(self.head)).collect::<BTreeSet<_>>().into_iter().collect();
            self.within(pair, (&root, &root), &Spot::new(format!("path `{shape}`"), Side::Both), |comparer, spot| {
                comparer.texts(Rule::Docs, pair, spot, &["summary", "description"]);
                comparer.extensions(Rule::Docs, pair, spot, &[]);
            });
        }
    }

    pub(super) fn components(&mut self, renamed: &[(ComponentKey, ComponentKey)]) {
        let (base, head) = (self.base, self.head);
        let is_renamed = |key: &&ComponentKey| renamed.iter().any(|(old, new)| *key == old || *key == new);
        let keys: BTreeSet<&ComponentKey> = base.components.keys().chain(head.components.keys()).collect();
        for key in keys.into_iter().filter(|key| !is_renamed(key)) {
            self.component(key, key, base.components.get(key), head.components.get(key));
        }
        for (old, new) in renamed {
            self.component(old, new, base.components.get(old), head.components.get(new));
        }
    }

    fn component(
        &mut self,
        old_key: &ComponentKey,
        new_key: &ComponentKey,
        old: Option<&'a Value>,
        new: Option<&'a Value>,
    ) {
        let (kind, name) = new_key;
        self.subject = Subject::Component { kind: kind.clone(), name: name.clone() };
        let uses = [self.base.uses.get(old_key), self.head.uses.get(new_key)];
        let uses: Vec<_> = uses.into_iter().flatten().collect();
        let side = uses.iter().fold(Side::None, |side, uses| side.and(uses.side));
        let users: BTreeSet<_> = uses.iter().flat_map(|uses| uses.operations.iter().cloned()).collect();
        self.used_by = users.into_iter().collect();
        let referrers = [self.base.referrers.get(old_key), self.head.referrers.get(new_key)];
        self.referrers = referrers.into_iter().flatten().flatten().cloned().collect();
        let root = |(kind, name): &ComponentKey| join(&join("/components", kind), name);
        let roots = (root(old_key), root(new_key));
        let is_schema = kind == "schemas";
        let mut spot = Spot::new(if is_schema { String::new() } else { format!("{} `{name}`", singular(kind)) }, side);
        if is_schema {
            spot.path.clone_from(name);
        }
        if old_key != new_key {
            let pair = (old.unwrap_or(&EMPTY), new.unwrap_or(&EMPTY));
            self.beside(pair, (&roots.0, &roots.1), |comparer| {
                let what = format!("seems to be the new name of `{}`", old_key.1);
                comparer.tell(Rule::SchemaRenamed, &spot, &[], what).related.extend(vec![old_key.1.clone()]);
            });
        }
        let pair = (old.unwrap_or(&Value::Null), new.unwrap_or(&Value::Null));
        self.within(pair, (&roots.0, &roots.1), &spot, |comparer, spot| match (old, new) {
            (None, _) => {
                let rule = if is_schema { Rule::SchemaAdded } else { Rule::ComponentAdded };
                comparer.tell(rule, spot, &[], "was added");
            }
            (_, None) => {
                let rule = if is_schema { Rule::SchemaRemoved } else { Rule::ComponentRemoved };
                comparer.tell(rule, spot, &[], "was removed");
            }
            (Some(old), Some(new)) => comparer.component_content(kind, old, new, spot),
        });
    }

    fn component_content(&mut self, kind: &str, old: &'a Value, new: &'a Value, spot: &Spot) {
        match kind {
            "schemas" => self.schema(old, new, spot),
            "parameters" => self.follow((old, new), &spot.on(Side::Request), Rule::ComponentMoved, Self::parameter),
            "headers" => self.follow((old, new), &spot.on(Side::Response), Rule::ComponentMoved, Self::header),
            "requestBodies" => {
                self.follow((old, new), &spot.on(Side::Request), Rule::ComponentMoved, Self::request_body)
            }
            "responses" => self.follow((old, new), &spot.on(Side::Response), Rule::ComponentMoved, Self::response),
            "securitySchemes" => self.scheme(old, new, &spot.on(Side::Request)),
            "examples" => {
                let all: Vec<_> = keys(old, new);
                self.texts(Rule::Docs, (old, new), spot, &all);
            }
            _ => {}
        }
    }

    fn scheme(&mut self, base: &Value, head: &Value, spot: &Spot) {
        let changed = |keys: &[&'static str]| -> Vec<&'static str> {
            keys.iter().copied().filter(|key| base.get(key) != head.get(key)).collect()
        };
        let location = changed(&["in", "name"]);
        if !location.is_empty() {
            let told =
                |value: &Value| format!("{} {}", value["in"].as_str().unwrap_or_default(), brief(&value["name"]));
            let what = format!("is sent as {}, and was {}", told(head), told(base));
            self.tell(Rule::SecSchemeLocation, spot, &location, what);
        }
        let others = changed(&["type", "scheme", "bearerFormat", "flows", "openIdConnectUrl"]);
        if !others.is_empty() {
            self.tell(Rule::SecSchemeChanged, spot, &others, format!("has another {}", others.join(", ")));
        }
        self.texts(Rule::Docs, (base, head), spot, &["description"]);
        self.extensions(Rule::Docs, (base, head), spot, &[]);
    }
}

static EMPTY: LazyLock<Value> = LazyLock::new(|| Value::Object(serde_json::Map::new()));

/// As in `response` for `responses`.
fn singular(kind: &str) -> &str {
    match kind {
        "requestBodies" => "request body",
        "securitySchemes" => "security scheme",
        kind => kind.strip_suffix('s').unwrap_or(kind),
    }
}
