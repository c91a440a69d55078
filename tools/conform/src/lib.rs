//! Decodes recorded replies of plex.tv with the generated types. The report says what fails, what
//! is lost, and what the descriptions do not name.
//!
//! `cargo xtask conform` runs it. It is a separate package because it needs the generated code, and
//! `xtask` has to be able to repair that code when it does not compile.
//!
//! The report shows names and JSON paths, never values: recorded replies are full of tokens.
#![warn(missing_docs)]

mod check;
mod compare;
mod descriptions;
mod folder;
mod json;
mod report;
mod schema;

use std::path::Path;

pub use descriptions::Descriptions;
pub use report::Report;

/// Checks every payload in the subfolders of a folder.
///
/// # Errors
/// A message of one sentence, when the folder cannot be read or holds no payload.
pub fn conform(folder: &Path, descriptions: &Descriptions) -> Result<Report, String> {
    let folder::Folder { payloads, passed_over } = folder::Folder::read(folder)?;
    let checked = payloads.into_iter().map(|payload| {
        let verdict = check::check(&payload, descriptions);
        (payload.name, verdict)
    });
    Ok(Report::new(checked.collect(), passed_over))
}
