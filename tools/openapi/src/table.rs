//! The table of descriptions: `descriptions.toml`, which says what each description is.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use toml::Spanned;

use crate::{Document, Problem, Server, descriptions, document::module_of_file, operations};

/// The rules on the table and on all descriptions together, and the reason for each.
pub const TABLE_RULES: &[(&str, &str)] = &[
    ("table", "the tools, the build step and the tests read it"),
    ("table-file", "a description that is not in the table has no module, and no client is generated from it"),
    ("table-hosts", "the account's token is sent to the hosts in the table, and to no others"),
    ("operation-id-twice", "messages and recorded replies name an operation by its id alone"),
];

const FILE: &str = "descriptions.toml";
const MEND: &str = "see openapi/descriptions.toml of the project for the format";

/// The descriptions of a folder, in the order of its `descriptions.toml`.
///
/// A folder for experiments may have no table; see [`Descriptions::load_or_list`].
///
/// ```no_run
/// use plex_tv_openapi::Descriptions;
///
/// let table = Descriptions::load("openapi".as_ref())?;
/// for description in table.all() {
///     let file = table.path(description);
///     println!("{} becomes the module {}", file.display(), description.module);
/// }
/// # Ok::<(), plex_tv_openapi::Problem>(())
/// ```
#[derive(Clone, Debug)]
pub struct Descriptions {
    folder: PathBuf,
    all: Vec<Description>,
    /// Whether the folder has its own table.
    is_written: bool,
}

/// One description, as the table lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// The name of its file: `plex-tv.yaml`.
    pub file: String,
    /// The module of the generated client.
    pub module: String,
    /// The feature of the SDK that it needs, or `None` if it is always included.
    pub feature: Option<String>,
    /// The servers of its operations. The first is that of the description itself. Empty only for a
    /// file that no table lists.
    pub hosts: Vec<Server>,
    line: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    description: Vec<Spanned<Entry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    file: String,
    module: String,
    feature: Option<String>,
    hosts: Vec<String>,
}

impl Descriptions {
    /// Reads `descriptions.toml` of a folder. The descriptions themselves are not read.
    ///
    /// # Errors
    /// When the file cannot be read, or is not a valid table.
    pub fn load(folder: &Path) -> Result<Self, Problem> {
        let path = folder.join(FILE);
        let problem = |message: String| Problem::new(&path, "table", message, MEND);
        let text = fs::read_to_string(&path).map_err(|why| problem(format!("it cannot be read: {why}")))?;
        let line = |at: usize| 1 + text.get(..at).unwrap_or_default().matches('\n').count();
        let table: Table = toml::from_str(&text).map_err(|why| {
            let place = why.span().map_or(0, |span| line(span.start));
            problem(why.message().to_owned()).on_line(place)
        })?;
        let mut all = Vec::<Description>::new();
        for entry in table.description {
            let line = line(entry.span().start);
            let description = Description::new(entry.into_inner(), line).map_err(|why| problem(why).on_line(line))?;
            let is_same = |other: &&Description| other.file == description.file || other.module == description.module;
            if let Some(other) = all.iter().find(is_same) {
                let what = format!("it shares its file or its module with the one on line {}", other.line);
                return Err(problem(what).on_line(line));
            }
            all.push(description);
        }
        if all.is_empty() {
            return Err(problem("it lists no descriptions".to_owned()));
        }
        Ok(Self { folder: folder.to_owned(), all, is_written: true })
    }

    /// Reads the table of a folder. If there is none, all `*.yaml` files are descriptions. A file
    /// that the table of the folder `known` lists has the module, feature and hosts from there. Any
    /// other file has a module named after it, no feature and no hosts.
    ///
    /// # Errors
    /// As for [`Descriptions::load`], and when there is neither a table nor a description.
    pub fn load_or_list(folder: &Path, known: &Path) -> Result<Self, Problem> {
        if folder.join(FILE).exists() {
            return Self::load(folder);
        }
        let known = Self::load(known).ok();
        let described = |path: &PathBuf| {
            let known = known.as_ref().and_then(|known| known.by_file(path)).cloned();
            known.unwrap_or_else(|| Description {
                file: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
                module: module_of_file(path),
                feature: None,
                hosts: Vec::new(),
                line: 0,
            })
        };
        let all = descriptions(folder)?.iter().map(described).collect();
        Ok(Self { folder: folder.to_owned(), all, is_written: false })
    }

    /// Returns the same table for the files of another folder.
    #[must_use]
    pub fn in_folder(self, folder: &Path) -> Self {
        Self { folder: folder.to_owned(), is_written: false, ..self }
    }

    /// Returns all descriptions, in the order of the table.
    #[must_use]
    pub fn all(&self) -> &[Description] {
        &self.all
    }

    /// Returns the path of a description's file.
    #[must_use]
    pub fn path(&self, description: &Description) -> PathBuf {
        self.folder.join(&description.file)
    }

    /// Returns the description with this file name. The folder of the file does not matter.
    #[must_use]
    pub fn by_file(&self, file: &Path) -> Option<&Description> {
        let name = file.file_name()?.to_str()?;
        self.all.iter().find(|description| description.file == name)
    }

