//! A store in a file.

use std::{
    collections::BTreeMap,
    fs::{self, File, OpenOptions, TryLockError},
    io,
    path::{Component, Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use etcetera::BaseStrategy as _;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use super::{
    CredentialStore, Credentials,
    entry::{Entry, without_bom},
    private_file, store_error,
};
use crate::Error;

/// Keeps credentials in a JSON file: readable only by this user (mode 0600), written atomically,
/// and locked against other processes. One file holds any number of accounts.
///
/// The content is not encrypted: anyone who can read the user's files can read it. On desktops with
/// a keychain, use `KeyringStore` (feature `keyring`).
///
/// A damaged file is an error once. It is renamed, and the error gives its new name; the next start
/// begins with an empty store. A file in a newer version of the format is left alone.
///
/// A symbolic link is followed to its target. A second hard link to the file keeps the old content
/// when the file is written.
///
/// ```no_run
/// # fn example() -> Result<(), plex_tv_sdk::Error> {
/// use plex_tv_sdk::{Client, ClientIdentity, FileStore};
///
/// let store = FileStore::open("example-app")?;
/// let identity = ClientIdentity::load_or_create(&store, "Example App", env!("CARGO_PKG_VERSION"))?;
/// let client = Client::builder(identity).store(store).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct FileStore {
    path: PathBuf,
    account: String,
}

/// The account name for apps with a single user.
const USUAL_ACCOUNT: &str = "default";
const VERSION: u64 = 1;
/// The longest wait for a lock that another process or thread holds.
const LOCK_WAIT: Duration = Duration::from_secs(5);
/// The pause between two attempts to lock.
const LOCK_PAUSE: Duration = Duration::from_millis(5);

impl FileStore {
    /// The store of an app: `credentials.json` in the app's folder below the user's configuration
    /// folder (`~/.config` on Linux and macOS, `%APPDATA%` on Windows). Nothing is read or written
    /// yet.
    ///
    /// # Errors
    /// `is_invalid_input` when the name of the app is not a plain folder name; `is_store` when the
    /// user has no home folder.
    pub fn open(app: &str) -> Result<Self, Error> {
        let mut parts = Path::new(app).components();
        let is_plain = matches!((parts.next(), parts.next()), (Some(Component::Normal(name)), None) if name == app);
        if !is_plain || app.trim().is_empty() {
            return Err(Error::invalid_input("the name of the app is not a plain folder name"));
        }
        let base = etcetera::choose_base_strategy();
        let base = base.map_err(|error| store_error("the user has no configuration folder").with_source(error))?;
        Ok(Self::at(base.config_dir().join(app).join("credentials.json")))
    }

    /// A store in this file. The file need not exist yet.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), account: USUAL_ACCOUNT.to_owned() }
    }

    /// Another account in the same file. Any name will do.
    #[must_use]
    pub fn account(&self, name: impl Into<String>) -> Self {
        Self { path: self.path.clone(), account: name.into() }
    }

    /// The path of the file, as given.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The names of all accounts in the file.
    ///
    /// # Errors
    /// The errors of [`CredentialStore::load`].
    pub fn accounts(&self) -> Result<Vec<String>, Error> {
        Ok(self.read()?.accounts.into_keys().collect())
    }

    /// Reads the file. This needs no lock, as the file is always complete.
    fn read(&self) -> Result<Document, Error> {
        match private_file::read(&self.path)?.map(|text| Document::parse(&text)) {
            None => Ok(Document::default()),
            Some(Ok(document)) => Ok(document),
            Some(Err(Unreadable::Newer(version))) => Err(self.newer(version)),
            Some(Err(Unreadable::Damaged(_))) => {
                let _lock = self.lock()?;
                self.read_locked()
            }
        }
    }

    /// Reads the file under the lock, and renames it when it is damaged. Another process may have
    /// renamed it a moment ago.
    fn read_locked(&self) -> Result<Document, Error> {
        match private_file::read(&self.path)?.map(|text| Document::parse(&text)) {
            None => Ok(Document::default()),
            Some(Ok(document)) => Ok(document),
            Some(Err(Unreadable::Newer(version))) => Err(self.newer(version)),
            Some(Err(Unreadable::Damaged(place))) => Err(self.set_aside(&place)),
        }
    }

    fn newer(&self, version: u64) -> Error {
        let path = self.path.display();
        store_error(format!("{path} has format version {version}, and this program knows {VERSION}; update it"))
    }

    /// The error for a valid file with an invalid account. It stays, as a person may repair it.
    fn unusable(&self, error: Error) -> Error {
        let (account, path) = (&self.account, self.path.display());
        store_error(format!("the account {account} in {path} cannot be used; repair it, or move the file away"))
            .with_source(error)
    }

    fn set_aside(&self, place: &str) -> Error {
        let path = self.path.display();
        let rename = |damaged: &Path| {
            // The program that wrote it may have let others read it.
            private_file::make_private(damaged);
            let aside = (1..1000)
                .map(|number| beside(damaged, &format!("damaged-{number}")))
                .find(|aside| matches!(aside.try_exists(), Ok(false)));
            aside.map(|aside| fs::rename(damaged, &aside).map(|()| aside)).transpose()
        };
        match private_file::resolved(&self.path).and_then(|damaged| rename(&damaged)) {
            Ok(Some(aside)) => store_error(format!(
                "{path} is damaged {place}; it is now {}, and the next start begins with an empty store",
                aside.display()
            )),
            Ok(None) => store_error(format!("{path} is damaged {place}; move it away to start with an empty store")),
            Err(error) => store_error(format!("{path} is damaged {place} and cannot be renamed")).with_source(error),
        }
    }

    /// Changes the file under the lock. `change` returns whether there is something to write.
    fn change(&self, change: impl FnOnce(&mut Document) -> bool) -> Result<(), Error> {
        let _lock = self.lock()?;
        let mut document = self.read_locked()?;
        if change(&mut document) { private_file::replace(&self.path, &document.text()?) } else { Ok(()) }
    }

    /// Locks the store, waiting for other processes and threads. The lock ends with the file
    /// handle, however the process ends.
    ///
    /// The lock is a separate file, as each save replaces the file itself. It is next to the target
    /// of links, so that all paths to one file share a lock.
    fn lock(&self) -> Result<File, Error> {
        let lock = || {
            let path = beside(&private_file::resolved(&self.path)?, "lock");
            private_file::make_folder(private_file::folder_of(&path))?;
            let mut options = OpenOptions::new();
            options.create(true).truncate(false).write(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            lock_in_time(options.open(&path)?, LOCK_WAIT)
        };
        lock().map_err(|error| store_error(format!("cannot lock {}", self.path.display())).with_source(error))
    }
}

fn lock_in_time(file: File, wait: Duration) -> io::Result<File> {
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if start.elapsed() < wait => thread::sleep(LOCK_PAUSE),
            Err(TryLockError::WouldBlock) => {
                let message = format!("another process has held the lock for {} seconds", wait.as_secs());
                return Err(io::Error::new(io::ErrorKind::TimedOut, message));
            }
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

/// Returns the path with an extension appended.
fn beside(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(extension);
    path.with_file_name(name)
}

impl CredentialStore for FileStore {
    fn load(&self) -> Result<Credentials, Error> {
        let entry = self.read()?.accounts.remove(&self.account).unwrap_or_default();
        entry.credentials().map_err(|error| self.unusable(error))
    }

    fn save(&self, credentials: &Credentials) -> Result<(), Error> {
        self.change(|document| {
            document.entry(&self.account).set(credentials);
            true
        })
    }

    fn clear(&self) -> Result<(), Error> {
        if !matches!(self.path.try_exists(), Ok(false)) {
            self.change(|document| document.accounts.remove(&self.account).is_some())?;
        }
        Ok(())
    }

    fn update(&self, change: &mut dyn FnMut(&mut Credentials)) -> Result<Credentials, Error> {
        let mut outcome = Ok(Credentials::default());
        self.change(|document| {
            let entry = document.entry(&self.account);
            let before = match entry.credentials() {
                Ok(before) => before,
                Err(error) => {
                    outcome = Err(self.unusable(error));
                    return false;
                }
            };
            let mut credentials = before.clone();
            change(&mut credentials);
            let is_changed = credentials != before;
            entry.set(&credentials);
            outcome = Ok(credentials);
            is_changed
        })?;
        outcome
    }
}

/// The content of the file. Members that a later version adds without a new version number are
/// kept.
#[derive(Serialize, Deserialize)]
struct Document {
    version: u64,
    #[serde(default)]
    accounts: BTreeMap<String, Entry>,
    #[serde(flatten)]
    extra: Map<String, Value>,
}

impl Default for Document {
    fn default() -> Self {
        Self { version: VERSION, accounts: BTreeMap::new(), extra: Map::new() }
    }
}

enum Unreadable {
    Newer(u64),
    /// The place in the file. Not its content, which may be a token.
    Damaged(String),
}

impl Document {
    fn parse(text: &[u8]) -> Result<Self, Unreadable> {
        let text = without_bom(text);
        #[derive(Deserialize)]
        struct Version {
            version: u64,
        }
        let damaged = |error: serde_json::Error| {
            Unreadable::Damaged(format!("at line {}, column {}", error.line(), error.column()))
        };
        let Version { version } = serde_json::from_slice(text).map_err(damaged)?;
        if version > VERSION {
            return Err(Unreadable::Newer(version));
        }
        serde_json::from_slice(text).map_err(damaged)
    }

    fn text(&self) -> Result<Zeroizing<Vec<u8>>, Error> {
        let text = serde_json::to_vec_pretty(self);
        text.map(Zeroizing::new).map_err(|_| store_error("the credentials cannot be written as JSON"))
    }

    fn entry(&mut self, account: &str) -> &mut Entry {
        self.accounts.entry(account.to_owned()).or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{BufRead as _, BufReader},
        process::{Command, Stdio},
        thread,
    };

    use tempfile::TempDir;

    use super::{super::private_file::tests::PAUSE, *};
    use crate::Token;

    fn store() -> (TempDir, FileStore) {
        let folder = tempfile::tempdir().unwrap();
        let store = FileStore::at(folder.path().join("app/credentials.json"));
        (folder, store)
    }

    fn credentials(token: &str) -> Credentials {
        Credentials {
            client_identifier: Some("desk-01".to_owned()),
            token: Some(Token::new(token).unwrap()),
            device_key: Some("KEY".into()),
            ..Credentials::default()
        }
    }

    fn names(store: &FileStore) -> Vec<String> {
        let entries = fs::read_dir(store.path().parent().unwrap()).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_new_store_is_empty_and_reading_it_creates_no_file() {
        let (folder, store) = store();

        assert_eq!(store.load().unwrap(), Credentials::default());
        store.clear().unwrap();

        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn accounts_are_kept_apart_in_one_file() {
        let (_folder, store) = store();
        let other = store.account("anna");

        store.save(&credentials("ONE")).unwrap();
        other.save(&credentials("TWO")).unwrap();
        store.clear().unwrap();
        store.clear().unwrap();

        assert_eq!(store.load().unwrap(), Credentials::default());
        assert_eq!(other.load().unwrap(), credentials("TWO"));
        assert_eq!(store.accounts().unwrap(), ["anna"]);
    }

    #[test]
    fn what_a_later_version_adds_is_kept() {
        let (_folder, store) = store();
        fs::create_dir_all(store.path().parent().unwrap()).unwrap();
        let text = r#"{"version":1,"colour":"red","accounts":{"default":{"token":"OLD","since":7}}}"#;
        fs::write(store.path(), text).unwrap();

        store.update(&mut |credentials| credentials.token = Some(Token::new("NEW").unwrap())).unwrap();

        let kept: Value = serde_json::from_slice(&fs::read(store.path()).unwrap()).unwrap();
        assert_eq!(kept["colour"], "red");
        assert_eq!(kept["accounts"]["default"], serde_json::json!({ "token": "NEW", "since": 7 }));
    }

    #[test]
    fn a_newer_format_is_refused_and_left_alone() {
        let (_folder, store) = store();
        fs::create_dir_all(store.path().parent().unwrap()).unwrap();
        let text = r#"{"version":2,"accounts":["other"]}"#;
        fs::write(store.path(), text).unwrap();

        let loaded = store.load().unwrap_err();
        let saved = store.save(&credentials("ONE")).unwrap_err();

        assert!(loaded.is_store() && loaded.to_string().contains("version 2"), "{loaded}");
        assert!(saved.is_store(), "{saved}");
        assert_eq!(fs::read_to_string(store.path()).unwrap(), text);
    }

    #[test]
    fn a_damaged_file_is_reported_once_and_renamed() {
        for text in
            ["", "{", "[]", r#"{"accounts":{}}"#, r#"{"version":1,"accounts":{"default":{"token":["CANARY"]}}}"#]
        {
            let (_folder, store) = store();
            fs::create_dir_all(store.path().parent().unwrap()).unwrap();
            fs::write(store.path(), text).unwrap();

            let error = store.load().unwrap_err();

            assert!(error.is_store() && error.to_string().contains("credentials.json.damaged-1"), "{error}");
            assert!(!format!("{error} {error:?}").contains("CANARY"), "{error:?}");
            let aside = store.path().with_file_name("credentials.json.damaged-1");
            assert_eq!(fs::read_to_string(aside).unwrap(), text);
            assert_eq!(store.load().unwrap(), Credentials::default());
        }
    }

    #[test]
    fn a_second_damaged_file_does_not_take_the_place_of_the_first() {
        let (_folder, store) = store();
        fs::create_dir_all(store.path().parent().unwrap()).unwrap();
        for text in ["one", "two"] {
            fs::write(store.path(), text).unwrap();
            store.save(&credentials("ONE")).unwrap_err();
        }

        let aside = |number: u8| store.path().with_file_name(format!("credentials.json.damaged-{number}"));
        assert_eq!([1, 2].map(|number| fs::read_to_string(aside(number)).unwrap()), ["one", "two"]);
    }

    #[test]
    fn an_invalid_account_is_reported_with_its_file_and_without_the_token() {
        let cases = [
            (r#""token":"CANARY two""#, "the token has a space"),
            (r#""clientIdentifier":"","token":"CANARY""#, "the client identifier is empty"),
            (r#""clientIdentifier":"CANARY\n""#, "the client identifier has a space, a line break"),
        ];
        for (entry, why) in cases {
            let (_folder, store) = store();
            fs::create_dir_all(store.path().parent().unwrap()).unwrap();
            let text = format!(r#"{{"version":1,"accounts":{{"default":{{{entry}}}}}}}"#);
            fs::write(store.path(), &text).unwrap();

            for error in [store.load().unwrap_err(), store.update(&mut |_| ()).unwrap_err()] {
                let message = error.to_string();
                assert!(error.is_store() && message.contains("the account default in"), "{message}");
                assert!(message.contains(store.path().to_str().unwrap()), "{message}");
                let cause = std::error::Error::source(&error).unwrap().to_string();
                assert!(cause.starts_with(why), "{cause}");
                assert!(!format!("{error} {error:?}").contains("CANARY"), "{error:?}");
            }
            assert!(fs::read_to_string(store.path()).unwrap().contains("CANARY"), "a person may still repair it");
        }
    }

    #[test]
    fn no_update_of_many_threads_is_lost() {
        let (_folder, store) = store();

        thread::scope(|scope| {
            for number in 0..8 {
                let store = store.account(format!("{number}"));
                scope.spawn(move || {
                    for _ in 0..5 {
                        let mut more = |credentials: &mut Credentials| {
                            let name = credentials.client_identifier.take().unwrap_or_default();
                            credentials.client_identifier = Some(name + "x");
                        };
                        store.update(&mut more).unwrap();
                    }
                });
            }
        });

        for number in 0..8 {
            let kept = store.account(format!("{number}")).load().unwrap();
            assert_eq!(kept.client_identifier.as_deref(), Some("xxxxx"));
        }
    }

    #[cfg(unix)]
    #[test]
    fn file_lock_and_folder_are_private() {
        use std::os::unix::fs::PermissionsExt as _;
        let (_folder, store) = store();

        store.save(&credentials("ONE")).unwrap();

        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(store.path()), 0o600);
        assert_eq!(mode(&beside(store.path(), "lock")), 0o600);
        assert_eq!(mode(store.path().parent().unwrap()), 0o700);
    }

    #[test]
    fn the_name_of_an_app_cannot_lead_elsewhere() {
        for bad in ["", " ", ".", "..", "a/b", "/etc", "../a", "a/"] {
            assert!(FileStore::open(bad).unwrap_err().is_invalid_input(), "{bad}");
        }
        assert!(FileStore::open("example-app").unwrap().path().ends_with("example-app/credentials.json"));
    }

    /// A store whose file has this content and these permissions.
    #[cfg(unix)]
    fn store_of(text: &[u8], mode: u32) -> (TempDir, FileStore) {
        use std::os::unix::fs::PermissionsExt as _;
        let (folder, store) = store();
        fs::create_dir_all(store.path().parent().unwrap()).unwrap();
        fs::write(store.path(), text).unwrap();
        fs::set_permissions(store.path(), fs::Permissions::from_mode(mode)).unwrap();
        (folder, store)
    }

    #[cfg(unix)]
    #[test]
    fn a_damaged_file_is_private_once_it_is_renamed() {
        use std::os::unix::fs::PermissionsExt as _;
        for mode in [0o644, 0o666, 0o640, 0o600] {
            for ask in [|store: &FileStore| store.load().map(drop), |store: &FileStore| store.clear()] {
                let (_folder, store) = store_of(br#"{"version":1,"accounts":{"default":{"token":"CANARY""#, mode);

                ask(&store).unwrap_err();

                let aside = beside(store.path(), "damaged-1");
                assert_eq!(fs::metadata(aside).unwrap().permissions().mode() & 0o777, 0o600, "{mode:o}");
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_byte_order_mark_is_not_damage() {
        let text = b"\xef\xbb\xbf{\"version\":1,\"accounts\":{\"default\":{\"token\":\"ONE\"}}}\r\n";
        let (_folder, store) = store_of(text, 0o600);

        assert_eq!(store.load().unwrap().token, Some(Token::new("ONE").unwrap()));
        store.update(&mut |kept| kept.token = Some(Token::new("TWO").unwrap())).unwrap();

        assert_eq!(store.load().unwrap().token, Some(Token::new("TWO").unwrap()));
        assert_eq!(names(&store), ["credentials.json", "credentials.json.lock"]);
        for damaged in [b"\xef\xbb\xbf".as_slice(), b"\xef\xbb\xbf\xef\xbb\xbf{\"version\":1}", b"\xff\xfe{\0}\0"] {
            let (_folder, store) = store_of(damaged, 0o600);
            assert!(store.load().unwrap_err().to_string().contains("damaged-1"), "{damaged:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_symbolic_link_is_followed() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("real")).unwrap();
        // A relative link, an absolute one, and one to another link. The file does not exist yet.
        symlink("real/one.json", at("relative.json")).unwrap();
        symlink(at("real/one.json"), at("absolute.json")).unwrap();
        symlink("relative.json", at("chain.json")).unwrap();
        let links = ["relative.json", "absolute.json", "chain.json"];
        let real = FileStore::at(at("real/one.json"));

        for (number, name) in links.into_iter().enumerate() {
            let store = FileStore::at(at(name));
            store.save(&credentials(&format!("TOKEN-{number}"))).unwrap();

            assert!(fs::symlink_metadata(at(name)).unwrap().is_symlink(), "{name}");
            assert_eq!(real.load().unwrap(), credentials(&format!("TOKEN-{number}")), "{name}");
            assert_eq!(store.load().unwrap(), real.load().unwrap(), "{name}");
        }
        FileStore::at(at("chain.json")).update(&mut Credentials::sign_out).unwrap();

        assert!(!fs::read_to_string(at("real/one.json")).unwrap().contains("TOKEN"));
        assert_eq!(names(&real), ["one.json", "one.json.lock"]);
        fs::write(at("real/one.json"), "damaged").unwrap();
        let error = FileStore::at(at("chain.json")).load().unwrap_err();
        assert!(error.to_string().contains("one.json.damaged-1"), "{error}");
        assert!(fs::symlink_metadata(at("chain.json")).unwrap().is_symlink());
    }

    #[cfg(unix)]
    #[test]
    fn links_in_a_circle_and_pipes_are_errors() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        symlink("b.json", at("a.json")).unwrap();
        symlink("a.json", at("b.json")).unwrap();
        let pipe = Command::new("mkfifo").arg(at("pipe.json")).status();

        let circle = FileStore::at(at("a.json"));
        assert!(circle.load().unwrap_err().is_store());
        assert!(circle.save(&credentials("ONE")).unwrap_err().is_store());
        if pipe.is_ok_and(|status| status.success()) {
            assert!(FileStore::at(at("pipe.json")).load().unwrap_err().is_store());
        }
        assert!(FileStore::at(folder.path()).load().unwrap_err().is_store());
    }

    #[test]
    fn a_lock_that_another_process_holds_is_waited_for_a_while() {
        let (_folder, store) = store();
        let held = store.lock().unwrap();
        let open = || File::open(beside(store.path(), "lock")).unwrap();

        let error = lock_in_time(open(), Duration::from_millis(30)).unwrap_err();
        let waiting = thread::spawn({
            let file = open();
            move || lock_in_time(file, Duration::from_secs(20))
        });
        drop(held);

        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        waiting.join().unwrap().unwrap();
    }

    #[test]
    fn an_update_that_changes_nothing_writes_nothing() {
        let (_folder, store) = store();
        store.save(&credentials("ONE")).unwrap();
        let text = fs::read_to_string(store.path()).unwrap().replace('\n', " ");
        fs::write(store.path(), &text).unwrap();

        assert_eq!(store.update(&mut |_| ()).unwrap(), credentials("ONE"));

        assert_eq!(fs::read_to_string(store.path()).unwrap(), text);
    }

    #[test]
    fn all_fields_of_an_account_are_saved_and_loaded() {
        let (_folder, store) = store();
        let kept = Credentials {
            next_device_key: Some("NEXT".into()),
            spare_device_keys: vec!["SPARE-1".into(), "SPARE-2".into()],
            sign_in: Some("name".to_owned()),
            ..credentials("ONE")
        };

        store.save(&kept).unwrap();

        assert_eq!(store.load().unwrap(), kept);
    }

    /// Not a test in itself: the next test runs it in a process that it kills.
    #[test]
    fn child_that_saves_and_is_killed() {
        if let Some(path) = std::env::var_os(PAUSE) {
            FileStore::at(path).save(&credentials("NEW")).unwrap();
        }
    }

    #[test]
    fn a_process_that_is_killed_while_it_saves_leaves_a_store_that_works() {
        let (_folder, store) = store();
        store.save(&credentials("OLD")).unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "auth::store::file::tests::child_that_saves_and_is_killed", "--nocapture"])
            .env(PAUSE, store.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap().contains("written")), "the child did not reach its pause");
        let leftovers = names(&store).into_iter().filter(|name| name.ends_with(".new")).count();

        // This is SIGKILL on Unix: the child cannot clean up.
        child.kill().unwrap();
        child.wait().unwrap();

        assert_eq!(leftovers, 1);
        assert_eq!(store.load().unwrap(), credentials("OLD"));
        store.save(&credentials("NEXT")).unwrap();
        assert_eq!(store.load().unwrap(), credentials("NEXT"));
        assert_eq!(names(&store), ["credentials.json", "credentials.json.lock"]);
    }
}
