//! Formats examples for pages: JSON in the order of the description, and XML.

use plex_tv_openapi::{
    Document,
    pointer::{followed, join, resolved},
};
use serde_json::Value;

use crate::text::Code;

/// Formats the value at `pointer` as JSON, with the members in the order of the description.
pub(crate) fn json(document: &Document, pointer: &str, value: &Value) -> Code {
    let mut code = Code { language: "json", ..Code::default() };
    write_json(document, pointer, value, 0, &mut code);
    code
}

fn write_json(document: &Document, pointer: &str, value: &Value, depth: usize, code: &mut Code) {
    let indent = |depth: usize| format!("\n{}", "  ".repeat(depth));
    match value {
        Value::Object(members) if !members.is_empty() => {
            let mut members: Vec<_> = members.iter().map(|(name, value)| (join(pointer, name), name, value)).collect();
            members.sort_by_key(|(pointer, ..)| document.line(pointer));
            code.push("", "{");
            for (index, (pointer, name, value)) in members.iter().enumerate() {
                code.push("", &format!("{}{}", if index == 0 { "" } else { "," }, indent(depth + 1)));
                code.push("k", &Value::from(name.as_str()).to_string());
                code.push("", ": ");
                write_json(document, pointer, value, depth + 1, code);
            }
            code.push("", &format!("{}}}", indent(depth)));
        }
        Value::Array(items) if !items.is_empty() => {
            code.push("", "[");
            for (index, item) in items.iter().enumerate() {
                code.push("", &format!("{}{}", if index == 0 { "" } else { "," }, indent(depth + 1)));
                write_json(document, &join(pointer, &index.to_string()), item, depth + 1, code);
            }
            code.push("", &format!("{}]", indent(depth)));
        }
        Value::String(_) => code.push("s", &value.to_string()),
        Value::Object(_) | Value::Array(_) => code.push("", &value.to_string()),
        Value::Number(_) | Value::Bool(_) | Value::Null => code.push("n", &value.to_string()),
    }
}

/// Formats a value as the XML that the client would read it from, following the `xml` members of
/// the schema.
pub(crate) fn xml(document: &Document, pointer: &str, schema: &Value, value: &Value) -> Code {
    let mut code = Code { language: "xml", ..Code::default() };
    let name = resolved(document.value(), schema)["xml"]["name"].as_str().unwrap_or("MediaContainer");
    write_xml(document, pointer, name, schema, value, 0, &mut code);
    code
}

fn write_xml(
    document: &Document,
    pointer: &str,
    name: &str,
    schema: &Value,
    value: &Value,
    depth: usize,
    code: &mut Code,
) {
    let indent = "  ".repeat(depth);
    let start = |code: &mut Code| {
        if !code.text.is_empty() {
            code.push("", "\n");
        }
        code.push("", &indent);
        code.push("k", &format!("<{name}"));
    };
    match value {
        Value::Object(members) => {
            start(code);
            let mut members: Vec<_> = members.iter().map(|(name, value)| (join(pointer, name), name, value)).collect();
            members.sort_by_key(|(pointer, ..)| document.line(pointer));
            let mut children = Vec::new();
            let mut text = None;
            for (pointer, name, value) in members {
                let member = property(document, schema, name);
                if name == "$text" {
                    text = Some(plain(value));
                } else if member.is_some_and(|member| member["xml"]["attribute"] == Value::Bool(true)) {
                    code.push("", &format!(" {name}="));
                    code.push("s", &format!("\"{}\"", escaped(&plain(value))));
                } else {
                    children.push((pointer, name, member, value));
                }
            }
            match text {
                Some(text) => {
                    code.push("k", ">");
                    code.push("", &escaped(&text));
                    code.push("k", &format!("</{name}>"));
                }
                None if children.is_empty() => code.push("k", "/>"),
                None => {
                    code.push("k", ">");
                    for (pointer, name, member, value) in children {
                        write_xml(document, &pointer, name, member.unwrap_or(&Value::Null), value, depth + 1, code);
                    }
                    code.push("", &format!("\n{indent}"));
                    code.push("k", &format!("</{name}>"));
                }
            }
        }
        Value::Array(items) => {
            let schema = &resolved(document.value(), one_part(document, schema))["items"];
            for (index, item) in items.iter().enumerate() {
                write_xml(document, &join(pointer, &index.to_string()), name, schema, item, depth, code);
            }
        }
        Value::Null => {}
        scalar => {
            start(code);
            code.push("k", ">");
            code.push("", &escaped(&plain(scalar)));
            code.push("k", &format!("</{name}>"));
        }
    }
}

/// Returns the schema of a member, from the schema itself or from one of its parts.
fn property<'a>(document: &'a Document, schema: &'a Value, name: &str) -> Option<&'a Value> {
    let (schema, _) = followed(document.value(), schema, String::new());
    schema["properties"]
        .get(name)
        .or_else(|| schema["allOf"].as_array().into_iter().flatten().find_map(|part| property(document, part, name)))
}

/// Returns the schema inside a nullable reference.
fn one_part<'a>(document: &'a Document, schema: &'a Value) -> &'a Value {
    match schema["allOf"].as_array().map(Vec::as_slice) {
        Some([part]) => resolved(document.value(), part),
        _ => schema,
    }
}

/// Returns a scalar as it appears in XML.
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(is_true) => u8::from(*is_true).to_string(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Document {
        let text = "components:\n  schemas:\n    Pin:\n      xml: {name: pin}\n      properties:\n        \
                    id: {type: integer, xml: {attribute: true}}\n        Note: {type: array, items: {type: string}}\n\
                    example:\n  id: 7\n  Note: [\"a < b\", c]\n";
        Document::parse("a.yaml", text).unwrap()
    }

    #[test]
    fn json_keeps_the_order_of_the_description() {
        let document = document();

        let code = json(&document, "/example", &document.value()["example"]);

        assert_eq!(code.text, "{\n  \"id\": 7,\n  \"Note\": [\n    \"a < b\",\n    \"c\"\n  ]\n}");
    }

    #[test]
    fn xml_has_the_attributes_and_children_of_the_schema() {
        let document = document();
        let schema = serde_json::json!({ "$ref": "#/components/schemas/Pin" });

        let code = xml(&document, "/example", &schema, &document.value()["example"]);

        assert_eq!(code.text, "<pin id=\"7\">\n  <Note>a &lt; b</Note>\n  <Note>c</Note>\n</pin>");
    }
}
