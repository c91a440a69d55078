//! A store in the system's keychain.

use std::sync::{Mutex, PoisonError};

use keyring_core::Entry as Item;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{
    CredentialStore, Credentials,
    entry::{Entry, without_bom},
    store_error,
};
use crate::Error;

/// Keeps credentials in the keychain of the system: Keychain on macOS, Credential Manager on
/// Windows, the Secret Service on Linux and similar systems. If the app chose another store with
/// `keyring_core::set_default_store`, that one is used.
///
/// A keychain may prompt the user and may be slow. Keychains have no locks: the threads of one
/// process wait for each other, but two processes that write at the same time may overwrite each
/// other's changes.
///
/// A damaged entry is an error once. It is renamed, and the error gives its new name; the next
/// start begins with an empty store. An entry in a newer version of the format is left alone.
#[derive(Clone, Debug)]
pub struct KeyringStore {
    service: String,
    account: String,
}

const VERSION: u64 = 1;
/// The most damaged entries that are kept.
const MOST_DAMAGED: u32 = 9;
/// Held from loading to saving.
static UPDATE: Mutex<()> = Mutex::new(());

#[derive(Serialize, Deserialize)]
struct Document {
    version: u64,
    #[serde(flatten)]
    entry: Entry,
}

impl KeyringStore {
    /// The store for an app and one of its accounts. Any names will do. Nothing is read or written
    /// yet.
    pub fn new(service: impl Into<String>, account: impl Into<String>) -> Self {
        Self { service: service.into(), account: account.into() }
    }

    fn item(&self) -> Result<Item, Error> {
        if keyring_core::get_default_store().is_none() {
            let status = keyring::Entry::store_status();
            status.as_ref().map_err(|error| self.failed("found", error))?;
        }
        Item::new(&self.service, &self.account).map_err(|error| self.failed("found", &error))
    }

    fn document(&self) -> Result<Document, Error> {
        let item = self.item()?;
        let secret = match item.get_secret() {
            Ok(secret) => Zeroizing::new(secret),
            Err(keyring_core::Error::NoEntry) => return Ok(Document { version: VERSION, entry: Entry::default() }),
            Err(error) => return Err(self.failed("read", &error)),
        };
        #[derive(Deserialize)]
        struct Version {
            version: u64,
        }
        let text = without_bom(&secret);
        // Only the column: serde's message may quote a token.
        let damaged = |error: serde_json::Error| self.set_aside(&item, &secret, error.column());
        let Version { version } = serde_json::from_slice(text).map_err(damaged)?;
        if version > VERSION {
            return Err(store_error(format!("{} has a newer format; update this program", self.name())));
        }
        serde_json::from_slice(text).map_err(damaged)
    }

    /// Renames a damaged entry: a person may still repair it, and it must not block the store.
    fn set_aside(&self, item: &Item, secret: &[u8], column: usize) -> Error {
        let is_free =
            |aside: &Self| matches!(aside.item().map(|item| item.get_secret()), Ok(Err(keyring_core::Error::NoEntry)));
        let numbered = |number| Self { account: format!("{}.damaged-{number}", self.account), ..self.clone() };
        // When all names are taken, the last one is overwritten.
        let aside = (1..MOST_DAMAGED).map(numbered).find(is_free).unwrap_or_else(|| numbered(MOST_DAMAGED));
        let rename = aside.item().and_then(|aside| {
            aside
                .set_secret(secret)
                .and_then(|()| item.delete_credential())
                .map_err(|error| self.failed("renamed", &error))
        });
        match rename {
            Ok(()) => store_error(format!(
                "{} is damaged at column {column}; it is now {}, and the next start begins with an empty store",
                self.name(),
                aside.name()
            )),
            Err(error) => {
                store_error(format!("{} is damaged at column {column}; remove it", self.name())).with_source(error)
            }
        }
    }

    fn write(&self, credentials: &Credentials) -> Result<(), Error> {
        let mut document = self.document()?;
        document.entry.set(credentials);
        let text = serde_json::to_vec(&document).map(Zeroizing::new);
        let text = text.map_err(|_| store_error("the credentials cannot be written as JSON"))?;
        self.item()?.set_secret(&text).map_err(|error| self.failed("written", &error))
    }

    /// The error of the keychain may contain the secret itself, so most of it is left out.
    fn failed(&self, what: &str, error: &keyring_core::Error) -> Error {
        let why = match error {
            keyring_core::Error::NoStorageAccess(_) => "it is locked, or access was refused",
            keyring_core::Error::NoDefaultStore => "there is no keychain",
            keyring_core::Error::PlatformFailure(_) => "the keychain failed",
            keyring_core::Error::TooLong(..) => "a name or the content is too long for it",
            _ => "the keychain refused",
        };
        store_error(format!("{} cannot be {what}: {why}", self.name()))
    }

    fn name(&self) -> String {
        format!("the entry {} of {} in the keychain", self.account, self.service)
    }
}

impl CredentialStore for KeyringStore {
    fn load(&self) -> Result<Credentials, Error> {
        let unusable = |error| store_error(format!("{} cannot be used", self.name())).with_source(error);
        self.document()?.entry.credentials().map_err(unusable)
    }

    fn save(&self, credentials: &Credentials) -> Result<(), Error> {
        let _one_at_a_time = UPDATE.lock().unwrap_or_else(PoisonError::into_inner);
        self.write(credentials)
    }

