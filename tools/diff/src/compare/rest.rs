//! Compares everything but operations and schemas: the document itself, its servers, paths and
//! components.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::{Arc, LazyLock},
};

use serde_json::Value;

use super::{Comparer, Spot, keys};
use crate::{
    finding::Subject,
    level::Side,
    rule::Rule,
    spec::{Component, Key, Operation, Spec},
    told::{brief, change, code},
};
use plex_tv_openapi::pointer::{split, unescaped};

impl<'a> Comparer<'a> {
    pub(super) fn rest(&mut self) {
        self.subject = Subject::Document;
        let (base, head) = (&self.base.rest, &self.head.rest);
        // A difference here that no rule covers may concern both sides.
        self.within((base, head), ("", ""), &Spot::new("", Side::Both), |comparer, all| {
            let spot = &all.on(Side::None);
            if base.get("openapi") != head.get("openapi") {
                let what =
                    format!("follows OpenAPI {} instead of {}", brief(&head["openapi"]), brief(&base["openapi"]));
                comparer.tell(Rule::OpenapiVersion, spot, &["openapi"], what);
            }
            comparer.servers(&base["servers"], &head["servers"], &spot.key("servers").on(Side::Both));
            comparer.default_security(base, head, spot);
            for key in ["info", "tags"] {
                let texts: Vec<_> = keys(&base[key], &head[key]);
                for text in texts {
                    if base[key].get(text) != head[key].get(text) {
                        let verb = match (base[key].get(text), head[key].get(text)) {
                            (None, _) => "was added",
                            (_, None) => "was removed",
                            _ => "changed",
                        };
                        let what = format!("`{key}`: {} {verb}", code(text));
                        comparer.tell(Rule::Docs, &spot.key(key), &[text], what);
                    }
                }
            }
            comparer.texts(Rule::Docs, (base, head), spot, &["externalDocs"]);
            comparer.extensions(Rule::Docs, (base, head), spot, &[]);
        });
    }

