//! A description in its canonical form, split into the parts that are compared: operations,
//! components, and the rest.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use plex_tv_openapi::{
    Document, METHODS, Problem,
    pointer::{FILES, each_reference, followed, has_names, is_value, is_within, join, target, unescaped},
};
use serde_json::{Map, Value};

use crate::{
    canonical::{At, Canonical, Kind, Places, by_position},
    level::Side,
    version::OpenApi,
};

/// The pointer of a component, such as `/components/schemas/Pin`. Referenced values in other files
/// are components too.
pub(crate) type Key = String;

#[derive(Debug)]
pub(crate) struct Component {
    /// The section of `components`, such as `schemas`.
    pub(crate) kind: String,
    /// The name, such as `Pin`.
    pub(crate) name: String,
    pub(crate) value: Value,
}

#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) id: Option<String>,
    /// In upper case.
    pub(crate) method: String,
    /// The path template, or the name of a webhook, which has no path.
    pub(crate) path: String,
    /// The path without the names of its parameters.
    pub(crate) shape: String,
    /// The keys of the parameters, in the order of the description.
    pub(crate) order: Vec<String>,
    /// Whether it inherits the security of the document.
    pub(crate) inherits_security: bool,
    /// Whether plex.tv sends the request.
    pub(crate) is_webhook: bool,
    /// The canonical pointer.
    pub(crate) pointer: String,
    pub(crate) value: Value,
}

impl Operation {
    /// Returns the id, or method and path if there is no id.
    pub(crate) fn label(&self) -> String {
        self.id.clone().unwrap_or_else(|| format!("{} {}", self.method, self.path))
    }

    /// Returns the side of the request and the side of the response. The requests of a webhook are
    /// read by the client, so its sides are swapped.
    pub(crate) fn sides(&self) -> [Side; 2] {
        if self.is_webhook { [Side::Response, Side::Request] } else { [Side::Request, Side::Response] }
    }
}

/// The operations that use a component, and on which side.
#[derive(Clone, Debug, Default)]
pub(crate) struct Uses {
    pub(crate) operations: BTreeSet<String>,
    pub(crate) side: Side,
}

#[derive(Debug)]
pub(crate) struct Spec<'a> {
    pub(crate) document: &'a Document,
    pub(crate) operations: Vec<Operation>,
    pub(crate) version: OpenApi,
    /// The members of each path or webhook apart from its operations, by canonical pointer.
    pub(crate) paths: BTreeMap<String, Value>,
    pub(crate) components: BTreeMap<Key, Component>,
    /// Referenced values inside components and operations, by pointer.
    pub(crate) inner: BTreeMap<Key, Value>,
    /// New keys of renamed components, with their old keys.
    pub(crate) aliases: HashMap<Key, Key>,
    /// The document without paths and components.
    pub(crate) rest: Value,
    pub(crate) places: Places,
    pub(crate) uses: HashMap<Key, Uses>,
    /// The users of referenced values inside components and operations, by pointer.
    pub(crate) inner_uses: HashMap<Key, Uses>,
    /// The names of the components that refer to each component.
    pub(crate) referrers: HashMap<Key, BTreeSet<String>>,
    /// Referenced path items that contain operations.
    pub(crate) path_items: BTreeSet<Key>,
    /// References whose target is missing: the canonical pointer of the value with the reference,
    /// and its text.
    pub(crate) dangling: BTreeMap<String, String>,
}

impl<'a> Spec<'a> {
    pub(crate) fn new(document: &'a Document) -> Result<Self, Problem> {
        let version = OpenApi::of(document)?;
        let root = document.value();
        let mut canonical = Canonical::new(version, root);
        let mut paths = BTreeMap::new();
        let mut path_items = BTreeSet::new();
        let mut operations = operations(&mut canonical, &mut paths, &mut path_items);
        operations.extend(webhooks(&mut canonical, &mut paths, &mut path_items));
        let mut components = components(&mut canonical, &path_items);
        let inner = referred(&mut canonical, document, &mut components)?;
        all_compared(document, |pointer| {
            components.contains_key(pointer) || inner.contains_key(pointer) || path_items.contains(pointer)
        })?;
        let rest = rest(&mut canonical, document.files().next().is_some());
        let Canonical { places, dangling, .. } = canonical;
        let mut spec = Self {
            document,
            operations,
            version,
            paths,
            components,
            inner,
            aliases: HashMap::new(),
            rest,
            places,
            uses: HashMap::new(),
            inner_uses: HashMap::new(),
            referrers: HashMap::new(),
            path_items,
            dangling,
        };
        spec.find_uses();
        spec.referrers = spec.referrers();
        Ok(spec)
    }

