//! The credentials that a store keeps.

use crate::{Secret, Token};

/// The credentials of one account on one installation.
///
/// Tokens and keys are bound to the client identifier under which they were created, so all fields
/// belong together. Your own store must keep every field: without `sign_in` and
/// `spare_device_keys`, two processes that share the store cannot follow each other's key changes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Credentials {
    /// The client identifier of the installation. It survives sign-outs.
    pub client_identifier: Option<String>,
    /// The last token.
    pub token: Option<Token>,
    /// The device key in PKCS#8 PEM, which `DeviceKey::from_pem` reads.
    pub device_key: Option<Secret>,
    /// The key that is about to replace `device_key`. It stays here until plex.tv has certainly
    /// accepted it.
    pub next_device_key: Option<Secret>,
    /// Keys of earlier key changes that were interrupted, newest first. plex.tv may have accepted
    /// one of them, so they are tried when it refuses the others.
    pub spare_device_keys: Vec<Secret>,
    /// The name of the sign-in that the token and keys belong to. A client reads and writes only
    /// credentials with the name of its own sign-in. It is not secret.
    pub sign_in: Option<String>,
}

impl Credentials {
    /// Removes everything that lets somebody act as the user. The client identifier stays, so the
    /// next sign-in is on the same device.
    pub fn sign_out(&mut self) {
        let client_identifier = self.client_identifier.take();
        *self = Self { client_identifier, ..Self::default() };
    }

    /// Whether nobody is signed in.
    #[cfg(feature = "jwt")]
    pub(in crate::auth) fn is_signed_out(&self) -> bool {
        self.token.is_none() && self.keys().next().is_none()
    }

    /// All device keys, in the order in which they are tried.
    #[cfg(feature = "jwt")]
    pub(in crate::auth) fn keys(&self) -> impl Iterator<Item = &Secret> {
        self.device_key.iter().chain(&self.next_device_key).chain(&self.spare_device_keys)
    }
}
