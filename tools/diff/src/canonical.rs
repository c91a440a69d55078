//! The canonical form of a document: one form for all spellings of the same meaning.
//!
//! Lists without an order become maps, defaults are left out, OpenAPI 3.1 is converted to 3.0, and
//! operations contain what they inherit. Two documents with equal canonical forms mean the same, so
//! every difference between the forms must be reported. Each canonical pointer maps back to a
//! pointer into the document.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::{Map, Value, json};

use crate::version::OpenApi;
use plex_tv_openapi::{
    METHODS,
    pointer::{followed, is_schema_name, join, target},
};

/// Maps canonical pointers that differ from the document's pointers to those.
#[derive(Debug, Default)]
pub(crate) struct Places(HashMap<String, String>);

impl Places {
    fn note(&mut self, canonical: String, original: String) {
        if canonical != original {
            self.0.insert(canonical, original);
        }
    }

    /// Returns the pointer into the document.
    pub(crate) fn original(&self, canonical: &str) -> String {
        let mut above = canonical;
        loop {
            if let Some(original) = self.0.get(above) {
                return format!("{original}{}", canonical.get(above.len()..).unwrap_or_default());
            }
            match above.rfind('/') {
                Some(end) => above = above.get(..end).unwrap_or_default(),
                None => return canonical.to_owned(),
            }
        }
    }
}

/// The position of a value, in the canonical form and in the document.
#[derive(Clone, Debug)]
pub(crate) struct At {
    pub(crate) canonical: String,
    pub(crate) original: String,
}

impl At {
    pub(crate) fn both(pointer: String) -> Self {
        Self { canonical: pointer.clone(), original: pointer }
    }

    pub(crate) fn key(&self, key: &str) -> Self {
        Self { canonical: join(&self.canonical, key), original: join(&self.original, key) }
    }

    fn item(&self, key: &str, index: usize) -> Self {
        Self { canonical: join(&self.canonical, key), original: format!("{}/{index}", self.original) }
    }
}

/// What a reference may point to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Schema,
    Parameter,
    Header,
    Body,
    Response,
    Callback,
    PathItem,
    Example,
    Link,
    SecurityScheme,
}

impl Kind {
    const ALL: [Self; 10] = [
        Self::Schema,
        Self::Parameter,
        Self::Header,
        Self::Body,
        Self::Response,
        Self::Callback,
        Self::PathItem,
        Self::Example,
        Self::Link,
        Self::SecurityScheme,
    ];

    /// Returns the kind of the values in this section of `components`.
    pub(crate) fn of_section(section: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.section() == section)
    }

    pub(crate) const fn section(self) -> &'static str {
        match self {
            Self::Schema => "schemas",
            Self::Parameter => "parameters",
            Self::Header => "headers",
            Self::Body => "requestBodies",
            Self::Response => "responses",
            Self::Callback => "callbacks",
            Self::PathItem => "pathItems",
            Self::Example => "examples",
            Self::Link => "links",
            Self::SecurityScheme => "securitySchemes",
        }
    }
}

pub(crate) struct Canonical<'a> {
    pub(crate) version: OpenApi,
    pub(crate) root: &'a Value,
    pub(crate) places: Places,
    /// References that were found, with the kind of their target and the position of the first one.
    pub(crate) wanted: BTreeMap<String, (Kind, String)>,
    /// References whose target is missing: position and text.
    pub(crate) dangling: BTreeMap<String, String>,
    /// The first reference to an anchor, which is not followed: text and position.
    pub(crate) unfollowed: Option<(String, String)>,
}

/// Members whose default is `false`.
const FALSE_BY_DEFAULT: [&str; 9] = [
    "nullable",
    "readOnly",
    "writeOnly",
    "deprecated",
    "uniqueItems",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "required",
    "allowReserved",
];
/// Members next to an `allOf` with a single reference that do not change what the reference
/// accepts.
const ANNOTATIONS: [&str; 9] =
    ["nullable", "description", "title", "deprecated", "readOnly", "writeOnly", "default", "example", "externalDocs"];

impl<'a> Canonical<'a> {
    pub(crate) fn new(version: OpenApi, root: &'a Value) -> Self {
        Self {
            version,
            root,
            places: Places::default(),
            wanted: BTreeMap::new(),
            dangling: BTreeMap::new(),
            unfollowed: None,
        }
    }

