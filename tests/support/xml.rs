//! Converts replies from JSON to XML and back, since the descriptions have the examples of XML
//! replies as JSON.

use quick_xml::{
    Reader,
    escape::unescape,
    events::{BytesStart, Event},
};
use serde_json::{Map, Value};

use crate::Schema;

/// Returns the XML document of a reply that is given as JSON.
pub fn xml(value: &Value, schema: Schema) -> String {
    let mut text = r#"<?xml version="1.0" encoding="UTF-8"?>"#.to_owned();
    element(&mut text, schema.element().expect("the root element should have a name"), value, Some(schema));
    text
}

fn element(text: &mut String, name: &str, value: &Value, schema: Option<Schema>) {
    let Value::Object(members) = value else {
        *text += &format!("<{name}>{}</{name}>", escaped(value));
        return;
    };
    let member = |name: &str| schema.and_then(|schema| schema.member(name));
    let is_attribute = |name: &str, value: &Value| match member(name) {
        Some(schema) => schema.is_attribute(),
        None => !value.is_object() && !value.is_array(),
    };
    *text += &format!("<{name}");
    for (name, value) in members.iter().filter(|(name, value)| name.as_str() != "$text" && is_attribute(name, value)) {
        if !value.is_null() {
            *text += &format!(r#" {name}="{}""#, escaped(value));
        }
    }
    *text += ">";
    for (name, value) in members.iter().filter(|(name, value)| name.as_str() != "$text" && !is_attribute(name, value)) {
        let schema = member(name);
        match value {
            Value::Null => {}
            Value::Array(items) => {
                let items_schema = schema.and_then(Schema::items);
                items.iter().for_each(|item| element(text, name, item, items_schema));
            }
            value => element(text, name, value, schema),
        }
    }
    *text += &escaped(&members.get("$text").cloned().unwrap_or(Value::Null));
    *text += &format!("</{name}>");
}

fn escaped(value: &Value) -> String {
    let text = match value {
        Value::Null => String::new(),
        Value::Bool(boolean) => u8::from(*boolean).to_string(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Returns an XML document as JSON. What the description calls a list becomes an array, even with
/// one child. All values are strings.
pub fn from_xml(text: &str, schema: Schema) -> Value {
    let mut reader = Reader::from_str(text);
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => return members_of(&mut reader, &start, true, Some(schema)).into(),
            Event::Empty(start) => return members_of(&mut reader, &start, false, Some(schema)).into(),
            Event::Eof => panic!("no element in {text}"),
            _ => {}
        }
    }
}

fn members_of(
    reader: &mut Reader<&[u8]>,
    start: &BytesStart<'_>,
    is_open: bool,
    schema: Option<Schema>,
) -> Map<String, Value> {
    let mut members = Map::new();
    for attribute in start.attributes() {
        let attribute = attribute.unwrap();
        let value = unescape(&attribute.value).unwrap().into_owned();
        members.insert(attribute.key.as_ref().to_owned(), value.into());
    }
    let text = if is_open { add_content(&mut members, reader, schema) } else { String::new() };
    if !text.trim().is_empty() {
        members.insert("$text".to_owned(), text.trim().into());
    }
    members
}

/// Adds the children up to the end of the element, and returns its text.
fn add_content(members: &mut Map<String, Value>, reader: &mut Reader<&[u8]>, schema: Option<Schema>) -> String {
    let mut text = String::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => add_child(members, reader, &start, true, schema),
            Event::Empty(start) => add_child(members, reader, &start, false, schema),
            Event::Text(part) => text += &part,
            Event::CData(part) => text += &part,
            Event::GeneralRef(name) => text += &unescape(&format!("&{};", &*name)).unwrap(),
            Event::End(_) | Event::Eof => return text,
            _ => {}
        }
    }
}

fn add_child(
    members: &mut Map<String, Value>,
    reader: &mut Reader<&[u8]>,
    start: &BytesStart<'_>,
    is_open: bool,
    parent: Option<Schema>,
) {
    let name = start.name().as_ref().to_owned();
    let schema = parent.and_then(|parent| parent.member(&name));
    let items = schema.and_then(Schema::items);
    let own = items.or(schema);
    let mut child = members_of(reader, start, is_open, own);
    let is_object = own.is_some_and(|schema| schema.kind() == "object");
    let value = match child.remove("$text") {
        None if child.is_empty() && !is_object => Value::Null,
        Some(text) if child.is_empty() || own.is_some_and(|schema| schema.kind() != "object") => text,
        Some(text) => {
            child.insert("$text".to_owned(), text);
            child.into()
        }
        None => child.into(),
    };
    match members.get_mut(&name) {
        None if items.is_some() => drop(members.insert(name, vec![value].into())),
        None => drop(members.insert(name, value)),
        Some(Value::Array(items)) => items.push(value),
        Some(first) => *first = vec![first.take(), value].into(),
    }
}
