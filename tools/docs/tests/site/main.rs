//! Tests of the whole site: its pages, its samples, and how a browser shows it.
#![allow(clippy::panic, clippy::unwrap_used, reason = "a panic is the failure message of a test")]

mod browser;
mod html;
mod ledger;
mod pages;
mod samples;

use std::{
    path::{Path, PathBuf},
    sync::OnceLock,
};

use plex_tv_docs::{Settings, Site};
use plex_tv_openapi::{Descriptions, Document};

/// Returns the root of the workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Returns the site of the workspace, which is made once.
fn site() -> &'static Site {
    static SITE: OnceLock<Site> = OnceLock::new();
    SITE.get_or_init(|| build(&Settings::default()))
}

fn build(settings: &Settings) -> Site {
    Site::build(&root(), settings).unwrap_or_else(|problems| panic!("{problems:?}"))
}

/// Returns the text of a file of the site.
fn text(path: &str) -> &'static str {
    let bytes = site().files().get(path).unwrap_or_else(|| panic!("there is no {path}"));
    std::str::from_utf8(bytes).unwrap()
}

/// Returns the descriptions, with the names of their modules.
fn documents() -> Vec<(String, Document)> {
    let table = Descriptions::load(&root().join("openapi")).unwrap();
    let documents = table.documents().unwrap();
    documents.into_iter().map(|(description, document)| (description.module.clone(), document)).collect()
}