    /// Returns the target of a `$ref`, and its pointer.
    pub(crate) fn component(&self, reference: &str) -> Option<(Key, &Value)> {
        let pointer = target(reference)?;
        let key = self.aliases.get(&pointer).cloned().unwrap_or(pointer);
        let value = self.components.get(&key).map(|found| &found.value).or_else(|| self.inner.get(&key))?;
        Some((key, value))
    }

    fn referrers(&self) -> HashMap<Key, BTreeSet<String>> {
        let mut found: HashMap<Key, BTreeSet<String>> = HashMap::new();
        for component in self.components.values() {
            let mut direct = Vec::new();
            references(&component.value, &mut direct);
            for key in direct {
                found.entry(key).or_default().insert(component.name.clone());
            }
        }
        found
    }

    /// Finds the users of each component, by following references from every operation.
    fn find_uses(&mut self) {
        let mut graph = Graph::default();
        let values = self.components.iter().map(|(key, component)| (key, &component.value)).chain(&self.inner);
        for (key, value) in values {
            let mut found = Vec::new();
            references(value, &mut found);
            graph.add(key, found);
        }
        for (parent, child) in self.heirs() {
            graph.add(parent, vec![child.to_owned()]);
        }
        for (index, operation) in self.operations.iter().enumerate() {
            let [asked, answered] = operation.sides();
            let sides = [
                (asked, ["parameters", "requestBody", "security"].as_slice()),
                (answered, ["responses"].as_slice()),
                // The sender of the operation's request answers the callback's request.
                (Side::Both, ["callbacks"].as_slice()),
            ];
            for (side, members) in sides {
                let mut open = Vec::new();
                for member in members {
                    collect(&operation.value[*member], has_names(member), &mut open);
                }
                if members.contains(&"security") {
                    let alternatives = operation.value["security"].as_object().into_iter().flat_map(Map::values);
                    let names = alternatives.filter_map(Value::as_object).flat_map(Map::keys);
                    open.extend(names.map(|name| join("/components/securitySchemes", name)));
                }
                graph.reach(open, index, side);
            }
        }
        let labels: Vec<String> = self.operations.iter().map(Operation::label).collect();
        let uses = graph.into_uses(&labels);
        let inner = uses.iter().filter(|(key, _)| self.inner.contains_key(*key));
        self.inner_uses = inner.map(|(key, uses)| (key.clone(), uses.clone())).collect();
        self.uses = uses;
    }

    /// Returns pairs of a schema that has or inherits a discriminator and a schema that extends it:
    /// a value of the first may be a value of the second.
    pub(crate) fn heirs(&self) -> Vec<(&str, &str)> {
        let mut children: HashMap<Key, Vec<&str>> = HashMap::new();
        for (key, component) in &self.components {
            for part in component.value["allOf"].as_array().into_iter().flatten() {
                if let Some(parent) = part["$ref"].as_str().and_then(target) {
                    children.entry(parent).or_default().push(key);
                }
            }
        }
        let has_discriminator = |component: &Component| component.value.get("discriminator").is_some();
        let first = self.components.iter().filter(|(_, component)| has_discriminator(component));
        let mut open: Vec<&str> = first.map(|(key, _)| key.as_str()).collect();
        let mut seen: HashSet<&str> = open.iter().copied().collect();
        let mut found = Vec::new();
        while let Some(parent) = open.pop() {
            for child in children.get(parent).into_iter().flatten() {
                found.push((parent, *child));
                if seen.insert(child) {
                    open.push(child);
                }
            }
        }
        found
    }
}

/// The references between components, as a graph of numbered nodes. Every operation may reach every
/// component.
#[derive(Default)]
struct Graph {
    numbers: HashMap<Key, usize>,
    nodes: Vec<Node>,
    /// How many walks were made.
    walks: usize,
}

#[derive(Default)]
struct Node {
    refers_to: Vec<usize>,
    /// The last walk that reached this node.
    walk: usize,
    operations: Vec<usize>,
    side: Side,
}

impl Graph {
    fn number(&mut self, key: Key) -> usize {
        let next = self.nodes.len();
        let number = *self.numbers.entry(key).or_insert(next);
        if number == next {
            self.nodes.push(Node::default());
        }
        number
    }

