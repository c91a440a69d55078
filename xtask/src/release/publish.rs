//! To the registry.

use std::path::Path;

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

/// Publishes all crates. cargo builds each package first, and waits for the registry after each.
pub(super) fn publish(workspace: &Path) -> Result<(), String> {
    let mut publish = cargo(workspace);
    publish.args(["publish", "--workspace", "--locked"]);
    let line = told(&publish);
    let status = publish.status().map_err(|why| format!("`{line}` cannot be started: {why}"))?;
    if status.success() {
        return Ok(());
    }
    Err(format!(
        "`{line}` failed; cargo says above why. A published crate cannot be published again: go on with cargo publish \
         --locked -p and the first crate that is missing, then tag this commit"
    ))
}
