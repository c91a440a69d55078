//! Files that only this user may read, and that are written atomically.

use std::{
    fs::{self, DirBuilder, File, TryLockError},
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use tempfile::{Builder, NamedTempFile};
use zeroize::Zeroizing;

use super::store_error;
use crate::Error;
#[cfg(feature = "jwt")]
use crate::Secret;

/// The largest file that is read, in bytes: a thousand times the size of a store with a few
/// accounts.
const LARGEST: usize = 16 * 1024 * 1024;
/// The most symbolic links that are followed from a path to its file.
const MOST_LINKS: usize = 16;
/// The most names that are tried for a new file.
const MOST_NAMES: usize = 16;

/// Replaces a file with a new one, once that is complete and on disk. A process that is killed
/// earlier leaves the old file as it was, and at most a new file that [`remove_leftovers`] removes.
///
/// A symbolic link is followed: people use links to keep such files elsewhere, and replacing the
/// link itself would leave the old content there.
pub(in crate::auth) fn replace(path: &Path, content: &[u8]) -> Result<(), Error> {
    try_replace(path, content)
        .map_err(|error| store_error(format!("cannot write {}", path.display())).with_source(error))
}

#[cfg(feature = "jwt")]
pub(in crate::auth) fn read_text(path: &Path) -> Result<Secret, Error> {
    try_read_text(path).map_err(|error| store_error(format!("cannot read {}", path.display())).with_source(error))
}

/// Returns `None` when the file does not exist.
pub(super) fn read(path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
    match try_read_file(path) {
        Ok(content) => Ok(Some(content)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(store_error(format!("cannot read {}", path.display())).with_source(error)),
    }
}

#[cfg(feature = "jwt")]
fn try_read_text(path: &Path) -> io::Result<Secret> {
    let mut content = try_read(path)?;
    remove_leftovers(&resolved(path)?);
    let text = String::from_utf8(std::mem::take(&mut *content)).map_err(|error| {
        drop(Zeroizing::new(error.into_bytes()));
        io::Error::new(io::ErrorKind::InvalidData, "the file is not UTF-8")
    });
    text.map(Secret::from)
}

/// Reads a regular file only: a pipe would block until somebody writes to it.
fn try_read_file(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    if fs::metadata(path)?.is_file() { try_read(path) } else { Err(io::Error::other("it is not a regular file")) }
}

fn try_read(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    let file = File::open(path)?;
    let length = file.metadata()?.len().try_into().unwrap_or(LARGEST).min(LARGEST);
    // A buffer that grew would leave memory behind that is not wiped.
    let mut content = Zeroizing::new(Vec::with_capacity(length + 1));
    file.take(LARGEST as u64 + 1).read_to_end(&mut content)?;
    if content.len() > LARGEST {
        return Err(io::Error::other("it is larger than 16 MiB"));
    }
    Ok(content)
}

fn try_replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let path = &resolved(path)?;
    let folder = folder_of(path);
    make_folder(folder)?;
    remove_leftovers(path);
    let mut file = new_file(path, folder)?;
    file.write_all(content)?;
    file.as_file().sync_all()?;
    #[cfg(test)]
    tests::pause_before_rename();
    file.persist(path)?;
    sync_folder(folder)
}

/// Creates a new file next to `path`. It has mode 0600 from the start, so others can never read it.
/// It is locked, so that it is not mistaken for a leftover.
fn new_file(path: &Path, folder: &Path) -> io::Result<NamedTempFile> {
    let prefix = leftover_prefix(path);
    let mut builder = Builder::new();
    builder.prefix(&prefix).suffix(LEFTOVER_SUFFIX).rand_bytes(LEFTOVER_RANDOM);
    for _ in 0..MOST_NAMES {
        let file = builder.tempfile_in(folder)?;
        match file.as_file().try_lock() {
            // Before the lock, another process may have removed it as a leftover.
            Ok(()) if !file.path().exists() => {}
            Err(TryLockError::WouldBlock) => {}
            // Without locks, nothing is treated as a leftover.
            Ok(()) | Err(TryLockError::Error(_)) => return Ok(file),
        }
    }
    Err(io::Error::other("other processes keep removing the new file"))
}

/// Removes the new files of processes that were killed while writing. A file that is still being
/// written is locked, and stays.
pub(super) fn remove_leftovers(path: &Path) {
    let Ok(entries) = fs::read_dir(folder_of(path)) else { return };
    let prefix = leftover_prefix(path);
    for entry in entries.flatten() {
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        if is_file && entry.file_name().to_str().is_some_and(|name| is_leftover(name, &prefix)) {
            remove_unless_locked(&entry.path());
        }
    }
}

fn remove_unless_locked(leftover: &Path) {
    if let Ok(file) = File::open(leftover)
        && file.try_lock().is_ok()
    {
        // A leftover that cannot be removed does no harm. The lock is held until it is gone, so
        // that nobody begins to write to it.
        let _ = fs::remove_file(leftover);
    }
}

const LEFTOVER_SUFFIX: &str = ".new";
/// The number of random characters in the name of a new file.
const LEFTOVER_RANDOM: usize = 6;

fn leftover_prefix(path: &Path) -> String {
    format!(".{}.", path.file_name().unwrap_or_default().to_string_lossy())
}

fn is_leftover(name: &str, prefix: &str) -> bool {
    let random = name.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(LEFTOVER_SUFFIX));
    random.is_some_and(|random| {
        random.len() == LEFTOVER_RANDOM && random.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

/// Follows symbolic links to their target. The target need not exist yet.
pub(super) fn resolved(path: &Path) -> io::Result<PathBuf> {
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        // This fails when the path is not a link or does not exist.
        let Ok(target) = fs::read_link(&path) else { return Ok(path) };
        path = folder_of(&path).join(target);
    }
    Err(io::Error::other("there are too many symbolic links"))
}

/// Makes a file readable only by this user, whoever wrote it.
pub(super) fn make_private(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // This fails for a file of another user, which is readable here only because others may
        // read it.
        let _ = fs::set_permissions(path, fs::Permissions::from_mode(0o600));
    }
    #[cfg(not(unix))]
    let _ = path;
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

/// The new name is on disk only once its folder has been synced.
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

    /// Makes a child process of a test pause at the worst possible moment.
    pub(crate) const PAUSE: &str = "PLEX_TV_SDK_TEST_PAUSE";
    /// Where that child saves a key.
    const PAUSE_KEY: &str = "PLEX_TV_SDK_TEST_PAUSE_KEY";

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
    fn a_file_is_created_with_its_folder_and_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b/key.pem");

        replace(&path, b"one").unwrap();
        replace(&path, b"two").unwrap();

        assert_eq!(read_text(&path).unwrap().expose(), "two");
        assert_eq!(names(path.parent().unwrap()), [PathBuf::from("key.pem")]);
    }

    #[cfg(unix)]
    #[test]
    fn file_and_folder_are_private() {
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
        let others = [
            ".key.pem",
            ".key.pem.a-b1c2.new",
            ".key.pem.backup.old.new",
            ".key.pem.new",
            ".key.pem.txt.abc123.new",
            ".other.pem.abc123.new",
            "key.pem",
            "other.new",
        ];
        for name in others.into_iter().chain([".key.pem.abc123.new", ".key.pem.ZZZZZZ.new"]) {
            fs::write(folder.path().join(name), "x").unwrap();
        }

        remove_leftovers(&folder.path().join("key.pem"));

        assert_eq!(names(folder.path()), others.map(PathBuf::from));
    }

    #[test]
    fn a_file_that_is_being_written_is_not_a_leftover() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");
        let mut writing = new_file(&path, folder.path()).unwrap();
        writing.write_all(b"slow").unwrap();

        remove_leftovers(&path);
        replace(&path, b"fast").unwrap();
        writing.persist(&path).unwrap();

        assert_eq!(read_text(&path).unwrap().expose(), "slow");
        assert_eq!(names(folder.path()), [PathBuf::from("key.pem")]);
    }

    #[test]
    fn many_writers_at_once_do_not_disturb_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");

        std::thread::scope(|scope| {
            for number in 0..4 {
                let path = &path;
                scope.spawn(move || (0..25).for_each(|_| replace(path, format!("{number}").as_bytes()).unwrap()));
            }
        });

        assert_eq!(names(folder.path()), [PathBuf::from("key.pem")]);
    }

    /// Not a test in itself: the next test runs it in a process that it kills.
    #[test]
    fn child_that_saves_a_key_and_is_killed() {
        if let Some(path) = env::var_os(PAUSE_KEY) {
            crate::DeviceKey::generate().unwrap().save(path).unwrap();
        }
    }

    /// Such a leftover contains a private key that nobody knows about.
    #[test]
    fn the_leftover_of_a_killed_process_is_removed_by_the_next_save_or_load() {
        use std::{
            io::{BufRead as _, BufReader},
            process::{Command, Stdio},
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");
        let key = crate::DeviceKey::generate().unwrap();
        key.save(&path).unwrap();
        let killed = || {
            let mut child = Command::new(env::current_exe().unwrap())
                .args([
                    "--exact",
                    "auth::store::private_file::tests::child_that_saves_a_key_and_is_killed",
                    "--nocapture",
                ])
                .env(PAUSE, "")
                .env(PAUSE_KEY, &path)
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
            assert!(lines.any(|line| line.unwrap().contains("written")), "the child did not reach its pause");
            child.kill().unwrap();
            child.wait().unwrap();
            assert_eq!(names(folder.path()).len(), 2);
        };

        killed();
        assert_eq!(crate::DeviceKey::load(&path).unwrap(), key);
        assert_eq!(names(folder.path()), [PathBuf::from("key.pem")]);
        killed();
        key.save(&path).unwrap();
        assert_eq!(names(folder.path()), [PathBuf::from("key.pem")]);
    }

    #[cfg(unix)]
    #[test]
    fn a_key_behind_a_link_is_written_where_the_link_leads() {
        let folder = tempfile::tempdir().unwrap();
        let (link, real) = (folder.path().join("key.pem"), folder.path().join("real.pem"));
        fs::write(&real, "old").unwrap();
        std::os::unix::fs::symlink("real.pem", &link).unwrap();
        let key = crate::DeviceKey::generate().unwrap();

        key.save(&link).unwrap();

        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(crate::DeviceKey::load(&real).unwrap(), key);
    }

    #[test]
    fn a_key_after_a_byte_order_mark_is_read_and_a_huge_file_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");
        let key = crate::DeviceKey::generate().unwrap();
        fs::write(&path, format!("\u{feff}{}", key.to_pem().unwrap().expose().replace('\n', "\r\n"))).unwrap();
        assert_eq!(crate::DeviceKey::load(&path).unwrap(), key);

        File::create(&path).unwrap().set_len(LARGEST as u64 + 1).unwrap();

        assert!(crate::DeviceKey::load(&path).unwrap_err().is_store());
        assert!(read(&path).unwrap_err().is_store());
    }

    #[test]
    fn errors_name_the_file_that_cannot_be_written_or_read() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), "x").unwrap();
        let below_a_file = folder.path().join("file/key.pem");

        let unwritable = replace(&below_a_file, b"CANARY").unwrap_err();
        let unreadable = read_text(folder.path()).unwrap_err();

        assert!(unwritable.is_store() && unwritable.to_string().contains("key.pem"), "{unwritable}");
        assert!(unreadable.is_store() && !format!("{unwritable:?}").contains("CANARY"), "{unreadable}");
    }
}
