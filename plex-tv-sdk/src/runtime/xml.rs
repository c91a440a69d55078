//! Converts XML replies to JSON, so that they decode like any other reply.
//!
//! Attributes and children become members. A single child becomes a value, and several children of
//! one name become a list; readers of lists accept both. An attribute wins over children of its
//! name. All values are text, which the readers of generated types convert to numbers, booleans and
//! times. The text of an element with attributes or children becomes its member `$text`.
//!
//! The time is linear in the size of the text. The memory is limited.

use std::{borrow::Cow, fmt};

use quick_xml::{
    Reader,
    escape::unescape,
    events::{
        BytesStart, Event,
        attributes::{AttrError, Attribute},
    },
};
use serde_json::{Map, Value};

/// The most elements that may be open at once. Replies of plex.tv nest about ten.
const MAX_DEPTH: usize = 64;
/// Bytes of memory that a map takes for its first member. It then has room for eleven.
pub(crate) const FIRST_MEMBER: usize = 11 * MEMBER + 32;
/// Bytes of memory that each member of a map takes, excluding its texts.
pub(crate) const MEMBER: usize = size_of::<(String, Value)>();
/// The member that holds the text of an element with attributes or children.
pub(crate) const TEXT: &str = "$text";

/// Why a text is not valid XML from plex.tv, and on which line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotXml {
    line: usize,
    what: &'static str,
    is_page: bool,
}

impl NotXml {
    /// Whether it is a web page: it begins with a document type or an HTML element.
    pub(crate) fn is_page(&self) -> bool {
        self.is_page
    }
}

impl fmt::Display for NotXml {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on line {}", self.what, self.line)
    }
}

/// Returns the name and the members of the root element, if they take at most `memory` bytes.
pub(crate) fn to_json(text: &str, memory: usize) -> Result<(String, Value), NotXml> {
    let mut tree = Tree { memory, ..Tree::new(usize::MAX) };
    tree.read(text)?;
    Ok(tree.root.unwrap_or_default())
}

/// Returns the same for as much of a text as can be read, and for at most `most` of its elements
/// and attributes. Elements that are still open at that point are kept as they are, and so are
/// references to unknown entities.
pub(crate) fn beginning_to_json(text: &str, most: usize) -> Option<(String, Value)> {
    let mut tree = Tree { is_tolerant: true, ..Tree::new(most) };
    // What follows an error in the text does not matter.
    let _ = tree.read(text);
    while let Some(element) = tree.open.pop() {
        let _ = tree.close(element);
    }
    tree.root
}

/// The elements that are open, and the root once it is closed.
struct Tree {
    open: Vec<Element>,
    root: Option<(String, Value)>,
    /// How many elements and attributes may still be read.
    left: usize,
    /// How many bytes of memory they may still take.
    memory: usize,
    /// Whether a reference that cannot be resolved is kept as text.
    is_tolerant: bool,
}

impl Tree {
    fn new(most: usize) -> Self {
        Self { open: Vec::new(), root: None, left: most, memory: usize::MAX, is_tolerant: false }
    }

    fn read(&mut self, text: &str) -> Result<(), NotXml> {
        let mut reader = Reader::from_str(text);
        reader.config_mut().allow_dangling_amp = self.is_tolerant;
        loop {
            let step = match reader.read_event() {
                Ok(Event::Eof) => break,
                Ok(event) => self.take(event),
                Err(_) => Err("broken markup"),
            };
            step.map_err(|what| self.fault(text, &reader, what))?;
        }
        match (&self.root, self.open.is_empty()) {
            (Some(_), true) => Ok(()),
            (None, true) => Err(self.fault(text, &reader, "no element")),
            (_, false) => Err(self.fault(text, &reader, "an unclosed element at the end")),
        }
    }

