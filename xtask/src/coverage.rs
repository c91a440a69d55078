//! `cargo xtask coverage`: counts the operations of the descriptions, and compares them with other
//! descriptions.

mod compare;
mod counts;
mod endpoint;
mod fields;
mod table;

use std::{
    fs,
    path::{Path, PathBuf},
};

use plex_tv_diff::OpenApi;
use plex_tv_openapi::{Document, descriptions};

use crate::{
    files::{workspace_path, write_atomically},
    outcome::Outcome,
};
use table::Readme;

const COMPARED: &str = "\
With FILE: two operations are the same if their method, host and full path are the same. The full path is that of the server \
and of the operation, with path parameters by position. A server without a host, such as `/api/v2`, matches any host. The other \
parameters, the statuses, and the field names of request bodies and successes are compared. Headers that start with X-Plex- are \
left out, since clients send them with every call.";

/// The format of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    /// For a comment on a pull request; only with FILE.
    Markdown,
    Json,
}

#[derive(Debug, clap::Args)]
#[command(after_long_help = COMPARED)]
pub(crate) struct Arguments {
    /// Another OpenAPI document, 3.0 or 3.1, YAML or JSON, to compare the descriptions with.
    file: Option<PathBuf>,
    /// Writes nothing, and exits with 4 if the table of operations in openapi/README.md does not
    /// match the descriptions.
    #[arg(long, conflicts_with_all = ["file", "write"])]
    check: bool,
    /// Writes the table of operations into openapi/README.md.
    #[arg(long, conflicts_with = "file")]
    write: bool,
    /// The format of the report.
    #[arg(long, value_enum, default_value_t = Format::Text, conflicts_with_all = ["check", "write"])]
    format: Format,
    /// The folder with the descriptions and their README.md [default: openapi].
    #[arg(long, value_name = "DIR")]
    openapi: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let folder = arguments.openapi.clone().unwrap_or_else(|| workspace_path("openapi"));
    let documents = match load(&folder) {
        Ok(documents) => documents,
        Err(outcome) => return outcome,
    };
    match &arguments.file {
        Some(file) => compare_with(file, &documents, arguments.format),
        None if arguments.check || arguments.write => keep_table(arguments, &folder, &documents),
        None if arguments.format == Format::Json => Outcome::Fine(format!("{:#}\n", counts::json(&documents))),
        None => Outcome::Fine(counts::text(&documents)),
    }
}

fn load(folder: &Path) -> Result<Vec<Document>, Outcome> {
    let paths = descriptions(folder).map_err(|problem| Outcome::Invalid(vec![problem]))?;
    let (mut documents, mut problems) = (Vec::new(), Vec::new());
    for path in paths {
        match Document::load(&path) {
            Ok(document) => documents.push(document),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(documents) } else { Err(Outcome::Invalid(problems)) }
}

fn compare_with(file: &Path, documents: &[Document], format: Format) -> Outcome {
    let theirs = match Document::load(file) {
        Ok(document) => document,
        Err(problem) => {
            let line = problem.line().map(|line| format!(" (line {line})")).unwrap_or_default();
            return Outcome::Broken(format!("{} cannot be read: {}{line}", file.display(), problem.message()));
        }
    };
    if let Err(problem) = OpenApi::of(&theirs) {
        return Outcome::Broken(format!("{}: {}", file.display(), problem.message()));
    }
    let theirs = endpoint::of(theirs.value());
    let ours = documents.iter().flat_map(|document| endpoint::of(document.value())).collect();
    let comparison = compare::Comparison::new(ours, theirs);
    Outcome::Fine(match format {
        Format::Text => comparison.text(),
        Format::Markdown => comparison.markdown(),
        Format::Json => format!("{:#}\n", comparison.json()),
    })
}

fn keep_table(arguments: &Arguments, folder: &Path, documents: &[Document]) -> Outcome {
    let path = folder.join("README.md");
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(why) => return Outcome::Broken(format!("{} cannot be read: {why}", path.display())),
    };
    let readme = match Readme::new(&text) {
        Ok(readme) => readme,
        Err(why) => return Outcome::Broken(format!("{}: {why}", path.display())),
    };
    let wanted = readme.with(&table::of(documents));
    let size = format!("{} operations of {} descriptions", counts::all(documents), documents.len());
    if text == wanted {
        return Outcome::Fine(format!("{}: up to date, {size}\n", path.display()));
    }
    if arguments.write {
        return match write_atomically(&path, &wanted) {
            Ok(()) => Outcome::Fine(format!("{}: written, {size}\n", path.display())),
            Err(why) => Outcome::Broken(format!("{} cannot be written: {why}", path.display())),
        };
    }
    let command = match &arguments.openapi {
        Some(folder) => format!("cargo xtask coverage --write --openapi {}", folder.display()),
        None => "cargo xtask coverage --write".to_owned(),
    };
    Outcome::Stale(table::tell_stale(&path, &text, &wanted, &command))
}
