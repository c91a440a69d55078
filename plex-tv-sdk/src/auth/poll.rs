//! Polling a PIN until somebody approves it.

use std::{error::Error as _, fmt, pin::pin, time::Duration};

use futures_util::future::{Either, select};
#[cfg(feature = "jwt")]
use jiff::SignedDuration;

#[cfg(feature = "jwt")]
use super::{
    DeviceKey,
    device_jwt::{DeviceJwt, at_plex},
};
#[cfg(feature = "jwt")]
use crate::Secret;
use crate::{Client, Error, ErrorKind, RetryPolicy, Token, runtime::clock::BoxFuture};

/// The shortest pause between polls: plex.tv answers 429 to faster ones.
const SHORTEST_INTERVAL: Duration = Duration::from_secs(1);
const USUAL_INTERVAL: Duration = Duration::from_secs(2);
/// The longest pause after failures, unless plex.tv asks for more.
const LONGEST_INTERVAL: Duration = Duration::from_secs(30);
/// The minimum time for saving the credentials, however close the deadline is.
const SHORTEST_SAVE: Duration = Duration::from_secs(1);
/// The longest pause that a `Retry-After` of plex.tv can cause.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(60);
/// The longest lifetime of a PIN that has been seen.
const LONGEST_LIFE: Duration = Duration::from_secs(1800);

/// A PIN that is polled by its id alone, which is what a web app has when the browser comes back.
///
/// Returned by [`crate::PinLogin::resume`]; a [`crate::PinFlow`] contains one. Dropping it does not
/// end the PIN, which expires at plex.tv.
#[derive(Clone)]
pub struct PinPoll {
    client: Client,
    id: i64,
    /// On the client's clock.
    expires: Duration,
    #[cfg(feature = "jwt")]
    proof: Option<Proof>,
}

/// The proof that the poller has the device key.
#[cfg(feature = "jwt")]
#[derive(Clone)]
pub(super) struct Proof {
    pub(super) key: DeviceKey,
    /// How far the clock of plex.tv is ahead of the local one.
    pub(super) ahead: SignedDuration,
}

/// The outcome of a poll.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum PinStatus {
    /// Nobody has approved the PIN yet.
    Pending,
    /// Approved: a client signed in as the user.
    Approved(Client),
}

impl PinPoll {
    pub(super) fn new(client: Client, id: i64, life: Duration) -> Self {
        let expires = client.clock().now().saturating_add(life);
        Self {
            client,
            id,
            expires,
            #[cfg(feature = "jwt")]
            proof: None,
        }
    }

    #[cfg(feature = "jwt")]
    pub(super) fn with_proof(self, proof: Option<Proof>) -> Self {
        Self { proof, ..self }
    }

    /// A PIN that was created at an unknown time. plex.tv reports when it has expired.
    pub(super) fn resumed(client: Client, id: i64) -> Self {
        Self::new(client, id, LONGEST_LIFE)
    }

    /// The id of the PIN at plex.tv.
    pub fn id(&self) -> i64 {
        self.id
    }

    /// The time until the PIN expires, on the local clock. For a resumed PIN, the longest time it
    /// can have left.
    pub fn expires_in(&self) -> Duration {
        self.expires.saturating_sub(self.client.clock().now())
    }

    /// Polls once, for user interfaces with their own event loop. Do not call it more than once a
    /// second.
    ///
    /// # Errors
    /// `is_pin_expired` when the PIN no longer exists; otherwise the errors of any call.
    ///
    /// Calls `GET /api/v2/pins/{pinID}`.
    pub async fn check_once(&self) -> Result<PinStatus, Error> {
        self.check(&self.client).await
    }