    /// Returns the canonical form of a value of this kind.
    pub(crate) fn of_kind(&mut self, kind: Kind, value: &Value, at: &At) -> Value {
        match kind {
            Kind::Schema => self.schema(value, at),
            Kind::Parameter => self.parameter(value, at),
            Kind::Header => self.header(value, at),
            Kind::Body => self.body(value, at),
            Kind::Response => self.response(value, at),
            Kind::Callback => self.callback(value, at),
            Kind::PathItem => self.path_item(value, at),
            Kind::Example | Kind::Link | Kind::SecurityScheme => {
                if let Some(text) = value["$ref"].as_str() {
                    self.note_reference(kind, text, at);
                }
                value.clone()
            }
        }
    }

    /// Converts a map of values of this kind.
    pub(crate) fn named(&mut self, kind: Kind, value: &Value, at: &At) -> Value {
        let Value::Object(members) = value else { return value.clone() };
        members.iter().map(|(name, value)| (name.clone(), self.of_kind(kind, value, &at.key(name)))).collect()
    }

    /// Returns the canonical form of a schema.
    pub(crate) fn schema(&mut self, value: &Value, at: &At) -> Value {
        let members = match value {
            Value::Object(members) => members,
            // In 3.1, `true` accepts anything and `false` accepts nothing.
            Value::Bool(true) => return json!({}),
            Value::Bool(false) => return json!({ "not": {} }),
            _ => return value.clone(),
        };
        if members.contains_key("$ref") {
            return self.reference(Kind::Schema, members, at);
        }
        if let Some((kind, alone)) = only_reference(members) {
            return self.one_reference(members, kind, alone, at);
        }
        if let Some((kind, rest)) = or_null(members) {
            return self.choice_or_null(members, kind, &rest, at);
        }
        if let Some((kind, inner)) = only_branch(members) {
            let merged = members.iter().filter(|(key, _)| *key != kind).chain(inner);
            let merged: Map<String, Value> = merged.map(|(key, value)| (key.clone(), value.clone())).collect();
            let branch = At { original: join(&at.key(kind).original, "0"), ..at.clone() };
            for key in inner.keys() {
                self.places.note(at.key(key).canonical, branch.key(key).original);
            }
            return self.plain_schema(&merged, at, &|key| inner.contains_key(key).then_some(&branch));
        }
        self.plain_schema(members, at, &|_| None)
    }

