//! One form for all spellings of the same thing.
//!
//! What has no order becomes a map, what is a default is left out, OpenAPI 3.1 is told as 3.0, and what an operation
//! inherits stands in the operation. Two documents of which the canonical forms are equal mean the same, so whatever
//! differs between the forms must be reported. Each canonical pointer leads back to a pointer of the document.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use crate::version::OpenApi;
use plex_tv_openapi::pointer::{followed, join};

/// Where canonical pointers lead that are not those of the document.
#[derive(Debug, Default)]
pub(crate) struct Places(HashMap<String, String>);

impl Places {
    fn note(&mut self, canonical: String, original: String) {
        if canonical != original {
            self.0.insert(canonical, original);
        }
    }

    /// The pointer in the document.
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

/// Where a value stands: in the canonical form, and in the document.
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

pub(crate) struct Canonical<'a> {
    pub(crate) version: OpenApi,
    pub(crate) root: &'a Value,
    pub(crate) places: Places,
}

/// Members that are the default when they are false.
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
/// Members that may stand beside the one reference of an `allOf` without adding to what the reference accepts.
const ANNOTATIONS: [&str; 9] =
    ["nullable", "description", "title", "deprecated", "readOnly", "writeOnly", "default", "example", "externalDocs"];

impl Canonical<'_> {
    /// A schema.
    pub(crate) fn schema(&mut self, value: &Value, at: &At) -> Value {
        let Value::Object(members) = value else { return value.clone() };
        if members.contains_key("$ref") {
            return self.reference(members, at);
        }
        if let Some(alone) = only_reference(members) {
            return self.one_reference(members, alone, at);
        }
        if let Some((index, inner)) = or_null(members) {
            let at = at.key(if members.contains_key("anyOf") { "anyOf" } else { "oneOf" });
            let from = At { canonical: parent(&at.canonical), original: format!("{}/{index}", at.original) };
            self.places.note(from.canonical.clone(), from.original.clone());
            let mut schema = self.schema(inner, &from);
            if let Some(schema) = schema.as_object_mut() {
                schema.insert("nullable".to_owned(), Value::Bool(true));
                // What stood around the choice.
                for (key, value) in members.iter().filter(|(key, _)| *key != "anyOf" && *key != "oneOf") {
                    schema.insert(key.clone(), value.clone());
                }
            }
            return schema;
        }
        let mut schema = Map::new();
        for (key, value) in members {
            let inner = at.key(key);
            let canonical = match key.as_str() {
                "properties" | "patternProperties" | "$defs" | "dependentSchemas" => self.schemas(value, &inner),
                "items" | "additionalProperties" | "not" => self.schema(value, &inner),
                "allOf" | "oneOf" | "anyOf" => self.parts(value, &inner),
                "required" | "enum" | "x-extensible-enum" => self.set(value, &inner),
                _ => value.clone(),
            };
            schema.insert(key.clone(), canonical);
        }
        drop_defaults(&mut schema);
        plain_xml(&mut schema);
        plain_type(&mut schema);
        self.bounds(&mut schema, at);
        Value::Object(schema)
    }

    /// In 3.0 what stands beside a `$ref` is ignored, in 3.1 it counts.
    fn reference(&mut self, members: &Map<String, Value>, at: &At) -> Value {
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

    /// `allOf` with one reference is how 3.0 says more about a reference.
    fn one_reference(&mut self, members: &Map<String, Value>, reference: &Value, at: &At) -> Value {
        let mut schema: Map<_, _> =
            members.clone().into_iter().filter(|(key, _)| key != "allOf" && key != "type").collect();
        drop_defaults(&mut schema);
        self.places.note(at.key("$ref").canonical, format!("{}/allOf/0/$ref", at.original));
        schema.insert("$ref".to_owned(), reference.clone());
        Value::Object(schema)
    }

    fn schemas(&mut self, value: &Value, at: &At) -> Value {
        let Value::Object(members) = value else { return value.clone() };
        members.iter().map(|(name, schema)| (name.clone(), self.schema(schema, &at.key(name)))).collect()
    }

    /// The parts of a composition, by what they refer to, else by title, else by number.
    fn parts(&mut self, value: &Value, at: &At) -> Value {
        let Value::Array(parts) = value else { return value.clone() };
        let mut found = Map::new();
        for (index, part) in parts.iter().enumerate() {
            let name = part["$ref"].as_str().or(part["title"].as_str()).unwrap_or("part");
            let mut key = name.to_owned();
            let mut number = 2;
            while found.contains_key(&key) {
                key = format!("{name} {number}");
                number += 1;
            }
            let at = at.item(&key, index);
            self.places.note(at.canonical.clone(), at.original.clone());
            let part = self.schema(part, &at);
            found.insert(key, part);
        }
        Value::Object(found)
    }

    /// A list without order, by value.
    fn set(&mut self, value: &Value, at: &At) -> Value {
        let Value::Array(items) = value else { return value.clone() };
        let mut found = Map::new();
        for (index, item) in items.iter().enumerate() {
            let key = item.as_str().map_or_else(|| item.to_string(), str::to_owned);
            // A text that reads like a number is not that number.
            let key =
                if item.is_string() && serde_json::from_str::<Value>(&key).is_ok() { item.to_string() } else { key };
            let at = at.item(&key, index);
            self.places.note(at.canonical, at.original);
            found.insert(key, item.clone());
        }
        Value::Object(found)
    }

    /// 3.1 writes an exclusive bound as the bound itself.
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

    /// A parameter or header, or a reference to one.
    pub(crate) fn parameter(&mut self, value: &Value, at: &At) -> Value {
        let Value::Object(members) = value else { return value.clone() };
        if members.contains_key("$ref") {
            return self.reference(members, at);
        }
        let mut parameter = Map::new();
        for (key, value) in members {
            let canonical = match key.as_str() {
                "schema" => self.schema(value, &at.key(key)),
                "content" => self.content(value, &at.key(key)),
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

    /// A request body, or a reference to one.
    pub(crate) fn body(&mut self, value: &Value, at: &At) -> Value {
        let Value::Object(members) = value else { return value.clone() };
        if members.contains_key("$ref") {
            return self.reference(members, at);
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
            let at = at.key(name);
            let mut media = media.clone();
            if let Some(schema) = media.get("schema").cloned() {
                media["schema"] = self.schema(&schema, &at.key("schema"));
            }
            content.insert(name.clone(), media);
        }
        Value::Object(content)
    }

    /// A response, or a reference to one.
    pub(crate) fn response(&mut self, value: &Value, at: &At) -> Value {
        let Value::Object(members) = value else { return value.clone() };
        if members.contains_key("$ref") {
            return self.reference(members, at);
        }
        let mut response = members.clone();
        if let Some(content) = members.get("content") {
            response.insert("content".to_owned(), self.content(content, &at.key("content")));
        }
        if let Some(Value::Object(headers)) = members.get("headers") {
            let mut found = Map::new();
            for (name, header) in headers {
                let from = at.key("headers");
                let at = At { canonical: join(&from.canonical, &name.to_ascii_lowercase()), ..from.key(name) };
                self.places.note(at.canonical.clone(), at.original.clone());
                let header = self.parameter(header, &at);
                found.insert(name.to_ascii_lowercase(), header);
            }
            response.insert("headers".to_owned(), Value::Object(found));
        }
        Value::Object(response)
    }

    /// The responses of an operation.
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

    /// The parameters of an operation, those of its path included, and their order.
    pub(crate) fn parameters(&mut self, lists: [(&Value, &str); 2], path: &str, at: &At) -> (Value, Vec<String>) {
        let mut found = Map::new();
        let mut order = Vec::new();
        for (list, pointer) in lists {
            for (index, parameter) in list.as_array().into_iter().flatten().enumerate() {
                let original = format!("{pointer}/{index}");
                let (target, _) = followed(self.root, parameter, original.clone());
                let mut key = parameter_key(target, path);
                while order.contains(&key) && list.as_array().is_some_and(|list| is_repeated(list, index, target)) {
                    key.push_str(" again");
                }
                let at = At { canonical: join(&at.canonical, &key), original };
                self.places.note(at.canonical.clone(), at.original.clone());
                let parameter = self.parameter(parameter, &at);
                order.retain(|other| *other != key);
                order.push(key.clone());
                found.insert(key, parameter);
            }
        }
        (Value::Object(found), order)
    }

    /// Alternatives of security, each a set of schemes with a set of scopes; `none` where nothing is asked for.
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

    /// A list by the names of its items.
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

    /// An operation or a component that stands elsewhere in the document than its canonical pointer says.
    pub(crate) fn stands_at(&mut self, at: &At) {
        self.places.note(at.canonical.clone(), at.original.clone());
    }
}

/// Is the same parameter in the same list already, before `index`? A path's parameter is replaced, a twin is not.
fn is_repeated(list: &[Value], index: usize, target: &Value) -> bool {
    list.iter().take(index).any(|other| (&other["name"], &other["in"]) == (&target["name"], &target["in"]))
}

/// `query:strong`; path parameters by their position in the path, headers in small letters.
fn parameter_key(parameter: &Value, path: &str) -> String {
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

/// A list by position, where the first item counts most.
pub(crate) fn by_position(value: &Value) -> Value {
    let Value::Array(items) = value else { return value.clone() };
    items.iter().enumerate().map(|(index, item)| (index.to_string(), item.clone())).collect()
}

/// The names between braces.
pub(crate) fn placeholders(path: &str) -> Vec<&str> {
    path.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).collect()
}

fn parent(pointer: &str) -> String {
    pointer.rsplit_once('/').map_or("", |(above, _)| above).to_owned()
}

fn drop_defaults(members: &mut Map<String, Value>) {
    members.retain(|key, value| *value != Value::Bool(false) || !FALSE_BY_DEFAULT.contains(&key.as_str()));
}

/// `type: [x, "null"]` is x, nullable; null in an enum says nothing more.
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

/// `attribute` and `wrapped` are false by default.
fn plain_xml(schema: &mut Map<String, Value>) {
    if let Some(Value::Object(xml)) = schema.get_mut("xml") {
        xml.retain(|_, value| *value != Value::Bool(false));
        if xml.is_empty() {
            schema.remove("xml");
        }
    }
}

/// The reference of an `allOf` that has nothing else, where nothing but annotations stands beside it.
fn only_reference(members: &Map<String, Value>) -> Option<&Value> {
    let [part] = members.get("allOf")?.as_array()?.as_slice() else { return None };
    let part = part.as_object()?;
    let plain =
        members.keys().all(|key| key == "allOf" || ANNOTATIONS.contains(&key.as_str()) || key.starts_with("x-"));
    if part.len() == 1 && plain { part.get("$ref") } else { None }
}

/// The one other branch of a choice between something and null, and its index.
fn or_null(members: &Map<String, Value>) -> Option<(usize, &Value)> {
    let key = ["anyOf", "oneOf"].into_iter().find(|key| members.contains_key(*key))?;
    let branches = members.get(key)?.as_array()?;
    let is_null = |branch: &Value| branch.as_object().is_some_and(|only| only.len() == 1 && branch["type"] == "null");
    let plain = members.keys().all(|other| other == key || ANNOTATIONS.contains(&other.as_str()));
    match branches.as_slice() {
        [one, two] if plain && is_null(two) && !is_null(one) => Some((0, one)),
        [one, two] if plain && is_null(one) && !is_null(two) => Some((1, two)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(version: OpenApi, value: &Value) -> Value {
        let mut canonical = Canonical { version, root: &Value::Null, places: Places::default() };
        canonical.schema(value, &At::both(String::new()))
    }

    #[test]
    fn the_spellings_of_3_0_and_3_1_are_one() {
        let text = json!({ "type": "string", "nullable": true });

        assert_eq!(schema(OpenApi::V31, &json!({ "type": ["string", "null"] })), text);
        assert_eq!(schema(OpenApi::V31, &json!({ "anyOf": [{ "type": "string" }, { "type": "null" }] })), text);
        assert_eq!(
            schema(OpenApi::V31, &json!({ "exclusiveMinimum": 3 })),
            schema(OpenApi::V30, &json!({ "minimum": 3, "exclusiveMinimum": true }))
        );
    }

    #[test]
    fn what_stands_beside_a_reference_counts_in_3_1_only() {
        let beside = json!({ "$ref": "#/a", "nullable": true });
        let wrapped = json!({ "allOf": [{ "$ref": "#/a" }], "nullable": true });

        assert_eq!(schema(OpenApi::V31, &beside), schema(OpenApi::V30, &wrapped));
        assert_ne!(schema(OpenApi::V30, &beside), schema(OpenApi::V30, &wrapped));
    }

    #[test]
    fn order_and_defaults_say_nothing() {
        assert_eq!(
            schema(OpenApi::V30, &json!({ "enum": ["a", "b"], "required": ["x", "y"], "nullable": false })),
            schema(OpenApi::V30, &json!({ "required": ["y", "x"], "enum": ["b", "a"] }))
        );
        assert_ne!(schema(OpenApi::V30, &json!({ "enum": ["1"] })), schema(OpenApi::V30, &json!({ "enum": [1] })));
    }

    #[test]
    fn canonical_pointers_lead_back_to_the_document() {
        let mut canonical = Canonical { version: OpenApi::V30, root: &Value::Null, places: Places::default() };
        canonical.schema(
            &json!({ "oneOf": [{ "$ref": "#/a" }, { "properties": { "b": { "enum": ["x", "y"] } } }] }),
            &At::both("/s".to_owned()),
        );

        assert_eq!(canonical.places.original("/s/oneOf/part/properties/b/enum/y"), "/s/oneOf/1/properties/b/enum/1");
        assert_eq!(canonical.places.original("/s/oneOf/#~1a"), "/s/oneOf/0");
        assert_eq!(canonical.places.original("/s/type"), "/s/type");
    }
}
