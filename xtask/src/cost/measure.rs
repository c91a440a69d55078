//! Runs cargo and measures the time that it takes.

use std::{
    collections::HashSet,
    env,
    ffi::OsStr,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use serde_json::Value;

/// Linux counts the time of processes in hundredths of a second, on every architecture.
const TICKS_A_SECOND: f64 = 100.0;

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Profile {
    Debug,
    Release,
}

impl Profile {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Release => "release",
        }
    }

    pub(super) fn flag(self) -> Option<&'static str> {
        (self == Self::Release).then_some("--release")
    }
}

/// The measurements of a build.
#[derive(Clone, Debug, Default)]
pub(super) struct Build {
    /// Elapsed seconds.
    pub(super) wall: f64,
    /// Seconds of all its processes in user mode, if they are known.
    pub(super) user: Option<f64>,
    /// The number of packages that were built, including build scripts and macros.
    pub(super) crates: usize,
    /// The program, if it built one.
    pub(super) program: Option<PathBuf>,
}

/// Runs `cargo <arguments>` in a folder, with the given target folder.
pub(super) fn cargo<A: AsRef<OsStr>>(folder: &Path, target: &Path, arguments: &[A]) -> Result<Build, String> {
    let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(&program);
    command.args(arguments).arg("--target-dir").arg(target).arg("--message-format=json").current_dir(folder);
    with_plain_settings(&mut command);
    if is_offline(folder) {
        command.arg("--offline");
    }
    let (before, start) = (user_seconds(), Instant::now());
    let output = command.output().map_err(|why| format!("{} cannot be started: {why}", program.display()))?;
    let (wall, after) = (start.elapsed().as_secs_f64(), user_seconds());
    if !output.status.success() {
        let talk = String::from_utf8_lossy(&output.stderr);
        let last: Vec<_> = talk.lines().rev().take(20).collect();
        let last: Vec<_> = last.into_iter().rev().collect();
        return Err(format!("a build in {} failed; cargo says:\n{}", folder.display(), last.join("\n")));
    }
    let (crates, program) = artifacts(&String::from_utf8_lossy(&output.stdout));
    let user = after.zip(before).map(|(after, before)| after - before);
    Ok(Build { wall, user, crates, program })
}

/// Removes settings of the user's shell, which would change the result.
fn with_plain_settings(command: &mut Command) {
    for (name, _) in env::vars_os() {
        let is_setting =
            name.to_str().is_some_and(|name| name.starts_with("CARGO_PROFILE_") || name == "CARGO_TARGET_DIR");
        if is_setting {
            command.env_remove(name);
        }
    }
    command.env("CARGO_INCREMENTAL", "0").env("CARGO_PROFILE_RELEASE_STRIP", "symbols");
}

/// Returns whether every crate in a folder's `Cargo.lock` is downloaded.
fn is_offline(folder: &Path) -> bool {
    let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.args(["metadata", "--offline", "--format-version", "1"]).current_dir(folder);
    command.output().is_ok_and(|output| output.status.success())
}

/// Returns the number of packages that cargo built in this run, and the program.
fn artifacts(messages: &str) -> (usize, Option<PathBuf>) {
    let mut packages = HashSet::new();
    let mut program = None;
    for message in messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()) {
        if message["reason"] == "compiler-artifact" && message["fresh"] != true {
            packages.extend(message["package_id"].as_str().map(str::to_owned));
            program = message["executable"].as_str().map(PathBuf::from).or(program);
        }
    }
    (packages.len(), program)
}

/// Returns the seconds in user mode of all child processes that this one has waited for, and of
/// their children.
fn user_seconds() -> Option<f64> {
    children_of(&fs::read_to_string("/proc/self/stat").ok()?)
}

fn children_of(stat: &str) -> Option<f64> {
    // The name of the program comes second, in parentheses, and may contain spaces and parentheses
    // itself.
    let (_, rest) = stat.rsplit_once(')')?;
    let ticks: u32 = rest.split_whitespace().nth(13)?.parse().ok()?;
    Some(f64::from(ticks) / TICKS_A_SECOND)
}

/// Prints the current step, because each takes a while.
pub(super) fn tell(what: &str) {
    // Standard error may be closed.
    let _ = writeln!(std::io::stderr(), "{what} …");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_children_is_the_sixteenth_number() {
        let stat = "7 (a (b) c) S 4 5 6 7 8 9 10 11 12 13 14 15 1650 17 18 19";

        assert_eq!(children_of(stat), Some(16.5));
        for odd in ["", "7 (a", "7 (a) S 4", "7 (a) S 4 5 6 7 8 9 10 11 12 13 14 15 x"] {
            assert_eq!(children_of(odd), None, "{odd}");
        }
    }

    #[test]
    fn packages_are_counted_once_and_not_if_they_are_fresh() {
        let messages = [
            r#"{"reason":"compiler-artifact","package_id":"a","fresh":false,"executable":null}"#,
            r#"{"reason":"compiler-artifact","package_id":"a","fresh":false,"executable":"/x/program"}"#,
            r#"{"reason":"compiler-artifact","package_id":"b","fresh":true,"executable":null}"#,
            r#"{"reason":"build-script-executed","package_id":"c"}"#,
            "not JSON",
        ];

        assert_eq!(artifacts(&messages.join("\n")), (1, Some(PathBuf::from("/x/program"))));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn user_seconds_are_known_and_never_shrink() {
        let before = user_seconds().unwrap();
        Command::new("true").status().unwrap();

        assert!(user_seconds().unwrap() >= before);
    }
}
