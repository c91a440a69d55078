//! A description in its canonical form, cut into what is compared: operations, components, and the rest.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use plex_tv_openapi::{Document, Problem};
use serde_json::{Map, Value};

use crate::{
    canonical::{At, Canonical, Places, by_position},
    level::Side,
    version::OpenApi,
};
use plex_tv_openapi::pointer::{followed, join, target, unescaped};

use plex_tv_openapi::METHODS;

/// `schemas` and `Pin` of `#/components/schemas/Pin`.
pub(crate) type ComponentKey = (String, String);

#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) id: Option<String>,
    /// In capitals.
    pub(crate) method: String,
    pub(crate) path: String,
    /// The path with its parameters by position.
    pub(crate) shape: String,
    /// Parameters as they are listed.
    pub(crate) order: Vec<String>,
    /// Does it inherit the security of the document?
    pub(crate) inherits_security: bool,
    /// The canonical pointer.
    pub(crate) pointer: String,
    pub(crate) value: Value,
}

impl Operation {
    /// The id, or method and path where there is none.
    pub(crate) fn label(&self) -> String {
        self.id.clone().unwrap_or_else(|| format!("{} {}", self.method, self.path))
    }
}

/// The operations that reach a component, and from which side.
#[derive(Clone, Debug, Default)]
pub(crate) struct Uses {
    pub(crate) operations: BTreeSet<String>,
    pub(crate) side: Side,
}

#[derive(Debug)]
pub(crate) struct Spec<'a> {
    pub(crate) document: &'a Document,
    pub(crate) operations: Vec<Operation>,
    /// What a path says beside its operations, by shape.
    pub(crate) paths: BTreeMap<String, Value>,
    pub(crate) components: BTreeMap<ComponentKey, Value>,
    /// The document without paths and components.
    pub(crate) rest: Value,
    pub(crate) places: Places,
    pub(crate) uses: HashMap<ComponentKey, Uses>,
    /// The components that refer to one, by name.
    pub(crate) referrers: HashMap<ComponentKey, BTreeSet<String>>,
}

impl<'a> Spec<'a> {
    pub(crate) fn new(document: &'a Document) -> Result<Self, Problem> {
        let version = OpenApi::of(document)?;
        let root = document.value();
        let mut canonical = Canonical { version, root, places: Places::default() };
        let mut paths = BTreeMap::new();
        let operations = operations(&mut canonical, &mut paths);
        let components = components(&mut canonical);
        let rest = rest(&mut canonical);
        let places = canonical.places;
        let mut spec = Self {
            document,
            operations,
            paths,
            components,
            rest,
            places,
            uses: HashMap::new(),
            referrers: HashMap::new(),
        };
        spec.uses = spec.uses();
        spec.referrers = spec.referrers();
        Ok(spec)
    }

    /// The component a `$ref` names.
    pub(crate) fn component(&self, reference: &str) -> Option<(ComponentKey, &Value)> {
        let key = component_key(reference)?;
        let value = self.components.get(&key)?;
        Some((key, value))
    }

    /// The line and pointer in the document.
    pub(crate) fn place(&self, canonical: &str) -> (String, usize) {
        let pointer = self.places.original(canonical);
        let line = self.document.line(&pointer);
        (pointer, line)
    }

    fn referrers(&self) -> HashMap<ComponentKey, BTreeSet<String>> {
        let mut found: HashMap<ComponentKey, BTreeSet<String>> = HashMap::new();
        for ((_, name), value) in &self.components {
            let mut direct = Vec::new();
            references(value, &mut direct);
            for key in direct {
                found.entry(key).or_default().insert(name.clone());
            }
        }
        found
    }

    /// Follows references from every operation.
    fn uses(&self) -> HashMap<ComponentKey, Uses> {
        let mut direct: HashMap<&ComponentKey, Vec<ComponentKey>> = HashMap::new();
        for (key, value) in &self.components {
            let mut found = Vec::new();
            references(value, &mut found);
            direct.insert(key, found);
        }
        let mut uses: HashMap<ComponentKey, Uses> = HashMap::new();
        for operation in &self.operations {
            let sides = [
                (Side::Request, ["parameters", "requestBody", "security", "callbacks"]),
                (Side::Response, ["responses", "", "", ""]),
            ];
            for (side, members) in sides {
                let mut open = Vec::new();
                for member in members {
                    references(&operation.value[member], &mut open);
                }
                for scheme in operation.value["security"].as_object().into_iter().flat_map(Map::values) {
                    let names = scheme.as_object().into_iter().flat_map(Map::keys);
                    let schemes = names.map(|name| ("securitySchemes".to_owned(), name.clone()));
                    open.extend(schemes.filter(|_| side == Side::Request));
                }
                let mut seen = BTreeSet::new();
                while let Some(key) = open.pop() {
                    if seen.insert(key.clone()) {
                        open.extend(direct.get(&key).into_iter().flatten().cloned());
                        let found = uses.entry(key).or_default();
                        found.side = found.side.and(side);
                        found.operations.insert(operation.label());
                    }
                }
            }
        }
        uses
    }
}

