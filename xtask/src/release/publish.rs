//! Publishes to the registry.

use std::{path::Path, process::Command};

use crate::crates::{Published, cargo, command_line};

/// Returns the reasons not to publish these crates, whatever the state of the release.
pub(super) fn refusals(crates: &[Published]) -> Vec<String> {
    let mut refusals = Vec::new();
    if let Some(one) = crates.iter().find(|one| !one.repository.starts_with("https://")) {
        let found = if one.repository.is_empty() { "is empty" } else { "is not an https address" };
        refusals.push(format!(
            "`repository` of {} {found}\n  fix: the owner sets it under [workspace.package] in Cargo.toml, once the \
             repository is public",
            one.name
        ));
    }
    refusals
}

/// Returns the names of the crates in the order in which cargo publishes them.
pub(super) fn order(crates: &[Published]) -> String {
    crates.iter().map(|one| one.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// Publishes all crates. cargo waits for the registry after each.
///
/// All packages are built first, without the token, because build scripts of dependencies run then.
pub(super) fn publish(workspace: &Path) -> Result<(), String> {
    let mut rehearsal = cargo(workspace);
    rehearsal.args(["publish", "--workspace", "--locked", "--dry-run"]).env_remove(TOKEN);
    run(&mut rehearsal)?;
    let mut publish = cargo(workspace);
    publish.args(["publish", "--workspace", "--locked", "--no-verify"]);
    run(&mut publish).map_err(|why| {
        format!(
            "{why}\n  A published crate cannot be published again. If some are published, publish the others in order with \
             `cargo publish --locked -p`, then tag this commit"
        )
    })
}

const TOKEN: &str = "CARGO_REGISTRY_TOKEN";

/// Runs cargo, which prints its own output.
fn run(command: &mut Command) -> Result<(), String> {
    let line = command_line(command);
    let status = command.status().map_err(|why| format!("`{line}` cannot be started: {why}"))?;
    if status.success() { Ok(()) } else { Err(format!("`{line}` failed; see the output of cargo above")) }
}