    fn add(&mut self, key: &str, references: Vec<Key>) {
        let number = self.number(key.to_owned());
        let found: Vec<_> = references.into_iter().map(|key| self.number(key)).collect();
        if let Some(node) = self.nodes.get_mut(number) {
            node.refers_to.extend(found);
        }
    }

    /// Records an operation at all nodes that it reaches from `start`.
    fn reach(&mut self, start: Vec<Key>, operation: usize, side: Side) {
        self.walks += 1;
        let mut open: Vec<_> = start.into_iter().map(|key| self.number(key)).collect();
        while let Some(number) = open.pop() {
            let Some(node) = self.nodes.get_mut(number).filter(|node| node.walk != self.walks) else { continue };
            node.walk = self.walks;
            node.side = node.side.and(side);
            if node.operations.last() != Some(&operation) {
                node.operations.push(operation);
            }
            open.extend(&node.refers_to);
        }
    }

    fn into_uses(self, labels: &[String]) -> HashMap<Key, Uses> {
        let Self { numbers, mut nodes, .. } = self;
        let reached = numbers.into_iter().filter_map(|(key, number)| {
            let Node { operations, side, .. } = std::mem::take(nodes.get_mut(number)?);
            let operations: BTreeSet<_> = operations.iter().filter_map(|index| labels.get(*index)).cloned().collect();
            (!operations.is_empty()).then_some((key, Uses { operations, side }))
        });
        reached.collect()
    }
}

/// Returns the name at the end of a pointer.
pub(crate) fn name_of(key: &str) -> String {
    unescaped(key.rsplit('/').next().unwrap_or(key))
}

/// Collects the pointers of all targets of references inside a canonical value.
pub(crate) fn references(value: &Value, found: &mut Vec<Key>) {
    collect(value, false, found);
}

fn collect(value: &Value, are_names: bool, found: &mut Vec<Key>) {
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                match value {
                    Value::String(text) if key == "$ref" => found.extend(target(text)),
                    Value::Object(discriminator) if key == "discriminator" && !are_names => {
                        let mapping = discriminator.get("mapping").and_then(Value::as_object);
                        let words = mapping.into_iter().flat_map(Map::values).filter_map(Value::as_str);
                        found.extend(words.filter_map(target));
                    }
                    _ if !are_names && is_value(key) => {}
                    Value::Array(_) if !are_names && key == "examples" => {}
                    _ => collect(value, !are_names && has_names(key), found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, false, found)),
        _ => {}
    }
}

fn operations(
    canonical: &mut Canonical<'_>,
    paths: &mut BTreeMap<String, Value>,
    path_items: &mut BTreeSet<Key>,
) -> Vec<Operation> {
    let root = canonical.root;
    let mut found = Vec::new();
    // How many paths have each shape.
    let mut twins: HashMap<String, usize> = HashMap::new();
    for (path, item) in root["paths"].as_object().into_iter().flatten() {
        let at = join("/paths", path);
        if path.starts_with("x-") {
            paths.insert(at, item.clone());
            continue;
        }
        let (target, original) = path_item(canonical, item, at, path_items);
        let mut pointer = At { canonical: join("/paths", &shape(path)), original };
        let number = twins.entry(pointer.canonical.clone()).or_default();
        *number += 1;
        if *number > 1 {
            pointer.canonical.push_str(&format!(" again {number}"));
        }
        canonical.stands_at(&pointer);
        paths.insert(pointer.canonical.clone(), beside_operations(item, target));
        let item = target;
        found.extend(operations_of(canonical, path, item, &pointer));
    }
    found
}

/// Returns the members of a path item apart from its operations, and those next to the reference to
/// it.
fn beside_operations(item: &Value, target: &Value) -> Value {
    let Some(members) = target.as_object() else { return target.clone() };
    let is_told = |key: &str| METHODS.contains(&key) || key == "parameters" || key == "servers";
    let of = |members: &Map<String, Value>, is_left_out: &dyn Fn(&str) -> bool| -> Map<String, Value> {
        let kept = members.iter().filter(|(key, _)| !is_left_out(key));
        kept.map(|(key, value)| (key.clone(), value.clone())).collect()
    };
    let mut beside = of(members, &is_told);
    let around = item.as_object().filter(|item| item.contains_key("$ref") && *item != members);
    let around = around.map(|item| of(item, &|key| key == "$ref")).unwrap_or_default();
    if !around.is_empty() {
        beside.insert("$ref siblings".to_owned(), Value::Object(around));
    }
    Value::Object(beside)
}