    fn update(&self, change: &mut dyn FnMut(&mut Credentials)) -> Result<Credentials, Error> {
        let _one_at_a_time = UPDATE.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.load()?;
        let mut credentials = before.clone();
        change(&mut credentials);
        if credentials != before {
            self.write(&credentials)?;
        }
        Ok(credentials)
    }

    fn clear(&self) -> Result<(), Error> {
        match self.item()?.delete_credential() {
            Ok(()) | Err(keyring_core::Error::NoEntry) => Ok(()),
            Err(error) => Err(self.failed("removed", &error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Token;

    /// A keychain in memory, so that tests do not touch that of the user.
    fn keychain(service: &str) -> KeyringStore {
        static MADE: std::sync::Once = std::sync::Once::new();
        MADE.call_once(|| keyring_core::set_default_store(keyring_core::mock::Store::new().unwrap()));
        KeyringStore::new(service, "default")
    }

    fn credentials(token: &str) -> Credentials {
        Credentials { token: Some(Token::new(token).unwrap()), ..Credentials::default() }
    }

    #[test]
    fn a_damaged_entry_is_reported_once_renamed_and_blocks_nothing() {
        type Ask = fn(&KeyringStore) -> Result<(), Error>;

        let asks: [Ask; 3] = [
            |store| store.load().map(drop),
            |store| store.save(&credentials("NEW")),
            |store| store.update(&mut |kept| kept.token = None).map(drop),
        ];
        for (number, ask) in asks.into_iter().enumerate() {
            for damage in ["", "CANARY", r#"{"version":1,"token":["CANARY"]}"#, r#"{"version":"CANARY"}"#, "\u{feff}"] {
                let store = keychain(&format!("damaged-{number}-{}", damage.len()));
                store.item().unwrap().set_secret(damage.as_bytes()).unwrap();

                let error = ask(&store).unwrap_err();

                assert!(error.is_store() && error.to_string().contains("default.damaged-1"), "{error}");
                assert!(!format!("{error} {error:?}").contains("CANARY"), "{error:?}");
                let aside = KeyringStore { account: "default.damaged-1".to_owned(), ..store.clone() };
                assert_eq!(aside.item().unwrap().get_secret().unwrap(), damage.as_bytes());
                assert_eq!(store.load().unwrap(), Credentials::default());
                store.save(&credentials("NEW")).unwrap();
                assert_eq!(store.load().unwrap(), credentials("NEW"));
            }
        }
    }

    #[test]
    fn any_number_of_damaged_entries_blocks_nothing() {
        let store = keychain("often");
        for _ in 0..2 * MOST_DAMAGED {
            store.item().unwrap().set_secret(b"damaged").unwrap();
            store.save(&credentials("NEW")).unwrap_err();
        }
        store.save(&credentials("NEW")).unwrap();

        assert_eq!(store.load().unwrap(), credentials("NEW"));
    }

    #[test]
    fn a_byte_order_mark_is_not_damage_and_a_newer_entry_is_left_alone() {
        let store = keychain("mark");
        store.item().unwrap().set_secret("\u{feff}{\"version\":1,\"token\":\"ONE\"}".as_bytes()).unwrap();
        assert_eq!(store.load().unwrap(), credentials("ONE"));

        store.item().unwrap().set_secret(br#"{"version":2,"token":["other"]}"#).unwrap();

        assert!(store.save(&credentials("TWO")).unwrap_err().to_string().contains("newer"));
        assert_eq!(store.item().unwrap().get_secret().unwrap(), br#"{"version":2,"token":["other"]}"#);
    }

    #[test]
    fn no_update_of_many_threads_is_lost() {
        let store = keychain("threads");

        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..5 {
                        let mut more = |kept: &mut Credentials| {
                            kept.client_identifier = Some(kept.client_identifier.take().unwrap_or_default() + "x");
                        };
                        store.update(&mut more).unwrap();
                    }
                });
            }
        });

        assert_eq!(store.load().unwrap().client_identifier.unwrap(), "x".repeat(40));
    }

    #[test]
    fn saved_credentials_are_loaded_until_they_are_cleared() {
        let store = keychain("example-app");
        assert_eq!(store.load().unwrap(), Credentials::default());

        let credentials = store
            .update(&mut |credentials| {
                credentials.client_identifier = Some("desk-01".to_owned());
                credentials.token = Some(Token::new("EXAMPLE-TOKEN").unwrap());
            })
            .unwrap();
        assert_eq!(store.load().unwrap(), credentials);
        assert_eq!(KeyringStore::new("example-app", "anna").load().unwrap(), Credentials::default());

        store.clear().unwrap();
        store.clear().unwrap();
        assert_eq!(store.load().unwrap(), Credentials::default());

        store.item().unwrap().set_secret(br#"{"version":1,"token":["CANARY"]}"#).unwrap();
        let damaged = store.load().unwrap_err();
        store.item().unwrap().set_secret(b"{\"version\":2}").unwrap();
        let newer = store.load().unwrap_err();
        assert!(damaged.is_store() && !format!("{damaged} {damaged:?}").contains("CANARY"), "{damaged:?}");
        assert!(newer.is_store() && newer.to_string().contains("newer"), "{newer}");
    }
}