/// The component that a reference names; none where it leads anywhere else.
pub(crate) fn component_key(reference: &str) -> Option<ComponentKey> {
    let pointer = target(reference)?;
    let (kind, name) = pointer.strip_prefix("/components/")?.split_once('/')?;
    (!name.contains('/')).then(|| (kind.to_owned(), unescaped(name)))
}

/// All components that are referred to below a value.
pub(crate) fn references(value: &Value, found: &mut Vec<ComponentKey>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                match value.as_str() {
                    Some(reference) if key == "$ref" => found.extend(component_key(reference)),
                    _ => references(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

fn operations(canonical: &mut Canonical<'_>, paths: &mut BTreeMap<String, Value>) -> Vec<Operation> {
    let root = canonical.root;
    let mut found = Vec::new();
    for (path, item) in root["paths"].as_object().into_iter().flatten() {
        let at = join("/paths", path);
        if path.starts_with("x-") {
            paths.insert(path.clone(), item.clone());
            continue;
        }
        let (item, at) = followed(root, item, at);
        let Some(members) = item.as_object() else {
            paths.insert(shape(path), item.clone());
            continue;
        };
        let is_told = |key: &str| METHODS.contains(&key) || key == "parameters" || key == "servers";
        let rest: Map<_, _> = members.clone().into_iter().filter(|(key, _)| !is_told(key)).collect();
        let pointer = At { canonical: join("/paths", &shape(path)), original: at.clone() };
        canonical.stands_at(&pointer);
        paths.insert(shape(path), Value::Object(rest));
        for method in METHODS {
            if let Some(operation) = item.get(method) {
                let at = At { canonical: join(&pointer.canonical, method), original: join(&at, method) };
                found.push(operation_of(canonical, path, item, method, operation, &at));
            }
        }
    }
    found
}

fn operation_of(
    canonical: &mut Canonical<'_>,
    path: &str,
    item: &Value,
    method: &str,
    operation: &Value,
    at: &At,
) -> Operation {
    canonical.stands_at(at);
    let root = canonical.root;
    let mut value = operation.as_object().cloned().unwrap_or_default();
    if value.get("deprecated") == Some(&Value::Bool(false)) {
        value.remove("deprecated");
    }
    let path_level = format!("{}/parameters", at.original.rsplit_once('/').map_or("", |(item, _)| item));
    let lists =
        [(&item["parameters"], path_level.as_str()), (&operation["parameters"], &at.key("parameters").original)];
    let (parameters, order) = canonical.parameters(lists, path, &at.key("parameters"));
    value.insert("parameters".to_owned(), parameters);
    if let Some(body) = operation.get("requestBody") {
        value.insert("requestBody".to_owned(), canonical.body(body, &at.key("requestBody")));
    }
    if let Some(responses) = operation.get("responses") {
        value.insert("responses".to_owned(), canonical.responses(responses, &at.key("responses")));
    }
    if let Some(tags) = operation.get("tags") {
        value.insert("tags".to_owned(), canonical.by_name(tags, &at.key("tags")));
    }
    let inherits_security = operation.get("security").is_none();
    let security = at.key("security");
    let (asked, security) = if inherits_security {
        (&root["security"], At { original: "/security".to_owned(), ..security })
    } else {
        (&operation["security"], security)
    };
    if inherits_security && !asked.is_null() {
        canonical.stands_at(&security);
    }
    value.insert("security".to_owned(), canonical.security(asked, &security));
    if let Some(servers) = operation.get("servers").or(item.get("servers")) {
        if operation.get("servers").is_none() {
            let original = path_level.replace("/parameters", "/servers");
            canonical.stands_at(&At { original, ..at.key("servers") });
        }
        value.insert("servers".to_owned(), by_position(servers));
    }
    Operation {
        id: operation["operationId"].as_str().map(str::to_owned),
        method: method.to_ascii_uppercase(),
        path: path.to_owned(),
        shape: shape(path),
        order,
        inherits_security,
        pointer: at.canonical.clone(),
        value: Value::Object(value),
    }
}

fn components(canonical: &mut Canonical<'_>) -> BTreeMap<ComponentKey, Value> {
    let root = canonical.root;
    let mut found = BTreeMap::new();
    for (kind, members) in root["components"].as_object().into_iter().flatten() {
        for (name, value) in members.as_object().into_iter().flatten() {
            let at = At::both(join(&join("/components", kind), name));
            let value = match kind.as_str() {
                "schemas" => canonical.schema(value, &at),
                "parameters" | "headers" => canonical.parameter(value, &at),
                "requestBodies" => canonical.body(value, &at),
                "responses" => canonical.response(value, &at),
                _ => value.clone(),
            };
            found.insert((kind.clone(), name.clone()), value);
        }
    }
    found
}

/// Everything else; what is in `components` and is no map of components too.
fn rest(canonical: &mut Canonical<'_>) -> Value {
    let root = canonical.root;
    let mut rest = root.as_object().cloned().unwrap_or_default();
    rest.remove("paths");
    rest.remove("security");
    if let Some(tags) = rest.get("tags").cloned() {
        rest.insert("tags".to_owned(), canonical.by_name(&tags, &At::both("/tags".to_owned())));
    }
    if let Some(servers) = rest.get("servers").cloned() {
        rest.insert("servers".to_owned(), by_position(&servers));
    }
    rest.insert("security".to_owned(), canonical.security(&root["security"], &At::both("/security".to_owned())));
    match rest.remove("components") {
        Some(Value::Object(kinds)) => {
            let odd: Map<_, _> = kinds.into_iter().filter(|(_, members)| !members.is_object()).collect();
            if !odd.is_empty() {
                rest.insert("components".to_owned(), Value::Object(odd));
            }
        }
        Some(odd) => {
            rest.insert("components".to_owned(), odd);
        }
        None => {}
    }
    Value::Object(rest)
}

/// `/pins/{id}` and `/pins/{pinId}` are the same address.
pub(crate) fn shape(path: &str) -> String {
    let mut shape = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((_, after)) = after.split_once('}') else { break };
        shape.push_str(before);
        shape.push_str("{}");
        rest = after;
    }
    shape + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(text: &str) -> Document {
        Document::parse("test.yaml", text).unwrap()
    }

    #[test]
    fn an_operation_has_what_it_inherits() {
        let document = document(
            "{openapi: 3.0.3, security: [{Token: []}], paths: {'/a/{id}': {parameters: [{in: path, name: id}],
              get: {operationId: getA}, post: {security: [], parameters: [{in: path, name: id, required: true}]}}}}",
        );

        let spec = Spec::new(&document).unwrap();

        let [get, post] = spec.operations.as_slice() else { panic!("two operations") };
        assert_eq!((get.label(), post.label()), ("getA".to_owned(), "POST /a/{id}".to_owned()));
        assert_eq!(get.value["security"], serde_json::json!({ "Token": { "Token": {} } }));
        assert_eq!(post.value["security"], serde_json::json!({ "none": {} }));
        assert_eq!(spec.place("/paths/~1a~1{}/get/parameters/path:0").0, "/paths/~1a~1{id}/parameters/0");
        assert_eq!(spec.place("/paths/~1a~1{}/post/parameters/path:0").0, "/paths/~1a~1{id}/post/parameters/0");
    }

    #[test]
    fn a_component_knows_who_uses_it_and_from_which_side() {
        let document = document(
            "{openapi: 3.0.3, paths: {/a: {get: {operationId: getA, responses: {'200': {$ref: '#/components/responses/R'}}},
              post: {operationId: makeA, requestBody: {content: {a/b: {schema: {$ref: '#/components/schemas/Inner'}}}}}}},
              components: {responses: {R: {content: {a/b: {schema: {$ref: '#/components/schemas/S'}}}}},
              schemas: {S: {properties: {s: {$ref: '#/components/schemas/S'}, i: {$ref: '#/components/schemas/Inner'}}}, Inner: {}, Alone: {}}}}",
        );

        let spec = Spec::new(&document).unwrap();

        let uses = |name: &str| spec.uses.get(&("schemas".to_owned(), name.to_owned())).cloned().unwrap_or_default();
        assert_eq!((uses("S").side, uses("S").operations.len()), (Side::Response, 1));
        assert_eq!((uses("Inner").side, uses("Inner").operations.len()), (Side::Both, 2));
        assert_eq!(uses("Alone").side, Side::None);
    }

    #[test]
    fn paths_are_told_apart_by_position() {
        assert_eq!(shape("/pins/{id}"), shape("/pins/{pinId}"));
        assert_eq!(shape("/devices/{id}.xml"), "/devices/{}.xml");
        assert_eq!(shape("/broken/{id"), "/broken/{id");
    }
}
