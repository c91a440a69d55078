//! Stores for credentials between two runs of an app. `auth/owner.rs` defines who may read and
//! write what.

mod credentials;
#[cfg(any(feature = "file-store", feature = "keyring"))]
mod entry;
#[cfg(feature = "file-store")]
mod file;
mod keeping;
#[cfg(feature = "keyring")]
mod keyring;
mod memory;
mod off_thread;
#[cfg(feature = "file-store")]
pub(super) mod private_file;

pub use credentials::Credentials;
#[cfg(feature = "file-store")]
pub use file::FileStore;
pub use keeping::{CredentialStore, store_error};
#[cfg(feature = "keyring")]
pub use keyring::KeyringStore;
pub use memory::MemoryStore;
pub(super) use off_thread::{load, update};

#[cfg(all(target_arch = "wasm32", any(feature = "file-store", feature = "keyring")))]
compile_error!(
    "a browser has neither files nor a keychain: turn the features `file-store` and `keyring` off there, and keep \
     credentials in your own `CredentialStore`"
);
