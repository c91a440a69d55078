//! `cargo xtask lint`: checks the rules of `openapi/README.md`, and reports each finding with its
//! place and its fix.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use plex_tv_openapi::{Document, Problem, RULES, TABLE_RULES, lint, lint_all};

use crate::{
    files::{table, workspace_path},
    outcome::{Outcome, list},
};

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Descriptions to check, or folders of them [default: openapi].
    paths: Vec<PathBuf>,
    /// Lists the rules and the reason for each.
    #[arg(long)]
    list_rules: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    if arguments.list_rules {
        return Outcome::Fine(rules());
    }
    let paths = if arguments.paths.is_empty() { vec![workspace_path("openapi")] } else { arguments.paths.clone() };
    let mut checked = Checked::default();
    for path in &paths {
        if path.is_dir() { checked.folder(path) } else { checked.file(path) }
    }
    let Checked { in_folders, files, unusable, mut findings } = checked;
    findings.extend(lint_all(&files));
    let files = in_folders + files.len();
    match (unusable.is_empty(), findings.is_empty()) {
        (false, _) => Outcome::Invalid(unusable.into_iter().chain(findings).collect()),
        (true, false) => Outcome::Findings(list(&findings)),
        (true, true) => Outcome::Fine(format!("{files} description(s), no findings\n")),
    }
}

#[derive(Default)]
struct Checked {
    /// The number of descriptions that were checked with the table of their folder.
    in_folders: usize,
    /// The descriptions that were named individually.
    files: Vec<Document>,
    /// What could not be read.
    unusable: Vec<Problem>,
    findings: Vec<Problem>,
}

impl Checked {
    /// Checks the descriptions of a folder, each on its own and all together.
    fn folder(&mut self, folder: &Path) {
        let documents = match table(folder) {
            Ok(table) => table.documents().map(|documents| {
                self.findings.extend(table.lint(&documents));
                documents.into_iter().map(|(_, document)| document).collect::<Vec<_>>()
            }),
            Err(problem) => Err(vec![problem]),
        };
        match documents {
            Ok(documents) => {
                self.in_folders += documents.len();
                self.findings.extend(documents.iter().flat_map(lint));
            }
            Err(problems) => self.unusable.extend(problems),
        }
    }

    fn file(&mut self, file: &Path) {
        match Document::load(file) {
            Ok(document) => self.files.push(document),
            Err(problem) => self.unusable.push(problem),
        }
    }
}

fn rules() -> String {
    RULES.iter().chain(TABLE_RULES).fold(String::new(), |mut text, (rule, why)| {
        let _ = writeln!(text, "{rule:<28} {why}");
        text
    })
}
