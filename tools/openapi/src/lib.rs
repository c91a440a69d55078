//! Reads the OpenAPI descriptions of Plex.tv.
//!
//! A [`Document`] is one description with the line of each value. [`operations`] returns its
//! operations, and [`endpoints`] those of any OpenAPI document. [`lint`] checks it against the
//! rules of this project. [`mod@pointer`] escapes and resolves JSON pointers. [`Descriptions`] is
//! the table of all descriptions in a folder. All tools of the workspace build on this crate: the
//! generator, the diff, the coverage report and the check of recorded replies.
//!
//! ```no_run
//! use plex_tv_openapi::{Document, lint, operations};
//!
//! let document = Document::load("openapi/plex-tv.yaml".as_ref())?;
//! for problem in lint(&document) {
//!     eprintln!("{problem}");
//! }
//! println!("{} operations", operations(document.value()).len());
//! # Ok::<(), plex_tv_openapi::Problem>(())
//! ```
#![warn(missing_docs)]

/// Compiles and runs the program in the README as a doctest.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod budget;
mod document;
mod endpoints;
mod files;
mod json;
mod lint;
pub mod pointer;
mod predicate;
mod problem;
mod server;
mod table;
mod walk;

use std::{
    fs,
    path::{Path, PathBuf},
};

pub use document::Document;
pub use endpoints::{Endpoint, endpoints};
pub use files::with_files;
pub use lint::{RULES, lint, lint_all, unreadable};
pub use predicate::predicate;
pub use problem::{Problem, printable};
pub use server::Server;
pub use table::{Description, Descriptions, TABLE_RULES};
pub use walk::{Auth, METHODS, Operation, auth, operations, operations_mut};

/// Returns the paths of the descriptions in a folder, sorted by name.
///
/// # Errors
/// When the folder cannot be read, has no `*.yaml` file, or has one with a name that is not UTF-8.
pub fn descriptions(folder: &Path) -> Result<Vec<PathBuf>, Problem> {
    let mend = "name the folder that contains plex-tv.yaml";
    let entries = fs::read_dir(folder).map_err(|why| Problem::new(folder, "unreadable", why.to_string(), mend))?;
    let mut found: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    found.sort();
    if let Some(odd) = found.iter().find(|path| path.file_name().is_none_or(|name| name.to_str().is_none())) {
        let what = "the name of this file is not UTF-8, so it cannot name a module";
        return Err(Problem::new(odd, "file-name", what, "rename the file"));
    }
    if found.is_empty() {
        return Err(Problem::new(folder, "no-description", "there is no *.yaml file in this folder", mend));
    }
    Ok(found)
}
