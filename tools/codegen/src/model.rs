//! The model of the generated code: types and calls, from the description and from progenitor's
//! output.

use std::collections::{BTreeMap, BTreeSet};

use heck::{ToSnakeCase as _, ToUpperCamelCase as _};
use plex_tv_openapi::{
    Document, METHODS, Operation,
    pointer::{followed, join, resolved},
};
use serde_json::Value;

use crate::{
    kind::Kind,
    source::{self, Shape, Source},
};

/// The model of one module.
#[derive(Debug)]
pub(crate) struct Model<'a> {
    pub(crate) description: &'a Value,
    pub(crate) module: String,
    pub(crate) types: Vec<TypeDef<'a>>,
    pub(crate) calls: Vec<Call<'a>>,
    /// The base URL of each host. The first is that of the description.
    pub(crate) hosts: Vec<String>,
}

/// A type of the module `types`.
#[derive(Debug)]
pub(crate) struct TypeDef<'a> {
    pub(crate) name: String,
    pub(crate) schema: &'a Value,
    /// Whether it is sent in a request, so that applications create values of it.
    pub(crate) is_sent: bool,
    pub(crate) body: Body<'a>,
}

#[derive(Debug)]
pub(crate) enum Body<'a> {
    Members {
        members: Vec<Member<'a>>,
        keeps_unknown: bool,
    },
    Wrapper(Kind),
    OpenEnum(Vec<String>),
    /// With all values that may be sent.
    ClosedEnum(Vec<String>),
    /// A list that means all when it is empty.
    Choice(Kind),
}

/// A member of a type.
#[derive(Debug)]
pub(crate) struct Member<'a> {
    pub(crate) name: String,
    pub(crate) wire_name: String,
    pub(crate) kind: Kind,
    pub(crate) schema: &'a Value,
    /// Whether the description says that it is required.
    pub(crate) required: bool,
    /// Its line in the description.
    pub(crate) line: usize,
}

impl Member<'_> {
    /// Returns the only value that it can have, if there is only one.
    pub(crate) fn constant(&self) -> Option<&str> {
        self.schema["x-plex-constant"].as_str()
    }

    /// Returns whether a reply without it is meaningless.
    pub(crate) fn must_be_read(&self) -> bool {
        self.required && !self.kind.may_be_missing()
    }
}

/// One operation.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) operation: Operation,
    pub(crate) node: &'a Value,
    /// The name of the type of the call.
    pub(crate) name: String,
    pub(crate) host: usize,
    /// In the order of the arguments: path parameters in the order of the path, then the others in
    /// the order of the description.
    pub(crate) parameters: Vec<Parameter<'a>>,
    pub(crate) body: Option<RequestBody>,
    pub(crate) reply: Kind,
}

#[derive(Debug)]
pub(crate) struct Parameter<'a> {
    pub(crate) name: String,
    pub(crate) wire_name: String,
    pub(crate) place: Place,
    pub(crate) required: bool,
    /// Without an option around it.
    pub(crate) kind: Kind,
    pub(crate) node: &'a Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Path,
    Query,
    Header,
}

#[derive(Debug)]
pub(crate) struct RequestBody {
    pub(crate) name: String,
    pub(crate) is_form: bool,
    pub(crate) required: bool,
    pub(crate) example: Value,
}

impl Call<'_> {
    pub(crate) fn required(&self) -> impl Iterator<Item = &Parameter<'_>> {
        self.parameters.iter().filter(|parameter| parameter.required)
    }

    pub(crate) fn required_body(&self) -> Option<&RequestBody> {
        self.body.as_ref().filter(|body| body.required)
    }

    /// Returns whether the required arguments go into one struct. More than four arguments, or more
    /// than one boolean, are easily mixed up.
    pub(crate) fn takes_arguments(&self) -> bool {
        let count = self.required().count() + usize::from(self.required_body().is_some());
        let flags = self.required().filter(|parameter| matches!(parameter.kind, Kind::Bool | Kind::Flag));
        count > 4 || flags.count() > 1
    }
}

