//! Keeps a Plex JWT fresh. `owner.rs` defines what is read from the store and written to it.

use std::{
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};

use super::{
    Claims, CredentialStore, Credentials, DeviceKey, Scopes,
    key_exchange::KeyExchange,
    owner::{Owner, Write, stored_keys},
    store::{load, store_error, update},
};
use crate::{Error, ErrorKind, Token, runtime::clock::BoxFuture, runtime::transport::Renewer};

/// A token is renewed this long before it expires, or at half its lifetime if that is shorter than
/// two days.
const MARGIN: SignedDuration = SignedDuration::from_hours(24);
/// The shortest time between two automatic renewals, however short the lifetime of the tokens.
const SHORTEST_RENEWAL: Duration = Duration::from_secs(60);
/// The pause after a failure that is probably temporary.
const PAUSE: Duration = Duration::from_secs(60);
/// The pause after a failure that is probably permanent.
const LONG_PAUSE: Duration = Duration::from_secs(300);
/// The longest pause after a failure, whatever plex.tv asks for.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);
/// The most keys that are tried for one renewal. A store has fewer, unless other processes change
/// them in the meantime.
const MOST_KEYS: usize = 8;

pub(crate) type OnRenewed = Arc<dyn Fn(&Token) + Send + Sync>;

/// The JWT settings of a client.
#[derive(Clone, Default)]
pub(crate) struct JwtSettings {
    pub(crate) scopes: Scopes,
    pub(crate) on_renewed: Option<OnRenewed>,
}

/// The token of one sign-in, shared by all clones of a client.
pub(crate) struct Keeper {
    plex: KeyExchange,
    /// The store of the app, or one in memory.
    store: Arc<dyn CredentialStore>,
    settings: JwtSettings,
    state: Mutex<State>,
    /// Held during a renewal, so that one renewal serves all waiting callers.
    renewing: tokio::sync::Mutex<Pace>,
    /// The number of renewals so far, failed ones included.
    renewals: AtomicUsize,
    /// Held during a change of keys.
    changing_keys: tokio::sync::Mutex<()>,
}

/// The sign-in as this client knows it. The store wins where they differ.
struct State {
    owner: Owner,
    /// On the local wall clock. If it is `None`, only plex.tv knows when the token expires.
    renew_at: Option<Timestamp>,
    /// The key that plex.tv accepted last. It is tried before the others.
    preferred: Option<DeviceKey>,
}

/// When the next renewal may begin.
#[derive(Default)]
struct Pace {
    failure: Option<Failure>,
    /// The time of the last success, on the client's clock and on the wall clock.
    success: Option<(Duration, Timestamp)>,
}

struct Failure {
    error: Error,
    /// On the client's clock.
    stands_until: Duration,
}

/// Why a token is renewed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reason {
    /// It expires soon, or plex.tv reports that it has expired.
    Due,
    /// The app asked for a new one.
    Asked,
    /// To find out which key plex.tv has. A token from the store does not show that.
    Proof,
}

/// What the store says about the sign-in of this client.
enum Stored {
    /// It is there without a token that expires later, or was never stored.
    Same,
    /// It is there, with a token that expires later.
    Newer(Token),
    /// It is gone.
    Gone,
}

impl Keeper {
    /// Keeps the token of this sign-in. Nothing is sent until a call needs a token. `received`
    /// means that the token has just arrived.
    pub(crate) fn new(
        plex: KeyExchange,
        store: Arc<dyn CredentialStore>,
        settings: JwtSettings,
        owner: Owner,
        received: bool,
    ) -> Self {
        let received = received.then(|| plex.clock().wall());
        let renew_at = owner.token.as_ref().and_then(|token| renew_at(token, received));
        let state = Mutex::new(State { owner, renew_at, preferred: None });
        let (renewing, renewals, changing_keys) = Default::default();
        Self { plex, store, settings, state, renewing, renewals, changing_keys }
    }

    pub(super) fn owner(&self) -> Owner {
        self.state().owner.clone()
    }

    /// The key in use.
    pub(crate) fn key(&self) -> Option<DeviceKey> {
        self.state().owner.keys.first().cloned()
    }