    /// Converts a schema member by member. `moved` returns the position of a member that comes from
    /// elsewhere.
    fn plain_schema<'p>(
        &mut self,
        members: &Map<String, Value>,
        at: &'p At,
        moved: &dyn Fn(&str) -> Option<&'p At>,
    ) -> Value {
        let mut schema = Map::new();
        for (key, value) in members {
            let inner = moved(key).unwrap_or(at).key(key);
            let canonical = match key.as_str() {
                "properties" | "patternProperties" | "$defs" | "definitions" | "dependentSchemas" => {
                    self.named(Kind::Schema, value, &inner)
                }
                // A boolean here only allows or forbids other members or items. It is not a schema.
                "additionalProperties" | "unevaluatedProperties" | "unevaluatedItems" if value.is_boolean() => {
                    value.clone()
                }
                "items"
                | "additionalProperties"
                | "not"
                | "contains"
                | "propertyNames"
                | "if"
                | "then"
                | "else"
                | "unevaluatedProperties"
                | "unevaluatedItems"
                | "contentSchema" => self.schema(value, &inner),
                "allOf" | "oneOf" | "anyOf" | "prefixItems" => self.parts(value, &inner),
                "required" | "enum" | "x-extensible-enum" => self.set(value, &inner),
                "discriminator" => self.discriminator(value, &inner),
                "$dynamicRef" | "$recursiveRef" => {
                    let text = value.as_str().unwrap_or_default().to_owned();
                    self.unfollowed.get_or_insert_with(|| (text, at.canonical.clone()));
                    value.clone()
                }
                _ => plain_number(value),
            };
            schema.insert(key.clone(), canonical);
        }
        drop_defaults(&mut schema);
        drop_no_limits(&mut schema);
        plain_xml(&mut schema);
        plain_type(&mut schema);
        if self.version == OpenApi::V31 {
            self.content_of_text(&mut schema, at);
        }
        self.bounds(&mut schema, at);
        Value::Object(schema)
    }

    /// Converts a choice with a null branch. `rest` has the other branches, each with its index.
    fn choice_or_null(&mut self, members: &Map<String, Value>, kind: &str, rest: &[(usize, &Value)], at: &At) -> Value {
        let branches = at.key(kind);
        let mut schema = match rest {
            [(index, inner)] => {
                let from = At { original: format!("{}/{index}", branches.original), ..at.clone() };
                self.places.note(from.canonical.clone(), from.original.clone());
                self.schema(inner, &from)
            }
            _ => {
                let parts = rest.iter().enumerate().map(|(number, (index, part))| {
                    let at = branches.item(&number.to_string(), *index);
                    self.places.note(at.canonical.clone(), at.original.clone());
                    self.schema(part, &at)
                });
                let parts: Vec<Value> = parts.collect();
                json!({ kind: parts })
            }
        };
        if let Some(schema) = schema.as_object_mut() {
            schema.insert("nullable".to_owned(), Value::Bool(true));
            // The members next to the choice.
            let mut hidden = Map::new();
            for (key, value) in members.iter().filter(|(key, _)| *key != kind) {
                let value = match key.as_str() {
                    "discriminator" => self.discriminator(value, &at.key(key)),
                    _ => value.clone(),
                };
                if let Some(inner) = schema.get(key).filter(|inner| **inner != value) {
                    hidden.insert(key.clone(), inner.clone());
                }
                schema.insert(key.clone(), value);
            }
            if !hidden.is_empty() {
                schema.insert(HIDDEN.to_owned(), Value::Object(hidden));
            }
            drop_defaults(schema);
        }
        schema
    }

    /// Converts a discriminator. A plain word in its mapping is the name of a schema.
    fn discriminator(&mut self, value: &Value, at: &At) -> Value {
        let mut value = value.clone();
        for (word, to) in value.get_mut("mapping").and_then(Value::as_object_mut).into_iter().flatten() {
            let Some(text) = to.as_str() else { continue };
            let reference =
                if is_schema_name(text) { format!("#{}", join("/components/schemas", text)) } else { text.to_owned() };
            self.note_reference(Kind::Schema, &reference, &at.key("mapping").key(word));
            *to = Value::String(reference);
        }
        value
    }

    /// Converts the example and the encoding of a schema. Instead of the formats `byte` and
    /// `binary`, 3.1 has `contentEncoding` and `contentMediaType`.
    fn content_of_text(&mut self, schema: &mut Map<String, Value>, at: &At) {
        if let Some(Value::Array(examples)) = schema.get("examples")
            && let [only] = examples.as_slice()
            && !schema.contains_key("example")
        {
            let only = only.clone();
            schema.remove("examples");
            schema.insert("example".to_owned(), only);
            self.places.note(at.key("example").canonical, at.key("examples").original);
        }
        let kind = schema.get("type").cloned();
        if kind.as_ref().is_some_and(|kind| kind != "string") || schema.contains_key("format") {
            return;
        }
        let is_bytes = schema.get("contentMediaType").is_some_and(|media| media == "application/octet-stream");
        let (format, from) = match schema.get("contentEncoding").map(Value::as_str) {
            Some(Some("base64")) if kind.is_some() => ("byte", "contentEncoding"),
            Some(Some(encoding @ "base64url")) if kind.is_some() => (encoding, "contentEncoding"),
            // Bytes without an encoding are not a text, so 3.1 gives them no type.
            None if is_bytes => ("binary", "contentMediaType"),
            _ => return,
        };
        let format = Value::from(format);
        schema.remove("contentEncoding");
        // Another media type, such as `image/png`, has no equivalent in 3.0.
        if is_bytes {
            schema.remove("contentMediaType");
        }
        schema.insert("type".to_owned(), "string".into());
        schema.insert("format".to_owned(), format);
        self.places.note(at.key("format").canonical, at.key(from).original);
    }

    fn note_reference(&mut self, kind: Kind, reference: &str, at: &At) {
        let pointer = target(reference);
        if pointer.as_ref().is_some_and(|pointer| !pointer.is_empty() && !pointer.starts_with('/')) {
            self.unfollowed.get_or_insert_with(|| (reference.to_owned(), at.canonical.clone()));
        } else if pointer.is_some_and(|pointer| self.root.pointer(&pointer).is_none()) {
            self.dangling.insert(at.canonical.clone(), reference.to_owned());
        } else if !self.wanted.contains_key(reference) {
            self.wanted.insert(reference.to_owned(), (kind, at.canonical.clone()));
        }
    }

    /// Converts a reference. In 3.0, members next to `$ref` are ignored; in 3.1, they count.
    fn reference(&mut self, kind: Kind, members: &Map<String, Value>, at: &At) -> Value {
        if let Some(text) = members.get("$ref").and_then(Value::as_str) {
            self.note_reference(kind, text, at);
        }
        let members = &decoded(members);
        let (reference, beside): (Map<_, _>, Map<_, _>) =
            members.clone().into_iter().partition(|(key, _)| key == "$ref");
        let mut schema = reference;
        if beside.is_empty() {
            return Value::Object(schema);
        }
        match self.version {
            OpenApi::V30 => {
                self.places.note(at.key("$ref siblings").canonical, at.original.clone());
                schema.insert("$ref siblings".to_owned(), Value::Object(beside));
            }
            OpenApi::V31 => {
                if let Value::Object(beside) = self.schema(&Value::Object(beside), at) {
                    schema.extend(beside);
                }
            }
        }
        Value::Object(schema)
    }

    /// Converts an `allOf` with a single reference, which is how 3.0 adds annotations to a
    /// reference.
    fn one_reference(&mut self, members: &Map<String, Value>, kind: &str, reference: &Value, at: &At) -> Value {
        let mut schema: Map<_, _> =
            members.clone().into_iter().filter(|(key, _)| key != kind && key != "type").collect();
        drop_defaults(&mut schema);
        if let Some(text) = reference.as_str() {
            self.note_reference(Kind::Schema, text, at);
        }
        self.places.note(at.key("$ref").canonical, format!("{}/{kind}/0/$ref", at.original));
        schema.insert("$ref".to_owned(), reference.clone());
        Value::Object(schema)
    }

    /// Converts the parts of a composition. They are matched with the other side's when compared.
    fn parts(&mut self, value: &Value, at: &At) -> Value {
        let Value::Array(parts) = value else { return value.clone() };
        parts.iter().enumerate().map(|(index, part)| self.schema(part, &at.key(&index.to_string()))).collect()
    }

    /// Converts a list without an order to a map with the values as keys.
    fn set(&mut self, value: &Value, at: &At) -> Value {
        let Value::Array(items) = value else { return value.clone() };
        let mut found = Map::new();
        for (index, item) in items.iter().map(plain_number).enumerate() {
            let key = item.as_str().map_or_else(|| item.to_string(), str::to_owned);
            // A string that looks like a number must not collide with that number.
            let key =
                if item.is_string() && serde_json::from_str::<Value>(&key).is_ok() { item.to_string() } else { key };
            let at = at.item(&key, index);
            self.places.note(at.canonical, at.original);
            found.insert(key, item);
        }
        Value::Object(found)
    }

    /// Converts exclusive bounds. In 3.1, `exclusiveMinimum` holds the bound itself.
    fn bounds(&mut self, schema: &mut Map<String, Value>, at: &At) {
        for (exclusive, bound) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
            if let Some(Value::Number(number)) = schema.get(exclusive).cloned()
                && !schema.contains_key(bound)
            {
                schema.insert(bound.to_owned(), Value::Number(number));
                schema.insert(exclusive.to_owned(), Value::Bool(true));
                self.places.note(at.key(bound).canonical, at.key(exclusive).original);
            }
        }
    }

    /// Converts a parameter, or a reference to one.
    pub(crate) fn parameter(&mut self, value: &Value, at: &At) -> Value {
        self.parameter_or_header(Kind::Parameter, value, at)
    }

    /// Converts a header, or a reference to one.
    fn header(&mut self, value: &Value, at: &At) -> Value {
        self.parameter_or_header(Kind::Header, value, at)
    }

    fn parameter_or_header(&mut self, kind: Kind, value: &Value, at: &At) -> Value {
        let Value::Object(members) = value else { return value.clone() };
        if members.contains_key("$ref") {
            return self.reference(kind, members, at);
        }
        let mut parameter = Map::new();
        for (key, value) in members {
            let canonical = match key.as_str() {
                "schema" => self.schema(value, &at.key(key)),
                "content" => self.content(value, &at.key(key)),
                "examples" => self.named(Kind::Example, value, &at.key(key)),
                _ => value.clone(),
            };
            parameter.insert(key.clone(), canonical);
        }
        let place = members.get("in").and_then(Value::as_str).unwrap_or("header");
        let style = if matches!(place, "query" | "cookie") { "form" } else { "simple" };
        if members.get("style").is_none_or(|given| given == style) {
            parameter.remove("style");
        }
        let is_form = members.get("style").map_or(style == "form", |given| given == "form");
        if members.get("explode").is_some_and(|given| *given == Value::Bool(is_form)) {
            parameter.remove("explode");
        }
        if parameter.get("allowEmptyValue") == Some(&Value::Bool(false)) {
            parameter.remove("allowEmptyValue");
        }
        drop_defaults(&mut parameter);
        Value::Object(parameter)
    }

    /// Converts a request body, or a reference to one.
    pub(crate) fn body(&mut self, value: &Value, at: &At) -> Value {
        let Value::Object(members) = value else { return value.clone() };
        if members.contains_key("$ref") {
            return self.reference(Kind::Body, members, at);
        }
        let mut body = members.clone();
        if let Some(content) = members.get("content") {
            body.insert("content".to_owned(), self.content(content, &at.key("content")));
        }
        drop_defaults(&mut body);
        Value::Object(body)
    }

    fn content(&mut self, value: &Value, at: &At) -> Value {
        let Value::Object(members) = value else { return value.clone() };
        let mut content = Map::new();
        for (name, media) in members {
            let from = at.key(name);
            let mut name = media_type(name);
            // Two spellings of the same media type are kept apart.
            while content.contains_key(&name) {
                name.push_str(" again");
            }
            let at = At { canonical: join(&at.canonical, &name), ..from };
            self.places.note(at.canonical.clone(), at.original.clone());
            let mut media = media.clone();
            if let Some(schema) = media.get("schema").cloned() {
                media["schema"] = self.schema(&schema, &at.key("schema"));
            }
            if let Some(examples) = media.get("examples").cloned() {
                media["examples"] = self.named(Kind::Example, &examples, &at.key("examples"));
            }
            for (name, encoding) in media.get_mut("encoding").and_then(Value::as_object_mut).into_iter().flatten() {
                if let Some(headers) = encoding.get_mut("headers") {
                    *headers = self.named(Kind::Header, headers, &at.key("encoding").key(name).key("headers"));
                }
            }
            content.insert(name, media);
        }
        Value::Object(content)
    }

    /// Converts a response, or a reference to one.
    pub(crate) fn response(&mut self, value: &Value, at: &At) -> Value {
        let Value::Object(members) = value else { return value.clone() };
        if members.contains_key("$ref") {
            return self.reference(Kind::Response, members, at);
        }
        let mut response = members.clone();
        if let Some(links) = members.get("links") {
            response.insert("links".to_owned(), self.named(Kind::Link, links, &at.key("links")));
        }
        if let Some(content) = members.get("content") {
            response.insert("content".to_owned(), self.content(content, &at.key("content")));
        }
        if let Some(Value::Object(headers)) = members.get("headers") {
            let mut found = Map::new();
            for (name, header) in headers {
                let from = at.key("headers");
                let at = At { canonical: join(&from.canonical, &name.to_ascii_lowercase()), ..from.key(name) };
                self.places.note(at.canonical.clone(), at.original.clone());
                let header = self.header(header, &at);
                found.insert(name.to_ascii_lowercase(), header);
            }
            response.insert("headers".to_owned(), Value::Object(found));
        }
        Value::Object(response)
    }

    /// Converts the responses of an operation.
    pub(crate) fn responses(&mut self, value: &Value, at: &At) -> Value {
        let Value::Object(members) = value else { return value.clone() };
        let mut found = Map::new();
        for (status, response) in members {
            let from = at.key(status);
            let status = if status.starts_with("x-") { status.clone() } else { status.replace('x', "X") };
            let at = At { canonical: join(&at.canonical, &status), ..from };
            self.places.note(at.canonical.clone(), at.original.clone());
            let response = self.response(response, &at);
            found.insert(status, response);
        }
        Value::Object(found)
    }

    /// Converts a callback, which is a map from addresses to path items, or a reference to one.
    fn callback(&mut self, value: &Value, at: &At) -> Value {
        let Value::Object(members) = value else { return value.clone() };
        if members.contains_key("$ref") {
            return self.reference(Kind::Callback, members, at);
        }
        let items = members.iter().map(|(address, item)| {
            let is_extension = address.starts_with("x-");
            let item = if is_extension { item.clone() } else { self.path_item(item, &at.key(address)) };
            (address.clone(), item)
        });
        items.collect()
    }

    /// Converts a path item of a callback.
    fn path_item(&mut self, value: &Value, at: &At) -> Value {
        let Value::Object(members) = value else { return value.clone() };
        if let Some(text) = members.get("$ref").and_then(Value::as_str) {
            self.note_reference(Kind::PathItem, text, at);
        }
        let converted = members.iter().map(|(key, value)| {
            let at = at.key(key);
            let value = match key.as_str() {
                "parameters" if value.is_array() => self.callback_parameters(value, &at),
                method if METHODS.contains(&method) => self.callback_operation(value, &at),
                _ => value.clone(),
            };
            (key.clone(), value)
        });
        converted.collect()
    }

    fn callback_operation(&mut self, value: &Value, at: &At) -> Value {
        let Value::Object(members) = value else { return value.clone() };
        let converted = members.iter().map(|(key, value)| {
            let at = at.key(key);
            let value = match key.as_str() {
                "parameters" if value.is_array() => self.callback_parameters(value, &at),
                "requestBody" => self.body(value, &at),
                "responses" => self.responses(value, &at),
                "callbacks" => self.named(Kind::Callback, value, &at),
                "tags" => self.by_name(value, &at),
                _ => value.clone(),
            };
            (key.clone(), value)
        });
        let mut operation = converted.collect();
        drop_defaults(&mut operation);
        Value::Object(operation)
    }

    fn callback_parameters(&mut self, value: &Value, at: &At) -> Value {
        // The address of a callback is an expression, not a template with placeholders.
        self.parameters([(value, &at.original), (&Value::Null, "")], "", at).0
    }

    /// Returns the parameters of an operation, including those of its path, and their order.
    pub(crate) fn parameters(&mut self, lists: [(&Value, &str); 2], path: &str, at: &At) -> (Value, Vec<String>) {
        let mut found = Map::new();
        let mut order: Vec<String> = Vec::new();
        for (list, pointer) in lists {
            // A parameter of the operation replaces the same one of the path. Duplicates in one
            // list are kept apart.
            let mut here: HashMap<String, usize> = HashMap::new();
            for (index, parameter) in list.as_array().into_iter().flatten().enumerate() {
                let original = format!("{pointer}/{index}");
                let (target, _) = followed(self.root, parameter, original.clone());
                let mut key = parameter_key(target, path);
                let twins = here.entry(key.clone()).or_default();
                *twins += 1;
                if *twins > 1 {
                    key.push_str(&format!(" again {twins}"));
                }
                let at = At { canonical: join(&at.canonical, &key), original };
                self.places.note(at.canonical.clone(), at.original.clone());
                let parameter = self.parameter(parameter, &at);
                order.push(key.clone());
                found.insert(key, parameter);
            }
        }
        // The last position of each key counts.
        let mut seen = HashSet::new();
        order.reverse();
        order.retain(|key| seen.insert(key.clone()));
        order.reverse();
        (Value::Object(found), order)
    }

    /// Converts security requirements to a map of alternatives, each a map from schemes to sets of
    /// scopes. The key `none` means that no authentication is required.
    pub(crate) fn security(&mut self, value: &Value, at: &At) -> Value {
        let Some(alternatives) = value.as_array() else {
            return if value.is_null() { json!({ "none": {} }) } else { value.clone() };
        };
        let mut found = Map::new();
        for (index, alternative) in alternatives.iter().enumerate() {
            let mut schemes: Vec<&String> = alternative.as_object().into_iter().flat_map(Map::keys).collect();
            schemes.sort();
            let names: Vec<&str> = schemes.iter().map(|name| name.as_str()).collect();
            let key = if names.is_empty() { "none".to_owned() } else { names.join(" + ") };
            let at = at.item(&key, index);
            self.places.note(at.canonical.clone(), at.original.clone());
            let scopes = schemes.iter().map(|name| {
                if self.root.pointer(&join("/components/securitySchemes", name)).is_none() {
                    self.dangling
                        .insert(at.key(name).canonical, format!("#{}", join("/components/securitySchemes", name)));
                }
                let scopes = self.set(&alternative[name.as_str()], &at.key(name));
                ((*name).clone(), scopes)
            });
            let scopes = scopes.collect();
            found.insert(key, scopes);
        }
        if found.is_empty() {
            found.insert("none".to_owned(), json!({}));
        }
        Value::Object(found)
    }

    /// Converts a list to a map with the names of its items as keys.
    pub(crate) fn by_name(&mut self, value: &Value, at: &At) -> Value {
        let Value::Array(items) = value else { return value.clone() };
        let mut found = Map::new();
        for (index, item) in items.iter().enumerate() {
            let name = item["name"].as_str().or(item.as_str()).map_or_else(|| item.to_string(), str::to_owned);
            let at = at.item(&name, index);
            self.places.note(at.canonical, at.original);
            found.insert(name, item.clone());
        }
        Value::Object(found)
    }

    /// Records the position of an operation or component whose canonical pointer differs from its
    /// position in the document.
    pub(crate) fn stands_at(&mut self, at: &At) {
        self.places.note(at.canonical.clone(), at.original.clone());
    }
}

