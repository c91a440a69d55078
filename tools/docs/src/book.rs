//! The sources of the pages: the descriptions, the generated code, and the SDK around it.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use heck::ToUpperCamelCase as _;
use plex_tv_openapi::{
    Descriptions, Document, Operation, Problem, Server, operations,
    pointer::{join, resolved},
};
use serde_json::Value;

use crate::{
    rust::RustModule,
    sdk::Sdk,
    verbs::{self, Verb},
};

/// How many lines of a description one page has, to keep the pages small.
const LINES_ON_A_PAGE: usize = 2000;

/// Everything that the pages are made from.
#[derive(Debug)]
pub(crate) struct Book {
    pub(crate) root: PathBuf,
    pub(crate) modules: Vec<Module>,
    pub(crate) sdk: Sdk,
    operations: BTreeMap<String, (usize, usize)>,
    /// The verbs of the SDK that make the call of each operation.
    verbs: BTreeMap<String, Vec<Verb>>,
}

/// One description, with its generated code.
#[derive(Debug)]
pub(crate) struct Module {
    pub(crate) name: String,
    pub(crate) feature: Option<String>,
    pub(crate) file: String,
    pub(crate) hosts: Vec<Server>,
    pub(crate) document: Document,
    pub(crate) rust: RustModule,
    /// In the order of the description.
    pub(crate) operations: Vec<Operation>,
    /// Maps each Rust type to its named schema.
    components: BTreeMap<String, String>,
}

impl Book {
    /// Reads the workspace at `root`. Links to rustdoc begin with `rustdoc`.
    ///
    /// # Errors
    /// If anything cannot be read.
    pub(crate) fn load(root: &Path, rustdoc: &str) -> Result<Self, Vec<Problem>> {
        let one = |problem| vec![problem];
        let table = Descriptions::load(&root.join("openapi")).map_err(one)?;
        let mut modules = Vec::new();
        for (description, document) in table.documents()? {
            let code = root.join("plex-tv-sdk/src/generated").join(&description.module).with_extension("rs");
            let mut operations = operations(document.value());
            operations.sort_by_key(|operation| document.line(&operation.pointer));
            let schemas = document.value()["components"]["schemas"].as_object().into_iter().flatten();
            modules.push(Module {
                name: description.module.clone(),
                feature: description.feature.clone(),
                file: description.file.clone(),
                hosts: description.hosts.clone(),
                rust: RustModule::load(&code).map_err(one)?,
                components: schemas.map(|(name, _)| (name.to_upper_camel_case(), name.clone())).collect(),
                operations,
                document,
            });
        }
        let ids = modules.iter().enumerate().flat_map(|(module, found)| {
            found.operations.iter().enumerate().map(move |(at, operation)| (operation.id.clone(), (module, at)))
        });
        let operations = ids.collect();
        let sdk = Sdk::load(&root.join("plex-tv-sdk"), rustdoc).map_err(one)?;
        let verbs = verbs::load(&root.join("plex-tv-sdk/src")).map_err(one)?;
        let verbs = verbs_of(&modules, &verbs)?;
        Ok(Self { root: root.to_owned(), modules, sdk, operations, verbs })
    }

    /// Returns the verbs of the SDK that make the call of an operation, the simplest first.
    pub(crate) fn verbs(&self, id: &str) -> &[Verb] {
        self.verbs.get(id).map(Vec::as_slice).unwrap_or_default()
    }

    /// Returns the operation with this id, and its module.
    pub(crate) fn operation(&self, id: &str) -> Option<(&Module, &Operation)> {
        let (module, at) = self.operations.get(id)?;
        let module = self.modules.get(*module)?;
        Some((module, module.operations.get(*at)?))
    }
}

impl Module {
    /// Returns the title of the description.
    pub(crate) fn title(&self) -> &str {
        self.document.value()["info"]["title"].as_str().unwrap_or(&self.name)
    }

    /// Returns the named schemas, sorted by name.
    pub(crate) fn components(&self) -> impl Iterator<Item = &String> {
        self.document.value()["components"]["schemas"].as_object().into_iter().flatten().map(|(name, _)| name)
    }

    /// Returns the named schema that a Rust type was generated from.
    pub(crate) fn component_of(&self, rust: &str) -> Option<&str> {
        self.components.get(rust).map(String::as_str)
    }

    /// Returns whether the description has a schema with this name.
    pub(crate) fn has_component(&self, name: &str) -> bool {
        self.document.value()["components"]["schemas"].get(name).is_some()
    }

