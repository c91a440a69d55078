//! Sign-in by PIN: a person approves in a browser, the app polls.

use std::{fmt, time::Duration};

use reqwest::Url;

use crate::{
    Client, Error, RetryPolicy, Secret, Token, clock::BoxFuture, error::ErrorKind,
    generated::plex_tv::ClientAuthenticationExt as _, plex_tv::types::PinInfo,
};

/// plex.tv limits polling; faster than this it answers 429.
const SHORTEST_INTERVAL: Duration = Duration::from_secs(1);
const USUAL_INTERVAL: Duration = Duration::from_secs(2);
/// The longest pause after failures, unless plex.tv asks for more.
const LONGEST_INTERVAL: Duration = Duration::from_secs(30);
/// The longest pause that plex.tv may ask for.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(60);
/// How long a PIN lives when plex.tv does not say: the shorter of the two lives seen.
const USUAL_LIFE: Duration = Duration::from_secs(900);

/// A PIN sign-in that is not started yet. Made by [`Client::pin_login`].
///
/// ```no_run
/// # async fn example(client: plex_tv_sdk::Client) -> Result<(), plex_tv_sdk::Error> {
/// let flow = client.pin_login().strong().start().await?;
/// println!("Open {}", flow.auth_url());
/// let client = flow.wait().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
#[must_use = "nothing happens before `start`"]
pub struct PinLogin {
    client: Client,
    strong: bool,
    forward_url: Option<String>,
}

impl PinLogin {
    pub(crate) fn new(client: Client) -> Self {
        Self { client, strong: false, forward_url: None }
    }

    /// A long code, carried by the address of the approval page: nothing to type. Without it the code has four characters,
    /// and the user types it at plex.tv/link.
    pub fn strong(self) -> Self {
        Self { strong: true, ..self }
    }

    /// Where the browser goes after the approval. Only http and https: plex.tv drops other schemes.
    pub fn forward_url(self, url: impl Into<String>) -> Self {
        Self { forward_url: Some(url.into()), ..self }
    }

    /// Asks plex.tv for a PIN.
    ///
    /// # Errors
    /// `is_invalid_input` for a forward URL that is not http or https; else what any call can fail with.
    ///
    /// Calls `POST /api/v2/pins`.
    pub async fn start(self) -> Result<PinFlow, Error> {
        let forward_url = self.forward_url.as_deref().map(checked_forward_url).transpose()?;
        let call = self.client.plex_tv().get_pin();
        let call = if self.strong { call.strong(true) } else { call };
        let pin = call.send().await?.into_inner();
        Ok(PinFlow::new(self.client, pin, forward_url))
    }
}

impl fmt::Debug for PinLogin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The app's own address may carry a secret of the app.
        f.debug_struct("PinLogin")
            .field("client", &self.client)
            .field("strong", &self.strong)
            .field("has_forward_url", &self.forward_url.is_some())
            .finish()
    }
}

fn checked_forward_url(text: &str) -> Result<Url, Error> {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(url),
        _ => Err(Error::invalid_input("the forward URL does not start with https:// or http://")),
    }
}

/// A PIN that waits for approval. Dropping it ends the flow; the PIN itself runs out at plex.tv.
#[derive(Clone)]
pub struct PinFlow {
    client: Client,
    id: i64,
    code: Secret,
    forward_url: Option<Url>,
    /// By the client's clock.
    expires: Duration,
}

/// What a poll found.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum PinStatus {
    /// Nobody approved yet.
    Pending,
    /// Approved: a client signed in as the user.
    Approved(Client),
}

impl PinFlow {
    fn new(client: Client, pin: PinInfo, forward_url: Option<Url>) -> Self {
        let life =
            pin.expires_in.and_then(|seconds| u64::try_from(seconds).ok()).map_or(USUAL_LIFE, Duration::from_secs);
        let expires = client.clock().now().saturating_add(life);
        Self { client, id: pin.id, code: pin.code, forward_url, expires }
    }

    /// plex.tv's number of the PIN.
    pub fn id(&self) -> i64 {
        self.id
    }

    /// The code: four characters to type at [`PinFlow::link_url`], or the long one inside [`PinFlow::auth_url`].
    pub fn code(&self) -> &Secret {
        &self.code
    }

    /// The address where the user approves a strong PIN. It holds the code: show it, do not log it.
    pub fn auth_url(&self) -> String {
        let identity = self.client.identity();
        let mut query = self.client.app_url().clone();
        {
            let mut pairs = query.query_pairs_mut();
            pairs.append_pair("clientID", identity.client_identifier()).append_pair("code", self.code.expose());
            for (name, value) in identity.device_context() {
                pairs.append_pair(&format!("context[device][{name}]"), value);
            }
            if let Some(url) = &self.forward_url {
                pairs.append_pair("forwardUrl", url.as_str());
            }
        }
        // The page reads the fragment, so that the code reaches no server log.
        let app = self.client.app_url().as_str().trim_end_matches('/');
        // A fragment is no form: there, a plus sign is a plus sign.
        format!("{app}/auth#?{}", query.query().unwrap_or_default().replace('+', "%20"))
    }