/// Returns the requests that plex.tv sends, one for each name and method.
fn webhooks(
    canonical: &mut Canonical<'_>,
    paths: &mut BTreeMap<String, Value>,
    path_items: &mut BTreeSet<Key>,
) -> Vec<Operation> {
    let root = canonical.root;
    let mut found = Vec::new();
    for (name, item) in root["webhooks"].as_object().into_iter().flatten() {
        let at = join("/webhooks", name);
        let (target, original) = path_item(canonical, item, at.clone(), path_items);
        let at = At { canonical: at, original };
        canonical.stands_at(&at);
        paths.insert(at.canonical.clone(), beside_operations(item, target));
        let item = target;
        for mut operation in operations_of(canonical, name, item, &at) {
            operation.is_webhook = true;
            operation.shape = format!("webhook {name}");
            found.push(operation);
        }
    }
    found
}

/// Returns a path item or the target of its reference, with its pointer.
fn path_item<'v>(
    canonical: &mut Canonical<'v>,
    item: &'v Value,
    at: String,
    path_items: &mut BTreeSet<Key>,
) -> (&'v Value, String) {
    let (target, pointer) = followed(canonical.root, item, at.clone());
    if pointer != at {
        path_items.insert(pointer.clone());
    }
    if let Some(reference) = target["$ref"].as_str() {
        canonical.dangling.insert(at, reference.to_owned());
    }
    (target, pointer)
}

fn operations_of(canonical: &mut Canonical<'_>, path: &str, item: &Value, pointer: &At) -> Vec<Operation> {
    let methods: Vec<_> = METHODS.into_iter().filter_map(|method| Some((method, item.get(method)?))).collect();
    if methods.is_empty() {
        // Nobody sends these parameters, but other files that they are in have been read.
        let at = pointer.key("parameters");
        canonical.parameters([(&item["parameters"], &at.original), (&Value::Null, "")], path, &at);
    }
    methods
        .into_iter()
        .map(|(method, operation)| {
            let at = At { canonical: join(&pointer.canonical, method), original: join(&pointer.original, method) };
            operation_of(canonical, path, item, method, operation, &at)
        })
        .collect()
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
    if let Some(callbacks) = operation.get("callbacks") {
        value.insert("callbacks".to_owned(), canonical.named(Kind::Callback, callbacks, &at.key("callbacks")));
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
    let dangling = inherits_security.then(|| std::mem::take(&mut canonical.dangling));
    value.insert("security".to_owned(), canonical.security(asked, &security));
    // Missing schemes that are inherited are reported once, for the document.
    if let Some(dangling) = dangling {
        canonical.dangling = dangling;
    }
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
        is_webhook: false,
        pointer: at.canonical.clone(),
        value: Value::Object(value),
    }
}

fn components(canonical: &mut Canonical<'_>, path_items: &BTreeSet<Key>) -> BTreeMap<Key, Component> {
    let root = canonical.root;
    let mut found = BTreeMap::new();
    for (kind, members) in root["components"].as_object().into_iter().flatten() {
        for (name, value) in members.as_object().into_iter().flatten() {
            let key = join(&join("/components", kind), name);
            let at = At::both(key.clone());
            let value = match Kind::of_section(kind) {
                // The references of its operations have been found.
                Some(Kind::PathItem) if path_items.contains(&key) => value.clone(),
                Some(kind) => canonical.of_kind(kind, value, &at),
                None => value.clone(),
            };
            found.insert(key, Component { kind: kind.clone(), name: name.clone(), value });
        }
    }
    found
}

