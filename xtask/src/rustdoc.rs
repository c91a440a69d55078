//! Runs this program in place of rustdoc, to turn on rustdoc's unstable options.

use std::{
    env,
    ffi::{OsStr, OsString},
    process::{Command, ExitCode},
};

/// The variable that makes this program act as rustdoc. Its value is the folder for the output, or
/// empty for the one that cargo chose.
const FOLDER: &str = "XTASK_RUSTDOC";

/// Lets a cargo command use the unstable options of rustdoc.
///
/// `RUSTC_BOOTSTRAP` is not set for cargo itself. That would rebuild all dependencies with build
/// scripts that read it, and rebuild them again afterwards.
pub(crate) fn with_unstable_options(cargo: &mut Command) -> Result<(), String> {
    into_folder(cargo, OsStr::new(""))
}

/// Does the same, with a separate folder for the output.
pub(crate) fn into_folder(cargo: &mut Command, folder: &OsStr) -> Result<(), String> {
    let this = env::current_exe().map_err(|why| format!("the path of this program is not known: {why}"))?;
    cargo.env("RUSTDOC", this).env(FOLDER, folder);
    Ok(())
}

/// Returns whether this program should act as rustdoc.
pub(crate) fn is_rustdoc() -> bool {
    env::var_os(FOLDER).is_some()
}

/// Runs rustdoc with its unstable options turned on.
pub(crate) fn as_rustdoc() -> ExitCode {
    let folder = env::var_os(FOLDER).unwrap_or_default();
    let mut is_folder = false;
    let arguments = env::args_os().skip(1).map(|argument| {
        let replaced = if is_folder && !folder.is_empty() { folder.clone() } else { argument };
        is_folder = replaced == "-o" || replaced == "--out-dir";
        replaced
    });
    let arguments: Vec<OsString> = arguments.collect();
    let status = Command::new("rustdoc").args(arguments).env("RUSTC_BOOTSTRAP", "1").env_remove("RUSTDOC").status();
    match status.ok().and_then(|status| status.code()) {
        Some(code) => ExitCode::from(u8::try_from(code).unwrap_or(u8::MAX)),
        None => ExitCode::FAILURE,
    }
}