    fn take(&mut self, event: Event<'_>) -> Result<(), &'static str> {
        match event {
            Event::Start(start) => {
                let element = self.element(&start)?;
                self.open.push(element);
            }
            Event::Empty(start) => {
                let element = self.element(&start)?;
                self.close(element)?;
            }
            Event::End(_) => {
                if let Some(element) = self.open.pop() {
                    self.close(element)?;
                }
            }
            Event::Text(text) => self.add_text(&text)?,
            Event::CData(text) => self.add_text(&text)?,
            Event::GeneralRef(name) => {
                let reference = format!("&{};", &*name);
                let text = self.unescaped(&reference).ok_or("an unknown entity")?;
                self.add_text(&text)?;
            }
            Event::DocType(_) => return Err(DOCUMENT_TYPE),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::Eof => {}
        }
        Ok(())
    }

    /// Reads the element of a start tag.
    fn element(&mut self, start: &BytesStart<'_>) -> Result<Element, &'static str> {
        if self.root.is_some() {
            return Err("a second root element");
        }
        if self.open.len() >= MAX_DEPTH {
            return Err("an element that is nested too deeply");
        }
        if self.open.is_empty() && is_of_a_page(start.name().as_ref()) {
            return Err(PAGE);
        }
        self.count_one()?;
        let mut attributes = Map::new();
        // The reader's own check for duplicates compares each attribute with all before it.
        for attribute in start.attributes().with_checks(false) {
            if let Err(what) = self.add_attribute(&mut attributes, attribute) {
                if self.is_tolerant {
                    break;
                }
                return Err(what);
            }
        }
        let name = start.name().as_ref().to_owned();
        self.pay(MEMBER + name.len())?;
        Ok(Element { name, attributes, children: Map::new(), text: String::new() })
    }

    fn add_attribute(
        &mut self,
        attributes: &mut Map<String, Value>,
        attribute: Result<Attribute<'_>, AttrError>,
    ) -> Result<(), &'static str> {
        self.count_one()?;
        let attribute = attribute.map_err(|_| "a broken attribute")?;
        let value = self.unescaped(&attribute.value).ok_or("an unknown entity")?.into_owned();
        let first = if attributes.is_empty() { FIRST_MEMBER } else { 0 };
        self.pay(first + MEMBER + attribute.key.as_ref().len() + value.len())?;
        match attributes.insert(attribute.key.as_ref().to_owned(), Value::String(value)) {
            Some(_) => Err("a duplicate attribute"),
            None => Ok(()),
        }
    }

    fn count_one(&mut self) -> Result<(), &'static str> {
        self.left = self.left.checked_sub(1).ok_or("too many elements and attributes")?;
        Ok(())
    }

    fn pay(&mut self, bytes: usize) -> Result<(), &'static str> {
        self.memory = self.memory.checked_sub(bytes).ok_or(TOO_MUCH)?;
        Ok(())
    }

    fn unescaped<'a>(&self, text: &'a str) -> Option<Cow<'a, str>> {
        match unescape(text) {
            Ok(text) => Some(text),
            Err(_) => self.is_tolerant.then_some(Cow::Borrowed(text)),
        }
    }

    fn close(&mut self, element: Element) -> Result<(), &'static str> {
        if self.open.last().is_some_and(|parent| parent.children.is_empty()) {
            self.pay(FIRST_MEMBER)?;
        }
        match self.open.last_mut() {
            Some(parent) => parent.add(element),
            None => self.root = Some((element.name.clone(), element.into_object())),
        }
        Ok(())
    }

    fn add_text(&mut self, text: &str) -> Result<(), &'static str> {
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim().is_empty() => {}
            None => return Err("text outside the root element"),
        }
        Ok(())
    }

    fn fault(&self, text: &str, reader: &Reader<&[u8]>, what: &'static str) -> NotXml {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX).min(text.len());
        let line = 1 + text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count();
        NotXml { line, what, is_page: [DOCUMENT_TYPE, PAGE].contains(&what) }
    }
}

/// Only web pages have one. Reading it could mean expanding nested entities.
const DOCUMENT_TYPE: &str = "an unexpected document type";
const PAGE: &str = "an element of a web page";
const TOO_MUCH: &str = "too many elements and attributes for the memory limit";

/// Whether an element of this name begins a web page.
pub(crate) fn is_of_a_page(name: &str) -> bool {
    ["html", "head", "body", "script"].iter().any(|page| name.eq_ignore_ascii_case(page))
}

struct Element {
    name: String,
    attributes: Map<String, Value>,
    children: Map<String, Value>,
    text: String,
}

