//! Device JWTs: short-lived tokens that a device signs with its own key.

use std::collections::BTreeSet;

use crate::jwk::Jwk;
use crate::jws::Jws;

/// A claim about the account that a device may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scope {
    Username,
    Email,
    FriendlyName,
    Restricted,
    Anonymous,
    JoinedAt,
}

impl Scope {
    fn read(name: &str) -> Option<Self> {
        Some(match name {
            "username" => Self::Username,
            "email" => Self::Email,
            "friendly_name" => Self::FriendlyName,
            "restricted" => Self::Restricted,
            "anonymous" => Self::Anonymous,
            "joinedAt" => Self::JoinedAt,
            _ => return None,
        })
    }
}

/// What a checked device JWT asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct DeviceJwt {
    pub(crate) nonce: Option<String>,
    pub(crate) scopes: BTreeSet<Scope>,
}

/// How far the clock of a device may be ahead, in seconds.
const LEEWAY_SECONDS: i64 = 60;

/// Checks signature and claims; the error says what is wrong.
pub(crate) fn check(jws: &Jws<'_>, key: &Jwk, client_identifier: &str, now: i64) -> Result<DeviceJwt, &'static str> {
    let header = |name: &str| jws.header.get(name).and_then(|value| value.as_str());
    let claim = |name: &str| jws.claims.get(name).and_then(|value| value.as_str());
    let seconds = |name: &str| jws.claims.get(name).and_then(serde_json::Value::as_i64);
    if header("alg") != Some("EdDSA") {
        return Err("alg of the device JWT is not EdDSA");
    }
    if header("typ") != Some("JWT") {
        return Err("typ of the device JWT is not JWT");
    }
    if jws.kid() != Some(&key.kid) {
        return Err("kid of the device JWT is unknown");
    }
    if !jws.is_signed_by(key) {
        return Err("JWT signature verification failed");
    }
    if claim("aud") != Some("plex.tv") {
        return Err("aud of the device JWT is not plex.tv");
    }
    if claim("iss") != Some(client_identifier) {
        return Err("iss of the device JWT is not the client identifier");
    }
    let (Some(issued), Some(expires)) = (seconds("iat"), seconds("exp")) else {
        return Err("iat and exp of the device JWT are not epoch seconds");
    };
    if issued > now.saturating_add(LEEWAY_SECONDS) {
        return Err("iat of the device JWT is in the future");
    }
    if expires <= issued {
        return Err("exp of the device JWT is not after its iat");
    }
    if expires <= now {
        return Err("the device JWT has expired");
    }
    let scopes = claim("scope").unwrap_or_default().split(',').filter(|name| !name.is_empty()).map(Scope::read);
    Ok(DeviceJwt {
        nonce: claim("nonce").map(String::from),
        scopes: scopes.collect::<Option<_>>().ok_or("scope of the device JWT is unknown")?,
    })
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
    use serde_json::{Value, json};

    use super::*;
    use crate::jws::sign;

    const NOW: i64 = 1_800_000_000;

    fn key(pair: &Ed25519KeyPair) -> Jwk {
        Jwk::new("k", pair.public_key().as_ref().try_into().unwrap())
    }

    fn checked(header: &Value, claims: &Value) -> Result<DeviceJwt, &'static str> {
        let pair = Ed25519KeyPair::generate().unwrap();
        let token = sign(&pair, header, claims);
        check(&Jws::parse(&token).unwrap(), &key(&pair), "tv", NOW)
    }

    fn header() -> Value {
        json!({"alg": "EdDSA", "kid": "k", "typ": "JWT"})
    }

    fn claims() -> Value {
        json!({"aud": "plex.tv", "iss": "tv", "iat": NOW, "exp": NOW + 300, "nonce": "n", "scope": "username,joinedAt"})
    }

    #[test]
    fn a_valid_one_gives_nonce_and_scopes() {
        let jwt = checked(&header(), &claims()).unwrap();

        assert_eq!(jwt.nonce.as_deref(), Some("n"));
        assert_eq!(jwt.scopes, BTreeSet::from([Scope::Username, Scope::JoinedAt]));
    }

    #[test]
    fn nonce_and_scope_may_be_missing() {
        let jwt = checked(&header(), &json!({"aud": "plex.tv", "iss": "tv", "iat": NOW - 9, "exp": NOW + 1})).unwrap();

        assert_eq!(jwt, DeviceJwt { nonce: None, scopes: BTreeSet::new() });
    }

    #[test]
    fn each_wrong_member_is_refused() {
        let cases = [
            ("header", "alg", json!("none")),
            ("header", "alg", json!("HS256")),
            ("header", "kid", json!("other")),
            ("header", "typ", Value::Null),
            ("claims", "aud", json!("https://plex.tv")),
            ("claims", "aud", json!(["plex.tv"])),
            ("claims", "iss", json!("phone")),
            ("claims", "iat", json!(NOW + 61)),
            ("claims", "iat", json!("1800000000")),
            ("claims", "iat", Value::Null),
            ("claims", "exp", json!(NOW)),
            ("claims", "exp", Value::Null),
            ("claims", "scope", json!("username email")),
            ("claims", "scope", json!("everything")),
        ];

        for (part, name, value) in cases {
            let (mut header, mut claims) = (header(), claims());
            let wrong = if part == "header" { &mut header } else { &mut claims };
            wrong[name] = value.clone();
            assert!(checked(&header, &claims).is_err(), "{name}: {value}");
        }
    }

    #[test]
    fn another_key_under_the_same_name_is_refused() {
        let token = sign(&Ed25519KeyPair::generate().unwrap(), &header(), &claims());
        let other = key(&Ed25519KeyPair::generate().unwrap());

        let refused = check(&Jws::parse(&token).unwrap(), &other, "tv", NOW);

        assert_eq!(refused, Err("JWT signature verification failed"));
    }
}
