//! `cargo xtask diff`: reports what a change of the descriptions means for the wire, for the Rust
//! API, and for the version.

mod items;
mod rust;
mod selection;
mod source;

use std::{
    ffi::OsString,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use plex_tv_diff::{Level, Report, Rule, Shown, Versions, Waivers};
use plex_tv_openapi::Problem;

use crate::{
    files::{workspace_path, write_atomically},
    outcome::Outcome,
};
use source::{Source, Unusable};

const HELP: &str = "\
BASE and HEAD are each a file, a folder of descriptions, REV:PATH, or a git revision, which means its openapi/ folder. HEAD \
defaults to the work tree, and BASE to the commit at which the current branch left main.

A rule is a kind of change. `--list-rules` lists the rules, and `--explain RULE` says why one matters and what to do. To accept \
a finding for a while, add it to openapi/diff-ignore.toml with rule, pointer, reason and expires.";

/// The format of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    /// For a comment on a pull request, at most 60,000 characters.
    Markdown,
    Json,
    /// Annotations.
    Github,
    Sarif,
    /// Lines for CHANGELOG.md.
    Changelog,
}

/// When to exit with 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum FailOn {
    Breaking,
    /// Potentially breaking, or breaking.
    Potential,
    Any,
    /// A breaking change that the version in Cargo.toml does not announce.
    Unbumped,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum MinLevel {
    Docs,
    Compatible,
    Potential,
    Breaking,
}

#[derive(Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct Arguments {
    /// The old state [default: the commit at which the current branch left main].
    base: Option<OsString>,
    /// The new state [default: the work tree].
    head: Option<OsString>,
    /// The format of the report.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// When to exit with 1; waived findings do not count.
    #[arg(long, value_enum, default_value_t = FailOn::Breaking, value_name = "WHEN")]
    fail_on: FailOn,
    /// Shows only findings of this level or worse.
    #[arg(long, value_enum, default_value_t = MinLevel::Docs, value_name = "LEVEL")]
    min_level: MinLevel,
    /// The most findings that are shown.
    #[arg(long, value_name = "N")]
    max_rows: Option<usize>,
    /// Keeps only the findings of this operation: an operationId, or "GET /path". May be repeated.
    #[arg(long, value_name = "OPERATION")]
    operation: Vec<String>,
    /// Keeps only the findings of operations with this tag. May be repeated.
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// Writes the report to a file.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Appends the report as Markdown to a file, such as the step summary of a workflow.
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,
    /// Also writes the report as JSON to a file.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// The file of waivers [default: openapi/diff-ignore.toml, if there is one].
    #[arg(long, value_name = "FILE")]
    ignore: Option<PathBuf>,
    /// Leaves out the effect on the Rust API, which takes most of the time.
    #[arg(long)]
    no_rust: bool,
    /// Lists the rules.
    #[arg(long, exclusive = true)]
    list_rules: bool,
    /// Says why a rule matters and what to do.
    #[arg(long, value_name = "RULE", exclusive = true)]
    explain: Option<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    if arguments.list_rules {
        return Outcome::Fine(rules());
    }
    if let Some(id) = &arguments.explain {
        return explain(id);
    }
    match report(arguments) {
        Ok(report) => deliver(arguments, &report),
        Err(Unusable::Argument(why)) => Outcome::Misused(why),
        Err(Unusable::Input(problems)) => Outcome::Invalid(problems),
    }
}

fn rules() -> String {
    let side = |rule: &Rule, side| rule.level(side).name();
    Rule::ALL.iter().fold(String::new(), |text, rule| {
        let (request, response) = (side(rule, plex_tv_diff::Side::Request), side(rule, plex_tv_diff::Side::Response));
        let levels = if request == response { request.to_owned() } else { format!("{request} / {response}") };
        format!("{text}{:<24} {levels:<24} {}\n", rule.id(), rule.title())
    })
}

fn explain(id: &str) -> Outcome {
    match Rule::by_id(id) {
        Some(rule) => Outcome::Fine(rule.explain()),
        None => Outcome::Misused(format!("there is no rule {id:?}; `cargo xtask diff --list-rules` lists them")),
    }
}