impl Element {
    fn add(&mut self, child: Self) {
        if self.attributes.contains_key(&child.name) {
            return;
        }
        match self.children.get_mut(&child.name) {
            None => {
                self.children.insert(child.name.clone(), child.into_value());
            }
            Some(Value::Array(items)) => items.push(child.into_value()),
            Some(first) => *first = Value::Array(vec![first.take(), child.into_value()]),
        }
    }

    /// An element with only text becomes that text. An empty element, or one with only marks,
    /// becomes null.
    fn into_value(mut self) -> Value {
        if self.children.is_empty() && self.attributes.iter().all(|(name, value)| is_mark(name, value)) {
            self.attributes.clear();
        }
        let text = self.text.trim();
        match (self.attributes.is_empty() && self.children.is_empty(), text.is_empty()) {
            (true, true) => Value::Null,
            (true, false) => Value::String(text.to_owned()),
            (false, _) => self.into_object(),
        }
    }

    fn into_object(self) -> Value {
        let mut members = self.attributes;
        members.extend(self.children);
        let text = self.text.trim();
        if !text.is_empty() {
            members.insert(TEXT.to_owned(), Value::String(text.to_owned()));
        }
        Value::Object(members)
    }
}

/// Whether an attribute is a mark of Rails or XML Schema, as in `<id type="integer">7</id>`,
/// `<at xsi:type="xs:dateTime">…</at>` and `<id nil="true"/>`. The reader of a value does not need
/// them. Any other `type` is a member.
pub(crate) fn is_mark(name: &str, value: &Value) -> bool {
    const KINDS: [&str; 18] = [
        "array",
        "base64binary",
        "binary",
        "boolean",
        "bool",
        "date",
        "datetime",
        "decimal",
        "double",
        "float",
        "hash",
        "int",
        "integer",
        "long",
        "string",
        "symbol",
        "time",
        "timestamp",
    ];
    let local = |text: &str| text.rsplit(':').next().unwrap_or(text).to_ascii_lowercase();
    match local(name).as_str() {
        "type" => value.as_str().is_some_and(|value| KINDS.contains(&local(value).replace(['-', '_'], "").as_str())),
        "nil" => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn to_json(text: &str) -> Result<(String, Value), NotXml> {
        super::to_json(text, usize::MAX)
    }

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
    fn type_marks_are_not_members_however_they_are_spelled() {
        for (xml, wanted) in [
            (r#"<id type="integer">7</id>"#, json!("7")),
            (r#"<id type="xs:Integer">7</id>"#, json!("7")),
            (r#"<id type="dateTime">2021-11-24T16:34:29Z</id>"#, json!("2021-11-24T16:34:29Z")),
            (r#"<id xsi:type="xsd:date-time">2021-11-24</id>"#, json!("2021-11-24")),
            (r#"<id type="dateTime" nil="false">2021-11-24</id>"#, json!("2021-11-24")),
            (r#"<id nil="true"/>"#, json!(null)),
            (r#"<id type="DateTime" nil="true"></id>"#, json!(null)),
            (r#"<id xsi:nil="1"/>"#, json!(null)),
            (r#"<id type="ARRAY"/>"#, json!(null)),
            (r#"<id type="art"/>"#, json!({ "type": "art" })),
            (r#"<id type="art">7</id>"#, json!({ "type": "art", "$text": "7" })),
            (r#"<id type="dateTime" zone="UTC">7</id>"#, json!({ "type": "dateTime", "zone": "UTC", "$text": "7" })),
            (r#"<id nil="true" at="now"/>"#, json!({ "nil": "true", "at": "now" })),
        ] {
            assert_eq!(to_json(&format!("<pin>{xml}</pin>")).unwrap(), ("pin".to_owned(), json!({ "id": wanted })));
        }
    }

    #[test]
    fn work_and_memory_are_linear_in_attributes_and_children() {
        const MANY: usize = 50_000;
        let attributes: String = (0..MANY).map(|n| format!(" a{n}=''")).collect();
        let of_one_name = "<b/>".repeat(MANY);
        let of_many_names: String = (0..MANY).map(|n| format!("<a{n}/><c{n}/>")).collect();

        let (_, value) = to_json(&format!("<x{attributes}>{of_one_name}{of_many_names}</x>")).unwrap();

        let members = value.as_object().unwrap();
        assert_eq!(members["b"].as_array().unwrap().len(), MANY);
        assert_eq!(members.len(), 2 * MANY + 1);
    }

    /// A few bytes of each piece become a map, which takes hundreds.
    #[test]
    fn a_text_that_takes_more_memory_than_the_limit_is_refused() {
        for piece in ["<b a=''/>", "<b><c/></b>", "<b x='1'>t</b>", "<b><c><d/></c></b>", "<b/>"] {
            let text = |count: usize| format!("<a>{}</a>", piece.repeat(count));
            let memory = 8 * 16 * 1024;

            assert!(super::to_json(&text(10), memory).is_ok(), "{piece}");
            let fault = super::to_json(&text(16 * 1024), memory).unwrap_err();
            assert_eq!(fault.what, TOO_MUCH, "{piece}");
        }
        let attributes: String = (0..10_000).map(|n| format!(" a{n}=''")).collect();
        assert_eq!(super::to_json(&format!("<a{attributes}/>"), 80_000).unwrap_err().what, TOO_MUCH);
    }

    #[test]
    fn a_duplicate_attribute_is_a_fault_however_many_are_between() {
        let many: String = (0..1000).map(|n| format!(" a{n}=''")).collect();

        let fault = to_json(&format!("<x{many} a7=''/>")).unwrap_err();

        assert_eq!(fault.to_string(), "a duplicate attribute on line 1");
    }

    #[test]
    fn web_pages_are_recognised() {
        for page in [
            "<!DOCTYPE html><html><head><meta charset=utf-8></head><body>Please sign in</body></html>",
            "\n<!doctype HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\"\n \"http://www.w3.org/TR/html4/strict.dtd\"><HTML>",
            "<?xml version='1.0'?>\n<!-- a portal -->\n<!DOCTYPE html [<!ENTITY a 'b'>]><html/>",
            "<HTML lang=en><body bgcolor=white>Blocked",
            "<head><title>Moved</title></head><body>Moved</body>",
            "<script>location = 'http://portal.example/'</script>",
        ] {
            assert!(to_json(page).unwrap_err().is_page(), "{page}");
        }
        for other in ["<users><html/></users", "<a>", "{}", "", "Please sign in", "<htm/><x/>"] {
            assert!(!to_json(other).unwrap_err().is_page(), "{other}");
        }
    }

    #[test]
    fn the_beginning_of_a_broken_or_endless_text_is_read() {
        let read = |text: &str, most| beginning_to_json(text, most).map(|(_, value)| value);

        assert_eq!(read("<a><b>1</b><b>2", 9), Some(json!({ "b": ["1", "2"] })));
        assert_eq!(
            read("<a x='1'><b y='A & B &nbsp;C &amp; D'/></c>", 9),
            Some(json!({ "x": "1", "b": { "y": "A & B &nbsp;C &amp; D" } }))
        );
        assert_eq!(read("<a>A & B &nbsp;C &amp; D", 9), Some(json!({ "$text": "A & B &nbsp;C & D" })));
        assert_eq!(read(&format!("<a>{}", "<b/>".repeat(100)), 4), Some(json!({ "b": [null, null, null] })));
        assert_eq!(read(&"<a>".repeat(1000), 1000).unwrap().to_string().matches('{').count(), MAX_DEPTH - 1);
        assert_eq!(read("<a b='1' c=2 d='3'>", 9), Some(json!({ "b": "1" })));
        assert_eq!(read("<a b='1' c='2' d='3'/>", 3), Some(json!({ "b": "1", "c": "2" })));
        assert_eq!(read("none", 9), None);
    }

    #[test]
    fn errors_name_the_line() {
        let cases = [
            ("", "no element on line 1"),
            ("{}", "text outside the root element on line 1"),
            ("<a>\n<b>\n</a>", "broken markup on line 3"),
            ("<a>", "an unclosed element at the end on line 1"),
            ("<a x=1/>", "a broken attribute on line 1"),
            ("<!DOCTYPE a><a/>", "an unexpected document type on line 1"),
            ("<a>&bomb;</a>", "an unknown entity on line 1"),
            ("<a/><b/>", "a second root element on line 1"),
        ];

        for (xml, wanted) in cases {
            assert_eq!(to_json(xml).unwrap_err().to_string(), wanted, "{xml}");
        }
        assert!(to_json(&"<a>".repeat(10_000)).is_err());
    }
}
