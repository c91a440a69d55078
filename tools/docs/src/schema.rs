//! Converts schemas to rows of a table: one for each member, followed by those of its inner object.

use heck::ToUpperCamelCase as _;
use plex_tv_openapi::{
    Document,
    pointer::{followed, join, resolved},
};
use serde::Serialize;
use serde_json::Value;

use crate::{
    book::{Book, Module},
    markdown,
    text::{Piece, Text, anchor},
};

/// How many levels of inner objects are shown. Deeper members are on the pages of their types.
const MAX_DEPTH: usize = 4;
/// The most rows of one table. If there are more, fewer levels of inner objects are shown.
const MAX_ROWS: usize = 160;
/// The most rows of a table that shows them all. In a longer table, inner objects are closed.
const MAX_OPEN: usize = 40;
/// The fewest rows that stay open in a table with closed inner objects.
const MIN_OPEN: usize = 10;

/// The row of a member or parameter.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) id: String,
    /// The path, such as `location.city`.
    pub(crate) path: String,
    /// The part of the path that is shown before its name, such as `location.`.
    pub(crate) prefix: String,
    pub(crate) name: String,
    pub(crate) depth: usize,
    pub(crate) rust: Vec<Piece>,
    pub(crate) wire: Vec<Piece>,
    pub(crate) required: bool,
    pub(crate) nullable: bool,
    pub(crate) is_secret: bool,
    pub(crate) is_deprecated: bool,
    /// `path`, `query` or `header`; `None` for a member.
    pub(crate) place: Option<String>,
    pub(crate) text: Text,
    /// The known or allowed values.
    pub(crate) values: Vec<String>,
    pub(crate) example: Option<String>,
    /// How many rows below this one are closed: those of its inner object.
    pub(crate) opens: usize,
    /// Whether it is the last of the closed rows.
    pub(crate) closes: bool,
}

/// A member of an object.
pub(crate) struct Property<'a> {
    pub(crate) name: &'a str,
    pub(crate) schema: &'a Value,
    pub(crate) pointer: String,
    pub(crate) required: bool,
}

/// Makes the rows of a table.
pub(crate) struct Rows<'a> {
    book: &'a Book,
    module: &'a Module,
    /// The prefix of ids, such as `reply` or `body`.
    kind: &'a str,
    max_depth: usize,
    rows: Vec<Row>,
}

impl<'a> Rows<'a> {
    /// Returns the rows of a schema, with the values of an example.
    pub(crate) fn of(
        book: &'a Book,
        module: &'a Module,
        kind: &'a str,
        schema: &'a Value,
        example: &Value,
    ) -> Vec<Row> {
        let mut rows = Self::up_to(book, module, kind, schema, example, MAX_DEPTH);
        if rows.len() > MAX_ROWS {
            let mut fitting = (0..MAX_DEPTH).rev().map(|depth| Self::up_to(book, module, kind, schema, example, depth));
            rows = fitting.find(|rows| rows.len() <= MAX_ROWS).unwrap_or(rows);
        }
        close(&mut rows);
        rows
    }

    /// Returns the rows of a schema, with inner objects up to this depth.
    pub(crate) fn up_to(
        book: &'a Book,
        module: &'a Module,
        kind: &'a str,
        schema: &'a Value,
        example: &Value,
        max_depth: usize,
    ) -> Vec<Row> {
        let mut rows = Self { book, module, kind, max_depth, rows: Vec::new() };
        rows.inside(schema, String::new(), &[example], 0, &mut Vec::new());
        rows.rows
    }

