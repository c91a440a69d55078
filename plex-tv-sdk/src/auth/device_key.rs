//! The key pair that identifies an installation.

use std::{fmt, sync::Arc};

use rustls_pki_types::{PrivatePkcs8KeyDer, pem::PemObject as _};
use zeroize::Zeroizing;

use super::{
    base64url::base64url,
    ed25519::{KeyPair, sha256},
};
use crate::{Error, Secret, v2::types::DeviceJwk};

/// The Ed25519 key of an installation. Anyone who has it can get new tokens for the account, so
/// protect it like a password.
///
/// Generate one for each user who signs in, and keep it in a [`crate::CredentialStore`]. A client
/// with a store saves the key there when a sign-in with it succeeds. Clones are the same key.
/// `Debug` shows only its key id.
///
/// # One key for each user
/// plex.tv knows one user per key and client identifier: the last one who signed in with them. A
/// Plex JWT does not name its user. So while a second user signs in with the key of the first, a
/// client of the first user can get a token of the second. It notices as soon as the second sign-in
/// is in the store. Sign out before you reuse the key, or generate a new one.
///
/// ```
/// use plex_tv_sdk::DeviceKey;
///
/// let key = DeviceKey::generate()?;
/// let same = DeviceKey::from_pem(&key.to_pem()?)?;
///
/// assert_eq!(key.kid(), same.kid());
/// # Ok::<(), plex_tv_sdk::Error>(())
/// ```
#[derive(Clone)]
pub struct DeviceKey(Arc<Inner>);

struct Inner {
    pair: KeyPair,
    kid: String,
}

const PEM_BEGIN: &str = "-----BEGIN PRIVATE KEY-----\n";
const PEM_END: &str = "\n-----END PRIVATE KEY-----\n";

impl DeviceKey {
    /// Generates a new key.
    ///
    /// # Errors
    /// `is_invalid_input` when the system has no source of random numbers.
    pub fn generate() -> Result<Self, Error> {
        let pair = KeyPair::generate();
        pair.map(Self::new).ok_or_else(|| Error::invalid_input("the system has no source of random numbers for a key"))
    }

    /// Reads a key in PKCS#8 PEM, as [`DeviceKey::to_pem`] and `openssl genpkey -algorithm ed25519`
    /// write it.
    ///
    /// # Errors
    /// `is_invalid_input` when the text is not such a key. The message does not show the text.
    pub fn from_pem(pem: &Secret) -> Result<Self, Error> {
        let unusable = || Error::invalid_input("the device key is not an Ed25519 private key in PKCS#8 PEM");
        // Some editors add a byte order mark.
        let pem = pem.expose().trim_start_matches('\u{feff}');
        let der = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| unusable())?;
        KeyPair::from_pkcs8(der.secret_pkcs8_der()).map(Self::new).ok_or_else(unusable)
    }

    /// Writes the key in PKCS#8 PEM.
    ///
    /// # Errors
    /// `is_invalid_input` when the crypto library has no memory for it.
    pub fn to_pem(&self) -> Result<Secret, Error> {
        let der = self.0.pair.to_pkcs8().ok_or_else(|| Error::invalid_input("the device key cannot be encoded"))?;
        // 48 bytes: one line in base64.
        let text = Zeroizing::new(base64::Engine::encode(&base64::prelude::BASE64_STANDARD, &*der));
        Ok(Secret::from([PEM_BEGIN, &text, PEM_END].concat()))
    }

    /// Reads a key from a file that [`DeviceKey::save`] wrote.
    ///
    /// # Errors
    /// `is_store` when the file cannot be read; `is_invalid_input` when it does not contain an
    /// Ed25519 key in PKCS#8 PEM.
    #[cfg(feature = "file-store")]
    pub fn load(path: impl AsRef<std::path::Path>) -> Result<Self, Error> {
        Self::from_pem(&super::store::private_file::read_text(path.as_ref())?)
    }

    /// Writes the key to its own file as PKCS#8 PEM, atomically and readable only by this user
    /// (mode 0600). A symbolic link is followed.
    ///
    /// # Errors
    /// `is_store` when the file cannot be written. An existing file then stays as it was.
    #[cfg(feature = "file-store")]
    pub fn save(&self, path: impl AsRef<std::path::Path>) -> Result<(), Error> {
        super::store::private_file::replace(path.as_ref(), self.to_pem()?.expose().as_bytes())
    }

    /// The key id: the RFC 7638 thumbprint of the public key. It is not secret.
    pub fn kid(&self) -> &str {
        &self.0.kid
    }

    /// The public key, 32 bytes.
    pub fn public_key(&self) -> &[u8] {
        self.0.pair.public_key()
    }

    /// The public key in the form that plex.tv expects.
    pub(crate) fn jwk(&self) -> DeviceJwk {
        DeviceJwk::new(base64url(self.public_key()), self.kid())
    }

    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        self.0.pair.sign(message).ok_or_else(|| Error::invalid_input("the device key cannot sign"))
    }

    fn new(pair: KeyPair) -> Self {
        let kid = thumbprint(pair.public_key());
        Self(Arc::new(Inner { pair, kid }))
    }
}

