//! Verifies Plex JWTs.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};

use super::{Claims, DeviceKey, base64url::from_base64url, ed25519::is_weak, jws::Jws};
use crate::{Client, Error, ErrorKind, Token, v2::types::AuthKey};

/// The tolerated clock skew.
const LEEWAY: SignedDuration = SignedDuration::from_mins(5);
/// The shortest time between two fetches of the keys, failed ones included. Anybody can put unknown
/// key ids into tokens.
const SHORTEST_REFETCH: Duration = Duration::from_secs(60);

/// Verifies Plex JWTs with the keys that plex.tv publishes: signature, issuer, audience, time, and
/// the device key if one is given. Returned by [`Client::jwt_verifier`]. Clones share the keys.
///
/// The keys are fetched when they are first needed, and when a token names an unknown key. Only one
/// caller fetches at a time, at most once a minute, whether or not the fetch succeeds.
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
    /// When it began, on the client's clock.
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

    /// Verifies a token and returns its claims.
    ///
    /// # Errors
    /// `is_jwt_invalid` when it is not a JWT, is signed by an unknown key, was issued for somebody
    /// else, or is not valid yet; `is_token_expired` when it is genuine but has expired; otherwise
    /// the errors of any call. While the keys cannot be fetched, a token that names an unknown key
    /// fails with the error of the fetch.
    ///
    /// Calls `GET /api/v2/auth/keys` when needed.
    pub async fn verify(&self, token: &Token) -> Result<Claims, Error> {
        let jws = Jws::parse(token.expose()).ok_or_else(|| invalid("the token is not a JWT"))?;
        let kid = jws.kid().ok_or_else(|| invalid("the JWT does not name its key"))?;
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
        // Another caller may have fetched it in the meantime.
        if let Some(key) = self.known(kid) {
            return Ok(Some(key));
        }
        let now = self.client.clock().now();
        if let Some(last) = last_fetch.as_ref().filter(|last| now.saturating_sub(last.began) < SHORTEST_REFETCH) {
            return last.failure.as_ref().map_or(Ok(None), |failure| Err(failure.clone()));
        }
        // This stays if the caller drops the fetch.
        let given_up = Error::new(ErrorKind::Transport, "the last fetch of plex.tv's keys was cancelled");
        let last = last_fetch.insert(Fetch { began: now, failure: Some(given_up) });
        match self.client.v2().get_auth_keys().send().await {
            Ok(keys) => {
                *self.published() = keys.keys.into_iter().filter_map(public_key).collect();
                last.failure = None;
                Ok(self.known(kid))
            }
            Err(error) => {
                last.failure = Some(error.clone());
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

/// Returns the key if it is for Ed25519 signatures and only its owner can sign with it.
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

#[cfg(test)]
mod tests {
    use std::{
        future::ready,
        pin::Pin,
        sync::atomic::{AtomicUsize, Ordering},
        time::Duration,
    };

    use futures_util::future::join_all;
    use serde_json::{Value, json};
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpListener,
    };

    use super::*;
    use crate::{ClientIdentity, Clock, RetryPolicy, auth::base64url::base64url, auth::jws::sign};

    const NOW: i64 = 1_800_000_000;

    /// A clock that a test advances. Its wall time stands still.
    #[derive(Clone, Debug, Default)]
    struct Turned(Arc<Mutex<Duration>>);

    impl Turned {
        fn turn(&self, seconds: u64) {
            *self.0.lock().unwrap() += Duration::from_secs(seconds);
        }
    }

    impl Clock for Turned {
        fn now(&self) -> Duration {
            *self.0.lock().unwrap()
        }

        fn sleep(&self, _: Duration) -> Pin<Box<dyn Future<Output = ()> + Send>> {
            Box::pin(ready(()))
        }

        fn wall(&self) -> Timestamp {
            Timestamp::from_second(NOW).unwrap()
        }
    }

    struct Plex {
        verifier: JwtVerifier,
        clock: Turned,
        fetches: Arc<AtomicUsize>,
    }

    /// Starts a server that sends this reply to each connection and counts them.
    async fn server(reply: String) -> (String, Arc<AtomicUsize>) {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let count = Arc::<AtomicUsize>::default();
        let connections = Arc::clone(&count);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                connections.fetch_add(1, Ordering::Relaxed);
                // The whole request arrives at once. In some tests the client is gone by now.
                let _ = stream.read(&mut [0; 4096]).await;
                let _ = stream.write_all(reply.as_bytes()).await;
            }
        });
        (url, count)
    }

    impl Plex {
        async fn answering(status: &str, body: &str) -> Self {
            let length = body.len();
            let head = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close");
            let (url, fetches) = server(format!("{head}\r\n\r\n{body}")).await;
            let identity = ClientIdentity::new("desk-01", "Example App", "1").unwrap();
            let clock = Turned::default();
            let client = Client::builder(identity).base_url(url).retry(RetryPolicy::off()).clock(clock.clone());
            let verifier = client.http(|http| http.no_proxy().tls_certs_only([])).build().unwrap().jwt_verifier();
            Self { verifier, clock, fetches }
        }

        async fn publishing(keys: &[Value]) -> Self {
            Self::answering("200 OK\r\ncontent-type: application/json", &json!({ "keys": keys }).to_string()).await
        }

        fn fetches(&self) -> usize {
            self.fetches.load(Ordering::Relaxed)
        }
    }

    fn jwk(kid: &str, x: &[u8]) -> Value {
        json!({ "kid": kid, "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "x": base64url(x) })
    }

    fn claims(more: &Value) -> Value {
        let mut claims = json!({ "iss": "plex.tv", "aud": ["plex.tv", "desk-01"], "iat": NOW, "exp": NOW + 604_800 });
        claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        claims
    }

    fn signed(key: &DeviceKey, more: &Value) -> Token {
        Token::new(sign(key, &claims(more)).unwrap()).unwrap()
    }

    /// A token with this key id and this signature.
    fn forged(kid: &str, signature: &[u8]) -> Token {
        let parts = [json!({ "alg": "EdDSA", "kid": kid }), claims(&json!({}))];
        let [header, claims] = parts.map(|part| base64url(part.to_string().as_bytes()));
        Token::new([header, claims, base64url(signature)].join(".")).unwrap()
    }

    #[tokio::test]
    async fn forged_key_names_fetch_the_keys_once_a_minute_while_plex_tv_fails() {
        for status in ["503 Service Unavailable", "429 Too Many Requests\r\nretry-after: 0", "200 OK"] {
            let plex = Plex::answering(status, "<html>").await;

            for number in 0..50 {
                let error = plex.verifier.verify(&forged(&format!("kid-{number}"), &[0; 64])).await.unwrap_err();
                // It may be genuine: that cannot be known yet.
                assert!(!error.is_jwt_invalid(), "{error}");
            }
            let at_first = plex.fetches();
            plex.clock.turn(59);
            plex.verifier.verify(&forged("later", &[0; 64])).await.unwrap_err();
            let within_the_minute = plex.fetches();
            plex.clock.turn(1);
            plex.verifier.verify(&forged("latest", &[0; 64])).await.unwrap_err();

            assert_eq!((at_first, within_the_minute, plex.fetches()), (1, 1, 2), "{status}");
        }
    }

    #[tokio::test]
    async fn concurrent_callers_fetch_the_keys_once() {
        let key = DeviceKey::generate().unwrap();
        let plex = Plex::publishing(&[jwk(key.kid(), key.public_key())]).await;
        let genuine = signed(&key, &json!({}));
        let tokens: Vec<_> = (0..20).map(|number| forged(&format!("kid-{number}"), &[0; 64])).collect();

        let verifier = &plex.verifier;
        let outcomes = join_all(tokens.iter().chain([&genuine]).map(|token| verifier.verify(token))).await;

        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        assert!(outcomes.into_iter().filter_map(Result::err).all(|error| error.is_jwt_invalid()));
        assert_eq!(plex.fetches(), 1);
    }

    #[tokio::test]
    async fn a_cancelled_fetch_counts_too() {
        let plex = Plex::answering("503 Service Unavailable", "").await;
        for number in 0..20 {
            let token = forged(&format!("kid-{number}"), &[0; 64]);
            let verifying = plex.verifier.verify(&token);
            tokio::time::timeout(Duration::ZERO, verifying).await.ok();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        let given_up = plex.verifier.verify(&forged("kid", &[0; 64])).await.unwrap_err();

        assert!(plex.fetches() <= 1);
        assert!(given_up.is_retryable(), "{given_up}");
    }

    #[tokio::test]
    async fn known_keys_work_while_plex_tv_fails() {
        let key = DeviceKey::generate().unwrap();
        let plex = Plex::publishing(&[jwk(key.kid(), key.public_key())]).await;
        let token = signed(&key, &json!({}));
        plex.verifier.verify(&token).await.unwrap();

        plex.verifier.verify(&forged("unknown", &[0; 64])).await.unwrap_err();
        plex.verifier.clone().verify(&token).await.unwrap();

        assert_eq!(plex.fetches(), 1);
    }

    #[tokio::test]
    async fn a_jwt_is_not_valid_before_the_times_it_gives() {
        let key = DeviceKey::generate().unwrap();
        let plex = Plex::publishing(&[jwk(key.kid(), key.public_key())]).await;

        for good in [
            json!({}),
            json!({ "nbf": NOW - 9 }),
            json!({ "nbf": NOW + 299 }),
            json!({ "nbf": null, "iat": null }),
            json!({ "nbf": 1.8e9 }),
        ] {
            plex.verifier.verify(&signed(&key, &good)).await.unwrap();
        }
        for bad in [
            json!({ "nbf": NOW + 301 }),
            json!({ "nbf": NOW + 86_400, "iat": NOW - 9 }),
            json!({ "nbf": "2100-01-01T00:00:00Z" }),
            json!({ "nbf": "soon" }),
            json!({ "nbf": [NOW] }),
            json!({ "nbf": true }),
            json!({ "nbf": 1e300 }),
            json!({ "iat": {} }),
            json!({ "iat": NOW + 301 }),
            json!({ "exp": null }),
            json!({ "exp": 1e300 }),
        ] {
            let error = plex.verifier.verify(&signed(&key, &bad)).await.unwrap_err();
            assert!(error.is_jwt_invalid(), "{bad}: {error}");
        }
    }

    /// Anybody can sign with such a key: one signature is valid for all texts.
    #[tokio::test]
    async fn weak_keys_are_refused_wherever_they_are_published() {
        let mut identity = [0; 32];
        identity[0] = 1;
        let signature = [identity, [0; 32]].concat();
        let mut negative = identity;
        negative[31] = 0x80;
        let order_two: Vec<u8> = [[0xec].as_slice(), &[0xff; 30], &[0x7f]].concat();
        let weak = [identity.to_vec(), negative.to_vec(), vec![0; 32], order_two, Vec::new(), vec![7; 31]];

        for (number, x) in weak.iter().enumerate() {
            let plex = Plex::publishing(&[jwk("weak", x)]).await;
            let error = plex.verifier.verify(&forged("weak", &signature)).await.unwrap_err();
            assert!(error.is_jwt_invalid(), "{number}: {error}");
        }
    }

    #[tokio::test]
    async fn keys_for_another_purpose_are_not_used() {
        let key = DeviceKey::generate().unwrap();
        let token = signed(&key, &json!({}));
        for other in [
            json!({ "kty": "RSA" }),
            json!({ "crv": "X25519" }),
            json!({ "crv": "Ed448" }),
            json!({ "use": "enc" }),
            json!({ "alg": "RS256" }),
            json!({ "alg": "none" }),
            json!({ "x": null }),
        ] {
            let mut published = jwk(key.kid(), key.public_key());
            published.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
            let plex = Plex::publishing(&[published]).await;

            assert!(plex.verifier.verify(&token).await.unwrap_err().is_jwt_invalid(), "{other}");
        }
    }
}
