//! The data that the rules check.

use std::collections::BTreeMap;

use super::{
    grammar::{Index, Kind},
    node::Node,
};
use crate::{Document, METHODS};

/// An indexed description. It does not change while the rules run.
pub(super) struct Context<'a> {
    pub(super) document: &'a Document,
    pub(super) root: Node<'a>,
    pub(super) index: Index<'a>,
    pub(super) operations: Vec<Operation<'a>>,
    /// Every schema that is part of a success body, by pointer.
    pub(super) replies: BTreeMap<String, Node<'a>>,
}

/// One operation and its path.
pub(super) struct Operation<'a> {
    pub(super) node: Node<'a>,
    pub(super) item: Node<'a>,
    pub(super) path: &'a str,
    pub(super) method: &'static str,
}

impl<'a> Operation<'a> {
    /// Returns its name in messages.
    pub(super) fn name(&self) -> String {
        format!("`{} {}`", self.method.to_uppercase(), self.path)
    }

    /// Returns the parameters of its path and its own.
    pub(super) fn parameters(&self) -> impl Iterator<Item = Node<'a>> + use<'a> {
        self.item.list("parameters").chain(self.node.list("parameters"))
    }

    /// Returns its responses with a 2xx status.
    pub(super) fn successes(&self) -> impl Iterator<Item = (&'a str, Node<'a>)> + use<'a> {
        self.node.map("responses").filter(|(status, _)| status.starts_with('2'))
    }
}

impl<'a> Context<'a> {
    pub(super) fn new(document: &'a Document) -> Self {
        let root = Node::new(document.value(), "");
        let mut context = Self {
            document,
            index: Index::new(root.clone()),
            operations: operations(&root),
            root,
            replies: BTreeMap::new(),
        };
        let bodies = context.operations.iter().flat_map(Operation::successes);
        let bodies = bodies.filter_map(|(_, response)| context.resolve(&response));
        let bodies = bodies.flat_map(|response| response.map("content"));
        let bodies = bodies.filter_map(|(_, media)| media.get("schema")).collect();
        context.replies = context.reach(bodies);
        context
    }

    /// Returns the objects of one kind, without references.
    pub(super) fn all(&self, kind: Kind) -> impl Iterator<Item = &Node<'a>> {
        self.index.objects.iter().filter(move |(found, _)| *found == kind).map(|(_, node)| node)
    }

    /// Returns the node at a pointer.
    pub(super) fn at(&self, pointer: &str) -> Option<Node<'a>> {
        self.document.value().pointer(pointer).map(|value| Node::new(value, pointer))
    }

    /// Returns the node itself, or the node at the end of its references.
    pub(super) fn resolve(&self, node: &Node<'a>) -> Option<Node<'a>> {
        let mut node = node.clone();
        // Cyclic references have their own rule.
        for _ in 0..16 {
            match node.reference() {
                Some(target) => node = self.at(target.strip_prefix('#')?)?,
                None => return Some(node),
            }
        }
        None
    }

    /// Returns these schemas and all schemas inside them, by pointer.
    fn reach(&self, mut schemas: Vec<Node<'a>>) -> BTreeMap<String, Node<'a>> {
        let mut reached = BTreeMap::new();
        while let Some(schema) = schemas.pop() {
            if reached.contains_key(&schema.pointer) {
                continue;
            }
            match schema.reference() {
                Some(_) => schemas.extend(self.resolve(&schema)),
                None => {
                    schemas.extend(parts(&schema));
                    reached.insert(schema.pointer.clone(), schema);
                }
            }
        }
        reached
    }
}

/// Returns the schemas directly inside a schema.
fn parts<'a>(schema: &Node<'a>) -> Vec<Node<'a>> {
    let single = ["items", "additionalProperties", "not"].into_iter().filter_map(|key| schema.get(key));
    let lists = ["allOf", "oneOf", "anyOf"].into_iter().flat_map(|key| schema.list(key));
    let properties = schema.map("properties").map(|(_, property)| property);
    single.chain(lists).chain(properties).filter(|part| part.value.is_object()).collect()
}

fn operations<'a>(root: &Node<'a>) -> Vec<Operation<'a>> {
    let mut found = Vec::new();
    for (path, item) in root.map("paths").filter(|(path, _)| !path.starts_with("x-")) {
        for method in METHODS {
            if let Some(node) = item.get(method).filter(|node| node.value.is_object()) {
                found.push(Operation { node, item: item.clone(), path, method });
            }
        }
    }
    found
}
