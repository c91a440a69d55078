//! XML replies as JSON, so that they decode like any other.
//!
//! Attributes and children become members: one child is an object, several of a name are a list, and readers of lists take
//! both. All values are text; the readers of generated types turn it into numbers, booleans and times. The text of an
//! element that has attributes too is its member `$text`.

use std::fmt;

use quick_xml::{
    Reader,
    escape::unescape,
    events::{BytesStart, Event},
};
use serde_json::{Map, Value};

/// Deeper replies are not plex.tv's.
const MAX_DEPTH: usize = 64;
const TEXT: &str = "$text";

/// Why a text is no XML, and where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotXml {
    line: usize,
    what: &'static str,
}

impl fmt::Display for NotXml {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on line {}", self.what, self.line)
    }
}

/// The name of the root element and its members.
pub(super) fn to_json(text: &str) -> Result<(String, Value), NotXml> {
    let mut reader = Reader::from_str(text);
    let mut open: Vec<Element> = Vec::new();
    let mut root = None;
    loop {
        let fail = |reader: &Reader<&[u8]>, what| {
            let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX).min(text.len());
            let line = 1 + text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count();
            Err(NotXml { line, what })
        };
        let Ok(event) = reader.read_event() else { return fail(&reader, "broken markup") };
        let closed = match event {
            Event::Start(start) => {
                if open.len() >= MAX_DEPTH || root.is_some() {
                    return fail(&reader, "an element too many");
                }
                let Some(element) = Element::new(&start) else { return fail(&reader, "a broken attribute") };
                open.push(element);
                None
            }
            Event::Empty(start) => match Element::new(&start) {
                Some(element) if root.is_none() => Some(element),
                _ => return fail(&reader, "a broken element"),
            },
            Event::End(_) => open.pop(),
            Event::Text(bytes) => {
                if let Some(element) = open.last_mut() {
                    element.text.push_str(&bytes);
                } else if !bytes.trim().is_empty() {
                    return fail(&reader, "text outside of all elements");
                }
                None
            }
            Event::CData(bytes) => {
                if let Some(element) = open.last_mut() {
                    element.text.push_str(&bytes);
                }
                None
            }
            Event::GeneralRef(name) => {
                let entity = format!("&{};", &*name);
                let Ok(part) = unescape(&entity) else {
                    return fail(&reader, "an unknown entity");
                };
                if let Some(element) = open.last_mut() {
                    element.text.push_str(&part);
                }
                None
            }
            Event::DocType(_) => return fail(&reader, "a document type, which plex.tv does not send"),
            Event::Eof if open.is_empty() => {
                return root.map_or_else(|| fail(&reader, "no element"), Ok);
            }
            Event::Eof => return fail(&reader, "the end, before all elements are closed"),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => None,
        };
        if let Some(element) = closed {
            match open.last_mut() {
                Some(parent) => parent.add(element),
                None => root = Some((element.name.clone(), element.into_object())),
            }
        }
    }
}

struct Element {
    name: String,
    /// The members that are attributes: a child of the same name says the same again.
    attributes: Vec<String>,
    members: Map<String, Value>,
    text: String,
}

impl Element {
    fn new(start: &BytesStart<'_>) -> Option<Self> {
        let mut members = Map::new();
        for attribute in start.attributes() {
            let attribute = attribute.ok()?;
            let value = unescape(&attribute.value).ok()?.into_owned();
            members.insert(attribute.key.as_ref().to_owned(), Value::String(value));
        }
        let name = start.name().as_ref().to_owned();
        Some(Self { name, attributes: members.keys().cloned().collect(), members, text: String::new() })
    }

    fn add(&mut self, child: Self) {
        let name = child.name.clone();
        if self.attributes.contains(&name) {
            return;
        }
        let value = child.into_value();
        match self.members.get_mut(&name) {
            None => {
                self.members.insert(name, value);
            }
            Some(Value::Array(items)) => items.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }

    /// An element with nothing but text is that text; one with nothing at all is null. Marks of Rails, as in
    /// `<id type="integer">7</id>` and `<id nil="true"/>`, say nothing that the reader does not know.
    fn into_value(mut self) -> Value {
        if self.members.len() == self.attributes.len() && self.members.iter().all(|(name, value)| is_mark(name, value))
        {
            self.members.clear();
        }
        let text = self.text.trim();
        match (self.members.is_empty(), text.is_empty()) {
            (true, true) => Value::Null,
            (true, false) => Value::String(text.to_owned()),
            (false, _) => self.into_object(),
        }
    }

    fn into_object(mut self) -> Value {
        let text = self.text.trim();
        if !text.is_empty() {
            self.members.insert(TEXT.to_owned(), Value::String(text.to_owned()));
        }
        Value::Object(self.members)
    }
}

fn is_mark(name: &str, value: &Value) -> bool {
    const KINDS: [&str; 9] =
        ["array", "boolean", "date", "datetime", "decimal", "float", "integer", "string", "symbol"];
    match name {
        "type" => value.as_str().is_some_and(|value| KINDS.contains(&value)),
        "nil" => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn attributes_children_and_text_become_members() {
        let xml = r#"<?xml version="1.0" encoding="UTF-8"?>
            <MediaContainer size="2" title="A &amp; B">
              <User id="1"><Server id="7"/><Server id="8"/></User>
              <User id="2"><Server id="9"/><note lang="en">Hi &lt;you&gt; <![CDATA[& all]]></note></User>
              <empty/><plain>text</plain><title>again</title>
            </MediaContainer>"#;

        assert_eq!(
            to_json(xml).unwrap().1,
            json!({
                "size": "2", "title": "A & B", "empty": null, "plain": "text",
                "User": [
                    { "id": "1", "Server": [{ "id": "7" }, { "id": "8" }] },
                    { "id": "2", "Server": { "id": "9" }, "note": { "lang": "en", "$text": "Hi <you> & all" } },
                ],
            })
        );
    }

    #[test]
    fn marks_of_types_are_no_members() {
        let xml = r#"<pin><id type="integer">7</id><token nil="true"/><at type="datetime"/><Image type="art"/></pin>"#;

        assert_eq!(
            to_json(xml).unwrap(),
            ("pin".to_owned(), json!({ "id": "7", "token": null, "at": null, "Image": { "type": "art" } }))
        );
    }

    #[test]
    fn what_is_no_xml_is_told_with_its_line() {
        let cases = [
            ("", "no element on line 1"),
            ("{}", "text outside of all elements on line 1"),
            ("<a>\n<b>\n</a>", "broken markup on line 3"),
            ("<a>", "the end, before all elements are closed on line 1"),
            ("<a x=1/>", "a broken element on line 1"),
            ("<!DOCTYPE a><a/>", "a document type, which plex.tv does not send on line 1"),
            ("<a>&bomb;</a>", "an unknown entity on line 1"),
            ("<a/><b/>", "a broken element on line 1"),
        ];

        for (xml, wanted) in cases {
            assert_eq!(to_json(xml).unwrap_err().to_string(), wanted, "{xml}");
        }
        assert!(to_json(&"<a>".repeat(10_000)).is_err());
    }
}