    /// Reads all descriptions, in the order of the table.
    ///
    /// # Errors
    /// All problems: files that cannot be read, and files in the folder that are not in the table.
    pub fn documents(&self) -> Result<Vec<(&Description, Document)>, Vec<Problem>> {
        let mut problems = if self.is_written { self.unlisted() } else { Vec::new() };
        let mut documents = Vec::new();
        for description in &self.all {
            match Document::load(&self.path(description)) {
                Ok(document) => documents.push((description, document.in_module(&description.module))),
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() { Ok(documents) } else { Err(problems) }
    }

    /// Checks that the table and the descriptions agree, and that no two descriptions conflict. An
    /// empty list means that there are no problems.
    #[must_use]
    pub fn lint(&self, documents: &[(&Description, Document)]) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut ids = BTreeMap::<String, (PathBuf, usize)>::new();
        for (description, document) in documents {
            if self.is_written {
                problems.extend(self.wrong_hosts(description, document));
            }
            for operation in operations(document.value()) {
                let line = document.line(&operation.pointer);
                if let Some((file, first)) = ids.get(&operation.id).filter(|(file, _)| file != document.path()) {
                    let message =
                        format!("`{}` is also the id of an operation in {}:{first}", operation.id, file.display());
                    let pointer = format!("{}/operationId", operation.pointer);
                    problems.push(document.problem(
                        "operation-id-twice",
                        &pointer,
                        message,
                        "give one of them another id",
                    ));
                } else {
                    ids.insert(operation.id, (document.path().to_owned(), line));
                }
            }
        }
        problems
    }

    fn wrong_hosts(&self, description: &Description, document: &Document) -> Vec<Problem> {
        let root = Server::of(&document.value()["servers"][0]);
        let operations = operations(document.value());
        let own: Vec<Server> =
            operations.iter().filter_map(|operation| operation.server.as_deref()).map(Server::parse).collect();
        let address = |server: &Server| format!("{}{}", server.host.as_deref().unwrap_or_default(), server.base_path);
        let mut problems = Vec::new();
        if description.hosts.first() != Some(&root) {
            let message = format!("the first host of {} is not {}", description.file, address(&root));
            problems.push((message, "put the server of the description first"));
        }
        for server in &own {
            if !description.hosts.contains(server) {
                let message =
                    format!("{} has operations on {}, which is not among its hosts", description.file, address(server));
                problems.push((message, "add the host, if plex.tv's tokens may be sent there"));
            }
        }
        for host in description.hosts.iter().skip(1) {
            if !own.contains(host) {
                let message = format!("no operation of {} is on {}", description.file, address(host));
                problems.push((message, "remove the host"));
            }
        }
        problems.dedup();
        let path = self.folder.join(FILE);
        let problem = |(message, mend)| Problem::new(&path, "table-hosts", message, mend).on_line(description.line);
        problems.into_iter().map(problem).collect()
    }

    /// Returns a problem for each file in the folder that the table does not list.
    fn unlisted(&self) -> Vec<Problem> {
        let Ok(files) = descriptions(&self.folder) else {
            // Then the files in the table are missing too, and that problem says more.
            return Vec::new();
        };
        let unlisted = files.into_iter().filter(|file| self.by_file(file).is_none());
        let mend = "add it to the table, or move the file elsewhere";
        unlisted.map(|file| Problem::new(file, "table-file", format!("{FILE} does not list this file"), mend)).collect()
    }
}

impl Description {
    fn new(entry: Entry, line: usize) -> Result<Self, String> {
        let Entry { file, module, feature, hosts } = entry;
        let is_name = |name: &str| {
            name.starts_with(|first: char| first.is_ascii_lowercase())
                && name.bytes().all(|each| each.is_ascii_lowercase() || each.is_ascii_digit() || each == b'_')
        };
        if !is_name(&module) {
            return Err(format!("`{module}` is not a Rust module name; use lowercase letters, digits and underscores"));
        }
        if !file.ends_with(".yaml") || file.contains(['/', '\\']) {
            return Err(format!("`{file}` is not the name of a *.yaml file in this folder"));
        }
        if feature.as_deref().is_some_and(str::is_empty) {
            return Err("`feature` is empty; leave it out if the module is always included".to_owned());
        }
        // No part of the address may be ignored, because it decides where tokens are sent.
        let is_plain = |url: &&String| {
            let Server { host, base_path } = Server::parse(url);
            host.is_some_and(|host| **url == format!("https://{host}{base_path}")) && !url.contains(['{', '\\', ' '])
        };
        if let Some(odd) = hosts.iter().find(|url| !is_plain(url)) {
            return Err(format!(
                "`{odd}` is not an address like https://plex.tv/api: https, a lowercase host, and a path"
            ));
        }
        if hosts.is_empty() {
            return Err("`hosts` is empty; name the server of the description".to_owned());
        }
        Ok(Self { file, module, feature, hosts: hosts.iter().map(|host| Server::parse(host)).collect(), line })
    }
}