    /// Begins a change of keys. There is one change at a time, and it starts from the one key that
    /// plex.tv certainly has.
    pub(super) async fn begin_change(&self) -> Result<tokio::sync::MutexGuard<'_, ()>, Error> {
        let one_at_a_time = self.changing_keys.lock().await;
        self.read_store(Reason::Proof).await?;
        if self.state().owner.keys.len() > 1 {
            self.renew_for(Reason::Proof).await?;
        }
        Ok(one_at_a_time)
    }

    /// Stores a second key, which plex.tv may accept instead of the first from now on.
    pub(super) async fn prepare(&self, key: &DeviceKey) -> Result<(), Error> {
        let (owner, identifier, key) = (self.owner(), self.identifier(), key.clone());
        let is_guest = owner.is_guest;
        let (write, stored) = update(&self.store, move |stored| owner.prepare(stored, &identifier, &key)).await?;
        match write? {
            Write::NotOwner if is_guest => Err(store_error("the store holds another sign-in")),
            Write::NotOwner => {
                self.lose(&stored);
                Err(signed_out())
            }
            Write::Done | Write::Outdated => self.take_keys(&stored),
        }
    }

    /// Records that plex.tv accepted this key.
    pub(super) fn prefer(&self, key: &DeviceKey) {
        self.state().preferred = Some(key.clone());
    }

    /// Removes a key that plex.tv refused.
    pub(super) async fn give_up(&self, key: &DeviceKey) -> Result<(), Error> {
        let (owner, key) = (self.owner(), key.clone());
        let ((), stored) = update(&self.store, move |stored| owner.give_up(stored, &key)).await?;
        if self.owner().owns(&stored) { self.take_keys(&stored) } else { Ok(()) }
    }

    /// Gets a new token now.
    pub(crate) async fn renew_now(&self) -> Result<Token, Error> {
        self.renew_for(Reason::Asked).await
    }

    /// Gets a new token from plex.tv with a key, never from the store.
    pub(super) async fn prove(&self) -> Result<Token, Error> {
        self.renew_for(Reason::Proof).await
    }

    async fn renew_for(&self, reason: Reason) -> Result<Token, Error> {
        let token = self.state().owner.token.clone();
        self.renew(token.as_ref(), reason).await?.ok_or_else(signed_out)
    }

    /// Waits for a running renewal, and lets none begin before the guard is dropped.
    pub(super) async fn pause(&self) -> impl Drop {
        self.renewing.lock().await
    }

    /// Forgets the token and the keys.
    pub(super) fn forget(&self) {
        *self.state() = State { owner: Owner::default(), renew_at: None, preferred: None };
    }

    /// Replaces this token, unless another caller has just done so. Returns `None` when there is no
    /// new token now: the sign-in is over, or the last renewal was a moment ago.
    async fn renew(&self, seen: Option<&Token>, reason: Reason) -> Result<Option<Token>, Error> {
        let before = self.renewals.load(Ordering::Relaxed);
        let mut pace = self.renewing.lock().await;
        {
            let state = self.state();
            if state.owner.keys.is_empty() {
                return Ok(None);
            }
            // plex.tv may return the same token again.
            let is_shared = self.renewals.load(Ordering::Relaxed) != before && pace.failure.is_none();
            if reason != Reason::Proof && (is_shared || state.owner.token.as_ref() != seen) {
                return Ok(state.owner.token.clone());
            }
        }
        let clock = self.plex.clock();
        if let Some(failure) = &pace.failure {
            let is_shared = self.renewals.load(Ordering::Relaxed) != before;
            let is_standing = reason == Reason::Due && clock.now() < failure.stands_until;
            if is_shared || is_standing {
                return Err(failure.error.clone());
            }
        }
        if reason == Reason::Due && pace.success.is_some_and(|last| is_recent(last, clock.now(), clock.wall())) {
            return Ok(None);
        }
        let outcome = self.exchange(reason).await;
        self.renewals.fetch_add(1, Ordering::Relaxed);
        match outcome {
            Ok(token) => {
                *pace = Pace { failure: None, success: Some((clock.now(), clock.wall())) };
                Ok(token)
            }
            Err(error) => {
                #[cfg(feature = "tracing")]
                tracing::warn!(kind = ?error.kind(), operation = error.operation(), "no new token");
                let stands_until = clock.now().saturating_add(pause_after(&error));
                pace.failure = Some(Failure { error: error.clone(), stands_until });
                Err(error)
            }
        }
    }

    async fn exchange(&self, reason: Reason) -> Result<Option<Token>, Error> {
        let mut tried = Vec::new();
        let mut refusal = None;
        while tried.len() < MOST_KEYS {
            // Read before each key, as another process may have changed the keys since.
            match self.read_store(reason).await? {
                Stored::Gone => return Ok(None),
                Stored::Newer(token) => return Ok(Some(token)),
                Stored::Same => {}
            }
            let Some(key) = self.next_key(&tried) else { break };
            match self.plex.token(&key, &self.settings.scopes).await {
                Ok(token) => {
                    let received = self.plex.clock().wall();
                    match self.save(&token, &key).await? {
                        Saved::Kept => {
                            self.keep(token.clone(), Some(received));
                            if let Some(callback) = &self.settings.on_renewed {
                                callback(&token);
                            }
                            return Ok(Some(token));
                        }
                        Saved::Outdated => {}
                        Saved::Gone => return Ok(None),
                    }
                }
                Err(error) if error.is_device_jwt_rejected() => refusal = Some(error),
                Err(error) => return Err(error),
            }
            tried.push(key);
        }
        if tried.is_empty() {
            return Err(signed_out());
        }
        let changed = || store_error("other processes keep changing the device keys in the store; try again later");
        Err(refusal.unwrap_or_else(changed))
    }

    /// Returns the next key to try.
    fn next_key(&self, tried: &[DeviceKey]) -> Option<DeviceKey> {
        let state = self.state();
        let keys = state.preferred.iter().filter(|key| state.owner.keys.contains(key)).chain(&state.owner.keys);
        keys.into_iter().find(|key| !tried.contains(key)).cloned()
    }

    /// Takes the keys from the store, and its token if that expires later.
    async fn read_store(&self, reason: Reason) -> Result<Stored, Error> {
        let stored = load(&self.store).await?;
        let owner = self.owner();
        if !owner.owns(&stored) {
            if owner.is_guest {
                return Ok(Stored::Same);
            }
            self.lose(&stored);
            return Ok(Stored::Gone);
        }
        self.take_keys(&stored)?;
        match stored.token {
            Some(token) if reason != Reason::Proof && self.is_newer(&token) => {
                self.keep(token.clone(), None);
                Ok(Stored::Newer(token))
            }
            _ => Ok(Stored::Same),
        }
    }

    /// Whether a stored token expires later than this client's, and belongs to one of the stored
    /// keys.
    fn is_newer(&self, stored: &Token) -> bool {
        let Ok(stored) = Claims::unverified(stored) else { return false };
        let state = self.state();
        let own = state.owner.token.as_ref().and_then(|token| Claims::unverified(token).ok()?.expires_at);
        let is_ours = stored.thumbprint.is_none_or(|name| state.owner.keys.iter().any(|key| key.kid() == name));
        let ends = stored.expires_at;
        is_ours && ends > own && ends.is_some_and(|ends| ends > self.plex.clock().wall())
    }

    async fn save(&self, token: &Token, key: &DeviceKey) -> Result<Saved, Error> {
        let (owner, identifier) = (self.owner(), self.identifier());
        let is_guest = owner.is_guest;
        let (token, key) = (token.clone(), key.clone());
        let (write, stored) = update(&self.store, move |stored| owner.renew(stored, &identifier, &token, &key)).await?;
        match write? {
            Write::Done => {
                self.take_keys(&stored)?;
                self.state().preferred = None;
                Ok(Saved::Kept)
            }
            Write::Outdated => Ok(Saved::Outdated),
            Write::NotOwner if is_guest => Ok(Saved::Kept),
            Write::NotOwner => {
                self.lose(&stored);
                Ok(Saved::Gone)
            }
        }
    }

    /// Takes the stored keys of the client's own sign-in.
    fn take_keys(&self, stored: &Credentials) -> Result<(), Error> {
        let keys = stored_keys(stored)?;
        let mut state = self.state();
        state.owner.keys = keys;
        state.owner.is_guest = false;
        Ok(())
    }

    /// The sign-in is no longer in the store.
    fn lose(&self, stored: &Credentials) {
        let mut state = self.state();
        state.owner.keys.clear();
        state.renew_at = None;
        if stored.is_signed_out() {
            state.owner.token = None;
        }
    }

    fn keep(&self, token: Token, received: Option<Timestamp>) {
        let renew_at = renew_at(&token, received);
        let mut state = self.state();
        state.owner.token = Some(token);
        state.renew_at = renew_at;
    }

    fn identifier(&self) -> String {
        self.plex.client_identifier().to_owned()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No panic can leave the state half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The outcome of storing a new token.
enum Saved {
    Kept,
    /// It was obtained with a key that another process has replaced.
    Outdated,
    /// The sign-in is no longer in the store.
    Gone,
}

fn signed_out() -> Error {
    Error::new(ErrorKind::SignedOut, "the client is signed out: its sign-in is no longer in the store; sign in again")
}

impl Renewer for Keeper {
    fn current(&self) -> Option<Token> {
        self.state().owner.token.clone()
    }

    fn fresh(&self) -> BoxFuture<'_, Result<Option<Token>, Error>> {
        Box::pin(async move {
            let (token, is_due) = {
                let state = self.state();
                let is_due = match &state.owner.token {
                    Some(_) => state.renew_at.is_some_and(|at| at <= self.plex.clock().wall()),
                    None => !state.owner.keys.is_empty(),
                };
                (state.owner.token.clone(), is_due)
            };
            if !is_due {
                return Ok(token);
            }
            match self.renew(token.as_ref(), Reason::Due).await {
                Ok(Some(new)) => Ok(Some(new)),
                Ok(None) => Ok(self.current()),
                // plex.tv knows better than the local clock whether the old token is still valid.
                Err(_) if token.is_some() => Ok(token),
                Err(error) => Err(error),
            }
        })
    }

    fn renewed<'a>(&'a self, expired: &'a Token) -> BoxFuture<'a, Result<Option<Token>, Error>> {
        Box::pin(self.renew(Some(expired), Reason::Due))
    }
}

