//! Keeps a Plex JWT fresh.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};

use super::{
    Claims, CredentialStore, DeviceKey, Scopes,
    device_jwt::{DeviceJwt, ahead, at_plex},
};
use crate::{
    Client, Error, Token, runtime::clock::BoxFuture, runtime::transport::Renewer, v2::types::ExchangeJwtTokenBody,
};

/// So long before its end a token is renewed; one that lives shorter than two days, at half its life.
const MARGIN: SignedDuration = SignedDuration::from_hours(24);
/// After a failure that may pass, so long nothing is tried again.
const PAUSE: Duration = Duration::from_secs(60);
/// After one that most likely stands.
const LONG_PAUSE: Duration = Duration::from_secs(300);

pub(crate) type OnRenewed = Arc<dyn Fn(&Token) + Send + Sync>;

/// What a client wants of its JWTs.
#[derive(Clone, Default)]
pub(crate) struct JwtSettings {
    pub(crate) scopes: Scopes,
    pub(crate) on_renewed: Option<OnRenewed>,
}

/// The token of one user on one installation, shared by all clones of a client.
pub(crate) struct Keeper {
    /// Without a token: what it calls needs none.
    client: Client,
    store: Option<Arc<dyn CredentialStore>>,
    settings: JwtSettings,
    kept: Mutex<Kept>,
    /// Held while a token is renewed: once for all who wait. In it is why the last time failed.
    renewing: tokio::sync::Mutex<Option<Failure>>,
}

struct Kept {
    token: Option<Token>,
    /// By the local wall clock; nothing means that only plex.tv will tell.
    renew_at: Option<Timestamp>,
    /// The key that is used, and then the one that is about to take its place.
    keys: Vec<DeviceKey>,
}

struct Failure {
    error: Error,
    /// By the client's clock.
    stands_until: Duration,
}

impl Keeper {
    /// Of a token that was kept, if there is one. Nothing is sent before a call needs a token.
    pub(crate) fn new(
        client: Client,
        store: Option<Arc<dyn CredentialStore>>,
        settings: JwtSettings,
        keys: Vec<DeviceKey>,
        token: Option<Token>,
    ) -> Self {
        let renew_at = token.as_ref().and_then(|token| renew_at(token, None));
        let kept = Mutex::new(Kept { token, renew_at, keys });
        Self { client, store, settings, kept, renewing: tokio::sync::Mutex::default() }
    }

    /// The same for a token that came just now.
    pub(crate) fn of_new_token(
        client: Client,
        store: Option<Arc<dyn CredentialStore>>,
        settings: JwtSettings,
        key: DeviceKey,
        token: Token,
    ) -> Self {
        let now = client.clock().wall();
        let keeper = Self::new(client, store, settings, vec![key], None);
        keeper.keep(token, Some(now));
        keeper
    }

    /// The key that is in use.
    pub(crate) fn key(&self) -> Option<DeviceKey> {
        self.kept().keys.first().cloned()
    }

    /// Takes a second key along, which plex.tv may take in place of the first from now on.
    pub(crate) fn prepare(&self, key: &DeviceKey) -> Result<(), Error> {
        self.save_next(Some(key))?;
        let mut kept = self.kept();
        kept.keys.truncate(1);
        kept.keys.push(key.clone());
        Ok(())
    }

    /// plex.tv took the second key.
    pub(crate) fn prefer(&self, key: &DeviceKey) {
        self.kept().keys.sort_by_key(|kept| kept != key);
    }

    /// plex.tv did not take the second key.
    pub(crate) fn give_up(&self, key: &DeviceKey) -> Result<(), Error> {
        self.kept().keys.retain(|kept| kept != key);
        self.save_next(None)
    }

    fn save_next(&self, key: Option<&DeviceKey>) -> Result<(), Error> {
        let Some(store) = &self.store else { return Ok(()) };
        let pem = key.map(DeviceKey::to_pem).transpose()?;
        store.update(&mut |credentials| credentials.next_device_key = pem.clone())?;
        Ok(())
    }

    /// Gets a new token now.
    pub(crate) async fn renew_now(&self) -> Result<Token, Error> {
        let token = self.kept().token.clone();
        self.renew(token.as_ref()).await?.ok_or_else(|| Error::invalid_input("the client is signed out"))
    }

