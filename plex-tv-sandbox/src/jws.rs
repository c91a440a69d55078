//! Signed tokens in the compact form of RFC 7515.

use aws_lc_rs::signature::Ed25519KeyPair;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::jwk::Jwk;

/// A parsed token. Nothing in it is checked yet.
pub(crate) struct Jws<'a> {
    pub(crate) header: Map<String, Value>,
    pub(crate) claims: Map<String, Value>,
    signed: &'a str,
    signature: Vec<u8>,
}

impl<'a> Jws<'a> {
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let (signed, signature) = text.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let object = |part: &str| serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).ok()?).ok();
        Some(Self {
            header: object(header)?,
            claims: object(claims)?,
            signed,
            signature: BASE64_URL_SAFE_NO_PAD.decode(signature).ok()?,
        })
    }

    pub(crate) fn kid(&self) -> Option<&str> {
        self.header.get("kid")?.as_str()
    }

    pub(crate) fn is_signed_by(&self, key: &Jwk) -> bool {
        key.verifies(self.signed.as_bytes(), &self.signature)
    }
}

pub(crate) fn sign(pair: &Ed25519KeyPair, header: &Value, claims: &Value) -> String {
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(claims));
    let signature = BASE64_URL_SAFE_NO_PAD.encode(pair.sign(signed.as_bytes()));
    format!("{signed}.{signature}")
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::KeyPair as _;
    use serde_json::json;

    use super::*;

    /// RFC 8037, appendix A: the private key, and the public one.
    const D: &str = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
    const X: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

    fn decode(text: &str) -> Vec<u8> {
        BASE64_URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    fn pair() -> Ed25519KeyPair {
        Ed25519KeyPair::from_seed_and_public_key(&decode(D), &decode(X)).unwrap()
    }

    #[test]
    fn the_signature_of_rfc_8037_is_made_and_accepted() {
        let signed = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
        let expected = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
        let jwk = Jwk::new("a", pair().public_key().as_ref().try_into().unwrap());

        assert_eq!(BASE64_URL_SAFE_NO_PAD.encode(pair().sign(signed.as_bytes())), expected);
        assert!(jwk.verifies(signed.as_bytes(), &decode(expected)));
        assert!(!jwk.verifies(b"something else", &decode(expected)));
    }

    #[test]
    fn a_token_is_parsed_and_its_signature_covers_all_of_it() {
        let jwk = Jwk::new("a", decode(X).try_into().unwrap());
        let token = sign(&pair(), &json!({"alg": "EdDSA", "kid": "a"}), &json!({"iss": "me"}));

        let jws = Jws::parse(&token).unwrap();
        assert_eq!((jws.kid(), &jws.claims["iss"]), (Some("a"), &json!("me")));
        assert!(jws.is_signed_by(&jwk));

        let (header, rest) = token.split_once('.').unwrap();
        let (_, signature) = rest.split_once('.').unwrap();
        let other = BASE64_URL_SAFE_NO_PAD.encode(r#"{"iss":"you"}"#);
        let forged = format!("{header}.{other}.{signature}");
        assert!(!Jws::parse(&forged).unwrap().is_signed_by(&jwk));
    }

    #[test]
    fn invalid_tokens_are_not_parsed() {
        let token = sign(&pair(), &json!({}), &json!({}));
        for text in ["", ".", "..", "a.b", "e30.e30", "e30.e30.a.b", "W10.e30.AAAA", &token[..token.len() - 1]] {
            assert!(Jws::parse(text).is_none(), "{text}");
        }
    }
}