    /// Adds the members of a value. An example may have several such values, for example in a list.
    fn inside(
        &mut self,
        schema: &'a Value,
        prefix: String,
        examples: &[&Value],
        depth: usize,
        open: &mut Vec<&'a str>,
    ) {
        let name = component_name(schema);
        if depth > self.max_depth || name.is_some_and(|name| open.contains(&name)) {
            return;
        }
        open.extend(name);
        let target = inner(&self.module.document, schema);
        if target["type"] == "array" {
            let items: Vec<&Value> = examples.iter().filter_map(|example| example.as_array()).flatten().collect();
            // The list itself has no row here: it is the root, or its own row was already added.
            self.inside(&target["items"], format!("{prefix}[]."), &items, depth, open);
        } else {
            let rust = name.and_then(|name| self.module.rust.types.get(&name.to_upper_camel_case()));
            for property in properties(&self.module.document, schema) {
                let values: Vec<&Value> = examples.iter().filter_map(|example| example.get(property.name)).collect();
                let member = rust.and_then(|rust| rust.members.get(property.name));
                let rust = member.map(|member| rust_pieces(self.module, member)).unwrap_or_default();
                let row = self.row(&property, &prefix, rust, &values, depth);
                self.rows.push(row);
                let below = format!(
                    "{prefix}{}{}",
                    property.name,
                    if is_list(self.module, property.schema) { "" } else { "." }
                );
                self.inside(property.schema, below, &values, depth + 1, open);
            }
            let entries = &target["additionalProperties"];
            if entries.get("type").is_some() || entries.get("$ref").is_some() {
                let values: Vec<&Value> =
                    examples.iter().filter_map(|example| example.as_object()).flat_map(|map| map.values()).collect();
                let property = Property { name: "*", schema: entries, pointer: String::new(), required: false };
                let mut row = self.row(&property, &prefix, Vec::new(), &values, depth);
                if row.text.html.is_empty() {
                    row.text = Text { html: "Any name.".to_owned(), markdown: "Any name.".to_owned() };
                }
                self.rows.push(row);
                self.inside(entries, format!("{prefix}*."), &values, depth + 1, open);
            }
        }
        if name.is_some() {
            open.pop();
        }
    }

    fn row(&self, property: &Property<'a>, prefix: &str, rust: Vec<Piece>, examples: &[&Value], depth: usize) -> Row {
        let schema = property.schema;
        let target = inner(&self.module.document, schema);
        let description = schema["description"].as_str().or(target["description"].as_str()).unwrap_or_default();
        let given = examples.iter().copied().find(|example| !example.is_null()).or(examples.first().copied());
        Row {
            id: anchor(&format!("{}.{prefix}{}", self.kind, property.name)).replace("-.", "."),
            path: format!("{prefix}{}", property.name),
            prefix: prefix.to_owned(),
            name: property.name.to_owned(),
            depth,
            rust,
            wire: wire_pieces(self.module, schema),
            required: property.required,
            nullable: schema["nullable"] == Value::Bool(true),
            is_secret: is_secret(schema),
            is_deprecated: schema["deprecated"] == Value::Bool(true),
            place: None,
            text: markdown::text(self.book, self.module, description),
            values: values(target),
            example: given.or(schema.get("example")).map(short),
            opens: 0,
            closes: false,
        }
    }
}

/// Closes the inner objects of a long table. The level above them is the first that has enough
/// rows, because the outermost objects may only wrap the others.
fn close(rows: &mut [Row]) {
    let open = |depth: usize| rows.iter().filter(|row| row.depth <= depth).count();
    let Some(depth) = (0..=MAX_DEPTH).find(|depth| open(*depth) >= MIN_OPEN).filter(|_| rows.len() > MAX_OPEN) else {
        return;
    };
    let mut rest = rows;
    while let Some((owner, after)) = rest.split_first_mut() {
        let below = after.iter().take_while(|row| owner.depth == depth && row.depth > depth).count();
        let (inner, next) = after.split_at_mut(below);
        owner.opens = below;
        for (index, row) in inner.iter_mut().enumerate() {
            // The path up to here stands above the closed rows.
            let shown = row.prefix.strip_prefix(owner.path.as_str()).unwrap_or(&row.prefix);
            row.prefix = shown.trim_start_matches("[]").trim_start_matches('.').to_owned();
            row.depth -= depth + 1;
            row.closes = index + 1 == below;
        }
        rest = next;
    }
}

/// Returns the members of an object, including those of its parts, in the order of the description.
pub(crate) fn properties<'a>(document: &'a Document, schema: &'a Value) -> Vec<Property<'a>> {
    let mut found: Vec<Property<'_>> = Vec::new();
    let mut open = vec![followed(document.value(), schema, String::new())];
    while let Some((part, pointer)) = open.pop() {
        let is_required =
            |name: &str| part["required"].as_array().is_some_and(|names| names.iter().any(|required| required == name));
        for (name, schema) in part["properties"].as_object().into_iter().flatten() {
            let pointer = join(&join(&pointer, "properties"), name);
            let required = is_required(name);
            match found.iter_mut().find(|known| known.name == name) {
                Some(known) => *known = Property { name, schema, pointer, required: required || known.required },
                None => found.push(Property { name, schema, pointer, required }),
            }
        }
        for (index, part) in part["allOf"].as_array().into_iter().flatten().enumerate() {
            open.push(followed(document.value(), part, format!("{pointer}/allOf/{index}")));
        }
    }
    found.sort_by_key(|property| document.line(&property.pointer));
    found
}