    /// Forgets token and keys. What is being renewed ends first.
    pub(crate) async fn forget(&self) {
        let _one_at_a_time = self.renewing.lock().await;
        *self.kept() = Kept { token: None, renew_at: None, keys: Vec::new() };
    }

    /// A new token in place of this one, unless somebody else got one meanwhile. One exchange for all who wait, and none
    /// while the failure of the last one stands.
    async fn renew(&self, seen: Option<&Token>) -> Result<Option<Token>, Error> {
        let mut failure = self.renewing.lock().await;
        {
            let kept = self.kept();
            if kept.keys.is_empty() || kept.token.as_ref() != seen {
                return Ok(kept.token.clone());
            }
        }
        let now = || self.client.clock().now();
        if let Some(failure) = failure.as_ref().filter(|failure| now() < failure.stands_until) {
            return Err(failure.error.clone());
        }
        match self.exchange().await {
            Ok(token) => {
                *failure = None;
                Ok(Some(token))
            }
            Err(error) => {
                #[cfg(feature = "tracing")]
                tracing::warn!(kind = ?error.kind(), operation = error.operation(), "no new token");
                let stands_until = now().saturating_add(pause_after(&error));
                *failure = Some(Failure { error: error.clone(), stands_until });
                Err(error)
            }
        }
    }

    async fn exchange(&self) -> Result<Token, Error> {
        if let Some(token) = self.renewed_elsewhere()? {
            return Ok(token);
        }
        let keys = self.kept().keys.clone();
        let mut keys = keys.iter().peekable();
        let (token, key) = loop {
            let Some(key) = keys.next() else {
                return Err(Error::invalid_input("the client has no device key"));
            };
            match exchange(&self.client, key, &self.settings.scopes).await {
                Ok(token) => break (token, key),
                // A change of keys may have been cut short on either side of the moment that counts.
                Err(error) if error.is_device_jwt_rejected() && keys.peek().is_some() => {}
                Err(error) => return Err(error),
            }
        };
        let received = self.client.clock().wall();
        self.save(&token, key)?;
        self.kept().keys = vec![key.clone()];
        self.keep(token.clone(), Some(received));
        if let Some(told) = &self.settings.on_renewed {
            told(&token);
        }
        Ok(token)
    }

    /// The token that another process left in the store, if it ends later than ours.
    fn renewed_elsewhere(&self) -> Result<Option<Token>, Error> {
        let Some(store) = &self.store else { return Ok(None) };
        let Some(saved) = store.load()?.token else { return Ok(None) };
        let ends = |token: &Token| Claims::unverified(token).ok()?.expires_at;
        let own = self.kept().token.as_ref().and_then(ends);
        let is_newer = ends(&saved).is_some_and(|ends| ends > self.client.clock().wall() && Some(ends) > own);
        if is_newer {
            self.keep(saved.clone(), None);
        }
        Ok(is_newer.then_some(saved))
    }

    fn save(&self, token: &Token, key: &DeviceKey) -> Result<(), Error> {
        let Some(store) = &self.store else { return Ok(()) };
        let pem = key.to_pem()?;
        store.update(&mut |credentials| {
            credentials.token = Some(token.clone());
            credentials.device_key = Some(pem.clone());
            credentials.next_device_key = None;
        })?;
        Ok(())
    }

    fn keep(&self, token: Token, received: Option<Timestamp>) {
        let renew_at = renew_at(&token, received);
        let mut kept = self.kept();
        kept.token = Some(token);
        kept.renew_at = renew_at;
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // It is whole whatever panicked beside it.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Renewer for Keeper {
    fn current(&self) -> Option<Token> {
        self.kept().token.clone()
    }

    fn fresh(&self) -> BoxFuture<'_, Result<Option<Token>, Error>> {
        Box::pin(async move {
            let (token, is_due) = {
                let kept = self.kept();
                let is_due = match &kept.token {
                    Some(_) => kept.renew_at.is_some_and(|at| at <= self.client.clock().wall()),
                    None => !kept.keys.is_empty(),
                };
                (kept.token.clone(), is_due)
            };
            if !is_due {
                return Ok(token);
            }
            match self.renew(token.as_ref()).await {
                Ok(new) => Ok(new),
                // Whether the old one is still good, plex.tv knows better than the clock here.
                Err(_) if token.is_some() => Ok(token),
                Err(error) => Err(error),
            }
        })
    }

