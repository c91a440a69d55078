//! The trait of credential stores.

use std::{fmt, sync::Arc};

use super::credentials::Credentials;
use crate::{Error, ErrorKind};

/// Keeps the [`Credentials`] of one account: [`FileStore`](crate::FileStore) in a file,
/// [`KeyringStore`](crate::KeyringStore) in the system's keychain,
/// [`MemoryStore`](crate::MemoryStore) in memory. Your own store needs three methods.
///
/// Several clients, processes and users may share a store. It holds one sign-in at a time, the
/// latest one. A client whose sign-in is no longer in its store never writes there and gets no new
/// tokens; it uses its last token until that expires.
///
/// A client reads its store when it is built, before it renews a token, and when somebody signs in
/// or out. Except while a client is built, the methods run on a blocking thread, so they may block.
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
    /// Returns the stored credentials. An empty store is not an error.
    ///
    /// # Errors
    /// `is_store` when the store cannot be read. [`store_error`] makes such an error.
    fn load(&self) -> Result<Credentials, Error>;

    /// Replaces the stored credentials. On failure the old content stays as it was.
    ///
    /// # Errors
    /// `is_store` when the store cannot be written.
    fn save(&self, credentials: &Credentials) -> Result<(), Error>;

    /// Removes the account, including its client identifier. Clearing an empty store is not an
    /// error.
    ///
    /// # Errors
    /// `is_store` when the store cannot be written.
    fn clear(&self) -> Result<(), Error>;

    /// Changes the stored credentials, and returns the result.
    ///
    /// A store that several processes or threads use must override this method and hold a lock from
    /// loading to saving. `change` may be called more than once.
    ///
    /// # Errors
    /// The errors of [`CredentialStore::load`] and [`CredentialStore::save`].
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

/// Creates an error for your own [`CredentialStore`], for which [`Error::is_store`] is true. Do not
/// put secrets into the message.
pub fn store_error(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Store, message)
}
