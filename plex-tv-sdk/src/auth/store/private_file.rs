//! Files that only this user may read, written all or nothing.

use std::{
    fs::{self, DirBuilder, File},
    io::{self, Write as _},
    path::Path,
};

use tempfile::Builder;
use zeroize::Zeroizing;

use super::store_error;
use crate::{Error, Secret};

/// Puts a new file in the place of the old one when it is complete and on the disk. Whoever is stopped before that leaves the
/// old one as it was, and at most a file that [`remove_leftovers`] takes away.
pub(in crate::auth) fn replace(path: &Path, content: &[u8]) -> Result<(), Error> {
    try_replace(path, content)
        .map_err(|error| store_error(format!("cannot write {}", path.display())).with_source(error))
}

pub(in crate::auth) fn read_text(path: &Path) -> Result<Secret, Error> {
    let text = fs::read_to_string(path);
    text.map(Secret::from).map_err(|error| store_error(format!("cannot read {}", path.display())).with_source(error))
}

/// Nothing when there is no such file.
pub(super) fn read(path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
    match fs::read(path) {
        Ok(content) => Ok(Some(Zeroizing::new(content))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(store_error(format!("cannot read {}", path.display())).with_source(error)),
    }
}

fn try_replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = folder_of(path);
    make_folder(folder)?;
    // tempfile gives mode 0600 from the start, so that there is no moment at which others can read it.
    let mut file = Builder::new().prefix(&leftover_prefix(path)).suffix(LEFTOVER_SUFFIX).tempfile_in(folder)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    #[cfg(test)]
    tests::pause_before_rename();
    file.persist(path)?;
    sync_folder(folder)
}

/// Takes away what processes that were killed while they wrote have left. For the one who holds the lock.
pub(super) fn remove_leftovers(path: &Path) {
    let prefix = leftover_prefix(path);
    let is_leftover = |name: &str| name.starts_with(&prefix) && name.ends_with(LEFTOVER_SUFFIX);
    let Ok(entries) = fs::read_dir(folder_of(path)) else { return };
    for entry in entries.flatten().filter(|entry| entry.file_name().to_str().is_some_and(is_leftover)) {
        // It is in nobody's way.
        let _ = fs::remove_file(entry.path());
    }
}

const LEFTOVER_SUFFIX: &str = ".new";

fn leftover_prefix(path: &Path) -> String {
    format!(".{}.", path.file_name().unwrap_or_default().to_string_lossy())
}

pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(folder)
}

/// The new name is on the disk only when its folder is.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "the same signature as elsewhere")]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
pub(super) mod tests {
    use std::{env, fs, io::Write as _, path::PathBuf, time::Duration};

    use super::*;

    /// A child process of a test is told by this to stop where it would do the most harm.
    pub(crate) const PAUSE: &str = "PLEX_TV_SDK_TEST_PAUSE";

    pub(super) fn pause_before_rename() {
        if env::var_os(PAUSE).is_some() {
            let mut out = io::stdout();
            out.write_all(b"written\n").unwrap();
            out.flush().unwrap();
            loop {
                std::thread::sleep(Duration::from_secs(1));
            }
        }
    }

    fn names(folder: &Path) -> Vec<PathBuf> {
        let mut names: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_is_made_with_its_folder_and_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/key.pem");

        replace(&path, b"one").unwrap();
        replace(&path, b"two").unwrap();

        assert_eq!(read_text(&path).unwrap().expose(), "two");
        assert_eq!(names(path.parent().unwrap()), [PathBuf::from("key.pem")]);
    }

    #[cfg(unix)]
    #[test]
    fn file_and_folder_are_for_this_user_alone() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app/key.pem");

        replace(&path, b"one").unwrap();

        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    }

    #[test]
    fn leftovers_go_and_other_files_stay() {
        let folder = tempfile::tempdir().unwrap();
        for name in [".key.pem.abc123.new", "key.pem", ".key.pem", "other.new", ".other.pem.abc.new"] {
            fs::write(folder.path().join(name), "x").unwrap();
        }

        remove_leftovers(&folder.path().join("key.pem"));

        assert_eq!(names(folder.path()), [".key.pem", ".other.pem.abc.new", "key.pem", "other.new"].map(PathBuf::from));
    }

    #[test]
    fn what_cannot_be_written_or_read_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), "x").unwrap();
        let below_a_file = folder.path().join("file/key.pem");

        let unwritable = replace(&below_a_file, b"CANARY").unwrap_err();
        let unreadable = read_text(folder.path()).unwrap_err();

        assert!(unwritable.is_store() && unwritable.to_string().contains("key.pem"), "{unwritable}");
        assert!(unreadable.is_store() && !format!("{unwritable:?}").contains("CANARY"), "{unreadable}");
    }
}
