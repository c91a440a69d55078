//! Paths in the workspace, and files that are written completely or not at all.

use std::{
    env, fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

use plex_tv_openapi::{Descriptions, Problem};

/// Returns a path in the workspace. It is relative if it is inside the current folder.
pub(crate) fn workspace_path(below: &str) -> PathBuf {
    // Cargo sets the checkout from which it runs this, because several checkouts may share the
    // target folder.
    let package = env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let path = Path::new(&package).parent().unwrap_or(Path::new(".")).join(below);
    match env::current_dir() {
        Ok(here) => path.strip_prefix(here).map(Path::to_owned).unwrap_or(path),
        Err(_) => path,
    }
}

/// Returns the table of a folder of descriptions. A folder without a table uses the entries of
/// `openapi` for files with the same names.
pub(crate) fn table(folder: &Path) -> Result<Descriptions, Problem> {
    Descriptions::load_or_list(folder, &workspace_path("openapi"))
}

/// Writes a temporary file next to the target and renames it: a reader sees the old file or the new
/// one, never a part of it.
pub(crate) fn write_atomically(path: &Path, text: &str) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = tempfile::Builder::new().prefix(".xtask-").suffix(".tmp").tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        file.as_file().set_permissions(fs::Permissions::from_mode(0o644))?;
    }
    file.persist(path)?;
    Ok(())
}
