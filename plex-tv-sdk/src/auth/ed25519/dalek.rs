//! Ed25519 and SHA-256 from curve25519-dalek and related crates, for browsers.

use ed25519_dalek::{
    SECRET_KEY_LENGTH, Signature, Signer as _, SigningKey, VerifyingKey,
    pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _, KeypairBytes},
};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// A key pair. Each function returns `None` when there are no random numbers, or when the bytes are
/// not a key.
pub(in crate::auth) struct KeyPair(SigningKey);

impl KeyPair {
    pub(in crate::auth) fn generate() -> Option<Self> {
        let mut seed = Zeroizing::new([0; SECRET_KEY_LENGTH]);
        getrandom::fill(&mut *seed).ok()?;
        Some(Self(SigningKey::from_bytes(&seed)))
    }

    pub(in crate::auth) fn from_pkcs8(der: &[u8]) -> Option<Self> {
        SigningKey::from_pkcs8_der(der).ok().map(Self)
    }

    /// PKCS#8 version 1, without the public half, as OpenSSL writes it.
    pub(in crate::auth) fn to_pkcs8(&self) -> Option<Zeroizing<Vec<u8>>> {
        let key = KeypairBytes { secret_key: self.0.to_bytes(), public_key: None };
        let der = key.to_pkcs8_der().ok()?;
        Some(Zeroizing::new(der.as_bytes().to_vec()))
    }

    pub(in crate::auth) fn public_key(&self) -> &[u8] {
        let public: &VerifyingKey = self.0.as_ref();
        public.as_bytes()
    }

    pub(in crate::auth) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        let signature = self.0.try_sign(message).ok()?;
        Some(signature.to_vec())
    }
}

pub(in crate::auth) fn verifies(public_key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let key = public_key.try_into().ok().and_then(|bytes| VerifyingKey::from_bytes(bytes).ok());
    let signature = Signature::from_slice(signature).ok();
    key.zip(signature).is_some_and(|(key, signature)| key.verify_strict(message, &signature).is_ok())
}

pub(in crate::auth) fn sha256(bytes: &[u8]) -> impl AsRef<[u8]> + use<> {
    Sha256::digest(bytes)
}