/// Returns a media type in lower case, with its parameters sorted.
fn media_type(name: &str) -> String {
    let mut parts = name.split(';').map(|part| part.trim().to_ascii_lowercase());
    let mut found = parts.next().unwrap_or_default();
    let mut parameters: Vec<_> = parts.filter(|part| !part.is_empty()).collect();
    parameters.sort();
    for parameter in parameters {
        found.push_str("; ");
        found.push_str(&parameter);
    }
    found
}

/// Returns the key of a parameter, such as `query:strong`. Path parameters are identified by their
/// position in the path, and header names are in lower case.
fn parameter_key(parameter: &Value, path: &str) -> String {
    if let Some(reference) = parameter["$ref"].as_str() {
        return format!("$ref:{reference}");
    }
    let name = parameter["name"].as_str().unwrap_or_default();
    match parameter["in"].as_str().unwrap_or_default() {
        "header" => format!("header:{}", name.to_ascii_lowercase()),
        "path" => match placeholders(path).iter().position(|other| *other == name) {
            Some(position) => format!("path:{position}"),
            None => format!("path:{name}"),
        },
        place => format!("{place}:{name}"),
    }
}

/// Converts a list to a map with the positions as keys, for lists where the order matters.
pub(crate) fn by_position(value: &Value) -> Value {
    let Value::Array(items) = value else { return value.clone() };
    items.iter().enumerate().map(|(index, item)| (index.to_string(), item.clone())).collect()
}

