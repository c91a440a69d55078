//! The key pair that identifies an installation.

use std::{fmt, sync::Arc};

use rustls_pki_types::{PrivatePkcs8KeyDer, pem::PemObject as _};
use zeroize::Zeroizing;

use super::{
    base64url::base64url,
    ed25519::{KeyPair, sha256},
};
use crate::{Error, Secret, v2::types::DeviceJwk};

/// The Ed25519 key of an installation. Whoever has it can get new tokens for the account, so keep
/// it like a password.
///
/// Make one for each user who signs in, and keep it in a [`crate::CredentialStore`]. A client that
/// has a store saves it there when a sign-in with the key succeeds. Clones are the same key.
/// `Debug` shows its name only.
///
/// # One key for each user
/// plex.tv has one user for a key and a client identifier: the last one who signed in by it. A Plex
/// JWT does not name its user. While a second user signs in by the key of the first, a client of
/// the first can therefore get a token of the second. It notices as soon as the second sign-in is
/// in the store. Sign out before the key is used again, or use a new one.
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
    /// Makes a new key.
    ///
    /// # Errors
    /// When the system has no random numbers.
    pub fn generate() -> Result<Self, Error> {
        let pair = KeyPair::generate();
        pair.map(Self::new).ok_or_else(|| Error::invalid_input("the system has no random numbers for a key"))
    }

    /// Reads a key in PKCS#8 PEM, as [`DeviceKey::to_pem`] and `openssl genpkey -algorithm ed25519`
    /// write it.
    ///
    /// # Errors
    /// `is_invalid_input` when it is something else. The message does not show it.
    pub fn from_pem(pem: &Secret) -> Result<Self, Error> {
        let unusable = || Error::invalid_input("the device key is not an Ed25519 private key in PKCS#8 PEM");
        // Some editors write a byte order mark.
        let pem = pem.expose().trim_start_matches('\u{feff}');
        let der = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| unusable())?;
        KeyPair::from_pkcs8(der.secret_pkcs8_der()).map(Self::new).ok_or_else(unusable)
    }

    /// Writes the key in PKCS#8 PEM.
    ///
    /// # Errors
    /// When the crypto library has no memory for it.
    pub fn to_pem(&self) -> Result<Secret, Error> {
        let der = self.0.pair.to_pkcs8().ok_or_else(|| Error::invalid_input("the device key cannot be written"))?;
        // 48 bytes: one line in base64.
        let text = Zeroizing::new(base64::Engine::encode(&base64::prelude::BASE64_STANDARD, &*der));
        Ok(Secret::from([PEM_BEGIN, &text, PEM_END].concat()))
    }

    /// Reads a key from a file that [`DeviceKey::save`] wrote.
    ///
    /// # Errors
    /// `is_store` when the file cannot be read; `is_invalid_input` when it has no Ed25519 key in
    /// PKCS#8 PEM.
    #[cfg(feature = "file-store")]
    pub fn load(path: impl AsRef<std::path::Path>) -> Result<Self, Error> {
        Self::from_pem(&super::store::private_file::read_text(path.as_ref())?)
    }

    /// Writes the key to a file of its own: PKCS#8 PEM, readable for this user alone (mode 0600),
    /// all or nothing. A link is followed.
    ///
    /// # Errors
    /// `is_store` when the file cannot be written. An old file then stays as it was.
    #[cfg(feature = "file-store")]
    pub fn save(&self, path: impl AsRef<std::path::Path>) -> Result<(), Error> {
        super::store::private_file::replace(path.as_ref(), self.to_pem()?.expose().as_bytes())
    }

    /// The name of the key: the thumbprint of its public half by RFC 7638. It is not secret.
    pub fn kid(&self) -> &str {
        &self.0.kid
    }

    /// The public half, 32 bytes.
    pub fn public_key(&self) -> &[u8] {
        self.0.pair.public_key()
    }

    /// The public half in the form that plex.tv expects.
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

/// RFC 7638 for an Ed25519 key (RFC 8037): the hash over the required members, in order and without
/// spaces.
fn thumbprint(public_key: &[u8]) -> String {
    let members = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, base64url(public_key));
    base64url(sha256(members.as_bytes()).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of RFC 8037, appendix A.1, in the PEM that Python's `cryptography` 50.0.2 writes of
    /// it.
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
    fn a_key_survives_its_pem_which_others_write_alike() {
        let key = DeviceKey::from_pem(&RFC_8037_PEM.into()).unwrap();

        assert_eq!(key.to_pem().unwrap().expose(), RFC_8037_PEM);
        let new = DeviceKey::generate().unwrap();
        assert_eq!(DeviceKey::from_pem(&new.to_pem().unwrap()).unwrap(), new);
        assert_ne!(new, key);
    }

    #[test]
    fn what_is_no_key_is_refused_without_being_shown() {
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
    fn debug_shows_the_name_only() {
        let key = DeviceKey::from_pem(&RFC_8037_PEM.into()).unwrap();

        assert_eq!(format!("{key:?}"), r#"DeviceKey { kid: "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", .. }"#);
    }
}
