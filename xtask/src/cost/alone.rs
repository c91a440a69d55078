//! Measures the SDK alone, with its dependencies already built, now and at an older revision.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

use super::{
    measure::{Build, Profile, cargo, tell},
    table::{Table, number, ratio},
    workspace,
};

/// The package. Its folder in the workspace may differ between revisions.
const PACKAGE: &str = "plex-tv-sdk";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Check,
    Build(Profile),
}

impl Step {
    const ALL: [Self; 3] = [Self::Check, Self::Build(Profile::Debug), Self::Build(Profile::Release)];

    fn name(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Build(profile) => profile.name(),
        }
    }

    fn arguments(self) -> Vec<&'static str> {
        let (command, flag) = match self {
            Self::Check => ("check", None),
            Self::Build(profile) => ("build", profile.flag()),
        };
        [command, "--quiet", "--lib", "--package", PACKAGE].into_iter().chain(flag).collect()
    }
}

pub(super) fn table(against: Option<&str>) -> Result<Table, String> {
    let workspace = workspace()?;
    let older = against.map(|revision| Checkout::new(&workspace, revision)).transpose()?;
    let target = tempfile::tempdir().map_err(|why| format!("cannot create a folder to build in: {why}"))?;
    let mut rows = Vec::new();
    for step in Step::ALL {
        // The work tree comes first, so that a warm machine does not make it look faster.
        let newer = measure(&workspace, target.path(), step, "work tree")?;
        let older =
            older.as_ref().map(|older| measure(&older.folder(), target.path(), step, &older.revision)).transpose()?;
        rows.push((step, older, newer));
    }
    Ok(report(against, &rows))
}

fn measure(folder: &Path, target: &Path, step: Step, revision: &str) -> Result<Build, String> {
    tell(&format!("{} of the SDK alone, {revision}", step.name()));
    cargo(folder, target, &step.arguments())?;
    clean(folder, target)?;
    let build = cargo(folder, target, &step.arguments())?;
    if build.crates == 1 {
        return Ok(build);
    }
    Err(format!("{} packages were built instead of the SDK alone, so the measurement is not valid", build.crates))
}

/// Removes the build output of the SDK, and nothing else.
fn clean(folder: &Path, target: &Path) -> Result<(), String> {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .args(["clean", "--offline", "--quiet", "--package", PACKAGE, "--target-dir"])
        .arg(target)
        .current_dir(folder);
    let mut release = Command::new(command.get_program());
    release.args(command.get_args()).arg("--release").current_dir(folder);
    for command in [&mut command, &mut release] {
        run(command)?;
    }
    Ok(())
}

/// A checkout of an older revision in a separate folder.
struct Checkout {
    revision: String,
    repository: PathBuf,
    folder: TempDir,
}

impl Checkout {
    fn new(repository: &Path, revision: &str) -> Result<Self, String> {
        let folder = tempfile::tempdir().map_err(|why| format!("cannot create a folder for a revision: {why}"))?;
        let checkout = Self { revision: revision.to_owned(), repository: repository.to_owned(), folder };
        let mut git = Command::new("git");
        git.args(["rev-parse", "--quiet", "--verify", "--end-of-options"]).arg(format!("{revision}^{{commit}}"));
        run(git.current_dir(repository)).map_err(|_| format!("git has no revision {revision:?}"))?;
        let mut git = Command::new("git");
        git.args(["worktree", "add", "--quiet", "--force", "--detach"]).arg(checkout.folder()).arg(revision);
        run(git.current_dir(repository))?;
        Ok(checkout)
    }

    fn folder(&self) -> PathBuf {
        self.folder.path().join("revision")
    }
}

impl Drop for Checkout {
    fn drop(&mut self) {
        let mut git = Command::new("git");
        git.args(["worktree", "remove", "--force"]).arg(self.folder());
        // The folder itself is removed in any case. The next `git worktree prune` removes its
        // record.
        let _ = run(git.current_dir(&self.repository));
    }
}

fn run(command: &mut Command) -> Result<(), String> {
    let program = command.get_program().to_owned();
    let output = command.output().map_err(|why| format!("{} cannot be started: {why}", program.display()))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{} failed: {}", program.display(), String::from_utf8_lossy(&output.stderr).trim()))
}

fn report(against: Option<&str>, rows: &[(Step, Option<Build>, Build)]) -> Table {
    let mut table =
        Table::new("The SDK alone, with its dependencies already built", 2, &["step", "revision", "wall s", "user s"]);
    for (step, older, newer) in rows {
        let start = |what: &str| [step.name(), what].map(str::to_owned);
        let numbers = |build: &Build| [number(Some(build.wall)), number(build.user)];
        if let Some(older) = older {
            table.row(start(against.unwrap_or_default()).into_iter().chain(numbers(older)));
        }
        table.row(start("work tree").into_iter().chain(numbers(newer)));
        if let Some(older) = older {
            let ratios = [ratio(Some(newer.wall), Some(older.wall)), ratio(newer.user, older.user)];
            table.row(start("ratio").into_iter().chain(ratios));
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_revision_comes_with_the_ratio() {
        let build = |wall, user| Build { wall, user, ..Build::default() };
        let rows = [
            (Step::Check, Some(build(10.0, Some(8.0))), build(5.0, Some(2.0))),
            (Step::Build(Profile::Release), None, build(3.0, None)),
        ];

        let text = report(Some("v1"), &rows).text();

        let found: Vec<_> =
            text.lines().skip(2).map(|row| row.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        assert_eq!(
            found,
            [
                "check v1 10.0 8.0",
                "check work tree 5.0 2.0",
                "check ratio 0.50x 0.25x",
                "release work tree 3.0 not known here"
            ]
        );
    }

    #[test]
    fn steps_are_cargo_commands_for_the_library() {
        assert_eq!(Step::Check.arguments(), ["check", "--quiet", "--lib", "--package", PACKAGE]);
        assert_eq!(Step::Build(Profile::Release).arguments().last(), Some(&"--release"));
    }
}