impl<'a> Model<'a> {
    /// Combines the description with progenitor's output. The error says where they disagree.
    pub(crate) fn new(
        document: &'a Document,
        mut operations: Vec<Operation>,
        source: Source,
        module: &str,
    ) -> Result<Self, String> {
        let description = document.value();
        operations.sort_by_key(|operation| document.line(&operation.pointer));
        let mut hosts = vec![server(description).unwrap_or_default().to_owned()];
        for host in operations.iter().filter_map(|operation| operation.server.as_ref()) {
            let host = host.trim_end_matches('/').to_owned();
            if !hosts.contains(&host) {
                hosts.push(host);
            }
        }
        let sent = sent(description);
        let Source { structs, mut methods } = without_inline_wrappers(description, source);
        let mut types = Vec::new();
        for found in structs {
            types.push(type_def(document, found, &sent)?);
        }
        types.extend(ours(description, &sent)?);
        types.sort_by(|one, other| one.name.cmp(&other.name));
        let mut calls = Vec::new();
        for operation in operations {
            let method = methods
                .remove(&operation.rust_name)
                .ok_or_else(|| format!("progenitor made no method for `{}`", operation.id))?;
            calls.push(call(description, operation, method, &hosts)?);
        }
        if let Some(name) = methods.keys().next() {
            return Err(format!("progenitor's method `{name}` is not an operation"));
        }
        Ok(Self { description, module: module.to_owned(), types, calls, hosts })
    }

    pub(crate) fn type_def(&self, name: &str) -> Option<&TypeDef<'a>> {
        self.types.iter().find(|found| found.name == name)
    }
}

/// Replaces the types that progenitor makes for unnamed strings with limits by plain strings,
/// because plex.tv checks the limits itself.
fn without_inline_wrappers(description: &Value, source: Source) -> Source {
    let Source { structs, mut methods } = source;
    let mut aliases = BTreeMap::new();
    let mut kept = Vec::new();
    for found in structs {
        match found.shape {
            Shape::Wrapper(kind) if component(description, &found.name).is_none() => {
                aliases.insert(found.name, kind);
            }
            shape => kept.push(source::Struct { name: found.name, shape }),
        }
    }
    for found in &mut kept {
        match &mut found.shape {
            Shape::Wrapper(kind) => kind.replace(&aliases),
            Shape::Members(members) => members.iter_mut().for_each(|member| member.kind.replace(&aliases)),
        }
    }
    for method in methods.values_mut() {
        method.reply.replace(&aliases);
        method.arguments.iter_mut().for_each(|(_, kind)| kind.replace(&aliases));
    }
    Source { structs: kept, methods }
}

fn server(node: &Value) -> Option<&str> {
    Some(node["servers"][0]["url"].as_str()?.trim_end_matches('/'))
}

/// Collects all objects in a value, including the value itself.
fn below<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(members) => {
            found.push(value);
            members.values().for_each(|value| below(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| below(value, found)),
        _ => {}
    }
}

/// Returns the names of the components that are sent in requests.
fn sent(description: &Value) -> BTreeSet<String> {
    let mut sent = BTreeSet::new();
    let operations = description["paths"].as_object().into_iter().flat_map(serde_json::Map::values);
    let operations = operations.flat_map(|item| METHODS.iter().filter_map(|method| item.get(*method)));
    let mut open: Vec<&Value> = operations.map(|operation| &operation["requestBody"]).collect();
    while let Some(value) = open.pop() {
        let mut objects = Vec::new();
        below(value, &mut objects);
        for object in objects {
            let Some(reference) = object["$ref"].as_str() else { continue };
            let name = reference.rsplit('/').next().unwrap_or_default();
            if sent.insert(name.to_owned()) {
                open.push(&description["components"]["schemas"][name]);
            }
        }
    }
    sent
}

/// Returns the component that a type was made from.
fn component<'a>(description: &'a Value, name: &str) -> Option<(&'a String, &'a Value)> {
    let schemas = description["components"]["schemas"].as_object()?;
    schemas.iter().find(|(schema, _)| schema.to_upper_camel_case() == name)
}

