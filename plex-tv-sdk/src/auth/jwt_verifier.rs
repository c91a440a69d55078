//! Checks whether a Plex JWT is genuine.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};

use super::{
    Claims, DeviceKey,
    ed25519::is_weak,
    jws::{Jws, from_base64url},
};
use crate::{
    Client, Error, Token, error::ErrorKind, generated::plex_tv::ClientJwtAuthenticationExt as _,
    plex_tv::types::AuthKey,
};

/// The clock skew that is tolerated.
const LEEWAY: SignedDuration = SignedDuration::from_mins(5);
/// The shortest time between two fetches of the keys, failed ones included. Anybody can write unknown key names into tokens.
const SHORTEST_REFETCH: Duration = Duration::from_secs(60);

/// Checks Plex JWTs against the keys that plex.tv publishes: signature, issuer, audience, time, and the device key if one is
/// given. Made by [`Client::jwt_verifier`]. Clones share the keys.
///
/// The keys are fetched when they are first needed, and when a token names an unknown one: by one caller at a time, and not
/// more than once a minute, whether or not it works.
///
/// ```no_run
/// # async fn example(client: plex_tv_sdk::Client, token: plex_tv_sdk::Token) -> Result<(), plex_tv_sdk::Error> {
/// let claims = client.jwt_verifier().verify(&token).await?;
/// println!("valid until {:?}", claims.expires_at);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct JwtVerifier {
    client: Client,
    thumbprint: Option<String>,
    keys: Arc<Keys>,
}

#[derive(Default)]
struct Keys {
    published: Mutex<Vec<PublicKey>>,
    /// Held during a fetch.
    last_fetch: tokio::sync::Mutex<Option<Fetch>>,
}

#[derive(Clone)]
struct PublicKey {
    kid: String,
    bytes: Vec<u8>,
}

struct Fetch {
    /// When it began, by the client's clock.
    began: Duration,
    failure: Option<Error>,
}

impl JwtVerifier {
    pub(crate) fn new(client: Client) -> Self {
        Self { client, thumbprint: None, keys: Arc::default() }
    }

    /// Also checks that the JWT was issued for this device key.
    #[must_use]
    pub fn device_key(self, key: &DeviceKey) -> Self {
        Self { thumbprint: Some(key.kid().to_owned()), ..self }
    }

    /// Checks a token and returns its claims.
    ///
    /// # Errors
    /// `is_jwt_invalid` when it is not a JWT, is signed by an unknown key, is for somebody else, or is not valid yet;
    /// `is_token_expired` when it is genuine and has expired; else what any call can fail with. While the keys cannot be
    /// fetched, that failure is the error for a token that names an unknown key.
    ///
    /// Calls `GET /api/v2/auth/keys` when needed.
    pub async fn verify(&self, token: &Token) -> Result<Claims, Error> {
        let jws = Jws::parse(token.expose()).ok_or_else(|| invalid("the token is no JWT"))?;
        let kid = jws.kid().ok_or_else(|| invalid("the JWT names no key"))?;
        if !jws.is_ed25519() {
            return Err(invalid("the JWT is not signed by the algorithm that plex.tv uses"));
        }
        let key =
            self.key(kid).await?.ok_or_else(|| invalid("the JWT is signed by a key that plex.tv does not publish"))?;
        if !jws.is_signed_by(&key) {
            return Err(invalid("the signature of the JWT is wrong"));
        }
        let has = |claim: &str| jws.claims.get(claim).is_some_and(|value| !value.is_null());
        let (has_start, has_issue) = (has("nbf"), has("iat"));
        let claims = Claims::read(jws.claims);
        if (has_start && claims.not_before.is_none()) || (has_issue && claims.issued_at.is_none()) {
            return Err(invalid("the JWT has a time that cannot be read"));
        }
        self.check(&claims, self.client.clock().wall())?;
        Ok(claims)
    }

    fn check(&self, claims: &Claims, now: Timestamp) -> Result<(), Error> {
        let is_for = |name: &str| claims.audience.iter().any(|audience| audience == name);
        if claims.issuer.as_deref() != Some("plex.tv") {
            return Err(invalid("the JWT does not come from plex.tv"));
        }
        if !is_for("plex.tv") || !is_for(self.client.identity().client_identifier()) {
            return Err(invalid("the JWT is for another client identifier"));
        }
        if self.thumbprint.is_some() && claims.thumbprint != self.thumbprint {
            return Err(invalid("the JWT was issued for another device key"));
        }
        let Some(expires) = claims.expires_at else {
            return Err(invalid("the JWT does not say when it expires"));
        };
        let starts = claims.issued_at.into_iter().chain(claims.not_before);
        if starts.into_iter().any(|start| start.duration_since(now) > LEEWAY) {
            return Err(invalid("the JWT is not valid yet"));
        }
        if now.duration_since(expires) > LEEWAY {
            return Err(Error::new(ErrorKind::JwtExpired, "the JWT has expired"));
        }
        Ok(())
    }

    async fn key(&self, kid: &str) -> Result<Option<Vec<u8>>, Error> {
        if let Some(key) = self.known(kid) {
            return Ok(Some(key));
        }
        let mut last_fetch = self.keys.last_fetch.lock().await;
        // Another caller may have fetched it meanwhile.
        if let Some(key) = self.known(kid) {
            return Ok(Some(key));
        }
        let now = self.client.clock().now();
        if let Some(last) = last_fetch.as_ref().filter(|last| now.saturating_sub(last.began) < SHORTEST_REFETCH) {
            return last.failure.as_ref().map_or(Ok(None), |failure| Err(failure.again()));
        }
        // It stands if the caller gives up meanwhile.
        let given_up = Error::new(ErrorKind::Transport, "the last fetch of plex.tv's keys was given up");
        let last = last_fetch.insert(Fetch { began: now, failure: Some(given_up) });
        match self.client.plex_tv().get_auth_keys().send().await {
            Ok(keys) => {
                *self.published() = keys.into_inner().keys.into_iter().filter_map(public_key).collect();
                last.failure = None;
                Ok(self.known(kid))
            }
            Err(error) => {
                last.failure = Some(error.again());
                Err(error)
            }
        }
    }

    fn known(&self, kid: &str) -> Option<Vec<u8>> {
        self.published().iter().find(|key| key.kid == kid).map(|key| key.bytes.clone())
    }

    fn published(&self) -> MutexGuard<'_, Vec<PublicKey>> {
        self.keys.published.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The key, if it is for signatures by Ed25519 and only its owner can sign by it.
fn public_key(key: AuthKey) -> Option<PublicKey> {
    let is = |value: &Option<String>, wanted: &[&str]| value.as_deref().is_none_or(|value| wanted.contains(&value));
    let is_usable = is(&key.kty, &["OKP"])
        && is(&key.crv, &["Ed25519"])
        && is(&key.use_, &["sig"])
        && is(&key.alg, &["EdDSA", "Ed25519"]);
    let bytes = from_base64url(&key.x?)?;
    (is_usable && !is_weak(&bytes)).then_some(PublicKey { kid: key.kid, bytes })
}

fn invalid(message: &str) -> Error {
    Error::new(ErrorKind::JwtInvalid, message)
}

impl fmt::Debug for JwtVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kids: Vec<String> = self.published().iter().map(|key| key.kid.clone()).collect();
        f.debug_struct("JwtVerifier").field("thumbprint", &self.thumbprint).field("keys", &kids).finish_non_exhaustive()
    }
}
