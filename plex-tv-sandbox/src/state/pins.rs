use std::time::Duration;

use axum::http::StatusCode;
use tokio::time::Instant;

use super::{Access, AccountId, Shared, State};
use crate::data::ACCOUNT;
use crate::device::Installation;
use crate::device_jwt;
use crate::jwk::Jwk;
use crate::jws::Jws;
use crate::pin::{Order, Pin, PinState, Record};
use crate::reply::Fail;

/// The outcome of an attempt to approve or deny a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Done,
    AlreadyApproved,
    Unknown,
    Expired,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Answer {
    Approve(AccountId),
    Deny,
}

/// What a client sends to create a PIN.
#[derive(Debug)]
pub(crate) struct NewPin {
    pub(crate) installation: Installation,
    pub(crate) strong: bool,
    pub(crate) jwk: Option<Jwk>,
}

/// A PIN as its own installation sees it.
#[derive(Debug)]
pub(crate) struct Polled {
    pub(crate) record: Record,
    pub(crate) token: Option<String>,
}

impl Shared {
    const STRONG_LIFETIME: Duration = Duration::from_secs(1800);
    const LINK_LIFETIME: Duration = Duration::from_secs(900);

    pub(crate) fn create_pin(&self, pin: NewPin) -> Result<Record, Fail> {
        let now = self.now();
        let NewPin { installation, strong, jwk } = pin;
        let usual = if strong { Self::STRONG_LIFETIME } else { Self::LINK_LIFETIME };
        let lifetime = self.options.pin_lifetime.unwrap_or(usual);
        let mut state = self.state();
        if let Some(jwk) = &jwk {
            state.access.devices.check_key(jwk, &installation.client_identifier)?;
        }
        let order = Order { installation, strong, lifetime, jwk };
        Ok(state.pins.create(order, now).clone())
    }

    /// Polls a PIN. A PIN created with a key gives its token only to a device JWT signed by that
    /// key.
    pub(crate) fn poll(&self, id: u64, client_identifier: &str, device_jwt: Option<&str>) -> Result<Polled, Fail> {
        let now = self.now();
        let mut state = self.state();
        let State { pins, access, .. } = &mut *state;
        let record = pins.by_id(id).filter(|record| record.client_identifier() == client_identifier);
        let record = record.ok_or(Fail::UNKNOWN_PIN)?;
        self.approve_if_due(record, access, now);
        if !matches!(record.state(now), PinState::Pending | PinState::Approved) {
            return Err(Fail::UNKNOWN_PIN);
        }
        let record = record.clone();
        let token = match (&record.jwk, device_jwt) {
            (None, _) => record.token().map(String::from),
            (Some(_), None) => None,
            (Some(jwk), Some(device_jwt)) => self.poll_with_key(&mut state, &record, jwk, device_jwt)?,
        };
        Ok(Polled { record, token })
    }

    /// The first valid device JWT after the approval registers the key and gets a Plex JWT. Later
    /// ones get the same JWT.
    fn poll_with_key(
        &self,
        state: &mut State,
        record: &Record,
        jwk: &Jwk,
        device_jwt: &str,
    ) -> Result<Option<String>, Fail> {
        let refused = |message| Fail::without_code(StatusCode::UNAUTHORIZED, message);
        let client_identifier = record.client_identifier();
        let jws = Jws::parse(device_jwt).ok_or(refused("the device JWT is malformed"))?;
        let asked = device_jwt::check(&jws, jwk, client_identifier, self.epoch_seconds()).map_err(refused)?;
        let Some(account) = record.approved_by() else {
            return Ok(None);
        };
        if let Some(token) = record.token() {
            return Ok(Some(String::from(token)));
        }
        if asked.nonce.is_some_and(|nonce| !state.nonces.take(&nonce, client_identifier, self.now())) {
            return Err(refused("the nonce is unknown, used or stale"));
        }
        state.access.devices.register_key(account, &record.installation, jwk)?;
        let token = self.issue_jwt(state, account, client_identifier, &jwk.kid, &asked.scopes)?;
        if let Some(record) = state.pins.by_id(record.id) {
            record.approve(account, Some(token.clone()));
        }
        Ok(Some(token))
    }

    pub(crate) fn knows_code(&self, code: &str) -> bool {
        let now = self.now();
        let state = self.state().pins.by_code(code).map(|record| record.state(now));
        matches!(state, Some(PinState::Pending | PinState::Approved))
    }

    /// Returns the state of the PIN with this code, if `wanted` accepts it.
    pub(crate) fn code_state(&self, code: &str, wanted: impl FnOnce(&Record) -> bool) -> Option<PinState> {
        let now = self.now();
        let mut state = self.state();
        let State { pins, access, .. } = &mut *state;
        let record = pins.by_code(code).filter(|record| wanted(record))?;
        self.approve_if_due(record, access, now);
        Some(record.state(now))
    }

    /// Approves or denies the PIN with this code, if `wanted` accepts it.
    pub(crate) fn answer_code(&self, code: &str, answer: Answer, wanted: impl FnOnce(&Record) -> bool) -> Verdict {
        let mut state = self.state();
        let State { pins, access, .. } = &mut *state;
        let record = pins.by_code(code).filter(|record| wanted(record));
        self.answer(record, access, answer)
    }

    pub(crate) fn answer_id(&self, id: u64, answer: Answer) -> Verdict {
        let mut state = self.state();
        let State { pins, access, .. } = &mut *state;
        self.answer(pins.by_id(id), access, answer)
    }

    pub(crate) fn expire(&self, id: u64) -> bool {
        let now = self.now();
        let mut state = self.state();
        let State { pins, access, .. } = &mut *state;
        let Some(record) = pins.by_id(id) else {
            return false;
        };
        self.approve_if_due(record, access, now);
        let pending = record.state(now) == PinState::Pending;
        if pending {
            record.expires = now;
        }
        pending
    }

    pub(crate) fn pins(&self) -> Vec<Pin> {
        let now = self.now();
        let mut state = self.state();
        let State { pins, access, .. } = &mut *state;
        let snapshot = |record: &mut Record| {
            self.approve_if_due(record, access, now);
            record.snapshot(now)
        };
        pins.all().map(snapshot).collect()
    }

    fn answer(&self, record: Option<&mut Record>, access: &mut Access, answer: Answer) -> Verdict {
        let now = self.now();
        let Some(record) = record else {
            return Verdict::Unknown;
        };
        self.approve_if_due(record, access, now);
        match (record.state(now), answer) {
            (PinState::Pending, Answer::Approve(account)) => {
                approve(record, access, account);
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

    /// Approves a PIN that is due. This runs whenever a PIN is read, so no timer is needed.
    fn approve_if_due(&self, record: &mut Record, access: &mut Access, now: Instant) {
        let Some(after) = self.options.approve_after else {
            return;
        };
        let due = now.saturating_duration_since(record.created) >= after;
        if due && record.state(now) == PinState::Pending {
            approve(record, access, ACCOUNT);
        }
    }
}

/// Approves a PIN. A PIN created with a key gets its token later, when a poll proves the key.
fn approve(record: &mut Record, access: &mut Access, account: AccountId) {
    let token = match record.jwk {
        Some(_) => None,
        None => Some(access.sign_in(account, &record.installation)),
    };
    record.approve(account, token);
}