fn type_def<'a>(document: &'a Document, found: source::Struct, sent: &BTreeSet<String>) -> Result<TypeDef<'a>, String> {
    let description = document.value();
    let source::Struct { name, shape } = found;
    let (schema_name, schema) =
        component(description, &name).ok_or_else(|| format!("the type `{name}` has no component"))?;
    let is_sent = sent.contains(schema_name);
    let body = match shape {
        Shape::Wrapper(kind) => Body::Wrapper(kind),
        Shape::Members(found) => {
            let described = properties(document, schema_name);
            let mut members = Vec::new();
            let mut keeps_unknown = false;
            for member in found {
                let Some(wire_name) = member.wire_name else {
                    keeps_unknown = true;
                    continue;
                };
                let property = described.iter().find(|property| {
                    property.schema["x-rust-name"].as_str().unwrap_or(property.wire_name) == wire_name
                });
                let property =
                    property.ok_or_else(|| format!("`{name}` has no property `{wire_name}` in the description"))?;
                let is_nullable = is_sent && property.schema["nullable"] == Value::Bool(true);
                let kind = match member.kind {
                    Kind::Option(inner) if is_nullable => Kind::Nullable(inner),
                    kind @ Kind::List(_) if is_nullable => Kind::Nullable(Box::new(kind)),
                    kind => kind,
                };
                members.push(Member {
                    name: renamed(&member.name),
                    wire_name: property.wire_name.to_owned(),
                    kind,
                    schema: property.schema,
                    required: property.required,
                    line: property.line,
                });
            }
            if members.len() != described.len() {
                return Err(format!(
                    "the description has {} properties of `{name}`, but progenitor has {} members",
                    described.len(),
                    members.len()
                ));
            }
            Body::Members { members, keeps_unknown }
        }
    };
    Ok(TypeDef { name, schema, is_sent, body })
}

/// Returns the types that progenitor does not make.
fn ours<'a>(description: &'a Value, sent: &BTreeSet<String>) -> Result<Vec<TypeDef<'a>>, String> {
    let mut types = Vec::new();
    for (name, schema) in description["components"]["schemas"].as_object().into_iter().flatten() {
        let texts = |values: &[Value]| values.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        let body = if let Some(values) = schema["x-extensible-enum"].as_array() {
            Body::OpenEnum(texts(values))
        } else if let (Some("string"), Some(values)) = (schema["type"].as_str(), schema["enum"].as_array()) {
            Body::ClosedEnum(texts(values))
        } else if schema["x-plex-empty-means-all"] == Value::Bool(true) {
            Body::Choice(match schema["items"]["type"].as_str() {
                Some("integer") => Kind::Number("i64".to_owned()),
                Some("string") => Kind::Text,
                other => return Err(format!("`{name}` is a choice of {other:?}, not of integers or strings")),
            })
        } else {
            continue;
        };
        types.push(TypeDef { name: name.to_upper_camel_case(), schema, is_sent: sent.contains(name), body });
    }
    Ok(types)
}

struct Property<'a> {
    wire_name: &'a str,
    schema: &'a Value,
    required: bool,
    line: usize,
}

/// Returns the properties of a component and of all its parts, in the order of the description.
fn properties<'a>(document: &'a Document, component: &str) -> Vec<Property<'a>> {
    let mut found: BTreeMap<&str, Property<'_>> = BTreeMap::new();
    let pointer = join("/components/schemas", component);
    let mut open: Vec<(&Value, String)> =
        document.value().pointer(&pointer).map(|part| (part, pointer)).into_iter().collect();
    while let Some((part, pointer)) = open.pop() {
        let (part, pointer) = followed(document.value(), part, pointer);
        let required =
            |name: &str| part["required"].as_array().is_some_and(|names| names.iter().any(|required| required == name));
        let listed = join(&pointer, "properties");
        for (wire_name, schema) in part["properties"].as_object().into_iter().flatten() {
            let required = required(wire_name) || found.get(wire_name.as_str()).is_some_and(|known| known.required);
            let line = document.line(&join(&listed, wire_name));
            found.insert(wire_name, Property { wire_name, schema, required, line });
        }
        let parts = part["allOf"].as_array().into_iter().flatten().enumerate();
        open.extend(parts.map(|(index, part)| (part, format!("{pointer}/allOf/{index}"))));
    }
    let mut found: Vec<_> = found.into_values().collect();
    found.sort_by_key(|property| property.line);
    found
}