    /// Compares the security that operations inherit. It is reported once for all of them.
    fn default_security(&mut self, base: &Value, head: &Value, spot: &Spot) {
        if base.get("security") == head.get("security") {
            return;
        }
        let heirs =
            |spec: &'a Spec<'_>| spec.operations.iter().filter(|each| each.inherits_security).map(Operation::label);
        let before: BTreeSet<_> = heirs(self.base).collect();
        self.used_by = heirs(self.head).filter(|label| before.contains(label)).collect();
        if self.used_by.is_empty() {
            let what = "changed the default security, which no operation uses";
            self.tell(Rule::Docs, spot, &["security"], what);
        } else {
            let spot = spot.key("security").on(Side::Request).named("an operation without its own security");
            self.security(&base["security"], &head["security"], &spot);
        }
        self.used_by = Arc::default();
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
            self.tell(
                Rule::ServerHostChanged,
                spot,
                &["url"],
                format!("is now at {}, was at {}", code(&new_host), code(&old_host)),
            );
        }
        if old_path != new_path {
            let what = format!("has the base path {} instead of {}", code(&new_path), code(&old_path));
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
                let what = match (old, new) {
                    (Some(old), Some(new)) => {
                        let parts = ["default", "enum"].into_iter().filter(|key| old.get(key) != new.get(key));
                        parts
                            .map(|key| format!("{key} {}", change(old.get(key), new.get(key))))
                            .collect::<Vec<_>>()
                            .join(", ")
                    }
                    (None, _) => "was added".to_owned(),
                    (_, None) => "was removed".to_owned(),
                };
                let what = format!("variable {}: {what}", code(name));
                self.tell(Rule::ServerVariable, &at.on(Side::Request), &[name], what);
            } else if old != new {
                self.tell(Rule::Docs, &at, &[name], format!("variable {}: description changed", code(name)));
            }
        }
        self.texts(Rule::Docs, (base, head), spot, &["description"]);
        self.extensions(Rule::Docs, (base, head), spot, &[]);
    }

    /// Compares the members of paths apart from their operations.
    pub(super) fn paths(&mut self) {
        self.subject = Subject::Document;
        self.referrers = Vec::new();
        let (base, head) = (&self.base.paths, &self.head.paths);
        let mut users: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
        for operation in self.base.operations.iter().chain(&self.head.operations) {
            if let Some((path, _)) = split(&operation.pointer) {
                users.entry(path).or_default().insert(operation.label());
            }
        }
        let roots: BTreeSet<&String> = base.keys().chain(head.keys()).collect();
        for root in roots {
            // A missing path is treated like one without members apart from its operations.
            let pair = (base.get(root).unwrap_or(&EMPTY), head.get(root).unwrap_or(&EMPTY));
            if pair.0 == pair.1 {
                continue;
            }
            self.used_by = users.get(root.as_str()).into_iter().flatten().cloned().collect();
            let (section, name) = split(root).unwrap_or_default();
            let what = if section == "/webhooks" { "webhook" } else { "path" };
            let of = format!("{what} {}", code(&unescaped(name)));
            self.within(pair, (root, root), &Spot::new(of, Side::Both), |comparer, spot| {
                comparer.texts(Rule::Docs, pair, spot, &["summary", "description"]);
                comparer.extensions(Rule::Docs, pair, spot, &[]);
            });
        }
    }

    pub(super) fn components(&mut self, renamed: &[(Key, Key)]) {
        let (base, head) = (self.base, self.head);
        let told: HashSet<&Key> = renamed.iter().flat_map(|(old, new)| [old, new]).collect();
        let keys: BTreeSet<&Key> = base.components.keys().chain(head.components.keys()).collect();
        for key in keys.into_iter().filter(|key| !told.contains(key)) {
            self.component(key, key, base.components.get(key), head.components.get(key));
        }
        for (old, new) in renamed {
            self.component(old, new, base.components.get(old), head.components.get(new));
        }
    }

    /// Makes a component the subject, and returns the side that sees it.
    pub(super) fn about_component(&mut self, old_key: &Key, new_key: &Key) -> Side {
        let found = self.head.components.get(new_key).or_else(|| self.base.components.get(old_key));
        let (kind, name) = found.map(|found| (found.kind.clone(), found.name.clone())).unwrap_or_default();
        self.subject = Subject::Component { kind, name };
        self.told = HashSet::new();
        let uses = [self.base.uses.get(old_key), self.head.uses.get(new_key)];
        let uses: Vec<_> = uses.into_iter().flatten().collect();
        let users: BTreeSet<_> = uses.iter().flat_map(|uses| &uses.operations).collect();
        self.used_by = users.into_iter().cloned().collect();
        let referrers = [self.base.referrers.get(old_key), self.head.referrers.get(new_key)];
        self.referrers = referrers.into_iter().flatten().flatten().cloned().collect();
        uses.iter().fold(Side::None, |side, uses| side.and(uses.side))
    }

    fn component(&mut self, old_key: &Key, new_key: &Key, old: Option<&'a Component>, new: Option<&'a Component>) {
        if old_key == new_key && old.map(|old| &old.value) == new.map(|new| &new.value) {
            return;
        }
        let Some(kind) = new.or(old).map(|component| component.kind.as_str()) else { return };
        // Changes of a path item are reported for its operations.
        if kind == "pathItems" && old.is_some() && new.is_some() && self.head.path_items.contains(new_key) {
            return;
        }
        let side = self.about_component(old_key, new_key);
        let (old, new) = (old.map(|old| &old.value), new.map(|new| &new.value));
        let is_schema = kind == "schemas";
        let spot = Spot::new("", side);
        if old_key != new_key {
            let pair = (old.unwrap_or(&EMPTY), new.unwrap_or(&EMPTY));
            let old_name = self.base.components.get(old_key).map(|old| old.name.clone()).unwrap_or_default();
            self.beside(pair, (old_key, new_key), |comparer| {
                let what = format!("seems to be the new name of {}", code(&old_name));
                let rule = if is_schema { Rule::SchemaRenamed } else { Rule::ComponentRenamed };
                comparer.tell(rule, &spot, &[], what).related.push(old_name);
            });
        }
        let pair = (old.unwrap_or(&Value::Null), new.unwrap_or(&Value::Null));
        self.within(pair, (old_key, new_key), &spot, |comparer, spot| match (old, new) {
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
        self.finish(0);
    }

    fn component_content(&mut self, kind: &str, old: &'a Value, new: &'a Value, spot: &Spot) {
        // An unused component is treated as if it were used on its usual side.
        let sided = |usual: Side| spot.on(if spot.side == Side::None { usual } else { spot.side });
        match kind {
            "schemas" => self.schema(old, new, spot),
            "parameters" => self.follow((old, new), &sided(Side::Request), Rule::ComponentMoved, Self::parameter),
            "headers" => self.follow((old, new), &sided(Side::Response), Rule::ComponentMoved, Self::header),
            "requestBodies" => self.follow((old, new), &sided(Side::Request), Rule::ComponentMoved, Self::request_body),
            "responses" => self.follow((old, new), &sided(Side::Response), Rule::ComponentMoved, Self::response),
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
            let told = |value: &Value| format!("{} {}", brief(&value["in"]), brief(&value["name"]));
            let what = format!("is now sent as {}, was {}", told(head), told(base));
            self.tell(Rule::SecSchemeLocation, spot, &location, what);
        }
        let others = changed(&["type", "scheme", "bearerFormat", "flows", "openIdConnectUrl"]);
        if !others.is_empty() {
            self.texts(Rule::SecSchemeChanged, (base, head), spot, &others);
        }
        self.texts(Rule::Docs, (base, head), spot, &["description"]);
        self.extensions(Rule::Docs, (base, head), spot, &[]);
    }
}

static EMPTY: LazyLock<Value> = LazyLock::new(|| Value::Object(serde_json::Map::new()));