impl fmt::Debug for Keeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        f.debug_struct("Keeper")
            .field("renew_at", &state.renew_at)
            .field("keys", &state.owner.keys)
            .finish_non_exhaustive()
    }
}

/// Returns when to renew, on the local wall clock. The lifetime of a token that has just arrived
/// counts from its arrival, so a wrong clock does no harm. A token from a store is renewed by its
/// own expiry time.
fn renew_at(token: &Token, received: Option<Timestamp>) -> Option<Timestamp> {
    let Ok(claims) = Claims::unverified(token) else {
        // An older token of an installation with a registered key is exchanged at once.
        return Some(Timestamp::MIN);
    };
    let life = claims.life()?.max(SignedDuration::ZERO);
    let margin = MARGIN.min(life / 2);
    match received {
        Some(received) => received.checked_add(life - margin).ok(),
        None => claims.expires_at?.checked_sub(margin).ok(),
    }
}

/// Whether a renewal was a moment ago on both clocks. Either may stand still: the wall clock in a
/// test, the other while the machine sleeps.
fn is_recent((then, then_wall): (Duration, Timestamp), now: Duration, now_wall: Timestamp) -> bool {
    let elapsed = now_wall.duration_since(then_wall).unsigned_abs();
    now.saturating_sub(then) < SHORTEST_RENEWAL && elapsed < SHORTEST_RENEWAL
}

