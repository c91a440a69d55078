//! Where credentials are kept between two runs of an app. `auth/owner.rs` says who may read and write what.

#[cfg(any(feature = "file-store", feature = "keyring"))]
mod entry;
#[cfg(feature = "file-store")]
mod file;
#[cfg(feature = "keyring")]
mod keyring;
mod memory;
mod off_thread;
#[cfg(feature = "file-store")]
pub(super) mod private_file;

use std::{fmt, sync::Arc};

#[cfg(feature = "file-store")]
pub use file::FileStore;
#[cfg(feature = "keyring")]
pub use keyring::KeyringStore;
pub use memory::MemoryStore;
pub(super) use off_thread::{load, update};

use crate::{Error, ErrorKind, Secret, Token};

#[cfg(all(target_arch = "wasm32", any(feature = "file-store", feature = "keyring")))]
compile_error!(
    "a browser has neither files nor a keychain: leave the features `file-store` and `keyring` off there, and keep \
     credentials by a `CredentialStore` of your own"
);

/// The credentials of one account on one installation.
///
/// Tokens and keys are bound to the client identifier that they were made under, so all fields belong together. A store
/// of your own keeps every field: without `sign_in` and `spare_device_keys`, two processes that share the store cannot
/// follow each other's key changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Credentials {
    /// The client identifier of the installation. It stays through sign-outs.
    pub client_identifier: Option<String>,
    /// The last token.
    pub token: Option<Token>,
    /// The device key in PKCS#8 PEM, which `DeviceKey::from_pem` reads.
    pub device_key: Option<Secret>,
    /// The key that is about to replace `device_key`. It is kept here until plex.tv has surely accepted it.
    pub next_device_key: Option<Secret>,
    /// Keys of earlier key changes that were cut short, newest first. plex.tv may have accepted one of them, so they are
    /// tried when it refuses the others.
    pub spare_device_keys: Vec<Secret>,
    /// The name of the sign-in that token and keys come from. A client reads and writes only what has the name of its
    /// own sign-in. It is not secret.
    pub sign_in: Option<String>,
}

impl Credentials {
    /// Removes everything that lets somebody act as the user. The client identifier stays, so that the next sign-in is
    /// on the same device.
    pub fn sign_out(&mut self) {
        let client_identifier = self.client_identifier.take();
        *self = Self { client_identifier, ..Self::default() };
    }

    /// Whether nobody is signed in.
    #[cfg(feature = "jwt")]
    pub(super) fn is_signed_out(&self) -> bool {
        self.token.is_none() && self.keys().next().is_none()
    }

    /// All device keys, in the order in which they are tried.
    #[cfg(feature = "jwt")]
    pub(super) fn keys(&self) -> impl Iterator<Item = &Secret> {
        self.device_key.iter().chain(&self.next_device_key).chain(&self.spare_device_keys)
    }
}

/// Keeps the [`Credentials`] of one account: [`FileStore`] in a file, [`KeyringStore`] in the system's keychain,
/// [`MemoryStore`] in memory. A store of your own needs three methods.
///
/// Several clients, processes and users may share a store. It holds one sign-in at a time: the last one. A client whose
/// sign-in is no longer in its store never writes there and gets no new tokens; its last token serves until it ends.
///
/// A client reads its store when it is built, before it renews a token, and when somebody signs in or out. Except while
/// a client is built, the methods run on a thread of their own, so they may block.
///
/// ```
/// use plex_tv_sdk::{ClientIdentity, CredentialStore, MemoryStore};
///
/// let store = MemoryStore::new();
/// let identity = ClientIdentity::load_or_create(&store, "Example App", "1.0.0")?;
///
/// assert_eq!(store.load()?.client_identifier.as_deref(), Some(identity.client_identifier()));
/// # Ok::<(), plex_tv_sdk::Error>(())
/// ```
pub trait CredentialStore: fmt::Debug + Send + Sync + 'static {
    /// Returns what is kept. An empty store is not an error.
    ///
    /// # Errors
    /// `is_store` when the store cannot be read. [`store_error`] makes such an error.
    fn load(&self) -> Result<Credentials, Error>;

    /// Replaces what is kept. On failure the old content stays as it was.
    ///
    /// # Errors
    /// `is_store` when the store cannot be written.
    fn save(&self, credentials: &Credentials) -> Result<(), Error>;

    /// Removes the account, including its client identifier. Doing so twice is not an error.
    ///
    /// # Errors
    /// `is_store` when the store cannot be written.
    fn clear(&self) -> Result<(), Error>;

    /// Changes what is kept, and returns the result.
    ///
    /// A store that several processes or threads use overrides this method and holds a lock from loading to saving.
    /// `change` may be called more than once.
    ///
    /// # Errors
    /// As [`CredentialStore::load`] and [`CredentialStore::save`].
    fn update(&self, change: &mut dyn FnMut(&mut Credentials)) -> Result<Credentials, Error> {
        let before = self.load()?;
        let mut credentials = before.clone();
        change(&mut credentials);
        if credentials != before {
            self.save(&credentials)?;
        }
        Ok(credentials)
    }
}

impl<S: CredentialStore + ?Sized> CredentialStore for Arc<S> {
    fn load(&self) -> Result<Credentials, Error> {
        self.as_ref().load()
    }

    fn save(&self, credentials: &Credentials) -> Result<(), Error> {
        self.as_ref().save(credentials)
    }

    fn clear(&self) -> Result<(), Error> {
        self.as_ref().clear()
    }

    fn update(&self, change: &mut dyn FnMut(&mut Credentials)) -> Result<Credentials, Error> {
        self.as_ref().update(change)
    }
}

/// Makes the error of a [`CredentialStore`] of your own, for which [`Error::is_store`] is true. Put no secret into the
/// message.
pub fn store_error(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Store, message)
}
