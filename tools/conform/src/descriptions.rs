//! The descriptions, asked by operation.

use std::path::Path;

use plex_tv_openapi::{Document, Problem, descriptions, operations};
use serde_json::Value;

use crate::schema::{Schema, resolved};

/// All descriptions of a folder.
#[derive(Debug)]
pub struct Descriptions(Vec<Document>);

/// One operation of a description.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Described<'a> {
    root: &'a Value,
    operation: &'a Value,
}

impl Descriptions {
    /// Reads all descriptions of a folder.
    ///
    /// # Errors
    /// When the folder or a file cannot be read, or a file is not YAML.
    pub fn load(folder: &Path) -> Result<Self, Problem> {
        descriptions(folder)?.iter().map(|path| Document::load(path)).collect::<Result<_, _>>().map(Self)
    }

    pub(crate) fn operation(&self, id: &str) -> Option<Described<'_>> {
        self.0.iter().find_map(|document| {
            let root = document.value();
            let operation = operations(root).into_iter().find(|operation| operation.id == id)?;
            Some(Described { root, operation: root.pointer(&operation.pointer)? })
        })
    }
}

impl<'a> Described<'a> {
    /// Is the status named?
    pub(crate) fn names(self, status: u16) -> bool {
        self.operation["responses"].get(status.to_string()).is_some()
    }

    /// The schema that all successes share, if they have one that is decoded.
    pub(crate) fn success(self) -> Option<Schema<'a>> {
        self.successes().find_map(|content| {
            let media = content.get("application/json").or_else(|| content.get("application/xml"))?;
            Some(Schema::new(self.root, &media["schema"]))
        })
    }

    /// Does a success come as XML?
    pub(crate) fn is_xml(self) -> bool {
        self.successes().any(|content| content.get("application/xml").is_some())
    }

    fn successes(self) -> impl Iterator<Item = &'a Value> {
        let replies = self.operation["responses"].as_object().into_iter().flatten();
        let root = self.root;
        replies.filter(|(status, _)| status.starts_with('2')).map(move |(_, reply)| &resolved(root, reply)["content"])
    }
}
