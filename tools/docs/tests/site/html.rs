//! Parses pages into trees, as a browser does.

use html5ever::{ParseOpts, parse_document, tendril::TendrilSink as _};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

/// A parsed page, with the errors in its HTML.
pub(crate) struct Page {
    document: Handle,
    pub(crate) errors: Vec<String>,
}

impl Page {
    pub(crate) fn parse(text: &str) -> Self {
        let dom = parse_document(RcDom::default(), ParseOpts::default()).one(text);
        let errors = dom.errors.borrow().iter().map(ToString::to_string).collect();
        Self { document: dom.document, errors }
    }

    /// Returns all elements, in the order of the page.
    pub(crate) fn elements(&self) -> Vec<Element> {
        let mut found = Vec::new();
        collect(&self.document, &mut found);
        found
    }

    pub(crate) fn by_id(&self, id: &str) -> Option<Element> {
        self.elements().into_iter().find(|element| element.attribute("id").as_deref() == Some(id))
    }
}

/// An element of a page.
#[derive(Clone)]
pub(crate) struct Element(Handle);

impl Element {
    pub(crate) fn name(&self) -> String {
        match &self.0.data {
            NodeData::Element { name, .. } => name.local.to_string(),
            _ => String::new(),
        }
    }

    pub(crate) fn attribute(&self, wanted: &str) -> Option<String> {
        let NodeData::Element { attrs, .. } = &self.0.data else { return None };
        let attributes = attrs.borrow();
        let found = attributes.iter().find(|attribute| *attribute.name.local == *wanted)?;
        Some(found.value.to_string())
    }

    /// Returns its text, including that of the elements inside it.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        read(&self.0, &mut text);
        text
    }

    /// Returns the elements inside it.
    pub(crate) fn inside(&self) -> Vec<Self> {
        let mut found = Vec::new();
        self.0.children.borrow().iter().for_each(|child| collect(child, &mut found));
        found
    }
}

fn collect(node: &Handle, found: &mut Vec<Element>) {
    if matches!(node.data, NodeData::Element { .. }) {
        found.push(Element(node.clone()));
    }
    node.children.borrow().iter().for_each(|child| collect(child, found));
}

fn read(node: &Handle, text: &mut String) {
    if let NodeData::Text { contents } = &node.data {
        text.push_str(&contents.borrow());
    }
    node.children.borrow().iter().for_each(|child| read(child, text));
}
