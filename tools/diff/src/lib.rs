//! What a change of an OpenAPI description means: for the wire, for the Rust API, for the version.
//!
//! ```text
//! two documents
//!   │ canonical form   one spelling for what means the same: no order, no defaults, 3.1 read as 3.0    canonical.rs, spec.rs
//!   │ compare          the rules, each difference once; what no rule reports is `unclassified`           compare/, leaves.rs, flatten.rs
//!   │ waivers          what somebody decided to live with, and until when                              waiver.rs
//!   │ effects          the items of the generated code that moved, beside the change that moved them   effects.rs, predict.rs
//!   ▼ report           verdict, numbers, rows                                                          report.rs, render/
//! text, Markdown, JSON, GitHub annotations, SARIF, changelog
//! ```
#![warn(missing_docs)]

mod canonical;
mod compare;
mod effects;
mod finding;
mod flatten;
mod leaves;
mod level;
mod predict;
mod render;
mod report;
mod rule;
mod spec;
mod told;
mod version;
mod waiver;

use plex_tv_openapi::{Document, Problem};

pub use effects::{CodeSize, ItemChange, Module, RustReport};
pub use finding::{Finding, Place, Subject};
pub use level::{Bump, Level, Side};
pub use plex_tv_openapi::pointer::resolved;
pub use render::{SCHEMA_VERSION, Shown};
pub use report::{Report, Verdict, Versions};
pub use rule::Rule;
pub use version::OpenApi;
pub use waiver::Waivers;

/// All differences between two descriptions. Files that they refer to are read by
/// [`with_files`](plex_tv_openapi::with_files) before.
///
/// # Errors
/// When one of them is not an OpenAPI document of version 3.0 or 3.1, or refers to a file that was
/// not read.
pub fn diff(base: &Document, head: &Document) -> Result<Vec<Finding>, Problem> {
    Ok(compare::compare(spec::Spec::new(base)?, &spec::Spec::new(head)?))
}

/// The one finding about a description that only the new state has.
///
/// # Errors
/// When it is not an OpenAPI document of version 3.0 or 3.1.
pub fn added(document: &Document) -> Result<Finding, Problem> {
    Ok(compare::whole(Rule::DocAdded, &spec::Spec::new(document)?))
}

/// The one finding about a description that only the old state has.
///
/// # Errors
/// When it is not an OpenAPI document of version 3.0 or 3.1.
pub fn removed(document: &Document) -> Result<Finding, Problem> {
    Ok(compare::whole(Rule::DocRemoved, &spec::Spec::new(document)?))
}
