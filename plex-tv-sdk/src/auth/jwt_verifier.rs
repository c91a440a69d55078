//! Is a Plex JWT genuine?

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};

use super::{
    Claims, DeviceKey,
    jws::{Jws, from_base64url},
};
use crate::{Client, Error, ErrorKind, Token};

/// For clocks that are wrong by minutes.
const LEEWAY: SignedDuration = SignedDuration::from_mins(5);
/// Anybody can write unknown key names into tokens; plex.tv is not asked about each.
const SHORTEST_REFETCH: Duration = Duration::from_secs(60);

/// Checks Plex JWTs against the keys that plex.tv publishes: signature, issuer, audience, time, and the device key if one is
/// given. Made by [`Client::jwt_verifier`]; clones share the keys, which are fetched when first needed and when a token names
/// one that is not known.
///
/// ```no_run
/// # async fn example(client: plex_tv_sdk::Client, token: plex_tv_sdk::Token) -> Result<(), plex_tv_sdk::Error> {
/// let claims = client.jwt_verifier().verify(&token).await?;
/// println!("good until {:?}", claims.expires_at);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct JwtVerifier {
    client: Client,
    thumbprint: Option<String>,
    keys: Arc<Mutex<Keys>>,
}

#[derive(Default)]
struct Keys {
    /// `(kid, public key)`.
    keys: Vec<(String, Vec<u8>)>,
    /// By the client's clock.
    fetched: Option<Duration>,
}

impl JwtVerifier {
    pub(crate) fn new(client: Client) -> Self {
        Self { client, thumbprint: None, keys: Arc::default() }
    }

    /// Asks for more: that the JWT was given for this device key.
    #[must_use]
    pub fn device_key(self, key: &DeviceKey) -> Self {
        Self { thumbprint: Some(key.kid().to_owned()), ..self }
    }

    /// Checks a token and says what is in it.
    ///
    /// # Errors
    /// `is_jwt_invalid` when it is no JWT, signed by nobody known, or for somebody else; `is_token_expired` when it is
    /// genuine and its time is over; else what any call can fail with.
    ///
    /// Calls `GET /api/v2/auth/keys`, seldom.
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
        let claims = Claims::read(jws.claims);
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
            return Err(invalid("the JWT was given for another device key"));
        }
        let Some(expires) = claims.expires_at else {
            return Err(invalid("the JWT does not say when it ends"));
        };
        if claims.issued_at.is_some_and(|issued| issued.duration_since(now) > LEEWAY) {
            return Err(invalid("the JWT is from the future"));
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
        let now = self.client.clock().now();
        let fetched = self.lock().fetched;
        if fetched.is_some_and(|fetched| now.saturating_sub(fetched) < SHORTEST_REFETCH) {
            return Ok(None);
        }
        let published = self.client.v2().get_auth_keys().send().await?;
        let keys = published.keys.into_iter().filter(|key| {
            let is = |value: &Option<String>, wanted: &str| value.as_deref().is_none_or(|value| value == wanted);
            is(&key.kty, "OKP") && is(&key.crv, "Ed25519") && is(&key.use_, "sig")
        });
        let keys = keys.filter_map(|key| Some((key.kid, from_base64url(&key.x?)?))).collect();
        *self.lock() = Keys { keys, fetched: Some(now) };
        Ok(self.known(kid))
    }

    fn known(&self, kid: &str) -> Option<Vec<u8>> {
        self.lock().keys.iter().find(|(known, _)| known == kid).map(|(_, key)| key.clone())
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Keys> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn invalid(message: &str) -> Error {
    Error::new(ErrorKind::JwtInvalid, message)
}

impl fmt::Debug for JwtVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kids: Vec<String> = self.lock().keys.iter().map(|(kid, _)| kid.clone()).collect();
        f.debug_struct("JwtVerifier").field("thumbprint", &self.thumbprint).field("keys", &kids).finish_non_exhaustive()
    }
}