    fn renewed<'a>(&'a self, expired: &'a Token) -> BoxFuture<'a, Result<Option<Token>, Error>> {
        Box::pin(self.renew(Some(expired)))
    }
}

impl fmt::Debug for Keeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kept = self.kept();
        f.debug_struct("Keeper").field("renew_at", &kept.renew_at).field("keys", &kept.keys).finish_non_exhaustive()
    }
}

/// When to renew, by the wall clock here. A token that was just received counts from then, so that a clock that is wrong does
/// not matter; one from a store is taken at its word.
fn renew_at(token: &Token, received: Option<Timestamp>) -> Option<Timestamp> {
    let Ok(claims) = Claims::unverified(token) else {
        // An older token of an installation that has registered its key: exchange it now.
        return Some(Timestamp::MIN);
    };
    let life = claims.life()?.max(SignedDuration::ZERO);
    let margin = MARGIN.min(life / 2);
    match received {
        Some(received) => received.checked_add(life - margin).ok(),
        None => claims.expires_at?.checked_sub(margin).ok(),
    }
}

fn pause_after(error: &Error) -> Duration {
    if error.is_device_removed() {
        Duration::MAX
    } else if error.is_retryable() || error.is_store() {
        error.retry_after().unwrap_or_default().max(PAUSE)
    } else {
        LONG_PAUSE
    }
}

/// A new Plex JWT by proof of the device key.
///
/// Calls `GET /api/v2/auth/nonce` and `POST /api/v2/auth/token`.
pub(crate) async fn exchange(client: &Client, key: &DeviceKey, scopes: &Scopes) -> Result<Token, Error> {
    let nonce = client.v2().get_auth_nonce().send_with_response().await?;
    let now = client.clock().wall();
    let ahead = ahead(nonce.headers(), now);
    let nonce = nonce.into_value().nonce;
    let identifier = client.identity().client_identifier();
    let jwt = DeviceJwt { key, client_identifier: identifier, scopes, nonce: Some(&nonce) };
    let body = ExchangeJwtTokenBody::new(jwt.sign(at_plex(now, ahead))?);
    let reply = client.v2().exchange_jwt_token(body).send().await?;
    Token::new(reply.auth_token)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::auth::jws::sign;

    const DAY: i64 = 24 * 60 * 60;

    fn token(claims: &serde_json::Value) -> Token {
        Token::new(sign(&DeviceKey::generate().unwrap(), claims).unwrap()).unwrap()
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn a_token_is_renewed_a_day_before_its_end() {
        let week = token(&json!({ "iat": 0, "exp": 7 * DAY }));

        assert_eq!(renew_at(&week, None), Some(at(6 * DAY)));
        assert_eq!(renew_at(&token(&json!({ "exp": 7 * DAY })), None), Some(at(6 * DAY)));
    }

    #[test]
    fn a_token_that_was_just_received_counts_from_then_whatever_the_clock_says() {
        let week = token(&json!({ "iat": 1000 * DAY, "exp": 1007 * DAY }));

        assert_eq!(renew_at(&week, Some(at(3 * DAY))), Some(at(9 * DAY)));
    }

    #[test]
    fn a_short_life_is_renewed_at_its_half_and_never_at_once() {
        let hour = token(&json!({ "iat": 0, "exp": 3600 }));

        assert_eq!(renew_at(&hour, Some(at(100))), Some(at(1900)));
        assert_eq!(renew_at(&token(&json!({ "iat": 9, "exp": 3 })), Some(at(100))), Some(at(100)));
    }

    #[test]
    fn a_token_without_an_end_waits_for_plex_tv_and_an_older_one_is_exchanged() {
        assert_eq!(renew_at(&token(&json!({})), None), None);
        assert_eq!(renew_at(&Token::new("EXAMPLE-TOKEN").unwrap(), None), Some(Timestamp::MIN));
    }
}
