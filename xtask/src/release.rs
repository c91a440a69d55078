//! `cargo xtask release`: prepares a release, or publishes a prepared one.
//!
//! cargo publishes the crates in order and waits for each. This command does the rest: the
//! changelog in two parts, the address that the owner sets, and versions that match exactly.

mod changelog;
mod git;
mod publish;
mod versions;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use semver::Version;

use crate::{
    crates::{self, Published},
    files::{workspace_path, write_atomically},
    outcome::Outcome,
};

const MEANING: &str = "\
Without --publish it prepares a release: it writes the version into Cargo.toml, Cargo.lock and the READMEs, and moves the \
unreleased part of the changelog under the version. For any version after 0.1.0, it first runs cargo-semver-checks, which \
compares the public items with those of the last release. A person reads the changes, commits them, and merges them into main.

With --publish it publishes the prepared release: all crates, each after those that it needs. Then it tags the commit. It \
refuses while `repository` in Cargo.toml is empty, or if the version, the changelog, the tag or the files do not fit the release.

--dry-run prints what would be done and what would be refused. It writes and publishes nothing, and exits with 1 if anything \
would be refused.";

/// The first version: there is nothing to compare it with.
const FIRST: Version = Version::new(0, 1, 0);

/// The crates whose public items follow semver. The others are parts of the build step.
const SEMVER: [&str; 2] = ["plex-tv-sandbox", "plex-tv-sdk"];

#[derive(Debug, clap::Args)]
#[command(after_long_help = MEANING)]
pub(crate) struct Arguments {
    /// The version to release, as in 0.2.0.
    version: Version,
    /// Prints what would be done, and does nothing.
    #[arg(long)]
    dry_run: bool,
    /// Publishes the prepared version.
    #[arg(long)]
    publish: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Outcome {
    let outcome = Release::load(&arguments.version).and_then(|release| match arguments {
        Arguments { dry_run: true, .. } => release.rehearse(),
        Arguments { publish: true, .. } => release.publish(),
        _ => release.prepare(),
    });
    outcome.unwrap_or_else(Outcome::Broken)
}

/// A release, and the state before it.
struct Release {
    workspace: PathBuf,
    version: Version,
    current: Version,
    crates: Vec<Published>,
    files: Files,
}

/// The texts of files, by their path in the workspace.
type Files = BTreeMap<String, String>;

impl Release {
    fn load(version: &Version) -> Result<Self, String> {
        let manifest = workspace_path("Cargo.toml");
        let workspace =
            manifest.canonicalize().map_err(|why| format!("{} cannot be found: {why}", manifest.display()))?;
        let workspace = workspace.parent().map(PathBuf::from).unwrap_or_default();
        let crates = crates::published(&workspace)?;
        let current = crates.first().ok_or("no crate of the workspace is published")?;
        let current = Version::parse(&current.version)
            .map_err(|why| format!("the version of {} is not valid: {why}", current.name))?;
        let mut files = Files::new();
        for file in ["CHANGELOG.md", "Cargo.toml", "README.md"]
            .map(str::to_owned)
            .into_iter()
            .chain(readmes(&workspace, &crates))
        {
            let path = workspace.join(&file);
            let text = fs::read_to_string(&path).map_err(|why| format!("{} cannot be read: {why}", path.display()))?;
            files.insert(file, text.replace("\r\n", "\n"));
        }
        Ok(Self { workspace, version: version.clone(), current, crates, files })
    }

    /// Returns the files of the prepared release, or every reason to refuse it.
    fn prepared(&self) -> Result<Files, Vec<String>> {
        let mut refusals = Vec::new();
        if self.version < self.current {
            refusals.push(format!("{} is older than {}, the version in Cargo.toml", self.version, self.current));
        }
        refusals.extend(self.released());
        let mut files = self.files.clone();
        for (file, text) in &mut files {
            let outcome = match file.as_str() {
                "CHANGELOG.md" => changelog::cut(text, &self.version, &changelog::today()),
                "Cargo.toml" => versions::in_manifest(text, &self.current, &self.version),
                _ => Ok(versions::in_readme(text, &self.current, &self.version)),
            };
            match outcome {
                Ok(changed) => *text = changed,
                Err(why) => refusals.push(format!("{file}: {why}")),
            }
        }
        if refusals.is_empty() { Ok(files) } else { Err(refusals) }
    }

    /// Returns a message if the version is already released.
    fn released(&self) -> Option<String> {
        let is_there = git::has_tag(&self.workspace, &self.version);
        is_there.then(|| format!("the tag {} exists, so this version is already released", git::tag(&self.version)))
    }

    fn prepare(&self) -> Result<Outcome, String> {
        let files = match self.prepared() {
            Ok(files) => files,
            Err(refusals) => return Ok(refused(&refusals)),
        };
        if let Some(outcome) = self.check_semver()? {
            return Ok(outcome);
        }
        for (file, text) in &files {
            if self.files.get(file) != Some(text) {
                let path = self.workspace.join(file);
                write_atomically(&path, text).map_err(|why| format!("{} cannot be written: {why}", path.display()))?;
            }
        }
        // Only the versions of the workspace's own crates change.
        crates::output(crates::cargo(&self.workspace).args(["update", "--workspace", "--offline", "--quiet"]))?;
        Ok(Outcome::Fine(format!(
            "{}\nNext: read the changes, run bash .ci/run, commit them as \"Release {}\", and merge them into main.\n",
            self.changes(&files),
            self.version
        )))
    }