impl PartialEq for DeviceKey {
    fn eq(&self, other: &Self) -> bool {
        self.public_key() == other.public_key()
    }
}

impl Eq for DeviceKey {}

impl fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceKey").field("kid", &self.kid()).finish_non_exhaustive()
    }
}

/// The RFC 7638 thumbprint of an Ed25519 key (RFC 8037): the hash of the required members, in order
/// and without spaces.
fn thumbprint(public_key: &[u8]) -> String {
    let members = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, base64url(public_key));
    base64url(sha256(members.as_bytes()).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of RFC 8037, appendix A.1, in the PEM that Python's `cryptography` 50.0.2 writes.
    pub(crate) const RFC_8037_PEM: &str = "-----BEGIN PRIVATE KEY-----\n\
        MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n\
        -----END PRIVATE KEY-----\n";

    #[test]
    fn the_thumbprint_is_that_of_rfc_8037_appendix_a_3() {
        let key = DeviceKey::from_pem(&RFC_8037_PEM.into()).unwrap();

        assert_eq!(base64url(key.public_key()), "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        assert_eq!(key.kid(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn the_signature_is_that_of_rfc_8037_appendix_a_4() {
        let key = DeviceKey::from_pem(&RFC_8037_PEM.into()).unwrap();

        let signature = key.sign(b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc").unwrap();

        let wanted = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
        assert_eq!(base64url(&signature), wanted);
    }

    #[test]
    fn pem_round_trips_and_matches_that_of_other_programs() {
        let key = DeviceKey::from_pem(&RFC_8037_PEM.into()).unwrap();

        assert_eq!(key.to_pem().unwrap().expose(), RFC_8037_PEM);
        let new = DeviceKey::generate().unwrap();
        assert_eq!(DeviceKey::from_pem(&new.to_pem().unwrap()).unwrap(), new);
        assert_ne!(new, key);
    }

    #[test]
    fn text_that_is_not_a_key_is_refused_without_being_shown() {
        let cut = RFC_8037_PEM.replace("MC4CAQ", "MC4C");
        let public = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n\
            -----END PUBLIC KEY-----\n";
        for bad in ["", "CANARY", public, &cut, "-----BEGIN PRIVATE KEY-----\nCANARY\n-----END PRIVATE KEY-----\n"] {
            let error = DeviceKey::from_pem(&bad.into()).unwrap_err();

            assert!(error.is_invalid_input());
            assert!(!format!("{error} {error:?}").contains("CANARY"), "{error:?}");
        }
    }

    #[test]
    fn debug_shows_only_the_key_id() {
        let key = DeviceKey::from_pem(&RFC_8037_PEM.into()).unwrap();

        assert_eq!(format!("{key:?}"), r#"DeviceKey { kid: "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", .. }"#);
    }
}
