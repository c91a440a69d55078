//! Polling a PIN until somebody approves it.

use std::{fmt, time::Duration};

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

/// plex.tv limits polling; faster than this it answers 429.
const SHORTEST_INTERVAL: Duration = Duration::from_secs(1);
const USUAL_INTERVAL: Duration = Duration::from_secs(2);
/// The longest pause after failures, unless plex.tv asks for more.
const LONGEST_INTERVAL: Duration = Duration::from_secs(30);
/// The longest pause that plex.tv may ask for.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(60);
/// How long a PIN lives at most, as far as seen.
const LONGEST_LIFE: Duration = Duration::from_secs(1800);

/// A PIN that can be asked about by its number alone: what a web app has when the browser comes back.
///
/// Made by [`crate::PinLogin::resume`]; a [`crate::PinFlow`] has one inside. Dropping it ends nothing: the PIN itself runs
/// out at plex.tv.
#[derive(Clone)]
pub struct PinPoll {
    client: Client,
    id: i64,
    /// By the client's clock.
    expires: Duration,
    #[cfg(feature = "jwt")]
    proof: Option<Proof>,
}

/// What proves that the one who polls holds the device key.
#[cfg(feature = "jwt")]
#[derive(Clone)]
pub(super) struct Proof {
    pub(super) key: DeviceKey,
    /// How far the clock of plex.tv is ahead.
    pub(super) ahead: SignedDuration,
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

    /// Of a PIN that was made before, nobody knows when: plex.tv will say when it is gone.
    pub(super) fn resumed(client: Client, id: i64) -> Self {
        Self::new(client, id, LONGEST_LIFE)
    }

    /// plex.tv's number of the PIN.
    pub fn id(&self) -> i64 {
        self.id
    }

    /// How long the PIN still lives, by the local clock; of a resumed one, at most.
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

    /// Polls until the user approves: `poll.wait().await`.
    pub fn wait(&self) -> PinWait<'_> {
        PinWait { poll: self, interval: USUAL_INTERVAL, deadline: None, on_poll: None }
    }

    async fn check(&self, client: &Client) -> Result<PinStatus, Error> {
        if self.expires_in().is_zero() {
            return Err(Error::new(ErrorKind::PinExpired, "the PIN expired before it was approved; start again"));
        }
        // Polling is a loop already.
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
        match pin.auth_token.filter(|token| !token.expose().is_empty()) {
            Some(token) => self.signed_in(Token::new(token)?).map(PinStatus::Approved),
            None => Ok(PinStatus::Pending),
        }
    }

    fn signed_in(&self, token: Token) -> Result<Client, Error> {
        #[cfg(feature = "jwt")]
        if let Some(proof) = &self.proof {
            return self.client.signed_in_with_key(token, &proof.key);
        }
        self.client.signed_in(token)
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

    /// plex.tv forgets a PIN that expired, was denied, or was replaced, and does not say which; the clock knows a little.
    fn gone(&self, error: Error) -> Error {
        let left = self.expires_in().as_secs();
        let message =
            format!("the PIN is gone {left} s before its time: it was denied, or expired at plex.tv; start again");
        gone(message, error)
    }
}

/// A refusal that means that there is no such PIN.
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

/// How a wait for approval goes, after each poll that did not end it: see [`PinWait::on_poll`].
#[derive(Debug)]
#[non_exhaustive]
pub struct PinProgress<'a> {
    /// How many polls there were.
    pub polls: u32,
    /// How long the PIN still lives, by the local clock.
    pub expires_in: Duration,
    /// How long until the next poll.
    pub pause: Duration,
    /// Why the last poll failed, if it did; the wait goes on.
    pub failure: Option<&'a Error>,
}

type OnPoll<'a> = Box<dyn FnMut(&PinProgress<'_>) + Send + 'a>;

/// A wait for approval: `flow.wait().poll_every(…).deadline(…).await`. Dropping it, or the future, cancels it.
#[must_use = "nothing happens before `.await`"]
pub struct PinWait<'a> {
    poll: &'a PinPoll,
    interval: Duration,
    deadline: Option<Duration>,
    on_poll: Option<OnPoll<'a>>,
}

impl<'a> PinWait<'a> {
    /// The pause between polls: two seconds, and never less than one.
    pub fn poll_every(self, interval: Duration) -> Self {
        Self { interval: interval.max(SHORTEST_INTERVAL), ..self }
    }

    /// How long to wait in all; without it, as long as the PIN lives.
    pub fn deadline(self, deadline: Duration) -> Self {
        Self { deadline: Some(deadline), ..self }
    }

    /// Tells a user interface after each poll how it goes: time left, pause, trouble.
    ///
    /// ```no_run
    /// # async fn example(flow: plex_tv_sdk::PinFlow) -> Result<(), plex_tv_sdk::Error> {
    /// let waiting = flow.wait().on_poll(|progress| eprintln!("{} s left", progress.expires_in.as_secs()));
    /// let client = waiting.await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_poll(self, told: impl FnMut(&PinProgress<'_>) + Send + 'a) -> Self {
        Self { on_poll: Some(Box::new(told)), ..self }
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
            // A server that does not answer must not hold the wait beyond its end.
            let timeout = left.unwrap_or(Duration::MAX).min(self.poll.client.timeout());
            match self.poll.check(&self.poll.client.with_timeout(timeout)).await {
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
            polls = polls.saturating_add(1);
            let left = end.map_or(Duration::MAX, |end| end.saturating_sub(clock.now()));
            let expires_in = self.poll.expires_in();
            let pause = interval.min(left).min(expires_in);
            if let Some(told) = &mut self.on_poll {
                told(&PinProgress { polls, expires_in, pause, failure: last_failure.as_ref() });
            }
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

impl fmt::Debug for PinWait<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PinWait")
            .field("poll", self.poll)
            .field("interval", &self.interval)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}