/// Returns the names between braces.
pub(crate) fn placeholders(path: &str) -> Vec<&str> {
    path.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).collect()
}

fn drop_defaults(members: &mut Map<String, Value>) {
    members.retain(|key, value| *value != Value::Bool(false) || !FALSE_BY_DEFAULT.contains(&key.as_str()));
}

/// Removes limits that every value keeps.
fn drop_no_limits(schema: &mut Map<String, Value>) {
    schema.retain(|key, value| match key.as_str() {
        "minLength" | "minItems" | "minProperties" => *value != 0,
        "required" => value.as_object().is_none_or(|names| !names.is_empty()),
        _ => true,
    });
}

/// Returns the integer that a number such as `10.0` stands for, and any other value as it is.
fn plain_number(value: &Value) -> Value {
    let whole = value.as_f64().filter(|number| value.is_f64() && number.fract() == 0.0);
    let integer = whole.and_then(|number| format!("{number:.0}").parse::<i64>().ok());
    integer.map_or_else(|| value.clone(), Value::from)
}

/// Converts `type: [x, "null"]` to a nullable `x`. Null in the enum of a nullable schema is
/// redundant.
fn plain_type(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = schema.get("type").cloned() {
        let mut others: Vec<Value> = types.iter().filter(|kind| *kind != "null").cloned().collect();
        if others.len() < types.len() && !others.is_empty() {
            schema.insert("nullable".to_owned(), Value::Bool(true));
        } else {
            others = types;
        }
        others.sort_by_key(ToString::to_string);
        let kind = if others.len() == 1 { others.remove(0) } else { Value::Array(others) };
        schema.insert("type".to_owned(), kind);
    }
    if schema.get("nullable") == Some(&Value::Bool(true))
        && let Some(Value::Object(values)) = schema.get_mut("enum")
    {
        values.retain(|_, value| !value.is_null());
    }
}

