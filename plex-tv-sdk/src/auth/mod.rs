//! Getting a token, storing it, keeping it fresh, and ending it.

#[cfg(feature = "jwt")]
mod base64url;
#[cfg(feature = "jwt")]
mod claims;
#[cfg(feature = "jwt")]
mod device_jwt;
#[cfg(feature = "jwt")]
mod device_key;
#[cfg(feature = "jwt")]
mod ed25519;
#[cfg(feature = "jwt")]
mod jws;
#[cfg(feature = "jwt")]
mod jwt;
#[cfg(feature = "jwt")]
mod jwt_verifier;
#[cfg(feature = "jwt")]
mod keeper;
#[cfg(feature = "jwt")]
mod key_exchange;
mod owner;
mod password;
pub(crate) mod pin;
mod poll;
#[cfg(feature = "qr")]
mod qr;
#[cfg(feature = "jwt")]
mod scopes;
mod session;
mod sign_out;
mod signed_in;
mod store;
pub(crate) mod verify;

#[cfg(feature = "jwt")]
pub use claims::Claims;
#[cfg(feature = "jwt")]
pub use device_key::DeviceKey;
#[cfg(feature = "jwt")]
pub use jwt_verifier::JwtVerifier;
#[cfg(feature = "jwt")]
pub(crate) use keeper::{Keeper, OnRenewed};
pub(crate) use owner::{Given, Owner};
pub use password::{PasswordSignIn, SignIn, TwoFactorRequired};
pub use pin::{PinFlow, PinLogin};
pub use poll::{PinPoll, PinProgress, PinStatus, PinWait};
#[cfg(feature = "jwt")]
pub use scopes::{Scope, Scopes};
pub(crate) use session::Session;
#[cfg(feature = "file-store")]
pub use store::FileStore;
#[cfg(feature = "keyring")]
pub use store::KeyringStore;
pub use store::{CredentialStore, Credentials, MemoryStore, store_error};
pub use verify::TokenCheck;
