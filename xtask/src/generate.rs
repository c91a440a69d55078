//! `cargo xtask generate`: writes `plex-tv-sdk/src/generated/*.rs` from the descriptions.

use std::{
    fmt::Write as _,
    fs, io, panic,
    path::{Path, PathBuf},
    thread,
};

use plex_tv_codegen::{Layout, generate};
use plex_tv_openapi::{Problem, operations};
use similar::{ChangeTag, TextDiff};

use crate::{
    files::{table, workspace_path, write_atomically},
    outcome::Outcome,
};

/// The most changed lines of an outdated file that are shown.
const SHOWN_LINES: usize = 12;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Writes nothing, and exits with 4 if a file does not match its description.
    #[arg(long)]
    check: bool,
    /// The folder of descriptions [default: openapi].
    #[arg(long, value_name = "DIR")]
    openapi: Option<PathBuf>,
    /// The folder of generated files [default: plex-tv-sdk/src/generated].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// One generated file: the text that it should have, and the text that it has.
struct Target {
    path: PathBuf,
    from: PathBuf,
    operations: usize,
    wanted: String,
    found: Option<String>,
}

impl Target {
    fn is_stale(&self) -> bool {
        self.found.as_ref() != Some(&self.wanted)
    }
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let openapi = arguments.openapi.clone().unwrap_or_else(|| workspace_path("openapi"));
    let out = arguments.out.clone().unwrap_or_else(|| workspace_path("plex-tv-sdk/src/generated"));
    let targets = match targets(&openapi, &out) {
        Ok(targets) => targets,
        Err(problems) => return Outcome::Invalid(problems),
    };
    let orphans = match orphans(&targets, &out) {
        Ok(orphans) => orphans,
        Err(why) => return Outcome::Broken(format!("{} cannot be read: {why}", out.display())),
    };
    if arguments.check { check(arguments, &targets, &orphans) } else { write(&targets, &orphans) }
}

fn targets(openapi: &Path, out: &Path) -> Result<Vec<Target>, Vec<Problem>> {
    let table = table(openapi).map_err(|problem| vec![problem])?;
    let documents = table.documents()?;
    // In parallel: while one is formatted, the next is generated.
    let generated: Vec<_> = thread::scope(|scope| {
        let running: Vec<_> =
            documents.iter().map(|(_, document)| scope.spawn(|| generate(document, Layout::Rustfmt))).collect();
        running.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| panic::resume_unwind(panic))).collect()
    });
    let mut targets = Vec::new();
    let mut problems = Vec::new();
    for ((description, document), generated) in documents.iter().zip(generated) {
        match generated {
            Ok(wanted) => {
                let path = out.join(&description.module).with_extension("rs");
                targets.push(Target {
                    found: fs::read_to_string(&path).ok(),
                    path,
                    from: document.path().to_owned(),
                    operations: operations(document.value()).len(),
                    wanted,
                });
            }
            Err(found) => problems.extend(found),
        }
    }
    if problems.is_empty() { Ok(targets) } else { Err(problems) }
}

/// Returns the generated files that have no description any more.
fn orphans(targets: &[Target], out: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(out) {
        Ok(entries) => entries,
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(why) => return Err(why),
    };
    let mut orphans = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "rs")
            && !targets.iter().any(|target| target.path == path)
        {
            orphans.push(path);
        }
    }
    orphans.sort();
    Ok(orphans)
}

fn write(targets: &[Target], orphans: &[PathBuf]) -> Outcome {
    let mut text = String::new();
    for target in targets {
        let size = format!("{} operations, {} lines", target.operations, target.wanted.lines().count());
        if target.is_stale() {
            if let Err(why) = write_atomically(&target.path, &target.wanted) {
                return Outcome::Broken(format!("{} cannot be written: {why}", target.path.display()));
            }
            let (added, removed) = counts(target);
            let _ = writeln!(text, "{}: written, {size} (+{added} -{removed})", target.path.display());
        } else {
            let _ = writeln!(text, "{}: up to date, {size}", target.path.display());
        }
    }
    for orphan in orphans {
        if let Err(why) = fs::remove_file(orphan) {
            return Outcome::Broken(format!("{} cannot be removed: {why}", orphan.display()));
        }
        let _ = writeln!(text, "{}: removed, because it has no description", orphan.display());
    }
    Outcome::Fine(text)
}

fn check(arguments: &Arguments, targets: &[Target], orphans: &[PathBuf]) -> Outcome {
    let mut text = String::new();
    for target in targets.iter().filter(|target| target.is_stale()) {
        tell_stale(&mut text, target);
    }
    for orphan in orphans {
        let _ = writeln!(text, "error: {} no longer has a description", orphan.display());
    }
    if text.is_empty() {
        return Outcome::Fine(format!("{} generated file(s) up to date\n", targets.len()));
    }
    let _ = writeln!(text, "  fix: {}", mending_command(arguments));
    Outcome::Stale(text)
}

fn mending_command(arguments: &Arguments) -> String {
    let mut command = "cargo xtask generate".to_owned();
    for (flag, folder) in [("--openapi", &arguments.openapi), ("--out", &arguments.out)] {
        if let Some(folder) = folder {
            let _ = write!(command, " {flag} {}", folder.display());
        }
    }
    command
}

fn tell_stale(text: &mut String, target: &Target) {
    let Some(found) = &target.found else {
        let _ = writeln!(text, "error: {} is missing", target.path.display());
        return;
    };
    let (added, removed) = counts(target);
    let diff = TextDiff::from_lines(found, &target.wanted);
    let changes: Vec<_> = diff.iter_all_changes().filter(|change| change.tag() != ChangeTag::Equal).collect();
    // The first line has the hash of the description and always changes. The first changed line of
    // code says more.
    let is_header = |change: &&similar::Change<&str>| change.value().starts_with("// @generated");
    let first = changes.iter().find(|change| !is_header(change)).or(changes.first());
    let line = first.and_then(|change| change.new_index().or(change.old_index())).map_or(1, |index| index + 1);
    let _ = writeln!(
        text,
        "error: {} is out of date (+{added} -{removed} lines, first at line {line})",
        target.path.display()
    );
    let _ = writeln!(text, "  why: {} changed after the file was generated", target.from.display());
    for change in changes.iter().take(SHOWN_LINES) {
        let _ = write!(text, "  {} {}", change.tag(), change.value());
    }
    if changes.len() > SHOWN_LINES {
        let _ = writeln!(text, "  … and {} more", changes.len() - SHOWN_LINES);
    }
}

/// Returns the number of lines added and removed.
fn counts(target: &Target) -> (usize, usize) {
    let diff = TextDiff::from_lines(target.found.as_deref().unwrap_or_default(), &target.wanted);
    let count = |tag| diff.iter_all_changes().filter(|change| change.tag() == tag).count();
    (count(ChangeTag::Insert), count(ChangeTag::Delete))
}
