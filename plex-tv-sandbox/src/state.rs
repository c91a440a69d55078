//! Everything that changes while the sandbox runs.

mod device_keys;
mod pins;
mod sign_in;

use std::collections::VecDeque;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

pub(crate) use self::pins::{Answer, NewPin, Verdict};
pub(crate) use self::sign_in::Credentials;
use crate::attempts::Attempts;
use crate::clock::Clock;
use crate::data::Account;
use crate::device::Devices;
use crate::fault::{Fault, Script};
use crate::limits::Limits;
use crate::media_server::MediaServer;
use crate::nonce::Nonces;
use crate::pin::Pins;
use crate::plex_jwt::SigningKeys;
use crate::session::Sessions;

/// A line of the log that [`Sandbox::requests`](crate::Sandbox::requests) gives: no header, no query, no code.
///
/// # Example
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let sandbox = plex_tv_sandbox::Sandbox::start().await?;
/// let polls = sandbox.requests().iter().filter(|request| request.operation == Some("getToken")).count();
/// assert_eq!(polls, 0);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Request {
    /// `GET`, `POST`, …
    pub method: String,
    /// The path without its query; the code in the path of a QR image reads `{code}`.
    pub path: String,
    /// The operation, when the sandbox serves one there.
    pub operation: Option<&'static str>,
    /// The status answered, `None` when the connection was closed instead.
    pub status: Option<u16>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    pub(crate) pin_lifetime: Option<Duration>,
    pub(crate) approve_after: Option<Duration>,
    pub(crate) rate_limits: bool,
    pub(crate) jwt_everywhere: bool,
}

/// What every handler shares.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) url: String,
    pub(crate) servers: Vec<MediaServer>,
    pub(crate) clock: Clock,
    pub(crate) options: Options,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    pins: Pins,
    access: Access,
    nonces: Nonces,
    signing_keys: SigningKeys,
    attempts: Attempts,
    limits: Limits,
    script: Script,
    requests: VecDeque<Request>,
}

/// Who may come in, and on what.
#[derive(Debug, Default)]
struct Access {
    sessions: Sessions,
    devices: Devices,
}

impl Access {
    /// Signs an account in on an installation, with a token of the old kind.
    fn sign_in(&mut self, account: &'static Account, client_identifier: &str, product: &str) -> String {
        self.devices.seen(account, client_identifier, product);
        self.sessions.issue(account, client_identifier)
    }
}

impl Shared {
    const REQUESTS_KEPT: usize = 10_000;

    pub(crate) fn new(url: String, servers: Vec<MediaServer>, options: Options) -> io::Result<Self> {
        let state = State {
            pins: Pins::default(),
            access: Access::default(),
            nonces: Nonces::default(),
            signing_keys: SigningKeys::generate()?,
            attempts: Attempts::default(),
            limits: Limits::default(),
            script: Script::default(),
            requests: VecDeque::new(),
        };
        Ok(Self { url, servers, clock: Clock::start(), options, state: Mutex::new(state) })
    }

    pub(crate) fn script(&self, operation: &'static str, fault: Fault) {
        self.lock().script.push(operation, fault);
    }

    pub(crate) fn next_fault(&self, operation: &str) -> Option<Fault> {
        self.lock().script.pop(operation)
    }

    /// Whether the rate limits leave room for this call.
    pub(crate) fn allows(&self, operation: &'static str, client_identifier: &str, path: &str) -> bool {
        let now = self.now();
        !self.options.rate_limits || self.lock().limits.allow(operation, client_identifier, path, now)
    }

    pub(crate) fn log(&self, request: Request) {
        let requests = &mut self.lock().requests;
        if requests.len() >= Self::REQUESTS_KEPT {
            requests.pop_front();
        }
        requests.push_back(request);
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.lock().requests.iter().cloned().collect()
    }

    pub(crate) fn now(&self) -> Instant {
        self.clock.now()
    }

    pub(crate) fn epoch_seconds(&self) -> i64 {
        self.clock.epoch_seconds(self.now())
    }

    /// A handler that panicked leaves nothing half-done behind, so a poisoned lock is as good as any.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