    fn rehearse(&self) -> Result<Outcome, String> {
        let mut text = String::new();
        let mut refusals = Vec::new();
        if self.is_prepared() {
            text.push_str("files: prepared\n");
            refusals.extend(self.released());
        } else {
            match self.prepared() {
                Ok(files) => text.push_str(&self.changes(&files)),
                Err(reasons) => refusals.extend(reasons),
            }
            let semver = match self.semver_checks() {
                Some(command) => crates::command_line(&command),
                None => "the first release has nothing to compare with".to_owned(),
            };
            text.push_str(&format!("semver: {semver}\n"));
        }
        text.push_str(&format!("publish: {}\ntag: {}\n", publish::order(&self.crates), git::tag(&self.version)));
        refusals.extend(publish::refusals(&self.crates));
        if refusals.is_empty() {
            return Ok(Outcome::Fine(text));
        }
        text.push_str(&list(&refusals));
        Ok(Outcome::Findings(text))
    }

    fn publish(&self) -> Result<Outcome, String> {
        let mut refusals = publish::refusals(&self.crates);
        if !self.is_prepared() {
            let has = if self.is_in_changelog() { "has" } else { "does not have" };
            refusals.push(format!(
                "Cargo.toml says {}, and CHANGELOG.md {has} {version}\n  fix: cargo xtask release {version}",
                self.current,
                version = self.version
            ));
        }
        refusals.extend(self.released());
        refusals.extend(git::uncommitted(&self.workspace)?);
        if !refusals.is_empty() {
            return Ok(refused(&refusals));
        }
        publish::publish(&self.workspace)?;
        git::set_tag(&self.workspace, &self.version)?;
        let tag = git::tag(&self.version);
        Ok(Outcome::Fine(format!(
            "{} is published, and this commit is {tag}\nNext: git push origin {tag}\n",
            self.version
        )))
    }

    fn is_in_changelog(&self) -> bool {
        self.files.get("CHANGELOG.md").is_some_and(|text| changelog::has(text, &self.version))
    }

    fn is_prepared(&self) -> bool {
        self.version == self.current && self.is_in_changelog()
    }

    /// Returns one line for each line that changes.
    fn changes(&self, files: &Files) -> String {
        let mut text = String::new();
        for (file, wanted) in files {
            let found = self.files.get(file).map(String::as_str).unwrap_or_default();
            let diff = similar::TextDiff::from_lines(found, wanted);
            for change in diff.iter_all_changes().filter(|change| change.tag() != similar::ChangeTag::Equal) {
                text.push_str(&format!("{file}: {} {}\n", change.tag(), change.value().trim_end()));
            }
        }
        text
    }

    /// Compares the public items with those of the last release. Returns `None` if the version fits
    /// the changes.
    fn check_semver(&self) -> Result<Option<Outcome>, String> {
        let Some(mut command) = self.semver_checks() else { return Ok(None) };
        let mut version = crates::cargo(&self.workspace);
        if crates::output(version.args(["semver-checks", "--version"])).is_err() {
            return Ok(Some(Outcome::Missing(
                "cargo-semver-checks, which compares the public items with those of the last release, is not installed\n  \
                 fix: cargo install cargo-semver-checks --locked\n"
                    .to_owned(),
            )));
        }
        Ok(crates::output(&mut command)
            .err()
            .map(|why| Outcome::Findings(format!("{why}\n  fix: release a version that announces this\n"))))
    }

    /// Returns the command for cargo-semver-checks, or `None` before the second release.
    fn semver_checks(&self) -> Option<std::process::Command> {
        let mut command = crates::cargo(&self.workspace);
        command.args(["semver-checks", "--release-type", versions::release_type(&self.current, &self.version)]);
        for name in SEMVER {
            command.args(["-p", name]);
        }
        // `codegen` and `conform` are outside semver.
        let sdk = self.crates.iter().find(|one| one.name == "plex-tv-sdk")?;
        let features: Vec<_> = sdk
            .documented
            .iter()
            .filter(|feature| *feature != "unstable")
            .map(|feature| format!("plex-tv-sdk/{feature}"))
            .collect();
        command.args(["--default-features", "--features", &features.join(",")]);
        (self.version > FIRST).then_some(command)
    }
}

fn readmes<'a>(workspace: &'a Path, crates: &'a [Published]) -> impl Iterator<Item = String> + 'a {
    crates.iter().filter_map(move |one| {
        let folder = one.folder.strip_prefix(workspace).ok()?;
        Some(folder.join("README.md").to_string_lossy().replace('\\', "/"))
    })
}

fn refused(refusals: &[String]) -> Outcome {
    Outcome::Findings(list(refusals))
}

fn list(refusals: &[String]) -> String {
    refusals.iter().map(|why| format!("refused: {why}\n")).collect()
}