fn report(arguments: &Arguments) -> Result<Report, Unusable> {
    let head = Source::head(arguments.head.as_deref())?;
    let base = Source::base(arguments.base.as_deref())?;
    let pairs = source::pairs(&base, &head)?;
    let mut findings = Vec::new();
    let mut problems = Vec::new();
    for pair in &pairs {
        match pair.diff() {
            Ok(found) => findings.extend(found),
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        return Err(Unusable::Input(problems));
    }
    waivers(arguments)?.apply(&mut findings, jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date());
    let operations = pairs.iter().map(selection::count).sum();
    let rust = (!arguments.no_rust).then(|| rust::effect(&pairs, &mut findings));
    let mut report = Report::new(base.name.clone(), head.name.clone(), findings, operations);
    report.rust = rust;
    // Files and folders have no version. That of the work tree is used for them.
    let current = source::work_tree_version();
    let (old, new) = (base.version.clone().or(current.clone()), head.version.clone().or(current));
    report.versions = old.zip(new).map(|(base, head)| Versions { base, head });
    if arguments.fail_on == FailOn::Unbumped && report.versions.is_none() {
        let (what, mend) = ("no version can be read from it", "give it one, or leave out `--fail-on unbumped`");
        return Err(Problem::new(workspace_path("Cargo.toml"), "no-version", what, mend).into());
    }
    if !arguments.operation.is_empty() || !arguments.tag.is_empty() {
        let kept = selection::labels(&pairs, &arguments.operation, &arguments.tag).map_err(Unusable::Argument)?;
        report.keep_operations(|operation| kept.contains(operation));
    }
    Ok(report)
}

fn waivers(arguments: &Arguments) -> Result<Waivers, Unusable> {
    let usual = workspace_path("openapi/diff-ignore.toml");
    match &arguments.ignore {
        Some(file) => Ok(Waivers::load(file)?),
        None if usual.exists() => Ok(Waivers::load(&usual)?),
        None => Ok(Waivers::default()),
    }
}

fn deliver(arguments: &Arguments, report: &Report) -> Outcome {
    let min_level = match arguments.min_level {
        MinLevel::Docs => Level::Docs,
        MinLevel::Compatible => Level::Compatible,
        MinLevel::Potential => Level::Potential,
        MinLevel::Breaking => Level::Breaking,
    };
    let shown = Shown { min_level, max_rows: arguments.max_rows.unwrap_or(usize::MAX) };
    let mut data = match arguments.format {
        Format::Text => report.text(shown),
        Format::Markdown => report.markdown(shown),
        Format::Json => report.json(shown),
        Format::Github => report.github(shown),
        Format::Sarif => report.sarif(shown),
        Format::Changelog => report.changelog(),
    };
    let written = [
        arguments.json.as_ref().map(|file| (file, write_atomically(file, &report.json(Shown::default())))),
        arguments.output.as_ref().map(|file| (file, write_atomically(file, &data))),
        arguments.summary.as_ref().map(|file| (file, append(file, &report.markdown(shown)))),
    ];
    for (file, outcome) in written.into_iter().flatten() {
        if let Err(why) = outcome {
            return Outcome::Broken(format!("{} cannot be written: {why}", file.display()));
        }
    }
    if arguments.output.is_some() {
        data = String::new();
    }
    let disagreements = report.rust.as_ref().map(|rust| rust.disagreements.as_slice()).unwrap_or_default();
    if !disagreements.is_empty() {
        let talk =
            "error: the rules and the generated code disagree, which is a bug in these tools: please report it\n";
        return Outcome::Bug { data, talk: format!("{talk}  {}\n", disagreements.join("\n  ")) };
    }
    if is_failure(arguments.fail_on, report) { Outcome::Findings(data) } else { Outcome::Fine(data) }
}

fn is_failure(when: FailOn, report: &Report) -> bool {
    let is_at_least = |level| report.worst().is_some_and(|worst: Level| worst >= level);
    match when {
        FailOn::Breaking => is_at_least(Level::Breaking),
        FailOn::Potential => is_at_least(Level::Potential),
        FailOn::Any => is_at_least(Level::Docs),
        FailOn::Unbumped => {
            report.verdict().is_some_and(|verdict| verdict.bump == plex_tv_diff::Bump::Major && !verdict.is_bumped())
        }
        FailOn::Never => false,
    }
}

/// Several steps append to the same summary.
fn append(file: &Path, text: &str) -> std::io::Result<()> {
    fs::OpenOptions::new().create(true).append(true).open(file)?.write_all(text.as_bytes())
}

impl From<Problem> for Unusable {
    fn from(problem: Problem) -> Self {
        Self::Input(vec![problem])
    }
}