    /// Polls until the user approves: `poll.wait().await`.
    ///
    /// Calls `GET /api/v2/pins/{pinID}`.
    pub fn wait(&self) -> PinWait<'_> {
        PinWait { poll: self, interval: USUAL_INTERVAL, deadline: None, on_poll: None }
    }

    async fn check(&self, client: &Client) -> Result<PinStatus, Error> {
        match self.ask(client).await? {
            Some(token) => self.signed_in(token).await.map(PinStatus::Approved),
            None => Ok(PinStatus::Pending),
        }
    }

    /// Polls for the token.
    async fn ask(&self, client: &Client) -> Result<Option<Token>, Error> {
        if self.expires_in().is_zero() {
            return Err(Error::new(ErrorKind::PinExpired, "the PIN expired before it was approved; start again"));
        }
        // The polling loop already retries.
        let client = client.with_retry(RetryPolicy::off());
        let call = client.v2().get_token(self.id);
        #[cfg(feature = "jwt")]
        let call = match &self.proof {
            Some(proof) => call.device_jwt(self.signed(proof)?),
            None => call,
        };
        let pin = match call.send().await {
            Ok(pin) => pin,
            Err(error) if error.is_not_found() => return Err(self.gone(error)),
            Err(error) => return Err(error),
        };
        pin.auth_token.filter(|token| !token.expose().is_empty()).map(Token::new).transpose()
    }

    async fn signed_in(&self, token: Token) -> Result<Client, Error> {
        #[cfg(feature = "jwt")]
        if let Some(proof) = &self.proof {
            return self.client.signed_in_with_key(token, &proof.key).await;
        }
        self.client.signed_in(token).await
    }

    /// Saves the credentials before `end`: another process that holds the lock of the store must
    /// not delay the wait beyond its deadline.
    async fn signed_in_before(&self, token: Token, end: Option<Duration>) -> Result<Client, Error> {
        let saving = pin!(self.signed_in(token));
        let Some(end) = end else { return saving.await };
        let clock = self.client.clock();
        let left = end.saturating_sub(clock.now()).max(SHORTEST_SAVE);
        match select(saving, clock.timer(left)).await {
            Either::Left((outcome, _)) => outcome,
            Either::Right(_) => {
                let message = "the PIN was approved, but the credentials could not be saved before the deadline";
                Err(Error::new(ErrorKind::Deadline, message))
            }
        }
    }

    #[cfg(feature = "jwt")]
    fn signed(&self, proof: &Proof) -> Result<Secret, Error> {
        let jwt = DeviceJwt {
            key: &proof.key,
            client_identifier: self.client.identity().client_identifier(),
            scopes: &self.client.session().settings.scopes,
            nonce: None,
        };
        jwt.sign(at_plex(self.client.clock().wall(), proof.ahead))
    }

    /// The error for a PIN that plex.tv no longer has. plex.tv does not say whether it expired, was
    /// denied, or was replaced; the clock gives a hint.
    fn gone(&self, error: Error) -> Error {
        let left = self.expires_in().as_secs();
        let message =
            format!("the PIN is gone {left} s before its expiry: it was denied, or expired at plex.tv; start again");
        gone(message, error)
    }
}

/// The error for a refusal that means that the PIN does not exist.
pub(super) fn gone(message: impl Into<String>, error: Error) -> Error {
    let status = error.status();
    let gone = Error::new(ErrorKind::PinExpired, message).with_plex_errors(error.plex_errors().to_vec());
    let gone = if let Some(status) = status { gone.with_status(status) } else { gone };
    gone.with_source(error)
}

impl fmt::Debug for PinPoll {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PinPoll").field("id", &self.id).field("expires_in", &self.expires_in()).finish_non_exhaustive()
    }
}

/// The progress of a wait, after each poll that did not end it: see [`PinWait::on_poll`].
#[derive(Debug)]
#[non_exhaustive]
pub struct PinProgress<'a> {
    /// The number of polls so far.
    pub polls: u32,
    /// The time until the PIN expires, on the local clock.
    pub expires_in: Duration,
    /// The pause until the next poll.
    pub pause: Duration,
    /// The failure of the last poll, if it failed. The wait goes on.
    pub failure: Option<&'a Error>,
}

type OnPoll<'a> = Box<dyn FnMut(&PinProgress<'_>) + Send + 'a>;

/// A wait for approval: `flow.wait().poll_every(…).deadline(…).await`. Dropping it or its future
/// cancels the wait.
///
/// It ends when the PIN is approved, denied or expired, or when plex.tv refuses to answer this
/// client. It continues after a failure that a network in between may cause: no connection, a web
/// page instead of a reply, a reply that cannot be read.
#[must_use = "nothing happens before `.await`"]
pub struct PinWait<'a> {
    poll: &'a PinPoll,
    interval: Duration,
    deadline: Option<Duration>,
    on_poll: Option<OnPoll<'a>>,
}

