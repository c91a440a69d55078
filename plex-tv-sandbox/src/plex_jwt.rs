//! Plex JWTs, which plex.tv issues in place of tokens and signs with a key that it publishes.

use std::collections::BTreeSet;
use std::fmt;
use std::io;
use std::time::Duration;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::device_jwt::Scope;
use crate::jwk::Jwk;
use crate::jws::sign;
use crate::state::Person;

pub(crate) const LIFETIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The content of a new JWT.
#[derive(Debug)]
pub(crate) struct Grant<'a> {
    pub(crate) account: &'a Person,
    pub(crate) client_identifier: &'a str,
    pub(crate) device_kid: &'a str,
    pub(crate) scopes: &'a BTreeSet<Scope>,
    /// When it is issued, in epoch seconds.
    pub(crate) at: i64,
}

impl Grant<'_> {
    pub(crate) fn expires(&self) -> i64 {
        self.at.saturating_add_unsigned(LIFETIME.as_secs())
    }

    fn claims(&self) -> Value {
        let mut claims = json!({
            "aud": ["plex.tv", self.client_identifier],
            "iss": "plex.tv",
            "iat": self.at,
            "exp": self.expires(),
            "thumbprint": self.device_kid,
        });
        for scope in self.scopes {
            let (name, value) = match scope {
                Scope::Username => ("username", json!(self.account.username)),
                Scope::Email => ("email", json!(self.account.email)),
                Scope::FriendlyName => ("friendly_name", json!(self.account.title)),
                Scope::Restricted => ("restricted", json!(self.account.is_managed())),
                Scope::Anonymous => ("anonymous", json!(self.account.is_anonymous())),
                Scope::JoinedAt => ("joinedAt", json!(Person::JOINED_AT)),
            };
            claims[name] = value;
        }
        claims
    }
}

struct SigningKey {
    pair: Ed25519KeyPair,
    public: Jwk,
    retired: Option<Instant>,
}

impl SigningKey {
    fn generate() -> io::Result<Self> {
        let failed = || io::Error::other("the system could not generate a random key");
        let pair = Ed25519KeyPair::generate().map_err(|_| failed())?;
        let x = pair.public_key().as_ref().try_into().map_err(|_| failed())?;
        Ok(Self { public: Jwk::named_by_thumbprint(x), pair, retired: None })
    }
}

/// The current signing key and the retired ones.
pub(crate) struct SigningKeys {
    current: SigningKey,
    retired: Vec<SigningKey>,
}

impl fmt::Debug for SigningKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SigningKeys").field("kid", &self.current.public.kid).finish_non_exhaustive()
    }
}

impl SigningKeys {
    pub(crate) fn generate() -> io::Result<Self> {
        Ok(Self { current: SigningKey::generate()?, retired: Vec::new() })
    }

    /// Signs with a new key from now on.
    pub(crate) fn rotate(&mut self, now: Instant) -> io::Result<()> {
        let mut retired = std::mem::replace(&mut self.current, SigningKey::generate()?);
        retired.retired = Some(now);
        self.retired.push(retired);
        Ok(())
    }

    /// Returns the current key, then each retired key for as long as a JWT signed by it can be
    /// valid.
    pub(crate) fn published(&self, now: Instant) -> Vec<Value> {
        let useful = |key: &&SigningKey| key.retired.is_some_and(|retired| now < retired + LIFETIME);
        let older = self.retired.iter().rev().filter(useful);
        std::iter::once(&self.current).chain(older).map(|key| key.public.to_value()).collect()
    }

    pub(crate) fn issue(&self, grant: &Grant<'_>) -> String {
        let header = json!({"alg": "EdDSA", "kid": self.current.public.kid, "typ": "JWT"});
        sign(&self.current.pair, &header, &grant.claims())
    }
}