/// Removes `attribute` and `wrapped` where they are `false`, which is the default.
fn plain_xml(schema: &mut Map<String, Value>) {
    if let Some(Value::Object(xml)) = schema.get_mut("xml") {
        xml.retain(|_, value| *value != Value::Bool(false));
        if xml.is_empty() {
            schema.remove("xml");
        }
    }
}

/// The member with those members of a branch beside null that members beside the choice replace.
pub(crate) const HIDDEN: &str = "branch beside null";

const COMPOSITIONS: [&str; 3] = ["allOf", "oneOf", "anyOf"];

/// Returns a reference without percent-encoding, so that two spellings of it are the same text. A
/// `%` that is part of a name stays encoded.
fn decoded(members: &Map<String, Value>) -> Map<String, Value> {
    let mut members = members.clone();
    if let Some(Value::String(text)) = members.get_mut("$ref")
        && let Some(pointer) = target(text).filter(|pointer| !pointer.contains('%'))
    {
        *text = format!("#{pointer}");
    }
    members
}

/// Returns the reference of a composition that consists of it alone, if only annotations are next
/// to the composition.
fn only_reference(members: &Map<String, Value>) -> Option<(&'static str, &Value)> {
    let (kind, part) = only_part(members)?;
    let plain = members.keys().all(|key| key == kind || ANNOTATIONS.contains(&key.as_str()) || key.starts_with("x-"));
    if part.len() == 1 && plain { part.get("$ref").map(|reference| (kind, reference)) } else { None }
}

