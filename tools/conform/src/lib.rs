//! Recorded replies of plex.tv through the generated types: what fails, what is lost, what the
//! descriptions do not name.
//!
//! The work behind `cargo xtask conform`. It is a package of its own because it needs the generated
//! code, which `xtask` has to be able to repair when it does not even compile.
//!
//! Values are never shown, only names and JSON paths: recorded replies are full of tokens.
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

/// Checks every payload in the folders of a folder.
///
/// # Errors
/// One sentence, when the folder cannot be read or holds no payload.
pub fn conform(folder: &Path, descriptions: &Descriptions) -> Result<Report, String> {
    let folder::Folder { payloads, passed_over } = folder::Folder::read(folder)?;
    let checked = payloads.into_iter().map(|payload| {
        let verdict = check::check(&payload, descriptions);
        (payload.name, verdict)
    });
    Ok(Report::new(checked.collect(), passed_over))
}
