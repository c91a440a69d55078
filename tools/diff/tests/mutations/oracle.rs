//! `drift`, another comparison of OpenAPI documents, as a second opinion.

use std::panic;

use drift::ChangeClass;
use plex_tv_diff::Rule;
use serde_json::Value;

/// Rules for changes that drift calls breaking and the table of rules does not, with the reason.
pub(crate) const DISAGREEMENTS: &[(Rule, &str)] =
    &[(Rule::TypeWidened, "a request that was valid stays valid when the server takes more types")];

/// Returns what drift calls backward-incompatible, or `None` if it gives up.
pub(crate) fn backward_incompatible(base: &Value, head: &Value) -> Option<Vec<String>> {
    // It panics on constructs that it does not expect.
    let outcome = panic::catch_unwind(|| drift::compare(base, head)).ok()?;
    let changes = outcome.ok()?;
    let infos = changes.into_iter().flat_map(|change| change.changes);
    let breaks =
        infos.filter(|info| matches!(info.class, ChangeClass::BackwardIncompatible | ChangeClass::Incompatible));
    Some(breaks.map(|info| format!("{} ({:?} at {})", info.message, info.details, info.new_subpath)).collect())
}
