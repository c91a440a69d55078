//! JSON Web Signatures in compact form (RFC 7515), with Ed25519 (RFC 8037) only.

use serde_json::{Map, Value, json};

use super::{
    DeviceKey,
    base64url::{base64url, from_base64url},
    ed25519::verifies,
};
use crate::{Error, Secret};

pub(super) fn sign(key: &DeviceKey, claims: &Value) -> Result<Secret, Error> {
    let header = json!({ "alg": "EdDSA", "kid": key.kid(), "typ": "JWT" });
    let signed = [base64url(header.to_string().as_bytes()), base64url(claims.to_string().as_bytes())].join(".");
    let signature = base64url(&key.sign(signed.as_bytes())?);
    Ok(Secret::from([signed, signature].join(".")))
}

/// A parsed JWS in compact form. Its signature has not been checked.
pub(super) struct Jws<'a> {
    signed: &'a str,
    signature: Vec<u8>,
    header: Map<String, Value>,
    pub(super) claims: Map<String, Value>,
}

impl<'a> Jws<'a> {
    /// Returns `None` when the text is not a compact JWS.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let object = |part| serde_json::from_slice(&from_base64url(part)?).ok();
        Some(Self { signed, signature: from_base64url(signature)?, header: object(header)?, claims: object(claims)? })
    }

    pub(super) fn kid(&self) -> Option<&str> {
        self.header.get("kid")?.as_str()
    }

    /// The key determines the algorithm, and the header has to agree. Extensions (`crit`) are
    /// refused.
    pub(super) fn is_ed25519(&self) -> bool {
        let algorithm = self.header.get("alg").and_then(Value::as_str);
        matches!(algorithm, Some("EdDSA" | "Ed25519")) && !self.header.contains_key("crit")
    }

    pub(super) fn is_signed_by(&self, public_key: &[u8]) -> bool {
        self.is_ed25519() && verifies(public_key, self.signed.as_bytes(), &self.signature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signed_text_is_read_back_and_bound_to_its_key() {
        let (key, other) = (DeviceKey::generate().unwrap(), DeviceKey::generate().unwrap());

        let text = sign(&key, &json!({ "iss": "desk" })).unwrap();

        let jws = Jws::parse(text.expose()).unwrap();
        assert_eq!(jws.kid(), Some(key.kid()));
        assert_eq!(jws.claims["iss"], "desk");
        assert!(jws.is_signed_by(key.public_key()));
        assert!(!jws.is_signed_by(other.public_key()));
        assert!(!jws.is_signed_by(b""));
    }

    #[test]
    fn one_changed_character_breaks_the_signature() {
        let key = DeviceKey::generate().unwrap();
        let text = sign(&key, &json!({ "iss": "desk", "aud": "plex.tv" })).unwrap();
        let (signed, signature) = text.expose().rsplit_once('.').unwrap();
        let other = sign(&key, &json!({ "iss": "phone" })).unwrap();
        let others = other.expose().rsplit_once('.').unwrap().1;

        for forged in [format!("{signed}.{others}"), format!("{signed}."), format!("{signed}.{}", &signature[4..])] {
            assert!(!Jws::parse(&forged).unwrap().is_signed_by(key.public_key()), "{forged}");
        }
    }

    #[test]
    fn the_text_cannot_choose_another_algorithm() {
        let key = DeviceKey::generate().unwrap();
        for header in [
            json!({ "alg": "none" }),
            json!({ "alg": "HS256" }),
            json!({}),
            json!({ "alg": "EdDSA", "crit": ["b64"], "b64": false }),
        ] {
            let signed =
                [header, json!({ "iss": "desk" })].map(|part| base64url(part.to_string().as_bytes())).join(".");
            let text = format!("{signed}.{}", base64url(&key.sign(signed.as_bytes()).unwrap()));

            assert!(!Jws::parse(&text).unwrap().is_signed_by(key.public_key()), "{signed}");
        }
    }

    #[test]
    fn other_forms_are_not_parsed() {
        for other in
            ["", ".", "..", "a.b", "a.b.c", "e30.e30", "e30.e30.!", "e30.W10.AA", "EXAMPLE-TOKEN", "e30.e30.A.A"]
        {
            assert!(Jws::parse(other).is_none(), "{other}");
        }
    }
}