    /// Returns the page of a named schema.
    pub(crate) fn type_page(&self, component: &str) -> String {
        format!("types/{}/{component}.html", self.name)
    }

    /// Returns the page of the description.
    pub(crate) fn page(&self) -> String {
        format!("{}/index.html", self.name)
    }

    /// Returns the pages with the text of the description: the number of the first line, and the
    /// lines.
    pub(crate) fn source_pages(&self) -> Vec<(usize, Vec<&str>)> {
        let lines: Vec<&str> = self.document.text().lines().collect();
        lines.chunks(LINES_ON_A_PAGE).enumerate().map(|(at, part)| (1 + at * LINES_ON_A_PAGE, part.to_vec())).collect()
    }

    /// Returns the page that has this line of the description.
    pub(crate) fn source_page(&self, line: usize) -> String {
        match line.saturating_sub(1) / LINES_ON_A_PAGE {
            0 => format!("{}/description.html", self.name),
            part => format!("{}/description-{}.html", self.name, part + 1),
        }
    }

    /// Returns the line of a pointer in the description, and the link to it.
    pub(crate) fn line(&self, pointer: &str) -> (usize, String) {
        let line = self.document.line(pointer);
        (line, format!("{}#L{line}", self.source_page(line)))
    }

    /// Returns the line of a named schema in the description, and the link to it.
    pub(crate) fn type_line(&self, component: &str) -> (usize, String) {
        self.line(&join("/components/schemas", component))
    }

    /// Returns the parameters of an operation, including those of its path.
    pub(crate) fn parameters<'a>(&'a self, operation: &Operation, node: &'a Value) -> Vec<&'a Value> {
        let root = self.document.value();
        let item = operation.pointer.rsplit_once('/').and_then(|(item, _)| root.pointer(item));
        let of_path = item.and_then(|item| item["parameters"].as_array()).into_iter().flatten();
        let own = node["parameters"].as_array().into_iter().flatten();
        of_path.chain(own).map(|listed| resolved(root, listed)).collect()
    }

    /// Returns the base address of an operation, without a trailing slash.
    pub(crate) fn base(&self, operation: &Operation) -> String {
        let own = self.document.value()["servers"][0]["url"].as_str().unwrap_or_default();
        operation.server.as_deref().unwrap_or(own).trim_end_matches('/').to_owned()
    }
}

/// Returns the verbs of each operation. A verb that only prepares something with the call is left
/// out if another verb is about that call.
///
/// # Errors
/// If the docs of a verb name a call that no description of its host has.
fn verbs_of(modules: &[Module], verbs: &[Verb]) -> Result<BTreeMap<String, Vec<Verb>>, Vec<Problem>> {
    let mut ids = BTreeMap::new();
    for module in modules {
        for operation in &module.operations {
            ids.insert((operation.method.as_str(), format!("{}{}", module.base(operation), operation.path)), operation);
        }
    }
    let hosts: Vec<&str> =
        modules.iter().flat_map(|module| &module.hosts).filter_map(|host| host.host.as_deref()).collect();
    let mut found = BTreeMap::<String, Vec<Verb>>::new();
    let mut problems = Vec::new();
    for verb in verbs {
        for (method, address) in &verb.calls {
            match ids.get(&(method.as_str(), address.clone())) {
                Some(operation) => {
                    let listed = found.entry(operation.id.clone()).or_default();
                    if !listed.iter().any(|other| other.call == verb.call) {
                        listed.push(verb.clone());
                    }
                }
                // The SDK also calls services that have no description.
                None if !Server::parse(address).host.is_some_and(|host| hosts.contains(&host.as_str())) => {}
                None => {
                    let what = format!(
                        "the docs of `{}` name the call `{method} {address}`, which no description has",
                        verb.path
                    );
                    let mend = "write the method and path of an operation, as in the description";
                    problems.push(Problem::new(&verb.file, "verb", what, mend));
                }
            }
        }
    }
    for operation in modules.iter().flat_map(|module| &module.operations) {
        let Some(listed) = found.get_mut(&operation.id) else { continue };
        let method = operation.method.as_str();
        if listed.iter().any(|verb| !verb.only_prepares(method)) {
            listed.retain(|verb| !verb.only_prepares(method));
        }
        listed.sort_by_key(Verb::effort);
    }
    if problems.is_empty() { Ok(found) } else { Err(problems) }
}

/// Returns the page of an operation.
pub(crate) fn operation_page(id: &str) -> String {
    format!("operations/{id}.html")
}