fn call<'a>(
    description: &'a Value,
    operation: Operation,
    method: source::Method,
    hosts: &[String],
) -> Result<Call<'a>, String> {
    let error = |why: String| format!("`{}`: {why}", operation.id);
    let node =
        description.pointer(&operation.pointer).ok_or_else(|| error("it is not in the description".to_owned()))?;
    let mut kinds: BTreeMap<String, Kind> = method.arguments.into_iter().collect();
    let mut parameters = Vec::new();
    let item = operation.pointer.rsplit_once('/').and_then(|(item, _)| description.pointer(item));
    let of_path = item.and_then(|item| item["parameters"].as_array()).into_iter().flatten();
    for listed in of_path.chain(node["parameters"].as_array().into_iter().flatten()) {
        let listed = resolved(description, listed);
        let wire_name = listed["name"].as_str().unwrap_or_default();
        let place = match listed["in"].as_str() {
            Some("path") => Place::Path,
            Some("query") => Place::Query,
            // The transport sends these.
            Some("header") if wire_name.to_ascii_lowercase().starts_with("x-plex-") => {
                kinds.remove(&rust_name(wire_name));
                continue;
            }
            Some("header") => Place::Header,
            other => return Err(error(format!("the parameter `{wire_name}` is in {other:?}"))),
        };
        let name = rust_name(wire_name);
        let kind = kinds.remove(&name).ok_or_else(|| error(format!("progenitor has no argument `{name}`")))?;
        let required = listed["required"] == Value::Bool(true);
        if required == matches!(kind, Kind::Option(_)) {
            return Err(error(format!("progenitor and the description disagree on whether `{wire_name}` is required")));
        }
        parameters.push(Parameter {
            name: renamed(&name),
            wire_name: wire_name.to_owned(),
            place,
            required,
            kind: kind.required().clone(),
            node: listed,
        });
    }
    let place_in_path = |parameter: &Parameter<'_>| operation.path.find(&format!("{{{}}}", parameter.wire_name));
    parameters.sort_by_key(|parameter| match parameter.place {
        Place::Path => place_in_path(parameter).unwrap_or(0),
        Place::Query | Place::Header => usize::MAX,
    });
    let body = match kinds.remove("body") {
        None => None,
        Some(kind) => Some(request_body(node, &kind).map_err(error)?),
    };
    if let Some(name) = kinds.keys().next() {
        return Err(error(format!("the description has no parameter `{name}`")));
    }
    let host = operation
        .server
        .as_ref()
        .map_or(Some(0), |server| hosts.iter().position(|host| host == server.trim_end_matches('/')));
    Ok(Call {
        name: operation.rust_name.to_upper_camel_case(),
        host: host.unwrap_or(0),
        node,
        parameters,
        body,
        reply: method.reply,
        operation,
    })
}

fn request_body(node: &Value, kind: &Kind) -> Result<RequestBody, String> {
    let Kind::Named(name) = kind else { return Err("the body has no name".to_owned()) };
    let body = &node["requestBody"];
    let content = body["content"].as_object().and_then(|content| content.iter().next());
    let (media, content) = content.ok_or("the body has no content")?;
    Ok(RequestBody {
        name: name.clone(),
        is_form: media == "application/x-www-form-urlencoded",
        required: body["required"] == Value::Bool(true),
        example: content["example"].clone(),
    })
}

/// Returns the name of an argument by progenitor's rule: a Rust keyword gets an underscore.
fn rust_name(wire_name: &str) -> String {
    let name = wire_name.to_snake_case();
    if syn::parse_str::<syn::Ident>(&name).is_ok() { name } else { format!("{name}_") }
}

/// Replaces names that the naming rules get wrong with those that a person would write.
fn renamed(name: &str) -> String {
    const NAMES: [(&str, &str); 3] =
        [("i_pv6", "ipv6"), ("x_plex_container_", "container_"), ("x_plex_language", "language")];
    NAMES.iter().fold(name.to_owned(), |name, (from, to)| name.replace(from, to))
}
