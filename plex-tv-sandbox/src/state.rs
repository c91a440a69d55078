//! Everything that changes while the sandbox runs.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::clock::Clock;
use crate::data::{ACCOUNT, Account};
use crate::fault::{Fault, Script};
use crate::media_server::MediaServer;
use crate::pin::{Order, Pin, PinState, Pins, Record};
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
}

/// What came of an attempt to approve or deny a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Done,
    AlreadyApproved,
    Unknown,
    Expired,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Answer {
    Approve(&'static Account),
    Deny,
}

/// What every handler shares.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) url: String,
    pub(crate) servers: Vec<MediaServer>,
    pub(crate) clock: Clock,
    options: Options,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    pins: Pins,
    sessions: Sessions,
    script: Script,
    requests: VecDeque<Request>,
}

impl Shared {
    const STRONG_LIFETIME: Duration = Duration::from_secs(1800);
    const LINK_LIFETIME: Duration = Duration::from_secs(900);
    const REQUESTS_KEPT: usize = 10_000;

    pub(crate) fn new(url: String, servers: Vec<MediaServer>, options: Options) -> Self {
        Self { url, servers, clock: Clock::start(), options, state: Mutex::default() }
    }

    pub(crate) fn create_pin(&self, client_identifier: String, product: String, strong: bool) -> Record {
        let usual = if strong { Self::STRONG_LIFETIME } else { Self::LINK_LIFETIME };
        let lifetime = self.options.pin_lifetime.unwrap_or(usual);
        let order = Order { client_identifier, product, strong, lifetime };
        self.lock().pins.create(order, Instant::now()).clone()
    }

    /// The PIN as its own installation sees it; `None` once it is denied or expired.
    pub(crate) fn poll(&self, id: u64, client_identifier: &str) -> Option<Record> {
        let now = Instant::now();
        let mut state = self.lock();
        let State { pins, sessions, .. } = &mut *state;
        let record = pins.by_id(id).filter(|record| record.client_identifier == client_identifier)?;
        self.approve_if_due(record, sessions, now);
        let alive = matches!(record.state(now), PinState::Pending | PinState::Approved);
        alive.then(|| record.clone())
    }

    pub(crate) fn knows_code(&self, code: &str) -> bool {
        let now = Instant::now();
        let state = self.lock().pins.by_code(code).map(|record| record.state(now));
        matches!(state, Some(PinState::Pending | PinState::Approved))
    }

    /// Decides about the PIN with this code, if `wanted` accepts it.
    pub(crate) fn answer_code(&self, code: &str, answer: Answer, wanted: impl FnOnce(&Record) -> bool) -> Verdict {
        let mut state = self.lock();
        let State { pins, sessions, .. } = &mut *state;
        let record = pins.by_code(code).filter(|record| wanted(record));
        self.answer(record, sessions, answer)
    }

    pub(crate) fn answer_id(&self, id: u64, answer: Answer) -> Verdict {
        let mut state = self.lock();
        let State { pins, sessions, .. } = &mut *state;
        self.answer(pins.by_id(id), sessions, answer)
    }

    pub(crate) fn expire(&self, id: u64) -> bool {
        let now = Instant::now();
        let mut state = self.lock();
        let State { pins, sessions, .. } = &mut *state;
        let Some(record) = pins.by_id(id) else {
            return false;
        };
        self.approve_if_due(record, sessions, now);
        let pending = record.state(now) == PinState::Pending;
        if pending {
            record.expires = now;
        }
        pending
    }

    pub(crate) fn pins(&self) -> Vec<Pin> {
        let now = Instant::now();
        let mut state = self.lock();
        let State { pins, sessions, .. } = &mut *state;
        let snapshot = |record: &mut Record| {
            self.approve_if_due(record, sessions, now);
            record.snapshot(now)
        };
        pins.all().map(snapshot).collect()
    }

    pub(crate) fn account(&self, token: &str) -> Option<&'static Account> {
        self.lock().sessions.account(token)
    }

    pub(crate) fn sign_in(&self, account: &'static Account, client_identifier: &str) -> String {
        self.lock().sessions.issue(account, client_identifier)
    }

    pub(crate) fn sign_out(&self, token: &str) {
        self.lock().sessions.revoke(token);
    }

    pub(crate) fn script(&self, operation: &'static str, fault: Fault) {
        self.lock().script.push(operation, fault);
    }

    pub(crate) fn next_fault(&self, operation: &str) -> Option<Fault> {
        self.lock().script.pop(operation)
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

    fn answer(&self, record: Option<&mut Record>, sessions: &mut Sessions, answer: Answer) -> Verdict {
        let now = Instant::now();
        let Some(record) = record else {
            return Verdict::Unknown;
        };
        self.approve_if_due(record, sessions, now);
        match (record.state(now), answer) {
            (PinState::Pending, Answer::Approve(account)) => {
                record.approve(sessions.issue(account, &record.client_identifier));
                Verdict::Done
            }
            (PinState::Pending, Answer::Deny) => {
                record.deny();
                Verdict::Done
            }
            (PinState::Approved, _) => Verdict::AlreadyApproved,
            (PinState::Denied | PinState::Expired, _) => Verdict::Expired,
        }
    }

    /// Needs no timer: a PIN that nobody looks at need not change.
    fn approve_if_due(&self, record: &mut Record, sessions: &mut Sessions, now: Instant) {
        let Some(after) = self.options.approve_after else {
            return;
        };
        let due = now.saturating_duration_since(record.created) >= after;
        if due && record.state(now) == PinState::Pending {
            record.approve(sessions.issue(&ACCOUNT, &record.client_identifier));
        }
    }

    /// A handler that panicked leaves nothing half-done behind, so a poisoned lock is as good as any.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
