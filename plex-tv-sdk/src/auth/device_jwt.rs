//! The short-lived JWT with which an installation proves that it has its key.

use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use reqwest::header::{DATE, HeaderMap};
use serde_json::json;

use super::{DeviceKey, Scopes, jws::sign};
use crate::{Error, Secret};

/// The clock skew that is tolerated, in seconds: the JWT is valid from this long before now until
/// this long after it.
const LEEWAY: i64 = 300;

pub(super) struct DeviceJwt<'a> {
    pub(super) key: &'a DeviceKey,
    pub(super) client_identifier: &'a str,
    pub(super) scopes: &'a Scopes,
    pub(super) nonce: Option<&'a Secret>,
}

impl DeviceJwt<'_> {
    /// Signs the JWT. `now` is the estimated time at plex.tv.
    pub(super) fn sign(&self, now: Timestamp) -> Result<Secret, Error> {
        let now = now.as_second();
        let mut claims = json!({
            "aud": "plex.tv",
            "iss": self.client_identifier,
            "iat": now.saturating_sub(LEEWAY),
            "exp": now.saturating_add(LEEWAY),
        });
        if *self.scopes != Scopes::none() {
            claims["scope"] = json!(self.scopes.to_string());
        }
        if let Some(nonce) = self.nonce {
            claims["nonce"] = json!(nonce.expose());
        }
        sign(self.key, &claims)
    }
}

/// Returns how far the clock of plex.tv is ahead of the local one, according to the `Date` of its
/// reply.
pub(super) fn ahead(headers: &HeaderMap, now: Timestamp) -> SignedDuration {
    let date = headers.get(DATE).and_then(|date| date.to_str().ok()).and_then(|date| rfc2822::parse(date).ok());
    date.map_or(SignedDuration::ZERO, |date| date.timestamp().duration_since(now))
}

/// Returns the time at plex.tv.
pub(super) fn at_plex(now: Timestamp, ahead: SignedDuration) -> Timestamp {
    now.checked_add(ahead).unwrap_or(now)
}
