//! Ed25519 keys as JSON Web Keys: RFC 7517 and RFC 8037, with thumbprints by RFC 7638.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

/// A public key and the name that its owner gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Jwk {
    pub(crate) kid: String,
    x: [u8; 32],
}

impl Jwk {
    pub(crate) fn new(kid: impl Into<String>, x: [u8; 32]) -> Self {
        Self { kid: kid.into(), x }
    }

    /// Creates a key whose `kid` is its RFC 7638 thumbprint.
    pub(crate) fn named_by_thumbprint(x: [u8; 32]) -> Self {
        Self::new(Self::new("", x).thumbprint(), x)
    }

    /// Reads a key in exactly the form that a device has to send.
    pub(crate) fn read(value: &Value) -> Option<Self> {
        let has = |name: &str, expected: &str| value[name] == expected;
        let fixed = has("kty", "OKP") && has("crv", "Ed25519") && has("use", "sig") && has("alg", "EdDSA");
        let kid = value["kid"].as_str().filter(|kid| fixed && !kid.is_empty())?;
        let x = BASE64_URL_SAFE_NO_PAD.decode(value["x"].as_str()?).ok()?;
        Some(Self::new(kid, x.try_into().ok()?))
    }

    pub(crate) fn to_value(&self) -> Value {
        json!({
            "kty": "OKP",
            "crv": "Ed25519",
            "x": self.encoded_x(),
            "use": "sig",
            "alg": "EdDSA",
            "kid": self.kid,
        })
    }

    /// Returns the thumbprint of RFC 7638: the hash of the required members, sorted by name.
    pub(crate) fn thumbprint(&self) -> String {
        let required = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, self.encoded_x());
        BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, required.as_bytes()))
    }

    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.x).verify(message, signature).is_ok()
    }

    fn encoded_x(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of RFC 8037, appendix A.
    const X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

    fn published() -> Value {
        json!({"kty": "OKP", "crv": "Ed25519", "x": X, "kid": "a", "use": "sig", "alg": "EdDSA"})
    }

    #[test]
    fn the_thumbprint_of_rfc_8037_is_found() {
        let jwk = Jwk::read(&published()).unwrap();

        assert_eq!(jwk.thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn a_key_is_written_as_it_was_read() {
        assert_eq!(Jwk::read(&published()).unwrap().to_value(), published());
    }

    #[test]
    fn anything_else_is_refused() {
        let cases = [
            ("kty", json!("RSA")),
            ("crv", json!("X25519")),
            ("use", json!("enc")),
            ("alg", json!("ES256")),
            ("alg", Value::Null),
            ("kid", json!("")),
            ("kid", json!(7)),
            ("x", json!(format!("{X}="))),
            ("x", json!(&X[..40])),
            ("x", json!("not base64!")),
        ];

        for (name, value) in cases {
            let mut jwk = published();
            jwk[name] = value.clone();
            assert_eq!(Jwk::read(&jwk), None, "{name}: {value}");
        }
        assert_eq!(Jwk::read(&json!([1])), None);
    }
}
