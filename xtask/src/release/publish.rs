//! To the registry.

use std::{path::Path, process::Command};

use crate::crates::{Published, cargo, told};

/// What speaks against publishing these crates, wherever the release stands.
pub(super) fn refusals(crates: &[Published]) -> Vec<String> {
    let mut refusals = Vec::new();
    if let Some(one) = crates.iter().find(|one| !one.repository.starts_with("https://")) {
        let found = if one.repository.is_empty() { "is empty" } else { "is not an address with https" };
        refusals.push(format!(
            "`repository` of {} {found}\n  fix: the owner sets it under [workspace.package] in Cargo.toml, once the \
             repository is public",
            one.name
        ));
    }
    refusals
}

/// The crates in the order in which cargo publishes them.
pub(super) fn order(crates: &[Published]) -> String {
    crates.iter().map(|one| one.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// Publishes all crates. cargo waits for the registry after each.
///
/// All packages are built before that, without the token: build scripts of dependencies run then.
pub(super) fn publish(workspace: &Path) -> Result<(), String> {
    let mut rehearsal = cargo(workspace);
    rehearsal.args(["publish", "--workspace", "--locked", "--dry-run"]).env_remove(TOKEN);
    run(&mut rehearsal)?;
    let mut publish = cargo(workspace);
    publish.args(["publish", "--workspace", "--locked", "--no-verify"]);
    run(&mut publish).map_err(|why| {
        format!(
            "{why}\n  A published crate cannot be published again. If some are, publish the others in this order with \
             `cargo publish --locked -p`, then tag this commit"
        )
    })
}

const TOKEN: &str = "CARGO_REGISTRY_TOKEN";

/// Runs cargo, which says what it does.
fn run(command: &mut Command) -> Result<(), String> {
    let line = told(command);
    let status = command.status().map_err(|why| format!("`{line}` cannot be started: {why}"))?;
    if status.success() { Ok(()) } else { Err(format!("`{line}` failed; cargo says above why")) }
}
