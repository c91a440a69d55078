//! Looks up operations in the descriptions.

use std::{collections::HashMap, path::Path};

use plex_tv_openapi::{Document, Operation, Problem, operations};
use serde_json::Value;

use crate::schema::{Schema, resolved};

/// All descriptions of a folder.
#[derive(Debug)]
pub struct Descriptions(Vec<Module>);

/// A description, and the module of the SDK that is generated from it.
#[derive(Debug)]
struct Module {
    name: String,
    document: Document,
    operations: HashMap<String, Operation>,
}

/// One operation of a description.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Described<'a> {
    /// The module of the SDK that has its types.
    pub(crate) module: &'a str,
    root: &'a Value,
    operation: &'a Value,
}

impl Descriptions {
    /// Reads all descriptions of a folder, as its `descriptions.toml` lists them. A folder without
    /// one uses the table of this project.
    ///
    /// # Errors
    /// When the table or a description cannot be read, or when two descriptions have an operation
    /// with the same id. A payload is named by the id alone.
    pub fn load(folder: &Path) -> Result<Self, Vec<Problem>> {
        let known = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi");
        let table = plex_tv_openapi::Descriptions::load_or_list(folder, &known).map_err(|problem| vec![problem])?;
        let documents = table.documents()?;
        let mut problems = table.lint(&documents);
        problems.retain(|problem| problem.rule() == "operation-id-twice");
        if !problems.is_empty() {
            return Err(problems);
        }
        let modules = documents.into_iter().map(|(description, document)| {
            let by_id = operations(document.value()).into_iter().map(|operation| (operation.id.clone(), operation));
            Module { name: description.module.clone(), operations: by_id.collect(), document }
        });
        Ok(Self(modules.collect()))
    }

    pub(crate) fn operation(&self, id: &str) -> Option<Described<'_>> {
        self.0.iter().find_map(|module| {
            let root = module.document.value();
            let operation = root.pointer(&module.operations.get(id)?.pointer)?;
            Some(Described { module: &module.name, root, operation })
        })
    }
}

impl<'a> Described<'a> {
    /// Returns whether the description names the status.
    pub(crate) fn names(self, status: u16) -> bool {
        self.operation["responses"].get(status.to_string()).is_some()
    }

    /// Returns the schema that all successes share, if they have one that is decoded.
    pub(crate) fn success(self) -> Option<Schema<'a>> {
        self.successes().find_map(|content| {
            let media = content.get("application/json").or_else(|| content.get("application/xml"))?;
            Some(Schema::new(self.root, &media["schema"]))
        })
    }

    /// Returns whether a success has an XML body.
    pub(crate) fn is_xml(self) -> bool {
        self.successes().any(|content| content.get("application/xml").is_some())
    }

    fn successes(self) -> impl Iterator<Item = &'a Value> {
        let replies = self.operation["responses"].as_object().into_iter().flatten();
        let root = self.root;
        replies.filter(|(status, _)| status.starts_with('2')).map(move |(_, reply)| &resolved(root, reply)["content"])
    }
}