/// Returns the name of the schema that a schema refers to, directly or as its only part.
pub(crate) fn component_name(schema: &Value) -> Option<&str> {
    let reference = schema["$ref"].as_str().or_else(|| match schema["allOf"].as_array().map(Vec::as_slice) {
        Some([part]) if schema.get("properties").is_none() => part["$ref"].as_str(),
        _ => None,
    })?;
    reference.strip_prefix("#/components/schemas/")
}

/// Returns the target of a reference or nullable reference, or the schema itself.
pub(crate) fn inner<'a>(document: &'a Document, schema: &'a Value) -> &'a Value {
    match component_name(schema) {
        Some(name) => resolved(document.value(), document.value()["components"]["schemas"].get(name).unwrap_or(schema)),
        None => schema,
    }
}

fn is_list(module: &Module, schema: &Value) -> bool {
    inner(&module.document, schema)["type"] == "array"
}

fn is_secret(schema: &Value) -> bool {
    schema["format"] == "password" || schema["items"]["format"] == "password"
}

/// Returns the known values of an open list, or the allowed values of a closed list.
pub(crate) fn values(schema: &Value) -> Vec<String> {
    let values = schema["x-extensible-enum"].as_array().or(schema["enum"].as_array());
    let values = values.into_iter().flatten();
    values.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).collect()
}

/// Formats an example in one line.
pub(crate) fn short(value: &Value) -> String {
    const MAX: usize = 80;
    let text = match value {
        Value::Object(_) => "{…}".to_owned(),
        Value::Array(items) if items.iter().any(Value::is_object) => "[…]".to_owned(),
        other => other.to_string(),
    };
    if text.chars().count() <= MAX { text } else { format!("{}…", text.chars().take(MAX).collect::<String>()) }
}

/// Describes the type on the wire, with links to named schemas.
pub(crate) fn wire_pieces(module: &Module, schema: &Value) -> Vec<Piece> {
    let mut pieces = Vec::new();
    push_wire(module, schema, &mut pieces);
    pieces
}

fn push_wire(module: &Module, schema: &Value, pieces: &mut Vec<Piece>) {
    if let Some(name) = component_name(schema) {
        let target = inner(&module.document, schema);
        let kind = target["type"].as_str().unwrap_or("object");
        pieces.push(Piece::plain(format!("{kind} ")));
        pieces.push(Piece::link(name, module.type_page(name)));
        return;
    }
    let format = schema["format"].as_str().unwrap_or_default();
    let text = match (schema["type"].as_str(), format) {
        (Some("array"), _) => {
            pieces.push(Piece::plain("array of "));
            return push_wire(module, &schema["items"], pieces);
        }
        (Some("object") | None, _) => {
            let entries = &schema["additionalProperties"];
            if entries.get("type").is_some() || entries.get("$ref").is_some() {
                pieces.push(Piece::plain("object with values "));
                return push_wire(module, entries, pieces);
            }
            if schema["type"].is_null() { "any" } else { "object" }
        }
        (Some("string"), "password") => "string, secret",
        (Some("string"), "date-time") => "string, date-time",
        (Some("string"), "binary") => "bytes",
        (Some("integer"), "unix-time") => "integer, epoch seconds",
        (Some("string"), _) if schema["x-plex-list"] == "comma" => "string, comma-separated",
        (Some(kind), _) => kind,
    };
    pieces.push(Piece::plain(text));
}

/// Returns a Rust type, with links to the types of the module.
pub(crate) fn rust_pieces(module: &Module, rust: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut rest = rust;
    while !rest.is_empty() {
        let is_word = rest.starts_with(|first: char| first.is_alphanumeric() || first == '_');
        let end = rest.find(|each: char| (each.is_alphanumeric() || each == '_') != is_word).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let component = module.component_of(word).filter(|_| module.rust.types.contains_key(word));
        match (component, pieces.last_mut()) {
            (Some(component), _) => pieces.push(Piece::link(word, module.type_page(component))),
            (None, Some(last)) if last.href.is_none() => last.text.push_str(word),
            (None, _) => pieces.push(Piece::plain(word)),
        }
        rest = after;
    }
    pieces
}