fn pause_after(error: &Error) -> Duration {
    let pause = if error.is_device_removed() {
        LONGEST_PAUSE
    } else if error.is_retryable() || error.is_store() {
        error.retry_after().unwrap_or_default().max(PAUSE)
    } else {
        LONG_PAUSE
    };
    pause.min(LONGEST_PAUSE)
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
    fn a_token_is_renewed_a_day_before_it_expires() {
        let week = token(&json!({ "iat": 0, "exp": 7 * DAY }));

        assert_eq!(renew_at(&week, None), Some(at(6 * DAY)));
        assert_eq!(renew_at(&token(&json!({ "exp": 7 * DAY })), None), Some(at(6 * DAY)));
    }

    #[test]
    fn the_lifetime_of_a_new_token_counts_from_its_arrival_on_the_local_clock() {
        let week = token(&json!({ "iat": 1000 * DAY, "exp": 1007 * DAY }));

        assert_eq!(renew_at(&week, Some(at(3 * DAY))), Some(at(9 * DAY)));
    }

    #[test]
    fn a_short_lived_token_is_renewed_at_half_its_lifetime() {
        let hour = token(&json!({ "iat": 0, "exp": 3600 }));

        assert_eq!(renew_at(&hour, Some(at(100))), Some(at(1900)));
        assert_eq!(renew_at(&token(&json!({ "iat": 9, "exp": 3 })), Some(at(100))), Some(at(100)));
    }

    #[test]
    fn a_token_without_expiry_waits_for_plex_tv_and_an_older_one_is_exchanged() {
        assert_eq!(renew_at(&token(&json!({})), None), None);
        assert_eq!(renew_at(&Token::new("EXAMPLE-TOKEN").unwrap(), None), Some(Timestamp::MIN));
    }
}