    /// The address where the user types a four-character code, with the code filled in.
    pub fn link_url(&self) -> String {
        let mut url = self.client.base_url().clone();
        url.query_pairs_mut().append_pair("pin", self.code.expose());
        let base = self.client.base_url().as_str().trim_end_matches('/');
        format!("{base}/link/?{}", url.query().unwrap_or_default())
    }

    /// How long the PIN still lives, by the local clock.
    pub fn expires_in(&self) -> Duration {
        self.expires.saturating_sub(self.client.clock().now())
    }

    /// Polls once, for user interfaces with a loop of their own. Not more often than once a second.
    ///
    /// # Errors
    /// `is_pin_expired` when the PIN is gone; else what any call can fail with.
    ///
    /// Calls `GET /api/v2/pins/{pinID}`.
    pub async fn check_once(&self) -> Result<PinStatus, Error> {
        self.check(&self.client).await
    }

    /// Polls until the user approves: `flow.wait().await`.
    pub fn wait(&self) -> PinWait<'_> {
        PinWait { flow: self, interval: USUAL_INTERVAL, deadline: None }
    }

    async fn check(&self, client: &Client) -> Result<PinStatus, Error> {
        if self.expires_in().is_zero() {
            return Err(Error::new(ErrorKind::PinExpired, "the PIN expired before it was approved; start again"));
        }
        // Polling is a loop already.
        let client = client.with_retry(RetryPolicy::off());
        let pin = match client.plex_tv().get_token().pin_id(self.id).send().await {
            Ok(pin) => pin.into_inner(),
            Err(error) if error.is_not_found() => return Err(self.gone(error)),
            Err(error) => return Err(error),
        };
        match pin.auth_token.filter(|token| !token.expose().is_empty()) {
            Some(token) => Ok(PinStatus::Approved(self.client.with_token(Token::new(token)?))),
            None => Ok(PinStatus::Pending),
        }
    }

    /// plex.tv forgets a PIN that expired, was denied, or was replaced, and does not say which; the clock knows a little.
    fn gone(&self, error: Error) -> Error {
        let left = self.expires_in().as_secs();
        let message =
            format!("the PIN is gone {left} s before its time: it was denied, or expired at plex.tv; start again");
        let status = error.status();
        let gone = Error::new(ErrorKind::PinExpired, message).with_plex_errors(error.plex_errors().to_vec());
        let gone = if let Some(status) = status { gone.with_status(status) } else { gone };
        gone.with_source(error)
    }
}

impl fmt::Debug for PinFlow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PinFlow")
            .field("id", &self.id)
            .field("code", &self.code)
            .field("expires_in", &self.expires_in())
            .finish_non_exhaustive()
    }
}

/// A wait for approval: `flow.wait().poll_every(…).deadline(…).await`. Dropping it, or the future, cancels it.
#[derive(Clone, Debug)]
#[must_use = "nothing happens before `.await`"]
pub struct PinWait<'a> {
    flow: &'a PinFlow,
    interval: Duration,
    deadline: Option<Duration>,
}

impl PinWait<'_> {
    /// The pause between polls: two seconds, and never less than one.
    pub fn poll_every(self, interval: Duration) -> Self {
        Self { interval: interval.max(SHORTEST_INTERVAL), ..self }
    }

    /// How long to wait in all; without it, as long as the PIN lives.
    pub fn deadline(self, deadline: Duration) -> Self {
        Self { deadline: Some(deadline), ..self }
    }

    async fn run(self) -> Result<Client, Error> {
        let clock = self.flow.client.clock();
        let end = self.deadline.map(|deadline| clock.now().saturating_add(deadline));
        let mut interval = self.interval;
        let mut last_failure = None;
        loop {
            let left = end.map(|end| end.saturating_sub(clock.now()));
            if left.is_some_and(|left| left.is_zero()) {
                return Err(overdue(last_failure));
            }
            // A server that does not answer must not hold the wait beyond its end.
            let timeout = left.unwrap_or(Duration::MAX).min(self.flow.client.timeout());
            match self.flow.check(&self.flow.client.with_timeout(timeout)).await {
                Ok(PinStatus::Approved(client)) => return Ok(client),
                Ok(PinStatus::Pending) => {
                    interval = self.interval;
                    last_failure = None;
                }
                Err(error) if error.is_retryable() => {
                    let pause = match error.retry_after() {
                        Some(asked) => asked.min(LONGEST_RETRY_AFTER),
                        None => interval.saturating_mul(2).min(LONGEST_INTERVAL),
                    };
                    interval = pause.max(self.interval);
                    last_failure = Some(error);
                }
                Err(error) => return Err(error),
            }
            let left = end.map_or(Duration::MAX, |end| end.saturating_sub(clock.now()));
            let pause = interval.min(left).min(self.flow.expires_in());
            clock.sleep(pause).await;
        }
    }
}

fn overdue(last_failure: Option<Error>) -> Error {
    let error = Error::new(ErrorKind::Deadline, "nobody approved the PIN before the deadline");
    match last_failure {
        Some(failure) => error.with_source(failure),
        None => error,
    }
}

impl<'a> IntoFuture for PinWait<'a> {
    type Output = Result<Client, Error>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}
