//! Tags, and the check for uncommitted files.

use std::{path::Path, process::Command};

use semver::Version;

use crate::crates::output;

pub(super) fn tag(version: &Version) -> String {
    format!("v{version}")
}

pub(super) fn has_tag(workspace: &Path, version: &Version) -> bool {
    let reference = format!("refs/tags/{}", tag(version));
    output(git(workspace).args(["rev-parse", "--quiet", "--verify", &reference])).is_ok()
}

/// Returns a message if files differ from the last commit.
pub(super) fn uncommitted(workspace: &Path) -> Result<Option<String>, String> {
    let changed = output(git(workspace).args(["status", "--porcelain"]))?;
    let count = changed.lines().count();
    Ok((count > 0).then(|| {
        format!("{count} files are not committed, the first is {}", changed.lines().next().unwrap_or_default().trim())
    }))
}

pub(super) fn set_tag(workspace: &Path, version: &Version) -> Result<(), String> {
    output(git(workspace).args(["tag", &tag(version)])).map(|_| ())
}

fn git(workspace: &Path) -> Command {
    let mut git = Command::new("git");
    git.current_dir(workspace);
    git
}
