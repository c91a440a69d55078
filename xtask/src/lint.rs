//! `cargo xtask lint`: the rules of `openapi/README.md`, each finding with its place and its mend.

use std::{fmt::Write as _, path::PathBuf};

use plex_tv_openapi::{Document, RULES, descriptions, lint_all};

use crate::{
    files::workspace_path,
    outcome::{Outcome, list},
};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Descriptions to check, or folders of them [default: openapi].
    paths: Vec<PathBuf>,
    /// Lists the rules and why each one is there.
    #[arg(long)]
    list_rules: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    if arguments.list_rules {
        return Outcome::Fine(rules());
    }
    let files = match files(&arguments.paths) {
        Ok(files) => files,
        Err(problem) => return Outcome::Invalid(vec![problem]),
    };
    let mut unusable = Vec::new();
    let mut documents = Vec::new();
    for file in &files {
        match Document::load(file) {
            Ok(document) => documents.push(document),
            Err(problem) => unusable.push(problem),
        }
    }
    let findings = lint_all(&documents);
    match (unusable.is_empty(), findings.is_empty()) {
        (false, _) => Outcome::Invalid(unusable.into_iter().chain(findings).collect()),
        (true, false) => Outcome::Findings(list(&findings)),
        (true, true) => Outcome::Fine(format!("{} description(s), no findings\n", files.len())),
    }
}

fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, plex_tv_openapi::Problem> {
    if paths.is_empty() {
        return descriptions(&workspace_path("openapi"));
    }
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            files.extend(descriptions(path)?);
        } else {
            files.push(path.clone());
        }
    }
    Ok(files)
}

fn rules() -> String {
    RULES.iter().fold(String::new(), |mut text, (rule, why)| {
        let _ = writeln!(text, "{rule:<28} {why}");
        text
    })
}
