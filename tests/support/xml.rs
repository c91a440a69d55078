//! An example of an XML reply is written as the JSON it is read as; here it becomes the XML again.

use serde_json::Value;

use crate::Schema;

/// The document of a reply.
pub fn xml(value: &Value, schema: Schema) -> String {
    let mut text = r#"<?xml version="1.0" encoding="UTF-8"?>"#.to_owned();
    element(&mut text, schema.element().expect("a root element with a name"), value, Some(schema));
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
