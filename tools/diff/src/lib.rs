//! Reports what a change to an OpenAPI description means for the wire, the Rust API and the
//! version.
//!
//! ```text
//! two documents
//!   │ canonical form   one spelling per meaning: no order, no defaults,     canonical.rs, spec.rs
//!   │                  3.1 read as 3.0
//!   │ compare          the rules report each difference once, and what      compare/, leaves.rs,
//!   │                  no rule reports is `unclassified`                    flatten.rs
//!   │ waivers          findings that were accepted, each until a date       waiver.rs
//!   │ effects          the changed items of the generated code, each with   effects.rs, predict.rs
//!   │                  the change that caused it
//!   ▼ report           verdict, numbers, rows                               report.rs, render/
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

/// Returns all differences between two descriptions. Files that they refer to must have been read
/// before, with [`with_files`](plex_tv_openapi::with_files).
///
/// # Errors
/// If one of them is not an OpenAPI 3.0 or 3.1 document, or refers to a file that was not read.
pub fn diff(base: &Document, head: &Document) -> Result<Vec<Finding>, Problem> {
    Ok(compare::compare(spec::Spec::new(base)?, &spec::Spec::new(head)?))
}

/// Returns the single finding for a description that only the new state has.
///
/// # Errors
/// If it is not an OpenAPI 3.0 or 3.1 document.
pub fn added(document: &Document) -> Result<Finding, Problem> {
    Ok(compare::whole(Rule::DocAdded, &spec::Spec::new(document)?))
}

/// Returns the single finding for a description that only the old state has.
///
/// # Errors
/// If it is not an OpenAPI 3.0 or 3.1 document.
pub fn removed(document: &Document) -> Result<Finding, Problem> {
    Ok(compare::whole(Rule::DocRemoved, &spec::Spec::new(document)?))
}