/// Returns the only part of the only composition, if it is an inline schema and repeats no member
/// next to the composition.
fn only_branch(members: &Map<String, Value>) -> Option<(&'static str, &Map<String, Value>)> {
    let (kind, part) = only_part(members).filter(|(kind, _)| *kind != "allOf")?;
    (!part.contains_key("$ref") && !part.keys().any(|key| members.contains_key(key))).then_some((kind, part))
}

fn only_part(members: &Map<String, Value>) -> Option<(&'static str, &Map<String, Value>)> {
    let mut kinds = COMPOSITIONS.into_iter().filter(|kind| members.contains_key(*kind));
    let (kind, None) = (kinds.next()?, kinds.next()) else { return None };
    let [part] = members.get(kind)?.as_array()?.as_slice() else { return None };
    Some((kind, part.as_object()?))
}

/// Returns the branches of a nullable choice with their indexes, without the null branch.
fn or_null(members: &Map<String, Value>) -> Option<(&'static str, Vec<(usize, &Value)>)> {
    let kind = ["anyOf", "oneOf"].into_iter().find(|key| members.contains_key(*key))?;
    let branches = members.get(kind)?.as_array()?;
    let is_null = |branch: &Value| branch.as_object().is_some_and(|only| only.len() == 1 && branch["type"] == "null");
    let plain =
        members.keys().all(|other| other == kind || other == "discriminator" || ANNOTATIONS.contains(&other.as_str()));
    let rest: Vec<_> = branches.iter().enumerate().filter(|(_, branch)| !is_null(branch)).collect();
    (plain && !rest.is_empty() && rest.len() + 1 == branches.len()).then_some((kind, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(version: OpenApi, value: &Value) -> Value {
        let mut canonical = Canonical::new(version, &Value::Null);
        canonical.schema(value, &At::both(String::new()))
    }

    #[test]
    fn spellings_of_3_0_and_3_1_have_the_same_form() {
        let text = json!({ "type": "string", "nullable": true });

        assert_eq!(schema(OpenApi::V31, &json!({ "type": ["string", "null"] })), text);
        assert_eq!(schema(OpenApi::V31, &json!({ "anyOf": [{ "type": "string" }, { "type": "null" }] })), text);
        assert_eq!(
            schema(OpenApi::V31, &json!({ "exclusiveMinimum": 3 })),
            schema(OpenApi::V30, &json!({ "minimum": 3, "exclusiveMinimum": true }))
        );
    }

    #[test]
    fn texts_of_bytes_have_the_same_form_in_3_0_and_3_1() {
        for (old, new) in [
            (
                json!({ "type": "string", "format": "binary" }),
                json!({ "contentMediaType": "application/octet-stream" }),
            ),
            (json!({ "type": "string", "format": "byte" }), json!({ "type": "string", "contentEncoding": "base64" })),
            (
                json!({ "type": "string", "format": "base64url" }),
                json!({ "type": "string", "contentEncoding": "base64url" }),
            ),
            (
                json!({ "type": "string", "format": "byte", "contentMediaType": "image/png" }),
                json!({ "type": "string", "contentEncoding": "base64", "contentMediaType": "image/png" }),
            ),
        ] {
            assert_eq!(schema(OpenApi::V31, &new), schema(OpenApi::V30, &old));
        }
    }

    #[test]
    fn members_next_to_a_reference_count_only_in_3_1() {
        let beside = json!({ "$ref": "#/a", "nullable": true });
        let wrapped = json!({ "allOf": [{ "$ref": "#/a" }], "nullable": true });

        assert_eq!(schema(OpenApi::V31, &beside), schema(OpenApi::V30, &wrapped));
        assert_ne!(schema(OpenApi::V30, &beside), schema(OpenApi::V30, &wrapped));
    }

    #[test]
    fn order_and_defaults_do_not_matter() {
        assert_eq!(
            schema(OpenApi::V30, &json!({ "enum": ["a", "b"], "required": ["x", "y"], "nullable": false })),
            schema(OpenApi::V30, &json!({ "required": ["y", "x"], "enum": ["b", "a"] }))
        );
        assert_ne!(schema(OpenApi::V30, &json!({ "enum": ["1"] })), schema(OpenApi::V30, &json!({ "enum": [1] })));
    }

    #[test]
    fn canonical_pointers_map_back_to_the_document() {
        let mut canonical = Canonical::new(OpenApi::V30, &Value::Null);
        canonical.schema(
            &json!({ "oneOf": [{ "$ref": "#/a" }, { "properties": { "b": { "enum": ["x", "y"] } } }] }),
            &At::both("/s".to_owned()),
        );

        assert_eq!(canonical.places.original("/s/oneOf/1/properties/b/enum/y"), "/s/oneOf/1/properties/b/enum/1");
        assert_eq!(canonical.places.original("/s/oneOf/0"), "/s/oneOf/0");
        assert_eq!(canonical.places.original("/s/type"), "/s/type");
    }
}