/// Finds the referenced values that are not components. Those in other files become components, and
/// those inside components and operations are returned.
fn referred(
    canonical: &mut Canonical<'_>,
    document: &Document,
    components: &mut BTreeMap<Key, Component>,
) -> Result<BTreeMap<Key, Value>, Problem> {
    let root = canonical.root;
    let mut inner: BTreeMap<Key, Value> = BTreeMap::new();
    let mut files: BTreeMap<Key, (Kind, Value)> = BTreeMap::new();
    while let Some((reference, (kind, from))) = canonical.wanted.pop_first() {
        let Some(pointer) = target(&reference) else {
            let what = format!("`{reference}` refers to another file, which was not read");
            return Err(document.problem("outside-ref", &canonical.places.original(&from), what, "give that file too"));
        };
        if components.contains_key(&pointer) || inner.contains_key(&pointer) || files.contains_key(&pointer) {
            continue;
        }
        let Some(value) = root.pointer(&pointer) else { continue };
        let value = canonical.of_kind(kind, value, &At::both(pointer.clone()));
        if pointer.starts_with("/$files/") {
            files.insert(pointer, (kind, value));
        } else {
            inner.insert(pointer, value);
        }
    }
    if let Some((text, at)) = canonical.unfollowed.take() {
        let what = format!("`{text}` is not a JSON pointer, so the reference cannot be followed");
        let mend = "refer to the value by its place, such as `#/components/schemas/Pin`";
        return Err(document.problem("outside-ref", &canonical.places.original(&at), what, mend));
    }
    let outer: Vec<_> = files.keys().cloned().collect();
    for (key, (kind, value)) in files {
        if outer.iter().any(|other| *other != key && is_within(&key, other)) {
            inner.insert(key, value);
        } else {
            let (_, pointer, _) = document.place(&key);
            let name = if pointer.is_empty() { name_of(&key) } else { name_of(pointer) };
            components.insert(key, Component { kind: kind.section().to_owned(), name, value });
        }
    }
    Ok(inner)
}

/// Refuses a reference to another file from a place where OpenAPI allows none: what it points to is
/// not compared.
fn all_compared(document: &Document, is_compared: impl Fn(&str) -> bool) -> Result<(), Problem> {
    let root = document.value();
    let mut open = Vec::new();
    for (key, value) in root.as_object().into_iter().flatten().filter(|(key, _)| *key != FILES && !is_value(key)) {
        collect(value, has_names(key), &mut open);
    }
    let mut seen = HashSet::new();
    while let Some(pointer) = open.pop() {
        let Some(value) = root.pointer(&pointer).filter(|_| is_within(&pointer, "/$files")) else { continue };
        // A reference to another reference is followed to its end.
        if !is_compared(&pointer) && value.get("$ref").is_none() {
            let mut at = String::new();
            each_reference(&mut root.clone(), &mut |place, text| {
                if at.is_empty() && target(text).as_ref() == Some(&pointer) {
                    place.clone_into(&mut at);
                }
            });
            let what = "a reference to another file cannot be followed from here";
            return Err(document.problem("outside-ref", &at, what, "write out the part that it points to"));
        }
        if seen.insert(pointer) {
            collect(value, false, &mut open);
        }
    }
    Ok(())
}

/// Returns everything else, including members of `components` that are not maps of components.
fn rest(canonical: &mut Canonical<'_>, has_files: bool) -> Value {
    let root = canonical.root;
    let mut rest = root.as_object().cloned().unwrap_or_default();
    for told in ["paths", "webhooks", "security"] {
        rest.remove(told);
    }
    if has_files {
        rest.remove(FILES);
    }
    // This is the default of 3.1.
    if rest.get("jsonSchemaDialect").is_some_and(|dialect| dialect == "https://spec.openapis.org/oas/3.1/dialect/base")
    {
        rest.remove("jsonSchemaDialect");
    }
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

/// Returns a path without the names of its parameters: `/pins/{id}` and `/pins/{pinId}` are the
/// same address.
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
        assert_eq!(spec.places.original("/paths/~1a~1{}/get/parameters/path:0"), "/paths/~1a~1{id}/parameters/0");
        assert_eq!(spec.places.original("/paths/~1a~1{}/post/parameters/path:0"), "/paths/~1a~1{id}/post/parameters/0");
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

        let uses = |name: &str| spec.uses.get(&format!("/components/schemas/{name}")).cloned().unwrap_or_default();
        assert_eq!((uses("S").side, uses("S").operations.len()), (Side::Response, 1));
        assert_eq!((uses("Inner").side, uses("Inner").operations.len()), (Side::Both, 2));
        assert_eq!(uses("Alone").side, Side::None);
    }

    #[test]
    fn paths_are_compared_without_the_names_of_their_parameters() {
        assert_eq!(shape("/pins/{id}"), shape("/pins/{pinId}"));
        assert_eq!(shape("/devices/{id}.xml"), "/devices/{}.xml");
        assert_eq!(shape("/broken/{id"), "/broken/{id");
    }
}