impl<'a> PinWait<'a> {
    /// The pause between polls. The default is two seconds, the minimum one second.
    pub fn poll_every(self, interval: Duration) -> Self {
        Self { interval: interval.max(SHORTEST_INTERVAL), ..self }
    }

    /// The longest time to wait, including saving the credentials. The default is the lifetime of
    /// the PIN.
    pub fn deadline(self, deadline: Duration) -> Self {
        Self { deadline: Some(deadline), ..self }
    }

    /// Sets a callback that runs after each poll, for a user interface that shows the time left,
    /// the pause, or a failure.
    ///
    /// ```no_run
    /// # async fn example(flow: plex_tv_sdk::PinFlow) -> Result<(), plex_tv_sdk::Error> {
    /// let waiting = flow.wait().on_poll(|progress| eprintln!("{} s left", progress.expires_in.as_secs()));
    /// let client = waiting.await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_poll(self, callback: impl FnMut(&PinProgress<'_>) + Send + 'a) -> Self {
        Self { on_poll: Some(Box::new(callback)), ..self }
    }

    async fn run(mut self) -> Result<Client, Error> {
        let clock = self.poll.client.clock();
        let end = self.deadline.map(|deadline| clock.now().saturating_add(deadline));
        let mut interval = self.interval;
        let mut last_failure = None;
        let mut polls = 0_u32;
        loop {
            let left = end.map(|end| end.saturating_sub(clock.now()));
            if left.is_some_and(|left| left.is_zero()) {
                return Err(overdue(last_failure));
            }
            // A server that does not answer must not delay the wait beyond its deadline.
            let timeout = left.unwrap_or(Duration::MAX).min(self.poll.client.timeout());
            match self.poll.ask(&self.poll.client.with_timeout(timeout)).await {
                Ok(Some(token)) => return self.poll.signed_in_before(token, end).await,
                Ok(None) => {
                    interval = self.interval;
                    last_failure = None;
                }
                Err(error) if may_pass(&error) => {
                    let pause = match error.retry_after() {
                        Some(asked) => asked.min(LONGEST_RETRY_AFTER),
                        None => interval.saturating_mul(2).min(LONGEST_INTERVAL),
                    };
                    interval = pause.max(self.interval);
                    last_failure = Some(error);
                }
                Err(error) => return Err(with_cause(error, last_failure)),
            }
            polls = polls.saturating_add(1);
            let left = end.map_or(Duration::MAX, |end| end.saturating_sub(clock.now()));
            let expires_in = self.poll.expires_in();
            let pause = interval.min(left).min(expires_in);
            if let Some(callback) = &mut self.on_poll {
                callback(&PinProgress { polls, expires_in, pause, failure: last_failure.as_ref() });
            }
            clock.sleep(pause).await;
        }
    }
}

/// Whether a later poll may still succeed. Errors about the PIN, the key or this program end the
/// wait; errors that a network in between may cause do not.
fn may_pass(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Refused => error.is_retryable() || is_web_page(error),
        ErrorKind::Tls
        | ErrorKind::Redirect
        | ErrorKind::UnexpectedContentType
        | ErrorKind::TooLarge
        | ErrorKind::Decode => true,
        _ => error.is_retryable(),
    }
}

/// Whether the body is a page that a proxy or a captive portal sent with its own refusal.
fn is_web_page(error: &Error) -> bool {
    let is_html = |body: &str| body.trim_start().starts_with('<') && body.to_ascii_lowercase().contains("html");
    error.plex_errors().is_empty() && error.body().is_some_and(is_html)
}

/// Adds why the previous polls failed, if the PIN expired in the meantime.
fn with_cause(error: Error, last_failure: Option<Error>) -> Error {
    match last_failure {
        Some(failure) if error.is_pin_expired() && error.source().is_none() => error.with_source(failure),
        _ => error,
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

impl fmt::Debug for PinWait<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PinWait")
            .field("poll", self.poll)
            .field("interval", &self.interval)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}
