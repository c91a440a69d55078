//! Where credentials are kept between two runs of an app.

#[cfg(any(feature = "file-store", feature = "keyring"))]
mod entry;
#[cfg(feature = "file-store")]
mod file;
#[cfg(feature = "keyring")]
mod keyring;
mod memory;
#[cfg(feature = "file-store")]
pub(super) mod private_file;

use std::{fmt, sync::Arc};

#[cfg(feature = "file-store")]
pub use file::FileStore;
#[cfg(feature = "keyring")]
pub use keyring::KeyringStore;
pub use memory::MemoryStore;

use crate::{Error, ErrorKind, Secret, Token};

#[cfg(all(target_arch = "wasm32", any(feature = "file-store", feature = "keyring")))]
compile_error!(
    "a browser has neither files nor a keychain: leave the features `file-store` and `keyring` off there, and keep \
     credentials by a `CredentialStore` of your own"
);

/// What is kept of one account on one installation.
///
/// Tokens and keys are bound to the client identifier that they were made under, so the three belong together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Credentials {
    /// Names the installation; stays through sign-outs.
    pub client_identifier: Option<String>,
    /// The token of last time.
    pub token: Option<Token>,
    /// The device key in PKCS#8 PEM: `DeviceKey::from_pem` reads it.
    pub device_key: Option<Secret>,
    /// The key that is about to take the place of `device_key`, kept here until plex.tv has surely taken it.
    pub next_device_key: Option<Secret>,
}

impl Credentials {
    /// Forgets all by which somebody could act as the user; the client identifier stays, so that the next sign-in is on the
    /// same device.
    pub fn sign_out(&mut self) {
        let client_identifier = self.client_identifier.take();
        *self = Self { client_identifier, ..Self::default() };
    }
}

/// Keeps the [`Credentials`] of one account: [`FileStore`] in a file, [`KeyringStore`] in the system's keychain,
/// [`MemoryStore`] nowhere. A store of your own is three methods.
///
/// A client calls it when it is built, when somebody signs in or out, and before it uses a renewed token. The methods are
/// not asynchronous, since these moments are rare: one that takes long should hand the work to a thread of its own.
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
    /// What is kept; nothing kept is no error.
    ///
    /// # Errors
    /// `is_store` when it cannot be read: [`store_error`] makes such an error.
    fn load(&self) -> Result<Credentials, Error>;

    /// Keeps this in place of what was kept: all of it, or, should it fail, what was there before.
    ///
    /// # Errors
    /// `is_store` when it cannot be written.
    fn save(&self, credentials: &Credentials) -> Result<(), Error>;

    /// Forgets the account, its client identifier included; doing so twice is no error.
    ///
    /// # Errors
    /// `is_store` when it cannot be written.
    fn clear(&self) -> Result<(), Error>;

    /// Changes what is kept, and says what came of it. A store that several processes or threads use should let nobody in
    /// between loading and saving.
    ///
    /// # Errors
    /// As [`CredentialStore::load`] and [`CredentialStore::save`].
    fn update(&self, change: &mut dyn FnMut(&mut Credentials)) -> Result<Credentials, Error> {
        let mut credentials = self.load()?;
        change(&mut credentials);
        self.save(&credentials)?;
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

/// The error of a [`CredentialStore`] of your own: [`Error::is_store`] is true of it. Put no secret into the message.
pub fn store_error(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Store, message)
}
