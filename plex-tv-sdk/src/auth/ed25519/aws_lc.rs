//! Ed25519 and SHA-256 from AWS-LC.

use aws_lc_rs::{
    digest::{SHA256, digest},
    signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey},
};
use zeroize::Zeroizing;

/// A key pair. Each function returns `None` when the library fails, or when the bytes are not a
/// key.
pub(in crate::auth) struct KeyPair(Ed25519KeyPair);

impl KeyPair {
    pub(in crate::auth) fn generate() -> Option<Self> {
        Ed25519KeyPair::generate().ok().map(Self)
    }

    pub(in crate::auth) fn from_pkcs8(der: &[u8]) -> Option<Self> {
        Ed25519KeyPair::from_pkcs8(der).ok().map(Self)
    }

    /// PKCS#8 version 1, without the public half, as OpenSSL writes it.
    pub(in crate::auth) fn to_pkcs8(&self) -> Option<Zeroizing<Vec<u8>>> {
        let der = self.0.to_pkcs8v1().ok()?;
        Some(Zeroizing::new(der.as_ref().to_vec()))
    }

    pub(in crate::auth) fn public_key(&self) -> &[u8] {
        self.0.public_key().as_ref()
    }

    pub(in crate::auth) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let signature = self.0.try_sign(message).ok()?;
        Some(signature.as_ref().to_vec())
    }
}

pub(in crate::auth) fn verifies(public_key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    UnparsedPublicKey::new(&ED25519, public_key).verify(message, signature).is_ok()
}

pub(in crate::auth) fn sha256(bytes: &[u8]) -> impl AsRef<[u8]> + use<> {
    digest(&SHA256, bytes)
}
